//! ListClinicPolicyRevisions: every revision of the clinic's default policy.

use taper_api::v1;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;

use crate::context::Context;

pub async fn list_clinic_policy_revisions(
    _context: &Context,
    _call: Call,
    _request: v1::ListClinicPolicyRevisionsRequest,
) -> Result<v1::ListClinicPolicyRevisionsResponse, Refusal> {
    Err(Refusal::new(Reason::Internal, "NOT WRITTEN YET"))
}
