//! Every golden case that reaches discharge, forecast on each of its days: what is told must hold against what happened.

use jiff::civil::Date;
use taper_core::case::Case;
use taper_core::counterfactual::{Goal, counterfactuals};
use taper_core::forecast::{Forecast, Interval, forecast};
use taper_core::measure::Value;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::{Protocol, builtin};
use taper_core::recommend::recommend;
use taper_core::recommendation::TaperAction;
use taper_core::record::Record;
use taper_core::record::decision::Decided;
use taper_core::value::Thousandths;

use crate::story::{LEFS, PAIN, Story, day, protocol};

/// One day of a case, with what was known on it, and how the plan went on.
struct Told {
    of: String,
    as_of: Date,
    is_step: bool,
    record: Record,
    protocol: &'static Protocol,
    /// The plan's record at the end of the case.
    whole: Record,
}

impl Told {
    fn forecast(&self) -> Forecast {
        forecast(self.protocol, &self.record, self.as_of)
    }

    /// The day of the discharge.
    fn end(&self) -> Option<Date> {
        let mut ends = self.whole.decisions.iter().filter(|fact| fact.content.decided == Decided::Discharge);
        ends.next().map(|fact| fact.content.date)
    }

    /// The first day after this one on which fewer visits a week than on a rung were decided, or the discharge.
    fn left(&self, visits_per_week: u8) -> Option<Date> {
        let own = &self.record.plan.content.steps;
        let ladder = if own.is_empty() { &self.protocol.ladder.steps } else { own };
        let later = self.whole.decisions.iter().filter(|fact| fact.content.date >= self.as_of);
        let leaves = later.filter(|fact| match fact.content.decided {
            Decided::TaperStep(step) => ladder[usize::from(step)].visits_per_week.get() < visits_per_week,
            Decided::Discharge => true,
            _ => false,
        });
        leaves.map(|fact| fact.content.date).min()
    }
}

/// The days of the steps alone.
fn steps() -> Vec<Told> {
    let mut steps = all();
    steps.retain(|told| told.is_step);
    steps
}

/// Every step of every golden case, and every day from one step to the next, with what was on record by then.
fn all() -> Vec<Told> {
    let mut all = Vec::new();
    for (document, protocol) in DOCUMENTS.iter().zip(builtin()) {
        for (name, text) in document.cases {
            let case = Case::parse_for(text, protocol).unwrap();
            let outcomes = case.play_with(protocol);
            for (place, (step, outcome)) in case.steps.iter().zip(&outcomes).enumerate() {
                let same_plan = outcomes.iter().rfind(|later| later.record.plan.id == outcome.record.plan.id).unwrap();
                let next = case.steps.get(place + 1).map_or(step.date, |next| next.date);
                let mut as_of = step.date;
                while as_of == step.date || as_of < next {
                    all.push(Told {
                        of: format!("{name}, {as_of}"),
                        as_of,
                        is_step: as_of == step.date,
                        record: outcome.record.clone(),
                        protocol,
                        whole: same_plan.record.clone(),
                    });
                    as_of = as_of.tomorrow().unwrap();
                }
            }
        }
    }
    all
}

/// How what was told came out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// A median with both ends.
    intervals: u32,
    /// Of these, the day lay within.
    within: u32,
    /// Nothing but an earliest day.
    earliest: u32,
}

impl Tally {
    fn add(&mut self, told: Interval<Date>, happened: Date, of: &str) {
        match (told.median, told.high) {
            (Some(_), Some(high)) => {
                self.intervals += 1;
                self.within += u32::from((told.low..=high).contains(&happened));
            }
            (Some(_), None) => {}
            (None, _) => {
                self.earliest += 1;
                assert!(told.low <= happened, "{of}: not before {} was told, and it was on {happened}", told.low);
            }
        }
    }
}

#[test]
fn what_was_told_of_the_end_and_of_each_rung_holds_against_what_happened() {
    let (mut ends, mut rungs) = (Tally::default(), Tally::default());
    for told in all() {
        let (found, Some(end)) = (told.forecast(), told.end()) else { continue };
        if let Some(earliest) = found.earliest_by_ladder {
            assert!(earliest <= end, "{}: earliest {earliest}, and it ended on {end}", told.of);
        }
        if let Some(until) = found.steps.last().and_then(|step| step.until) {
            ends.add(until, end, &told.of);
        }
        for step in &found.steps {
            let left = told.left(step.step.visits_per_week.get());
            if let (Some(until), Some(left)) = (step.until, left) {
                rungs.add(until, left, &told.of);
            }
        }
    }
    // So many days are told with an interval, and the day lay within each; of the others the least only.
    assert_eq!((ends.intervals, ends.within), (8, 8));
    assert_eq!((rungs.intervals, rungs.within), (9, 9));
    assert!(ends.earliest >= 150 && rungs.earliest >= 200, "{ends:?} {rungs:?}");
}

#[test]
fn the_earliest_days_are_never_after_those_on_which_changes_could_give_the_advice() {
    let (mut ends, mut rungs) = (0, 0);
    for told in steps() {
        let found = told.forecast();
        let all = counterfactuals(told.protocol, &told.record, told.as_of);
        let days = |goal: Goal| {
            let of_goal = all.iter().find(|found| found.goal == goal).unwrap();
            let given = of_goal.given.then_some(told.as_of);
            of_goal.paths.iter().map(|path| path.earliest).chain(given).collect::<Vec<Date>>()
        };
        for day in days(Goal::Discharge) {
            let Some(earliest) = found.earliest_by_ladder else { continue };
            ends += 1;
            assert!(earliest <= day, "{}: earliest {earliest}, but discharge could be given on {day}", told.of);
        }
        // Of a rung with a median the trend says more than the minimum times.
        let least = found.steps.first().and_then(|step| step.until).filter(|until| until.median.is_none());
        for day in days(Goal::NextStep) {
            let Some(Interval { low, .. }) = least else { continue };
            rungs += 1;
            assert!(low <= day, "{}: not before {low}, but fewer visits could be advised on {day}", told.of);
        }
    }
    assert!(ends >= 10 && rungs >= 10, "only {ends} days of discharge and {rungs} of rungs were compared");
}

/// Numbers that look random and are the same each time.
struct Noise(u64);

impl Noise {
    /// From 0 to one less than `below`.
    fn next(&mut self, below: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % below).unwrap()
    }
}

/// A patient whose scores get better evenly, with noise, once a week; visits as the rung has them; each advice is taken up
/// on its day. The record after each week, and the day of the discharge.
fn made_up(noise: &mut Noise) -> Option<(Vec<(i64, Record)>, i64)> {
    let (fall, rise) = (20 + noise.next(80), 100 + noise.next(300));
    let (mut story, mut weeks, mut shares) = (Story::active(), Vec::new(), 0);
    for on in 0..300 {
        let advice = recommend(protocol(), &story.record, day(on));
        let step = advice.step?;
        match advice.taper_action {
            TaperAction::StepDown => {
                let place = protocol().ladder.steps.iter().position(|known| *known == step).unwrap();
                story = story.decided(on, Decided::TaperStep(u8::try_from(place).unwrap() + 1));
            }
            TaperAction::Discharge => return Some((weeks, on)),
            _ => {}
        }
        if on % 7 == 0 {
            let week = on / 7;
            let pain = (800 - fall * week + 50 * (noise.next(3) - 1) + 50).div_euclid(100).clamp(0, 10);
            let function = (4_500 + rise * week + 100 * (noise.next(5) - 2)).div_euclid(100).clamp(0, 80);
            story = story.value(on, PAIN, Value::Number(Thousandths::whole(pain)));
            story = story.value(on, LEFS, Value::Number(Thousandths::whole(function)));
            weeks.push((on, story.record.clone()));
        }
        shares += i64::from(step.visits_per_week.get());
        if shares >= 7 {
            shares -= 7;
            story = story.visited(&[on]);
        }
    }
    None
}

#[test]
fn of_made_up_courses_that_get_better_evenly_the_end_lies_within_the_interval_as_often_as_is_said() {
    let (mut noise, mut tally) = (Noise(3), Tally::default());
    for _ in 0..100 {
        let Some((weeks, end)) = made_up(&mut noise) else { continue };
        for (on, record) in &weeks {
            let found = forecast(protocol(), record, day(*on));
            assert!(found.earliest_by_ladder.unwrap() <= day(end));
            tally.add(found.steps.last().unwrap().until.unwrap(), day(end), "made up");
        }
    }
    assert!(tally.intervals >= 500, "{tally:?}");
    assert!(tally.within * 10 >= tally.intervals * 8, "{tally:?}");
}
