//! CreateApiKey.

use taper_api::v1;
use taper_core::ids::ClinicId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, key, name};
use taper_store::{Store, keys};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::{grant, wire};

/// Makes a key, and shows it this once: the answer that is kept for a repeat is without it.
pub async fn create_api_key(
    store: &Store,
    call: Call,
    request: v1::CreateApiKeyRequest,
) -> Result<v1::ApiKey, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.AdminService/CreateApiKey";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent = fields.name::<name::Clinic>("parent", &request.parent);
    let clinic = parent.as_ref().map(|parent| &parent.clinic);
    let text = key::new(clinic.unwrap_or(&ClinicId::deployment()))?;
    let content = wire::key::read(&mut fields, clinic, &text.id, request.api_key.as_ref(), call.now);
    if let Some(content) = &content {
        grant::check_scopes(&mut fields, "api_key.scopes", call.principal(), &content.scopes);
        grant::check_certificate(&mut fields, call.principal(), content.certificate);
    }
    let (parent, content) = fields.finish(parent.zip(content))?;

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(answer) = answered_before(&tx, &mutation, &call).await? {
        return Ok(answer);
    }
    grant::check_first_administrator(&tx, &call, content.role).await?;
    keys::create(&tx, &content, text.secret_sha256()).await?;
    let answer = commit(tx, &call, &mutation, wire::key::answer(&parent.clinic, &content)).await?;
    Ok(v1::ApiKey { secret: text.reveal(), ..answer })
}
