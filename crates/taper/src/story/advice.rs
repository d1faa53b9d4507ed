//! A recommendation as a clinician reads it: phase and visits first, then what holds them, then what may be done.

use std::collections::BTreeMap;

use taper_api::v1::{
    ActivityKind, AdviceItem, FocusAdvice, Limits, Modality, Permission, PhaseAction, Recommendation, ReferralAdvice,
    ReferralMode, ReferralStanding, Rung, TaperAction, Verdict,
};

use super::{criteria, words};

/// Advice under one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// For example `Phase`.
    pub label: &'static str,
    /// The text; `\n` begins a new line.
    pub text: String,
    /// It is told every day, also where it is what it was.
    pub is_told_daily: bool,
}

fn daily(label: &'static str, text: String) -> Line {
    Line { label, text, is_told_daily: true }
}

fn when_new(label: &'static str, text: String) -> Line {
    Line { label, text, is_told_daily: false }
}

/// The advice, most pressing first.
pub fn lines(advice: &Recommendation) -> Vec<Line> {
    let mut lines = Vec::new();
    for referral in advice.referrals.iter().filter(|one| is_shown(one)) {
        lines.push(daily("Referral", told_referral(referral)));
    }
    let phase_reasons = reasons(advice, &advice.phase_rule_ids, &[]);
    let taper_reasons = reasons(advice, &advice.taper_rule_ids, &advice.phase_rule_ids);
    lines.push(daily("Phase", format!("{}{phase_reasons}", phase(advice))));
    lines.push(daily("Visits", format!("{}{taper_reasons}", visits(advice))));
    lines.extend(non_response(advice).map(|text| daily("Response", text)));
    lines.extend(running(advice).map(|text| daily("Running", text)));
    lines.extend(hands_on(advice).map(|text| daily("Hands-on", text)));
    let modalities = advice.modalities.iter().filter(|one| one.modality() != Modality::Massage);
    let modalities = modalities.map(|one| (one.permission(), one.modality().as_str_name(), "MODALITY_"));
    lines.extend(by_permission(modalities).map(|text| when_new("Modalities", text)));
    let activities = advice.activities.iter().filter(|one| one.activity() != ActivityKind::Run);
    let activities = activities.map(|one| (one.permission(), one.activity().as_str_name(), "ACTIVITY_KIND_"));
    lines.extend(by_permission(activities).map(|text| when_new("Activities", text)));
    let items = [
        ("Home", &advice.home_programme),
        ("Prevention", &advice.prevention),
        ("Risk", &advice.risk_factors),
        ("Reviews", &advice.reviews),
        ("Notice", &advice.flags),
    ];
    for (label, items) in items {
        if !items.is_empty() {
            lines.push(when_new(label, items.iter().map(told_item).collect::<Vec<_>>().join(", ")));
        }
    }
    lines
}

fn told_item(item: &AdviceItem) -> String {
    let due = item.due_date.as_ref().map(|date| format!(" ({})", words::date(date)));
    format!("{}{}", words::spaced(&item.code), due.unwrap_or_default())
}

/// `allowed: heat, exercise; not yet: stretching`.
fn by_permission<'n>(advised: impl Iterator<Item = (Permission, &'n str, &'n str)>) -> Option<String> {
    let mut groups: BTreeMap<Permission, Vec<String>> = BTreeMap::new();
    for (permission, name, prefix) in advised {
        groups.entry(permission).or_default().push(words::value_name(name, prefix));
    }
    let told =
        groups.iter().map(|(permission, names)| format!("{}: {}", told_permission(*permission), names.join(", ")));
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn told_permission(permission: Permission) -> String {
    words::value_name(permission.as_str_name(), "PERMISSION_")
}

fn is_shown(referral: &ReferralAdvice) -> bool {
    referral.standing() != ReferralStanding::Cleared
}

fn told_referral(referral: &ReferralAdvice) -> String {
    let class = words::value_name(referral.referral_class().as_str_name(), "REFERRAL_CLASS_");
    let condition = words::spaced(&referral.condition);
    let subject = format!("{} {class}, {condition}", referral.rule_id);
    let is_stop = referral.mode() == ReferralMode::Stop;
    if referral.standing() == ReferralStanding::CannotExclude {
        let wait = if is_stop { "; advances wait" } else { "" };
        return format!("{subject}: cannot be excluded, values are missing or too old{wait}");
    }
    let since = referral.since_date.as_ref().map(|date| format!(" since {}", words::date(date)));
    let mode = match is_stop {
        true => "STOPS the treatment until it is cleared",
        false => "beside the treatment",
    };
    format!("{subject}: open{}; {mode}", since.unwrap_or_default())
}

fn phase(advice: &Recommendation) -> String {
    let action = match advice.phase_action() {
        PhaseAction::Advance => format!("ADVANCE to {}", named(advice.phase_target)),
        PhaseAction::Regress => format!("REGRESS to {}", named(advice.phase_target)),
        PhaseAction::Hold => "HOLD".to_owned(),
        PhaseAction::Stop => "STOP".to_owned(),
        PhaseAction::Discharge => "DISCHARGE".to_owned(),
        PhaseAction::Unspecified => "-".to_owned(),
    };
    let now = match (advice.discharged, advice.phase) {
        (true, _) => return "discharged".to_owned(),
        (false, 0) => match advice.entry_phase {
            0 => "not started".to_owned(),
            entry => format!("not started; the findings fit a start in {}", named(entry)),
        },
        (false, phase) => named(phase),
    };
    format!("{now}: {action}")
}

/// The four phases are the same in every protocol.
fn named(phase: i32) -> String {
    let name = match phase {
        1 => " (reduce pain and inflammation)",
        2 => " (restore range of motion)",
        3 => " (restore muscle function)",
        4 => " (lead up to running again)",
        _ => "",
    };
    format!("{phase}{name}")
}

/// Rules whose sentences are told although they are met; of more, only the ids are.
const MET_TOLD_MAX: usize = 2;

/// What led to an action, each on a line of its own, with a new line before it.
fn reasons(advice: &Recommendation, rule_ids: &[String], already_told: &[String]) -> String {
    let mut reasons = Vec::new();
    let (mut met, mut again) = (Vec::new(), Vec::new());
    for rule_id in rule_ids {
        match advice.rules.iter().find(|rule| rule.rule_id == *rule_id) {
            Some(_) if already_told.contains(rule_id) => again.push(rule_id.clone()),
            Some(rule) if rule.verdict() == Verdict::Met => met.push(rule),
            Some(rule) => reasons.push(criteria::not_met(rule)),
            None => reasons.push(rule_id.clone()),
        }
    }
    if met.len() <= MET_TOLD_MAX {
        reasons.splice(0..0, met.into_iter().map(criteria::met));
    } else {
        let ids: Vec<String> = met.iter().map(|rule| rule.rule_id.clone()).collect();
        reasons.insert(0, format!("met: {}", words::listed(&ids)));
    }
    if !again.is_empty() {
        reasons.push(format!("as above: {}", words::listed(&again)));
    }
    reasons.iter().map(|reason| format!("\n{reason}")).collect()
}

fn visits(advice: &Recommendation) -> String {
    let rung = advice.rung.as_ref().map_or_else(|| "none planned".to_owned(), told_rung);
    let target = advice.taper_target.as_ref().map(told_rung).unwrap_or_default();
    let action = match advice.taper_action() {
        TaperAction::StepDown => format!("STEP DOWN to {target}"),
        TaperAction::StepBack => format!("STEP BACK to {target}"),
        TaperAction::Hold => "HOLD".to_owned(),
        TaperAction::ReEvaluate => "RE-EVALUATE instead of going on".to_owned(),
        TaperAction::Discharge => "DISCHARGE, no more visits".to_owned(),
        TaperAction::Unspecified => "-".to_owned(),
    };
    if advice.discharged {
        return "none".to_owned();
    }
    let range = advice.frequency.as_ref().map(|advised| {
        let (least, most) = (advised.session_count_per_week_min, advised.session_count_per_week_max);
        let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
        format!(" (advised: {range} a week)")
    });
    format!("{rung}: {action}{}", range.unwrap_or_default())
}

fn told_rung(rung: &Rung) -> String {
    format!("{} a week, {} min", rung.session_count_per_week, rung.minutes)
}

fn non_response(advice: &Recommendation) -> Option<String> {
    let found = advice.non_response.as_ref()?;
    let next: Vec<String> = found.next.iter().map(|code| words::spaced(code)).collect();
    let (visits, days) = (found.visits_attended, found.days_since_first_visit);
    Some(format!("not enough in {visits} visits and {days} days; consider: {}", next.join(", ")))
}

fn running(advice: &Recommendation) -> Option<String> {
    let run = advice.activities.iter().find(|one| one.activity() == ActivityKind::Run)?;
    Some(permitted(run.permission(), run.limits.as_ref()))
}

fn permitted(permission: Permission, limits: Option<&Limits>) -> String {
    let name = told_permission(permission);
    let bounds = limits.map(told_limits).unwrap_or_default();
    if permission != Permission::Allowed || bounds.is_empty() {
        return name;
    }
    format!("{name}, {}", bounds.join(", "))
}

fn told_limits(limits: &Limits) -> Vec<String> {
    let mut told = Vec::new();
    told.extend(limits.speed_below_kmh.map(|speed| format!("below {speed} km/h")));
    told.extend(limits.speed_max_kmh.map(|speed| format!("up to {speed} km/h")));
    told.extend(limits.effort_percent_max.map(|percent| format!("at most {percent}% effort")));
    told.extend(limits.minutes_max.map(|minutes| format!("at most {minutes} min")));
    told.extend(limits.count_per_week_max.map(|count| format!("at most {count} times a week")));
    told.extend(limits.pain_max_nprs.map(|pain| format!("pain at most {pain}/10")));
    told.extend(limits.areas.iter().map(|area| words::spaced(area)));
    told
}

fn hands_on(advice: &Recommendation) -> Option<String> {
    let massage = advice.modalities.iter().find(|one| one.modality() == Modality::Massage)?;
    let mut text = format!("massage {}", permitted(massage.permission(), massage.limits.as_ref()));
    if !advice.focus.is_empty() {
        let areas: Vec<String> = advice.focus.iter().map(told_focus).collect();
        text.push_str(&format!("; {}", words::listed(&areas)));
    }
    Some(text)
}

fn told_focus(focus: &FocusAdvice) -> String {
    format!("{} {} min", words::value_name(focus.area().as_str_name(), "AREA_"), focus.minutes)
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{ActivityAdvice, FrequencyAdvice, ReferralClass};

    use super::*;

    fn text_of(advice: &Recommendation, label: &str) -> String {
        let found = lines(advice).into_iter().find(|line| line.label == label);
        found.map(|line| line.text).unwrap_or_default()
    }

    #[test]
    fn the_phase_is_told_with_its_action_and_target() {
        let advice = Recommendation {
            phase: 2,
            phase_action: PhaseAction::Advance.into(),
            phase_target: 3,
            ..Default::default()
        };
        assert_eq!(text_of(&advice, "Phase"), "2 (restore range of motion): ADVANCE to 3 (restore muscle function)");
    }

    #[test]
    fn a_draft_shows_the_phase_that_the_findings_fit() {
        let advice = Recommendation { entry_phase: 2, phase_action: PhaseAction::Hold.into(), ..Default::default() };
        assert_eq!(
            text_of(&advice, "Phase"),
            "not started; the findings fit a start in 2 (restore range of motion): HOLD"
        );
    }

    #[test]
    fn a_step_down_shows_both_rungs_and_the_advised_range() {
        let rung = |count| Some(Rung { session_count_per_week: count, minutes: 30 });
        let frequency =
            FrequencyAdvice { session_count_per_week_min: 1, session_count_per_week_max: 2, ..Default::default() };
        let advice = Recommendation {
            rung: rung(3),
            taper_action: TaperAction::StepDown.into(),
            taper_target: rung(2),
            frequency: Some(frequency),
            ..Default::default()
        };
        assert_eq!(
            text_of(&advice, "Visits"),
            "3 a week, 30 min: STEP DOWN to 2 a week, 30 min (advised: 1 to 2 a week)"
        );
    }

    #[test]
    fn an_open_stop_comes_first_and_a_cleared_referral_is_left_out() {
        let referral = |standing: ReferralStanding| ReferralAdvice {
            rule_id: "RF-AVULSION".to_owned(),
            condition: "avulsion".to_owned(),
            referral_class: ReferralClass::Urgent.into(),
            mode: ReferralMode::Stop.into(),
            standing: standing.into(),
            ..Default::default()
        };
        let open = Recommendation { referrals: vec![referral(ReferralStanding::Open)], ..Default::default() };
        let first = lines(&open).remove(0);
        assert_eq!(first.text, "RF-AVULSION urgent, avulsion: open; STOPS the treatment until it is cleared");
        let cleared = Recommendation { referrals: vec![referral(ReferralStanding::Cleared)], ..Default::default() };
        assert_eq!(text_of(&cleared, "Referral"), "");
    }

    #[test]
    fn the_running_ceiling_is_told() {
        let run = ActivityAdvice {
            activity: ActivityKind::Run.into(),
            permission: Permission::Allowed.into(),
            limits: Some(Limits { speed_below_kmh: Some(9.0), ..Default::default() }),
            ..Default::default()
        };
        let advice = Recommendation { activities: vec![run], ..Default::default() };
        assert_eq!(text_of(&advice, "Running"), "allowed, below 9 km/h");
    }
}
