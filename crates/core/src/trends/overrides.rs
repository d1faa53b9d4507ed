//! Decisions against the advice: which rules they went against, and how the case went on.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::decide::{self, Fault, decide};
use crate::protocol::Protocol;
use crate::protocol::rule::Effect;
use crate::recommend::timeline::Timeline;
use crate::recommend::{days, recommend};
use crate::recommendation::{Recommendation, RuleResult, Verdict};
use crate::record::Record;
use crate::record::codes::{OverrideReason, PlanState, SessionState};
use crate::record::decision::Decided;
use crate::refusal::Precondition;
use crate::text::Note;
use crate::visits;

use super::OverrideCourse;

/// Days for which a case is followed after a decision against the advice. DERIVED: the three weeks of T6.
const OUTCOME_DAYS: i64 = 21;

/// Every decision up to a day that went against the advice, the oldest first. A reason beside a decision that follows
/// the advice overrides nothing.
pub(super) fn courses(protocol: &Protocol, record: &Record, as_of: Date) -> Vec<OverrideCourse> {
    let is_seen = |date: Date| date <= as_of;
    let mut decisions: Vec<_> = record.decisions.clone();
    decisions.retain(|fact| !fact.entered_in_error && is_seen(fact.content.date));
    decisions.sort_by_key(|fact| (fact.content.date, fact.content.decided_at, fact.id, fact.revision));
    if decisions.iter().all(|fact| fact.content.override_reason.is_none()) {
        return Vec::new();
    }
    let mut seen = record.clone();
    // As decided, the plan was running: a later suspension or cancellation says nothing about the advice of then.
    seen.plan.content.state = PlanState::Active;
    let timeline = visits::in_force(protocol, record, as_of);
    let mut courses = Vec::new();
    for (place, fact) in decisions.iter().enumerate() {
        let decision = &fact.content;
        let Some(reason) = decision.override_reason else { continue };
        seen.decisions = decisions.iter().take(place).cloned().collect();
        let advice = recommend(protocol, &seen, decision.date);
        let Some(rule_ids) = against(protocol, record, &advice, &decision.decided) else { continue };
        seen.decisions.clone_from(&decisions);
        let end = days::after(decision.date, OUTCOME_DAYS);
        let is_over = as_of >= end;
        let regressed = regressed(protocol, &seen, &timeline, &advice, end.min(as_of));
        courses.push(OverrideCourse {
            decision: fact.id,
            date: decision.date,
            therapist: decision.therapist,
            reason,
            has_note: !decision.note.is_empty(),
            rule_ids,
            outcome_days: days::between(decision.date, as_of).clamp(0, OUTCOME_DAYS),
            regressed_within_21_days: if regressed || is_over { Some(regressed) } else { None },
            phase_after_21_days: if is_over { timeline.on(end).phase } else { None },
            discharged_after_21_days: is_over.then(|| timeline.on(end).discharged.is_some()),
        });
    }
    courses
}

/// The rules that a decision goes against; none when it follows the advice, or cannot be judged by it.
fn against(protocol: &Protocol, record: &Record, advice: &Recommendation, decided: &Decided) -> Option<Vec<String>> {
    match decide(advice, visits::ladder(protocol, record), decided, None, &Note::default()) {
        Ok(_) | Err(Fault::NothingToClear { .. } | Fault::NotYetActive) => None,
        Err(Fault::ReasonNeeded(against) | Fault::NoteNeeded(against) | Fault::StopReferralOpen(against)) => {
            Some(rule_ids(&against))
        }
    }
}

/// The rule of each precondition, once. Where only the advised action is named there is no rule.
fn rule_ids(against: &[Precondition]) -> Vec<String> {
    let mut rule_ids: Vec<String> = Vec::new();
    for precondition in against.iter().filter(|precondition| precondition.kind != decide::ADVISED) {
        // The subject is the rule, and after a blank the place of a criterion in it.
        let rule_id = precondition.subject.split(' ').next().unwrap_or_default();
        if !rule_ids.iter().any(|known| known == rule_id) {
            rule_ids.push(rule_id.to_owned());
        }
    }
    rule_ids
}

/// Whether a setback followed up to a day: an earlier phase was decided, or a regress rule was met by something new.
fn regressed(protocol: &Protocol, record: &Record, timeline: &Timeline, then: &Recommendation, until: Date) -> bool {
    let after = |date: Date| date > then.as_of && date <= until;
    let mut dates: Vec<Date> = record.assessments.iter().map(|fact| fact.content.date).collect();
    dates.extend(record.activities.iter().flat_map(|fact| [fact.content.date, days::next(fact.content.date)]));
    let attended = record.sessions.iter().filter(|fact| fact.content.state == SessionState::Attended);
    dates.extend(attended.flat_map(|fact| [fact.content.date, days::next(fact.content.date)]));
    dates.extend(record.decisions.iter().map(|fact| fact.content.date));
    dates.retain(|date| after(*date));
    dates.sort_unstable();
    dates.dedup();
    dates.into_iter().any(|date| {
        timeline.on(date).regressed.is_some_and(after) || {
            let advice = recommend(protocol, record, date);
            advice.rules.iter().any(|rule| is_new_setback(protocol, rule, then))
        }
    })
}

/// A regress rule that is met by a value of a later day than that of the decision; where it names no day, one that was
/// not met then.
fn is_new_setback(protocol: &Protocol, rule: &RuleResult, then: &Recommendation) -> bool {
    let is_regress = |effect: &Effect| matches!(effect, Effect::Regress(_));
    if rule.verdict != Verdict::Met || !protocol.rule(&rule.rule_id).is_some_and(|rule| is_regress(&rule.effect)) {
        return false;
    }
    let met = rule.criteria.iter().filter(|criterion| criterion.verdict == Verdict::Met);
    match met.filter_map(|criterion| criterion.observed_date).max() {
        Some(date) => date > then.as_of,
        None => !then.rules.iter().any(|other| other.rule_id == rule.rule_id && other.verdict == Verdict::Met),
    }
}

/// How many decisions against the advice for each reason, in the order of the list.
pub(super) fn count_by_reason(courses: &[OverrideCourse]) -> Vec<(OverrideReason, u32)> {
    let mut counts = Vec::new();
    for reason in OverrideReason::ALL {
        let count = courses.iter().filter(|course| course.reason == *reason).count();
        if count > 0 {
            counts.push((*reason, u32::try_from(count).unwrap_or(u32::MAX)));
        }
    }
    counts
}

/// How many decisions went against each rule, by the rule's id.
pub(super) fn count_by_rule(courses: &[OverrideCourse]) -> Vec<(String, u32)> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for rule_id in courses.iter().flat_map(|course| &course.rule_ids) {
        let count = counts.entry(rule_id.as_str()).or_insert(0);
        *count = count.saturating_add(1);
    }
    counts.into_iter().map(|(rule_id, count)| (rule_id.to_owned(), count)).collect()
}
