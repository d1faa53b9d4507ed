//! What a rung waits for: the days until its rules' thresholds would be reached, and what of them cannot be told.

use crate::measure::{MeasureCode, Shape, Worse};
use crate::protocol::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Stat, Test};
use crate::protocol::fact::Fact;
use crate::protocol::rule::Rule;
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::kleene::Outcome;
use crate::recommendation::{CriterionResult, Seen, Verdict};

use super::Waiting;
use super::trend::{Trend, Trends, as_f64};

/// Days from `as_of` for the fastest, the middle and the slowest slope; none where it would not come about.
pub(super) type Days = [Option<i64>; 3];

const NOW: Days = [Some(0); 3];
const NEVER: Days = [None; 3];

/// What a rung waits for.
#[derive(Clone, Debug)]
pub(super) struct Need {
    /// Days until every threshold that can be forecast is reached.
    pub days: Days,
    /// A score that its rules wait for has no trend: nothing is forecast.
    pub too_few: bool,
    /// The scores that its rules name.
    pub measures: Vec<MeasureCode>,
    /// The rules that wait for something that is not forecast, and for what: nothing is forecast.
    pub waits: Vec<Waiting>,
    /// A rule asks for another number of visits a week than the rung has: it never leads off this rung.
    pub dead_end: bool,
}

impl Need {
    /// Waits for both.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.days = later(self.days, other.days);
        self.too_few |= other.too_few;
        for measure in other.measures {
            if !self.measures.contains(&measure) {
                self.measures.push(measure);
            }
        }
        self.waits.extend(other.waits);
        self.dead_end |= other.dead_end;
        self
    }
}

/// The same of one test.
#[derive(Clone, Debug)]
struct Part {
    days: Days,
    too_few: bool,
    waits: Vec<CriterionResult>,
}

impl Part {
    fn after(days: Days) -> Self {
        Self { days, too_few: false, waits: Vec::new() }
    }

    fn waiting(waits: Vec<CriterionResult>) -> Self {
        Self { waits, ..Self::after(NOW) }
    }

    fn too_few() -> Self {
        Self { too_few: true, ..Self::after(NOW) }
    }

    fn is_told(&self) -> bool {
        !self.too_few && self.waits.is_empty()
    }
}

/// Reads the rules that lead off one rung. What is met today counts as met from now on; what is not, and has no trend,
/// is not forecast.
pub(super) struct Reader<'a, 'r> {
    pub evaluator: &'r Evaluator<'a>,
    pub trends: &'r Trends,
    /// Visits a week of the rung.
    pub visits_per_week: u8,
    /// When the gates of discharge would be met is not forecast, and so neither are the visits at which they are.
    pub gates_wait: bool,
}

impl Reader<'_, '_> {
    /// What the rules ask for together.
    pub(super) fn read(&self, rules: &[&Rule]) -> Need {
        let mut need = Need { days: NOW, too_few: false, measures: Vec::new(), waits: Vec::new(), dead_end: false };
        for rule in rules {
            let part = rule.test.as_ref().map_or(Part::after(NOW), |test| self.test(test));
            need.days = later(need.days, part.days);
            need.too_few |= part.too_few;
            for criterion in rule.test.iter().flat_map(Test::criteria) {
                match &criterion.quantity {
                    Quantity::Measure(MeasureQuantity { code, .. }) => {
                        if self.trends.get(*code).is_some() && !need.measures.contains(code) {
                            need.measures.push(*code);
                        }
                    }
                    Quantity::Fact(fact) => need.dead_end |= *fact == Fact::VisitsPerWeek && part.days == NEVER,
                }
            }
            if !part.waits.is_empty() {
                need.waits.push(Waiting { rule_id: rule.id.clone(), holds: false, criteria: part.waits });
            }
        }
        need
    }

    fn test(&self, test: &Test) -> Part {
        match test {
            Test::All(parts) => all(parts.iter().map(|part| self.test(part))),
            Test::Any(parts) => any(parts.iter().map(|part| self.test(part)).collect()),
            Test::Criterion(criterion) => self.criterion(criterion),
            Test::AtLeast(..) => self.met_as_a_whole(test, Verdict::Met),
            Test::Not(_) => self.met_as_a_whole(test, Verdict::Unmet),
        }
    }

    /// A test that is met today, or waits for its criteria that came out otherwise than they must.
    fn met_as_a_whole(&self, test: &Test, needed: Verdict) -> Part {
        let today = View::on(self.evaluator.as_of);
        if self.evaluator.test_outcome(test, &today) == Outcome::Met {
            return Part::after(NOW);
        }
        let results = test.criteria().into_iter().map(|criterion| self.evaluator.criterion_result(criterion, &today).1);
        Part::waiting(results.filter(|result| result.verdict != needed).collect())
    }

    fn criterion(&self, criterion: &Criterion) -> Part {
        match &criterion.quantity {
            Quantity::Fact(fact) => self.fact(*fact, criterion),
            Quantity::Measure(quantity) => match self.trends.get(quantity.code) {
                Some(Ok(trend)) => self.measure(criterion, quantity, trend),
                Some(Err(_)) => Part::too_few(),
                None => self.met_or_waiting(criterion),
            },
        }
    }

    fn result(&self, criterion: &Criterion) -> CriterionResult {
        self.evaluator.criterion_result(criterion, &View::on(self.evaluator.as_of)).1
    }

    /// Met today, or not forecast.
    fn met_or_waiting(&self, criterion: &Criterion) -> Part {
        let result = self.result(criterion);
        if result.verdict == Verdict::Met { Part::after(NOW) } else { Part::waiting(vec![result]) }
    }

    fn fact(&self, fact: Fact, criterion: &Criterion) -> Part {
        match fact {
            // Of the rung itself, whichever is in force today.
            Fact::VisitsPerWeek if self.rung_meets(criterion) => Part::after(NOW),
            Fact::VisitsPerWeek => Part::after(NEVER),
            Fact::DaysSinceRegress | Fact::DaysSinceOnset | Fact::DaysSinceFirstVisit => self.days_to_wait(criterion),
            // The weekly visits come as the rung has them, once the gates are met.
            Fact::DischargeVisits if self.gates_wait => Part::waiting(vec![self.result(criterion)]),
            Fact::DischargeVisits => Part::after(NOW),
            _ => self.met_or_waiting(criterion),
        }
    }

    /// A count of days that only has to run on.
    fn days_to_wait(&self, criterion: &Criterion) -> Part {
        let result = self.result(criterion);
        match (result.observed.as_ref(), self.threshold(criterion)) {
            (Some(Seen::Number(observed)), Some(threshold)) if criterion.comparator == Comparator::AtLeast => {
                let wait = threshold.saturating_sub(observed.0).max(0).saturating_add(999).div_euclid(1000);
                Part::after([Some(wait); 3])
            }
            _ => self.met_or_waiting(criterion),
        }
    }

    /// A threshold on a score that has a trend. It is met from the day on which the newest value or the line meets it.
    fn measure(&self, criterion: &Criterion, quantity: &MeasureQuantity, trend: &Trend) -> Part {
        if quantity.site.is_some() || quantity.same_tester || quantity.days.is_some() {
            return self.met_or_waiting(criterion);
        }
        let Some(threshold) = self.threshold(criterion) else { return self.met_or_waiting(criterion) };
        if quantity.stat == Stat::FirstValue {
            // What the first value was does not change any more.
            return Part::after(if compares(criterion.comparator, trend.baseline, threshold) { NOW } else { NEVER });
        }
        let Some(level) = level_needed(criterion.comparator, quantity, threshold, trend.baseline) else {
            return self.met_or_waiting(criterion);
        };
        let Shape::Number { min, max, .. } = quantity.code.measure().shape else {
            return self.met_or_waiting(criterion);
        };
        if level < as_f64(min.0) || level > as_f64(max.0) {
            // No value of the measure can ever meet it.
            return Part::after(NEVER);
        }
        Part::after(trend.days_until(level, self.evaluator.as_of))
    }

    /// Whether the rung's visits a week meet the criterion.
    fn rung_meets(&self, criterion: &Criterion) -> bool {
        let level = i64::from(self.visits_per_week).saturating_mul(1000);
        let levels = self.evaluator.levels(&criterion.threshold);
        levels.iter().any(|threshold| compares(criterion.comparator, level, *threshold))
    }

    fn threshold(&self, criterion: &Criterion) -> Option<i64> {
        self.evaluator.levels(&criterion.threshold).first().copied()
    }
}

/// The level, in thousandths, that the measure must reach for the criterion; none when the criterion asks for the worse
/// direction, or for something that a level alone does not settle.
fn level_needed(comparator: Comparator, quantity: &MeasureQuantity, threshold: i64, baseline: i64) -> Option<f64> {
    let (threshold, baseline) = (as_f64(threshold), as_f64(baseline));
    let wants_more = match comparator {
        Comparator::AtLeast | Comparator::Greater => true,
        Comparator::AtMost | Comparator::Less => false,
        Comparator::Equal | Comparator::NotEqual | Comparator::In => return None,
    };
    // Towards the better, a level goes this way.
    let better = match quantity.worse {
        Worse::Higher => -1.0,
        Worse::Lower => 1.0,
    };
    let level_wants_more = quantity.worse == Worse::Lower;
    let (level, fits) = match quantity.stat {
        Stat::Latest => (threshold, wants_more == level_wants_more),
        Stat::PercentOfBaseline => (baseline * threshold / 100_000.0, wants_more == level_wants_more),
        Stat::Fall => (baseline + better * threshold, wants_more),
        Stat::FallPercent => (baseline + better * baseline * threshold / 100_000.0, wants_more && baseline != 0.0),
        Stat::RiseFromBaseline => (baseline - better * threshold, !wants_more),
        Stat::MaxInFresh | Stat::RiseFromPrevious | Stat::FirstValue => (0.0, false),
    };
    // Beyond the threshold, where reaching it is not enough.
    let strict = matches!(comparator, Comparator::Less | Comparator::Greater);
    fits.then_some(if strict { level + better } else { level })
}

fn compares(comparator: Comparator, level: i64, threshold: i64) -> bool {
    match comparator {
        Comparator::Less => level < threshold,
        Comparator::AtMost => level <= threshold,
        Comparator::Greater => level > threshold,
        Comparator::AtLeast => level >= threshold,
        Comparator::NotEqual => level != threshold,
        Comparator::Equal | Comparator::In => level == threshold,
    }
}

/// Every part: the last one counts.
fn all(parts: impl Iterator<Item = Part>) -> Part {
    let mut whole = Part::after(NOW);
    for part in parts {
        whole.days = later(whole.days, part.days);
        whole.too_few |= part.too_few;
        whole.waits.extend(part.waits);
    }
    whole
}

/// Some part: the first of those that can be told. Where none can, the whole cannot.
fn any(parts: Vec<Part>) -> Part {
    let told = parts.iter().filter(|part| part.is_told()).map(|part| part.days).reduce(sooner);
    if let Some(days) = told.filter(|days| *days != NEVER) {
        return Part::after(days);
    }
    let too_few = parts.iter().any(|part| part.too_few);
    let waits: Vec<CriterionResult> = parts.into_iter().flat_map(|part| part.waits).collect();
    match (waits.is_empty(), too_few) {
        (false, _) => Part::waiting(waits),
        (true, true) => Part::too_few(),
        (true, false) => Part::after(NEVER),
    }
}

fn later(one: Days, other: Days) -> Days {
    combine(one, other, |pair| match pair {
        (Some(one), Some(other)) => Some(one.max(other)),
        _ => None,
    })
}

fn sooner(one: Days, other: Days) -> Days {
    combine(one, other, |pair| match pair {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    })
}

fn combine(one: Days, other: Days, each: impl Fn((Option<i64>, Option<i64>)) -> Option<i64>) -> Days {
    let [fast, middle, slow] = one;
    let [other_fast, other_middle, other_slow] = other;
    [each((fast, other_fast)), each((middle, other_middle)), each((slow, other_slow))]
}
