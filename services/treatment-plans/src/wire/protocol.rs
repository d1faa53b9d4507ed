//! Protocols on the wire, and the names of their versions: built in, or a clinic's own.

use taper_api::v1;
use taper_core::ids::ClinicId;
use taper_core::protocol::{self, DocumentFault, Protocol};
use taper_core::record::codes::Presentation;
use taper_core::record::plan::ProtocolRef;
use taper_kit::fields::Fields;
use taper_kit::name::{ClinicProtocolVersion, ProtocolVersion};

use super::code_number;

/// A version by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The clinic whose own version it is; none for a built-in one.
    pub clinic: Option<ClinicId>,
    pub reference: ProtocolRef,
}

impl Named {
    /// Reads the name of a version, built in or a clinic's own.
    pub fn read(field: &str, text: &str, fields: &mut Fields) -> Option<Self> {
        if text.starts_with("clinics/") {
            let own: ClinicProtocolVersion = fields.name(field, text)?;
            let reference = ProtocolRef { protocol: own.protocol.to_string(), version: own.version.to_string() };
            return Some(Self { clinic: Some(own.clinic), reference });
        }
        let built_in: ProtocolVersion = fields.name(field, text)?;
        let reference = ProtocolRef { protocol: built_in.protocol.to_string(), version: built_in.version.to_string() };
        Some(Self { clinic: None, reference })
    }

    /// Whether this clinic can see such a version at all: every built-in one, and its own.
    pub fn is_visible_to(&self, clinic: &ClinicId) -> bool {
        match &self.clinic {
            Some(owner) => owner == clinic && protocol::find(&self.reference).is_none(),
            None => protocol::find(&self.reference).is_some(),
        }
    }
}

/// The resource name of a protocol version that a plan of this clinic is pinned to.
pub(crate) fn name(clinic: &ClinicId, reference: &ProtocolRef) -> String {
    let version = format!("protocols/{}/versions/{}", reference.protocol, reference.version);
    match protocol::find(reference) {
        Some(_) => version,
        None => format!("clinics/{clinic}/{version}"),
    }
}

/// The resource name of a built-in version.
pub(crate) fn built_in_name(reference: &ProtocolRef) -> String {
    format!("protocols/{}/versions/{}", reference.protocol, reference.version)
}

/// A fault of a document or of a case.
pub(crate) fn document_fault(fault: &DocumentFault) -> v1::DocumentFault {
    v1::DocumentFault { line: i32::try_from(fault.line).unwrap_or(i32::MAX), reason: fault.reason.clone() }
}

/// A protocol version without its document, under this name.
pub(crate) fn listed(name: String, protocol: &Protocol) -> v1::Protocol {
    v1::Protocol {
        name,
        display_name: protocol.title.clone(),
        description: protocol.summary.clone(),
        presentation: protocol.presentation.map(|p| code_number(p, Presentation::ALL)).unwrap_or_default(),
        sha256: protocol.sha256.to_string(),
        rule_count: i32::try_from(protocol.rules.len()).unwrap_or(i32::MAX),
        document: String::new(),
    }
}

/// A protocol version with its document, under this name.
pub(crate) fn whole(name: String, protocol: &Protocol) -> v1::Protocol {
    v1::Protocol { document: protocol.document.clone(), ..listed(name, protocol) }
}
