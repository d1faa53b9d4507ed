//! The phase and the rung that are in force by a plan's decisions.

use taper_core::ids::DecisionId;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::plan::{FrequencyStep, Phase, Plan};
use taper_core::refusal::Refusal;
use taper_store::{At, PlanKey, Read, Stored, decisions};

/// What is in force; nothing in a draft and after the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub phase: Option<Phase>,
    pub step: Option<FrequencyStep>,
}

/// Whether a plan in this state can have anything in force, so that its decisions need to be read.
fn has_standing(state: PlanState) -> bool {
    match state {
        PlanState::Active | PlanState::Suspended => true,
        PlanState::Draft | PlanState::Completed | PlanState::Cancelled => false,
    }
}

/// Follows the decisions by their dates; of two of one day the later one counts.
fn standing(plan: &Plan, decisions: &[Stored<DecisionId, Decision>]) -> Standing {
    if !has_standing(plan.state) {
        return Standing::default();
    }
    let mut in_order: Vec<&Stored<DecisionId, Decision>> = decisions.iter().collect();
    in_order.sort_by_key(|d| (d.content.date, d.content.decided_at, d.id));
    let rung = |step: u8| plan.steps.get(usize::from(step)).copied();
    let mut now = Standing::default();
    for decision in in_order {
        match decision.content.decided {
            Decided::Activation { phase, step } => now = Standing { phase: Some(phase), step: rung(step) },
            Decided::Phase(phase) => now.phase = Some(phase),
            Decided::TaperStep(step) => now.step = rung(step),
            Decided::Discharge => now = Standing::default(),
            Decided::ResumeStretching | Decided::ClearReferral { .. } => {}
        }
    }
    now
}

/// Reads the decisions of a plan that can have anything in force, and follows them.
pub(crate) async fn read(tx: &Read, key: PlanKey, plan: &Plan, at: At) -> Result<Standing, Refusal> {
    if !has_standing(plan.state) {
        return Ok(Standing::default());
    }
    let decisions = decisions::list(tx, key, None, u32::MAX, at).await?;
    Ok(standing(plan, &decisions))
}
