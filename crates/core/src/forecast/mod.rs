//! How many visits and weeks are left, as a median with an interval, and what they cost.
//!
//! This is arithmetic on the patient's own past values and the ladder's minimum times. It is not a return date and not a
//! promise: nobody can state one for a single patient (clinical.md, section 13, point 3), no schedule of visits is
//! published, and no phase's end is forecast. Every number here is DERIVED.
//!
//! How it is made: the slope of each score that the ladder's rules wait for (pain, function) by Theil and Sen with its
//! 80% interval; for each rung the day on which that slope would reach the rule's threshold; of several scores the last
//! one counts; never sooner than the ladder's minimum days; rung after rung. With too few points nothing is drawn out,
//! and where a rule waits for something else than a score that has a trend (a phase, a test, a finding) nobody can say
//! when it comes: then only the least is told, by the ladder's minimum times, and the rules are named with what they
//! wait for. The minimum times are those of the advice: the least days on a rung, and the visits before discharge, as many
//! as its rule still asks for with the days between them; a visit of the day itself that did not count is past.

pub mod cost;
mod course;
mod need;
mod outlook;
mod share;
pub mod trend;

use jiff::civil::Date;
use serde::Serialize;

use crate::measure::MeasureCode;
use crate::protocol::Protocol;
use crate::recommend::days;
use crate::recommendation::{CriterionResult, RuleId};
use crate::record::Record;
use crate::record::plan::FrequencyStep;
use crate::value::Thousandths;

use self::course::{Courses, Rung};
use self::outlook::Outlook;

pub use self::cost::{ALTERNATIVES_MAX, Cost, CostFault, Coverage, Limit, LimitBroken, costs, is_ladder};

/// Least points on different days from which a slope is made. DERIVED: three points in perfect order still come
/// about by chance one time in three (Kendall, exact, two-sided: 2/3!), four one time in twelve (2/4!), which is the
/// first that an 80% interval can tell from chance.
pub const POINTS_MIN: u32 = 4;

/// A trend is not drawn out further than this many days. DERIVED: longer than the longest course of rehabilitation that
/// clinical.md names (six months), twice.
pub const HORIZON_DAYS: i64 = 364;

/// An interval that should hold the true value in 8 of 10 cases if the trend went on as it did.
///
/// Without a median nothing is forecast and `low` is only what the ladder's minimum times ask for; without a `high` the
/// upper end is open. Always `low <= median <= high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Interval<T> {
    /// At least.
    pub low: T,
    /// The middle; none when nothing is forecast.
    pub median: Option<T>,
    /// At most; none when the upper end is open.
    pub high: Option<T>,
}

/// Why no slope was made of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TooFew {
    /// Which measure.
    pub measure: MeasureCode,
    /// Days of the plan with a value.
    pub points: u32,
    /// Days that are needed.
    pub points_needed: u32,
    /// The newest value is older than the measure's freshness, so that the course since then is UNKNOWN.
    pub newest_too_old: bool,
}

/// What a part of a forecast rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The patient's own values.
    Trend {
        /// Days with a value.
        points: u32,
        /// Change a week in the measure's unit, with its 80% interval; all three are there.
        slope_per_week: Interval<Thousandths>,
        /// Which measure.
        measure: MeasureCode,
    },
    /// Nothing but the ladder's minimum times.
    LadderOnly {
        /// Why there is no trend.
        why: TooFew,
    },
}

/// One rung of the ladder that is still ahead, the one in force first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepForecast {
    /// The rung.
    pub step: FrequencyStep,
    /// The day on which it would be left; none when no rule of the protocol leads off it. `low` is never sooner than the
    /// ladder's minimum times allow.
    pub until: Option<Interval<Date>>,
    /// Visits on it. The visits of the rungs need not sum to those of the whole: a slow course may have fewer on one.
    pub visits: Interval<u32>,
    /// One entry for each score that its rules wait for.
    pub ground: Vec<Ground>,
    /// Rules that wait for something that is not forecast, such as a phase or a test: then no median is told of this
    /// rung, nor of a later one.
    pub not_forecast: Vec<Waiting>,
}

/// A rule that waits for something that is not forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Which.
    pub rule_id: RuleId,
    /// It holds the visits or the phase by being met, or as long as it cannot be excluded: it is waited for that it is not
    /// met any more. Otherwise it is waited for that it is met.
    pub holds: bool,
    /// What it looks at: criteria that are UNMET or UNKNOWN today; of a rule that holds, those that came out as it did.
    pub criteria: Vec<CriterionResult>,
}

/// How much is left of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Visits from the day after `as_of` on; none when there is no forecast.
    pub remaining_visits: Option<Interval<u32>>,
    /// Weeks from `as_of` on, as thousandths; none when there is no forecast.
    pub remaining_weeks: Option<Interval<Thousandths>>,
    /// Every rung from the one in force on; empty when there is no forecast.
    pub steps: Vec<StepForecast>,
    /// The last day of the ladder by its minimum times alone; never a promise. None when there is no forecast, or when no
    /// rule leads to the end of the ladder; the notes say why.
    pub earliest_by_ladder: Option<Date>,
    /// What it rests on, each measure once.
    pub ground: Vec<Ground>,
    /// Codes of [`NOTES`].
    pub notes: Vec<String>,
}

/// Every code of [`Forecast::notes`] and [`Cost::notes`], with its sentence.
pub const NOTES: &[(&str, &str)] = &[
    ("arithmetic_of_own_trend", "Arithmetic on this patient's own values so far; not a return date and not a promise."),
    ("earliest_is_no_promise", "The earliest date follows from the ladder's minimum times alone."),
    ("too_few_points", "There are too few values for a trend: nothing is forecast beyond the ladder's minimum times."),
    ("newest_value_too_old", "The newest value is too old to go on from: measure again."),
    ("no_improvement", "The values show no improvement that could be drawn out."),
    ("no_upper_end", "The interval includes no improvement, or none within a year: the upper end is open."),
    (
        "gates_not_forecast",
        "A rung waits for a phase, a test or a finding that is not forecast: from there on only the least can be told.",
    ),
    (
        "visits_as_prescribed",
        "It supposes that the visits take place as prescribed, and that what is met today stays met.",
    ),
    ("step_back_advised", "A step back to more visits is advised; the forecast begins with the rung in force."),
    ("ladder_does_not_end", "No rule of the protocol leads off a rung of this ladder."),
    ("plan_not_active", "The plan is not active: the ladder is counted from its first rung."),
    ("stop_referral_open", "A referral that stops the treatment is open: there is no forecast."),
    ("not_responding", "The case does not respond to the treatment: there is no forecast."),
    ("plan_suspended", "The plan is suspended: there is no forecast."),
    ("plan_ended", "The plan has ended: nothing is left."),
    ("trend_taken_as_unchanged", "Whether the course would be the same with other visits is not known."),
];

/// The sentence of a note; empty for an unknown code.
pub fn note_sentence(code: &str) -> &'static str {
    NOTES.iter().find(|(known, _)| *known == code).map_or("", |(_, sentence)| sentence)
}

/// Visits, weeks and the day of each rung that are left on a day. It always answers; what it cannot tell it says in
/// `ground` and `notes`.
pub fn forecast(protocol: &Protocol, record: &Record, as_of: Date) -> Forecast {
    match Outlook::of(protocol, record, as_of) {
        Ok(outlook) => of_outlook(&outlook),
        Err(why) => Forecast {
            remaining_visits: None,
            remaining_weeks: None,
            steps: Vec::new(),
            earliest_by_ladder: None,
            ground: Vec::new(),
            notes: vec![why.to_owned()],
        },
    }
}

fn of_outlook(outlook: &Outlook<'_>) -> Forecast {
    let rungs = outlook.own_rungs();
    let courses = Courses::of(&rungs);
    let as_of = outlook.as_of;
    let steps: Vec<StepForecast> = rungs
        .iter()
        .enumerate()
        .map(|(place, rung)| StepForecast {
            step: rung.step,
            until: rung.leads_on().then(|| courses.left(place).map(|day| days::after(as_of, day))),
            visits: courses.visits_on(place),
            ground: rung.need.measures.iter().filter_map(|measure| outlook.trends.ground(*measure)).collect(),
            not_forecast: rung.need.waits.clone(),
        })
        .collect();
    let ends = rungs.iter().all(Rung::leads_on);
    Forecast {
        remaining_visits: Some(courses.visits()),
        remaining_weeks: Some(courses.days().map(weeks)),
        earliest_by_ladder: ends.then(|| days::after(as_of, courses.ladder_days())),
        notes: outlook.notes(&rungs, &courses),
        ground: outlook.ground(&rungs),
        steps,
    }
}

/// Days as thousandths of a week, rounded half up.
fn weeks(days: i64) -> Thousandths {
    Thousandths(days.saturating_mul(2000).saturating_add(7).div_euclid(14))
}

impl<T: Copy> Interval<T> {
    /// The same interval in other words; `change` keeps the order.
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Interval<U> {
        Interval { low: change(self.low), median: self.median.map(&change), high: self.high.map(&change) }
    }
}
