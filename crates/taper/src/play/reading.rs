//! A recommendation of the wire as the rules' own type, so that one check serves both.

use std::sync::Arc;

use anyhow::{Context, bail};
use taper_api::v1;
use taper_core::recommendation::{
    ActivityAdvice, Clearance, Comparison, CriterionResult, Evidence, FocusAdvice, FrequencyAdvice, GradeAdvice, Item,
    Limits, Missing, ModalityAdvice, NonResponse, Recommendation, ReferralAdvice, RuleId, RuleResult, Seen,
};
use taper_core::record::codes::{ActivityKind, Area, ClearanceOutcome, ClearedBy, Modality, PlanState};
use taper_core::record::plan::{FrequencyStep, Phase, ProtocolRef};
use taper_core::value::{Thousandths, VisitMinutes, VisitsPerWeek};

use super::codes;
use super::wire::civil;

/// Reads the whole answer. The plan's state and the criteria's source records are not the rules' own words there:
/// the state follows from the phase, and the sources are left out.
pub(super) fn recommendation(from: &v1::Recommendation) -> anyhow::Result<Recommendation> {
    let phase = phase(from.phase)?;
    Ok(Recommendation {
        protocol: protocol(&from.protocol)?,
        protocol_sha256: from.protocol_sha256.clone(),
        as_of: civil(from.as_of.as_ref())?.context("as_of is not given")?,
        plan_state: match (from.discharged, phase) {
            (true, _) => PlanState::Completed,
            (false, Some(_)) => PlanState::Active,
            (false, None) => PlanState::Draft,
        },
        phase,
        discharged: from.discharged,
        entry_phase: self::phase(from.entry_phase)?,
        step: from.rung.as_ref().map(rung).transpose()?,
        phase_action: codes::phase_action(from.phase_action())?,
        phase_target: self::phase(from.phase_target)?,
        phase_rule_ids: ids(&from.phase_rule_ids),
        taper_action: codes::taper_action(from.taper_action())?,
        taper_target: from.taper_target.as_ref().map(rung).transpose()?,
        taper_rule_ids: ids(&from.taper_rule_ids),
        frequency: from.frequency.as_ref().map(frequency).transpose()?,
        grade: from.grade.as_ref().map(grade),
        referrals: all(&from.referrals, referral)?,
        modalities: all(&from.modalities, modality)?,
        focus: all(&from.focus, focus)?,
        activities: all(&from.activities, activity)?,
        home_programme: all(&from.home_programme, item)?,
        prevention: all(&from.prevention, item)?,
        risk_factors: all(&from.risk_factors, item)?,
        reviews: all(&from.reviews, item)?,
        non_response: from.non_response.as_ref().map(non_response).transpose()?,
        flags: all(&from.flags, item)?,
        rules: all(&from.rules, rule)?,
        missing: all(&from.missing, missing)?,
    })
}

fn all<M, T>(messages: &[M], read: impl Fn(&M) -> anyhow::Result<T>) -> anyhow::Result<Vec<T>> {
    messages.iter().map(read).collect()
}

fn phase(number: i32) -> anyhow::Result<Option<Phase>> {
    match number {
        0 => Ok(None),
        number => Ok(Some(Phase::try_from(i64::from(number))?)),
    }
}

fn protocol(name: &str) -> anyhow::Result<ProtocolRef> {
    match name.split('/').collect::<Vec<_>>().as_slice() {
        ["protocols", protocol, "versions", version] => {
            Ok(ProtocolRef { protocol: (*protocol).to_owned(), version: (*version).to_owned() })
        }
        _ => bail!("{name:?} is not the name of a protocol version"),
    }
}

fn rung(rung: &v1::Rung) -> anyhow::Result<FrequencyStep> {
    Ok(FrequencyStep {
        visits_per_week: VisitsPerWeek::new(i64::from(rung.session_count_per_week))?,
        minutes: VisitMinutes::new(i64::from(rung.minutes))?,
    })
}

fn frequency(advised: &v1::FrequencyAdvice) -> anyhow::Result<FrequencyAdvice> {
    Ok(FrequencyAdvice {
        visits_per_week_min: advised.session_count_per_week_min.try_into()?,
        visits_per_week_max: advised.session_count_per_week_max.try_into()?,
        visit_minutes: advised.session_minutes.map(u16::try_from).transpose()?,
        rule_ids: ids(&advised.rule_ids),
    })
}

fn grade(advised: &v1::GradeAdvice) -> GradeAdvice {
    GradeAdvice {
        system: advised.system.clone(),
        grade: advised.grade.clone(),
        degree: advised.degree.clone(),
        rule_ids: ids(&advised.rule_ids),
    }
}

fn referral(advised: &v1::ReferralAdvice) -> anyhow::Result<ReferralAdvice> {
    Ok(ReferralAdvice {
        rule_id: advised.rule_id.as_str().into(),
        condition: advised.condition.clone(),
        class: codes::referral_class(advised.referral_class())?,
        mode: codes::referral_mode(advised.mode())?,
        standing: codes::referral_standing(advised.standing())?,
        since: civil(advised.since_date.as_ref())?,
        clearances: all(&advised.clearances, clearance)?,
    })
}

fn clearance(cleared: &v1::Clearance) -> anyhow::Result<Clearance> {
    let decision = cleared.decision.rsplit('/').next().unwrap_or_default();
    Ok(Clearance {
        decision: decision.parse()?,
        date: civil(cleared.date.as_ref())?.context("a clearance has no date")?,
        outcome: codes::listed(cleared.outcome().as_str_name(), "CLEARANCE_OUTCOME_", ClearanceOutcome::parse)?,
        cleared_by: codes::listed(cleared.cleared_by().as_str_name(), "CLEARED_BY_", ClearedBy::parse)?,
    })
}

fn ids(rule_ids: &[String]) -> Vec<RuleId> {
    rule_ids.iter().map(|id| RuleId::from(id.as_str())).collect()
}

fn modality(advised: &v1::ModalityAdvice) -> anyhow::Result<ModalityAdvice> {
    Ok(ModalityAdvice {
        modality: codes::listed(advised.modality().as_str_name(), "MODALITY_", Modality::parse)?,
        permission: codes::permission(advised.permission())?,
        limits: advised.limits.as_ref().map(limits).transpose()?.unwrap_or_default(),
        notices: advised.notices.clone(),
        rule_ids: ids(&advised.rule_ids),
    })
}

fn activity(advised: &v1::ActivityAdvice) -> anyhow::Result<ActivityAdvice> {
    Ok(ActivityAdvice {
        activity: codes::listed(advised.activity().as_str_name(), "ACTIVITY_KIND_", ActivityKind::parse)?,
        permission: codes::permission(advised.permission())?,
        limits: advised.limits.as_ref().map(limits).transpose()?.unwrap_or_default(),
        rule_ids: ids(&advised.rule_ids),
    })
}

fn limits(limits: &v1::Limits) -> anyhow::Result<Limits> {
    Ok(Limits {
        minutes_min: limits.minutes_min.map(u16::try_from).transpose()?,
        minutes_max: limits.minutes_max.map(u16::try_from).transpose()?,
        times_per_day_max: limits.count_per_day_max.map(u16::try_from).transpose()?,
        times_per_week_max: limits.count_per_week_max.map(u16::try_from).transpose()?,
        pain_max: limits.pain_max_nprs.map(u8::try_from).transpose()?,
        speed_kmh_below: limits.speed_below_kmh.map(Thousandths::from_f64).transpose()?,
        speed_kmh_max: limits.speed_max_kmh.map(Thousandths::from_f64).transpose()?,
        effort_percent_max: limits.effort_percent_max.map(u8::try_from).transpose()?,
        areas: limits.areas.clone(),
        conditions: limits.conditions.clone(),
    })
}

fn focus(advised: &v1::FocusAdvice) -> anyhow::Result<FocusAdvice> {
    Ok(FocusAdvice {
        area: codes::listed(advised.area().as_str_name(), "AREA_", Area::parse)?,
        percent: advised.percent.try_into()?,
        minutes: advised.minutes.try_into()?,
    })
}

fn item(item: &v1::AdviceItem) -> anyhow::Result<Item> {
    Ok(Item { code: item.code.clone(), due: civil(item.due_date.as_ref())?, rule_ids: ids(&item.rule_ids) })
}

fn non_response(found: &v1::NonResponse) -> anyhow::Result<NonResponse> {
    Ok(NonResponse {
        visits_attended: found.visits_attended.try_into()?,
        days_since_first_visit: found.days_since_first_visit,
        next: found.next.clone(),
        rule_ids: ids(&found.rule_ids),
    })
}

fn rule(result: &v1::RuleResult) -> anyhow::Result<RuleResult> {
    Ok(RuleResult {
        rule_id: result.rule_id.as_str().into(),
        verdict: codes::verdict(result.verdict())?,
        criteria: all(&result.criteria, criterion)?,
        evidence: Arc::new(Evidence {
            level: codes::evidence_level(result.evidence_level())?,
            derived: result.derived,
            citations: result.citations.iter().map(|citation| citation.tag.clone()).collect(),
        }),
    })
}

fn criterion(result: &v1::CriterionResult) -> anyhow::Result<CriterionResult> {
    let comparison = Comparison {
        path: result.path.clone(),
        measure: (!result.measure.is_empty()).then(|| result.measure.clone()),
        quantity: result.quantity.clone(),
        comparator: result.comparator.clone(),
        threshold: all(&result.threshold, seen)?,
        unit: result.unit.clone(),
    };
    Ok(CriterionResult {
        comparison: Arc::new(comparison),
        observed: result.observed.as_ref().map(seen).transpose()?,
        observed_at_least: result.observed_at_least,
        margin: result.margin.map(Thousandths::from_f64).transpose()?,
        source: None,
        observed_date: civil(result.observed_date.as_ref())?,
        age_days: result.age_days,
        fresh_days: result.fresh_days.map(u16::try_from).transpose()?,
        verdict: codes::verdict(result.verdict())?,
        why_unknown: codes::why_unknown(result.why_unknown()),
        derived: result.derived,
    })
}

fn seen(value: &v1::SeenValue) -> anyhow::Result<Seen> {
    use v1::seen_value::Value;
    Ok(match value.value.as_ref().context("a seen value is empty")? {
        Value::Number(number) => Seen::Number(Thousandths::from_f64(*number)?),
        Value::Finding(present) => Seen::Finding(*present),
        Value::Code(code) => Seen::Code(code.clone()),
    })
}

fn missing(missing: &v1::MissingValue) -> anyhow::Result<Missing> {
    Ok(Missing {
        what: missing.what.clone(),
        why: codes::why_unknown(missing.why()).context("a missing value does not say why")?,
        rule_ids: ids(&missing.rule_ids),
    })
}
