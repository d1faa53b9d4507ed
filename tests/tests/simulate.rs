//! Hypothetical facts: what would be advised with them, and that nothing of it is stored; on both databases.

use taper_api::v1::{self, hypothetical_fact::Fact};
use taper_tests::{
    Case, Clinic, Database, Refused, World, assessment, code, days_ago, number, ready_for_phase_2, session,
};
use tonic::{Code, Status};

fn fact(fact: Fact) -> v1::HypotheticalFact {
    v1::HypotheticalFact { fact: Some(fact) }
}

fn supposed(days: i64, observations: Vec<v1::Observation>) -> v1::HypotheticalFact {
    fact(Fact::Assessment(assessment(days, observations)))
}

async fn simulate(
    world: &World,
    case: &Case,
    days: i64,
    facts: Vec<v1::HypotheticalFact>,
) -> Result<v1::SimulateRecommendationResponse, Status> {
    let request = v1::SimulateRecommendationRequest {
        name: case.plan.clone(),
        as_of: Some(days_ago(days)),
        facts,
        include_text: true,
        include_counterfactuals: true,
    };
    world.plans().simulate_recommendation(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_hundred_facts_are_taken_and_one_more_is_refused() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let facts = vec![supposed(0, vec![number("lefs", 60.0)]); 101];
        simulate(&world, &case, 0, facts[..100].to_vec()).await.expect("100 facts");
        let refused = Refused::of(&simulate(&world, &case, 0, facts).await.unwrap_err());
        assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["facts".to_owned()]), "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_assessment_that_meets_the_last_gate_turns_hold_into_advance_and_the_difference_says_so() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 1, ready_for_phase_2("bike_test_150w")).await;
        let last = supposed(0, vec![code("bike_test_150w", "painless")]);
        let answer = simulate(&world, &case, 0, vec![last.clone()]).await.unwrap();
        let (present, simulated) = (answer.present.unwrap(), answer.simulated.unwrap());
        assert_eq!(present.phase_action(), v1::PhaseAction::Hold, "{database:?}");
        assert_eq!(simulated.phase_action(), v1::PhaseAction::Advance, "{database:?} {}", simulated.summary);
        assert_eq!(simulated.phase_target, 2);
        let named = |path: &str| answer.differences.iter().find(|one| one.path == path);
        let action = named("phase_action").unwrap_or_else(|| panic!("{:?}", answer.differences));
        assert_eq!((action.before.as_str(), action.after.as_str()), ("hold", "advance"));
        assert_eq!(action.direction(), v1::Direction::Advances);
        let rule = named("rules[P1-PROG-3].verdict").unwrap_or_else(|| panic!("{:?}", answer.differences));
        assert_eq!((rule.before.as_str(), rule.after.as_str()), ("unknown", "met"));

        let request = v1::GetRecommendationRequest {
            name: case.plan.clone(),
            include_text: true,
            as_of: Some(days_ago(0)),
            ..Default::default()
        };
        let real = world.plans().get_recommendation(request).await.unwrap().into_inner();
        assert_eq!(present, real, "{database:?}: the present is not what GetRecommendation says");
        let wrong = supposed(0, vec![code("bike_test_150w", "painful")]);
        let answer = simulate(&world, &case, 0, vec![wrong]).await.unwrap();
        assert_eq!(answer.simulated.unwrap().phase_action(), v1::PhaseAction::Hold, "a painful test");
        assert!(answer.differences.iter().all(|one| one.path != "phase_action"));
        world.stop().await;
    }
}

#[tokio::test]
async fn no_fact_is_no_difference() {
    let world = World::start(Database::Sqlite).await;
    let case = Clinic::open(&world).await.case(&world).await;
    case.assess(&world, 1, ready_for_phase_2("")).await;
    let answer = simulate(&world, &case, 0, Vec::new()).await.unwrap();
    assert_eq!(answer.differences, []);
    let simulated = v1::Recommendation { counterfactuals: Vec::new(), ..answer.simulated.unwrap() };
    assert_eq!(answer.present.unwrap(), simulated);
    world.stop().await;
}

#[tokio::test]
async fn every_fault_is_named_by_the_place_of_its_fact() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let activity = v1::Activity { date: Some(days_ago(1)), minutes: Some(-1), ..Default::default() };
        let decision = v1::Decision { decided: None, therapist: case.therapist.clone(), ..Default::default() };
        let facts = vec![
            supposed(1, vec![number("lefs", 60.0)]),
            supposed(1, vec![number("no_such_measure", 1.0)]),
            v1::HypotheticalFact { fact: None },
            supposed(-2, vec![number("lefs", 60.0)]),
            fact(Fact::Session(v1::Session { minutes: 0, ..session(1) })),
            fact(Fact::Activity(activity)),
            fact(Fact::Decision(decision)),
            supposed(40, vec![number("lefs", 60.0)]),
        ];
        let refused = Refused::of(&simulate(&world, &case, 0, facts).await.unwrap_err());
        assert_eq!((refused.code, refused.reason.as_str()), (Code::InvalidArgument, "INVALID_FIELDS"));
        let expected = [
            "facts[1].assessment.observations[0].measure",
            "facts[2].fact",
            "facts[3].assessment.date",
            "facts[4].session.minutes",
            "facts[5].activity.minutes",
            "facts[7].assessment.date",
        ];
        for field in expected {
            assert!(refused.fields.iter().any(|path| path == field), "{field} is not in {:?}", refused.fields);
        }
        assert!(refused.fields.iter().any(|path| path.starts_with("facts[6].decision")), "{:?}", refused.fields);
        assert!(!refused.fields.iter().any(|path| path.starts_with("facts[0]")), "{:?}", refused.fields);
        world.stop().await;
    }
}

#[tokio::test]
async fn nothing_is_written_the_whole_database_is_as_it_was() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 1, ready_for_phase_2("bike_test_150w")).await;
        let before = world.rows().await;
        assert!(
            before.iter().any(|row| row.contains("bike_test_150w") || row.contains("pain_isometric")),
            "{before:?}"
        );
        let phase = v1::decision::Decided::Phase(2);
        let decision = v1::Decision { therapist: case.therapist.clone(), decided: Some(phase), ..Default::default() };
        let activity = v1::Activity {
            date: Some(days_ago(0)),
            kind: v1::ActivityKind::Run.into(),
            minutes: Some(10),
            reported_by: v1::Reporter::Patient.into(),
            ..Default::default()
        };
        let facts = vec![
            supposed(0, vec![code("bike_test_150w", "painless")]),
            fact(Fact::Session(session(1))),
            fact(Fact::Activity(activity)),
            fact(Fact::Decision(decision)),
        ];
        let answer = simulate(&world, &case, 0, facts).await.unwrap();
        assert_eq!(answer.simulated.unwrap().phase, 2, "the hypothetical decision counts");
        let after = world.rows().await;
        assert_eq!(before, after, "{database:?}");
        case.assess(&world, 0, vec![number("lefs", 60.0)]).await;
        assert_ne!(after, world.rows().await, "the comparison does not see a row that was written");
        world.stop().await;
    }
}

#[tokio::test]
async fn the_day_may_lie_a_year_ahead_and_no_more() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let ahead = supposed(-365, vec![number("lefs", 60.0)]);
        let answer = simulate(&world, &case, -365, vec![ahead.clone()]).await.expect("365 days ahead");
        assert_eq!(answer.simulated.unwrap().as_of, Some(days_ago(-365)));
        let refused = Refused::of(&simulate(&world, &case, -366, vec![ahead]).await.unwrap_err());
        assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["as_of".to_owned()]), "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_decision_is_judged_by_the_state_that_the_plan_had_on_the_day_that_is_asked_for() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let discharge = v1::decision::Decided::Discharge(v1::Discharge {});
        let reason = v1::OverrideReason::ClinicalJudgement.into();
        let more = v1::Decision { date: Some(days_ago(2)), override_reason: reason, ..Default::default() };
        case.decide(&world, discharge, more).await.expect("a discharge");
        let step = |days: i64| {
            fact(Fact::Decision(v1::Decision {
                therapist: case.therapist.clone(),
                date: Some(days_ago(days)),
                decided: Some(v1::decision::Decided::SessionCountPerWeek(2)),
                ..Default::default()
            }))
        };
        let then = simulate(&world, &case, 10, vec![step(10)]).await.expect("ten days ago the plan was active");
        let rung = |advice: Option<v1::Recommendation>| advice.unwrap().rung.unwrap().session_count_per_week;
        assert_eq!((rung(then.present), rung(then.simulated)), (3, 2), "{database:?}");
        for days in [2, 0] {
            let refused = Refused::of(&simulate(&world, &case, days, vec![step(days)]).await.unwrap_err());
            assert_eq!(refused.fields, ["facts[0].decision"], "{database:?}: discharged two days ago");
        }
        world.stop().await;
    }
}
