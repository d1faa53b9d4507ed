//! RevokeApiKey.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, keys};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::{grant, wire};

/// Ends a key; one that has ended stays as it is.
pub async fn revoke_api_key(
    store: &Store,
    call: Call,
    request: v1::RevokeApiKeyRequest,
) -> Result<v1::ApiKey, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AdminService/RevokeApiKey";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name = fields.name("name", &request.name);
    let name: name::ApiKey = fields.finish(name)?;

    let tx = begin::write(store, &call, &name).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    let key = keys::revoke(&tx, name.api_key.as_str(), call.now).await?;
    grant::check_end(&call, key.role)?;
    commit(tx, &call, &mutation, wire::key::answer(&name.clinic, &key)).await
}
