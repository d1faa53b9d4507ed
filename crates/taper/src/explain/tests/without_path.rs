//! What the page says where no path leads to an advice: the reason in words, and what comes first.

use taper_api::v1::counterfactual_stage::Stage;
use taper_api::v1::{Counterfactual, CounterfactualGoal, CounterfactualReason, CounterfactualStage, VisitNeeded};

use super::{Recommendation, article, goal, page, place};

/// What the page says of a goal without a path.
fn told_without_path(goal_asked: CounterfactualGoal, label: &str, without: Counterfactual) -> String {
    let counterfactuals = vec![Counterfactual { goal: goal_asked.into(), ..without }];
    let page = page(&Recommendation { counterfactuals, ..article(811) });
    let begin = place(&page, label);
    page[begin..].join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_reason_for_which_there_is_no_path_is_told_in_its_own_words() {
    let mut every = Vec::new();
    for number in 1.. {
        let Ok(reason) = CounterfactualReason::try_from(number) else { break };
        let without = Counterfactual { reason: number, ..Default::default() };
        let is_stop = reason == CounterfactualReason::StopReferralOpen;
        let label = if is_stop { "stopped" } else { "next step" };
        let told = told_without_path(CounterfactualGoal::NextStep, label, without);
        assert!(!told.contains("COUNTERFACTUAL") && !told.contains('_'), "{told}");
        every.push(told);
    }
    assert_eq!(every.len(), 11);
    let mut different = every.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), every.len(), "{every:#?}");
    assert!(every[4].starts_with("next step this is the last rung; discharge comes next"), "{}", every[4]);
}

#[test]
fn a_stop_is_told_once_for_every_goal_and_without_a_day() {
    let stopped = |asked| Counterfactual {
        reason: CounterfactualReason::StopReferralOpen.into(),
        blocking_rule_ids: vec!["RF-AVULSION".to_owned()],
        ..goal(asked, Vec::new())
    };
    let counterfactuals = vec![stopped(CounterfactualGoal::NextPhase), stopped(CounterfactualGoal::Running)];
    let page = page(&Recommendation { counterfactuals, ..article(811) });
    let told = page[place(&page, "stopped")..].join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "stopped next phase, running: nothing before a person has cleared the referral, with the outcome of \
                    imaging or of a physician: ";
    assert!(told.starts_with(expected) && told.contains("[RF-AVULSION]"), "{told}");
}

#[test]
fn what_lies_several_stages_ahead_names_them_and_tells_no_day() {
    let stage = |stage| CounterfactualStage { stage: Some(stage) };
    let visit = || stage(Stage::Visit(VisitNeeded::default()));
    let stages =
        vec![stage(Stage::Phase(3)), stage(Stage::Phase(4)), stage(Stage::SessionCountPerWeek(1)), visit(), visit()];
    let without = Counterfactual { reason: CounterfactualReason::StagesAhead.into(), stages, ..Default::default() };
    let told = told_without_path(CounterfactualGoal::Discharge, "discharge", without);
    let expected = "discharge first phase 3; then 3 further stages (phase 4, 1 visit a week, 2 visits), each with its own \
                    conditions: no day can be told yet";
    assert!(told.starts_with(expected), "{told}");
}
