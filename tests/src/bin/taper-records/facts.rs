//! Activities, sessions and decisions of one case.

use jiff::Timestamp;
use taper_core::record::activity::Activity;
use taper_core::record::codes::*;
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::plan::Phase;
use taper_core::record::session::{AdverseEvent, Session, Treatment};
use taper_core::text::Note;
use taper_core::value::{Minutes, Nprs, Percent, SessionMinutes};

use super::dice::Dice;
use super::values::{Values, tester};

/// Activities: many of the kinds that gates ask for, often on days in a row.
pub fn activities(dice: &mut Dice, values: &Values<'_>) -> Vec<Activity> {
    let mut made = Vec::new();
    for _ in 0..dice.between(0, 6) {
        let kind = if dice.percent(60) {
            dice.pick(&[
                ActivityKind::Run,
                ActivityKind::Elliptical,
                ActivityKind::Stepper,
                ActivityKind::RevolvingStaircase,
                ActivityKind::FullTraining,
                ActivityKind::Strength,
                ActivityKind::EccentricExercise,
            ])
        } else {
            dice.pick(ActivityKind::ALL)
        };
        let mut day = values.course.day(dice);
        let effort = dice.pick(&[10, 24, 25, 26, 69, 70, 71, 99, 100]);
        for _ in 0..dice.between(1, 4) {
            made.push(activity(dice, values, kind, day, effort));
            day += dice.pick(&[0, 1, 1, 1, 2, 3]);
        }
    }
    if values.course.textbook || (values.course.steady && dice.percent(60)) {
        way_back(dice, values, &mut made);
    }
    made
}

/// What the last gates ask for: loading, cross-training, steps of running, full training, one after the other.
fn way_back(dice: &mut Dice, values: &Values<'_>, made: &mut Vec<Activity>) {
    let weeks = [
        (ActivityKind::EccentricExercise, 100),
        (ActivityKind::Elliptical, 100),
        (ActivityKind::Run, 25),
        (ActivityKind::Run, 70),
        (ActivityKind::Run, 100),
        (ActivityKind::FullTraining, 100),
    ];
    let mut day = values.course.plan_day + (values.course.last_day - values.course.plan_day) / 2;
    for (kind, effort) in weeks {
        let times = if values.course.textbook { 2 } else { dice.between(1, 3) };
        for _ in 0..times {
            made.push(activity(dice, values, kind, day, effort));
            day += 1;
        }
    }
}

fn activity(dice: &mut Dice, values: &Values<'_>, kind: ActivityKind, day: i64, effort: i64) -> Activity {
    let painless = values.course.textbook || (values.course.steady && dice.percent(93));
    let pain = |dice: &mut Dice| if painless { Nprs::new(0).unwrap() } else { values.pain(dice, day) };
    Activity {
        date: values.course.date(day),
        kind,
        minutes: dice.maybe(if values.course.textbook { 100 } else { 85 }, |dice| {
            Minutes::new(dice.pick(&[5, 19, 20, 21, 30, 45])).unwrap()
        }),
        speed_kmh: None,
        load_kg: None,
        effort_percent: dice.maybe(if values.course.textbook { 100 } else { 70 }, |_| Percent::new(effort).unwrap()),
        pain_during: dice.maybe(if values.course.textbook { 99 } else { 88 }, pain),
        pain_next_morning: dice.maybe(if values.course.textbook { 99 } else { 75 }, pain),
        reported_by: Reporter::Patient,
        note: Note::default(),
    }
}

/// Sessions in all states, on the days given and some others.
pub fn sessions(dice: &mut Dice, values: &Values<'_>, days: &[i64]) -> Vec<Session> {
    let mut made = Vec::new();
    let share = dice.pick(&[20, 60, 95]);
    for day in days {
        if dice.percent(share) {
            made.push(session(dice, values, *day));
        }
    }
    for _ in 0..dice.pick(&[0, 0, 1, 3, 8]) {
        let day = values.course.day(dice);
        made.push(session(dice, values, day));
    }
    made
}

fn session(dice: &mut Dice, values: &Values<'_>, day: i64) -> Session {
    let state = if dice.percent(85) { SessionState::Attended } else { dice.pick(SessionState::ALL) };
    let mut treatments = Vec::new();
    for _ in 0..dice.between(0, 3) {
        treatments.push(Treatment {
            modality: dice.pick(Modality::ALL),
            minutes: None,
            result: dice.maybe(50, |dice| dice.pick(ModalityResult::ALL)),
            note: Note::default(),
        });
    }
    let mut adverse_events = Vec::new();
    if dice.percent(6) {
        adverse_events.push(AdverseEvent { kind: dice.pick(AdverseEventKind::ALL), note: Note::default() });
    }
    Session {
        kind: dice.pick(SessionKind::ALL),
        state,
        start: instant(values, day, dice.between(8, 18)),
        date: values.course.date(day),
        minutes: SessionMinutes::new(30).unwrap(),
        therapist: Some(tester(0)),
        focus: Vec::new(),
        treatments,
        pain_before: None,
        pain_after: dice.maybe(60, |dice| values.pain(dice, day)),
        pain_next_morning: dice.maybe(30, |dice| values.pain(dice, day)),
        adverse_events,
        note: Note::default(),
        charge: None,
    }
}

fn instant(values: &Values<'_>, day: i64, hour: i64) -> Timestamp {
    let at_midnight = values.course.date(day).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    at_midnight.checked_add(jiff::SignedDuration::from_hours(hour)).unwrap()
}

/// Decisions: a plausible way through the phases, or any.
pub fn decisions(dice: &mut Dice, values: &Values<'_>, last_day: i64) -> Vec<Decision> {
    let mut made: Vec<(i64, Decided)> = Vec::new();
    let plan_day = values.course.plan_day;
    if dice.percent(88) {
        let phase = if dice.percent(60) { Phase::One } else { dice.pick(&Phase::ALL) };
        let step = dice.pick(&[0, 0, 0, 1, 2, 5]);
        let day = plan_day + dice.pick(&[0, 0, 0, 1, 3]);
        made.push((day, Decided::Activation { phase, step }));
        if values.course.steady {
            way_on(dice, values, (phase, i64::from(step)), (day, last_day), &mut made);
        }
    }
    let others = if values.course.steady { dice.pick(&[0, 0, 1, 2]) } else { dice.pick(&[0, 1, 3, 6]) };
    for _ in 0..others {
        made.push((values.course.day(dice), any_decided(dice, values)));
    }
    let mut decisions = Vec::new();
    for (day, decided) in made {
        decisions.push(Decision {
            date: values.course.date(day),
            decided_at: instant(values, day, dice.between(8, 18)),
            therapist: tester(0),
            decided,
            override_reason: None,
            receipt: None,
            note: Note::default(),
        });
    }
    decisions
}

/// Phases and rungs one after the other, at times one back, perhaps to the end.
fn way_on(dice: &mut Dice, values: &Values<'_>, from: (Phase, i64), days: (i64, i64), made: &mut Vec<(i64, Decided)>) {
    let (mut phase, mut step) = from;
    let mut day = days.0;
    let end = if values.course.textbook { days.1 - 25 } else { days.1 };
    while day < end {
        day += dice.between(1, 18);
        let next = if dice.percent(85) { phase.next() } else { phase.previous() };
        match dice.between(0, 9) {
            0..=5 => {
                if let Some(next) = next {
                    phase = next;
                    made.push((day, Decided::Phase(phase)));
                }
            }
            6..=8 => {
                step = (step + dice.pick(&[1, 1, 1, -1])).clamp(0, 3);
                made.push((day, Decided::TaperStep(step as u8)));
            }
            _ => made.push((day, Decided::ResumeStretching)),
        }
    }
    if values.course.textbook && dice.percent(80) {
        made.push((days.1 - 20, Decided::Phase(Phase::Four)));
        made.push((days.1 - 10, Decided::TaperStep(dice.pick(&[1, 2, 3]))));
    } else if dice.percent(15) {
        made.push((day, Decided::Discharge));
    }
}

fn any_decided(dice: &mut Dice, values: &Values<'_>) -> Decided {
    match dice.between(0, 11) {
        0 => Decided::Discharge,
        1 => Decided::ResumeStretching,
        2..=4 => Decided::Phase(dice.pick(&Phase::ALL)),
        5..=6 => Decided::TaperStep(dice.between(0, 4) as u8),
        7..=10 => Decided::ClearReferral {
            rule_id: dice.pick(&values.known.referrals),
            outcome: ClearanceOutcome::ImagingNegative,
            cleared_by: ClearedBy::Physician,
            note: Note::default(),
        },
        _ => Decided::Activation { phase: dice.pick(&Phase::ALL), step: dice.between(0, 3) as u8 },
    }
}
