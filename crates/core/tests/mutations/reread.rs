//! Has the changed documents read by the protocol's own reader: one change for each rule at a time, so that few readings do.

use std::collections::BTreeMap;

use taper_core::protocol::{DocumentFault, Protocol};

use crate::mutant::Mutant;

/// The protocol of one change, or what the reader says against it.
pub type Reread = Result<Protocol, String>;

/// Reads each change. The answer is in the order of the changes.
pub fn reread(protocol: &Protocol, mutants: &[Mutant]) -> Vec<Reread> {
    let mut read: BTreeMap<usize, Reread> = BTreeMap::new();
    let mut of_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, mutant) in mutants.iter().enumerate() {
        if protocol.rule(&mutant.rule).is_some() {
            of_rule.entry(&mutant.rule).or_default().push(index);
        } else {
            let text = edited(protocol, &[mutant]);
            read.insert(index, Protocol::parse(&text, &[]).map_err(|fault| fault.to_string()));
        }
    }
    let most = of_rule.values().map(Vec::len).max().unwrap_or_default();
    for turn in 0..most {
        let batch: Vec<usize> = of_rule.values().filter_map(|indices| indices.get(turn).copied()).collect();
        read_batch(protocol, mutants, batch, &mut read);
    }
    assert_eq!(read.len(), mutants.len(), "a change that was not read");
    read.into_values().collect()
}

/// Reads one change of each of several rules at once; each is then alone in a copy of the protocol.
fn read_batch(protocol: &Protocol, mutants: &[Mutant], mut batch: Vec<usize>, read: &mut BTreeMap<usize, Reread>) {
    while !batch.is_empty() {
        let of_batch: Vec<&Mutant> = batch.iter().map(|index| &mutants[*index]).collect();
        match Protocol::parse(&edited(protocol, &of_batch), &[]) {
            Ok(changed) => {
                for index in batch {
                    read.insert(index, Ok(alone(protocol, &changed, &mutants[index].rule)));
                }
                return;
            }
            Err(fault) => {
                let rule = rule_at(protocol, &fault);
                let place = batch.iter().position(|index| mutants[*index].rule == rule);
                let place = place.unwrap_or_else(|| panic!("{fault}: {rule} was not changed"));
                read.insert(batch.remove(place), Err(fault.to_string()));
            }
        }
    }
}

/// The protocol with this one rule as it stands in the changed one.
fn alone(protocol: &Protocol, changed: &Protocol, rule_id: &str) -> Protocol {
    let mut copy = protocol.clone();
    for (rule, other) in copy.rules.iter_mut().zip(&changed.rules) {
        if rule.id == rule_id {
            rule.clone_from(other);
        }
    }
    copy
}

/// The rule that a fault is about: the last one that begins at or before its line.
fn rule_at(protocol: &Protocol, fault: &DocumentFault) -> String {
    let before = protocol.rules.iter().rev().find(|rule| rule.line <= fault.line);
    before.map(|rule| rule.id.to_string()).unwrap_or_else(|| panic!("{fault}: no rule stands there"))
}

/// The document with these changes, none of which overlap.
fn edited(protocol: &Protocol, mutants: &[&Mutant]) -> String {
    let mut last_first = mutants.to_vec();
    last_first.sort_by_key(|mutant| std::cmp::Reverse(mutant.span.start));
    let mut text = protocol.document.clone();
    for mutant in last_first {
        text.replace_range(mutant.span.clone(), &mutant.text);
    }
    text
}
