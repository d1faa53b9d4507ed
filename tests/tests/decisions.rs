//! A decision beside the advice: with it, against it, and under an open STOP; through gRPC on both databases.

use taper_api::v1::{self, decision::Decided};
use taper_tests::{Case, Clinic, Database, Refused, World, assessment, days_ago, finding, number, request_id};
use tonic::{Code, Status};

async fn recommendation(world: &World, case: &Case) -> v1::Recommendation {
    let request = v1::GetRecommendationRequest { name: case.plan.clone(), ..Default::default() };
    world.plans().get_recommendation(request).await.expect("GetRecommendation").into_inner()
}

async fn decide(
    world: &World,
    case: &Case,
    decided: Decided,
    reason: v1::OverrideReason,
) -> Result<v1::Decision, Status> {
    let etag = recommendation(world, case).await.plan_etag;
    let decision = v1::Decision {
        therapist: case.therapist.clone(),
        decided: Some(decided),
        override_reason: reason.into(),
        ..Default::default()
    };
    let request = v1::CreateDecisionRequest {
        parent: case.plan.clone(),
        decision: Some(decision),
        etag,
        request_id: request_id(),
    };
    world.plans().create_decision(request).await.map(tonic::Response::into_inner)
}

async fn record(world: &World, case: &Case, days: i64, observations: Vec<v1::Observation>) {
    let request = v1::CreateAssessmentRequest {
        parent: case.injury.clone(),
        assessment: Some(assessment(days, observations)),
        request_id: request_id(),
    };
    world.assessments().create_assessment(request).await.expect("CreateAssessment");
}

const NO_REASON: v1::OverrideReason = v1::OverrideReason::Unspecified;

#[tokio::test]
async fn an_advance_against_the_advice_needs_a_reason_and_each_criterion_is_named() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        record(&world, &case, 1, vec![number("pain_worst_24h", 5.0)]).await;
        let advice = recommendation(&world, &case).await;
        assert_eq!(advice.phase_action(), v1::PhaseAction::Hold, "{database:?}");
        assert!(!advice.missing.is_empty(), "a record of one value lacks others");

        let status = decide(&world, &case, Decided::Phase(2), NO_REASON).await.unwrap_err();
        let refused = Refused::of(&status);
        assert_eq!((refused.code, refused.reason.as_str()), (Code::FailedPrecondition, "OVERRIDE_REASON_NEEDED"));
        let kinds: Vec<&str> = refused.preconditions.iter().map(|(kind, _)| kind.as_str()).collect();
        assert!(kinds.contains(&"CRITERION_UNKNOWN"), "{kinds:?}");
        let subjects: Vec<&str> = refused.preconditions.iter().map(|(_, subject)| subject.as_str()).collect();
        assert!(subjects.iter().any(|subject| subject.starts_with("P1-PROG-1")), "{subjects:?}");

        let reason = v1::OverrideReason::ClinicalJudgement;
        decide(&world, &case, Decided::Phase(2), reason).await.expect("with a reason");
        let advice = recommendation(&world, &case).await;
        assert_eq!(advice.phase, 2, "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_open_stop_refuses_an_advance_until_it_is_cleared() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        record(&world, &case, 1, vec![finding("palpable_gap", true)]).await;
        let advice = recommendation(&world, &case).await;
        assert_eq!(advice.phase_action(), v1::PhaseAction::Stop, "{database:?}");
        assert!(advice.focus.is_empty(), "hands-on work under a STOP");
        let massage = advice.modalities.iter().find(|one| one.modality() == v1::Modality::Massage).unwrap();
        assert_eq!(massage.permission(), v1::Permission::Blocked);

        let reason = v1::OverrideReason::ClinicalJudgement;
        let refused = Refused::of(&decide(&world, &case, Decided::Phase(2), reason).await.unwrap_err());
        assert_eq!((refused.code, refused.reason.as_str()), (Code::FailedPrecondition, "STOP_REFERRAL_OPEN"));
        assert!(refused.preconditions.iter().any(|(_, subject)| subject.starts_with("RF-AVULSION")), "{refused:?}");

        let clearance = v1::ReferralClearance {
            rule_id: "RF-AVULSION".into(),
            outcome: v1::ClearanceOutcome::ImagingNegative.into(),
            cleared_by: v1::ClearedBy::Specialist.into(),
            note: "MRI shows a partial tear.".into(),
        };
        decide(&world, &case, Decided::ReferralClearance(clearance), NO_REASON).await.expect("the clearance");
        let advice = recommendation(&world, &case).await;
        assert_ne!(advice.phase_action(), v1::PhaseAction::Stop, "{database:?}");
        decide(&world, &case, Decided::Phase(2), reason).await.expect("after the clearance");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_decision_needs_the_plans_present_etag() {
    let world = World::start(Database::Sqlite).await;
    let case = Clinic::open(&world).await.case(&world).await;
    let stale = recommendation(&world, &case).await.plan_etag;
    let reason = v1::OverrideReason::ClinicalJudgement;
    decide(&world, &case, Decided::Phase(2), reason).await.expect("the first decision");
    for (etag, code, said) in [("", Code::InvalidArgument, "INVALID_FIELDS"), (&stale, Code::Aborted, "ETAG_MISMATCH")]
    {
        let decision = v1::Decision {
            therapist: case.therapist.clone(),
            decided: Some(Decided::Phase(1)),
            override_reason: reason.into(),
            ..Default::default()
        };
        let request = v1::CreateDecisionRequest {
            parent: case.plan.clone(),
            decision: Some(decision),
            etag: etag.into(),
            request_id: request_id(),
        };
        let refused = Refused::of(&world.plans().create_decision(request).await.unwrap_err());
        assert_eq!((refused.code, refused.reason.as_str()), (code, said));
    }
    world.stop().await;
}

#[tokio::test]
async fn as_of_sees_no_fact_that_is_dated_later() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let as_of = async |days: i64| {
            let as_of = Some(days_ago(days));
            let request = v1::GetRecommendationRequest {
                name: case.plan.clone(),
                as_of,
                include_text: false,
                ..Default::default()
            };
            world.plans().get_recommendation(request).await.expect("GetRecommendation").into_inner()
        };
        let before = as_of(20).await;
        record(&world, &case, 10, vec![finding("palpable_gap", true)]).await;
        assert_eq!(as_of(20).await, before, "{database:?}: a later fact changed an earlier answer");
        assert_eq!(as_of(10).await.phase_action(), v1::PhaseAction::Stop, "{database:?}");
        let request = v1::GetRecommendationRequest {
            name: case.plan.clone(),
            as_of: Some(days_ago(-2)),
            include_text: false,
            ..Default::default()
        };
        let refused = Refused::of(&world.plans().get_recommendation(request).await.unwrap_err());
        assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["as_of".to_owned()]));
        world.stop().await;
    }
}

#[tokio::test]
async fn every_code_of_an_explanation_names_a_record_that_can_be_read() {
    let world = World::start(Database::Sqlite).await;
    let case = Clinic::open(&world).await.case(&world).await;
    record(&world, &case, 1, vec![number("pain_worst_24h", 5.0), number("knee_extension_deficit_deg", 12.0)]).await;
    let request =
        v1::GetRecommendationRequest { name: case.plan.clone(), as_of: None, include_text: true, ..Default::default() };
    let advice = world.plans().get_recommendation(request).await.unwrap().into_inner();
    let criteria = advice.rules.iter().flat_map(|rule| &rule.criteria);
    let mut from_assessments = 0;
    for criterion in criteria.filter(|criterion| criterion.source.contains("/assessments/")) {
        from_assessments += 1;
        let request = v1::GetAssessmentRequest { known_at: None, name: criterion.source.clone() };
        world.assessments().get_assessment(request).await.expect("the source of a criterion");
        assert!(criterion.observed_date.is_some() && criterion.age_days.is_some(), "{criterion:?}");
        let known = criterion.verdict() != v1::Verdict::Unknown;
        assert!(criterion.observed.is_some() || !known, "{criterion:?}");
    }
    assert!(from_assessments > 0, "no criterion came from the assessment");
    assert!(advice.rules.iter().all(|rule| !rule.text.is_empty() && !rule.citations.is_empty()));
    assert!(!advice.summary.is_empty());
    for missing in &advice.missing {
        assert!(!missing.rule_ids.is_empty(), "{missing:?}");
    }
    world.stop().await;
}
