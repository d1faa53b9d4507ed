//! Decisions against the advice: which rules they went against, and how the case went on.

use taper_core::protocol::Protocol;
use taper_core::record::codes::{ActivityKind, OverrideReason, SessionState};
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;
use taper_core::text::Note;
use taper_core::trends::{OverrideCourse, Trends, trends};

use crate::document::{Story, day, pain, protocol, rule, tester};

/// Pain of 5 is a setback.
const REGRESS: &str = r#"{ measure = "pain_worst_24h", op = ">=", value = 5, unit = "{NPRS}", since_phase = true }"#;

fn small() -> Protocol {
    protocol(&rule("BACK", r#"{ kind = "regress", to = "previous" }"#, REGRESS))
}

fn on(story: &Story, as_of: i64) -> Trends {
    trends(&small(), &story.record, day(as_of))
}

/// The same with a decision that gives a reason.
fn overrides(story: Story, date: i64, decided: Decided, reason: OverrideReason) -> Story {
    let story = story.decide(date, decided);
    story.with(|record| record.decisions.last_mut().unwrap().content.override_reason = Some(reason))
}

/// On day 3 to phase 3, against G2: the range was never measured.
fn hurried() -> Story {
    let story = Story::active(Phase::Two).number(2, "pain_rest", 1);
    overrides(story, 3, Decided::Phase(Phase::Three), OverrideReason::ClinicalJudgement)
}

fn only(story: &Story, as_of: i64) -> OverrideCourse {
    let mut courses = on(story, as_of).overrides;
    assert_eq!(courses.len(), 1, "{courses:?}");
    courses.remove(0)
}

#[test]
fn a_decision_against_the_advice_names_the_rules_that_it_went_against() {
    let course = only(&hurried(), 3);
    assert_eq!((course.date, course.therapist, course.reason), (day(3), tester(0), OverrideReason::ClinicalJudgement));
    assert_eq!(course.rule_ids, ["G2"]);
    assert!(!course.has_note);
    assert_eq!(course.outcome_days, 0);
    let noted = hurried().with(|record| {
        record.decisions.last_mut().unwrap().content.note = Note::parse("Walks and squats without pain.").unwrap();
    });
    assert!(only(&noted, 3).has_note);
    assert!(on(&hurried(), 2).overrides.is_empty(), "what is dated later is not seen");
    let in_error = hurried().with(|record| record.decisions.last_mut().unwrap().entered_in_error = true);
    assert!(on(&in_error, 3).overrides.is_empty());
}

#[test]
fn a_reason_beside_what_was_advised_overrides_nothing() {
    let story = Story::active(Phase::Two).number(2, "knee_extension_deficit_deg", 2);
    let advised = overrides(story, 3, Decided::Phase(Phase::Three), OverrideReason::Other);
    assert!(on(&advised, 3).overrides.is_empty());
    let without_reason = Story::active(Phase::Two).decide(3, Decided::Phase(Phase::Three));
    assert!(on(&without_reason, 3).overrides.is_empty());
}

#[test]
fn the_advice_is_that_without_later_decisions() {
    // Going back on day 9 must not make the advance of day 3 look like one from phase 1.
    let story = overrides(hurried(), 9, Decided::Phase(Phase::Two), OverrideReason::PatientPreference);
    let courses = on(&story, 9).overrides;
    assert_eq!(courses.iter().map(|course| course.date).collect::<Vec<_>>(), [day(3), day(9)]);
    assert_eq!(courses[0].rule_ids, ["G2"]);
    assert_eq!(courses[1].rule_ids, ["G3"], "the advice was to hold for what phase 3 still lacks");
}

#[test]
fn the_outcome_is_told_after_twenty_one_days_or_with_the_first_setback() {
    let outcome = |story: &Story, as_of: i64| {
        let course = only(story, as_of);
        (course.outcome_days, course.regressed_within_21_days, course.phase_after_21_days)
    };
    let quiet = hurried();
    assert_eq!(outcome(&quiet, 23), (20, None, None));
    assert_eq!(outcome(&quiet, 24), (21, Some(false), Some(Phase::Three)));
    assert_eq!(outcome(&quiet, 60), (21, Some(false), Some(Phase::Three)));
    let flare = |date: i64, pain: i64| hurried().number(date, "pain_worst_24h", pain);
    assert_eq!(outcome(&flare(10, 4), 24).1, Some(false));
    assert_eq!(outcome(&flare(10, 5), 9).1, None);
    assert_eq!(outcome(&flare(10, 5), 10), (7, Some(true), None));
    assert_eq!(outcome(&flare(24, 5), 30).1, Some(true), "the last of the days");
    assert_eq!(outcome(&flare(25, 5), 30).1, Some(false), "one day too late");
    assert_eq!(outcome(&flare(2, 5), 24).1, Some(false), "that was before the decision");
    let back = hurried().decide(12, Decided::Phase(Phase::Two));
    assert_eq!(outcome(&back, 12), (9, Some(true), None));
    assert_eq!(outcome(&back, 24), (21, Some(true), Some(Phase::Two)));
}

#[test]
fn after_a_discharge_there_is_no_phase_and_it_is_told_apart_from_days_that_are_not_over() {
    let after = |story: &Story, as_of: i64| {
        let course = only(story, as_of);
        (course.phase_after_21_days, course.discharged_after_21_days)
    };
    let discharged = hurried().decide(12, Decided::Discharge);
    assert_eq!(after(&discharged, 23), (None, None), "not over");
    assert_eq!(after(&discharged, 24), (None, Some(true)));
    assert_eq!(after(&hurried(), 24), (Some(Phase::Three), Some(false)));
    assert_eq!(only(&discharged, 24).regressed_within_21_days, Some(false));
    let later = hurried().decide(25, Decided::Discharge);
    assert_eq!(after(&later, 30), (Some(Phase::Three), Some(false)), "discharged after the 21 days");
}

#[test]
fn fewer_visits_than_advised_name_no_rule_where_none_speaks_of_it() {
    let story = Story::active(Phase::Two).not_measured(2, "pain_worst_24h");
    let story = overrides(story, 3, Decided::TaperStep(1), OverrideReason::AccessOrCost);
    let course = only(&story, 3);
    assert_eq!(course.reason, OverrideReason::AccessOrCost);
    // Pain was asked for and not measured: there may have been a setback, and that holds the visits.
    assert_eq!(course.rule_ids, ["BACK"]);
    let calm = Story::active(Phase::Two).number(2, "pain_worst_24h", 1);
    let calm = overrides(calm, 3, Decided::TaperStep(1), OverrideReason::AccessOrCost);
    assert_eq!(only(&calm, 3).rule_ids, Vec::<String>::new());
}

#[test]
fn overrides_are_counted_by_reason_and_by_rule() {
    let story = overrides(hurried(), 5, Decided::Phase(Phase::Four), OverrideReason::ClinicalJudgement);
    let story = overrides(story, 6, Decided::Discharge, OverrideReason::AccessOrCost);
    let told = on(&story, 6);
    assert_eq!(told.overrides.len(), 3);
    let by_reason = [(OverrideReason::ClinicalJudgement, 2), (OverrideReason::AccessOrCost, 1)];
    assert_eq!(told.override_count_by_reason, by_reason);
    let of_rule = |id: &str| told.override_count_by_rule.iter().find(|(rule, _)| rule == id).map(|(_, count)| *count);
    assert_eq!((of_rule("G2"), of_rule("G3"), of_rule("G4")), (Some(1), Some(1), Some(1)));
    assert!(told.override_count_by_rule.is_sorted());
}

#[test]
fn a_setback_on_the_morning_after_is_one_although_nothing_else_is_on_record_that_day() {
    let test = r#"{ measure = "pain_next_morning", op = ">=", value = 5, unit = "{NPRS}" }"#;
    let sore = protocol(&rule("SORE", r#"{ kind = "regress", to = "previous" }"#, test));
    let regressed = |story: &Story| {
        let courses = trends(&sore, &story.record, day(24)).overrides;
        courses[0].regressed_within_21_days
    };
    let visit = |state| {
        hurried().visit(10, |session| {
            session.state = state;
            session.pain_next_morning = Some(pain(6));
        })
    };
    assert_eq!(regressed(&visit(SessionState::Attended)), Some(true));
    assert_eq!(regressed(&visit(SessionState::NoShow)), Some(false));
    let walk = hurried().activity(10, ActivityKind::Walk, |walk| walk.pain_next_morning = Some(pain(6)));
    assert_eq!(regressed(&walk), Some(true));
}
