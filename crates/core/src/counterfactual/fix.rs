//! Walks the tests of the rules and finds the sets of changes that turn them, each change the least that counts.

use jiff::civil::Date;

use crate::protocol::criterion::{Criterion, Quantity, Test};
use crate::protocol::rule::Rule;
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::kleene::Outcome;

use super::goal::Need;
use super::set::{Key, Set, add_missing, bit, laxness, merge, smallest, things};
use super::{Change, ChangeKind, PATHS_MAX};

/// Why no change helps on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stuck {
    /// One may from this day on.
    Until(Date),
    /// None ever does.
    Never,
}

/// Every set that turns a test, the smallest first, and none that asks for all that another asks for; one empty set when
/// the test is as wanted.
pub(super) type Fixed = Result<Vec<Set>, Stuck>;

/// A change that some set holds.
struct Known {
    change: Change,
    /// The same number for changes that are about the same thing on the same day.
    thing: usize,
}

/// Finds changes on one day of one hypothetical record.
pub(super) struct Fixer<'e, 'a> {
    pub evaluator: &'e Evaluator<'a>,
    /// The day of the changes.
    pub day: Date,
    /// First day on which an activity of the stage can be done.
    pub from: Date,
    /// The rule that is being turned.
    pub rule_id: String,
    /// Later days on which less may be needed.
    pub later: Vec<Date>,
    /// The rules that compare with a baseline that is not on record.
    pub without_baseline: Vec<String>,
    known: Vec<Known>,
}

impl<'e, 'a> Fixer<'e, 'a> {
    pub(super) fn new(evaluator: &'e Evaluator<'a>, day: Date, from: Date) -> Self {
        let (rule_id, later, without_baseline, known) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        Self { evaluator, day, from, rule_id, later, without_baseline, known }
    }

    /// The sets that meet one need.
    pub(super) fn meet(&mut self, need: &Need<'a>) -> Fixed {
        let today = View::on(self.day);
        match need {
            Need::OneOf(rules) => {
                let fixes = rules.iter().map(|rule| self.turn_rule(rule, &today, true)).collect();
                self.at_least(1, fixes)
            }
            Need::Not(rule) => self.turn_rule(rule, &today, false),
            Need::Cleared(rule) => self.clear(rule),
            Need::Excluded(rule, view) => self.exclude(rule, &View { day: self.day, ..*view }),
            Need::PainOnset(rule) => {
                self.rule_id = rule.id.to_string();
                self.any_value("pain_onset_speed_kmh", &today)
            }
            Need::Until(date) => Err(Stuck::Until(*date)),
            Need::Never(_) => Err(Stuck::Never),
        }
    }

    /// The sets that make a rule met, or not met; their changes wait for this rule.
    fn turn_rule(&mut self, rule: &Rule, view: &View, want: bool) -> Fixed {
        self.rule_id = rule.id.to_string();
        self.turn(rule, view, want)
    }

    /// The same for the sake of the rule that is being turned.
    pub(super) fn turn(&mut self, rule: &Rule, view: &View, want: bool) -> Fixed {
        match &rule.test {
            Some(test) => self.fix(test, view, want),
            None if want => Ok(vec![Set::default()]),
            None => Err(Stuck::Never),
        }
    }

    pub(super) fn clear(&mut self, rule: &Rule) -> Fixed {
        let own = std::mem::replace(&mut self.rule_id, rule.id.to_string());
        let cleared = self.one(ChangeKind::ClearReferral { rule_id: rule.id.to_string() });
        self.rule_id = own;
        cleared
    }

    /// Values show that the referral's criteria are not met; where values cannot, it takes a clearance.
    pub(super) fn exclude(&mut self, rule: &Rule, view: &View) -> Fixed {
        let own = std::mem::replace(&mut self.rule_id, rule.id.to_string());
        let mut parts = vec![self.turn(rule, view, false)];
        for criterion in rule.test.as_ref().map(Test::criteria).unwrap_or_default() {
            let Quantity::Measure(quantity) = &criterion.quantity else { continue };
            // Asked for and not measured on an earlier day: what it would have been is said by the next value.
            let entries = self.evaluator.book.at(Some(quantity.place)).entries();
            if entries.last().is_some_and(|entry| entry.level.is_none() && entry.date >= view.seen_from()) {
                parts.push(self.remeasure(criterion, view, false));
            }
        }
        self.rule_id = own;
        parts.retain(Result::is_ok);
        match self.every(parts) {
            Ok(sets) if sets.iter().all(|set| !set.is_empty()) => Ok(sets),
            _ => self.clear(rule),
        }
    }

    /// The sets that make a test come out as wanted.
    fn fix(&mut self, test: &Test, view: &View, want: bool) -> Fixed {
        if self.evaluator.test_outcome(test, view) == Outcome::known(want) {
            return Ok(vec![Set::default()]);
        }
        let (parts, least) = match test {
            Test::Not(part) => return self.fix(part, view, !want),
            Test::Criterion(criterion) => return self.fix_criterion(criterion, view, want),
            Test::All(parts) => (parts, if want { parts.len() } else { 1 }),
            Test::Any(parts) => (parts, if want { 1 } else { parts.len() }),
            Test::AtLeast(least, parts) => {
                let too_few = parts.len().saturating_add(1).saturating_sub(*least);
                (parts, if want { *least } else { too_few })
            }
        };
        let fixes = parts.iter().map(|part| self.fix(part, view, want)).collect();
        self.at_least(least, fixes)
    }

    fn fix_criterion(&mut self, criterion: &Criterion, view: &View, want: bool) -> Fixed {
        match &criterion.quantity {
            Quantity::Measure(_) => self.remeasure(criterion, view, want),
            Quantity::Fact(fact) => self.fix_fact(*fact, criterion, view, want),
        }
    }

    /// The sets for all of these parts.
    pub(super) fn every(&mut self, parts: Vec<Fixed>) -> Fixed {
        self.at_least(parts.len(), parts)
    }

    /// The sets for so many of these parts.
    fn at_least(&mut self, least: usize, parts: Vec<Fixed>) -> Fixed {
        let (mut ways, mut waits): (Vec<Vec<Set>>, Vec<Date>) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Ok(sets) => ways.push(sets),
                Err(Stuck::Until(date)) => waits.push(date),
                Err(Stuck::Never) => {}
            }
        }
        waits.sort_unstable();
        if let Some(missing) = least.checked_sub(ways.len()).and_then(|missing| missing.checked_sub(1)) {
            return Err(waits.get(missing).map_or(Stuck::Never, |date| Stuck::Until(*date)));
        }
        // By how many of the parts so far a set brings about; what can no longer become enough is left out.
        let mut by_count: Vec<Vec<Set>> = vec![Vec::new(); least.saturating_add(1)];
        if let Some(none) = by_count.first_mut() {
            none.push(Set::default());
        }
        for (number, way) in ways.iter().enumerate() {
            let to_come = ways.len().saturating_sub(number).saturating_sub(1);
            for count in (least.saturating_sub(to_come).max(1)..=least).rev() {
                let Some(fewer) = by_count.get(count.saturating_sub(1)) else { continue };
                let with_this = self.product(fewer, way);
                if let Some(sets) = by_count.get_mut(count) {
                    sets.extend(with_this);
                    *sets = smallest(std::mem::take(sets), |one, other| self.is_stricter(one, other));
                }
            }
        }
        let sets = by_count.pop().unwrap_or_default();
        if sets.iter().all(|set| !set.is_empty()) {
            self.later.extend(waits);
        }
        Ok(sets)
    }

    /// The smallest sets, [`PATHS_MAX`] at most, for all of these parts: parts that have nothing in common cannot share a
    /// change, so that of each only its smallest sets matter.
    pub(super) fn together(&mut self, parts: Vec<Vec<Set>>) -> Vec<Set> {
        let mut apart: Vec<Vec<Set>> = Vec::new();
        for mut sets in parts {
            for other in std::mem::take(&mut apart) {
                if things(&other) & things(&sets) != 0 {
                    sets = self.product(&other, &sets);
                } else {
                    apart.push(other);
                }
            }
            apart.push(sets);
        }
        let mut all = vec![Set::default()];
        for mut sets in apart {
            sets.truncate(PATHS_MAX);
            all = self.product(&all, &sets);
            all.truncate(PATHS_MAX);
        }
        all
    }

    /// Each of these sets with each of those.
    fn product(&mut self, one: &[Set], other: &[Set]) -> Vec<Set> {
        let mut sets = Vec::with_capacity(one.len().saturating_mul(other.len()));
        for set in one {
            for more in other {
                sets.push(self.joined(set, more));
            }
        }
        smallest(sets, |one, other| self.is_stricter(one, other))
    }

    /// Both sets; of two values of one measure the stricter one.
    fn joined(&mut self, one: &Set, other: &Set) -> Set {
        let mut both = one.clone();
        both.things |= other.things;
        if one.things & other.things == 0 {
            both.changes.extend(&other.changes);
            return both;
        }
        for added in &other.changes {
            match both.changes.iter_mut().find(|place| self.thing(**place) == self.thing(*added)) {
                Some(place) => *place = self.stricter(*place, *added),
                None => both.changes.push(*added),
            }
        }
        both
    }

    fn stricter(&mut self, one: usize, other: usize) -> usize {
        if one == other {
            return one;
        }
        let mut both: Vec<Change> = self.known.get(one).map(|known| known.change.clone()).into_iter().collect();
        if let Some(known) = self.known.get(other) {
            merge(&mut both, known.change.clone());
        }
        both.into_iter().next().map_or(one, |change| self.note(change))
    }

    /// Whether a set asks for a better value of some measure than another about the same things, or for just the same.
    fn is_stricter(&self, one: &Set, other: &Set) -> bool {
        let better = |place: &usize| {
            let same = other.changes.iter().find(|of_other| self.thing(**of_other) == self.thing(*place));
            same.is_some_and(|same| self.laxness(*place) < self.laxness(*same))
        };
        one.changes.iter().any(better) || one.changes.iter().all(|place| other.changes.contains(place))
    }

    fn laxness(&self, place: usize) -> i64 {
        self.known.get(place).map_or(0, |known| laxness(&known.change.kind))
    }

    fn thing(&self, place: usize) -> Option<usize> {
        self.known.get(place).map(|known| known.thing)
    }

    /// The changes of a set.
    pub(super) fn told(&self, set: &Set) -> Vec<Change> {
        set.changes.iter().filter_map(|place| self.known.get(*place)).map(|known| known.change.clone()).collect()
    }

    /// The set of one change on the day.
    pub(super) fn one(&mut self, kind: ChangeKind) -> Fixed {
        self.all_on([self.day], &kind)
    }

    /// The set of the same change on several days, for the rule in question.
    pub(super) fn all_on(&mut self, dates: impl IntoIterator<Item = Date>, kind: &ChangeKind) -> Fixed {
        let mut set = Set::default();
        for date in dates {
            let change = Change { kind: kind.clone(), date, rule_ids: vec![self.rule_id.clone()] };
            let place = self.note(change);
            set.changes.push(place);
            set.things |= self.thing(place).map_or(0, bit);
        }
        Ok(vec![set])
    }

    fn note(&mut self, change: Change) -> usize {
        let of_day = |known: &Known| known.change.date == change.date;
        if let Some(place) = self.known.iter().position(|known| of_day(known) && known.change.kind == change.kind) {
            if let Some(known) = self.known.get_mut(place) {
                add_missing(&mut known.change.rule_ids, &change.rule_ids);
            }
            return place;
        }
        let (place, key) = (self.known.len(), Key::of(&change.kind));
        let same = self.known.iter().find(|known| of_day(known) && Key::of(&known.change.kind) == key);
        let thing = same.map_or(place, |known| known.thing);
        self.known.push(Known { change, thing });
        place
    }
}
