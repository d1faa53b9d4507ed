//! What one screen has no room for: every permission, the programme, every rule with the records behind it.

use taper_api::v1::{CriterionResult, Recommendation, Verdict};

use crate::page::{Piece, Rank, Section};
use crate::paper::{Paper, wrapped};
use crate::story::{advice as told, criteria, words};

use super::{ground, piece};

/// Labels that the screen has told already.
const TOLD: [&str; 6] = ["Referral", "Phase", "Visits", "Response", "Running", "Hands-on"];

/// All of it.
pub(super) fn section(paper: Paper, advice: &Recommendation) -> Section {
    let mut section = vec![Piece::new(Rank::Always, "")];
    for line in told::lines(advice) {
        if !TOLD.contains(&line.label) {
            section.push(piece(paper, Rank::Always, line.label, &line.text));
        }
    }
    if let Some(grade) = &advice.grade {
        let text = format!("{} in the system {}; limits of the {} degree", grade.grade, grade.system, grade.degree);
        section.push(piece(paper, Rank::Always, "Grade", &text));
    }
    let below = advice.treatment_plan.rsplit_once("/treatmentPlans/").map_or("", |(injury, _)| injury);
    let heading = format!("Every rule that applies, with its records below {below}");
    let heading: Vec<String> = wrapped(&heading, paper.width()).iter().map(|line| paper.heading(line)).collect();
    section.push(Piece::new(Rank::Always, format!("\n{}", heading.join("\n"))));
    for rule in &advice.rules {
        let verdict = match rule.verdict() {
            Verdict::Met => "met",
            Verdict::Unmet => "not met",
            Verdict::Unknown | Verdict::Unspecified => "unknown",
        };
        let text = format!("{} {}", rule.text, ground::evidence(rule));
        section.push(piece(paper, Rank::Always, verdict, text.trim()));
        for criterion in &rule.criteria {
            let text = format!("  {}", told_in_full(criterion));
            section.push(piece(paper, Rank::Always, "", &text));
        }
    }
    section.push(Piece::new(Rank::Always, ""));
    section
}

/// The server's sentence where there is one, and always the record.
fn told_in_full(criterion: &CriterionResult) -> String {
    let mut told = match criterion.text.is_empty() {
        true => {
            let verdict = words::value_name(criterion.verdict().as_str_name(), "VERDICT_");
            format!("{verdict}: {}", criteria::told(criterion))
        }
        false => criterion.text.clone(),
    };
    if let Some(origin) = ground::origin(criterion) {
        told.push_str(&format!(" {origin}"));
    }
    told
}
