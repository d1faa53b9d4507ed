//! GetClinicPolicy: the clinic's default policy.

use taper_api::v1::{ClinicPolicy, GetClinicPolicyRequest};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{At, Store, clinic_policies, clinics};
use taper_wire::begin;

use crate::wire::policy;

/// Reads the clinic's default policy; one that never chose has every choice of the protocol.
pub async fn get_clinic_policy(
    store: &Store,
    call: Call,
    request: GetClinicPolicyRequest,
) -> Result<ClinicPolicy, Refusal> {
    let mut fields = Fields::new();
    let name = fields.name("name", &request.name);
    let name: name::ClinicPolicy = fields.finish(name)?;

    let tx = begin::read(store, &call, &name).await?;
    clinics::get(&tx).await?;
    let current = clinic_policies::current(&tx, At::NOW).await?;
    Ok(current.map_or_else(|| policy::never_chosen(&name), |revision| policy::answer(&name, &revision)))
}
