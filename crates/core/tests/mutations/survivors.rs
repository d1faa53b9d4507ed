//! The list of changes that nothing notices, and how it is compared with what was found.

use std::collections::BTreeMap;

use crate::hunt::Outcome;

/// What a line says of a change that no record can tell from the original.
const EQUIVALENT: &str = "equivalent: ";

/// The listed survivors, each with the reason that stands behind it.
pub struct Listed {
    reasons: BTreeMap<String, String>,
}

impl Listed {
    /// Reads the list: `folder | rule | place | change | reason` on each line.
    pub fn read(text: &str) -> Self {
        let mut reasons = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (name, reason) = line.rsplit_once(" | ").unwrap_or_else(|| panic!("no reason in: {line}"));
            let known = reasons.insert(name.to_owned(), reason.to_owned());
            assert!(known.is_none(), "listed twice: {name}");
            assert!(reason.len() > 10, "no reason in: {line}");
        }
        Self { reasons }
    }

    /// Listed changes of a protocol that no record can tell from the original.
    pub fn equivalent_count(&self, folder: &str) -> usize {
        let start = format!("{folder} | ");
        let of_folder = self.reasons.iter().filter(|(name, _)| name.starts_with(&start));
        of_folder.filter(|(_, reason)| reason.starts_with(EQUIVALENT)).count()
    }

    /// Survivors that are not listed, and listed ones that do not survive.
    pub fn compare(&self, outcome: &Outcome) -> Vec<String> {
        let new = outcome.survivors.iter().filter(|name| !self.reasons.contains_key(*name)).map(|name| {
            format!(
                "nothing notices: {name}\n    add a row that does to tests/content/rows, or list it with the reason"
            )
        });
        let caught =
            self.reasons.keys().filter(|name| outcome.names.contains(name) && !outcome.survivors.contains(name));
        let caught =
            caught.map(|name| format!("is noticed by now: {name}\n    take it off tests/mutations/survivors.txt"));
        new.chain(caught).collect()
    }

    /// Listed changes that no document has any more.
    pub fn stale(&self, known: &[String]) -> Vec<String> {
        let stale = self.reasons.keys().filter(|name| !known.contains(name));
        stale.map(|name| format!("no such change: {name}\n    take it off tests/mutations/survivors.txt")).collect()
    }
}
