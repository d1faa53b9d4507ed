//! What would be advised if something else were on record: both pieces of advice side by side, and where they differ.

pub mod facts;

use taper_api::v1::{
    ActivityKind, Difference, Direction, Recommendation, ReferralMode, ReferralStanding, SimulateRecommendationResponse,
};

use crate::columns::{Columns, Row};
use crate::paper::{Paper, wrapped};
use crate::story::{advice as told, words};

/// Differences that are told, unless all are asked for.
const DIFFERENCES_TOLD: usize = 12;

/// Facts that were supposed, both pieces of advice, and the differences: advice first, then rules.
pub fn compared(paper: Paper, supposed: &[String], answer: &SimulateRecommendationResponse, is_all: bool) -> String {
    let nothing = Recommendation::default();
    let (present, simulated) =
        (answer.present.as_ref().unwrap_or(&nothing), answer.simulated.as_ref().unwrap_or(&nothing));
    let date = simulated.as_of.as_ref().map(words::date).unwrap_or_default();
    let plan = words::last_part(&simulated.treatment_plan);
    let mut lines = vec![paper.heading(&format!("Plan {plan} on {date}: suppose that this were on record"))];
    for fact in supposed {
        lines.push(paper.entry("", fact));
    }
    lines.push(String::new());
    lines.extend(Columns::table(&side_by_side(present, simulated), 2, paper.width()));
    lines.push(String::new());
    lines.extend(differences(paper, simulated, &answer.differences, is_all));
    lines.extend(wrapped("Nothing was stored. Taper supports a clinician, who decides.", paper.width()));
    lines.join("\n")
}

/// What a therapist asks first: referrals, phase, visits, running, stretching.
fn side_by_side(present: &Recommendation, simulated: &Recommendation) -> Vec<Row> {
    let both =
        |label: &str, told: &dyn Fn(&Recommendation) -> String| vec![label.to_owned(), told(present), told(simulated)];
    vec![
        vec![String::new(), "on record".to_owned(), "supposed".to_owned()],
        both("Referrals", &referrals),
        both("Phase", &told::phase),
        both("Visits", &told::visits),
        both("Running", &|advice| permit(advice, ActivityKind::Run)),
        both("Stretching", &|advice| permit(advice, ActivityKind::Stretching)),
    ]
}

fn referrals(advice: &Recommendation) -> String {
    let mut parts: Vec<String> = Vec::new();
    for referral in advice.referrals.iter().filter(|one| one.standing() == ReferralStanding::Open) {
        let class = words::value_name(referral.referral_class().as_str_name(), "REFERRAL_CLASS_");
        let stop = if referral.mode() == ReferralMode::Stop { " (STOP)" } else { "" };
        parts.push(format!("{class}{stop}: {}", words::spaced(&referral.condition)));
    }
    let not_excluded = advice.referrals.iter().filter(|one| one.standing() == ReferralStanding::CannotExclude).count();
    if not_excluded > 0 {
        parts.push(format!("{not_excluded} cannot be excluded"));
    }
    if parts.is_empty() { "none open".to_owned() } else { parts.join("; ") }
}

fn permit(advice: &Recommendation, kind: ActivityKind) -> String {
    let found = advice.activities.iter().find(|one| one.activity() == kind);
    found.map_or_else(|| "-".to_owned(), |one| told::permitted(one.permission(), one.limits.as_ref()))
}

/// The differences that are told, each in a row; with the sentences of the rules of an advice.
pub fn differences(paper: Paper, advice: &Recommendation, found: &[Difference], is_all: bool) -> Vec<String> {
    if found.is_empty() {
        return vec![paper.heading("No difference: nothing changes in the advice.")];
    }
    let count = words::counted_items(found.len(), "difference");
    let mut lines = vec![paper.heading(&count)];
    let told = if is_all { found.len() } else { DIFFERENCES_TOLD };
    let rows: Vec<Row> = found.iter().take(told).map(|one| difference(advice, one)).collect();
    lines.extend(Columns::table(&rows, 2, paper.width()));
    let more = found.len().saturating_sub(told);
    if more > 0 {
        lines.push(format!("{:13}({more} more with --all)", ""));
    }
    lines
}

/// Where, from what to what, and which way.
pub fn difference(advice: &Recommendation, one: &Difference) -> Row {
    let value = |text: &str| if text.is_empty() { "nothing".to_owned() } else { words::spaced(text) };
    let direction = match one.direction() {
        Direction::Advances => "more load or fewer visits",
        Direction::HoldsBack => "more caution",
        Direction::Neither | Direction::Unspecified => "",
    };
    let change = format!("{} -> {}", value(&one.before), value(&one.after));
    vec![place(advice, &one.path), change, direction.to_owned()]
}

/// `rules[P2-PROG-3].verdict` becomes the rule's sentence with its id; other places only lose their underscores.
fn place(advice: &Recommendation, path: &str) -> String {
    let rule_id = path.strip_prefix("rules[").and_then(|rest| rest.split(']').next());
    let rule = rule_id.and_then(|id| advice.rules.iter().find(|rule| rule.rule_id == id));
    match rule.filter(|rule| !rule.text.is_empty()) {
        Some(rule) => format!("{} [{}]", rule.text, rule.rule_id),
        None => words::spaced(path),
    }
}

#[cfg(test)]
mod tests {
    use taper_api::google::r#type::Date;
    use taper_api::v1::{PhaseAction, RuleResult};

    use super::*;

    fn advice(action: PhaseAction, phase_target: i32) -> Recommendation {
        let rule = RuleResult {
            rule_id: "P2-PROG-3".to_owned(),
            text: "The painful length is at most half.".to_owned(),
            ..Default::default()
        };
        Recommendation {
            phase: 2,
            phase_action: action.into(),
            phase_target,
            as_of: Some(Date { year: 2026, month: 3, day: 25 }),
            rules: vec![rule],
            ..Default::default()
        }
    }

    fn told(differences: Vec<Difference>) -> String {
        let answer = SimulateRecommendationResponse {
            present: Some(advice(PhaseAction::Hold, 0)),
            simulated: Some(advice(PhaseAction::Advance, 3)),
            differences,
        };
        compared(Paper::plain().as_wide_as(100), &["Assessment: x".to_owned()], &answer, false)
    }

    #[test]
    fn both_are_told_side_by_side_with_what_was_supposed_and_that_nothing_was_stored() {
        let text = told(Vec::new());
        let phase = text.lines().find(|line| line.starts_with("  Phase")).unwrap();
        assert!(phase.contains("HOLD") && phase.contains("ADVANCE to 3"), "{text}");
        assert!(text.contains("Assessment: x") && text.contains("No difference"), "{text}");
        assert!(text.ends_with("Nothing was stored. Taper supports a clinician, who decides."), "{text}");
    }

    #[test]
    fn a_difference_names_its_place_in_words_its_two_values_and_its_way() {
        let one = |path: &str, before: &str, after: &str, direction: Direction| Difference {
            path: path.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            direction: direction.into(),
        };
        let text = told(vec![
            one("phase_action", "hold", "advance", Direction::Advances),
            one("rules[P2-PROG-3].verdict", "unmet", "met", Direction::Neither),
        ]);
        assert!(text.contains("2 differences\n"), "{text}");
        assert!(text.contains("  phase action") && text.contains("hold -> advance"), "{text}");
        assert!(text.contains("more load or fewer visits"), "{text}");
        assert!(text.contains("The painful length is at most half. [P2-PROG-3]"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }

    #[test]
    fn more_differences_than_fit_are_counted() {
        let many = vec![Difference { path: "flags".to_owned(), ..Default::default() }; DIFFERENCES_TOLD + 3];
        assert!(told(many).contains("(3 more with --all)"));
    }
}
