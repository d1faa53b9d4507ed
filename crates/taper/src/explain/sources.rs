//! The references behind the rules that led to the advice.

use taper_api::v1::{Recommendation, RuleResult};

use crate::page::{Piece, Rank, Section};
use crate::paper::Paper;

use super::piece;

/// The rules that the advice names: of the phase, of the visits, of what is referred.
pub(super) fn named_rules(advice: &Recommendation) -> Vec<&RuleResult> {
    let is_named = |rule: &&RuleResult| {
        let is_referred =
            advice.referrals.iter().any(|one| one.rule_id == rule.rule_id && super::referrals::is_open(one));
        let ids = [&advice.phase_rule_ids, &advice.taper_rule_ids];
        is_referred || ids.iter().any(|ids| ids.contains(&rule.rule_id))
    };
    advice.rules.iter().filter(is_named).collect()
}

/// Each tag with its reference, once.
pub(super) fn section(paper: Paper, advice: &Recommendation, is_all: bool) -> Section {
    let rules = if is_all { advice.rules.iter().collect() } else { named_rules(advice) };
    let mut told: Vec<String> = Vec::new();
    for citation in rules.iter().flat_map(|rule| &rule.citations) {
        let text = format!("{} {}", citation.tag, citation.reference);
        if !citation.reference.is_empty() && !told.contains(&text) {
            told.push(text);
        }
    }
    let mut section = Section::new();
    for (place, text) in told.into_iter().enumerate() {
        section.push(piece(paper, Rank::Room, if place == 0 { "SOURCES" } else { "" }, &text));
    }
    section.push(Piece::room());
    section
}
