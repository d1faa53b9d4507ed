//! Values of measures: good ones, poor ones, and many right at the levels that decide.

use std::collections::HashMap;

use taper_core::ids::TherapistId;
use taper_core::measure::{Measure, MeasureCode, Shape, Value, Worse};
use taper_core::record::assessment::{Assessment, Observed, RunStage};
use taper_core::record::codes::Site;
use taper_core::text::Note;
use taper_core::value::{Nprs, Thousandths};
use uuid::Uuid;

use super::course::Course;
use super::dice::Dice;
use super::known::Known;

/// Two testers, so that values of one day may be compared or not.
pub fn tester(number: u128) -> TherapistId {
    TherapistId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// Makes the values of one record.
pub struct Values<'k> {
    pub known: &'k Known,
    pub course: Course,
    /// The first number of each measure, around which later ones fall and rise.
    pub first: HashMap<&'static str, i64>,
}

impl Values<'_> {
    /// Pain on a good or a poor day.
    pub fn pain(&self, dice: &mut Dice, day: i64) -> Nprs {
        let good = dice.percent(self.course.good_percent(day));
        Nprs::new(if good { dice.pick(&[0, 0, 0, 1, 1, 2]) } else { dice.between(0, 10) }).unwrap()
    }

    /// A value of a measure on a day of the course.
    pub fn value(&mut self, dice: &mut Dice, code: MeasureCode, day: i64) -> Value {
        if dice.percent(self.course.unmeasured_percent) {
            return Value::NotMeasured;
        }
        let measure = code.measure();
        let good = dice.percent(self.course.good_percent(day));
        match measure.shape {
            Shape::Number { min, max, step, .. } => {
                let number = self.number(dice, measure, (min.0, max.0), good);
                let step = step.0.max(1);
                let on_step = min.0 + (number.clamp(min.0, max.0) - min.0) / step * step;
                self.first.entry(measure.code).or_insert(on_step);
                Value::Number(Thousandths(on_step))
            }
            Shape::Finding if is_red_flag(measure.code) => {
                Value::Finding(dice.between(0, 999) < self.course.flags_per_thousand)
            }
            Shape::Finding => {
                let poor = !good && dice.percent(50);
                Value::Finding((measure.worse == Worse::Lower) != poor)
            }
            Shape::Code(codes) => {
                // The worst codes (no walking, a third degree) stop everything: they are rare.
                let last = codes.len() as i64 - 1;
                let poor = if dice.percent(85) { last.min(1) } else { dice.between(0, last) };
                let place = if good { 0 } else { poor as usize };
                Value::Code(codes[place].to_owned())
            }
        }
    }

    fn number(&self, dice: &mut Dice, measure: &Measure, (min, max): (i64, i64), good: bool) -> i64 {
        if dice.percent(self.course.boundary_percent) {
            let nudge = dice.pick(&[-1000, -100, 0, 0, 0, 100, 1000]);
            let levels = self.known.levels.get(measure.code);
            let changes = self.known.changes.get(measure.code).zip(self.first.get(measure.code));
            match (levels, changes) {
                (_, Some((changes, first))) if levels.is_none() || dice.percent(50) => {
                    let sign = dice.pick(&[-1, 1]);
                    return first + sign * dice.pick(changes) + nudge;
                }
                (Some(levels), _) => return dice.pick(levels) + nudge,
                _ => {}
            }
        }
        let width = max - min;
        match (good, measure.worse) {
            (true, Worse::Higher) if dice.percent(75) => min,
            (true, Worse::Higher) => min + dice.between(0, width / 12),
            (true, Worse::Lower) => max - dice.between(0, width / 12),
            (false, _) => min + dice.between(0, width),
        }
    }

    /// One assessment on a day.
    pub fn assessment(&mut self, dice: &mut Dice, day: i64) -> Assessment {
        let measures = self.measured(dice, day);
        let therapist = dice.maybe(85, |dice| tester(if dice.percent(80) { 0 } else { 1 }));
        let mut results = Vec::new();
        for measure in measures {
            let value = self.value(dice, measure, day);
            let own = dice.maybe(8, |dice| tester(dice.pick(&[0, 1])));
            results.push(Observed { measure, value, site: site(dice, measure), tester: own, device: None });
            if measure.measure().sited && dice.percent(5) {
                let value = self.value(dice, measure, day);
                let site = Some(dice.pick(Site::ALL));
                results.push(Observed { measure, value, site, tester: own, device: None });
            }
        }
        let run_stages = if dice.percent(25) { self.stages(dice, day) } else { Vec::new() };
        Assessment { date: self.course.date(day), therapist, results, run_stages, note: Note::default() }
    }

    /// Which measures are taken: all that matter, those of the gates, the pains, the screen, or a few.
    fn measured(&self, dice: &mut Dice, day: i64) -> Vec<MeasureCode> {
        let whole = dice.percent(self.course.whole_percent);
        let kind = if whole { 0 } else { dice.between(1, 5) };
        let chance = match kind {
            0 => 98,
            5 => 4,
            _ => dice.pick(&[50, 90]),
        };
        let from = if kind == 1 { &self.known.gate_measures } else { &self.known.measures };
        // A whole screen at every visit would only make the records long.
        let screened = kind == 0 && !self.course.textbook && day < self.course.last_day - 16 && dice.percent(70);
        let mut taken = Vec::new();
        for measure in from {
            let code = measure.as_str();
            let is_such = match kind {
                2 => code.starts_with("pain_") || code == "gait" || code == "swelling",
                3 => is_red_flag(code),
                _ => true,
            };
            if is_such && dice.percent(chance) && !(is_red_flag(code) && screened) {
                taken.push(*measure);
            }
        }
        taken
    }

    fn stages(&self, dice: &mut Dice, day: i64) -> Vec<RunStage> {
        let mut stages = Vec::new();
        let mut speed = dice.between(50, 90) * 100;
        for _ in 0..dice.between(1, 5) {
            let pain = self.pain(dice, day);
            stages.push(RunStage { speed_kmh: Thousandths(speed), pain });
            speed += dice.between(5, 20) * 100;
            if pain.get() > 0 && dice.percent(80) {
                break;
            }
        }
        stages
    }
}

fn site(dice: &mut Dice, measure: MeasureCode) -> Option<Site> {
    if measure.measure().sited { dice.maybe(15, |dice| dice.pick(Site::ALL)) } else { None }
}

fn is_red_flag(code: &str) -> bool {
    code.starts_with("red_flag_") || code == "palpable_gap"
}
