//! Every fact that criteria read, with the last value on each side.

use jiff::civil::Date;
use taper_core::protocol::fact::Fact;
use taper_core::recommendation::{Seen, Verdict, WhyUnknown};
use taper_core::record::Recurrence;
use taper_core::record::codes::{
    ActivityKind, AdverseEventKind, Caution, Equipment, Modality, ModalityResult, RunningPolicy, SessionState,
    TreatmentResult,
};
use taper_core::record::decision::Decided;
use taper_core::record::injury::EarlierTreatment;
use taper_core::record::plan::Phase;
use taper_core::record::session::{AdverseEvent, Treatment};
use taper_core::text::Note;
use taper_core::value::{Minutes, Percent, Thousandths};

use crate::document::{Story, day, pain, protocol, rule};

pub fn number(fact: &str, unit: &str) -> String {
    format!(r#"{{ fact = "{fact}", op = ">=", value = 2, unit = "{unit}" }}"#)
}

pub fn check_number(story: &Story, fact: &str, unit: &str, on: i64, expected: i64) {
    let result = story.criterion(&number(fact, unit), on);
    assert_eq!(result.observed, Some(Seen::Number(Thousandths::whole(expected))), "{fact}: {result:?}");
    assert_eq!(result.verdict, if expected >= 2 { Verdict::Met } else { Verdict::Unmet }, "{fact}");
}

fn check_unknown(story: &Story, test: &str, on: i64, why: WhyUnknown) {
    let result = story.criterion(test, on);
    assert_eq!((result.verdict, result.why_unknown), (Verdict::Unknown, Some(why)), "{test}: {result:?}");
}

pub fn verdict(story: &Story, fact: &str, value: &str, on: i64) -> Verdict {
    story.criterion(&format!(r#"{{ fact = "{fact}", op = "=", value = {value} }}"#), on).verdict
}

#[test]
fn time_runs_from_the_onset() {
    let story = Story::draft();
    check_number(&story, "days_since_onset", "d", 3, 3);
    check_number(&story, "hours_since_onset_or_flare", "h", 3, 72);
    check_number(&story, "injury_months", "{month}", 60, 1);
    check_number(&story, "injury_months", "{month}", 61, 2);
}

#[test]
fn a_patient_without_birth_date_or_review_of_cautions_is_unknown() {
    let story = Story::draft();
    check_unknown(&story, &number("patient_age_years", "a"), 1, WhyUnknown::Missing);
    assert_eq!(verdict(&story, "caution:pacemaker", "true", 1), Verdict::Unknown);
    let known = story.with(|record| {
        record.patient.birth_date = Some(taper_core::value::date(2008, 3, 5).unwrap());
        record.patient.cautions = vec![Caution::Pacemaker];
        record.patient.cautions_reviewed_date = Some(day(2));
    });
    check_number(&known, "patient_age_years", "a", 2, 17);
    check_number(&known, "patient_age_years", "a", 3, 18);
    assert_eq!(verdict(&known, "caution:pacemaker", "true", 1), Verdict::Met);
    assert_eq!(verdict(&known, "caution:pregnancy", "true", 1), Verdict::Unknown, "reviewed only on day 2");
    assert_eq!(verdict(&known, "caution:pregnancy", "true", 2), Verdict::Unmet);
    for caution in Caution::ALL {
        verdict(&known, &format!("caution:{caution}"), "true", 2);
    }
}

#[test]
fn walking_is_free_of_pain_only_when_both_gait_and_pain_say_so() {
    let story = Story::draft().code(1, "gait", "limp").number(1, "pain_walking", 0);
    assert_eq!(verdict(&story, "not_painfree_walking", "true", 1), Verdict::Met);
    check_unknown(&story, &number("painfree_walk_day", "d"), 1, WhyUnknown::Missing);
    let story = story.code(3, "gait", "normal").number(3, "pain_walking", 0);
    assert_eq!(verdict(&story, "not_painfree_walking", "true", 3), Verdict::Unmet);
    // Between the limp of day 1 and day 3 nobody looked: it may have been day 2.
    let at_most = |days: i64| format!(r#"{{ fact = "painfree_walk_day", op = "<=", value = {days}, unit = "d" }}"#);
    assert_eq!(story.criterion(&at_most(3), 4).verdict, Verdict::Met);
    assert_eq!(story.criterion(&at_most(2), 4).verdict, Verdict::Unknown);
    assert_eq!(story.criterion(&at_most(1), 4).verdict, Verdict::Unmet);
    assert_eq!(verdict(&Story::draft().code(1, "gait", "normal"), "not_painfree_walking", "true", 1), Verdict::Unknown);
}

#[test]
fn recurrences_are_early_up_to_two_months_and_late_up_to_twelve() {
    let kind = |returned: Option<jiff::civil::Date>| {
        let story = Story::draft().with(|record| {
            record.recurrence = Some(Recurrence { from: record.injury.id, return_date: returned, earlier_count: 2 });
        });
        check_number(&story, "earlier_injuries", "{count}", 1, 2);
        match story.criterion(r#"{ fact = "recurrence", op = "=", value = "early" }"#, 1).observed {
            Some(Seen::Code(code)) => code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(kind(Some(jiff::civil::date(2026, 1, 2))), "early");
    assert_eq!(kind(Some(jiff::civil::date(2026, 1, 1))), "late");
    assert_eq!(kind(Some(jiff::civil::date(2025, 3, 2))), "late");
    assert_eq!(kind(Some(jiff::civil::date(2025, 3, 1))), "delayed");
    assert_eq!(kind(None), "exacerbation");
    assert_eq!(verdict(&Story::draft(), "recurrence", "\"none\"", 1), Verdict::Met);
}

#[test]
fn the_injury_tells_site_mechanism_presentation_and_earlier_treatment() {
    let treatment = |from: i64, to: i64, result| EarlierTreatment {
        kind: Note::default(),
        discipline: None,
        from_date: Some(day(from)),
        to_date: Some(day(to)),
        visit_count: None,
        result,
    };
    let story = Story::draft().with(|record| {
        record.injury.content.earlier_treatments =
            vec![treatment(-300, -10, TreatmentResult::NoEffect), treatment(-900, -1, TreatmentResult::Helped)];
    });
    check_number(&story, "earlier_treatment_days", "d", 1, 290);
    assert_eq!(verdict(&story, "site", "\"belly\"", 1), Verdict::Met);
    assert_eq!(verdict(&story, "mechanism", "\"stretch\"", 1), Verdict::Unmet);
    assert_eq!(verdict(&story, "presentation", "\"acute\"", 1), Verdict::Met);
    let undated = story.with(|record| record.injury.content.earlier_treatments[0].from_date = None);
    check_unknown(
        &undated,
        r#"{ fact = "earlier_treatment_days", op = ">=", value = 200, unit = "d" }"#,
        1,
        WhyUnknown::Missing,
    );
}

/// Of two treatments without help one has no dates: 290 days are on record, and it may be more.
#[test]
fn a_bound_that_settles_a_criterion_is_shown_with_it_and_one_that_does_not_is_not() {
    let treatment = |from_date: Option<Date>| EarlierTreatment {
        kind: Note::default(),
        discipline: None,
        from_date,
        to_date: from_date.map(|_| day(-10)),
        visit_count: None,
        result: TreatmentResult::NoEffect,
    };
    let story = Story::draft()
        .with(|record| record.injury.content.earlier_treatments = vec![treatment(Some(day(-300))), treatment(None)]);
    let asked = |op: &str, days: i64| {
        let test = format!(r#"{{ fact = "earlier_treatment_days", op = "{op}", value = {days}, unit = "d" }}"#);
        let found = story.criterion(&test, 1);
        (found.verdict, found.observed, found.observed_at_least, found.margin)
    };
    let shown = Some(Seen::Number(Thousandths::whole(290)));
    let met = |margin: i64| (Verdict::Met, shown.clone(), true, Some(Thousandths::whole(margin)));
    assert_eq!(asked(">=", 90), met(200));
    assert_eq!(asked(">=", 290), met(0));
    assert_eq!(asked(">=", 291), (Verdict::Unknown, None, false, None));
    assert_eq!(asked("<=", 289), (Verdict::Unmet, shown, true, Some(Thousandths::whole(-1))));
    assert_eq!(asked("<=", 290), (Verdict::Unknown, None, false, None));
    let met = story.criterion(r#"{ fact = "earlier_treatment_days", op = ">=", value = 90, unit = "d" }"#, 1);
    let sentence = taper_core::protocol::builtin()[0].criterion_sentence(&met);
    assert!(sentence.contains(": at least 290 days"), "{sentence}");
}

#[test]
fn only_attended_visits_up_to_the_day_count() {
    let story = Story::draft()
        .visit(1, |_| {})
        .visit(1, |visit| {
            visit.adverse_events = vec![AdverseEvent { kind: AdverseEventKind::Bruising, note: Note::default() }]
        })
        .visit(4, |visit| visit.pain_after = Some(pain(3)))
        .visit(5, |visit| visit.state = SessionState::Planned)
        .visit(5, |visit| visit.state = SessionState::Cancelled)
        .visit(5, |visit| visit.state = SessionState::NoShow)
        .visit(9, |_| {});
    check_number(&story, "visits_attended", "{count}", 6, 3);
    check_number(&story, "treatment_days", "{count}", 6, 2);
    check_number(&story, "days_since_first_visit", "d", 6, 5);
    check_number(&story, "adverse_events", "{count}", 6, 1);
    check_number(&story, "session_pain", "{NPRS}", 11, 3);
    check_unknown(&story, &number("session_pain", "{NPRS}"), 12, WhyUnknown::TooOld);
    assert_eq!(verdict(&story, "unrecorded:session_pain", "true", 11), Verdict::Unmet);
    assert_eq!(verdict(&story, "unrecorded:session_pain", "true", 12), Verdict::Met);
    check_unknown(&Story::draft(), &number("days_since_first_visit", "d"), 1, WhyUnknown::Missing);
}

#[test]
fn how_a_modality_went_is_its_latest_result_the_worst_of_one_visit() {
    let used = |modality, result| Treatment { modality, minutes: None, result, note: Note::default() };
    let story = Story::draft()
        .visit(1, |visit| visit.treatments = vec![used(Modality::Ice, Some(ModalityResult::Helped))])
        .visit(2, |visit| {
            visit.treatments = vec![
                used(Modality::Ice, Some(ModalityResult::Worse)),
                used(Modality::Ice, Some(ModalityResult::Helped)),
            ];
        })
        .visit(3, |visit| visit.treatments = vec![used(Modality::Ice, None), used(Modality::Laser, None)]);
    let drop = rule(
        "DROP",
        r#"{ kind = "modality", modality = "*", verdict = "drop" }"#,
        r#"{ fact = "modality_result", op = "in", value = ["no_effect", "worse"] }"#,
    );
    let allow = |modality: &str| {
        rule(modality, &format!(r#"{{ kind = "modality", modality = "{modality}", verdict = "use" }}"#), "")
    };
    let protocol = protocol(&format!("{drop}{}{}", allow("ice"), allow("laser")));
    let permission = |on: i64, modality: Modality| {
        let advice = story.advice(&protocol, on);
        advice.modalities.into_iter().find(|advice| advice.modality == modality).unwrap().permission
    };
    use taper_core::recommendation::Permission;
    assert_eq!(permission(1, Modality::Ice), Permission::Allowed);
    assert_eq!(permission(4, Modality::Ice), Permission::NotRepeated);
    assert_eq!(permission(4, Modality::Laser), Permission::Allowed);
    assert_eq!(verdict(&story, "used:laser", "true", 2), Verdict::Unmet);
    assert_eq!(verdict(&story, "used:laser", "true", 3), Verdict::Met);
}

#[test]
fn the_plan_tells_rung_phase_stretching_and_equipment() {
    let story = Story::active(Phase::Two).decide(5, Decided::TaperStep(1)).decide(6, Decided::ResumeStretching);
    check_number(&story, "visits_per_week", "{count}", 4, 3);
    check_number(&story, "visits_per_week", "{count}", 5, 2);
    check_number(&story, "days_on_step", "d", 8, 3);
    check_number(&story, "phase", "{phase}", 8, 2);
    assert_eq!(verdict(&story, "stretching_resumed", "true", 5), Verdict::Unmet);
    assert_eq!(verdict(&story, "stretching_resumed", "true", 6), Verdict::Met);
    assert_eq!(verdict(&story, "equipment:ergometer", "true", 6), Verdict::Met);
    let bare = story.with(|record| record.plan.content.policy.equipment = Some(vec![Equipment::Goniometer]));
    assert_eq!(verdict(&bare, "equipment:ergometer", "true", 6), Verdict::Unmet);
    assert_eq!(verdict(&bare, "equipment:goniometer", "true", 6), Verdict::Met);
    check_unknown(&Story::draft(), &number("days_on_step", "d"), 1, WhyUnknown::Missing);
    check_unknown(&Story::draft(), &number("phase", "{phase}"), 1, WhyUnknown::Missing);
}

#[test]
fn running_is_allowed_by_phase_or_by_the_gate_of_phase_2() {
    let at = |phase: Phase, policy: RunningPolicy| {
        Story::active(phase).with(|record| record.plan.content.policy.running = Some(policy))
    };
    let allowed = |story: &Story| verdict(story, "running_allowed", "true", 1);
    assert_eq!(allowed(&at(Phase::Three, RunningPolicy::Conservative)), Verdict::Unmet);
    assert_eq!(allowed(&at(Phase::Four, RunningPolicy::Conservative)), Verdict::Met);
    assert_eq!(allowed(&at(Phase::Three, RunningPolicy::Integrated)), Verdict::Met);
    let second = at(Phase::Two, RunningPolicy::Integrated);
    assert_eq!(allowed(&second), Verdict::Unknown);
    assert_eq!(allowed(&second.clone().number(1, "knee_extension_deficit_deg", 12)), Verdict::Unmet);
    assert_eq!(allowed(&second.number(1, "knee_extension_deficit_deg", 8)), Verdict::Met);
}

#[test]
fn a_fact_about_entries_counts_those_that_were_not_measured_too() {
    let story = Story::draft().number(1, "lefs", 40).not_measured(3, "lefs").number(3, "lefs", 41);
    check_number(&story, "entry_days:lefs", "{count}", 4, 2);
    assert_eq!(verdict(&story, "unrecorded:lefs", "true", 31), Verdict::Unmet);
    assert_eq!(verdict(&story, "unrecorded:lefs", "true", 32), Verdict::Met);
    assert_eq!(verdict(&Story::draft().not_measured(1, "lefs"), "unrecorded:lefs", "true", 2), Verdict::Unmet);
}

#[test]
fn pain_in_activity_is_the_worst_of_the_latest_day() {
    let story = Story::draft()
        .activity(1, ActivityKind::Run, |run| run.pain_during = Some(pain(5)))
        .activity(3, ActivityKind::Elliptical, |activity| activity.pain_during = Some(pain(2)))
        .activity(3, ActivityKind::Run, |run| run.pain_during = Some(pain(3)));
    check_number(&story, "pain_in_activity", "{NPRS}", 2, 5);
    check_number(&story, "pain_in_activity", "{NPRS}", 10, 3);
    check_unknown(&story, &number("pain_in_activity", "{NPRS}"), 11, WhyUnknown::TooOld);
    let unsaid = story.activity(4, ActivityKind::Run, |_| {});
    check_unknown(&unsaid, &number("pain_in_activity", "{NPRS}"), 4, WhyUnknown::NotMeasured);
    check_number(&unsaid.number(5, "pain_activity", 0), "pain_in_activity", "{NPRS}", 5, 0);
    check_unknown(&Story::draft(), &number("pain_in_activity", "{NPRS}"), 1, WhyUnknown::Missing);
    // What was asked for and never told may be worse than what is known.
    let half = Story::draft().not_measured(1, "pain_running").number(3, "pain_activity", 0);
    check_unknown(&half, &number("pain_in_activity", "{NPRS}"), 3, WhyUnknown::NotMeasured);
}

#[test]
fn clean_cross_training_days_stand_in_a_row() {
    let clean = |story: Story, on: i64, during: i64, morning: i64| {
        story.activity(on, ActivityKind::Elliptical, |activity| {
            activity.minutes = Some(Minutes::new(20).unwrap());
            activity.pain_during = Some(pain(during));
            activity.pain_next_morning = Some(pain(morning));
        })
    };
    let base = Story::draft().number(0, "pain_next_morning", 1);
    let two = clean(clean(base.clone(), 3, 2, 1), 4, 0, 0);
    check_number(&two, "crosstraining_clean_days", "{count}", 5, 2);
    check_number(&clean(clean(base.clone(), 3, 2, 1), 5, 0, 0), "crosstraining_clean_days", "{count}", 6, 1);
    check_number(&clean(clean(base.clone(), 3, 3, 1), 4, 0, 0), "crosstraining_clean_days", "{count}", 5, 1);
    check_number(&clean(clean(base.clone(), 3, 2, 2), 4, 0, 0), "crosstraining_clean_days", "{count}", 5, 1);
    // The morning after the last day is not yet known on that day.
    let test = number("crosstraining_clean_days", "{count}");
    assert_eq!(two.criterion(&test, 4).verdict, Verdict::Unknown);
    let short = clean(clean(base, 3, 0, 0), 4, 0, 0)
        .with(|record| record.activities[1].content.minutes = Some(Minutes::new(19).unwrap()));
    check_number(&short, "crosstraining_clean_days", "{count}", 5, 0);
}

#[test]
fn loading_and_full_training_and_steps_of_running_follow_from_activities() {
    let story = Story::draft()
        .activity(2, ActivityKind::Strength, |activity| activity.pain_during = Some(pain(4)))
        .activity(5, ActivityKind::EccentricExercise, |activity| activity.pain_during = Some(pain(3)));
    check_number(&story, "loading_pain", "{NPRS}", 6, 3);
    check_unknown(
        &story.activity(6, ActivityKind::Strength, |_| {}),
        &number("loading_pain", "{NPRS}"),
        6,
        WhyUnknown::NotMeasured,
    );
    let trained = |on: i64, during: i64| {
        move |story: Story| {
            story.activity(on, ActivityKind::FullTraining, |activity| {
                activity.pain_during = Some(pain(during));
                activity.pain_next_morning = Some(pain(0));
            })
        }
    };
    let two = trained(6, 0)(trained(4, 0)(trained(2, 1)(Story::draft())));
    check_number(&two, "full_sessions_symptom_free", "{count}", 8, 2);
    check_number(&trained(7, 1)(two), "full_sessions_symptom_free", "{count}", 8, 0);
    let run = |on: i64, effort: i64, during: i64| {
        move |story: Story| {
            story.activity(on, ActivityKind::Run, |activity| {
                activity.effort_percent = Some(Percent::new(effort).unwrap());
                activity.pain_during = Some(pain(during));
                activity.pain_next_morning = Some(pain(0));
            })
        }
    };
    let runs = run(6, 70, 2)(run(4, 70, 3)(run(2, 70, 0)(Story::draft())));
    check_number(&runs, "running_step_percent", "%", 8, 70);
    check_number(&run(6, 69, 2)(run(2, 70, 0)(Story::draft())), "running_step_percent", "%", 8, 25);
    check_number(&run(2, 100, 0)(Story::draft()), "running_step_percent", "%", 8, 0);
}

/// Every fact has a test above, or in `facts_of_course.rs`; a new one is added here and there.
#[test]
fn no_fact_is_forgotten() {
    let told = |fact: Fact| match fact {
        Fact::DaysSinceOnset
        | Fact::InjuryMonths
        | Fact::HoursSinceOnsetOrFlare
        | Fact::PatientAgeYears
        | Fact::Caution(_) => 1,
        Fact::PainfreeWalkDay | Fact::NotPainfreeWalking | Fact::Equipment(_) | Fact::Used(_) | Fact::Unrecorded(_) => {
            2
        }
        Fact::UnrecordedSessionPain | Fact::EntryDays(_) | Fact::Phase | Fact::PhaseGateMet | Fact::Degree => 3,
        Fact::ActivityDegree | Fact::Recurrence | Fact::EarlierInjuries | Fact::Site | Fact::Mechanism => 4,
        Fact::Presentation
        | Fact::VisitsAttended
        | Fact::TreatmentDays
        | Fact::DaysSinceFirstVisit
        | Fact::DaysOnStep => 5,
        Fact::VisitsPerWeek | Fact::DaysSinceRegress | Fact::GateLost | Fact::DischargeVisits => 6,
        Fact::FullSessionsSymptomFree | Fact::CrosstrainingCleanDays | Fact::LoadingPain | Fact::RunningStepPercent => {
            7
        }
        Fact::StretchingResumed | Fact::RunningAllowed | Fact::AdverseEvents | Fact::EarlierTreatmentDays => 8,
        Fact::ModalityResult | Fact::PainInActivity | Fact::SessionPain => 9,
        // See `advice.rs`.
        Fact::Referral(_) => 10,
    };
    assert_eq!(told(Fact::Referral(0)), 10);
}
