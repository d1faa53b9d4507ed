//! CreateProtocolVersion: a version of a clinic's own protocol is published, and never changes again.

use taper_api::v1;
use taper_core::protocol::{self, Protocol};
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{Store, clinics, protocols};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::golden;
use crate::wire::protocol::{name as version_name, whole};

pub(crate) async fn create_protocol_version(
    store: &Store,
    call: Call,
    request: v1::CreateProtocolVersionRequest,
) -> Result<v1::Protocol, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.ProtocolService/CreateProtocolVersion";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let parent: Option<name::Clinic> = fields.name("parent", &request.parent);
    let protocol = golden::document("document", &request.document, &mut fields);
    golden::within_max(&request.cases, &mut fields);
    if let Some(protocol) = &protocol {
        check(protocol, &request.cases, &mut fields);
    }
    let (parent, protocol) = fields.finish(parent.zip(protocol))?;

    let tx = begin::write(store, &call, &parent).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    clinics::get(&tx).await?;
    protocols::create(&tx, &protocol, &request.cases, call.now).await?;
    let name = version_name(&parent.clinic, &protocol.reference);
    commit(tx, &call, &mutation, whole(name, &protocol)).await
}

/// The id and version are free of the built-in ones, and every golden case passes.
fn check(protocol: &Protocol, cases: &[String], fields: &mut Fields) {
    if protocol::find(&protocol.reference).is_some() {
        fields.fault("document", "has the id and version of a built-in protocol; choose another version");
    }
    for (place, case) in cases.iter().enumerate() {
        for fault in golden::result(protocol, case).faults {
            fields.fault(format!("cases[{place}]"), format!("line {}: {}", fault.line, fault.reason));
        }
    }
}
