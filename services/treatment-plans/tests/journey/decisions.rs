//! Decisions on a plan, with the advice and against it.

use taper_api::v1;
use taper_api::v1::decision::Decided;
use taper_api::v1::treatment_plan_service_server::TreatmentPlanService;
use tonic::Code;
use tonic_types::StatusExt;

use crate::clinic::{Clinic, fields, reason};

fn decision(clinic: &Clinic, plan: &v1::TreatmentPlan, decided: Decided) -> v1::CreateDecisionRequest {
    v1::CreateDecisionRequest {
        parent: plan.name.clone(),
        decision: Some(v1::Decision {
            therapist: clinic.therapist.clone(),
            decided: Some(decided),
            ..Default::default()
        }),
        etag: plan.etag.clone(),
        request_id: String::new(),
    }
}

fn overriding(mut request: v1::CreateDecisionRequest) -> v1::CreateDecisionRequest {
    request.decision.as_mut().unwrap().override_reason = v1::OverrideReason::ClinicalJudgement.into();
    request
}

#[tokio::test]
async fn a_decision_needs_the_plans_current_etag() {
    let clinic = Clinic::open().await;
    let plan = clinic.active().await;
    let mut request = overriding(decision(&clinic, &plan, Decided::Phase(2)));
    request.etag.clear();
    let refused = clinic.service.create_decision(clinic.ask(request.clone())).await.unwrap_err();
    assert_eq!(fields(&refused), ["etag"]);
    request.etag = "999".to_owned();
    let refused = clinic.service.create_decision(clinic.ask(request.clone())).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
    let current = refused.get_details_error_info().unwrap().metadata.get("etag").cloned();
    assert_eq!(current.as_ref(), Some(&plan.etag));
    request.etag = current.unwrap();
    clinic.service.create_decision(clinic.ask(request.clone())).await.unwrap();
    let stale = clinic.service.create_decision(clinic.ask(request)).await.unwrap_err();
    assert_eq!(stale.code(), Code::Aborted);
}

#[tokio::test]
async fn a_decision_against_the_advice_needs_a_reason_and_is_then_in_force() {
    let clinic = Clinic::open().await;
    let plan = clinic.active().await;
    let request = decision(&clinic, &plan, Decided::Phase(2));
    let refused = clinic.service.create_decision(clinic.ask(request.clone())).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "OVERRIDE_REASON_NEEDED".to_owned()));
    let made = clinic.service.create_decision(clinic.ask(overriding(request))).await.unwrap().into_inner();
    assert_eq!(made.decided, Some(Decided::Phase(2)));
    assert_eq!(made.override_reason(), v1::OverrideReason::ClinicalJudgement);
    let plan = clinic.plan(&plan.name).await;
    assert_eq!(plan.phase, 2);
    let request = overriding(decision(&clinic, &plan, Decided::SessionCountPerWeek(1)));
    clinic.service.create_decision(clinic.ask(request)).await.unwrap();
    let plan = clinic.plan(&plan.name).await;
    assert_eq!((plan.phase, plan.frequency_step.unwrap().session_count_per_week), (2, 1));
}

#[tokio::test]
async fn a_discharge_completes_the_plan_and_the_decisions_stay_listed() {
    let clinic = Clinic::open().await;
    let plan = clinic.active().await;
    let request = overriding(decision(&clinic, &plan, Decided::Discharge(v1::Discharge {})));
    clinic.service.create_decision(clinic.ask(request)).await.unwrap();
    let plan = clinic.plan(&plan.name).await;
    assert_eq!(plan.state(), v1::PlanState::Completed);
    assert_eq!((plan.phase, plan.frequency_step), (0, None));
    let late = overriding(decision(&clinic, &plan, Decided::Phase(1)));
    let late = clinic.service.create_decision(clinic.ask(late)).await.unwrap_err();
    assert_eq!(reason(&late), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));

    let list = |page_token: String| v1::ListDecisionsRequest {
        as_of: None,
        known_at: None,
        parent: plan.name.clone(),
        page_size: 1,
        page_token,
    };
    let first = clinic.service.list_decisions(clinic.ask(list(String::new()))).await.unwrap().into_inner();
    let last = clinic.service.list_decisions(clinic.ask(list(first.next_page_token))).await.unwrap().into_inner();
    let mut listed: Vec<_> = first.decisions.into_iter().chain(last.decisions).map(|d| d.decided.unwrap()).collect();
    // The clock stands still, and so does the time within ids.
    listed.sort_by_key(|decided| matches!(decided, Decided::Discharge(_)));
    assert_eq!(listed, [Decided::ActivationPhase(1), Decided::Discharge(v1::Discharge {})]);
    assert_eq!(last.next_page_token, "");
}

#[tokio::test]
async fn a_referral_that_is_neither_open_nor_impossible_to_exclude_cannot_be_cleared() {
    let clinic = Clinic::open().await;
    let plan = clinic.draft().await;
    let request = decision(&clinic, &plan, clearance("RF-NONE"));
    let refused = clinic.service.create_decision(clinic.ask(request)).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "WRONG_STATE".to_owned()));
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.metadata.get("rule_id").map(String::as_str), Some("RF-NONE"));
}

/// The rules of the referrals that stand so.
async fn referrals(clinic: &Clinic, plan: &v1::TreatmentPlan, standing: v1::ReferralStanding) -> Vec<String> {
    let request = v1::GetRecommendationRequest {
        name: plan.name.clone(),
        as_of: None,
        include_text: false,
        ..Default::default()
    };
    let advice = clinic.service.get_recommendation(clinic.ask(request)).await.unwrap().into_inner();
    let mut rules: Vec<_> = advice.referrals.into_iter().filter(|r| r.standing() == standing).collect();
    rules.sort_by(|left, right| left.rule_id.cmp(&right.rule_id));
    rules.into_iter().map(|referral| referral.rule_id).collect()
}

#[tokio::test]
async fn every_referral_that_cannot_be_excluded_is_cleared_by_a_negative_finding() {
    let clinic = Clinic::open().await;
    clinic.could_not_measure(&["palpable_gap"]).await;
    let mut plan = clinic.active().await;
    let open_questions = referrals(&clinic, &plan, v1::ReferralStanding::CannotExclude).await;
    assert!(open_questions.len() > 1 && open_questions.iter().any(|rule| rule == "RF-AVULSION"), "{open_questions:?}");
    for rule_id in &open_questions {
        let request = decision(&clinic, &plan, clearance(rule_id));
        clinic.service.create_decision(clinic.ask(request)).await.unwrap();
        plan = clinic.plan(&plan.name).await;
    }
    assert_eq!(referrals(&clinic, &plan, v1::ReferralStanding::Cleared).await, open_questions);
    assert_eq!(referrals(&clinic, &plan, v1::ReferralStanding::CannotExclude).await, Vec::<String>::new());
}

fn clearance(rule_id: &str) -> Decided {
    Decided::ReferralClearance(v1::ReferralClearance {
        rule_id: rule_id.to_owned(),
        outcome: v1::ClearanceOutcome::ImagingNegative.into(),
        cleared_by: v1::ClearedBy::Physician.into(),
        note: "no gap on imaging".to_owned(),
    })
}

#[tokio::test]
async fn an_open_stop_refuses_an_advance_until_it_is_cleared() {
    let clinic = Clinic::open().await;
    clinic.find(&["palpable_gap"]).await;
    let draft = clinic.draft().await;
    let advice = v1::GetRecommendationRequest {
        name: draft.name.clone(),
        as_of: None,
        include_text: true,
        ..Default::default()
    };
    let advice = clinic.service.get_recommendation(clinic.ask(advice)).await.unwrap().into_inner();
    assert_eq!(advice.phase_action(), v1::PhaseAction::Stop);
    assert!(advice.summary.contains("Refer, and stop"), "{}", advice.summary);

    let mut start = clinic.activation(&draft.name, 2);
    start.override_reason = v1::OverrideReason::MedicalOrder.into();
    let refused = clinic.service.activate_treatment_plan(clinic.ask(start)).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "STOP_REFERRAL_OPEN".to_owned()));
    let named = refused.get_details_precondition_failure().unwrap().violations;
    assert_eq!(named.len(), 1);
    assert_eq!((named[0].r#type.as_str(), named[0].subject.as_str()), ("STOP_REFERRAL", "RF-AVULSION"));

    let start = clinic.activation(&draft.name, 1);
    let refused = clinic.service.activate_treatment_plan(clinic.ask(start.clone())).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "OVERRIDE_REASON_NEEDED".to_owned()));
    let mut without_words = start.clone();
    without_words.override_reason = v1::OverrideReason::MedicalOrder.into();
    let refused = clinic.service.activate_treatment_plan(clinic.ask(without_words)).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::FailedPrecondition, "OVERRIDE_NOTE_NEEDED".to_owned()));
    let cleared = decision(&clinic, &draft, clearance("RF-AVULSION"));
    let cleared = clinic.service.create_decision(clinic.ask(cleared)).await.unwrap().into_inner();
    assert_eq!(cleared.decided, Some(clearance("RF-AVULSION")));
    let plan = clinic.service.activate_treatment_plan(clinic.ask(start)).await.unwrap().into_inner();
    assert_eq!(plan.phase, 1);
}

#[tokio::test]
async fn a_reason_beside_a_decision_that_follows_the_advice_is_kept() {
    let clinic = Clinic::open().await;
    let draft = clinic.draft().await;
    let mut start = clinic.activation(&draft.name, 1);
    start.override_reason = v1::OverrideReason::MedicalOrder.into();
    let plan = clinic.service.activate_treatment_plan(clinic.ask(start)).await.unwrap().into_inner();
    let request = overriding(decision(&clinic, &plan, Decided::Phase(1)));
    let made = clinic.service.create_decision(clinic.ask(request)).await.unwrap().into_inner();
    assert_eq!(made.override_reason(), v1::OverrideReason::ClinicalJudgement);
    let list = v1::ListDecisionsRequest { parent: plan.name.clone(), ..Default::default() };
    let listed = clinic.service.list_decisions(clinic.ask(list)).await.unwrap().into_inner().decisions;
    let mut reasons: Vec<_> = listed.iter().map(v1::Decision::override_reason).collect();
    reasons.sort();
    assert_eq!(reasons, [v1::OverrideReason::ClinicalJudgement, v1::OverrideReason::MedicalOrder]);
}
