//! The figures that clinical.md and design.md give for each rule: limits, pain settings, days, ladder and clinic policy.

use std::collections::BTreeSet;

use taper_core::protocol::Protocol;
use taper_core::protocol::criterion::{Criterion, Quantity, Setting, Threshold};
use taper_core::protocol::rule::{Effect, Permit, Rule};

const STRAIN: &str = "hamstring-strain";
const PERSISTENT: &str = "hamstring-persistent";
const BOTH: &str = "hamstring-";

/// Start of the folders, the rules, and what each of them must say.
type Figure = (&'static str, &'static [&'static str], &'static str);

/// Clinical.md, section 2.3 (gates), 3 and 8; design.md on the same tester, on since when a setback counts and on grades.
const CRITERIA: &[Figure] = &[
    (BOTH, &["P1-PROG-2"], "pain_isometric <= the pain limit"),
    (BOTH, &["P2-PROG-4"], "pain_stretch <= the pain limit"),
    (BOTH, &["U-PROGRESS"], "pain_worst_24h <= the pain limit"),
    (BOTH, &["P3-PROG-5"], "loading_pain <= the strength pain limit"),
    (BOTH, &["P2-HOLD"], "session_pain > the pain limit"),
    (STRAIN, &["U-HOLD"], "pain_in_activity > the pain limit"),
    (PERSISTENT, &["U-HOLD"], "pain_in_activity > the pain limit; pain_running > the running pain limit"),
    (BOTH, &["P2-PROG-1", "P4-DIS-2"], "knee_extension_deficit_deg by the same tester"),
    (
        BOTH,
        &["U-REGRESS-1"],
        "gait since the phase began; swelling since the phase began; pain_daily_life since the phase began",
    ),
    (BOTH, &["U-REGRESS-2"], "pain_in_activity since the phase began"),
    (BOTH, &["U-REGRESS-3"], "pain_next_morning since the phase began"),
    (BOTH, &["U-REGRESS-4"], "gait since the phase began"),
    (
        BOTH,
        &["U-REGRESS-5"],
        "knee_extension_deficit_deg since the phase began; knee_extension_deficit_deg since the phase began; \
         knee_extension_deficit_deg by the same tester since the phase began",
    ),
    (BOTH, &["U-REGRESS-6"], "gate_lost since the phase began"),
    (STRAIN, &["GRADE-M-I", "GRADE-M-IV"], "knee_extension_deficit_deg on days 2 to 5"),
    (
        STRAIN,
        &["GRADE-M-II", "GRADE-M-III"],
        "knee_extension_deficit_deg on days 2 to 5; knee_extension_deficit_deg on days 2 to 5",
    ),
    (BOTH, &["RISK-QUADRICEPS", "RISK-QUADRICEPS-DISCHARGED"], "quadriceps_tightness of the last 120 days"),
    (PERSISTENT, &["HOME-ECCENTRIC"], "loading_pain <= the pain limit"),
];

/// Clinical.md, section 4 (modalities, 4.1 deep work, 4.2 dose) and section 6 (cross-training and running).
const LIMITS: &[Figure] = &[
    (STRAIN, &["ICE-USE"], "at least 10 min; at most 20 min; 3 times a day"),
    (STRAIN, &["STRETCH-USE", "ACT-STRETCH"], "4 times a day; pain <= the pain limit"),
    (PERSISTENT, &["STRETCH-USE", "ACT-STRETCH"], "pain <= the pain limit"),
    (STRAIN, &["MAS-PHASE-2"], "pain <= 4"),
    (PERSISTENT, &["MAS-ADJUNCT"], "pain <= 4"),
    (PERSISTENT, &["MAS-DOSE"], "at most 30 min; 3 times a week"),
    (
        STRAIN,
        &[
            "ACT-ELLIPTICAL-FIRST",
            "ACT-ELLIPTICAL-SECOND",
            "ACT-STAIRCASE-FIRST",
            "ACT-STAIRCASE-SECOND",
            "ACT-STAIRCASE-FULL-SPEED",
            "ACT-STEPPER-FIRST",
            "ACT-STEPPER-SECOND",
            "ACT-STEPPER-FULL-SPEED",
        ],
        "at least 20 min; at most 30 min; pain <= the pain limit",
    ),
    (STRAIN, &["ACT-BIKE-PHASE-1"], "at most 10 min; pain <= the pain limit"),
    (STRAIN, &["ACT-BIKE-LATER"], "at most 30 min; pain <= the pain limit"),
    (
        PERSISTENT,
        &["ACT-ELLIPTICAL", "ACT-STAIRCASE", "ACT-STEPPER", "ACT-BIKE"],
        "at most 30 min; pain <= the pain limit",
    ),
    (STRAIN, &["ACT-WALK"], "pain <= 0"),
    (PERSISTENT, &["ACT-WALK"], "pain <= the pain limit"),
    (STRAIN, &["ACT-STRENGTH-PHASE-1"], "effort <= 70 %; pain <= the pain limit"),
    (STRAIN, &["ACT-STRENGTH-PHASE-2"], "pain <= the pain limit"),
    (PERSISTENT, &["ACT-STRENGTH-ISOMETRIC"], "pain <= the pain limit"),
    (
        BOTH,
        &["ACT-STRENGTH-LATER", "ACT-STRENGTH-DISCHARGED", "ACT-ECCENTRIC-DISCHARGED"],
        "pain <= the strength pain limit",
    ),
    (STRAIN, &["ACT-ECCENTRIC"], "pain <= the strength pain limit"),
    (PERSISTENT, &["ACT-ECCENTRIC"], "pain <= the pain limit; loading_pain <= the pain limit"),
    (BOTH, &["ACT-CALISTHENICS", "ACT-SELF-MASSAGE"], "pain <= the pain limit"),
    (
        BOTH,
        &[
            "ACT-CALISTHENICS-DISCHARGED",
            "ACT-BIKE-DISCHARGED",
            "ACT-STAIRCASE-DISCHARGED",
            "ACT-STEPPER-DISCHARGED",
            "ACT-ELLIPTICAL-DISCHARGED",
            "ACT-SELF-MASSAGE-DISCHARGED",
        ],
        "pain <= the pain limit",
    ),
    (STRAIN, &["RUN-CONSERVATIVE", "RUN-INTEGRATED"], "pain <= the running pain limit; below the pain onset"),
    (PERSISTENT, &["RUN-BELOW-ONSET"], "pain <= the running pain limit; below the pain onset"),
    (
        BOTH,
        &["RUN-FULL-SPEED", "P4-STEP", "ACT-FULL-TRAINING", "ACT-RUN-DISCHARGED", "ACT-FULL-TRAINING-DISCHARGED"],
        "pain <= the running pain limit",
    ),
    (PERSISTENT, &["RUN-BLOCK"], "pain_walking > the running pain limit"),
    (STRAIN, &["P4-STEP-25"], "effort <= 25 %"),
    (STRAIN, &["P4-STEP-70"], "effort <= 70 %"),
];

/// Clinical.md, section 5 (frequency, reviews) and section 8 (follow-up).
const TIMES: &[Figure] = &[
    (BOTH, &["T1"], "2 to 3 visits a week"),
    (STRAIN, &["T1-FIRST-DEGREE"], "1 to 2 visits a week"),
    (BOTH, &["T2"], "from 3 to 2 visits a week"),
    (BOTH, &["T3"], "from 2 to 1 visits a week"),
    (STRAIN, &["U-REEVAL-DAY-7"], "7 days after Onset"),
    (BOTH, &["U-REEVAL-FIRST"], "21 days after FirstVisit"),
    (BOTH, &["U-REEVAL-NEXT"], "28 days after LastReview"),
    (BOTH, &["FU-2-WEEKS"], "14 days after Discharge"),
    (BOTH, &["FU-4-WEEKS"], "28 days after Discharge"),
    (BOTH, &["FU-8-WEEKS"], "56 days after Discharge"),
    (BOTH, &["FU-12-MONTHS"], "365 days after Discharge"),
];

/// Every way in which a protocol says otherwise; a rule without a figure in the tables must have none.
pub fn faults(protocol: &Protocol) -> Vec<String> {
    let folder = protocol.reference.protocol.as_str();
    let figures = || [CRITERIA, LIMITS, TIMES].into_iter().flatten().filter(|(start, _, _)| folder.starts_with(start));
    let mut faults = before_the_rules(protocol);
    for rule in &protocol.rules {
        let expected = figures().find(|(_, ids, _)| ids.iter().any(|id| rule.id == *id)).map_or("", |figure| figure.2);
        let found = said(rule);
        if found != expected {
            faults.push(format!("{folder} {}: says `{found}`, the sources say `{expected}`", rule.id));
        }
    }
    let known: BTreeSet<&str> = figures().flat_map(|(_, ids, _)| ids.iter().copied()).collect();
    for id in known {
        if protocol.rule(id).is_none() {
            faults.push(format!("{folder}: no rule {id}, which has a figure"));
        }
    }
    faults
}

/// Clinical.md, section 2.3 on pain limits and 5 on frequency; design.md on policy, frequency and focus.
fn before_the_rules(protocol: &Protocol) -> Vec<String> {
    let persistent = protocol.reference.protocol == PERSISTENT;
    let policy = &protocol.policy;
    let running: Vec<&str> = policy.running_choices.iter().map(|choice| choice.code()).collect();
    let range = |setting: Setting| {
        let range = policy.setting(setting);
        format!("{} of {} to {}", range.default.get(), range.min.get(), range.max.get())
    };
    let steps: Vec<String> = protocol
        .ladder
        .steps
        .iter()
        .map(|step| format!("{} x {}", step.visits_per_week.get(), step.minutes.get()))
        .collect();
    let focus: Vec<String> =
        protocol.ladder.focus.iter().map(|share| format!("{} {}", share.area.code(), share.percent.get())).collect();
    let table = [
        (
            "running",
            format!("{} of {}", policy.running_default.code(), running.join(", ")),
            "conservative of conservative, integrated",
        ),
        ("the pain limit", range(Setting::PainLimit), if persistent { "3 of 0 to 4" } else { "2 of 0 to 4" }),
        (
            "the strength pain limit",
            range(Setting::PainLimitStrength),
            if persistent { "3 of 0 to 5" } else { "4 of 0 to 5" },
        ),
        ("the running pain limit", range(Setting::PainLimitRunning), "2 of 0 to 4"),
        ("the ladder", steps.join(", "), "3 x 30, 2 x 30, 1 x 30"),
        ("the least days on a rung", protocol.ladder.step_days_min.to_string(), "7"),
        ("the focus", focus.join(", "), "tie_in 60, belly 40"),
    ];
    let wrong = table.into_iter().filter(|(_, found, expected)| found != expected);
    wrong.map(|(what, found, expected)| format!("{what} is {found}, the sources say {expected}")).collect()
}

/// The figures of a rule in words: first of what follows, then of its criteria.
fn said(rule: &Rule) -> String {
    let mut said = match &rule.effect {
        Effect::Permit(permit) => of_permit(permit),
        Effect::TaperStart { visits_per_week_min, visits_per_week_max } => {
            vec![format!("{visits_per_week_min} to {visits_per_week_max} visits a week")]
        }
        Effect::StepDown { from, to } => vec![format!("from {from} to {to} visits a week")],
        Effect::Review { due: Some((anchor, days)), .. } => vec![format!("{days} days after {anchor:?}")],
        _ => Vec::new(),
    };
    let criteria = rule.test.as_ref().map(|test| test.criteria()).unwrap_or_default();
    said.extend(criteria.into_iter().filter_map(of_criterion));
    said.join("; ")
}

fn of_permit(permit: &Permit) -> Vec<String> {
    let limits = &permit.limits;
    let figures = [
        limits.minutes_min.map(|minutes| format!("at least {minutes} min")),
        limits.minutes_max.map(|minutes| format!("at most {minutes} min")),
        limits.times_per_day_max.map(|times| format!("{times} times a day")),
        limits.times_per_week_max.map(|times| format!("{times} times a week")),
        limits.effort_percent_max.map(|percent| format!("effort <= {percent} %")),
        limits.pain_max.map(|pain| format!("pain <= {pain}")),
        permit.pain_max_setting.map(|setting| format!("pain <= {}", words(setting))),
        permit.below_pain_onset.then(|| "below the pain onset".to_owned()),
    ];
    figures.into_iter().flatten().collect()
}

/// What a criterion says beside its threshold: the clinic's setting, the tester, since when, on which days, how fresh.
fn of_criterion(criterion: &Criterion) -> Option<String> {
    let mut said = Vec::new();
    if let Threshold::Setting(setting) = criterion.threshold {
        said.push(format!("{} {}", criterion.comparator.sign(), words(setting)));
    }
    if let Quantity::Measure(quantity) = &criterion.quantity {
        if quantity.same_tester {
            said.push("by the same tester".to_owned());
        }
        if let Some((first, last)) = quantity.days {
            said.push(format!("on days {first} to {last}"));
        }
        let of_measure = quantity.code.measure().fresh_days;
        if let Some(days) = criterion.fresh_days.filter(|days| *days != of_measure) {
            said.push(format!("of the last {days} days"));
        }
    }
    if criterion.since_phase {
        said.push("since the phase began".to_owned());
    }
    let code = match &criterion.quantity {
        Quantity::Measure(quantity) => quantity.code.as_str(),
        Quantity::Fact(_) => criterion.comparison.quantity.as_str(),
    };
    (!said.is_empty()).then(|| format!("{code} {}", said.join(" ")))
}

fn words(setting: Setting) -> &'static str {
    match setting {
        Setting::PainLimit => "the pain limit",
        Setting::PainLimitStrength => "the strength pain limit",
        Setting::PainLimitRunning => "the running pain limit",
    }
}
