//! Tries every row and golden case on each changed protocol until one notices.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use taper_core::case::Case;
use taper_core::protocol::Protocol;
use taper_core::protocol::builtin::Document;

use crate::mutant::{self, Mutant};
use crate::reread::{Reread, reread};
use crate::rows::story::Row;
use crate::rows::{TABLES, figures, persistent};
use crate::survivors::Listed;

/// What became of the changes of one document.
pub struct Outcome {
    /// Folder of the protocol.
    pub folder: &'static str,
    /// Every change.
    pub names: Vec<String>,
    /// Changes that a row, a golden case or a figure noticed.
    pub noticed: usize,
    /// Changes that the reader refused.
    pub refused: usize,
    /// Changes that nothing noticed.
    pub survivors: Vec<String>,
}

impl Outcome {
    /// Share of the changes that are noticed, without those that no record can tell apart.
    pub fn caught_percent(&self, listed: &Listed) -> f64 {
        let caught = self.noticed + self.refused;
        let counted = self.names.len() - listed.equivalent_count(self.folder);
        f64::from(u32::try_from(caught).unwrap_or(u32::MAX)) * 100.0
            / f64::from(u32::try_from(counted.max(1)).unwrap_or(u32::MAX))
    }

    /// The score in one line.
    pub fn score(&self, listed: &Listed) -> String {
        format!(
            "{}: {} changes, {} noticed, {} refused by the reader, {} survive, {} of them equivalent: {:.1}% caught",
            self.folder,
            self.names.len(),
            self.noticed,
            self.refused,
            self.survivors.len(),
            listed.equivalent_count(self.folder),
            self.caught_percent(listed)
        )
    }
}

/// A row with its case as the unchanged protocol reads it.
struct Tried {
    row: Row,
    case: Case,
}

/// Makes every change of a document and looks for somebody who notices.
pub fn hunt(document: &Document) -> Outcome {
    let protocol = Protocol::parse(document.text, &[]).unwrap_or_else(|fault| panic!("{fault}"));
    let tried = rows_and_cases(document, &protocol);
    let mutants = mutant::all(&protocol);
    let reread = reread(&protocol, &mutants);
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(mutant), Some(Ok(changed))) = (mutants.get(index), reread.get(index)) else {
                        if index >= mutants.len() {
                            return;
                        }
                        continue;
                    };
                    if !is_noticed(mutant, changed, &tried) {
                        found.lock().unwrap_or_else(|broken| broken.into_inner()).push(index);
                    }
                }
            });
        }
    });
    let mut survivors = found.into_inner().unwrap_or_else(|broken| broken.into_inner());
    survivors.sort_unstable();
    let name = |mutant: &Mutant| format!("{} | {mutant}", document.folder);
    let refused = reread.iter().filter(|read: &&Reread| read.is_err()).count();
    Outcome {
        folder: document.folder,
        names: mutants.iter().map(name).collect(),
        noticed: mutants.len() - refused - survivors.len(),
        refused,
        survivors: survivors.into_iter().map(|index| name(&mutants[index])).collect(),
    }
}

/// Every row of the protocol and every golden case; each must hold under the unchanged protocol.
fn rows_and_cases(document: &Document, protocol: &Protocol) -> Vec<Tried> {
    let rows = TABLES.iter().flat_map(|(_, table)| table()).chain(persistent::same());
    let rows = rows.filter(|row| row.folder == document.folder);
    let golden = document.cases.iter().map(|(name, text)| Row {
        folder: document.folder.to_owned(),
        what: (*name).to_owned(),
        own: (*text).to_owned(),
        text: (*text).to_owned(),
        due: Vec::new(),
    });
    let read = |row: Row| {
        let case = Case::parse_for(&row.text, protocol).unwrap_or_else(|fault| panic!("{}: {fault}", row.what));
        let fault = row.fault_of(&case, protocol);
        assert!(fault.is_none(), "{}: {}", row.what, fault.unwrap_or_default());
        Tried { row, case }
    };
    let tried = rows.chain(golden).map(read).collect();
    let faults = figures::faults(protocol);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    tried
}

/// Whether a figure, a row or a golden case comes out otherwise; those that name the rule are tried first.
fn is_noticed(mutant: &Mutant, changed: &Protocol, tried: &[Tried]) -> bool {
    if !figures::faults(changed).is_empty() {
        return true;
    }
    let before_the_rules = ["policy", "ladder"].contains(&mutant.rule.as_str());
    let quoted = format!("\"{}\"", mutant.rule);
    let promise = |tried: &&Tried| {
        let names_rule = usize::from(tried.row.own.contains(&quoted)) * 2;
        let words = mutant.words.iter().filter(|word| tried.row.own.contains(word.as_str())).count();
        std::cmp::Reverse(names_rule + words)
    };
    let mut ordered: Vec<&Tried> = tried.iter().collect();
    ordered.sort_by_cached_key(promise);
    ordered.into_iter().any(|tried| {
        // What stands before the rules is read into the plan, so that the case must be read anew.
        let fault = if before_the_rules { tried.row.fault(changed) } else { tried.row.fault_of(&tried.case, changed) };
        fault.is_some()
    })
}
