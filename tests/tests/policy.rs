//! A clinic's default policy: its history, and which plans it counts for; on both databases.

use taper_api::v1;
use taper_tests::{Clinic, Database, Refused, World, days_ago, request_id};
use tonic::{Code, Status};

fn pain_limit(nprs: i32) -> v1::Policy {
    v1::Policy { pain_limit_nprs: Some(nprs), ..Default::default() }
}

async fn read(world: &World, clinic: &Clinic) -> v1::ClinicPolicy {
    let request = v1::GetClinicPolicyRequest { name: format!("{}/policy", clinic.name) };
    world.patients().get_clinic_policy(request).await.expect("GetClinicPolicy").into_inner()
}

async fn update(
    world: &World,
    clinic: &Clinic,
    policy: v1::Policy,
    reason: &str,
    etag: &str,
) -> Result<v1::ClinicPolicy, Status> {
    let name = format!("{}/policy", clinic.name);
    let request = v1::UpdateClinicPolicyRequest {
        clinic_policy: Some(v1::ClinicPolicy { name, policy: Some(policy), ..Default::default() }),
        reason: reason.into(),
        therapist: clinic.therapist.clone(),
        etag: etag.into(),
        request_id: request_id(),
    };
    world.patients().update_clinic_policy(request).await.map(tonic::Response::into_inner)
}

async fn plan(world: &World, clinic: &Clinic, policy: Option<v1::Policy>) -> v1::TreatmentPlan {
    let parent = clinic.patient(world).await.name;
    let injury = Some(Clinic::new_injury());
    let request = v1::CreateInjuryRequest { parent, injury, request_id: request_id() };
    let parent = world.patients().create_injury(request).await.unwrap().into_inner().name;
    let treatment_plan = Some(v1::TreatmentPlan { start_date: Some(days_ago(28)), policy, ..Default::default() });
    let request = v1::CreateTreatmentPlanRequest { parent, treatment_plan, request_id: request_id() };
    world.plans().create_treatment_plan(request).await.expect("CreateTreatmentPlan").into_inner()
}

#[tokio::test]
async fn a_policy_starts_empty_and_each_change_is_a_revision_with_its_reason_and_who_made_it() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let none = read(&world, &clinic).await;
        assert_eq!((none.revision, &none.policy), (0, &Some(v1::Policy::default())), "{database:?}");
        assert!(none.update_time.is_none() && none.reason.is_empty() && none.therapist.is_empty());

        let first = update(&world, &clinic, pain_limit(1), "Careful.", &none.etag).await.expect("the first change");
        assert_eq!((first.revision, first.reason.as_str()), (1, "Careful."));
        let second = update(&world, &clinic, pain_limit(3), "Bolder.", &first.etag).await.expect("the second change");
        assert_eq!(read(&world, &clinic).await, second);

        let stale = Refused::of(&update(&world, &clinic, pain_limit(2), "Late.", &first.etag).await.unwrap_err());
        assert_eq!((stale.code, stale.reason.as_str()), (Code::Aborted, "ETAG_MISMATCH"));
        let silent = Refused::of(&update(&world, &clinic, pain_limit(2), "", "").await.unwrap_err());
        assert_eq!((silent.code, silent.fields), (Code::InvalidArgument, vec!["reason".to_owned()]));

        let (mut listed, mut page_token) = (Vec::new(), String::new());
        loop {
            let name = second.name.clone();
            let request = v1::ListClinicPolicyRevisionsRequest { name, page_size: 1, page_token };
            let page = world.patients().list_clinic_policy_revisions(request).await.unwrap().into_inner();
            assert!(page.clinic_policies.len() <= 1);
            listed.extend(page.clinic_policies);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(listed, [first, second], "{database:?}: every revision, the oldest first");
        assert!(listed.iter().all(|one| one.therapist == clinic.therapist && one.update_time.is_some()));
        world.stop().await;
    }
}

#[tokio::test]
async fn a_new_plan_takes_the_default_where_it_is_silent_and_a_plan_that_is_there_keeps_its_own() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let before = plan(&world, &clinic, None).await;
        let default = v1::Policy { running: v1::RunningPolicy::Integrated.into(), ..pain_limit(4) };
        update(&world, &clinic, default.clone(), "We run early.", "").await.expect("UpdateClinicPolicy");

        let silent = plan(&world, &clinic, None).await.policy.unwrap_or_default();
        assert_eq!((silent.pain_limit_nprs, silent.running()), (Some(4), v1::RunningPolicy::Integrated));
        let partly = plan(&world, &clinic, Some(pain_limit(1))).await.policy.unwrap_or_default();
        assert_eq!((partly.pain_limit_nprs, partly.running()), (Some(1), v1::RunningPolicy::Integrated));

        let request = v1::GetTreatmentPlanRequest { name: before.name.clone(), known_at: None };
        let now = world.plans().get_treatment_plan(request).await.unwrap().into_inner();
        assert_eq!(now, before, "{database:?}: the plan that was there changed");
        let earlier = now.policy.unwrap_or_default();
        assert_eq!((earlier.pain_limit_nprs, earlier.running()), (None, v1::RunningPolicy::Unspecified));
        world.stop().await;
    }
}

#[tokio::test]
async fn a_policy_of_another_clinics_therapist_and_one_out_of_range_are_refused_by_field() {
    let world = World::start(Database::Sqlite).await;
    let (clinic, other) = (Clinic::open(&world).await, Clinic::open(&world).await);
    let foreign = Clinic { name: clinic.name.clone(), therapist: other.therapist.clone() };
    let refused = Refused::of(&update(&world, &foreign, pain_limit(1), "Why.", "").await.unwrap_err());
    assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["therapist".to_owned()]));
    let refused = Refused::of(&update(&world, &clinic, pain_limit(11), "Why.", "").await.unwrap_err());
    let field = "clinic_policy.policy.pain_limit_nprs".to_owned();
    assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec![field]));
    assert_eq!(read(&world, &clinic).await.revision, 0, "a refused change was stored");
    world.stop().await;
}
