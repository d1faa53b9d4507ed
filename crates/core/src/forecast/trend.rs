//! The slope of a measure over the plan's days, by Theil and Sen, with a nonparametric 80% interval.

use jiff::civil::Date;

use crate::measure::{MeasureCode, Value, Worse};
use crate::recommend::days;
use crate::record::Record;
use crate::value::Thousandths;

use super::{Ground, HORIZON_DAYS, Interval, POINTS_MIN, TooFew};

/// The scores whose course is drawn out: the patient's own ratings that the ladder's rules wait for. What a therapist
/// tests, and what a phase opens, is never drawn out.
pub const MEASURES: [&str; 2] = ["pain_worst_24h", "lefs"];

/// Only so many of the latest points are looked at, so that the number of pairs stays bounded.
const POINTS_MAX: usize = 100;

/// The 0.9 quantile of the normal distribution, for an interval of 80%.
const Z_80: f64 = 1.281_551_565_544_600_4;

const DAYS_A_WEEK: f64 = 7.0;

/// A slope with its 80% interval, in levels a day; `low <= median <= high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Lower end of the interval.
    pub low: f64,
    /// The median of all slopes between two points.
    pub median: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The slope of points (day, level) on different days; none with fewer than two of them.
///
/// Theil 1950: the median of the slopes of all pairs. Sen 1968, equation 2.6: the interval's ends are the slopes at the
/// places (N - zS)/2 and (N + zS)/2 of the sorted list, where N is the number of pairs and S^2 the variance of Kendall's
/// score with ties. Places are rounded as SciPy's `theilslopes` rounds them, against which this is checked.
pub fn theil_sen(points: &[(i64, i64)]) -> Option<Slope> {
    let mut slopes = Vec::new();
    for (place, (day, level)) in points.iter().enumerate() {
        for (other_day, other_level) in points.iter().take(place) {
            let (run, rise) = (day.saturating_sub(*other_day), level.saturating_sub(*other_level));
            if run != 0 {
                slopes.push(as_f64(rise) / as_f64(run));
            }
        }
    }
    slopes.sort_by(f64::total_cmp);
    let median = median_of_sorted(&slopes)?;
    let pairs = as_f64(i64::try_from(slopes.len()).ok()?);
    let spread = Z_80 * kendall_variance(points).sqrt();
    let last = slopes.len().checked_sub(1)?;
    let low_place = place_of((pairs - spread) / 2.0).saturating_sub(1).min(last);
    let high_place = place_of((pairs + spread) / 2.0).min(last);
    let (low, high) = (*slopes.get(low_place)?, *slopes.get(high_place)?);
    Some(Slope { low: low.min(median), median, high: high.max(median) })
}

/// The variance of Kendall's score: (n(n-1)(2n+5) - sum of k(k-1)(2k+5) over groups of k equal days or levels) / 18.
fn kendall_variance(points: &[(i64, i64)]) -> f64 {
    let term = |count: usize| {
        let count = i64::try_from(count).unwrap_or(0);
        count.saturating_mul(count.saturating_sub(1)).saturating_mul(count.saturating_mul(2).saturating_add(5))
    };
    let ties = |mut values: Vec<i64>| -> i64 {
        values.sort_unstable();
        values.chunk_by(|one, other| one == other).map(|group| term(group.len())).sum()
    };
    let of_days = ties(points.iter().map(|(day, _)| *day).collect());
    let of_levels = ties(points.iter().map(|(_, level)| *level).collect());
    let eighteenfold = term(points.len()).saturating_sub(of_days).saturating_sub(of_levels);
    // Only where both days and levels are tied can the sum of both exceed the whole.
    as_f64(eighteenfold.max(0)) / 18.0
}

/// What the values of a measure within the plan say about where it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trend {
    pub measure: MeasureCode,
    pub points: u32,
    /// Levels (thousandths) a day.
    pub slope: Slope,
    /// The first value of the plan.
    pub baseline: i64,
    /// The newest value.
    pub newest: i64,
    /// From which levels on the fastest, the middle and the slowest slope are drawn out. The middle one: the newest value,
    /// or that of the fitted line on its day if it is worse, so that one lucky value does not bring the end nearer. The
    /// others: the line's, as much better or worse as the values so far have been, since one value decides.
    pub start_levels: [f64; 3],
    /// The day of the newest value.
    pub start: Date,
}

/// The trends of [`MEASURES`], or why there is none.
pub(super) struct Trends {
    found: Vec<Result<Trend, TooFew>>,
}

impl Trends {
    pub(super) fn of(record: &Record, as_of: Date) -> Self {
        let measures = MEASURES.iter().filter_map(|code| MeasureCode::parse(code).ok());
        Self { found: measures.map(|measure| trend(record, measure, as_of)).collect() }
    }

    /// The trend of a measure; none when its course is not drawn out at all.
    pub(super) fn get(&self, measure: MeasureCode) -> Option<&Result<Trend, TooFew>> {
        self.found.iter().find(|found| match found {
            Ok(trend) => trend.measure == measure,
            Err(too_few) => too_few.measure == measure,
        })
    }

    pub(super) fn ground(&self, measure: MeasureCode) -> Option<Ground> {
        self.get(measure).map(|found| match found {
            Ok(trend) => trend.ground(),
            Err(why) => Ground::LadderOnly { why: *why },
        })
    }
}

impl Trend {
    fn ground(&self) -> Ground {
        let weekly = |levels: f64| Thousandths(nearest(levels * DAYS_A_WEEK));
        let Slope { low, median, high } = self.slope;
        let slope_per_week = Interval { low: weekly(low), median: Some(weekly(median)), high: Some(weekly(high)) };
        Ground::Trend { points: self.points, slope_per_week, measure: self.measure }
    }

    /// Days from `as_of` until the drawn-out line reaches a level, for the fastest, the middle and the slowest slope of
    /// the interval; none where the slope does not lead there, or not within the horizon. A level that the newest value
    /// has reached is reached now.
    pub(super) fn days_until(&self, level: f64, as_of: Date) -> [Option<i64>; 3] {
        let Slope { low, median, high } = self.slope;
        // Written so that the way to go, and every slope that goes it, is positive.
        let newest = as_f64(self.newest);
        let [fast, middle, slow] = self.start_levels;
        let (is_met, ways) = match self.measure.measure().worse {
            Worse::Higher => {
                (newest <= level, [(fast - level, -low), (middle - level, -median), (slow - level, -high)])
            }
            Worse::Lower => (newest >= level, [(level - fast, high), (level - middle, median), (level - slow, low)]),
        };
        let age_days = days::between(self.start, as_of);
        ways.map(|(distance, rate)| {
            if is_met {
                return Some(0);
            }
            let needed = (distance / rate).ceil();
            let within = rate > 0.0 && needed <= as_f64(HORIZON_DAYS.saturating_add(age_days));
            within.then(|| nearest(needed).saturating_sub(age_days).max(0))
        })
    }
}

/// The trend of one measure from the plan's first day on.
fn trend(record: &Record, measure: MeasureCode, as_of: Date) -> Result<Trend, TooFew> {
    let points = points(record, measure, as_of);
    let count = u32::try_from(points.len()).unwrap_or(u32::MAX);
    let newest_date = points.last().map(|(date, _)| *date);
    let fresh_days = i64::from(measure.measure().fresh_days);
    let newest_too_old = newest_date.is_some_and(|date| days::between(date, as_of) > fresh_days);
    let too_few = TooFew { measure, points: count, points_needed: POINTS_MIN, newest_too_old };
    let (Some((first, baseline)), Some((start, newest))) = (points.first(), points.last()) else {
        return Err(too_few);
    };
    if count < POINTS_MIN || newest_too_old {
        return Err(too_few);
    }
    let from = points.len().saturating_sub(POINTS_MAX);
    let levels: Vec<(i64, i64)> =
        points.iter().skip(from).map(|(date, level)| (days::between(*first, *date), *level)).collect();
    let slope = theil_sen(&levels).ok_or(too_few)?;
    let line = Line::through(&levels, slope.median).ok_or(too_few)?;
    let (last_day, _) = levels.last().ok_or(too_few)?;
    let (fitted, newest_level) = (line.level_on(*last_day), as_f64(*newest));
    let off_line = levels.iter().map(|(day, level)| as_f64(*level) - line.level_on(*day));
    let (least, most) = off_line.fold((0.0_f64, 0.0_f64), |(least, most), off| (least.min(off), most.max(off)));
    let start_levels = match measure.measure().worse {
        Worse::Higher => [fitted + least, fitted.max(newest_level), (fitted + most).max(newest_level)],
        Worse::Lower => [fitted + most, fitted.min(newest_level), (fitted + least).min(newest_level)],
    };
    Ok(Trend { measure, points: count, slope, baseline: *baseline, newest: *newest, start_levels, start: *start })
}

/// One value a day, the worse one of several, by date; what was not measured or entered in error is no value.
fn points(record: &Record, measure: MeasureCode, as_of: Date) -> Vec<(Date, i64)> {
    let plan_start = record.plan.content.start_date;
    let mut values: Vec<(Date, i64)> = Vec::new();
    for fact in record.assessments.iter().filter(|fact| !fact.entered_in_error) {
        let assessment = &fact.content;
        if assessment.date < plan_start || assessment.date > as_of {
            continue;
        }
        for result in assessment.results.iter().filter(|result| result.measure == measure) {
            // A number outside the measure's range cannot be recorded, and would not be trusted if it were.
            if let (Value::Number(level), Ok(())) = (&result.value, measure.measure().check(&result.value)) {
                values.push((assessment.date, level.0));
            }
        }
    }
    let badness = |level: i64| match measure.measure().worse {
        Worse::Higher => level.saturating_neg(),
        Worse::Lower => level,
    };
    values.sort_by_key(|(date, level)| (*date, badness(*level)));
    values.dedup_by_key(|(date, _)| *date);
    values
}

/// A straight line of levels over days.
struct Line {
    day: f64,
    level: f64,
    slope: f64,
}

impl Line {
    /// The line through the median day and the median level.
    fn through(points: &[(i64, i64)], slope: f64) -> Option<Self> {
        let sorted = |values: Vec<i64>| {
            let mut values: Vec<f64> = values.into_iter().map(as_f64).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let day = median_of_sorted(&sorted(points.iter().map(|(day, _)| *day).collect()))?;
        let level = median_of_sorted(&sorted(points.iter().map(|(_, level)| *level).collect()))?;
        Some(Self { day, level, slope })
    }

    fn level_on(&self, day: i64) -> f64 {
        self.level + self.slope * (as_f64(day) - self.day)
    }
}

fn median_of_sorted(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    Some(f64::midpoint(lower, upper))
}

/// The place in a list, from 0: nothing lies before the first.
fn place_of(place: f64) -> usize {
    usize::try_from(nearest(place).max(0)).unwrap_or(usize::MAX)
}

/// The nearest whole number; of two the even one.
fn nearest(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, and no number here comes near 2^53")]
    let whole = number.round_ties_even() as i64;
    whole
}

/// A whole number of days or thousandths.
pub(super) fn as_f64(number: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "days and levels are far below 2^53")]
    let number = number as f64;
    number
}
