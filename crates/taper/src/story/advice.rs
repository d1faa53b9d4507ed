//! A recommendation as a clinician reads it: phase and visits first, then what holds them, then what may be done.

use taper_api::v1::{
    ActivityKind, FocusAdvice, Limits, Modality, Permission, PhaseAction, Recommendation, ReferralAdvice,
    ReferralStanding, Rung, TaperAction, Verdict,
};

use super::{criteria, words};

/// One line of advice under its label; the label is empty where the line goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// For example `Phase`.
    pub label: &'static str,
    /// The text; `\n` begins a new line.
    pub text: String,
}

/// The advice, most pressing first.
pub fn lines(advice: &Recommendation) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, referral) in advice.referrals.iter().filter(|one| is_shown(one)).enumerate() {
        lines.push(Line {
            label: if index == 0 { "Referral" } else { "" },
            text: told_referral(referral),
        });
    }
    lines.push(Line {
        label: "Phase",
        text: phase(advice),
    });
    lines.extend(reasons(advice, &advice.phase_rule_ids, &[]));
    lines.push(Line {
        label: "Visits",
        text: visits(advice),
    });
    lines.extend(reasons(advice, &advice.taper_rule_ids, &advice.phase_rule_ids));
    if let Some(text) = non_response(advice) {
        lines.push(Line {
            label: "No response",
            text,
        });
    }
    if let Some(text) = running(advice) {
        lines.push(Line { label: "Running", text });
    }
    if let Some(text) = hands_on(advice) {
        lines.push(Line {
            label: "Hands-on",
            text,
        });
    }
    for (label, items) in [
        ("Home", &advice.home_programme),
        ("Prevention", &advice.prevention),
        ("Notice", &advice.flags),
    ] {
        if !items.is_empty() {
            let codes: Vec<String> = items.iter().map(|item| words::spaced(&item.code)).collect();
            lines.push(Line {
                label,
                text: codes.join(", "),
            });
        }
    }
    if let Some(text) = reviews(advice) {
        lines.push(Line { label: "Reviews", text });
    }
    lines
}

fn is_shown(referral: &ReferralAdvice) -> bool {
    referral.standing() != ReferralStanding::Cleared
}

fn told_referral(referral: &ReferralAdvice) -> String {
    let class = words::value_name(referral.referral_class().as_str_name(), "REFERRAL_CLASS_");
    let mode = match referral.mode() {
        taper_api::v1::ReferralMode::Stop => "STOPS the treatment until it is cleared",
        _ => "beside the treatment",
    };
    let since = referral
        .since_date
        .as_ref()
        .map(|date| format!(" since {}", words::date(date)));
    let since = since.unwrap_or_default();
    let standing = match referral.standing() {
        ReferralStanding::CannotExclude => "cannot be excluded yet".to_owned(),
        _ => format!("open{since}"),
    };
    let condition = words::spaced(&referral.condition);
    format!("{} {class}, {condition}: {standing}; {mode}", referral.rule_id)
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

/// What led to an action: rules that are not met in full, the others by their ids.
fn reasons(advice: &Recommendation, rule_ids: &[String], already_told: &[String]) -> Vec<Line> {
    let mut met = Vec::new();
    let mut lines = Vec::new();
    for rule_id in rule_ids {
        match advice.rules.iter().find(|rule| rule.rule_id == *rule_id) {
            Some(rule) if rule.verdict() == Verdict::Met => met.push(rule_id.clone()),
            Some(_) if already_told.contains(rule_id) => lines.push(format!("{rule_id} as above")),
            Some(rule) => lines.push(criteria::not_met(rule)),
            None => met.push(rule_id.clone()),
        }
    }
    if !met.is_empty() {
        lines.insert(0, format!("by {}", words::listed(&met)));
    }
    lines.into_iter().map(|text| Line { label: "", text }).collect()
}

fn visits(advice: &Recommendation) -> String {
    let rung = advice
        .rung
        .as_ref()
        .map_or_else(|| "none planned".to_owned(), told_rung);
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
        let range = if least == most {
            most.to_string()
        } else {
            format!("{least} to {most}")
        };
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
    Some(format!(
        "{visits} visits in {days} days without enough change; consider: {}",
        next.join(", ")
    ))
}

fn running(advice: &Recommendation) -> Option<String> {
    let run = advice
        .activities
        .iter()
        .find(|one| one.activity() == ActivityKind::Run)?;
    Some(permitted(run.permission(), run.limits.as_ref()))
}

fn permitted(permission: Permission, limits: Option<&Limits>) -> String {
    let name = words::value_name(permission.as_str_name(), "PERMISSION_");
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
    told.extend(
        limits
            .effort_percent_max
            .map(|percent| format!("at most {percent}% effort")),
    );
    told.extend(limits.minutes_max.map(|minutes| format!("at most {minutes} min")));
    told.extend(
        limits
            .count_per_week_max
            .map(|count| format!("at most {count} times a week")),
    );
    told.extend(limits.pain_max_nprs.map(|pain| format!("pain at most {pain} of 10")));
    told.extend(limits.areas.iter().map(|area| words::spaced(area)));
    told
}

fn hands_on(advice: &Recommendation) -> Option<String> {
    let massage = advice
        .modalities
        .iter()
        .find(|one| one.modality() == Modality::Massage)?;
    let mut text = format!("massage {}", permitted(massage.permission(), massage.limits.as_ref()));
    if !advice.focus.is_empty() {
        let areas: Vec<String> = advice.focus.iter().map(told_focus).collect();
        text.push_str(&format!("; {}", words::listed(&areas)));
    }
    Some(text)
}

fn told_focus(focus: &FocusAdvice) -> String {
    format!(
        "{} {} min",
        words::value_name(focus.area().as_str_name(), "AREA_"),
        focus.minutes
    )
}

fn reviews(advice: &Recommendation) -> Option<String> {
    let told = advice.reviews.iter().map(|review| {
        let due = review
            .due_date
            .as_ref()
            .map(|date| format!(" on {}", words::date(date)));
        format!("{}{}", words::spaced(&review.code), due.unwrap_or_default())
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(", "))
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{ActivityAdvice, FrequencyAdvice, ReferralClass, ReferralMode};

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
        assert_eq!(
            text_of(&advice, "Phase"),
            "2 (restore range of motion): ADVANCE to 3 (restore muscle function)"
        );
    }

    #[test]
    fn a_draft_shows_the_phase_that_the_findings_fit() {
        let advice = Recommendation {
            entry_phase: 2,
            phase_action: PhaseAction::Hold.into(),
            ..Default::default()
        };
        assert_eq!(
            text_of(&advice, "Phase"),
            "not started; the findings fit a start in 2 (restore range of motion): HOLD"
        );
    }

    #[test]
    fn a_step_down_shows_both_rungs_and_the_advised_range() {
        let rung = |count| {
            Some(Rung {
                session_count_per_week: count,
                minutes: 30,
            })
        };
        let frequency = FrequencyAdvice {
            session_count_per_week_min: 1,
            session_count_per_week_max: 2,
            ..Default::default()
        };
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
        let open = Recommendation {
            referrals: vec![referral(ReferralStanding::Open)],
            ..Default::default()
        };
        let first = lines(&open).remove(0);
        assert_eq!(
            first.text,
            "RF-AVULSION urgent, avulsion: open; STOPS the treatment until it is cleared"
        );
        let cleared = Recommendation {
            referrals: vec![referral(ReferralStanding::Cleared)],
            ..Default::default()
        };
        assert_eq!(text_of(&cleared, "Referral"), "");
    }

    #[test]
    fn the_running_ceiling_is_told() {
        let run = ActivityAdvice {
            activity: ActivityKind::Run.into(),
            permission: Permission::Allowed.into(),
            limits: Some(Limits {
                speed_below_kmh: Some(9.0),
                ..Default::default()
            }),
            ..Default::default()
        };
        let advice = Recommendation {
            activities: vec![run],
            ..Default::default()
        };
        assert_eq!(text_of(&advice, "Running"), "allowed, below 9 km/h");
    }
}
