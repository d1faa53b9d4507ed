//! The ladder walked down four times: by its minimum times, and by the fastest, the middle and the slowest slope.

use crate::recommend::walking::WEEKLY_DAYS_MIN;
use crate::record::plan::FrequencyStep;

use super::Interval;
use super::need::Need;

const DAYS_A_WEEK: i64 = 7;

/// A rung that is still ahead.
pub(super) struct Rung {
    pub step: FrequencyStep,
    /// Least days on it, still to come.
    pub days_min: i64,
    /// The visits at which discharge must have been due; only the last rung waits for them.
    pub weekly: Option<WeeklyVisits>,
    /// What its rules wait for.
    pub need: Need,
    /// Some rule of the protocol leads off it.
    pub has_rule: bool,
}

/// Visits a week apart, in a row, at which the gates of discharge must be met.
#[derive(Clone, Copy)]
pub(super) struct WeeklyVisits {
    /// So many are asked for.
    pub asked: i64,
    /// So many are still missing if the gates stay met from today on.
    pub missing: i64,
    /// Days from `as_of` until the last of them can have been, if the gates stay met from today on.
    pub soonest: i64,
    /// So many of them come after `as_of` then.
    pub later: i64,
}

/// When a rung's rules let it end.
#[derive(Clone, Copy)]
struct Reached {
    /// Days from `as_of`.
    day: i64,
    /// Visits that it takes until then at least, from the day after `as_of` on.
    visits: i64,
}

impl Reached {
    fn on(day: i64) -> Self {
        Self { day, visits: 0 }
    }
}

impl WeeklyVisits {
    /// The last visit when each is made as soon as it counts, and the gates are met from a day on.
    fn soonest_from(self, gates: i64) -> Reached {
        if gates == 0 {
            return Reached { day: self.soonest, visits: self.later };
        }
        let between = self.asked.saturating_sub(1).max(0).saturating_mul(WEEKLY_DAYS_MIN);
        Reached { day: gates.saturating_add(between), visits: self.asked }
    }

    /// The last visit when each takes its week.
    fn in_weeks_from(self, gates: i64) -> Reached {
        let weeks = if gates == 0 { self.missing } else { self.asked };
        Reached { day: gates.saturating_add(weeks.max(0).saturating_mul(DAYS_A_WEEK)), visits: weeks }
    }
}

impl Rung {
    /// Whether the protocol's rules can lead off it at all.
    pub(super) fn leads_on(&self) -> bool {
        self.has_rule && !self.need.dead_end
    }

    /// Whether it can be told when its rules let it end.
    fn is_told(&self) -> bool {
        self.leads_on() && !self.need.too_few && self.need.waits.is_empty()
    }

    /// When its rules let it end if every threshold were reached today.
    fn at_once(&self) -> Reached {
        self.weekly.map_or(Reached::on(0), |weekly| weekly.soonest_from(0))
    }

    /// When its rules let it end in the fastest, the middle and the slowest course; none where it is not told.
    fn reached(&self) -> [Option<Reached>; 3] {
        if !self.is_told() {
            return [None; 3];
        }
        let [fast, middle, slow] = self.need.days;
        let Some(weekly) = self.weekly else { return [fast, middle, slow].map(|day| day.map(Reached::on)) };
        let in_weeks = |gates: Option<i64>| gates.map(|gates| weekly.in_weeks_from(gates));
        [fast.map(|gates| weekly.soonest_from(gates)), in_weeks(middle), in_weeks(slow)]
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
    fn of(rungs: &[Rung], reached: impl Fn(&Rung) -> Option<Reached>) -> Self {
        let mut course = Self { left: Vec::new(), visits: Vec::new() };
        let mut entered = 0_i64;
        // Visits lie evenly over the week: each day adds its share, and a visit falls on the day that makes one whole.
        let mut shares = 0_i64;
        let mut visits_min = 0_i64;
        for rung in rungs {
            let Some(reached) = reached(rung) else { break };
            let left = entered.saturating_add(rung.days_min).max(reached.day);
            visits_min = visits_min.max(reached.visits);
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
        if is_whole {
            course.complete(visits_min);
        }
        course
    }

    /// Adds the visits without which the plan cannot end: they lie closer together than the last rung's week.
    fn complete(&mut self, visits_min: i64) {
        let visits = i64::from(self.visit_count());
        let end = self.days();
        let Some(last) = self.visits.last_mut() else { return };
        for before_end in visits..visits_min {
            last.push(end.saturating_sub(before_end.saturating_mul(WEEKLY_DAYS_MIN)).max(1));
        }
        last.sort_unstable();
    }

    fn visit_days(&self) -> Vec<i64> {
        let mut days: Vec<i64> = self.visits.iter().flatten().copied().collect();
        days.sort_unstable();
        days
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

/// All walks over the same rungs. The lower end is that of the fastest course where there is a middle one, and else what
/// the ladder's minimum times ask for and nothing more.
pub(super) struct Courses {
    rungs: usize,
    ladder: Course,
    fast: Course,
    middle: Course,
    slow: Course,
}

impl Courses {
    pub(super) fn of(rungs: &[Rung]) -> Self {
        Self {
            rungs: rungs.len(),
            ladder: Course::of(rungs, |rung| Some(rung.at_once())),
            fast: Course::of(rungs, |rung| rung.reached()[0]),
            middle: Course::of(rungs, |rung| rung.reached()[1]),
            slow: Course::of(rungs, |rung| rung.reached()[2]),
        }
    }

    /// Days of the whole ladder by its minimum times.
    pub(super) fn ladder_days(&self) -> i64 {
        self.ladder.days()
    }

    /// Days of the whole ladder.
    pub(super) fn days(&self) -> Interval<i64> {
        self.interval(|course| self.is_whole(course).then(|| course.days()))
    }

    /// Visits of the whole ladder.
    pub(super) fn visits(&self) -> Interval<u32> {
        in_order(self.interval(|course| self.is_whole(course).then(|| course.visit_count())))
    }

    /// The days of the visits in the middle course; none without one.
    pub(super) fn visit_days(&self) -> Vec<i64> {
        if self.is_whole(&self.middle) { self.middle.visit_days() } else { Vec::new() }
    }

    /// The day on which a rung is left.
    pub(super) fn left(&self, place: usize) -> Interval<i64> {
        self.interval(|course| course.left.get(place).copied())
    }

    /// Visits on a rung: the least, the middle and the most of the three courses, since a slower course may well have
    /// fewer visits on a rung whose thresholds it reached before.
    pub(super) fn visits_on(&self, place: usize) -> Interval<u32> {
        in_order(self.interval(|course| course.visits_on(place)))
    }

    fn is_whole(&self, course: &Course) -> bool {
        course.left.len() == self.rungs
    }

    fn interval<T: Copy + Default>(&self, figure: impl Fn(&Course) -> Option<T>) -> Interval<T> {
        let least = figure(&self.ladder).unwrap_or_default();
        match figure(&self.middle) {
            Some(median) => {
                let low = figure(&self.fast).unwrap_or(least);
                Interval { low, median: Some(median), high: figure(&self.slow) }
            }
            None => Interval { low: least, median: None, high: None },
        }
    }
}

/// The least, the middle and the most of the counts that are there.
fn in_order(counts: Interval<u32>) -> Interval<u32> {
    let Interval { low, median: Some(middle), high } = counts else { return counts };
    let Some(slow) = high else {
        return Interval { low: low.min(middle), median: Some(low.max(middle)), high };
    };
    let mut counts = [low, middle, slow];
    counts.sort_unstable();
    let [low, middle, slow] = counts;
    Interval { low, median: Some(middle), high: Some(slow) }
}

fn as_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
