//! The ladder walked down four times: by its minimum times, and by the fastest, the middle and the slowest slope.

use crate::record::plan::FrequencyStep;

use super::Interval;
use super::need::Need;

const DAYS_A_WEEK: i64 = 7;

/// A rung that is still ahead.
pub(super) struct Rung {
    pub step: FrequencyStep,
    /// Least days on it, still to come.
    pub days_min: i64,
    /// What its rules wait for.
    pub need: Need,
    /// Some rule of the protocol leads off it.
    pub has_rule: bool,
}

impl Rung {
    /// Whether the protocol's rules can lead off it at all.
    pub(super) fn leads_on(&self) -> bool {
        self.has_rule && !self.need.dead_end
    }

    /// Days until its thresholds are reached, in the middle and the slowest course; none where nothing is told.
    fn middle_and_slow(&self) -> [Option<i64>; 2] {
        let [_, middle, slow] = self.need.days;
        if self.need.too_few || !self.leads_on() { [None; 2] } else { [middle, slow] }
    }

    /// The same in the fastest course; where no middle is told, nothing but the ladder's minimum days is asked for.
    fn fast(&self) -> i64 {
        let [fast, ..] = self.need.days;
        let [middle, _] = self.middle_and_slow();
        middle.and(fast).unwrap_or(0)
    }
}

/// One walk: for each rung that is left, the day on which it is left, and the days of its visits; days from `as_of`.
struct Course {
    left: Vec<i64>,
    visits: Vec<Vec<i64>>,
}

impl Course {
    /// Walks until a rung of which it is not told when it would be left. A rung is left on the first day on which its
    /// thresholds are reached and its minimum days have passed.
    fn of(rungs: &[Rung], days_until: impl Fn(&Rung) -> Option<i64>) -> Self {
        let mut course = Self { left: Vec::new(), visits: Vec::new() };
        let mut entered = 0_i64;
        // Visits lie evenly over the week: each day adds its share, and a visit falls on the day that makes one whole.
        let mut shares = 0_i64;
        for rung in rungs {
            let Some(reached) = days_until(rung) else { break };
            let left = entered.saturating_add(rung.days_min).max(reached);
            let mut visits = Vec::new();
            for day in entered.saturating_add(1)..=left {
                shares = shares.saturating_add(i64::from(rung.step.visits_per_week.get()));
                if shares >= DAYS_A_WEEK {
                    shares = shares.saturating_sub(DAYS_A_WEEK);
                    visits.push(day);
                }
            }
            course.left.push(left);
            course.visits.push(visits);
            entered = left;
        }
        let is_whole = course.left.len() == rungs.len();
        if let (true, true, Some(last)) = (is_whole, shares > 0, course.visits.last_mut()) {
            // What is begun at the end of the plan is a visit.
            last.push(entered);
        }
        course
    }

    fn visit_days(&self) -> Vec<i64> {
        self.visits.iter().flatten().copied().collect()
    }

    fn visit_count(&self) -> u32 {
        as_count(self.visits.iter().map(Vec::len).sum())
    }

    fn visits_on(&self, place: usize) -> Option<u32> {
        self.visits.get(place).map(|visits| as_count(visits.len()))
    }

    fn days(&self) -> i64 {
        self.left.last().copied().unwrap_or(0)
    }
}

/// All walks over the same rungs.
pub(super) struct Courses {
    rungs: usize,
    ladder: Course,
    low: Course,
    middle: Course,
    slow: Course,
}

impl Courses {
    pub(super) fn of(rungs: &[Rung]) -> Self {
        Self {
            rungs: rungs.len(),
            ladder: Course::of(rungs, |_| Some(0)),
            low: Course::of(rungs, |rung| Some(rung.fast())),
            middle: Course::of(rungs, |rung| rung.middle_and_slow()[0]),
            slow: Course::of(rungs, |rung| rung.middle_and_slow()[1]),
        }
    }

    /// Days of the whole ladder by its minimum times.
    pub(super) fn ladder_days(&self) -> i64 {
        self.ladder.days()
    }

    /// Days of the whole ladder.
    pub(super) fn days(&self) -> Interval<i64> {
        self.of_whole(Course::days)
    }

    /// Visits of the whole ladder.
    pub(super) fn visits(&self) -> Interval<u32> {
        let Interval { low, median, high } = self.of_whole(Course::visit_count);
        in_order(low, median, high)
    }

    /// The days of the visits in the middle course, or, where there is none, by the ladder's minimum times.
    pub(super) fn visit_days(&self) -> Vec<i64> {
        if self.is_whole(&self.middle) { self.middle.visit_days() } else { self.low.visit_days() }
    }

    /// The day on which a rung is left.
    pub(super) fn left(&self, place: usize) -> Interval<i64> {
        let of = |course: &Course| course.left.get(place).copied();
        Interval { low: of(&self.low).unwrap_or(0), median: of(&self.middle), high: of(&self.slow) }
    }

    /// Visits on a rung: the least, the middle and the most of the three courses, since a slower course may well have
    /// fewer visits on a rung whose thresholds it reached before.
    pub(super) fn visits_on(&self, place: usize) -> Interval<u32> {
        let low = self.low.visits_on(place).unwrap_or(0);
        in_order(low, self.middle.visits_on(place), self.slow.visits_on(place))
    }

    fn is_whole(&self, course: &Course) -> bool {
        course.left.len() == self.rungs
    }

    fn of_whole<T>(&self, figure: impl Fn(&Course) -> T) -> Interval<T> {
        let of = |course: &Course| self.is_whole(course).then(|| figure(course));
        Interval { low: figure(&self.low), median: of(&self.middle), high: of(&self.slow) }
    }
}

/// The least, the middle and the most of the counts that are there.
fn in_order(low: u32, middle: Option<u32>, slow: Option<u32>) -> Interval<u32> {
    let Some(middle) = middle else { return Interval { low, median: None, high: None } };
    let Some(slow) = slow else {
        return Interval { low: low.min(middle), median: Some(low.max(middle)), high: None };
    };
    let mut counts = [low, middle, slow];
    counts.sort_unstable();
    let [low, middle, slow] = counts;
    Interval { low, median: Some(middle), high: Some(slow) }
}

fn as_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
