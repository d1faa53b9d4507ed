//! The phase and the rung that are in force by a plan's decisions.

use taper_core::record::codes::PlanState;
use taper_core::record::plan::{FrequencyStep, Phase, Plan};
use taper_core::refusal::Refusal;
use taper_core::visits;
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

/// Reads the decisions of a plan that can have anything in force, and follows them.
pub(crate) async fn read(tx: &Read, key: PlanKey, plan: &Plan, at: At) -> Result<Standing, Refusal> {
    if !has_standing(plan.state) {
        return Ok(Standing::default());
    }
    let decisions = decisions::list(tx, key, None, u32::MAX, at).await?;
    let decisions: Vec<_> = decisions.into_iter().map(Stored::fact).collect();
    let (phase, step) = visits::standing(plan, &decisions);
    Ok(Standing { phase, step })
}
