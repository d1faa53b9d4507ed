//! The pieces of a recommendation on the wire: referrals, modalities, activities, items, visits.

use taper_api::v1;
use taper_core::recommendation::{
    ActivityAdvice, Clearance, FocusAdvice, FrequencyAdvice, GradeAdvice, Item, Limits, Missing, ModalityAdvice,
    NonResponse, Permission, ReferralAdvice, ReferralClass, ReferralMode, ReferralStanding, RuleId,
};
use taper_core::record::codes::{ActivityKind, Area, ClearanceOutcome, ClearedBy, Modality};
use taper_core::record::plan::FrequencyStep;
use taper_core::value::Thousandths;
use taper_kit::name;
use taper_wire::seen;

use super::code_number;
use super::texts::{Texts, how};

/// A referral.
pub(crate) fn referral(plan: &name::Plan, referral: &ReferralAdvice, texts: Texts<'_>) -> v1::ReferralAdvice {
    let referral_class = match referral.class {
        ReferralClass::Emergency => v1::ReferralClass::Emergency,
        ReferralClass::SameDay => v1::ReferralClass::SameDay,
        ReferralClass::Urgent => v1::ReferralClass::Urgent,
        ReferralClass::Routine => v1::ReferralClass::Routine,
    };
    let mode = match referral.mode {
        ReferralMode::Stop => v1::ReferralMode::Stop,
        ReferralMode::InParallel => v1::ReferralMode::InParallel,
    };
    let standing = match referral.standing {
        ReferralStanding::Open => v1::ReferralStanding::Open,
        ReferralStanding::CannotExclude => v1::ReferralStanding::CannotExclude,
        ReferralStanding::Cleared => v1::ReferralStanding::Cleared,
    };
    v1::ReferralAdvice {
        rule_id: referral.rule_id.to_string(),
        condition: referral.condition.clone(),
        referral_class: referral_class.into(),
        mode: mode.into(),
        standing: standing.into(),
        since_date: referral.since.map(super::date),
        text: texts.rule(&referral.rule_id),
        clearances: referral.clearances.iter().map(|cleared| clearance(plan, cleared)).collect(),
    }
}

fn clearance(plan: &name::Plan, cleared: &Clearance) -> v1::Clearance {
    v1::Clearance {
        decision: format!("{plan}/decisions/{}", cleared.decision),
        date: Some(super::date(cleared.date)),
        outcome: code_number(cleared.outcome, ClearanceOutcome::ALL),
        cleared_by: code_number(cleared.cleared_by, ClearedBy::ALL),
    }
}

/// Ids of rules.
pub(crate) fn ids(rule_ids: &[RuleId]) -> Vec<String> {
    rule_ids.iter().map(RuleId::to_string).collect()
}

fn permission(permission: Permission) -> i32 {
    let permission = match permission {
        Permission::Allowed => v1::Permission::Allowed,
        Permission::CheckFirst => v1::Permission::CheckFirst,
        Permission::NotYet => v1::Permission::NotYet,
        Permission::NotRepeated => v1::Permission::NotRepeated,
        Permission::Blocked => v1::Permission::Blocked,
    };
    permission.into()
}

fn limits(limits: &Limits) -> v1::Limits {
    v1::Limits {
        minutes_min: limits.minutes_min.map(i32::from),
        minutes_max: limits.minutes_max.map(i32::from),
        count_per_day_max: limits.times_per_day_max.map(i32::from),
        count_per_week_max: limits.times_per_week_max.map(i32::from),
        pain_max_nprs: limits.pain_max.map(i32::from),
        speed_below_kmh: limits.speed_kmh_below.map(Thousandths::to_f64),
        speed_max_kmh: limits.speed_kmh_max.map(Thousandths::to_f64),
        effort_percent_max: limits.effort_percent_max.map(i32::from),
        areas: limits.areas.clone(),
        conditions: limits.conditions.clone(),
    }
}

/// The sentences of the rules, then those of the codes in limits and notices.
fn sentences(rule_ids: &[RuleId], limits: &Limits, notices: &[String], texts: Texts<'_>) -> Vec<String> {
    let mut sentences = texts.rules(rule_ids);
    sentences.extend(texts.codes(limits.areas.iter().chain(&limits.conditions).chain(notices)));
    sentences
}

/// Advice on a modality.
pub(crate) fn modality(advice: &ModalityAdvice, texts: Texts<'_>) -> v1::ModalityAdvice {
    v1::ModalityAdvice {
        modality: code_number(advice.modality, Modality::ALL),
        permission: permission(advice.permission),
        limits: Some(limits(&advice.limits)),
        notices: advice.notices.clone(),
        rule_ids: ids(&advice.rule_ids),
        texts: sentences(&advice.rule_ids, &advice.limits, &advice.notices, texts),
    }
}

/// Advice on an activity.
pub(crate) fn activity(advice: &ActivityAdvice, texts: Texts<'_>) -> v1::ActivityAdvice {
    v1::ActivityAdvice {
        activity: code_number(advice.activity, ActivityKind::ALL),
        permission: permission(advice.permission),
        limits: Some(limits(&advice.limits)),
        rule_ids: ids(&advice.rule_ids),
        texts: sentences(&advice.rule_ids, &advice.limits, &[], texts),
    }
}

/// Items that are simply advised.
pub(crate) fn items(items: &[Item], texts: Texts<'_>) -> Vec<v1::AdviceItem> {
    let item = |item: &Item| v1::AdviceItem {
        code: item.code.clone(),
        due_date: item.due.map(super::date),
        rule_ids: ids(&item.rule_ids),
        text: texts.code(&item.code),
    };
    items.iter().map(item).collect()
}

/// The grade.
pub(crate) fn grade(grade: &GradeAdvice) -> v1::GradeAdvice {
    v1::GradeAdvice {
        system: grade.system.clone(),
        grade: grade.grade.clone(),
        degree: grade.degree.clone(),
        rule_ids: ids(&grade.rule_ids),
    }
}

/// Advised visits a week.
pub(crate) fn frequency(advice: &FrequencyAdvice) -> v1::FrequencyAdvice {
    v1::FrequencyAdvice {
        session_count_per_week_min: i32::from(advice.visits_per_week_min),
        session_count_per_week_max: i32::from(advice.visits_per_week_max),
        session_minutes: advice.visit_minutes.map(i32::from),
        rule_ids: ids(&advice.rule_ids),
    }
}

/// Hands-on work on one area.
pub(crate) fn focus(advice: &FocusAdvice) -> v1::FocusAdvice {
    v1::FocusAdvice {
        area: code_number(advice.area, Area::ALL),
        percent: i32::from(advice.percent),
        minutes: i32::from(advice.minutes),
    }
}

/// A rung of the ladder.
pub(crate) fn rung(step: FrequencyStep) -> v1::Rung {
    v1::Rung { session_count_per_week: i32::from(step.visits_per_week.get()), minutes: i32::from(step.minutes.get()) }
}

/// That a case does not respond.
pub(crate) fn non_response(advice: &NonResponse, texts: Texts<'_>) -> v1::NonResponse {
    let mut sentences = texts.rules(&advice.rule_ids);
    sentences.extend(texts.codes(&advice.next));
    v1::NonResponse {
        visits_attended: i32::try_from(advice.visits_attended).unwrap_or(i32::MAX),
        days_since_first_visit: advice.days_since_first_visit,
        next: advice.next.clone(),
        rule_ids: ids(&advice.rule_ids),
        texts: sentences,
    }
}

/// A value that rules waited for.
pub(crate) fn missing(missing: &Missing) -> v1::MissingValue {
    v1::MissingValue {
        what: missing.what.clone(),
        why: seen::why_unknown(missing.why),
        rule_ids: ids(&missing.rule_ids),
        how: how(&missing.what),
    }
}
