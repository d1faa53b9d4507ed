//! What a rung waits for: the days until its rules' thresholds would be reached, and what of them cannot be told.

use jiff::civil::Date;

use crate::measure::{MeasureCode, Shape, Worse};
use crate::protocol::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Stat, Test, Threshold};
use crate::protocol::fact::Fact;
use crate::protocol::rule::Rule;
use crate::recommendation::{CriterionResult, Recommendation, RuleResult, Seen, Verdict};
use crate::record::plan::Phase;

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
    /// The rules that also wait for something that is not forecast.
    pub not_forecast: Vec<String>,
    /// A rule asks for another number of visits a week than the rung has: it never leads off this rung.
    pub dead_end: bool,
}

/// The same of one test.
#[derive(Clone, Copy, Debug)]
struct Part {
    days: Days,
    too_few: bool,
    not_forecast: bool,
}

impl Part {
    const fn after(days: Days) -> Self {
        Self { days, too_few: false, not_forecast: false }
    }

    const NOT_FORECAST: Self = Self { not_forecast: true, ..Self::after(NOW) };
    const TOO_FEW: Self = Self { too_few: true, ..Self::after(NOW) };

    fn is_told(&self) -> bool {
        !self.too_few && !self.not_forecast
    }
}

/// Reads the rules that lead off one rung.
pub(super) struct Reader<'a> {
    pub recommendation: &'a Recommendation,
    pub trends: &'a Trends,
    pub as_of: Date,
    /// Visits a week of the rung.
    pub visits_per_week: u8,
}

impl Reader<'_> {
    /// What the rules ask for together.
    pub(super) fn read(&self, rules: &[&Rule]) -> Need {
        let mut need =
            Need { days: NOW, too_few: false, measures: Vec::new(), not_forecast: Vec::new(), dead_end: false };
        for rule in rules {
            let part = self.rule(rule);
            need.days = later(need.days, part.days);
            need.too_few |= part.too_few;
            if part.not_forecast {
                need.not_forecast.push(rule.id.to_string());
            }
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
        }
        need
    }

    fn rule(&self, rule: &Rule) -> Part {
        let Some(test) = &rule.test else { return Part::after(NOW) };
        // The advice looks only at the rules of the rung in force: of later ones there is no result yet.
        let result = self.recommendation.rules.iter().find(|result| result.rule_id == rule.id);
        self.test(test, result)
    }

    fn test(&self, test: &Test, result: Option<&RuleResult>) -> Part {
        match test {
            Test::All(parts) => all(parts.iter().map(|part| self.test(part, result))),
            Test::Any(parts) => any(parts.iter().map(|part| self.test(part, result)).collect()),
            Test::Criterion(criterion) => {
                let criteria = result.map(|result| result.criteria.as_slice()).unwrap_or_default();
                let seen = criteria.iter().find(|seen| seen.path == criterion.comparison.path);
                self.criterion(criterion, seen)
            }
            Test::AtLeast(..) | Test::Not(_) => told_or_now(result.map(|result| result.verdict)),
        }
    }

    fn criterion(&self, criterion: &Criterion, seen: Option<&CriterionResult>) -> Part {
        match &criterion.quantity {
            Quantity::Fact(fact) => self.fact(*fact, criterion, seen),
            Quantity::Measure(quantity) => match self.trends.get(quantity.code) {
                Some(Ok(trend)) => self.measure(criterion, quantity, seen, trend),
                Some(Err(_)) => Part::TOO_FEW,
                None => told_or_now(seen.map(|seen| seen.verdict)),
            },
        }
    }

    fn fact(&self, fact: Fact, criterion: &Criterion, seen: Option<&CriterionResult>) -> Part {
        let phase = self.recommendation.phase.map(Phase::number);
        match fact {
            // Of the rung itself, whichever is in force today.
            Fact::VisitsPerWeek if holds(criterion, i64::from(self.visits_per_week)) => Part::after(NOW),
            Fact::VisitsPerWeek => Part::after(NEVER),
            Fact::Phase if phase.is_some_and(|phase| holds(criterion, phase)) => Part::after(NOW),
            Fact::DaysSinceRegress | Fact::DaysSinceOnset | Fact::DaysSinceFirstVisit => days_to_wait(criterion, seen),
            _ => told_or_now(seen.map(|seen| seen.verdict)),
        }
    }

    /// A threshold on a score that has a trend. It is met from the day on which the newest value or the line meets it.
    fn measure(
        &self,
        criterion: &Criterion,
        quantity: &MeasureQuantity,
        seen: Option<&CriterionResult>,
        trend: &Trend,
    ) -> Part {
        if quantity.site.is_some() || quantity.same_tester || quantity.days.is_some() {
            return told_or_now(seen.map(|seen| seen.verdict));
        }
        let threshold = threshold(criterion).or(seen.and_then(|seen| number(seen.threshold.first())));
        let Some(threshold) = threshold else { return Part::NOT_FORECAST };
        if quantity.stat == Stat::FirstValue {
            // What the first value was does not change any more.
            return Part::after(if compares(criterion.comparator, trend.baseline, threshold) { NOW } else { NEVER });
        }
        let Some(level) = level_needed(criterion.comparator, quantity, threshold, trend.baseline) else {
            return told_or_now(seen.map(|seen| seen.verdict));
        };
        let Shape::Number { min, max, .. } = quantity.code.measure().shape else { return Part::NOT_FORECAST };
        if level < as_f64(min.0) || level > as_f64(max.0) {
            // No value of the measure can ever meet it.
            return Part::after(NEVER);
        }
        Part::after(trend.days_until(level, self.as_of))
    }
}

/// Met today, or not forecast.
fn told_or_now(verdict: Option<Verdict>) -> Part {
    if verdict == Some(Verdict::Met) { Part::after(NOW) } else { Part::NOT_FORECAST }
}

/// A count of days that only has to run on.
fn days_to_wait(criterion: &Criterion, seen: Option<&CriterionResult>) -> Part {
    let Some(seen) = seen else { return Part::NOT_FORECAST };
    match (number(seen.observed.as_ref()), threshold(criterion)) {
        (Some(observed), Some(threshold)) if criterion.comparator == Comparator::AtLeast => {
            let wait = threshold.saturating_sub(observed).max(0).saturating_add(999).div_euclid(1000);
            Part::after([Some(wait); 3])
        }
        _ => told_or_now(Some(seen.verdict)),
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

/// Whether a whole number meets the criterion.
fn holds(criterion: &Criterion, count: i64) -> bool {
    let level = count.saturating_mul(1000);
    match &criterion.threshold {
        Threshold::Levels(levels) if criterion.comparator == Comparator::In => levels.contains(&level),
        Threshold::Levels(_) | Threshold::Setting(_) => {
            threshold(criterion).is_some_and(|threshold| compares(criterion.comparator, level, threshold))
        }
    }
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

/// The number that the criterion's document states; none where it is a setting of the clinic.
pub(super) fn threshold(criterion: &Criterion) -> Option<i64> {
    match &criterion.threshold {
        Threshold::Levels(levels) => levels.first().copied(),
        Threshold::Setting(_) => None,
    }
}

pub(super) fn number(seen: Option<&Seen>) -> Option<i64> {
    match seen? {
        Seen::Number(number) => Some(number.0),
        Seen::Finding(_) | Seen::Code(_) => None,
    }
}

/// Every part: the last one counts.
fn all(parts: impl Iterator<Item = Part>) -> Part {
    let mut whole = Part::after(NOW);
    for part in parts {
        whole.days = later(whole.days, part.days);
        whole.too_few |= part.too_few;
        whole.not_forecast |= part.not_forecast;
    }
    whole
}

/// Some part: the first of those that can be told. Where none can, the whole cannot.
fn any(parts: Vec<Part>) -> Part {
    let told = parts.iter().filter(|part| part.is_told()).map(|part| part.days).reduce(sooner);
    match told {
        Some(days) if days != NEVER => Part::after(days),
        _ if parts.iter().any(|part| part.not_forecast && !part.too_few) => Part::NOT_FORECAST,
        _ if parts.iter().any(|part| part.too_few) => Part::TOO_FEW,
        _ => Part::after(NEVER),
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
