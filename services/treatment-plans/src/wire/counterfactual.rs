//! Counterfactuals on the wire: what would give an advice, and from which day.

use taper_api::v1;
use taper_api::v1::counterfactual_change::Change as Wire;
use taper_api::v1::counterfactual_stage::Stage as WireStage;
use taper_core::counterfactual::{Change, ChangeKind, Counterfactual, Goal, Path, Reason, Stage};
use taper_core::record::codes::{ActivityKind, Site};
use taper_core::record::plan::FrequencyStep;
use taper_kit::fields::code_number;
use taper_kit::name;
use taper_wire::seen;

use super::decision::phase_number;
use super::texts::Texts;

/// What each goal waits for. `steps` is the plan's ladder.
pub(crate) fn counterfactuals(
    plan: &name::Plan,
    steps: &[FrequencyStep],
    found: &[Counterfactual],
    texts: Texts<'_>,
) -> Vec<v1::Counterfactual> {
    let one = |found: &Counterfactual| v1::Counterfactual {
        goal: goal(found.goal).into(),
        given: found.given,
        paths: found.paths.iter().map(|found| path(plan, steps, found, texts)).collect(),
        blocking_rule_ids: found.rule_ids.clone(),
        texts: texts.rules(&found.rule_ids),
        reason: found.reason.map(|why| reason(why).into()).unwrap_or_default(),
        stages: found.stages.iter().map(|found| stage(steps, *found)).collect(),
    };
    found.iter().map(one).collect()
}

fn goal(goal: Goal) -> v1::CounterfactualGoal {
    match goal {
        Goal::NextPhase => v1::CounterfactualGoal::NextPhase,
        Goal::NextStep => v1::CounterfactualGoal::NextStep,
        Goal::Discharge => v1::CounterfactualGoal::Discharge,
        Goal::Running => v1::CounterfactualGoal::Running,
        Goal::Stretching => v1::CounterfactualGoal::Stretching,
    }
}

fn reason(reason: Reason) -> v1::CounterfactualReason {
    match reason {
        Reason::StopReferralOpen => v1::CounterfactualReason::StopReferralOpen,
        Reason::Discharged => v1::CounterfactualReason::Discharged,
        Reason::PlanNotActive => v1::CounterfactualReason::PlanNotActive,
        Reason::LastPhase => v1::CounterfactualReason::LastPhase,
        Reason::LastStep => v1::CounterfactualReason::LastStep,
        Reason::DischargeAdvised => v1::CounterfactualReason::DischargeAdvised,
        Reason::NoRule => v1::CounterfactualReason::NoRule,
        Reason::StagesAhead => v1::CounterfactualReason::StagesAhead,
        Reason::BaselineMissing => v1::CounterfactualReason::BaselineMissing,
        Reason::BeyondAYear => v1::CounterfactualReason::BeyondAYear,
        Reason::NotFound => v1::CounterfactualReason::NotFound,
    }
}

fn stage(steps: &[FrequencyStep], stage: Stage) -> v1::CounterfactualStage {
    let stage = match stage {
        Stage::Phase(phase) => WireStage::Phase(phase_number(phase)),
        Stage::Step(step) => WireStage::SessionCountPerWeek(visits_a_week(steps, step)),
        Stage::Visit => WireStage::Visit(v1::VisitNeeded {}),
    };
    v1::CounterfactualStage { stage: Some(stage) }
}

fn visits_a_week(steps: &[FrequencyStep], step: u8) -> i32 {
    let visits = steps.get(usize::from(step)).map(|step| i32::from(step.visits_per_week.get()));
    visits.unwrap_or_default()
}

fn path(plan: &name::Plan, steps: &[FrequencyStep], path: &Path, texts: Texts<'_>) -> v1::CounterfactualPath {
    v1::CounterfactualPath {
        changes: path.changes.iter().map(|found| change(plan, steps, found, texts)).collect(),
        earliest_date: Some(super::date(path.earliest)),
    }
}

fn change(plan: &name::Plan, steps: &[FrequencyStep], change: &Change, texts: Texts<'_>) -> v1::CounterfactualChange {
    v1::CounterfactualChange {
        date: Some(super::date(change.date)),
        rule_ids: change.rule_ids.iter().map(ToString::to_string).collect(),
        change: Some(kind(plan, steps, &change.kind)),
        text: texts.change(change),
    }
}

fn kind(plan: &name::Plan, steps: &[FrequencyStep], kind: &ChangeKind) -> Wire {
    let tester = |therapist| name::Therapist { clinic: plan.clinic.clone(), therapist }.to_string();
    match kind {
        ChangeKind::Measure { measure, site, tester: by, present, why_unknown, comparator, needed, unit } => {
            Wire::Measure(v1::MeasureChangeNeeded {
                measure: measure.as_str().to_owned(),
                site: site.map(|site| code_number(site, Site::ALL)).unwrap_or_default(),
                tester: by.map(tester).unwrap_or_default(),
                present: present.as_ref().map(seen::value),
                why_unknown: why_unknown.map(seen::why_unknown).unwrap_or_default(),
                comparator: comparator.sign().to_owned(),
                needed: Some(seen::value(needed)),
                unit: unit.to_string(),
            })
        }
        ChangeKind::Activity { activity, minutes, effort_percent, pain_during_max, pain_next_morning_max } => {
            Wire::Activity(v1::ActivityNeeded {
                activity: code_number(*activity, ActivityKind::ALL),
                minutes: minutes.map(i32::from),
                effort_percent: effort_percent.map(i32::from),
                pain_during_max_nprs: i32::from(*pain_during_max),
                pain_next_morning_max_nprs: i32::from(*pain_next_morning_max),
            })
        }
        ChangeKind::Visit => Wire::Visit(v1::VisitNeeded {}),
        ChangeKind::ClearReferral { rule_id } => Wire::ReferralRuleId(rule_id.to_string()),
        ChangeKind::DecidePhase(phase) => Wire::Phase(phase_number(*phase)),
        ChangeKind::DecideStep(step) => Wire::SessionCountPerWeek(visits_a_week(steps, *step)),
        ChangeKind::ResumeStretching => Wire::ResumeStretching(v1::ResumeStretchingNeeded {}),
        ChangeKind::Complete { fact } => Wire::Fact(fact.to_string()),
    }
}
