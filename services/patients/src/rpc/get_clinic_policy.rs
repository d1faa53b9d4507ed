//! GetClinicPolicy: the clinic's default policy.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;

use crate::context::Context;

pub async fn get_clinic_policy(
    _context: &Context,
    _call: Call,
    _request: v1::GetClinicPolicyRequest,
) -> Result<v1::ClinicPolicy, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
