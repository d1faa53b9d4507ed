//! A recommendation on the wire, with every rule and criterion that led to it.

use taper_api::v1;
use taper_core::recommendation::{
    CriterionResult, EvidenceLevel, PhaseAction, Recommendation, RuleResult, TaperAction, Verdict,
};
use taper_core::value::Thousandths;
use taper_kit::name;
use taper_store::Version;
use taper_wire::seen;

use super::decision::phase_number;
use super::texts::Texts;
use super::{advice, summary};

/// The whole answer. `etag` is the plan's, for CreateDecision.
pub(crate) fn recommendation(
    plan: &name::Plan,
    etag: Version,
    from: &Recommendation,
    texts: Texts<'_>,
) -> v1::Recommendation {
    v1::Recommendation {
        treatment_plan: plan.to_string(),
        protocol: super::protocol::name(&plan.clinic, &from.protocol),
        protocol_sha256: from.protocol_sha256.clone(),
        as_of: Some(super::date(from.as_of)),
        plan_etag: etag.to_string(),
        phase: from.phase.map(phase_number).unwrap_or_default(),
        discharged: from.discharged,
        entry_phase: from.entry_phase.map(phase_number).unwrap_or_default(),
        rung: from.step.map(advice::rung),
        phase_action: phase_action(from.phase_action),
        phase_target: from.phase_target.map(phase_number).unwrap_or_default(),
        phase_rule_ids: advice::ids(&from.phase_rule_ids),
        taper_action: taper_action(from.taper_action),
        taper_target: from.taper_target.map(advice::rung),
        taper_rule_ids: advice::ids(&from.taper_rule_ids),
        frequency: from.frequency.as_ref().map(advice::frequency),
        grade: from.grade.as_ref().map(advice::grade),
        referrals: from.referrals.iter().map(|referral| advice::referral(plan, referral, texts)).collect(),
        modalities: from.modalities.iter().map(|modality| advice::modality(modality, texts)).collect(),
        focus: from.focus.iter().map(advice::focus).collect(),
        activities: from.activities.iter().map(|activity| advice::activity(activity, texts)).collect(),
        home_programme: advice::items(&from.home_programme, texts),
        prevention: advice::items(&from.prevention, texts),
        risk_factors: advice::items(&from.risk_factors, texts),
        reviews: advice::items(&from.reviews, texts),
        non_response: from.non_response.as_ref().map(|advised| advice::non_response(advised, texts)),
        flags: advice::items(&from.flags, texts),
        rules: from.rules.iter().map(|result| rule(plan, result, texts)).collect(),
        missing: from.missing.iter().map(advice::missing).collect(),
        summary: if texts.wanted() { summary::summary(from, texts) } else { String::new() },
        known_at: None,
        counterfactuals: Vec::new(),
    }
}

fn phase_action(action: PhaseAction) -> i32 {
    let action = match action {
        PhaseAction::Advance => v1::PhaseAction::Advance,
        PhaseAction::Hold => v1::PhaseAction::Hold,
        PhaseAction::Regress => v1::PhaseAction::Regress,
        PhaseAction::Stop => v1::PhaseAction::Stop,
        PhaseAction::Discharge => v1::PhaseAction::Discharge,
    };
    action.into()
}

fn taper_action(action: TaperAction) -> i32 {
    let action = match action {
        TaperAction::StepDown => v1::TaperAction::StepDown,
        TaperAction::Hold => v1::TaperAction::Hold,
        TaperAction::StepBack => v1::TaperAction::StepBack,
        TaperAction::ReEvaluate => v1::TaperAction::ReEvaluate,
        TaperAction::Discharge => v1::TaperAction::Discharge,
    };
    action.into()
}

fn verdict(verdict: Verdict) -> i32 {
    let verdict = match verdict {
        Verdict::Met => v1::Verdict::Met,
        Verdict::Unmet => v1::Verdict::Unmet,
        Verdict::Unknown => v1::Verdict::Unknown,
    };
    verdict.into()
}

fn evidence_level(level: EvidenceLevel) -> i32 {
    let level = match level {
        EvidenceLevel::Review => v1::EvidenceLevel::Review,
        EvidenceLevel::Trial => v1::EvidenceLevel::Trial,
        EvidenceLevel::Cohort => v1::EvidenceLevel::Cohort,
        EvidenceLevel::Series => v1::EvidenceLevel::Series,
        EvidenceLevel::Consensus => v1::EvidenceLevel::Consensus,
        EvidenceLevel::Anecdote => v1::EvidenceLevel::Anecdote,
        EvidenceLevel::Derived => v1::EvidenceLevel::Derived,
    };
    level.into()
}

fn rule(plan: &name::Plan, result: &RuleResult, texts: Texts<'_>) -> v1::RuleResult {
    let citation = |tag: &String| v1::Citation { tag: tag.clone(), reference: texts.reference(tag) };
    v1::RuleResult {
        rule_id: result.rule_id.to_string(),
        verdict: verdict(result.verdict),
        criteria: result.criteria.iter().map(|c| criterion(plan, c, texts)).collect(),
        evidence_level: evidence_level(result.evidence.level),
        derived: result.evidence.derived,
        citations: result.evidence.citations.iter().map(citation).collect(),
        text: texts.rule(&result.rule_id),
    }
}

/// How a criterion came out.
pub(crate) fn criterion(plan: &name::Plan, result: &CriterionResult, texts: Texts<'_>) -> v1::CriterionResult {
    v1::CriterionResult {
        path: result.path.clone(),
        measure: result.measure.clone().unwrap_or_default(),
        quantity: result.quantity.clone(),
        comparator: result.comparator.clone(),
        threshold: result.threshold.iter().map(seen::value).collect(),
        unit: result.unit.clone(),
        observed: result.observed.as_ref().map(seen::value),
        observed_at_least: result.observed_at_least,
        margin: result.margin.map(Thousandths::to_f64),
        source: result.source.map(|source| seen::source(plan, source)).unwrap_or_default(),
        observed_date: result.observed_date.map(super::date),
        age_days: result.age_days,
        fresh_days: result.fresh_days.map(i32::from),
        verdict: verdict(result.verdict),
        why_unknown: result.why_unknown.map(seen::why_unknown).unwrap_or_default(),
        derived: result.derived,
        text: texts.criterion(result),
    }
}
