//! Whether a gate that was passed is lost again: worse than its threshold by at least the detectable change.

use jiff::civil::Date;

use crate::protocol::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Scale, Stat, Test, Threshold};
use crate::protocol::rule::{Effect, Rule};
use crate::record::plan::Phase;

use super::evaluator::{Evaluator, View};
use super::kleene::{Outcome, Tally};
use super::series::{Window, worst};

impl Evaluator<'_> {
    /// MET when any gate of an earlier phase is lost.
    pub(super) fn gate_lost(&self, view: &View, counts_from: Date) -> Outcome {
        let Some(phase) = self.timeline.on(view.day).phase else { return Outcome::Unmet };
        let gates = self.earlier_gates(phase).filter(|rule| self.applies_to_plan(rule, view));
        let lost = gates.filter_map(|rule| rule.test.as_ref()).filter_map(|test| self.lost(test, view, counts_from));
        lost.collect::<Tally>().any()
    }

    /// The measures that the rules of a kind read.
    pub(super) fn places_of(&self, is_kind: impl Fn(&Effect) -> bool) -> Vec<usize> {
        let rules = self.protocol.rules.iter().filter(|rule| is_kind(&rule.effect));
        let criteria = rules.filter_map(|rule| rule.test.as_ref()).flat_map(Test::criteria);
        let places = criteria.filter_map(|criterion| match &criterion.quantity {
            Quantity::Measure(quantity) => Some(quantity.place),
            Quantity::Fact(_) => None,
        });
        places.collect()
    }

    fn earlier_gates(&self, phase: Phase) -> impl Iterator<Item = &Rule> {
        self.protocol.rules.iter().filter(move |rule| matches!(rule.effect, Effect::Gate(of) if of < phase))
    }

    /// Conditions other than the phase: the gate is of an earlier one.
    fn applies_to_plan(&self, rule: &Rule, view: &View) -> bool {
        let Effect::Gate(of) = rule.effect else { return false };
        let in_its_phase = rule.when.phase.is_empty() || rule.when.phase.contains(&of);
        in_its_phase && self.applies_besides_phase(&rule.when, view.day)
    }

    /// Whether this part of a gate is lost; none when it cannot be told at all: never measured, no detectable change.
    fn lost(&self, test: &Test, view: &View, counts_from: Date) -> Option<Outcome> {
        let combined = |parts: &[Test], needed: &dyn Fn(usize) -> usize| {
            let (mut tally, mut considered) = (Tally::default(), 0_usize);
            for outcome in parts.iter().filter_map(|part| self.lost(part, view, counts_from)) {
                tally.add(outcome);
                considered = considered.saturating_add(1);
            }
            (considered > 0).then(|| tally.at_least(needed(considered)))
        };
        match test {
            Test::All(parts) => combined(parts, &|_| 1),
            Test::Any(parts) => combined(parts, &|considered| considered),
            // Some part too few is left to reach the number that is asked for.
            Test::AtLeast(least, parts) => {
                combined(parts, &|considered| considered.saturating_sub(*least).saturating_add(1))
            }
            // A gate that asks for the opposite of something cannot be lost by a detectable change.
            Test::Not(_) => None,
            Test::Criterion(criterion) => self.criterion_lost(criterion, view, counts_from),
        }
    }

    fn criterion_lost(&self, criterion: &Criterion, view: &View, counts_from: Date) -> Option<Outcome> {
        let Quantity::Measure(quantity) = &criterion.quantity else { return None };
        let detectable = detectable(criterion, quantity)?;
        let from = self.plan_start().max(view.seen_from()).max(counts_from);
        let window = Window { from, to: view.day, site: quantity.site };
        let within = self.book.at(Some(quantity.place)).within(&window);
        let last = within.iter().rev().find(|entry| window.at_site(entry))?.date;
        let of_day = within.iter().rev().take_while(|entry| entry.date >= last);
        // In the order of the series, as everywhere: of equal values the first counts.
        let of_day = within.iter().skip(within.len().saturating_sub(of_day.count()));
        let of_site = of_day.filter(|entry| entry.date == last && window.at_site(entry));
        let Some(level) = worst(of_site, quantity.worse).and_then(|entry| entry.level) else {
            return Some(Outcome::Unknown { asked: true });
        };
        Some(Outcome::known(self.is_lost(criterion, level, detectable)))
    }

    /// Whether a gate's criterion is lost while this is its latest value.
    pub(super) fn is_lost(&self, criterion: &Criterion, level: i64, detectable: i64) -> bool {
        match &criterion.threshold {
            Threshold::Levels(levels) => is_lost(criterion.comparator, level, levels, detectable),
            Threshold::Setting(setting) => {
                is_lost(criterion.comparator, level, &[self.setting_level(*setting)], detectable)
            }
        }
    }
}

/// By how much a value must be worse; none where a criterion cannot be lost: it compares no value, or a number without
/// a published detectable change.
pub(super) fn detectable(criterion: &Criterion, quantity: &MeasureQuantity) -> Option<i64> {
    if !matches!(quantity.stat, Stat::Latest | Stat::MaxInFresh) {
        return None;
    }
    if criterion.scale == Scale::Number { quantity.detectable } else { Some(0) }
}

/// Worse than the threshold by at least the detectable change; a finding or code is lost as soon as it fails.
fn is_lost(comparator: Comparator, level: i64, threshold: &[i64], detectable: i64) -> bool {
    let Some(first) = threshold.first() else { return false };
    let above = level.saturating_sub(*first);
    let below = first.saturating_sub(level);
    match comparator {
        Comparator::Less => above >= detectable,
        Comparator::AtMost => above > 0 && above >= detectable,
        Comparator::Greater => below >= detectable,
        Comparator::AtLeast => below > 0 && below >= detectable,
        Comparator::Equal | Comparator::In => {
            let nearest = threshold.iter().map(|known| level.saturating_sub(*known).saturating_abs()).min();
            nearest.is_some_and(|distance| distance > 0 && distance >= detectable)
        }
        Comparator::NotEqual => above == 0 && detectable == 0,
    }
}
