//! Running, stretching and hands-on work: whether, within which limits, and why not.

use taper_api::v1::{ActivityAdvice, ActivityKind, Modality, Permission, Recommendation};

use crate::page::{Piece, Rank, Section};
use crate::paper::Paper;
use crate::story::advice as told;

use super::piece;

/// The three of them, one entry each.
pub(super) fn section(paper: Paper, advice: &Recommendation) -> Section {
    let mut section = Section::new();
    for (label, kind) in [("RUNNING", ActivityKind::Run), ("STRETCHING", ActivityKind::Stretching)] {
        let found = advice.activities.iter().find(|one| one.activity() == kind);
        section.extend(found.map(|one| piece(paper, Rank::Always, label, &permit(advice, one))));
    }
    if let Some(text) = told::hands_on(advice) {
        let massage = advice.modalities.iter().find(|one| one.modality() == Modality::Massage);
        let why = massage.and_then(|one| why_not(advice, one.permission(), &one.texts)).unwrap_or_default();
        section.push(piece(paper, Rank::Always, "HANDS-ON", &format!("{text}{why}")));
    }
    if !section.is_empty() {
        section.push(Piece::room());
    }
    section
}

fn permit(advice: &Recommendation, advised: &ActivityAdvice) -> String {
    let why = why_not(advice, advised.permission(), &advised.texts).unwrap_or_default();
    format!("{}{why}", told::permitted(advised.permission(), advised.limits.as_ref()))
}

/// The first sentence says what led there; under a STOP that is told once, at the top.
fn why_not(advice: &Recommendation, permission: Permission, texts: &[String]) -> Option<String> {
    if permission == Permission::Blocked && told::is_stopped(advice) {
        return Some(" until the referral is cleared".to_owned());
    }
    let is_allowed = permission == Permission::Allowed;
    texts.first().filter(|_| !is_allowed).map(|text| format!(": {text}"))
}
