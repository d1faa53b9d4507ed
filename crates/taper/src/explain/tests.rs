//! The page of built-in cases: its order, its size, and that what must not be overlooked is never left out.

use std::sync::LazyLock;

use taper_api::google::r#type::Date;
use taper_api::v1::counterfactual_change::Change;
use taper_api::v1::seen_value::Value;
use taper_api::v1::{
    Counterfactual, CounterfactualChange, CounterfactualGoal, CounterfactualPath, CounterfactualReason,
    CriterionResult, MeasureChangeNeeded, PhaseAction, ReferralStanding, RuleResult, SeenValue, Verdict, VisitNeeded,
    WhyUnknown,
};
use taper_core::case::{Case, StepOutcome};
use taper_core::protocol::{self, builtin};

mod holds;
mod paths;
mod without_path;

use super::*;

const WHOSE: &str = "Rosa Example, born 1986-01-10; left hamstring, tie-in, since 2024-01-02";

fn page(advice: &Recommendation) -> Vec<String> {
    let text = explained(Paper::plain().as_wide_as(SCREEN_WIDTH.into()), WHOSE, advice, false);
    text.lines().map(str::to_owned).collect()
}

static EVERY: LazyLock<Vec<(String, Recommendation)>> = LazyLock::new(played);

/// Every step of every built-in case, by the rules alone.
fn every_advice() -> impl DoubleEndedIterator<Item = (&'static str, Recommendation)> + ExactSizeIterator {
    EVERY.iter().map(|(name, advice)| (name.as_str(), advice.clone()))
}

fn played() -> Vec<(String, Recommendation)> {
    let mut found = Vec::new();
    for document in builtin::DOCUMENTS {
        for (name, text) in document.cases {
            let case = Case::parse(text).unwrap();
            for (step, outcome) in case.steps.iter().zip(case.play()) {
                found.push((format!("{name}, day {}", step.day), answer(&case, &outcome)));
            }
        }
    }
    found
}

fn answer(case: &Case, outcome: &StepOutcome) -> Recommendation {
    let protocol = protocol::find(&case.plan.protocol).unwrap();
    let plan = taper_kit::name::Plan {
        clinic: "story".parse().unwrap(),
        patient: taper_core::ids::PatientId(uuid::Uuid::nil()),
        injury: outcome.record.injury.id,
        plan: outcome.record.plan.id,
    };
    taper_treatment_plans::answer(&plan, protocol, &outcome.recommendation)
}

/// The last advice of a day of the source article's case.
fn article(day: i64) -> Recommendation {
    let name = format!("article.case.toml, day {day}");
    every_advice().rfind(|(found, _)| *found == name).unwrap().1
}

fn number(number: f64) -> Option<SeenValue> {
    Some(SeenValue { value: Some(Value::Number(number)) })
}

fn date(month: i32, day: i32) -> Option<Date> {
    Some(Date { year: 2026, month, day })
}

fn shorter(present: f64, needed: f64) -> CounterfactualChange {
    let measure = MeasureChangeNeeded {
        measure: "palpation_length_cm".to_owned(),
        tester: "clinics/story/therapists/t".to_owned(),
        present: number(present),
        comparator: "<=".to_owned(),
        needed: number(needed),
        unit: "cm".to_owned(),
        ..Default::default()
    };
    CounterfactualChange { date: date(3, 24), change: Some(Change::Measure(measure)), ..Default::default() }
}

fn visit(day: i32) -> CounterfactualChange {
    let change = Some(Change::Visit(VisitNeeded::default()));
    CounterfactualChange { date: date(3, day), change, ..Default::default() }
}

fn goal(goal: CounterfactualGoal, paths: Vec<CounterfactualPath>) -> Counterfactual {
    Counterfactual { goal: goal.into(), paths, ..Default::default() }
}

/// The demo's day on which the visits were lowered, with what would change it.
fn questioned() -> Recommendation {
    let two = CounterfactualPath { changes: vec![shorter(6.0, 3.0), visit(30)], earliest_date: date(3, 30) };
    let one = CounterfactualPath { changes: vec![shorter(6.0, 3.0)], earliest_date: date(3, 24) };
    let time = CounterfactualPath { changes: Vec::new(), earliest_date: date(4, 6) };
    let stretching = Counterfactual {
        reason: CounterfactualReason::NotFound.into(),
        blocking_rule_ids: vec!["P2-PROG-3".to_owned()],
        ..goal(CounterfactualGoal::Stretching, Vec::new())
    };
    let running = Counterfactual { given: true, ..goal(CounterfactualGoal::Running, Vec::new()) };
    let counterfactuals = vec![
        goal(CounterfactualGoal::NextPhase, vec![two, one]),
        goal(CounterfactualGoal::NextStep, vec![time]),
        stretching,
        running,
    ];
    Recommendation { counterfactuals, ..article(811) }
}

/// Advice whose phase is held by one rule with these criteria.
fn held_by(verdict: Verdict, criteria: Vec<CriterionResult>) -> Recommendation {
    let rule = RuleResult {
        rule_id: "OWN".to_owned(),
        verdict: verdict.into(),
        criteria,
        text: "The sentence of the rule.".to_owned(),
        ..Default::default()
    };
    Recommendation {
        phase: 2,
        phase_action: PhaseAction::Hold.into(),
        phase_rule_ids: vec![rule.rule_id.clone()],
        rules: vec![rule],
        ..Default::default()
    }
}

fn place(page: &[String], start: &str) -> usize {
    let found = page.iter().position(|line| line.trim_start().starts_with(start));
    found.unwrap_or_else(|| panic!("{start:?} is missing in:\n{}", page.join("\n")))
}

#[test]
fn the_page_goes_from_referrals_by_phase_and_visits_to_who_decides() {
    let page = page(&questioned());
    let order = [
        WHOSE,
        "Plan ",
        "! REFER routine, beside the treatment: persistent pain, open since 2024-04-02",
        "PHASE      2 (restore range of motion): HOLD",
        "not met    The painful length on palpation",
        "length of the painful area,",
        "VISITS     2 a week, 30 min: HOLD",
        "phase in force ",
        "WHAT WOULD CHANGE IT",
        "next phase from 2026-03-24",
        "next step",
        "RUNNING    allowed, below 11 km/h",
        "STRETCHING blocked",
        "HANDS-ON   massage allowed",
        "REVIEWS    ",
        "Taper supports a clinician, who decides.",
    ];
    let places: Vec<usize> = order.iter().map(|start| place(&page, start)).collect();
    assert!(places.is_sorted(), "{places:?} in:\n{}", page.join("\n"));
    assert!(page.len() <= SCREEN_LINES, "{} lines:\n{}", page.len(), page.join("\n"));
}

#[test]
fn every_page_of_every_built_in_case_fits_one_screen() {
    let every = every_advice();
    assert!(every.len() > 60, "only {} steps", every.len());
    for (name, advice) in every {
        let page = page(&advice);
        assert!(page.len() <= SCREEN_LINES, "{name} has {} lines:\n{}", page.len(), page.join("\n"));
        for line in &page {
            assert!(line.chars().count() <= usize::from(SCREEN_WIDTH), "{name}: {line}");
        }
    }
}

#[test]
fn a_narrower_page_has_no_line_that_is_too_long() {
    for (name, advice) in every_advice() {
        let text = explained(Paper::plain().as_wide_as(80), WHOSE, &advice, false);
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn every_open_referral_stands_above_the_phase_and_what_cannot_be_excluded_is_named() {
    let (mut open, mut not_excluded) = (0, 0);
    for (name, advice) in every_advice() {
        let page = page(&advice);
        let above = page.get(..place(&page, "PHASE")).unwrap().join(" ").replace("  ", " ");
        for referral in &advice.referrals {
            let condition = words::spaced(&referral.condition);
            match referral.standing() {
                ReferralStanding::Open => {
                    open += 1;
                    let named = page.iter().any(|line| line.contains("REFER ") && line.contains(&condition));
                    assert!(named, "{name}: {condition} in:\n{}", page.join("\n"));
                    assert!(above.contains(&condition), "{name}: {condition}");
                }
                ReferralStanding::CannotExclude => {
                    not_excluded += 1;
                    let squeezed = above.split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(squeezed.contains(&condition), "{name}: {condition} in:\n{squeezed}");
                }
                _ => {}
            }
        }
    }
    assert!(open > 20 && not_excluded > 20, "{open} open, {not_excluded} not excluded");
}

#[test]
fn a_stop_is_alarming_and_comes_before_what_runs_beside_the_treatment() {
    let (_, advice) = every_advice().find(|(name, _)| name.starts_with("c3.case.toml, day 4")).unwrap();
    let page = page(&advice);
    let first = page.iter().find(|line| line.contains("REFER")).unwrap();
    assert!(first.starts_with("!! REFER URGENT, within days: avulsion, open since 2026-03-06. STOP:"), "{first}");
    assert!(place(&page, "!! REFER") < place(&page, "! REFER"));
    place(&page, "PHASE      not started: STOP");
    place(&page, "RUNNING    blocked until the referral is cleared");
}

#[test]
fn under_a_stop_nobody_is_asked_to_load_the_leg_for_a_test() {
    let mut stopped = 0;
    for (name, advice) in every_advice().filter(|(_, advice)| advice.phase_action() == PhaseAction::Stop) {
        let page = page(&advice).join("\n");
        assert!(!page.contains("single-leg squat") && !page.contains("bike test"), "{name}:\n{page}");
        let screen = page.split("MEASURE").nth(1).unwrap_or_default();
        assert!(!screen.contains("strength in"), "{name}: strength is no answer of the screen\n{page}");
        stopped += 1;
    }
    assert!(stopped >= 3, "only {stopped}");
}

#[test]
fn a_criterion_tells_what_was_seen_what_is_needed_by_how_much_and_from_when() {
    let page = page(&article(811));
    let row = page.iter().find(|line| line.contains("or length of the painful area")).unwrap();
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["or length of the painful area", "6 cm", "exactly 0 cm", "6 cm off", "2026-03-23, today"]);
    let rule = place(&page, "not met    The painful length");
    let sentence = page.get(rule..rule + 2).unwrap().join(" ");
    assert!(sentence.contains("[P2-PROG-3: cohort"), "{sentence}");
    assert!(sentence.contains("study S19 (own)]"), "{sentence}");
    assert!(page.iter().any(|line| line.contains("SOURCES    S19 ")), "{}", page.join("\n"));
}

#[test]
fn what_is_not_known_is_unknown_with_the_reason_and_never_a_value() {
    let full_speed = CriterionResult {
        measure: "full_speed_running".to_owned(),
        comparator: "=".to_owned(),
        threshold: vec![SeenValue { value: Some(Value::Code("painless".to_owned())) }],
        observed: Some(SeenValue { value: Some(Value::Code("painful".to_owned())) }),
        observed_date: date(3, 2),
        age_days: Some(21),
        verdict: Verdict::Unknown.into(),
        why_unknown: WhyUnknown::TooOld.into(),
        ..Default::default()
    };
    let page = page(&held_by(Verdict::Unknown, vec![full_speed]));
    let row = page.iter().find(|line| line.contains("running at full speed")).unwrap();
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let expected = ["running at full speed", "unknown", "painless", "too old", "was painful, 2026-03-02, 21 days ago"];
    assert_eq!(cells, expected, "{row}");
}

#[test]
fn what_would_change_it_comes_with_the_fewest_changes_first_and_its_earliest_day() {
    let page = page(&questioned());
    let first = place(&page, "next phase from 2026-03-24: length of the painful area at most 3 cm (now 6 cm), by the");
    let other = place(&page, "or from 2026-03-30: on 2026-03-24, length of the painful area at most 3 cm (now 6 cm),");
    assert!(first < other);
    let text = page.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "by the same tester; and on 2026-03-30, one more visit attended",
        "next step from 2026-04-06: time alone, if nothing gets worse",
        "stretching no path was found; other changes than those that were tried may lead there: The painful length on \
         palpation is at most half of the baseline. [P2-PROG-3]",
        "already advised now: running",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn everything_names_every_rule_and_the_records_behind_it() {
    let advice = article(811);
    let text = explained(Paper::plain().as_wide_as(SCREEN_WIDTH.into()), WHOSE, &advice, true);
    for rule in &advice.rules {
        assert!(text.contains(&format!("[{}:", rule.rule_id)), "{} is missing", rule.rule_id);
    }
    let sources = advice.rules.iter().flat_map(|rule| &rule.criteria).map(|criterion| &criterion.source);
    let mut named = 0;
    for source in sources.filter(|source| !source.is_empty()) {
        let from = source.rsplitn(3, '/').take(2).collect::<Vec<_>>();
        let (id, collection) = (from[0], from[1]);
        assert!(text.contains(&format!("({collection}/{id}")), "{source}");
        named += 1;
    }
    assert!(named > 20, "only {named}");
    assert!(!text.contains("left out"), "something was left out");
}

#[test]
fn patient_and_injury_are_told_in_a_line() {
    let patient = Patient {
        given_name: "Rosa".to_owned(),
        family_name: "Example".to_owned(),
        birth_date: Some(Date { year: 1986, month: 1, day: 10 }),
        ..Default::default()
    };
    let injury = Injury {
        side: taper_api::v1::Side::Left.into(),
        site: taper_api::v1::Site::TieIn.into(),
        onset_date: Some(Date { year: 2024, month: 1, day: 2 }),
        ..Default::default()
    };
    assert_eq!(whose(&patient, &injury), WHOSE);
    let unnamed = Patient { family_name: "Example".to_owned(), ..Default::default() };
    assert!(whose(&unnamed, &injury).starts_with("Example; left hamstring"));
}

#[test]
fn there_is_no_colour_but_on_a_terminal() {
    assert!(every_advice().all(|(_, advice)| !page(&advice).join("").contains('\u{1b}')));
}
