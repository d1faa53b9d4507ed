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

/// Each tag with its reference, once: of every rule a line each, or in one paragraph those of what holds phase and visits.
pub(super) fn section(paper: Paper, advice: &Recommendation, is_all: bool) -> Section {
    let holds = |rule: &&RuleResult| {
        let ids = [&advice.phase_rule_ids, &advice.taper_rule_ids];
        ids.iter().any(|ids| ids.contains(&rule.rule_id))
    };
    let mut told: Vec<String> = Vec::new();
    for citation in advice.rules.iter().filter(|rule| is_all || holds(rule)).flat_map(|rule| &rule.citations) {
        let text = format!("{} {}", citation.tag, citation.reference);
        if !citation.reference.is_empty() && !told.contains(&text) {
            told.push(text);
        }
    }
    let entries = if is_all || told.is_empty() { told } else { vec![told.join("; ")] };
    let label = |place: usize| if place == 0 { "SOURCES" } else { "" };
    let entries = entries.iter().enumerate();
    let mut section: Section = entries.map(|(place, text)| piece(paper, Rank::Reference, label(place), text)).collect();
    section.push(Piece::room());
    section
}
