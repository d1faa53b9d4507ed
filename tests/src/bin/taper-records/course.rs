//! How one case goes: its days, and how good its values are on each.

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use taper_core::record::codes::Presentation;

use super::dice::Dice;

/// The course of one case; days are counted from the onset.
pub struct Course {
    /// The decisions follow each other and the values get better.
    pub steady: bool,
    /// Every value gets good, and the plan comes to its end.
    pub textbook: bool,
    /// Day 0.
    pub onset: Date,
    /// Acute or persistent.
    pub presentation: Presentation,
    /// The plan's first day.
    pub plan_day: i64,
    /// The last day with something on record.
    pub last_day: i64,
    /// Good values in a hundred on the plan's first day.
    pub good_first: i64,
    /// Good values in a hundred on the last day.
    pub good_last: i64,
    /// Assessments that take every measure, in a hundred.
    pub whole_percent: i64,
    /// Numbers right at a level that decides, in a hundred.
    pub boundary_percent: i64,
    /// Values asked for and not measured, in a hundred.
    pub unmeasured_percent: i64,
    /// Red flags that are present, in a thousand.
    pub flags_per_thousand: i64,
    /// Facts entered in error, in a hundred.
    pub error_percent: i64,
}

impl Course {
    /// Any course.
    pub fn any(dice: &mut Dice, persistent_protocol: bool) -> Self {
        let steady = dice.percent(45);
        let as_meant = dice.percent(92);
        let persistent = persistent_protocol == as_meant;
        let plan_day = if persistent { dice.between(20, 800) } else { dice.pick(&[0, 0, 1, 1, 2, 3, 5, 9, 20]) };
        let textbook = steady && dice.percent(35);
        let length = if textbook {
            dice.between(25, 60)
        } else if dice.percent(20) {
            dice.between(0, 8)
        } else {
            dice.between(5, 110)
        };
        let course = Self {
            steady,
            textbook,
            onset: jiff::civil::date(2024, 1, 1).saturating_add(dice.between(0, 700).days()),
            presentation: if persistent { Presentation::Persistent } else { Presentation::Acute },
            plan_day,
            last_day: plan_day + length,
            good_first: if steady { dice.between(10, 90) } else { dice.between(20, 95) },
            good_last: if steady { dice.pick(&[97, 99, 100, 100]) } else { dice.between(40, 100) },
            whole_percent: if steady { dice.pick(&[70, 95, 100]) } else { dice.pick(&[5, 20, 60]) },
            boundary_percent: if steady { dice.pick(&[0, 2, 10]) } else { dice.pick(&[10, 30, 60]) },
            unmeasured_percent: if steady { dice.pick(&[0, 0, 1]) } else { dice.pick(&[0, 3, 12]) },
            flags_per_thousand: dice.pick(&[0, 0, 0, 0, 0, 1, 3, 30, 250]),
            error_percent: dice.pick(&[0, 3, 8]),
        };
        if textbook { course.by_the_book(dice) } else { course }
    }

    /// Nothing in the way of the last phase and of the end, or very little.
    fn by_the_book(self, dice: &mut Dice) -> Self {
        Self {
            good_last: 100,
            whole_percent: 100,
            boundary_percent: dice.pick(&[0, 0, 1]),
            unmeasured_percent: 0,
            flags_per_thousand: 0,
            error_percent: 0,
            ..self
        }
    }

    /// The date of a day.
    pub fn date(&self, day: i64) -> Date {
        self.onset.saturating_add(SignedDuration::from_hours(day * 24))
    }

    /// Good values in a hundred on a day.
    pub fn good_percent(&self, day: i64) -> i64 {
        // The second half of the course is as good as its end.
        let length = ((self.last_day - self.plan_day) / 2).max(1);
        let gone = (day - self.plan_day).clamp(0, length);
        self.good_first + (self.good_last - self.good_first) * gone / length
    }

    /// Any day from a little before the plan to the last; mostly within the plan.
    pub fn day(&self, dice: &mut Dice) -> i64 {
        let first = if dice.percent(10) { (self.plan_day - 20).max(0) } else { self.plan_day };
        dice.between(first, self.last_day)
    }
}
