//! What clinical.md says of the settings that a clinic may choose, and of the ladder of visits.

use taper_core::protocol::Protocol;

/// Every way in which a protocol says otherwise.
pub fn faults(_protocol: &Protocol) -> Vec<String> {
    Vec::new()
}
