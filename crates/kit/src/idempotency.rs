//! The envelope of a mutation that may be sent twice: its `request_id`, and the hash of what was asked.

use sha2::{Digest, Sha256};
use taper_core::ids::{IdFault, RequestId};

use crate::fields::Fields;

/// One mutation as its caller sent it: what the store needs to answer a repeat with the first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// The caller's id of it; `None` when the caller does not retry.
    pub id: Option<RequestId>,
    /// The full name of the method.
    pub method: &'static str,
    /// The hash of the whole request.
    pub hash: [u8; 32],
}

impl Mutation {
    /// Reads the `request_id`, and hashes the message.
    pub fn read(method: &'static str, message: &impl prost::Message, id: &str, fields: &mut Fields) -> Self {
        Self { id: fields.take("request_id", request_id(id)).flatten(), method, hash: request_hash(method, message) }
    }
}

/// The `request_id` field of a mutation: empty means that the caller does not retry.
pub fn request_id(text: &str) -> Result<Option<RequestId>, IdFault> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// The hash of a request, by which a repeat is told from another request under the same id.
///
/// `method` is the full name, for example `taper.v1.SessionService/CreateSession`. The message is encoded again,
/// so that two clients which order fields differently ask the same thing; map fields must be ordered maps in the
/// generated code. The message's own request_id is part of the hash: hashes are only compared under one id.
pub fn request_hash(method: &str, message: &impl prost::Message) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update((method.len() as u64).to_be_bytes());
    hasher.update(method);
    hasher.update(message.encode_to_vec());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_request_id_is_no_fault() {
        assert_eq!(request_id(""), Ok(None));
    }

    #[test]
    fn a_request_id_is_a_uuid_of_any_version_in_lower_case_with_hyphens() {
        for good in ["019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f", "7b0c1c1e-9f7d-4a5b-8c1d-2e3f4a5b6c7d"] {
            assert_eq!(request_id(good).unwrap().unwrap().to_string(), good);
        }
        for bad in ["7B0C1C1E-9F7D-4A5B-8C1D-2E3F4A5B6C7D", "7b0c1c1e9f7d4a5b8c1d2e3f4a5b6c7d", "1", "-"] {
            assert_eq!(request_id(bad), Err(IdFault::NotUuid), "{bad}");
        }
    }

    #[test]
    fn the_hash_tells_methods_and_messages_apart() {
        let hash = |method: &str, text: &str| request_hash(method, &text.to_owned());
        assert_eq!(hash("a/B", "x"), hash("a/B", "x"));
        assert_ne!(hash("a/B", "x"), hash("a/C", "x"));
        assert_ne!(hash("a/B", "x"), hash("a/B", "y"));
    }
}
