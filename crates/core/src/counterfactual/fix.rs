//! Walks the tests of the rules and finds the fewest changes that turn them, each the least that counts.

use jiff::civil::Date;

use crate::measure::MeasureCode;
use crate::protocol::criterion::{Criterion, Quantity, Test};
use crate::protocol::rule::Rule;
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::kleene::Outcome;
use crate::record::codes::{ActivityKind, Site};

use super::apply::level_of;
use super::goal::Need;
use super::{Change, ChangeKind};

/// Why no change helps on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stuck {
    /// One may from this day on.
    Until(Date),
    /// None ever does.
    Never,
}

/// The changes that turn a test; none when it is as wanted.
pub(super) type Fixed = Result<Vec<Change>, Stuck>;

/// What a change is about, whatever its day and value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Measure(MeasureCode, Option<Site>),
    Activity(ActivityKind),
    Visit,
    Decision(String),
    Complete(String),
}

impl Key {
    pub(super) fn of(kind: &ChangeKind) -> Self {
        match kind {
            ChangeKind::Measure { measure, site, .. } => Key::Measure(*measure, *site),
            ChangeKind::Activity { activity, .. } => Key::Activity(*activity),
            ChangeKind::Visit => Key::Visit,
            ChangeKind::ClearReferral { rule_id } => Key::Decision(format!("clear {rule_id}")),
            ChangeKind::DecidePhase(phase) => Key::Decision(format!("phase {}", phase.number())),
            ChangeKind::DecideStep(step) => Key::Decision(format!("step {step}")),
            ChangeKind::ResumeStretching => Key::Decision("stretching".to_owned()),
            ChangeKind::Complete { fact } => Key::Complete(fact.clone()),
        }
    }
}

/// Finds changes on one day of one hypothetical record.
pub(super) struct Fixer<'e, 'a> {
    pub evaluator: &'e Evaluator<'a>,
    /// The day of the changes.
    pub day: Date,
    /// First day on which an activity of the stage can be done.
    pub from: Date,
    /// What must not be changed, to find other ways.
    pub banned: &'e [Key],
    /// The rule that is being turned.
    pub rule_id: String,
    /// What was chosen where there was another way.
    pub choices: Vec<Key>,
    /// Later days on which less may be needed.
    pub later: Vec<Date>,
}

impl<'a> Fixer<'_, 'a> {
    /// The changes that meet one need.
    pub(super) fn meet(&mut self, need: &Need<'a>) -> Fixed {
        let today = View::on(self.day);
        match need {
            Need::OneOf(rules) => self.meet_one_of(rules, &today),
            Need::Not(rule) => self.turn(rule, &today, false),
            Need::Cleared(rule) => Ok(vec![self.clear(rule)]),
            Need::Excluded(rule, view) => self.exclude(rule, &View { day: self.day, ..*view }),
            Need::PainOnset(rule) => {
                self.rule_id = rule.id.to_string();
                self.any_value("pain_onset_speed_kmh", &today)
            }
            Need::Until(date) => Err(Stuck::Until(*date)),
            Need::Never(_) => Err(Stuck::Never),
        }
    }

    fn meet_one_of(&mut self, rules: &[&'a Rule], view: &View) -> Fixed {
        let fixes: Vec<Fixed> = rules.iter().map(|rule| self.turn(rule, view, true)).collect();
        self.cheapest(fixes, 1)
    }

    /// The changes that make a rule met, or not met.
    pub(super) fn turn(&mut self, rule: &Rule, view: &View, want: bool) -> Fixed {
        self.rule_id = rule.id.to_string();
        match &rule.test {
            Some(test) => self.fix(test, view, want),
            None if want => Ok(Vec::new()),
            None => Err(Stuck::Never),
        }
    }

    fn clear(&self, rule: &Rule) -> Change {
        let kind = ChangeKind::ClearReferral { rule_id: rule.id.to_string() };
        Change { kind, date: self.day, rule_ids: vec![rule.id.to_string()] }
    }

    /// Values show that the referral's criteria are not met; where values cannot, it takes a clearance.
    pub(super) fn exclude(&mut self, rule: &Rule, view: &View) -> Fixed {
        let mut changes = self.turn(rule, view, false).unwrap_or_default();
        for criterion in rule.test.as_ref().map(Test::criteria).unwrap_or_default() {
            let Quantity::Measure(quantity) = &criterion.quantity else { continue };
            // Asked for and not measured on an earlier day: what it would have been is said by the next value.
            let entries = self.evaluator.book.at(Some(quantity.place)).entries();
            if entries.last().is_some_and(|entry| entry.level.is_none() && entry.date >= view.seen_from()) {
                let fixed = self.remeasure(criterion, view, false);
                fixed.unwrap_or_default().into_iter().for_each(|change| merge(&mut changes, change));
            }
        }
        if changes.is_empty() { Ok(vec![self.clear(rule)]) } else { Ok(changes) }
    }

    /// The changes that make a test come out as wanted.
    pub(super) fn fix(&mut self, test: &Test, view: &View, want: bool) -> Fixed {
        if self.evaluator.test_outcome(test, view) == Outcome::known(want) {
            return Ok(Vec::new());
        }
        let every = |fixer: &mut Self, parts: &[Test], least: usize| {
            let fixes: Vec<Fixed> = parts.iter().map(|part| fixer.fix(part, view, want)).collect();
            fixer.cheapest(fixes, least)
        };
        match test {
            Test::Not(part) => self.fix(part, view, !want),
            Test::Criterion(criterion) => self.fix_criterion(criterion, view, want),
            Test::All(parts) => every(self, parts, if want { parts.len() } else { 1 }),
            Test::Any(parts) => every(self, parts, if want { 1 } else { parts.len() }),
            Test::AtLeast(least, parts) => {
                let too_few = parts.len().saturating_add(1).saturating_sub(*least);
                every(self, parts, if want { *least } else { too_few })
            }
        }
    }

    fn fix_criterion(&mut self, criterion: &Criterion, view: &View, want: bool) -> Fixed {
        match &criterion.quantity {
            Quantity::Measure(_) => self.remeasure(criterion, view, want),
            Quantity::Fact(fact) => self.fix_fact(*fact, criterion, view, want),
        }
    }

    /// The changes of so many parts, those with the fewest first; and where there was another way, that there was.
    fn cheapest(&mut self, fixes: Vec<Fixed>, least: usize) -> Fixed {
        let (mut ways, mut waits): (Vec<Vec<Change>>, Vec<Date>) = (Vec::new(), Vec::new());
        for fixed in fixes {
            match fixed {
                Ok(changes) => ways.push(changes),
                Err(Stuck::Until(date)) => waits.push(date),
                Err(Stuck::Never) => {}
            }
        }
        waits.sort_unstable();
        if ways.len() < least {
            let missing = least.saturating_sub(ways.len());
            return Err(waits.get(missing.saturating_sub(1)).map_or(Stuck::Never, |date| Stuck::Until(*date)));
        }
        let spare = ways.len() > least;
        ways.sort_by_key(Vec::len);
        let mut chosen = Vec::new();
        for change in ways.into_iter().take(least).flatten() {
            if spare {
                self.choices.push(Key::of(&change.kind));
            }
            merge(&mut chosen, change);
        }
        if !chosen.is_empty() {
            self.later.extend(waits);
        }
        Ok(chosen)
    }

    /// A change for the rule in question, on the day.
    pub(super) fn change(&self, kind: ChangeKind) -> Change {
        Change { kind, date: self.day, rule_ids: vec![self.rule_id.clone()] }
    }
}

/// Adds a change; of two of one measure on one day the stricter one stays, for the rules of both.
pub(super) fn merge(changes: &mut Vec<Change>, change: Change) {
    let key = Key::of(&change.kind);
    let Some(other) = changes.iter_mut().find(|other| other.date == change.date && Key::of(&other.kind) == key) else {
        changes.push(change);
        return;
    };
    for rule_id in &change.rule_ids {
        if !other.rule_ids.contains(rule_id) {
            other.rule_ids.push(rule_id.clone());
        }
    }
    if let (ChangeKind::Measure { tester: of_other, .. }, ChangeKind::Measure { measure, tester, .. }) =
        (&other.kind, &change.kind)
    {
        let tester = of_other.or(*tester);
        if is_stricter(*measure, &change.kind, &other.kind) {
            other.kind = change.kind.clone();
        }
        if let ChangeKind::Measure { tester: of_other, .. } = &mut other.kind {
            *of_other = tester;
        }
    }
}

/// Whether the first asks for a better value than the second.
fn is_stricter(measure: MeasureCode, one: &ChangeKind, other: &ChangeKind) -> bool {
    let measure = measure.measure();
    let (Some(one), Some(other)) = (level_of(measure, one), level_of(measure, other)) else { return false };
    match measure.worse {
        crate::measure::Worse::Higher => one < other,
        crate::measure::Worse::Lower => one > other,
    }
}
