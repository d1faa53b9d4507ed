//! What was recorded, a sentence for each entry.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::civil::Date;
use taper_api::v1::decision::Decided;
use taper_api::v1::{
    ActivateTreatmentPlanRequest, Activity, Decision, Focus, ModalityResult, OverrideReason, Session, SessionState,
    Treatment,
};

use super::words;

/// The sessions of a step; visits of one kind that follow each other are told together, so that weeks of them do not
/// fill the page.
pub fn sessions(today: Date, sessions: &[(Date, Session)]) -> Vec<String> {
    let is_alike = |one: &(Date, Session), other: &(Date, Session)| {
        let (one, other) = (&one.1, &other.1);
        one.kind == other.kind && one.state == other.state && one.minutes == other.minutes && one.focus == other.focus
    };
    sessions.chunk_by(is_alike).filter_map(|visits| visits_of_one_kind(today, visits)).collect()
}

fn visits_of_one_kind(today: Date, visits: &[(Date, Session)]) -> Option<String> {
    let ((from, first), (to, _)) = (visits.first()?, visits.last()?);
    let mut told = session_kind(first);
    match visits.len() {
        1 if *from == today => {}
        1 => told.push_str(&format!(" on {from}")),
        count => told = format!("{count} times: {told}, {from} to {to}"),
    }
    let treatments = visits.iter().flat_map(|(_, visit)| &visit.treatments).map(treatment);
    let treatments: BTreeSet<String> = treatments.collect();
    if !treatments.is_empty() {
        told.push_str(&format!("; {}", Vec::from_iter(treatments).join(", ")));
    }
    type Pain = fn(&Session) -> Option<i32>;
    let pains: [(&str, Pain); 3] = [
        ("before", |visit| visit.pain_before_nprs),
        ("after", |visit| visit.pain_after_nprs),
        ("next morning", |visit| visit.pain_next_morning_nprs),
    ];
    for (when, pain) in pains {
        let pains: Vec<String> =
            visits.iter().filter_map(|(_, visit)| pain(visit)).map(|pain| pain.to_string()).collect();
        if !pains.is_empty() {
            told.push_str(&format!("; pain {when} {}", pains.join(" ")));
        }
    }
    for event in visits.iter().flat_map(|(_, visit)| &visit.adverse_events) {
        let kind = words::value_name(event.kind().as_str_name(), "ADVERSE_EVENT_KIND_");
        told.push_str(&format!("; adverse event: {kind}"));
    }
    Some(told)
}

fn session_kind(session: &Session) -> String {
    let kind = sentence_case(&words::value_name(session.kind().as_str_name(), "SESSION_KIND_"));
    let state = match session.state() {
        SessionState::Attended | SessionState::Unspecified => String::new(),
        state => format!(" ({})", words::value_name(state.as_str_name(), "SESSION_STATE_")),
    };
    let mut most_first = session.focus.clone();
    most_first.sort_by_key(|focus| Reverse(focus.minutes));
    let areas: Vec<String> = most_first.iter().map(focus).collect();
    let areas = if areas.is_empty() { String::new() } else { format!(" ({})", areas.join(", ")) };
    format!("{kind}{state} {} min{areas}", session.minutes)
}

fn focus(focus: &Focus) -> String {
    format!("{} {}", words::value_name(focus.area().as_str_name(), "AREA_"), focus.minutes)
}

fn treatment(treatment: &Treatment) -> String {
    let modality = words::value_name(treatment.modality().as_str_name(), "MODALITY_");
    match treatment.result() {
        ModalityResult::Unspecified => modality,
        result => format!("{modality} ({})", words::value_name(result.as_str_name(), "MODALITY_RESULT_")),
    }
}

/// An activity outside the sessions.
pub fn activity(today: Date, date: Date, activity: &Activity) -> String {
    let mut told = sentence_case(&words::value_name(activity.kind().as_str_name(), "ACTIVITY_KIND_"));
    if date != today {
        told.push_str(&format!(" on {date}"));
    }
    let mut add = |text: Option<String>| told.extend(text.map(|text| format!(", {text}")));
    add(activity.minutes.map(|minutes| format!("{minutes} min")));
    add(activity.speed_kmh.map(|speed| format!("{speed} km/h")));
    add(activity.load_kg.map(|load| format!("{load} kg")));
    add(activity.effort_percent.map(|percent| format!("{percent}% effort")));
    add(activity.pain_during_nprs.map(|pain| format!("pain during {pain}")));
    add(activity.pain_next_morning_nprs.map(|pain| format!("next morning {pain}")));
    told
}

/// The start of a plan.
pub fn activation(start: &ActivateTreatmentPlanRequest) -> String {
    let rung = match start.session_count_per_week {
        0 => "the first rung of visits".to_owned(),
        count => words::visits_a_week(count),
    };
    let phase = start.phase;
    format!("Decision: start in phase {phase}, on {rung}{}", against_advice(start.override_reason()))
}

/// A therapist's decision.
pub fn decision(decision: &Decision) -> String {
    let what = match &decision.decided {
        Some(Decided::Phase(phase)) => format!("phase {phase}"),
        Some(Decided::SessionCountPerWeek(count)) => words::visits_a_week(*count),
        Some(Decided::Discharge(_)) => "discharge".to_owned(),
        Some(Decided::ResumeStretching(_)) => "stretching may begin again".to_owned(),
        Some(Decided::ReferralClearance(clearance)) => {
            let outcome = words::value_name(clearance.outcome().as_str_name(), "CLEARANCE_OUTCOME_");
            format!("{} cleared, {outcome}", clearance.rule_id)
        }
        Some(Decided::ActivationPhase(phase)) => format!("start in phase {phase}"),
        None => "nothing".to_owned(),
    };
    format!("Decision: {what}{}", against_advice(decision.override_reason()))
}

fn against_advice(reason: OverrideReason) -> String {
    match reason {
        OverrideReason::Unspecified => String::new(),
        reason => format!(" (reason: {})", words::value_name(reason.as_str_name(), "OVERRIDE_REASON_")),
    }
}

fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{ActivityKind, Area, SessionKind};

    use super::*;

    fn day(day: i8) -> Date {
        jiff::civil::date(2026, 3, day)
    }

    fn massage(pain_after: i32) -> Session {
        Session {
            kind: SessionKind::Massage.into(),
            minutes: 30,
            focus: vec![Focus { area: Area::TieIn.into(), minutes: 18 }],
            pain_after_nprs: Some(pain_after),
            ..Default::default()
        }
    }

    #[test]
    fn a_session_tells_minutes_areas_and_pain_and_its_day_when_it_is_another() {
        let visit = [(day(2), massage(0))];
        assert_eq!(sessions(day(2), &visit), ["Massage 30 min (tie-in 18); pain after 0"]);
        assert_eq!(sessions(day(3), &visit), ["Massage 30 min (tie-in 18) on 2026-03-02; pain after 0"]);
    }

    #[test]
    fn like_sessions_are_told_together() {
        let visits = [(day(2), massage(3)), (day(4), massage(2)), (day(6), massage(1))];
        let expected = "3 times: Massage 30 min (tie-in 18), 2026-03-02 to 2026-03-06; pain after 3 2 1";
        assert_eq!(sessions(day(6), &visits), [expected]);
    }

    #[test]
    fn an_activity_and_a_decision_are_told() {
        let run = Activity {
            kind: ActivityKind::Run.into(),
            minutes: Some(20),
            speed_kmh: Some(8.5),
            pain_during_nprs: Some(0),
            ..Default::default()
        };
        assert_eq!(activity(day(2), day(2), &run), "Run, 20 min, 8.5 km/h, pain during 0");
        assert_eq!(activity(day(3), day(2), &run), "Run on 2026-03-02, 20 min, 8.5 km/h, pain during 0");
        let phase = Decision {
            decided: Some(Decided::Phase(3)),
            override_reason: OverrideReason::ClinicalJudgement.into(),
            ..Default::default()
        };
        assert_eq!(decision(&phase), "Decision: phase 3 (reason: clinical judgement)");
    }
}
