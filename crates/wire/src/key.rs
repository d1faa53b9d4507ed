//! The store's way to what a name says.

use taper_kit::name;
use taper_store::{InjuryKey, PlanKey};

/// The key of an injury's name.
pub fn injury_key(injury: &name::Injury) -> InjuryKey {
    InjuryKey { patient: injury.patient, injury: injury.injury }
}

/// The key of a plan's name.
pub fn plan_key(plan: &name::Plan) -> PlanKey {
    PlanKey { patient: plan.patient, injury: plan.injury, plan: plan.plan }
}
