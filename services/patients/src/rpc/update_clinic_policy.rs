//! UpdateClinicPolicy: a new revision of the clinic's default policy.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;

use crate::context::Context;

pub async fn update_clinic_policy(
    _context: &Context,
    _call: Call,
    _request: v1::UpdateClinicPolicyRequest,
) -> Result<v1::ClinicPolicy, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
