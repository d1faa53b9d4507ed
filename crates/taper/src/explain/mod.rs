//! A recommendation on one screen: what must not be overlooked, the advice, what holds it, what would change it.

mod changes;
mod everything;
mod ground;
mod next;
mod permits;
mod reasons;
mod referrals;
mod screen;
mod setbacks;
mod sources;

use taper_api::v1::{Injury, Patient, Recommendation};

use crate::page::{self, Piece, Rank, Section};
use crate::paper::{Paper, wrapped};
use crate::story::words;

/// Lines of one screen.
pub const SCREEN_LINES: usize = 50;

/// Characters of a line, where nothing else is asked for.
pub const SCREEN_WIDTH: u16 = 100;

/// Patient and injury in a line.
pub fn whose(patient: &Patient, injury: &Injury) -> String {
    let name = format!("{} {}", patient.given_name, patient.family_name);
    let born = patient.birth_date.as_ref().map(|date| format!(", born {}", words::date(date))).unwrap_or_default();
    let side = words::value_name(injury.side().as_str_name(), "SIDE_");
    let site = words::value_name(injury.site().as_str_name(), "SITE_");
    let since = injury.onset_date.as_ref().map(|date| format!(", since {}", words::date(date))).unwrap_or_default();
    format!("{}{born}; {side} hamstring, {site}{since}", name.trim())
}

/// The advice on one screen, or all of it. `whose` is a line on the patient, which may be empty.
pub fn explained(paper: Paper, whose: &str, advice: &Recommendation, is_all: bool) -> String {
    let ground = ground::Ground::of(advice, paper.width());
    let mut sections = vec![
        opening(paper, whose, advice),
        referrals::section(paper, advice, &ground),
        reasons::phase(paper, advice, &ground),
        reasons::visits(paper, advice, &ground),
        changes::section(paper, advice, is_all),
        permits::section(paper, advice),
        next::section(paper, advice),
    ];
    if is_all {
        sections.push(everything::section(paper, advice));
    }
    sections.push(sources::section(paper, advice, is_all));
    sections.push(closing(paper, advice));
    let lines_max = (!is_all).then_some(SCREEN_LINES);
    page::fitted(sections, lines_max).join("\n")
}

fn opening(paper: Paper, whose: &str, advice: &Recommendation) -> Section {
    let plan = words::last_part(&advice.treatment_plan);
    let date = advice.as_of.as_ref().map(words::date).unwrap_or_default();
    let heading = format!("Plan {plan} on {date}, by {}", words::protocol(&advice.protocol));
    let known = advice.known_at.as_ref().map(|at| format!(", with what was recorded by {}", words::instant(at)));
    let heading = format!("{heading}{}", known.unwrap_or_default());
    let told = [whose, &heading].into_iter().filter(|text| !text.is_empty());
    let lines: Vec<String> =
        told.flat_map(|text| wrapped(text, paper.width())).map(|line| paper.heading(&line)).collect();
    vec![Piece::new(Rank::Always, lines.join("\n")), Piece::room()]
}

fn closing(paper: Paper, advice: &Recommendation) -> Section {
    let own = match ground::names_own(advice) {
        true => " (own) marks a threshold of Taper's own, built from cited figures and not published.",
        false => "",
    };
    let text = format!("Taper supports a clinician, who decides.{own}");
    vec![Piece::new(Rank::Always, wrapped(&text, paper.width()).join("\n"))]
}

/// A label with its text, as a piece.
fn piece(paper: Paper, rank: Rank, label: &str, text: &str) -> Piece {
    Piece::new(rank, paper.entry(label, text))
}

#[cfg(test)]
mod tests;
