//! Protocols on the wire, and the names of their versions.

use taper_api::v1;
use taper_core::protocol::Protocol;
use taper_core::record::codes::Presentation;
use taper_core::record::plan::ProtocolRef;
use taper_kit::name::ProtocolVersion;

use super::code_number;

/// The resource name of a protocol version.
pub(crate) fn name(reference: &ProtocolRef) -> String {
    format!("protocols/{}/versions/{}", reference.protocol, reference.version)
}

/// The reference that a name stands for.
pub(crate) fn reference(name: &ProtocolVersion) -> ProtocolRef {
    ProtocolRef { protocol: name.protocol.to_string(), version: name.version.to_string() }
}

/// A protocol version without its document.
pub(crate) fn listed(protocol: &Protocol) -> v1::Protocol {
    v1::Protocol {
        name: name(&protocol.reference),
        display_name: protocol.title.clone(),
        description: protocol.summary.clone(),
        presentation: protocol.presentation.map(|p| code_number(p, Presentation::ALL)).unwrap_or_default(),
        sha256: protocol.sha256.clone(),
        rule_count: i32::try_from(protocol.rules.len()).unwrap_or(i32::MAX),
        document: String::new(),
    }
}

/// A protocol version with its document.
pub(crate) fn whole(protocol: &Protocol) -> v1::Protocol {
    v1::Protocol { document: protocol.document.clone(), ..listed(protocol) }
}
