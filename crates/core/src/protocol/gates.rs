//! Checks of the gates together: every phase can be left, and no two gates of a phase overlap or contradict each other.

use crate::record::plan::Phase;

use super::criterion::{Comparator, Criterion, Quantity, Test, Threshold};
use super::document::RawDocument;
use super::fault::{DocumentFault, Text};
use super::rule::{Effect, Rule, When};

/// Without a gate a phase can never be left, and the phases behind it never reached.
pub(super) fn check_reachable(text: Text<'_>, raw: &RawDocument, rules: &[Rule]) -> Result<(), DocumentFault> {
    for phase in &raw.phase {
        let number = *phase.number.get_ref();
        let has_gate = rules.iter().any(|rule| matches!(rule.effect, Effect::Gate(of) if of.number() == number));
        if !has_gate {
            let behind =
                if number == 4 { "discharge".to_owned() } else { format!("phase {}", number.saturating_add(1)) };
            let reason = format!("phase {number} has no gate, so that {behind} can never be reached");
            return Err(text.fault(&phase.number.span(), reason));
        }
    }
    Ok(())
}

/// Two gates of a phase that apply together must not demand the same quantity twice, nor contradict each other.
pub(super) fn check_together(rules: &[Rule]) -> Result<(), DocumentFault> {
    let gates: Vec<(Phase, &Rule)> = rules
        .iter()
        .filter_map(|rule| match rule.effect {
            Effect::Gate(phase) => Some((phase, rule)),
            _ => None,
        })
        .collect();
    for (place, (phase, gate)) in gates.iter().enumerate() {
        for (other_phase, other) in gates.iter().take(place) {
            if phase == other_phase && apply_together(&gate.when, &other.when) {
                check_pair(gate, other)?;
            }
        }
    }
    Ok(())
}

fn apply_together(one: &When, other: &When) -> bool {
    fn disjoint<T: PartialEq>(one: &[T], other: &[T]) -> bool {
        !one.is_empty() && !other.is_empty() && !one.iter().any(|code| other.contains(code))
    }
    let equipment_excludes =
        |with: &When, without: &When| with.equipment.iter().any(|code| without.no_equipment.contains(code));
    !(disjoint(&one.running, &other.running)
        || disjoint(&one.presentation, &other.presentation)
        || disjoint(&one.plan_state, &other.plan_state)
        || equipment_excludes(one, other)
        || equipment_excludes(other, one))
}

fn check_pair(gate: &Rule, other: &Rule) -> Result<(), DocumentFault> {
    for demand in demands(gate) {
        for earlier in demands(other) {
            if !same_quantity(demand, earlier) {
                continue;
            }
            let relation = if excludes(demand, earlier) { "contradicts" } else { "overlaps with" };
            let reason =
                format!("gate `{}` {relation} gate `{}` (line {}) of the same phase", gate.id, other.id, other.line);
            return Err(DocumentFault { case: None, line: demand.line, reason });
        }
    }
    Ok(())
}

/// The criteria that must all be met for the gate: those that stand alone or under `all` only.
fn demands(rule: &Rule) -> Vec<&Criterion> {
    fn collect<'a>(test: &'a Test, found: &mut Vec<&'a Criterion>) {
        match test {
            Test::Criterion(criterion) => found.push(criterion),
            Test::All(parts) => parts.iter().for_each(|part| collect(part, found)),
            Test::Any(_) | Test::AtLeast(..) | Test::Not(_) => {}
        }
    }
    let mut found = Vec::new();
    if let Some(test) = &rule.test {
        collect(test, &mut found);
    }
    found
}

fn same_quantity(one: &Criterion, other: &Criterion) -> bool {
    match (&one.quantity, &other.quantity) {
        (Quantity::Measure(one), Quantity::Measure(other)) => {
            (one.place, one.stat, one.site, one.days) == (other.place, other.stat, other.site, other.days)
        }
        (Quantity::Fact(one), Quantity::Fact(other)) => one == other,
        _ => false,
    }
}

/// Whether no value can meet both; settings are taken to be compatible.
fn excludes(one: &Criterion, other: &Criterion) -> bool {
    let (Some(one), Some(other)) = (bounds(one), bounds(other)) else { return false };
    one.0.max(other.0) > one.1.min(other.1)
}

/// Least and greatest level that meets the criterion.
fn bounds(criterion: &Criterion) -> Option<(i64, i64)> {
    let Threshold::Levels(levels) = &criterion.threshold else { return None };
    let (least, most) = (*levels.iter().min()?, *levels.iter().max()?);
    match criterion.comparator {
        Comparator::Less => Some((i64::MIN, least.saturating_sub(1))),
        Comparator::AtMost => Some((i64::MIN, least)),
        Comparator::Equal | Comparator::In => Some((least, most)),
        Comparator::Greater => Some((most.saturating_add(1), i64::MAX)),
        Comparator::AtLeast => Some((most, i64::MAX)),
        Comparator::NotEqual => None,
    }
}
