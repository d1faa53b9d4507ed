//! The simple parts of the advice: focus of the hands-on work, home programme, prevention, reviews, missing values.

use jiff::civil::Date;

use crate::protocol::criterion::Quantity;
use crate::protocol::fact::{Fact, FactEntry};
use crate::protocol::rule::{Anchor, Effect, ItemList, Rule};
use crate::recommendation::{FocusAdvice, Item, Missing, ModalityAdvice, Permission, RuleId, Verdict};
use crate::record::codes::{Area, Modality};
use crate::record::plan::FocusShare;

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;
use super::rules::Evaluation;

/// An assessment counts as a review from so many days after the first visit on.
const REVIEW_DAYS_MIN: i64 = 14;

/// Items of one list, each once, with every rule that led to it.
pub(super) fn items(evaluation: &Evaluation<'_>, list: ItemList) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for evaluated in evaluation.rules.iter().filter(|evaluated| evaluated.outcome == Outcome::Met) {
        if let Effect::Item { list: of, code } = &evaluated.rule.effect
            && *of == list
        {
            add(&mut items, code, None, &evaluated.rule.id);
        }
    }
    items
}

fn add(items: &mut Vec<Item>, code: &str, due: Option<Date>, rule_id: &RuleId) {
    match items.iter_mut().find(|item| item.code == code && item.due == due) {
        Some(item) => item.rule_ids.push(rule_id.clone()),
        None => items.push(Item { code: code.to_owned(), due, rule_ids: vec![rule_id.clone()] }),
    }
}

/// Reviews, by the day on which they fall due. One whose days cannot be counted from anything is left out, and so is
/// one that was made: the patient was assessed since it fell due.
pub(super) fn reviews(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for evaluated in evaluation.rules.iter().filter(|evaluated| evaluated.outcome == Outcome::Met) {
        let Effect::Review { code, due } = &evaluated.rule.effect else { continue };
        let due_date = match due {
            None if was_reviewed_after_visits(evaluator, evaluated.rule) => continue,
            None => None,
            Some((anchor, after)) => match anchor_date(evaluator, *anchor) {
                None => continue,
                Some(date) => Some(days::after(date, i64::from(*after))),
            },
        };
        if due_date.is_some_and(|due| assessed(evaluator, |date| date >= due)) {
            continue;
        }
        add(&mut items, code, due_date, &evaluated.rule.id);
    }
    items.sort_by_key(|item| item.due);
    items
}

fn assessed(evaluator: &Evaluator<'_>, is_such: impl Fn(Date) -> bool) -> bool {
    evaluator.facts.assessments.iter().any(|assessment| is_such(assessment.content.date))
}

/// A review that a count of visits makes due is made by an assessment after the visit that made it due.
/// On the day of that assessment it is still told: it is what the assessment is for.
fn was_reviewed_after_visits(evaluator: &Evaluator<'_>, rule: &Rule) -> bool {
    let Some(test) = &rule.test else { return false };
    let counts = |quantity: &Quantity| matches!(quantity, Quantity::Fact(Fact::VisitsAttended | Fact::TreatmentDays));
    if !test.criteria().iter().all(|criterion| counts(&criterion.quantity)) {
        return false;
    }
    let mut visits = evaluator.facts.visits.iter().map(|visit| visit.content.date);
    let due = visits.find(|date| evaluator.outcome(rule, &View::on(*date)) == Outcome::Met);
    due.is_some_and(|due| assessed(evaluator, |date| date > due && date < evaluator.as_of))
}

fn anchor_date(evaluator: &Evaluator<'_>, anchor: Anchor) -> Option<Date> {
    let today = evaluator.today();
    let first_visit = evaluator.facts.visits.first().map(|visit| visit.content.date);
    match anchor {
        Anchor::Onset => Some(evaluator.onset()),
        Anchor::FirstVisit => first_visit,
        Anchor::PlanStart => Some(evaluator.plan_start()),
        Anchor::PhaseStart => today.phase.map(|_| today.phase_began),
        Anchor::Discharge => today.discharged,
        Anchor::Return => evaluator.record.injury.content.return_date.filter(|date| *date <= evaluator.as_of),
        Anchor::LastReview => {
            let begin = days::after(first_visit?, REVIEW_DAYS_MIN);
            let last = evaluator.facts.assessments.last()?.content.date;
            (last >= begin).then_some(last)
        }
    }
}

/// Areas of massage that leave out the injury itself.
const AROUND_INJURY_ONLY: &str = "around_injury_only";

/// Minutes of hands-on work by area; none where massage is not allowed, and all around the injury where only that is.
pub(super) fn focus(evaluator: &Evaluator<'_>, modalities: &[ModalityAdvice]) -> Vec<FocusAdvice> {
    let is_allowed =
        |advice: &&ModalityAdvice| advice.modality == Modality::Massage && advice.permission == Permission::Allowed;
    let Some(massage) = modalities.iter().find(is_allowed) else { return Vec::new() };
    let step = match evaluator.today().phase {
        Some(_) => evaluator.step(),
        None if evaluator.today().discharged.is_some() => None,
        None => evaluator.ladder().first().copied(),
    };
    let Some(minutes) = step.map(|step| step.minutes.get()) else { return Vec::new() };
    if massage.limits.areas.iter().any(|area| area == AROUND_INJURY_ONLY) {
        return vec![FocusAdvice { area: Area::AroundInjury, percent: 100, minutes }];
    }
    split(evaluator.focus(), minutes)
}

/// Splits the minutes by the shares; what rounding leaves over goes to the largest remainders.
fn split(shares: &[FocusShare], minutes: u16) -> Vec<FocusAdvice> {
    let total: u32 = shares.iter().map(|share| u32::from(share.percent.get())).sum();
    if total == 0 {
        return Vec::new();
    }
    let mut parts: Vec<(u32, FocusAdvice)> = Vec::with_capacity(shares.len());
    for share in shares {
        let exact = u32::from(minutes).saturating_mul(u32::from(share.percent.get()));
        let whole = u16::try_from(exact / total).unwrap_or(u16::MAX);
        parts.push((exact % total, FocusAdvice { area: share.area, percent: share.percent.get(), minutes: whole }));
    }
    let given: u16 = parts.iter().map(|(_, part)| part.minutes).sum();
    let mut by_remainder: Vec<&mut (u32, FocusAdvice)> = parts.iter_mut().collect();
    by_remainder.sort_by_key(|(remainder, _)| std::cmp::Reverse(*remainder));
    for (_, part) in by_remainder.into_iter().take(usize::from(minutes.saturating_sub(given))) {
        part.minutes = part.minutes.saturating_add(1);
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// Values that rules waited for, each once, in the order in which the rules name them.
pub(super) fn missing(evaluator: &Evaluator<'_>, evaluation: &Evaluation<'_>) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    for evaluated in evaluation.rules.iter().filter(|evaluated| evaluated.result.verdict == Verdict::Unknown) {
        let rule_id = &evaluated.rule.id;
        for criterion in &evaluated.result.criteria {
            let Some(why) = criterion.why_unknown else { continue };
            let what = criterion.measure.as_ref().unwrap_or(&criterion.quantity);
            if let Some(known) = missing.iter_mut().find(|known| known.what == *what) {
                known.why = known.why.min(why);
                if known.rule_ids.last() != Some(rule_id) {
                    known.rule_ids.push(rule_id.clone());
                }
            } else if criterion.measure.is_some() || can_be_asked(evaluator, what) {
                missing.push(Missing { what: what.clone(), why, rule_ids: vec![rule_id.clone()] });
            }
        }
    }
    missing
}

/// Facts that follow from other records need no asking.
fn can_be_asked(evaluator: &Evaluator<'_>, fact: &str) -> bool {
    FactEntry::find(fact, &evaluator.protocol.conditions).is_some_and(|entry| !entry.how.is_empty())
}
