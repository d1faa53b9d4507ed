//! One whole record and the day that it is asked about.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PlanId, SessionId};
use taper_core::record::codes::*;
use taper_core::record::injury::{EarlierTreatment, Injury};
use taper_core::record::plan::{FocusShare, FrequencyStep, Plan, Policy};
use taper_core::record::{Fact, PatientFacts, Record, Recurrence};
use taper_core::text::Note;
use taper_core::value::{Nprs, Percent, VisitMinutes, VisitsPerWeek};
use uuid::Uuid;

use super::course::Course;
use super::dice::Dice;
use super::facts;
use super::known::Known;
use super::values::Values;

/// Makes a record and a day.
pub fn make(dice: &mut Dice, known: &Known) -> (Record, Date) {
    let persistent_protocol = known.protocol.presentation == Some(Presentation::Persistent);
    let course = Course::any(dice, persistent_protocol);
    let mut values = Values { known, course, first: HashMap::new() };
    let days = assessment_days(dice, &values.course);
    let mut assessments = Vec::new();
    for day in &days {
        let assessment = values.assessment(dice, *day);
        assessments.push(fact(dice, &values, AssessmentId, assessment));
    }
    let activities = facts::activities(dice, &values);
    let sessions = facts::sessions(dice, &values, &days);
    let decisions = facts::decisions(dice, &values, values.course.last_day);
    let injury = injury(dice, &values.course);
    let plan = plan(dice, &values);
    let mut record = Record {
        patient: patient(dice, &values.course),
        injury: certain(dice, InjuryId, injury),
        recurrence: recurrence(dice, &values.course),
        assessments,
        activities: activities.into_iter().map(|content| fact(dice, &values, ActivityId, content)).collect(),
        plan: certain(dice, PlanId, plan),
        sessions: sessions.into_iter().map(|content| fact(dice, &values, SessionId, content)).collect(),
        decisions: decisions.into_iter().map(|content| fact(dice, &values, DecisionId, content)).collect(),
    };
    let as_of = as_of(dice, &values.course, &record);
    dice.shuffle(&mut record.assessments);
    dice.shuffle(&mut record.activities);
    dice.shuffle(&mut record.sessions);
    dice.shuffle(&mut record.decisions);
    (record, as_of)
}

fn fact<I, T>(dice: &mut Dice, values: &Values<'_>, id: impl FnOnce(Uuid) -> I, content: T) -> Fact<I, T> {
    let entered_in_error = dice.percent(values.course.error_percent);
    Fact { entered_in_error, ..certain(dice, id, content) }
}

fn certain<I, T>(dice: &mut Dice, id: impl FnOnce(Uuid) -> I, content: T) -> Fact<I, T> {
    let id = id(Uuid::from_u64_pair(dice.next(), dice.next()));
    Fact { id, revision: 1, recorded_at: Timestamp::UNIX_EPOCH, entered_in_error: false, content }
}

/// In order, so that later values can fall and rise from the first; some days twice.
fn assessment_days(dice: &mut Dice, course: &Course) -> Vec<i64> {
    let mut days = Vec::new();
    if course.steady {
        let every = dice.between(4, 16);
        let mut day = course.plan_day;
        while day <= course.last_day && days.len() < 25 {
            days.push(day);
            day += every + dice.between(-1, 1);
        }
    } else {
        for _ in 0..dice.pick(&[0, 1, 1, 2, 2, 3, 4, 6, 9, 14, 25]) {
            days.push(course.day(dice));
        }
    }
    if let Some(day) = days.first().copied().filter(|_| dice.percent(15)) {
        days.push(day);
    }
    days.sort_unstable();
    days
}

fn patient(dice: &mut Dice, course: &Course) -> PatientFacts {
    let years = dice.pick(&[9, 10, 11, 15, 17, 18, 25, 26, 30, 34, 45, 60]);
    let cautions = if course.textbook { 0 } else { dice.pick(&[0, 0, 0, 0, 0, 0, 1, 2]) };
    PatientFacts {
        birth_date: dice.maybe(88, |dice| course.date(-years * 365 - years / 4 - dice.between(-20, 40))),
        cautions: (0..cautions).map(|_| dice.pick(Caution::ALL)).collect(),
        cautions_reviewed_date: dice.maybe(if course.textbook { 100 } else { 85 }, |dice| {
            course.date(course.plan_day + dice.pick(&[0, 0, 0, 1, 20]))
        }),
    }
}

fn injury(dice: &mut Dice, course: &Course) -> Injury {
    let mut earlier_treatments = Vec::new();
    for _ in 0..dice.pick(&[0, 0, 1, 2]) {
        let from = -dice.between(1, 200);
        earlier_treatments.push(EarlierTreatment {
            kind: Note::default(),
            discipline: None,
            from_date: dice.maybe(80, |_| course.date(from)),
            to_date: dice.maybe(60, |dice| course.date(from + dice.between(0, 260))),
            visit_count: None,
            result: dice.pick(TreatmentResult::ALL),
        });
    }
    Injury {
        side: dice.pick(Side::ALL),
        site: dice.pick(Site::ALL),
        onset_date: course.onset,
        mechanism: dice.pick(Mechanism::ALL),
        presentation: course.presentation,
        recurs_from: None,
        earlier_treatments,
        return_date: dice.maybe(10, |dice| course.date(course.last_day + dice.between(-5, 10))),
        note: Note::default(),
    }
}

fn recurrence(dice: &mut Dice, course: &Course) -> Option<Recurrence> {
    dice.maybe(22, |dice| Recurrence {
        from: InjuryId(Uuid::from_u64_pair(dice.next(), dice.next())),
        return_date: dice.maybe(80, |dice| course.date(dice.pick(&[1, 0, -20, -58, -61, -62, -300, -365, -366, -500]))),
        earlier_count: dice.between(1, 3) as u16,
    })
}

fn plan(dice: &mut Dice, values: &Values<'_>) -> Plan {
    let policy = Policy {
        running: dice.maybe(40, |dice| dice.pick(RunningPolicy::ALL)),
        pain_limit: dice.maybe(20, |dice| Nprs::new(dice.between(0, 5)).unwrap()),
        pain_limit_strength: dice.maybe(15, |dice| Nprs::new(dice.between(0, 6)).unwrap()),
        pain_limit_running: dice.maybe(15, |dice| Nprs::new(dice.between(0, 5)).unwrap()),
        equipment: dice.maybe(40, |dice| {
            let at_hand = dice.pick(&[0, 34, 67, 100]);
            Equipment::ALL.iter().copied().filter(|_| dice.percent(at_hand)).collect()
        }),
    };
    let ladders: [&[i64]; 6] = [&[], &[], &[3, 2, 1], &[2, 1], &[5, 3, 1], &[4, 3, 2, 1]];
    let step = |visits: &i64| FrequencyStep {
        visits_per_week: VisitsPerWeek::new(*visits).unwrap(),
        minutes: VisitMinutes::new(45).unwrap(),
    };
    let shares: [&[(Area, i64)]; 3] =
        [&[], &[(Area::TieIn, 33), (Area::Belly, 33), (Area::Distal, 34)], &[(Area::Belly, 100)]];
    let share = |(area, percent): &(Area, i64)| FocusShare { area: *area, percent: Percent::new(*percent).unwrap() };
    Plan {
        protocol: values.known.protocol.reference.clone(),
        policy,
        steps: dice.pick(&ladders).iter().map(step).collect(),
        focus: dice.pick(&shares).iter().map(share).collect(),
        start_date: values.course.date(values.course.plan_day),
        state: if dice.percent(85) { PlanState::Active } else { dice.pick(PlanState::ALL) },
    }
}

/// Often the day of something on record, or the day after; otherwise any.
fn as_of(dice: &mut Dice, course: &Course, record: &Record) -> Date {
    let mut dates: Vec<Date> = record.assessments.iter().map(|fact| fact.content.date).collect();
    dates.extend(record.sessions.iter().map(|fact| fact.content.date));
    dates.extend(record.decisions.iter().map(|fact| fact.content.date));
    dates.sort_unstable();
    let later_half = dates.split_off(dates.len() / 2);
    if !later_half.is_empty() && dice.percent(55) {
        let date = dice.pick(&later_half);
        return if dice.percent(30) { date.tomorrow().unwrap() } else { date };
    }
    let first = (course.plan_day - 3).max(-1);
    let last = course.last_day + dice.pick(&[1, 1, 30, 60]);
    course.date(dice.between(first, last))
}
