//! What holds the advice: told with its first figure on every page, without what does not matter.

use taper_api::v1::{CounterfactualGoal, CounterfactualPath, CriterionResult, Recommendation, Verdict, WhyUnknown};

use super::super::ground;
use super::{SCREEN_LINES, article, date, every_advice, goal, held_by, number, page, place, shorter};

/// The advice with paths to three goals that are too long for a screen.
fn with_long_paths(advice: Recommendation) -> Recommendation {
    let changes: Vec<_> = (0..9).map(|_| shorter(6.0, 3.0)).collect();
    let path = CounterfactualPath { changes, earliest_date: date(3, 30) };
    let goals = [CounterfactualGoal::NextPhase, CounterfactualGoal::NextStep, CounterfactualGoal::Discharge];
    let counterfactuals = goals.map(|asked| goal(asked, vec![path.clone(), path.clone()])).to_vec();
    Recommendation { counterfactuals, ..advice }
}

#[test]
fn every_hold_has_its_first_figure_and_every_goal_its_line_on_every_page() {
    let (mut holds, mut long) = (0, 0);
    for (name, advice) in every_advice() {
        let advice = with_long_paths(advice);
        let lines = page(&advice);
        let page = lines.join("\n");
        let squeezed = page.split_whitespace().collect::<Vec<_>>().join(" ");
        let ids = advice.phase_rule_ids.iter().chain(&advice.taper_rule_ids);
        for id in ids.filter(|id| !advice.referrals.iter().any(|referral| referral.rule_id == **id)) {
            let Some(rule) = advice.rules.iter().find(|rule| rule.rule_id == *id) else { continue };
            if rule.verdict() == Verdict::Met && !advice.phase_rule_ids.contains(id) {
                continue;
            }
            holds += 1;
            assert!(
                squeezed.contains(&format!("[{id}: ")) || squeezed.contains(&format!("{id}: ")),
                "{name}, {id}:\n{page}"
            );
            let Some(short) = ground::in_short(rule) else { continue };
            // Where the columns are narrow the subject is wrapped: its first word stands at the beginning of a row.
            let told = short.strip_prefix(&format!("{id}: ")).unwrap();
            let first = told.split([' ', ':', ',']).next().unwrap().to_owned();
            let is_row = |line: &&String| line.starts_with("    ") && line.trim_start().starts_with(&first);
            assert!(
                squeezed.contains(&short) || lines.iter().any(|line| is_row(&line)),
                "{name}, {id}: {short}\n{page}"
            );
        }
        for label in ["next phase from 2026-03-30: ", "next step from 2026-03-30: ", "discharge from 2026-03-30: "] {
            let told = squeezed.split(label).nth(1).unwrap_or_else(|| panic!("{name}: {label}\n{page}"));
            assert!(told.starts_with("on 2026-03-24, length of the painful area at most 3 cm"), "{name}: {told}");
        }
        long += usize::from(lines.len() > SCREEN_LINES);
        assert!(lines.len() <= SCREEN_LINES + 4, "{name} has {} lines:\n{page}", lines.len());
    }
    assert!(holds > 200 && long < 8, "{holds} holds, {long} pages too long");
}

#[test]
fn a_rule_that_is_met_and_holds_the_phase_is_told_as_what_holds_it() {
    let pain = CriterionResult {
        measure: "pain_running".to_owned(),
        comparator: ">".to_owned(),
        threshold: number(2.0).into_iter().collect(),
        unit: "{NPRS}".to_owned(),
        observed: number(4.0),
        verdict: Verdict::Met.into(),
        ..Default::default()
    };
    let page = page(&held_by(Verdict::Met, vec![pain]));
    let rule = place(&page, "holds      The sentence of the rule. [OWN: ");
    assert!(page.iter().skip(rule).any(|line| line.contains("pain in running  4/10  above 2/10")), "{page:#?}");
}

#[test]
fn an_alternative_beside_one_that_is_met_is_no_hold() {
    let page = page(&article(811)).join("\n");
    for part in ["at least 71", "running at full speed  "] {
        assert!(!page.contains(part), "{part:?} in:\n{page}");
    }
    assert!(page.contains("    phase in force  "), "{page}");
    assert!(page.contains("    or length of the painful area"), "{page}");
}

fn since_setback(why: WhyUnknown) -> CriterionResult {
    CriterionResult {
        quantity: "days_since_regress".to_owned(),
        comparator: ">=".to_owned(),
        threshold: number(7.0).into_iter().collect(),
        unit: "d".to_owned(),
        verdict: Verdict::Unknown.into(),
        why_unknown: why.into(),
        ..Default::default()
    }
}

#[test]
fn days_since_a_setback_that_cannot_be_judged_say_what_to_measure_first() {
    let row = |advice: &Recommendation| {
        let page = page(advice);
        let begin = place(&page, "days since the last setback");
        page[begin..begin + 2].join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut advice = held_by(Verdict::Unknown, vec![since_setback(WhyUnknown::Missing)]);
    let told = row(&advice);
    assert!(told.contains("unknown at least 7 days not judged measure first what would show one"), "{told}");
    let gait = |why: WhyUnknown| CriterionResult {
        measure: "gait".to_owned(),
        verdict: Verdict::Unknown.into(),
        why_unknown: why.into(),
        ..Default::default()
    };
    let mut setback = held_by(Verdict::Unknown, vec![gait(WhyUnknown::TooOld)]).rules.remove(0);
    setback.rule_id = "U-REGRESS-1".to_owned();
    advice.rules.push(setback);
    advice.protocol = "protocols/hamstring-strain/versions/1".to_owned();
    let told = row(&advice);
    assert!(told.contains("not judged measure first: gait"), "{told}");
    let told = row(&held_by(Verdict::Unknown, vec![since_setback(WhyUnknown::NotMeasured)]));
    assert!(told.contains("unknown at least 7 days not measured") && !told.contains("judged"), "{told}");
}
