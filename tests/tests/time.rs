//! The two times of a read: facts dated up to a day, as they had been recorded by an instant; on both databases.

use std::time::Duration;

use jiff::Timestamp;
use taper_api::v1::{self, decision::Decided};
use taper_tests::{
    Case, Clinic, Database, Refused, World, days_ago, finding, number, request_id, session, timestamp_days_ago,
};
use tonic::{Code, Status};

/// An instant that lies between what was recorded before and what is recorded after.
async fn instant() -> prost_types::Timestamp {
    tokio::time::sleep(Duration::from_millis(5)).await;
    let now = Timestamp::now();
    tokio::time::sleep(Duration::from_millis(5)).await;
    prost_types::Timestamp { seconds: now.as_second(), nanos: now.subsec_nanosecond() }
}

async fn advice(world: &World, case: &Case, known_at: prost_types::Timestamp) -> v1::Recommendation {
    let name = case.plan.clone();
    let request = v1::GetRecommendationRequest { name, known_at: Some(known_at), ..Default::default() };
    world.plans().get_recommendation(request).await.expect("GetRecommendation").into_inner()
}

/// The advice without what names the instant itself.
fn bare(advice: v1::Recommendation) -> v1::Recommendation {
    v1::Recommendation { known_at: None, ..advice }
}

#[tokio::test]
async fn at_an_instant_between_the_old_value_and_the_old_advice_come_back() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let nothing = case.advice(&world).await;
        let before = instant().await;
        let first = case.assess(&world, 1, vec![finding("palpable_gap", true)]).await;
        let created = instant().await;
        let amend = async |entered_in_error: bool, present: bool| {
            let observations = vec![finding("palpable_gap", present)];
            let request = v1::AmendAssessmentRequest {
                assessment: Some(v1::Assessment { observations, etag: String::new(), ..first.clone() }),
                reason: "Wrong patient.".into(),
                entered_in_error,
                request_id: request_id(),
                ..Default::default()
            };
            world.assessments().amend_assessment(request).await.expect("AmendAssessment").into_inner()
        };
        let second = amend(false, false).await;
        let amended = instant().await;
        let third = amend(true, false).await;
        assert!(third.entered_in_error && third.revision == 3, "{third:?}");

        let get = async |known_at: Option<prost_types::Timestamp>| {
            let request = v1::GetAssessmentRequest { name: first.name.clone(), known_at };
            world.assessments().get_assessment(request).await.map(tonic::Response::into_inner)
        };
        let list = async |known_at: Option<prost_types::Timestamp>| {
            let request = v1::ListAssessmentsRequest { parent: case.injury.clone(), known_at, ..Default::default() };
            world.assessments().list_assessments(request).await.unwrap().into_inner().assessments
        };
        assert_eq!(Refused::of(&get(Some(before)).await.unwrap_err()).code, Code::NotFound, "{database:?}");
        assert_eq!(list(Some(before)).await, []);
        for (known_at, as_it_was) in [(Some(created), &first), (Some(amended), &second), (None, &third)] {
            let read = get(known_at).await.unwrap();
            assert_eq!((read.revision, &read.observations), (as_it_was.revision, &as_it_was.observations));
            assert_eq!((read.entered_in_error, &read.date), (as_it_was.entered_in_error, &as_it_was.date));
            assert_eq!(list(known_at).await, [read], "{database:?} revision {}", as_it_was.revision);
        }
        // The instant of a revision itself sees it.
        assert_eq!(get(first.update_time).await.unwrap().revision, 1);

        assert_eq!(bare(advice(&world, &case, before).await), bare(nothing.clone()), "{database:?}");
        let stopped = advice(&world, &case, created).await;
        assert_eq!((stopped.phase_action(), stopped.known_at), (v1::PhaseAction::Stop, Some(created)));
        let excluded = advice(&world, &case, amended).await;
        assert_ne!(excluded.phase_action(), v1::PhaseAction::Stop, "{database:?}");
        let gap =
            |advice: &v1::Recommendation| advice.missing.iter().any(|missing| missing.what.contains("palpable_gap"));
        assert!(!gap(&excluded) && gap(&case.advice(&world).await), "entered in error is not on record any more");
        assert_eq!(case.advice(&world).await, nothing, "{database:?}: what was entered in error still counts");
        world.stop().await;
    }
}

#[tokio::test]
async fn activities_and_sessions_are_read_as_they_were_known() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let activity = v1::Activity {
            date: Some(days_ago(2)),
            kind: v1::ActivityKind::Run.into(),
            minutes: Some(10),
            reported_by: v1::Reporter::Patient.into(),
            ..Default::default()
        };
        let (parent, activity) = (case.injury.clone(), Some(activity));
        let request = v1::CreateActivityRequest { parent, activity, request_id: request_id() };
        let activity = world.assessments().create_activity(request).await.unwrap().into_inner();
        let visit = case.visit(&world, session(2)).await;
        let created = instant().await;
        for (entered_in_error, minutes) in [(false, 20), (true, 20)] {
            let request = v1::AmendActivityRequest {
                activity: Some(v1::Activity { minutes: Some(minutes), etag: String::new(), ..activity.clone() }),
                reason: "Misread.".into(),
                entered_in_error,
                ..Default::default()
            };
            world.assessments().amend_activity(request).await.expect("AmendActivity");
            let request = v1::AmendSessionRequest {
                session: Some(v1::Session { pain_before_nprs: Some(7), etag: String::new(), ..visit.clone() }),
                reason: "Misread.".into(),
                entered_in_error,
                ..Default::default()
            };
            world.sessions().amend_session(request).await.expect("AmendSession");
        }
        for (known_at, revision, minutes, pain, in_error) in [(Some(created), 1, 10, 3, false), (None, 3, 20, 7, true)]
        {
            let request = v1::GetActivityRequest { name: activity.name.clone(), known_at };
            let read = world.assessments().get_activity(request).await.unwrap().into_inner();
            assert_eq!((read.revision, read.minutes, read.entered_in_error), (revision, Some(minutes), in_error));
            let request = v1::ListActivitiesRequest { parent: case.injury.clone(), known_at, ..Default::default() };
            let listed = world.assessments().list_activities(request).await.unwrap().into_inner();
            assert_eq!(listed.activities, [read], "{database:?}");
            let request = v1::GetSessionRequest { name: visit.name.clone(), known_at };
            let read = world.sessions().get_session(request).await.unwrap().into_inner();
            assert_eq!((read.revision, read.pain_before_nprs, read.entered_in_error), (revision, Some(pain), in_error));
            let request = v1::ListSessionsRequest { parent: case.plan.clone(), known_at, ..Default::default() };
            let listed = world.sessions().list_sessions(request).await.unwrap().into_inner();
            assert_eq!(listed.sessions, [read], "{database:?}");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn plan_decisions_patient_and_injury_are_read_as_they_were_known() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let before = instant().await;
        let reason = v1::OverrideReason::ClinicalJudgement.into();
        let decision = v1::Decision { override_reason: reason, ..Default::default() };
        let decided = case.decide(&world, Decided::Phase(2), decision).await.unwrap();
        let patient = v1::Patient { name: case.patient.clone(), given_name: "Ada".into(), ..Default::default() };
        let request = v1::UpdatePatientRequest {
            patient: Some(patient),
            update_mask: Some(prost_types::FieldMask { paths: vec!["given_name".into()] }),
            request_id: request_id(),
        };
        world.patients().update_patient(request).await.expect("UpdatePatient");
        let request =
            v1::RecordReturnRequest { name: case.injury.clone(), return_date: Some(days_ago(1)), ..Default::default() };
        world.patients().record_return(request).await.expect("RecordReturn");

        for (known_at, phase, given_name, return_date) in
            [(Some(before), 1, "", None), (None, 2, "Ada", Some(days_ago(1)))]
        {
            let request = v1::GetTreatmentPlanRequest { name: case.plan.clone(), known_at };
            let plan = world.plans().get_treatment_plan(request).await.unwrap().into_inner();
            assert_eq!((plan.phase, plan.state()), (phase, v1::PlanState::Active), "{database:?}");
            let parent = case.injury.clone();
            let request = v1::ListTreatmentPlansRequest { parent, known_at, ..Default::default() };
            let listed = world.plans().list_treatment_plans(request).await.unwrap().into_inner();
            assert_eq!(listed.treatment_plans, [plan], "{database:?}");
            let request = v1::ListDecisionsRequest { parent: case.plan.clone(), known_at, ..Default::default() };
            let listed = world.plans().list_decisions(request).await.unwrap().into_inner().decisions;
            assert_eq!(listed.iter().any(|one| one.name == decided.name), known_at.is_none(), "{database:?}");
            assert!(listed.iter().any(|one| one.decided == Some(Decided::ActivationPhase(1))), "{listed:?}");
            let request = v1::GetDecisionRequest { name: decided.name.clone(), known_at };
            let one = world.plans().get_decision(request).await.map(|one| one.into_inner().name);
            match known_at {
                Some(_) => assert_eq!(one.unwrap_err().code(), Code::NotFound, "{database:?}"),
                None => assert_eq!(one.unwrap(), decided.name, "{database:?}"),
            }
            let request = v1::GetPatientRequest { name: case.patient.clone(), known_at };
            let patient = world.patients().get_patient(request).await.unwrap().into_inner();
            assert_eq!(patient.given_name, given_name, "{database:?}");
            let request = v1::GetInjuryRequest { name: case.injury.clone(), known_at };
            let injury = world.patients().get_injury(request).await.unwrap().into_inner();
            assert_eq!(injury.return_date, return_date, "{database:?}");
        }
        assert_eq!(advice(&world, &case, before).await.phase, 1, "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_fact_that_was_recorded_late_is_not_seen_by_an_earlier_instant() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let before = instant().await;
        let late = case.assess(&world, 20, vec![finding("palpable_gap", true)]).await;
        for (known_at, seen) in [(Some(before), false), (None, true)] {
            let (parent, as_of) = (case.injury.clone(), Some(days_ago(19)));
            let request = v1::ListAssessmentsRequest { parent, as_of, known_at, ..Default::default() };
            let listed = world.assessments().list_assessments(request).await.unwrap().into_inner().assessments;
            assert_eq!(listed.iter().any(|one| one.name == late.name), seen, "{database:?}");
            let request =
                v1::GetRecommendationRequest { name: case.plan.clone(), as_of, known_at, ..Default::default() };
            let advice = world.plans().get_recommendation(request).await.unwrap().into_inner();
            assert_eq!(advice.phase_action() == v1::PhaseAction::Stop, seen, "{database:?}");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn a_list_as_of_a_day_holds_no_fact_that_is_dated_later() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        for days in [10, 5] {
            case.assess(&world, days, vec![number("lefs", 60.0)]).await;
            case.visit(&world, session(days)).await;
            let activity = v1::Activity {
                date: Some(days_ago(days)),
                kind: v1::ActivityKind::Run.into(),
                reported_by: v1::Reporter::Patient.into(),
                ..Default::default()
            };
            let (parent, activity) = (case.injury.clone(), Some(activity));
            let request = v1::CreateActivityRequest { parent, activity, request_id: request_id() };
            world.assessments().create_activity(request).await.unwrap();
            let override_reason = v1::OverrideReason::ClinicalJudgement.into();
            let decision = v1::Decision { date: Some(days_ago(days)), override_reason, ..Default::default() };
            case.decide(&world, Decided::Phase(if days == 10 { 2 } else { 1 }), decision).await.unwrap();
        }
        for (day, facts) in [(11, 0), (10, 1), (6, 1), (5, 2)] {
            let (injury, plan, as_of) = (case.injury.clone(), case.plan.clone(), Some(days_ago(day)));
            let request = v1::ListAssessmentsRequest { parent: injury.clone(), as_of, ..Default::default() };
            let listed = world.assessments().list_assessments(request).await.unwrap().into_inner();
            assert_eq!(listed.assessments.len(), facts, "{database:?} {day} days ago");
            let request = v1::ListActivitiesRequest { parent: injury, as_of, ..Default::default() };
            let listed = world.assessments().list_activities(request).await.unwrap().into_inner();
            assert_eq!(listed.activities.len(), facts, "{database:?} {day} days ago");
            let request = v1::ListSessionsRequest { parent: plan.clone(), as_of, ..Default::default() };
            let listed = world.sessions().list_sessions(request).await.unwrap().into_inner();
            assert_eq!(listed.sessions.len(), facts, "{database:?} {day} days ago");
            let request = v1::ListDecisionsRequest { parent: plan, as_of, ..Default::default() };
            let listed = world.plans().list_decisions(request).await.unwrap().into_inner();
            assert_eq!(listed.decisions.len(), facts + 1, "{database:?} {day} days ago: with the activation");
        }
        world.stop().await;
    }
}

fn is_of_known_at<T: std::fmt::Debug>(method: &str, answer: Result<T, Status>) {
    let refused = Refused::of(&answer.unwrap_err());
    assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["known_at".to_owned()]), "{method}");
}

#[tokio::test]
async fn an_instant_in_the_future_is_refused_by_every_read_that_takes_one() {
    let world = World::start(Database::Sqlite).await;
    let case = Clinic::open(&world).await.case(&world).await;
    let assessed = case.assess(&world, 1, vec![number("lefs", 60.0)]).await.name;
    let visited = case.visit(&world, session(1)).await.name;
    let known_at = Some(timestamp_days_ago(-1));
    let (injury, plan, name) = (case.injury.clone(), case.plan.clone(), case.plan.clone());
    let (mut facts, mut sessions) = (world.assessments(), world.sessions());
    let (mut plans, mut patients) = (world.plans(), world.patients());

    let assessed_id = assessed.rsplit('/').next().unwrap_or_default().to_owned();
    let request = v1::GetAssessmentRequest { name: assessed, known_at };
    is_of_known_at("GetAssessment", facts.get_assessment(request).await);
    let request = v1::ListAssessmentsRequest { parent: injury.clone(), known_at, ..Default::default() };
    is_of_known_at("ListAssessments", facts.list_assessments(request).await);
    let request = v1::ListActivitiesRequest { parent: injury.clone(), known_at, ..Default::default() };
    is_of_known_at("ListActivities", facts.list_activities(request).await);
    let request = v1::GetTrendsRequest { treatment_plan: plan.clone(), known_at, ..Default::default() };
    is_of_known_at("GetTrends", facts.get_trends(request).await);
    let request = v1::GetSessionRequest { name: visited, known_at };
    is_of_known_at("GetSession", sessions.get_session(request).await);
    let request = v1::ListSessionsRequest { parent: plan.clone(), known_at, ..Default::default() };
    is_of_known_at("ListSessions", sessions.list_sessions(request).await);
    let request = v1::GetVisitSummaryRequest { name: name.clone(), known_at, as_of: None };
    is_of_known_at("GetVisitSummary", sessions.get_visit_summary(request).await);
    let decided = format!("{plan}/decisions/{assessed_id}");
    is_of_known_at("GetDecision", plans.get_decision(v1::GetDecisionRequest { name: decided, known_at }).await);
    let request = v1::ListDecisionsRequest { parent: plan, known_at, ..Default::default() };
    is_of_known_at("ListDecisions", plans.list_decisions(request).await);
    let request = v1::GetTreatmentPlanRequest { name: name.clone(), known_at };
    is_of_known_at("GetTreatmentPlan", plans.get_treatment_plan(request).await);
    let request = v1::ListTreatmentPlansRequest { parent: injury.clone(), known_at, ..Default::default() };
    is_of_known_at("ListTreatmentPlans", plans.list_treatment_plans(request).await);
    let request = v1::GetRecommendationRequest { name, known_at, ..Default::default() };
    is_of_known_at("GetRecommendation", plans.get_recommendation(request).await);
    let request = v1::GetPatientRequest { name: case.patient, known_at };
    is_of_known_at("GetPatient", patients.get_patient(request).await);
    let request = v1::GetInjuryRequest { name: injury, known_at };
    is_of_known_at("GetInjury", patients.get_injury(request).await);
    world.stop().await;
}
