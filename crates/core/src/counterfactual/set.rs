//! Sets of changes: what a change is about, which of two asks for more, and which sets are the smallest.

use crate::measure::{MeasureCode, Worse};
use crate::record::codes::{ActivityKind, Site};

use super::apply::level_of;
use super::{Change, ChangeKind};

/// Of more sets than these, for parts that share something, only the smallest are looked at.
const SETS_MAX: usize = 64;

/// What a change is about, whatever its day and value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// A set of changes, by their places in a list; no two of them are about the same thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    pub changes: Vec<usize>,
    /// A bit for each thing that they are about; beyond the last bit things are not told apart.
    pub things: u128,
}

impl Set {
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Without the sets that ask for all that another asks for, the smallest first; of sets about the same things the one that
/// asks for less.
pub(super) fn smallest(mut sets: Vec<Set>, is_stricter: impl Fn(&Set, &Set) -> bool) -> Vec<Set> {
    sets.sort_by_key(|set| set.changes.len());
    let mut kept: Vec<Set> = Vec::new();
    for set in sets {
        match kept.iter_mut().find(|other| other.things & set.things == other.things) {
            Some(other) if other.things == set.things && !is_stricter(&set, other) => *other = set,
            Some(_) => {}
            None => kept.push(set),
        }
    }
    kept.truncate(SETS_MAX);
    kept
}

pub(super) fn things(sets: &[Set]) -> u128 {
    sets.iter().fold(0, |things, set| things | set.things)
}

pub(super) fn bit(thing: usize) -> u128 {
    u32::try_from(thing).ok().and_then(|thing| 1_u128.checked_shl(thing)).unwrap_or(1 << 127)
}

/// Adds a change; of two of one measure on one day the stricter one stays, for the rules of both. What one of them asks to
/// be measured again is so for both.
pub(super) fn merge(changes: &mut Vec<Change>, change: Change) {
    let key = Key::of(&change.kind);
    let Some(other) = changes.iter_mut().find(|other| other.date == change.date && Key::of(&other.kind) == key) else {
        changes.push(change);
        return;
    };
    add_missing(&mut other.rule_ids, &change.rule_ids);
    if let (
        ChangeKind::Measure { tester: of_other, why_unknown: why_of_other, .. },
        ChangeKind::Measure { tester, why_unknown: why, .. },
    ) = (&other.kind, &change.kind)
    {
        let (tester, why) = (of_other.or(*tester), why_of_other.or(*why));
        if laxness(&change.kind) < laxness(&other.kind) {
            other.kind = change.kind;
        }
        if let ChangeKind::Measure { tester: of_other, why_unknown, .. } = &mut other.kind {
            *of_other = tester;
            *why_unknown = why;
        }
    }
}

pub(super) fn add_missing(rule_ids: &mut Vec<String>, more: &[String]) {
    for rule_id in more {
        if !rule_ids.contains(rule_id) {
            rule_ids.push(rule_id.clone());
        }
    }
}

/// The worse the value that is asked for, the greater.
pub(super) fn laxness(kind: &ChangeKind) -> i64 {
    let ChangeKind::Measure { measure, .. } = kind else { return 0 };
    let level = level_of(measure.measure(), kind).unwrap_or_default();
    match measure.measure().worse {
        Worse::Higher => level,
        Worse::Lower => level.saturating_neg(),
    }
}
