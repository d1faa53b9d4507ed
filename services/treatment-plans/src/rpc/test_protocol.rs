//! TestProtocol: golden cases are played on a version, published or not; nothing is stored.

use std::sync::Arc;

use taper_api::v1;
use taper_core::protocol::Protocol;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, Caller};
use taper_store::{Store, protocols};

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
    let protocol = match given {
        Some(given) => given,
        None => published(store, &call, named, &request.name).await?,
    };

    let own = own_cases(&protocol);
    let cases = request.cases.iter().map(String::as_str);
    let cases: Vec<&str> = if request.cases.is_empty() { own } else { cases.collect() };
    let results: Vec<v1::CaseResult> = cases.into_iter().map(|case| golden::result(&protocol, case)).collect();
    let passed = results.iter().filter(|result| result.passed).count();
    let failed = results.len().saturating_sub(passed);
    Ok(v1::TestProtocolResponse {
        results,
        passed_count: i32::try_from(passed).unwrap_or(i32::MAX),
        failed_count: i32::try_from(failed).unwrap_or(i32::MAX),
    })
}

/// The version of this name, built in or of its clinic.
async fn published(store: &Store, call: &Call, named: Option<Named>, name: &str) -> Result<Arc<Protocol>, Refusal> {
    let not_found = || Refusal::not_found(name);
    let named = named.ok_or_else(not_found)?;
    let Some(clinic) = &named.clinic else {
        let built_in = taper_core::protocol::find(&named.reference).ok_or_else(not_found)?;
        return Ok(Arc::new(built_in.clone()));
    };
    let caller = Caller::on(call, clinic)?;
    let tx = store.begin_read(&caller.clinic, call.deadline).await?;
    if !named.is_visible_to(clinic) {
        return Err(not_found());
    }
    protocols::find(&tx, &named.reference).await?.ok_or_else(not_found)
}

/// The golden cases that are built in with a version; a clinic's own has those that it sends.
fn own_cases(protocol: &Protocol) -> Vec<&'static str> {
    let of_version = DOCUMENTS.iter().find(|document| document.text == protocol.document);
    of_version.map(|document| document.cases.iter().map(|(_, text)| *text).collect()).unwrap_or_default()
}
