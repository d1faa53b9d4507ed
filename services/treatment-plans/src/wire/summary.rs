//! The advice in a few plain sentences: a stop before all, the phase, what holds it, the visits, referrals, what to measure.

use taper_core::recommendation::{
    PhaseAction, Recommendation, ReferralMode, ReferralStanding, RuleId, TaperAction, Verdict,
};

use super::texts::{Texts, how};

/// Values to measure that the summary names; the answer lists all of them.
const MISSING_SHOWN_MAX: usize = 3;

/// Reasons to refer that the summary names where they cannot be excluded; of more, only the number is told.
const NOT_EXCLUDED_NAMED_MAX: usize = 3;

/// Composes the sentences from the advice and the protocol's own sentences.
pub(crate) fn summary(advice: &Recommendation, texts: Texts<'_>) -> String {
    let mut sentences = vec![stop(advice)];
    if is_stopped(advice) {
        sentences.extend(referrals(advice, texts));
    }
    sentences.push(phase(advice));
    sentences.extend(holds(advice, &advice.phase_rule_ids, texts));
    if !is_stopped(advice) {
        sentences.extend(referrals(advice, texts));
    }
    sentences.push(visits(advice));
    if advice.taper_action == TaperAction::Hold {
        sentences.extend(holds(advice, &advice.taper_rule_ids, texts));
    }
    sentences.extend(to_measure(advice));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.push("The therapist decides.".to_owned());
    let mut unique: Vec<String> = Vec::new();
    for sentence in sentences {
        if !unique.contains(&sentence) {
            unique.push(sentence);
        }
    }
    unique.join(" ")
}

fn is_stopped(advice: &Recommendation) -> bool {
    advice.phase_action == PhaseAction::Stop
}

fn stop(advice: &Recommendation) -> String {
    if !is_stopped(advice) {
        return String::new();
    }
    let next = if advice.phase.is_some() || advice.discharged { "advance" } else { "start" };
    format!("Stop: no {next} and no hands-on work until the referral is cleared.")
}

fn phase(advice: &Recommendation) -> String {
    let target = advice.phase_target.map_or_else(String::new, |phase| phase.number().to_string());
    let Some(in_force) = advice.phase.map(|phase| phase.number()) else {
        return match (advice.discharged, advice.entry_phase) {
            (true, _) => "The plan has ended.".to_owned(),
            (false, Some(entry)) if !is_stopped(advice) => {
                format!("The plan is a draft; the values allow entry in phase {}.", entry.number())
            }
            (false, _) => "The plan is a draft.".to_owned(),
        };
    };
    match advice.phase_action {
        PhaseAction::Advance => format!("Phase {in_force}: the gates are met; advance to phase {target}."),
        PhaseAction::Hold => format!("Phase {in_force}: stay."),
        PhaseAction::Regress => format!("Phase {in_force}: go back to phase {target}."),
        PhaseAction::Stop => format!("Phase {in_force}."),
        PhaseAction::Discharge => format!("Phase {in_force}: the plan may end."),
    }
}

/// The sentences of the rules that are not met or not known to be; a setback is told by the rule that is met.
/// Referrals have sentences of their own.
fn holds(advice: &Recommendation, rule_ids: &[RuleId], texts: Texts<'_>) -> Vec<String> {
    let mut sentences = Vec::new();
    for rule in advice.rules.iter().filter(|rule| rule_ids.contains(&rule.rule_id)) {
        if advice.referrals.iter().any(|referral| referral.rule_id == rule.rule_id) {
            continue;
        }
        let text = texts.rule(&rule.rule_id);
        match rule.verdict {
            Verdict::Met if advice.phase_action == PhaseAction::Regress => sentences.push(text),
            Verdict::Met => {}
            Verdict::Unmet => sentences.push(format!("Not met: {text}")),
            Verdict::Unknown => sentences.push(format!("Not known: {text}")),
        }
    }
    sentences
}

/// What is open, each with its rule; what cannot be excluded, in one sentence.
fn referrals(advice: &Recommendation, texts: Texts<'_>) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut not_excluded: Vec<String> = Vec::new();
    for referral in &advice.referrals {
        let text = texts.rule(&referral.rule_id);
        match (referral.standing, referral.mode) {
            (ReferralStanding::Open, ReferralMode::Stop) => sentences.push(format!("Refer, and stop: {text}")),
            (ReferralStanding::Open, ReferralMode::InParallel) => {
                sentences.push(format!("Refer beside the treatment: {text}"));
            }
            (ReferralStanding::CannotExclude, _) => not_excluded.push(referral.condition.replace('_', " ")),
            (ReferralStanding::Cleared, _) => {}
        }
    }
    match not_excluded.len() {
        0 => {}
        few if few <= NOT_EXCLUDED_NAMED_MAX => {
            sentences.push(format!("Complete the screen: {} cannot be excluded.", not_excluded.join(", ")));
        }
        more => sentences.push(format!("Complete the screen: {more} reasons to refer cannot be excluded.")),
    }
    sentences
}

fn visits(advice: &Recommendation) -> String {
    if is_stopped(advice) {
        return "Visits: no hands-on visit until the referral is cleared.".to_owned();
    }
    let a_week = |visits: u8| {
        if visits == 1 { "1 visit a week".to_owned() } else { format!("{visits} visits a week") }
    };
    let target = advice.taper_target.map_or_else(String::new, |step| a_week(step.visits_per_week.get()));
    let Some(in_force) = advice.step.map(|step| a_week(step.visits_per_week.get())) else {
        return String::new();
    };
    match advice.taper_action {
        TaperAction::StepDown => format!("Visits: from {in_force} down to {target}."),
        TaperAction::Hold => fewer_are_enough(advice).unwrap_or_else(|| format!("Visits: stay at {in_force}.")),
        TaperAction::StepBack => format!("Visits: from {in_force} back up to {target}."),
        TaperAction::ReEvaluate => format!("Visits: {in_force} do not help enough; re-think instead of going on."),
        TaperAction::Discharge => "Visits: none are needed any more.".to_owned(),
    }
}

/// The range to begin with lies below the rung that was planned.
fn fewer_are_enough(advice: &Recommendation) -> Option<String> {
    let (planned, advised) = (advice.step?.visits_per_week.get(), advice.frequency.as_ref()?);
    let (least, most) = (advised.visits_per_week_min, advised.visits_per_week_max);
    let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
    (most < planned).then(|| {
        format!("Visits: {planned} a week are planned; fewer than planned are enough, {range} a week are advised.")
    })
}

/// What to measure for the rules that hold the phase or the visits; the red-flag screen is told of once.
fn to_measure(advice: &Recommendation) -> Vec<String> {
    let held = advice.phase_rule_ids.iter().chain(&advice.taper_rule_ids);
    let is_referral = |id: &RuleId| advice.referrals.iter().any(|referral| referral.rule_id == *id);
    let waiting: Vec<&RuleId> = held.filter(|id| !is_referral(id)).collect();
    let missing = advice.missing.iter().filter(|missing| missing.rule_ids.iter().any(|id| waiting.contains(&id)));
    let ways = missing.map(|missing| how(&missing.what)).filter(|way| !way.is_empty());
    ways.take(MISSING_SHOWN_MAX).map(|way| format!("To measure: {way}")).collect()
}

#[cfg(test)]
mod tests {
    use taper_core::case::Case;
    use taper_core::protocol::{Protocol, builtin};
    use taper_core::recommendation::{FrequencyAdvice, ReferralAdvice, ReferralClass};
    use taper_core::record::plan::{FrequencyStep, Phase};
    use taper_core::value::{VisitMinutes, VisitsPerWeek};

    use super::*;

    fn protocol() -> &'static Protocol {
        builtin().first().unwrap()
    }

    fn referral(standing: ReferralStanding) -> ReferralAdvice {
        ReferralAdvice {
            rule_id: "RF-AVULSION".into(),
            condition: "bony_avulsion".to_owned(),
            class: ReferralClass::Urgent,
            mode: ReferralMode::Stop,
            standing,
            since: None,
            clearances: Vec::new(),
        }
    }

    /// Any advice, held in a phase at three visits a week, where nothing else is said.
    fn hold() -> Recommendation {
        let document = taper_core::protocol::builtin::DOCUMENTS.first().unwrap();
        let (_, text) = document.cases.first().unwrap();
        let case = Case::parse_for(text, protocol()).unwrap();
        let mut advice = case.play_with(protocol()).remove(0).recommendation;
        let step =
            FrequencyStep { visits_per_week: VisitsPerWeek::new(3).unwrap(), minutes: VisitMinutes::new(30).unwrap() };
        (advice.phase, advice.entry_phase, advice.discharged) = (Some(Phase::One), None, false);
        (advice.phase_action, advice.phase_rule_ids) = (PhaseAction::Hold, Vec::new());
        (advice.taper_action, advice.taper_rule_ids) = (TaperAction::Hold, Vec::new());
        (advice.step, advice.frequency) = (Some(step), None);
        advice.referrals = Vec::new();
        advice
    }

    fn told(advice: &Recommendation) -> String {
        summary(advice, Texts::of(protocol(), true))
    }

    #[test]
    fn a_stop_comes_first_in_a_draft_and_in_a_phase_and_no_visits_are_told() {
        let stopped = || {
            let (phase_action, referrals) = (PhaseAction::Stop, vec![referral(ReferralStanding::Open)]);
            Recommendation { phase_action, referrals, ..hold() }
        };
        let text = told(&stopped());
        assert!(
            text.starts_with("Stop: no advance and no hands-on work until the referral is cleared. Refer"),
            "{text}"
        );
        assert!(text.contains("Phase 1. ") && !text.contains("stay at"), "{text}");
        let text = told(&Recommendation { phase: None, step: None, entry_phase: Some(Phase::One), ..stopped() });
        assert!(text.starts_with("Stop: no start and no hands-on work until the referral is cleared. Refer"), "{text}");
        assert!(text.contains("The plan is a draft.") && !text.contains("entry"), "{text}");
    }

    #[test]
    fn what_cannot_be_excluded_is_named_and_asks_for_the_screen() {
        let advice = Recommendation { referrals: vec![referral(ReferralStanding::CannotExclude)], ..hold() };
        let text = told(&advice);
        assert!(text.contains("Complete the screen: bony avulsion cannot be excluded."), "{text}");
    }

    #[test]
    fn fewer_visits_than_planned_are_told_to_be_enough() {
        let advised = |least: u8, most: u8| FrequencyAdvice {
            visits_per_week_min: least,
            visits_per_week_max: most,
            visit_minutes: None,
            rule_ids: Vec::new(),
        };
        let text = told(&Recommendation { frequency: Some(advised(1, 2)), ..hold() });
        assert!(text.contains("fewer than planned are enough, 1 to 2 a week are advised."), "{text}");
        let text = told(&Recommendation { frequency: Some(advised(2, 3)), ..hold() });
        assert!(text.contains("Visits: stay at 3 visits a week."), "{text}");
    }
}
