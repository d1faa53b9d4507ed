//! What to measure next, which reviews fall due, and what else is noted.

use taper_api::v1::{AdviceItem, MissingValue, Recommendation, WhyUnknown};
use taper_core::measure::MeasureCode;

use crate::page::{Piece, Rank, Section};
use crate::paper::Paper;
use crate::story::{advice as told, words};

use super::piece;

/// Values to measure that are told on one screen.
const MISSING_TOLD: usize = 4;

/// Measures first, those that hold the advice before the rest.
pub(super) fn section(paper: Paper, advice: &Recommendation) -> Section {
    let mut section = to_measure(paper, advice);
    section.extend(noted(&advice.flags).map(|text| piece(paper, Rank::Notice, "NOTICE", &text)));
    section.extend(reviews(paper, advice));
    section
}

fn to_measure(paper: Paper, advice: &Recommendation) -> Section {
    let holds = |missing: &MissingValue| {
        let held = |id: &String| advice.phase_rule_ids.contains(id) || advice.taper_rule_ids.contains(id);
        missing.rule_ids.iter().any(held)
    };
    // A referral may also wait for strength or range, which belong to the examination and not to the screen.
    let is_screen = |missing: &MissingValue| {
        let refers = |id: &String| advice.referrals.iter().any(|referral| referral.rule_id == *id);
        let is_examined = MeasureCode::parse(&missing.what).is_ok_and(|measure| !measure.is_red_flag());
        missing.rule_ids.iter().all(refers) && !is_examined
    };
    let (screen, others): (Vec<_>, Vec<_>) = advice.missing.iter().partition(|missing| is_screen(missing));
    // Under a STOP nobody is asked to squat, cycle or run for a gate: only the screen is completed.
    let is_asked = |missing: &&MissingValue| !missing.how.is_empty() && !told::is_stopped(advice);
    let mut others: Vec<&MissingValue> = others.into_iter().filter(is_asked).collect();
    others.sort_by_key(|missing| !holds(missing));
    let mut entries: Vec<(Rank, String)> = Vec::new();
    if !screen.is_empty() {
        let text = format!("red-flag screen, {}: {}", words::counted_items(screen.len(), "answer"), names(&screen));
        entries.push((Rank::Notice, text));
    }
    let (first, later) = others.split_at(MISSING_TOLD.min(others.len()));
    if !first.is_empty() {
        entries.push((Rank::Ground, names(first)));
        entries.extend(first.iter().map(|missing| (Rank::Aside, one(missing))));
    }
    if !later.is_empty() {
        entries.push((Rank::Aside, format!("and also: {}", names(later))));
    }
    let mut section = Section::new();
    for (place, (rank, text)) in entries.into_iter().enumerate() {
        section.push(piece(paper, rank, if place == 0 { "MEASURE" } else { "" }, &text));
    }
    section
}

fn names(missing: &[&MissingValue]) -> String {
    let names: Vec<String> = missing.iter().map(|missing| words::measure(&missing.what)).collect();
    names.join("; ")
}

fn one(missing: &MissingValue) -> String {
    let why = match missing.why() {
        WhyUnknown::Missing | WhyUnknown::Unspecified => "not on record",
        WhyUnknown::NotMeasured => "not measured",
        WhyUnknown::TooOld => "too old",
        WhyUnknown::OtherTester => "by another tester",
        WhyUnknown::NoBaseline => "nothing to compare it with",
    };
    format!("{} ({why}): {}", words::measure(&missing.what), missing.how)
}

fn noted(flags: &[AdviceItem]) -> Option<String> {
    let told: Vec<String> = flags.iter().map(sentence).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

fn sentence(item: &AdviceItem) -> String {
    match item.text.is_empty() {
        true => words::spaced(&item.code),
        false => item.text.clone(),
    }
}

/// By date; with less room only what is due.
fn reviews(paper: Paper, advice: &Recommendation) -> Option<Piece> {
    let mut reviews: Vec<&AdviceItem> = advice.reviews.iter().collect();
    reviews.sort_by_key(|item| item.due_date.as_ref().map(|date| (date.year, date.month, date.day)));
    let today = advice.as_of.as_ref().map(words::date).unwrap_or_default();
    let is_later = |item: &&&AdviceItem| item.due_date.as_ref().is_some_and(|date| words::date(date) > today);
    let told = |items: &[&AdviceItem]| items.iter().map(|item| review(item, &today)).collect::<Vec<_>>().join("; ");
    let (later, due): (Vec<_>, Vec<_>) = reviews.iter().copied().partition(|item| is_later(&item));
    if reviews.is_empty() {
        return None;
    }
    let whole = piece(paper, Rank::Reference, "REVIEWS", &told(&reviews));
    let has_both = !due.is_empty() && !later.is_empty();
    Some(match (due.is_empty(), has_both) {
        (true, _) => whole,
        (false, false) => piece(paper, Rank::Notice, "REVIEWS", &told(&reviews)),
        (false, true) => whole.or_shorter(Rank::Notice, paper.entry("REVIEWS", &told(&due))),
    })
}

/// Dates as `2026-03-02` sort as texts.
fn review(item: &AdviceItem, today: &str) -> String {
    let name = words::spaced(&item.code);
    match item.due_date.as_ref().map(words::date) {
        None => format!("{name}: due now"),
        Some(date) if date.as_str() < today => format!("{name}: overdue since {date}"),
        Some(date) if date == today => format!("{name}: due today"),
        Some(date) => format!("{name}: due {date}"),
    }
}
