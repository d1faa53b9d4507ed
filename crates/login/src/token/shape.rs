//! The compact serialisation of a signed token (RFC 7515, section 7.1) and its header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::fault::TokenFault;
use super::json;

/// The longest token that is looked at.
pub(super) const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// A token in its parts; nothing of it is to be believed yet.
pub(super) struct Shape<'t> {
    /// What was signed: header and payload as they were sent.
    pub signed: &'t [u8],
    /// What the header says.
    pub header: Header,
    /// The claims.
    pub payload: Vec<u8>,
    /// The signature in base64url.
    pub signature: &'t str,
}

/// What a header says. Keys and addresses of keys in it (`jwk`, `jku`, `x5c`, `x5u`) are not even read: they are the
/// sender's word (RFC 8725, section 3.10).
pub(super) struct Header {
    /// What the token claims to be signed with.
    pub algorithm: String,
    /// Which key it claims to be signed with.
    pub key: Option<String>,
}

impl<'t> Shape<'t> {
    /// Takes a token apart.
    pub fn read(token: &'t str) -> Result<Self, TokenFault> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenFault::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenFault::NotThreeParts)?;
        if payload.contains('.') {
            return Err(TokenFault::NotThreeParts);
        }
        let header = Header::read(&bytes(header)?)?;
        let payload = bytes(payload)?;
        bytes(signature)?;
        Ok(Self { signed: signed.as_bytes(), header, payload, signature })
    }
}

/// Whatever has padding, whitespace or bits beyond the last byte is refused: one token has one spelling.
fn bytes(part: &str) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::NotBase64Url)
}

impl Header {
    fn read(text: &[u8]) -> Result<Self, TokenFault> {
        let members = json::object(text).ok_or(TokenFault::NotOneObject)?;
        if members.contains_key("crit") {
            return Err(TokenFault::CriticalExtension);
        }
        // Several issuers leave `typ` out, and RFC 7519, section 5.1, lets them; the audience keeps ID tokens away.
        let is_ours =
            |kind: String| ["JWT", "at+jwt", "application/at+jwt"].iter().any(|ours| ours.eq_ignore_ascii_case(&kind));
        if text_of(&members, "typ")?.is_some_and(|kind| !is_ours(kind)) {
            return Err(TokenFault::WrongType);
        }
        let algorithm = text_of(&members, "alg")?.ok_or(TokenFault::MalformedHeader)?;
        Ok(Self { algorithm, key: text_of(&members, "kid")? })
    }
}

fn text_of(members: &Map<String, Value>, name: &str) -> Result<Option<String>, TokenFault> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(TokenFault::MalformedHeader),
    }
}
