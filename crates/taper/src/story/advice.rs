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
    let modalities = modalities.map(|one| {
        let name = words::value_name(one.modality().as_str_name(), "MODALITY_");
        (one.permission(), one.notices.as_slice(), name)
    });
    lines.extend(by_permission(modalities).map(|text| when_new("Modalities", text)));
    let activities = advice.activities.iter().filter(|one| one.activity() != ActivityKind::Run);
    let activities = activities.map(|one| {
        let name = words::value_name(one.activity().as_str_name(), "ACTIVITY_KIND_");
        (one.permission(), <&[String]>::default(), name)
    });
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

/// The notice that weighs most.
const NO_BENEFIT: &str = "no_benefit_shown";

fn told_item(item: &AdviceItem) -> String {
    let due = item.due_date.as_ref().map(|date| format!(" ({})", words::date(date)));
    format!("{}{}", words::spaced(&item.code), due.unwrap_or_default())
}

/// `allowed: heat, exercise; allowed, no benefit shown: laser; not yet: stretching`.
fn by_permission<'n>(advised: impl Iterator<Item = (Permission, &'n [String], String)>) -> Option<String> {
    let mut groups: BTreeMap<(Permission, String), Vec<String>> = BTreeMap::new();
    for (permission, notices, name) in advised {
        groups.entry((permission, told_notice(permission, notices))).or_default().push(name);
    }
    let told = groups
        .iter()
        .map(|((permission, notice), names)| format!("{}{notice}: {}", told_permission(*permission), names.join(", ")));
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// What speaks against something that is allowed, after a comma: that no benefit is shown, or else what is noted of it.
fn told_notice(permission: Permission, notices: &[String]) -> String {
    if permission != Permission::Allowed {
        return String::new();
    }
    let no_benefit = notices.iter().find(|notice| *notice == NO_BENEFIT).cloned();
    let told = no_benefit.map_or_else(|| notices.to_vec(), |notice| vec![notice]);
    told.iter().map(|notice| format!(", {}", words::notice(notice))).collect()
}

fn told_permission(permission: Permission) -> String {
    words::value_name(permission.as_str_name(), "PERMISSION_")
}

fn is_shown(referral: &ReferralAdvice) -> bool {
    referral.standing() != ReferralStanding::Cleared
}

fn told_referral(referral: &ReferralAdvice) -> String {
    let condition = words::spaced(&referral.condition);
    let is_stop = referral.mode() == ReferralMode::Stop;
    if referral.standing() == ReferralStanding::CannotExclude {
        let wait = if is_stop { "; advances wait" } else { "" };
        return format!("{}: complete the screen: {condition} cannot be excluded{wait}", referral.rule_id);
    }
    let class = words::value_name(referral.referral_class().as_str_name(), "REFERRAL_CLASS_");
    let subject = format!("{} {class}, {condition}", referral.rule_id);
    let since = referral.since_date.as_ref().map(|date| format!(" since {}", words::date(date)));
    let mode = match is_stop {
        true => "STOPS the treatment until it is cleared",
        false => "beside the treatment",
    };
    format!("{subject}: open{}; {mode}", since.unwrap_or_default())
}

pub(crate) fn is_stopped(advice: &Recommendation) -> bool {
    advice.phase_action() == PhaseAction::Stop
}

pub(crate) fn phase(advice: &Recommendation) -> String {
    let action = match advice.phase_action() {
        PhaseAction::Advance => format!("ADVANCE to {}", named(advice.phase_target)),
        PhaseAction::Regress => format!("REGRESS to {}", named(advice.phase_target)),
        PhaseAction::Hold => "HOLD".to_owned(),
        PhaseAction::Stop => "STOP, no hands-on work until the referral is cleared".to_owned(),
        PhaseAction::Discharge => "DISCHARGE".to_owned(),
        PhaseAction::Unspecified => "-".to_owned(),
    };
    let now = match (advice.discharged, advice.phase) {
        (true, _) if is_stopped(advice) => "discharged".to_owned(),
        (true, _) => return "discharged".to_owned(),
        (false, 0) => match advice.entry_phase {
            _ if is_stopped(advice) => "not started".to_owned(),
            0 => "not started".to_owned(),
            entry => format!("not started; the findings fit a start in {}", named(entry)),
        },
        (false, phase) => named(phase),
    };
    format!("{now}: {action}")
}

/// The four phases are the same in every protocol.
pub(crate) fn named(phase: i32) -> String {
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

pub(crate) fn visits(advice: &Recommendation) -> String {
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
    if is_stopped(advice) {
        return format!("{rung}: STOP, no hands-on visit until the referral is cleared");
    }
    let planned = advice.rung.as_ref().map(|rung| rung.session_count_per_week);
    let range = advice.frequency.as_ref().map(|advised| {
        let (least, most) = (advised.session_count_per_week_min, advised.session_count_per_week_max);
        let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let is_less = planned.is_some_and(|planned| most < planned) && advice.taper_action() == TaperAction::Hold;
        let enough = if is_less { "; fewer visits than planned are enough" } else { "" };
        format!(" (advised: {range} a week{enough})")
    });
    format!("{rung}: {action}{}", range.unwrap_or_default())
}

pub(crate) fn told_rung(rung: &Rung) -> String {
    format!("{} a week, {} min", rung.session_count_per_week, rung.minutes)
}

pub(crate) fn non_response(advice: &Recommendation) -> Option<String> {
    let found = advice.non_response.as_ref()?;
    let next: Vec<String> = found.next.iter().map(|code| words::spaced(code)).collect();
    let (visits, days) = (found.visits_attended, found.days_since_first_visit);
    Some(format!("not enough in {visits} visits and {days} days; consider: {}", next.join(", ")))
}

fn running(advice: &Recommendation) -> Option<String> {
    let run = advice.activities.iter().find(|one| one.activity() == ActivityKind::Run)?;
    Some(permitted(run.permission(), run.limits.as_ref()))
}

pub(crate) fn permitted(permission: Permission, limits: Option<&Limits>) -> String {
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

pub(crate) fn hands_on(advice: &Recommendation) -> Option<String> {
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
mod tests;
