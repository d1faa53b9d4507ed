//! What led to the advice on the phase and on the visits: each rule in a sentence, with its criteria below it.

use taper_api::v1::{PhaseAction, Recommendation, RuleResult, TaperAction, Verdict};

use crate::page::{Piece, Rank, Section};
use crate::paper::Paper;
use crate::story::{advice as told, words};

use super::ground::{self, Ground};
use super::piece;

/// The phase in force, and what to do about it.
pub(super) fn phase(paper: Paper, advice: &Recommendation, ground: &Ground) -> Section {
    let mut section = vec![piece(paper, Rank::Always, "PHASE", &told::phase(advice))];
    let mut reasons = rules(paper, advice, &advice.phase_rule_ids, &[], ground, is_why_of_phase(advice));
    // Below the first sentence, where the figures begin.
    if reasons.len() > 1 {
        reasons.insert(1, Piece::new(Rank::Aside, ground.heading()));
    }
    section.extend(reasons);
    section.push(Piece::room());
    section
}

/// The rung in force, and what to do about it; that the case does not respond comes with it.
pub(super) fn visits(paper: Paper, advice: &Recommendation, ground: &Ground) -> Section {
    let mut section = vec![piece(paper, Rank::Always, "VISITS", &told::visits(advice))];
    if let Some(text) = told::non_response(advice) {
        section.push(piece(paper, Rank::Always, "RESPONSE", &text));
    }
    let told_before = &advice.phase_rule_ids;
    section.extend(rules(paper, advice, &advice.taper_rule_ids, told_before, ground, is_why_of_visits(advice)));
    section.push(Piece::room());
    section
}

/// Rules that are met are the reason where something is to be done; where all is to stay, they are only beside it.
fn is_why_of_phase(advice: &Recommendation) -> bool {
    !matches!(advice.phase_action(), PhaseAction::Hold | PhaseAction::Unspecified)
}

fn is_why_of_visits(advice: &Recommendation) -> bool {
    !matches!(advice.taper_action(), TaperAction::Hold | TaperAction::Unspecified)
}

fn rules(
    paper: Paper,
    advice: &Recommendation,
    rule_ids: &[String],
    told_before: &[String],
    ground: &Ground,
    met_is_why: bool,
) -> Section {
    let mut section = Section::new();
    let mut again: Vec<String> = Vec::new();
    for rule_id in rule_ids {
        // What is referred is told above, with what raised it.
        if advice.referrals.iter().any(|referral| referral.rule_id == *rule_id) {
            continue;
        }
        if told_before.contains(rule_id) {
            again.push(rule_id.clone());
            continue;
        }
        match advice.rules.iter().find(|rule| rule.rule_id == *rule_id) {
            Some(rule) => section.extend(one_rule(paper, rule, ground, met_is_why)),
            None => section.push(piece(paper, Rank::Reason, "", rule_id)),
        }
    }
    if !again.is_empty() {
        section.push(piece(paper, Rank::Aside, "as above", &words::listed(&again)));
    }
    section
}

fn one_rule(paper: Paper, rule: &RuleResult, ground: &Ground, met_is_why: bool) -> Section {
    let (label, rank) = match rule.verdict() {
        Verdict::Met if met_is_why => ("met", Rank::Reason),
        Verdict::Met => ("met", Rank::Aside),
        Verdict::Unmet => ("not met", Rank::Reason),
        Verdict::Unknown | Verdict::Unspecified => ("unknown", Rank::Reason),
    };
    let figures = if rule.verdict() == Verdict::Met { Rank::Aside } else { Rank::Ground };
    let text = format!("{} {}", rule.text, ground::evidence(rule));
    let mut section = vec![piece(paper, rank, label, text.trim())];
    section.extend(ground.lines(rule).into_iter().map(|line| Piece::new(figures, line)));
    section
}
