//! Checks that every code which advice can print has a sentence.

use std::collections::BTreeSet;

use toml::Spanned;

use super::document::{RawDocument, RawEffect, RawRule};
use super::fault::{DocumentFault, Text};

/// Every code used by an effect is listed as a `[[text]]`, and each text once.
pub(super) fn check(text: Text<'_>, raw: &RawDocument) -> Result<(), DocumentFault> {
    let mut known = BTreeSet::new();
    for entry in &raw.text {
        if !known.insert(entry.code.get_ref().as_str()) {
            return Err(text.fault(&entry.code.span(), format!("text `{}` is given twice", entry.code.get_ref())));
        }
    }
    for rule in &raw.rule {
        for code in printed(rule.effect.get_ref()) {
            if !known.contains(code.get_ref().as_str()) {
                return Err(text.fault(&code.span(), format!("code `{}` has no [[text]]", code.get_ref())));
            }
        }
    }
    Ok(())
}

fn printed(effect: &RawEffect) -> impl Iterator<Item = &Spanned<String>> {
    let lists = [&effect.next, &effect.notices, &effect.areas, &effect.conditions];
    let singles = [&effect.item, &effect.condition];
    lists.into_iter().flatten().flatten().chain(singles.into_iter().flatten())
}

/// Whether a rule prints a code that stands on this line.
pub(super) fn prints_on(text: Text<'_>, rule: &RawRule, line: usize) -> bool {
    printed(rule.effect.get_ref()).any(|code| text.line(&code.span()) == line)
}
