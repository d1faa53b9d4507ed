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
    // A rule that is met leads to what is done, or holds the phase where it is: it is named for one or the other.
    let met = if is_held(advice) { "holds" } else { "met" };
    let mut teller = Teller { paper, advice, ground, heading: Some(ground.heading()), met, met_is_why: true };
    section.extend(teller.rules(&advice.phase_rule_ids, &[]));
    section.push(Piece::room());
    section
}

/// The rung in force, and what to do about it; that the case does not respond comes with it.
pub(super) fn visits(paper: Paper, advice: &Recommendation, ground: &Ground) -> Section {
    let mut section = vec![piece(paper, Rank::Always, "VISITS", &told::visits(advice))];
    if let Some(text) = told::non_response(advice) {
        section.push(piece(paper, Rank::Always, "RESPONSE", &text));
    }
    // Where all is to stay, a rule that is met is only beside it: where the ladder begins.
    let met_is_why = !matches!(advice.taper_action(), TaperAction::Hold | TaperAction::Unspecified);
    let mut teller = Teller { paper, advice, ground, heading: None, met: "met", met_is_why };
    section.extend(teller.rules(&advice.taper_rule_ids, &advice.phase_rule_ids));
    section.push(Piece::room());
    section
}

fn is_held(advice: &Recommendation) -> bool {
    matches!(advice.phase_action(), PhaseAction::Hold | PhaseAction::Unspecified)
}

/// Tells rules one below the other.
struct Teller<'a> {
    paper: Paper,
    advice: &'a Recommendation,
    ground: &'a Ground,
    /// What stands above the first figures, until it was told.
    heading: Option<String>,
    /// What a rule that is met is called.
    met: &'static str,
    met_is_why: bool,
}

impl Teller<'_> {
    fn rules(&mut self, rule_ids: &[String], told_before: &[String]) -> Section {
        let mut section = Section::new();
        let mut again: Vec<String> = Vec::new();
        for rule_id in rule_ids {
            // What is referred is told above, with what raised it.
            if self.advice.referrals.iter().any(|referral| referral.rule_id == *rule_id) {
                continue;
            }
            if told_before.contains(rule_id) {
                again.push(rule_id.clone());
                continue;
            }
            match self.advice.rules.iter().find(|rule| rule.rule_id == *rule_id) {
                Some(rule) => section.extend(self.rule(rule)),
                None => section.push(piece(self.paper, Rank::Always, "", rule_id)),
            }
        }
        if !again.is_empty() {
            section.push(piece(self.paper, Rank::Always, "as above", &words::listed(&again)));
        }
        section
    }

    /// The sentence with its first figure, in a line where there is no more room; the other figures after it.
    fn rule(&mut self, rule: &RuleResult) -> Section {
        let is_met = rule.verdict() == Verdict::Met;
        let label = match rule.verdict() {
            Verdict::Met => self.met,
            Verdict::Unmet => "not met",
            Verdict::Unknown | Verdict::Unspecified => "unknown",
        };
        let text = format!("{} {}", rule.text, ground::evidence(rule));
        let sentence = self.paper.entry(label, text.trim());
        if is_met && !self.met_is_why {
            return vec![Piece::new(Rank::Aside, sentence)];
        }
        let mut rows = self.ground.lines(rule).into_iter();
        let Some(first) = rows.next() else { return vec![Piece::new(Rank::Always, sentence)] };
        let bare = format!("{sentence}\n{first}");
        let mut told = match self.heading.take() {
            Some(heading) => {
                Piece::new(Rank::Aside, format!("{sentence}\n{heading}\n{first}")).or_shorter(Rank::Reason, bare)
            }
            None => Piece::new(Rank::Reason, bare),
        };
        if let Some(short) = ground::in_short(rule) {
            told = told.or_shorter(Rank::Always, self.paper.entry(label, &short));
        }
        let figures = if is_met { Rank::Aside } else { Rank::Ground };
        let mut section = vec![told];
        section.extend(rows.map(|row| Piece::new(figures, row)));
        section
    }
}
