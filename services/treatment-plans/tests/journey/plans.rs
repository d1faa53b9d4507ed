//! Plans and recommendations.

use taper_api::v1;
use taper_api::v1::treatment_plan_service_server::TreatmentPlanService;
use tonic::Code;
use tonic_types::StatusExt;

use crate::clinic::{Clinic, TODAY, day, fields, reason};

#[tokio::test]
async fn a_plan_follows_the_newest_protocol_of_its_injury_and_begins_as_a_draft() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await;
    assert!(plan.protocol.starts_with("protocols/hamstring-strain/versions/"), "{}", plan.protocol);
    assert_eq!(plan.state(), v1::PlanState::Draft);
    assert_eq!((plan.phase, plan.frequency_step), (0, None));
    assert_eq!(plan.start_date, day(TODAY));
    assert_eq!(plan.frequency_steps[0].session_count_per_week, 3);
    assert_eq!(plan.focus.iter().map(|share| share.percent).sum::<i32>(), 100);
    assert_eq!(clinic.plan(&plan.name).await, plan);
}

#[tokio::test]
async fn every_fault_of_a_plan_is_named_with_those_that_need_the_injury() {
    let clinic = Clinic::open().await;
    let request = v1::CreateTreatmentPlanRequest {
        parent: clinic.injury.clone(),
        treatment_plan: Some(v1::TreatmentPlan {
            policy: Some(v1::Policy { pain_limit_nprs: Some(10), ..Default::default() }),
            focus: vec![v1::FocusShare { area: v1::Area::TieIn.into(), percent: 99 }],
            start_date: day("2026-02-28"),
            ..Default::default()
        }),
        request_id: "nonsense".to_owned(),
    };
    let refused = clinic.service.create_treatment_plan(clinic.ask(request)).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::InvalidArgument, "INVALID_FIELDS".to_owned()));
    let expected =
        ["request_id", "treatment_plan.focus", "treatment_plan.start_date", "treatment_plan.policy.pain_limit_nprs"];
    assert_eq!(fields(&refused), expected);
}

#[tokio::test]
async fn a_plan_starts_on_a_day_from_the_onset_to_today() {
    let clinic = Clinic::open().await;
    for (start, accepted) in [("2026-03-01", true), ("2026-02-28", false), (TODAY, true), ("2026-03-12", false)] {
        let request = v1::CreateTreatmentPlanRequest {
            parent: clinic.injury.clone(),
            treatment_plan: Some(v1::TreatmentPlan { start_date: day(start), ..Default::default() }),
            request_id: String::new(),
        };
        let created = clinic.service.create_treatment_plan(clinic.ask(request)).await;
        assert_eq!(created.is_ok(), accepted, "{start}");
    }
}

#[tokio::test]
async fn a_protocol_that_is_not_built_in_is_named_with_those_that_are() {
    let clinic = Clinic::open().await;
    let protocol = "protocols/hamstring-strain/versions/99".to_owned();
    let request = v1::CreateTreatmentPlanRequest {
        parent: clinic.injury.clone(),
        treatment_plan: Some(v1::TreatmentPlan { protocol, ..Default::default() }),
        request_id: String::new(),
    };
    let refused = clinic.service.create_treatment_plan(clinic.ask(request)).await.unwrap_err();
    assert_eq!(fields(&refused), ["treatment_plan.protocol"]);
}

#[tokio::test]
async fn an_activated_plan_is_active_in_its_phase_and_on_its_rung_and_only_once() {
    let clinic = Clinic::open().await;
    let draft = clinic.draft().await;
    let activation =
        v1::ActivateTreatmentPlanRequest { session_count_per_week: 2, ..clinic.activation(&draft.name, 1) };
    let plan = clinic.service.activate_treatment_plan(clinic.ask(activation.clone())).await.unwrap().into_inner();
    assert_eq!(plan.state(), v1::PlanState::Active);
    assert_eq!((plan.phase, plan.frequency_step.unwrap().session_count_per_week), (1, 2));
    assert_ne!(plan.etag, draft.etag);
    assert_eq!(clinic.plan(&plan.name).await, plan);

    let again = clinic.service.activate_treatment_plan(clinic.ask(activation)).await.unwrap_err();
    assert_eq!(reason(&again), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
    let other = clinic.draft().await;
    let second = clinic.activation(&other.name, 1);
    let second = clinic.service.activate_treatment_plan(clinic.ask(second)).await.unwrap_err();
    assert_eq!(reason(&second), (Code::FailedPrecondition, "PLAN_ALREADY_ACTIVE".to_owned()));
    assert_eq!(clinic.plan(&other.name).await, other);
}

#[tokio::test]
async fn an_activation_names_a_rung_of_the_plan_and_a_therapist_of_the_clinic() {
    let clinic = Clinic::open().await;
    let draft = clinic.draft().await;
    let request = v1::ActivateTreatmentPlanRequest {
        session_count_per_week: 5,
        therapist: "clinics/default/therapists/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f".to_owned(),
        date: day("2026-03-12"),
        ..clinic.activation(&draft.name, 1)
    };
    let refused = clinic.service.activate_treatment_plan(clinic.ask(request)).await.unwrap_err();
    assert_eq!(fields(&refused), ["therapist", "date", "session_count_per_week"]);
}

#[tokio::test]
async fn a_start_beyond_the_advised_phase_needs_a_reason() {
    let clinic = Clinic::open().await;
    let draft = clinic.draft().await;
    let mut request = clinic.activation(&draft.name, 3);
    let refused = clinic.service.activate_treatment_plan(clinic.ask(request.clone())).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "OVERRIDE_REASON_NEEDED".to_owned()));
    assert!(!refused.get_details_precondition_failure().unwrap().violations.is_empty());
    request.override_reason = v1::OverrideReason::OtherFindings.into();
    let plan = clinic.service.activate_treatment_plan(clinic.ask(request)).await.unwrap().into_inner();
    assert_eq!(plan.phase, 3);
}

#[tokio::test]
async fn a_draft_gets_a_recommendation_for_any_day_from_its_first_to_today() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await;
    let ask = |as_of: Option<&str>, include_text| v1::GetRecommendationRequest {
        name: plan.name.clone(),
        as_of: as_of.and_then(day),
        include_text,
        ..Default::default()
    };
    let plain = clinic.service.get_recommendation(clinic.ask(ask(None, false))).await.unwrap().into_inner();
    assert_eq!(plain.plan_etag, plan.etag);
    assert_eq!(plain.as_of, day(TODAY));
    assert_eq!((plain.phase, plain.summary.as_str()), (0, ""));
    assert!(plain.entry_phase >= 1);
    let told = clinic.service.get_recommendation(clinic.ask(ask(Some(TODAY), true))).await.unwrap().into_inner();
    assert!(told.summary.starts_with("The plan is a draft"), "{}", told.summary);
    for other in ["2026-03-10", "2026-03-12"] {
        let refused = clinic.service.get_recommendation(clinic.ask(ask(Some(other), false))).await.unwrap_err();
        assert_eq!(fields(&refused), ["as_of"], "{other}");
    }
}

#[tokio::test]
async fn the_plans_of_an_injury_are_listed_by_pages() {
    let clinic = Clinic::open().await;
    let active = clinic.active().await;
    let draft = clinic.draft().await;
    let list = |page_token: String| v1::ListTreatmentPlansRequest {
        parent: clinic.injury.clone(),
        page_size: 1,
        page_token,
        ..Default::default()
    };
    let first = clinic.service.list_treatment_plans(clinic.ask(list(String::new()))).await.unwrap().into_inner();
    let token = first.next_page_token.clone();
    let last = clinic.service.list_treatment_plans(clinic.ask(list(token))).await.unwrap().into_inner();
    let listed: Vec<_> = first.treatment_plans.into_iter().chain(last.treatment_plans).collect();
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&active) && listed.contains(&draft));
}

#[tokio::test]
async fn a_plan_that_does_not_exist_is_not_found() {
    let clinic = Clinic::open().await;
    let name = format!("{}/treatmentPlans/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f", clinic.injury);
    let elsewhere = name.replace("clinics/default", "clinics/elsewhere");
    for name in [name, elsewhere] {
        let read = v1::GetTreatmentPlanRequest { known_at: None, name: name.clone() };
        let read = clinic.service.get_treatment_plan(clinic.ask(read)).await.unwrap_err();
        assert_eq!(reason(&read), (Code::NotFound, "RESOURCE_NOT_FOUND".to_owned()));
        let advice = v1::GetRecommendationRequest { name: name.clone(), ..Default::default() };
        let advice = clinic.service.get_recommendation(clinic.ask(advice)).await.unwrap_err();
        assert_eq!(advice.code(), Code::NotFound);
        let activation = clinic.activation(&name, 1);
        let activation = clinic.service.activate_treatment_plan(clinic.ask(activation)).await.unwrap_err();
        assert_eq!(activation.code(), Code::NotFound);
    }
}
