//! Referrals: what is open, with what raised it; what cannot be excluded; what was cleared, and on what ground.

use taper_api::v1::{Recommendation, ReferralAdvice, ReferralClass, ReferralMode, ReferralStanding};

use crate::page::{Piece, Rank, Section};
use crate::paper::{Paper, wrapped};
use crate::story::words;

use super::ground::{self, Ground};
use super::piece;

/// Whether somebody else must see the patient.
pub(super) fn is_open(referral: &ReferralAdvice) -> bool {
    referral.standing() == ReferralStanding::Open
}

/// What is open comes first, then what cannot be excluded; nothing of both is ever left out.
pub(super) fn section(paper: Paper, advice: &Recommendation, ground: &Ground) -> Section {
    let mut section = Section::new();
    let mut open: Vec<&ReferralAdvice> = advice.referrals.iter().filter(|one| is_open(one)).collect();
    open.sort_by_key(|one| (one.mode() != ReferralMode::Stop, one.referral_class()));
    for referral in open {
        section.push(Piece::new(Rank::Always, headline(paper, referral)));
        let rule = advice.rules.iter().find(|rule| rule.rule_id == referral.rule_id);
        let evidence = rule.map(ground::evidence).unwrap_or_else(|| format!("[{}]", referral.rule_id));
        section.push(piece(paper, Rank::Always, "", &format!("{} {evidence}", told(referral))));
        let raised = rule.map(|rule| ground.lines(rule)).unwrap_or_default();
        let rank = if referral.mode() == ReferralMode::Stop { Rank::Reason } else { Rank::Aside };
        section.extend(raised.into_iter().map(|line| Piece::new(rank, line)));
    }
    section.extend(cannot_exclude(paper, advice));
    section.extend(cleared(paper, advice));
    if !section.is_empty() {
        section.push(Piece::room());
    }
    section
}

fn headline(paper: Paper, referral: &ReferralAdvice) -> String {
    let since = referral.since_date.as_ref().map(|date| format!(", open since {}", words::date(date)));
    let since = since.unwrap_or_default();
    let condition = words::spaced(&referral.condition);
    let how_soon = match referral.referral_class() {
        ReferralClass::Emergency => "EMERGENCY, now",
        ReferralClass::SameDay => "SAME DAY",
        ReferralClass::Urgent => "URGENT, within days",
        ReferralClass::Routine | ReferralClass::Unspecified => "routine",
    };
    match referral.mode() {
        ReferralMode::Stop => {
            let text =
                format!("!! REFER {how_soon}: {condition}{since}. STOP: no advance, no hands-on work until cleared");
            alarm(paper, &text)
        }
        _ => alarm(paper, &format!("!  REFER {how_soon}, beside the treatment: {condition}{since}")),
    }
}

fn alarm(paper: Paper, text: &str) -> String {
    let lines = wrapped(text, paper.width()).into_iter().map(|line| paper.alarm(&line));
    lines.collect::<Vec<_>>().join("\n")
}

fn told(referral: &ReferralAdvice) -> String {
    match referral.text.is_empty() {
        true => words::spaced(&referral.condition),
        false => referral.text.clone(),
    }
}

/// One entry for all of them: the screen is completed at once.
fn cannot_exclude(paper: Paper, advice: &Recommendation) -> Option<Piece> {
    let mut stops: Vec<String> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for referral in advice.referrals.iter().filter(|one| one.standing() == ReferralStanding::CannotExclude) {
        let list = if referral.mode() == ReferralMode::Stop { &mut stops } else { &mut others };
        let condition = words::spaced(&referral.condition);
        if !list.contains(&condition) {
            list.push(condition);
        }
    }
    let mut sentences = Vec::new();
    if !stops.is_empty() {
        sentences.push(format!("cannot be excluded, and advances wait: {}", stops.join(", ")));
    }
    if !others.is_empty() {
        sentences.push(format!("cannot be excluded: {}", others.join(", ")));
    }
    (!sentences.is_empty()).then(|| {
        let text = format!("complete the red-flag screen; {}", sentences.join("; "));
        piece(paper, Rank::Always, "Screen", &text)
    })
}

fn cleared(paper: Paper, advice: &Recommendation) -> Option<Piece> {
    let cleared = advice.referrals.iter().filter(|one| one.standing() == ReferralStanding::Cleared);
    let told: Vec<String> = cleared.map(told_clearance).collect();
    (!told.is_empty()).then(|| piece(paper, Rank::Aside, "Cleared", &told.join("; ")))
}

fn told_clearance(referral: &ReferralAdvice) -> String {
    let last = referral.clearances.last().map(|clearance| {
        let date = clearance.date.as_ref().map(words::date).unwrap_or_default();
        let outcome = words::value_name(clearance.outcome().as_str_name(), "CLEARANCE_OUTCOME_");
        let by = words::value_name(clearance.cleared_by().as_str_name(), "CLEARED_BY_");
        format!(" ({date}, {by}: {outcome})")
    });
    format!("{}{}", words::spaced(&referral.condition), last.unwrap_or_default())
}
