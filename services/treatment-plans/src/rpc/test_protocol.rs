//! TestProtocol: golden cases are played on a version, published or not; nothing is stored.

use std::sync::Arc;

use taper_api::v1;
use taper_core::protocol::Protocol;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_kit::caller::Spelled;
use taper_kit::fields::Fields;
use taper_store::{Store, protocols};
use taper_wire::begin;

use crate::golden;
use crate::wire::protocol::Named;

pub(crate) async fn test_protocol(
    store: &Store,
    call: Call,
    request: v1::TestProtocolRequest,
) -> Result<v1::TestProtocolResponse, Refusal> {
    let mut fields = Fields::new();
    let mut given = None;
    let mut named = None;
    match (request.name.is_empty(), request.document.is_empty()) {
        (true, true) => fields.fault("name", "is required, or a document in its place"),
        (false, false) => fields.fault("document", "is given together with a name; give one of the two"),
        (true, false) => given = golden::document("document", &request.document, &mut fields).map(Arc::new),
        (false, true) => named = Named::read("name", &request.name, &mut fields),
    }
    golden::within_max(&request.cases, &mut fields);
    fields.finish(Some(()))?;
    let (protocol, own_cases) = match given {
        Some(given) => (given, Vec::new()),
        None => published(store, &call, named, &request.name).await?,
    };

    let cases = if request.cases.is_empty() { own_cases } else { request.cases };
    if cases.is_empty() {
        let mut fields = Fields::new();
        fields.fault("cases", "is required: the version was published without golden cases, or a document was given");
        fields.finish(Some(()))?;
    }
    let results: Vec<v1::CaseResult> = cases.iter().map(|case| golden::result(&protocol, case)).collect();
    let passed = results.iter().filter(|result| result.passed).count();
    let failed = results.len().saturating_sub(passed);
    Ok(v1::TestProtocolResponse {
        results,
        passed_count: i32::try_from(passed).unwrap_or(i32::MAX),
        failed_count: i32::try_from(failed).unwrap_or(i32::MAX),
    })
}

/// The version of this name, built in or of its clinic, and the golden cases that it was published with.
async fn published(
    store: &Store,
    call: &Call,
    named: Option<Named>,
    name: &str,
) -> Result<(Arc<Protocol>, Vec<String>), Refusal> {
    let not_found = || Refusal::not_found(name);
    let named = named.ok_or_else(not_found)?;
    let Some(clinic) = &named.clinic else {
        let built_in = taper_core::protocol::find(&named.reference).ok_or_else(not_found)?;
        return Ok((Arc::new(built_in.clone()), built_in_cases(built_in)));
    };
    let tx = begin::read(store, call, &Spelled { clinic, name }).await?;
    if !named.is_visible_to(clinic) {
        return Err(not_found());
    }
    let protocol = protocols::find(&tx, &named.reference).await?.ok_or_else(not_found)?;
    let cases = protocols::golden_cases(&tx, &named.reference).await?;
    Ok((protocol, cases))
}

fn built_in_cases(protocol: &Protocol) -> Vec<String> {
    let of_version = DOCUMENTS.iter().find(|document| document.text == protocol.document);
    of_version.map(|document| document.cases.iter().map(|(_, text)| (*text).to_owned()).collect()).unwrap_or_default()
}
