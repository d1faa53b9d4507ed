//! An answer to the last byte: code, message, details, trailers; and when two of them are alike.

use prost_reflect::{DynamicMessage, MethodDescriptor};
use taper_tests::raw;
use tonic::Code;
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::transport::Channel;
use uuid::Uuid;

/// What a caller receives.
#[derive(Clone, Debug)]
pub struct Answer {
    /// OK or the refusal.
    pub code: Code,
    /// The words of a refusal, its details, and every header and trailer but the clock's.
    refusal: Vec<u8>,
    /// Each message of an answer.
    messages: Vec<Vec<u8>>,
    /// All of it as text, for the search.
    readable: String,
}

/// Asks with a key; both of two calls that are compared bear the same id of the call.
pub async fn ask(channel: &Channel, method: &MethodDescriptor, request: Vec<u8>, key: &str) -> Answer {
    let mut headers = MetadataMap::new();
    headers.insert("authorization", format!("Bearer {key}").parse().unwrap());
    headers.insert("x-request-id", "matrix".parse().unwrap());
    let (code, refusal, messages) = match raw::call_whole(channel, &raw::path_of(method), request, headers).await {
        Ok((messages, trailers)) => (Code::Ok, said(&trailers), messages),
        Err(status) => {
            let refusal = [status.message().as_bytes(), status.details(), &said(status.metadata())].concat();
            (status.code(), refusal, Vec::new())
        }
    };
    let readable = String::from_utf8_lossy(&[refusal.clone(), messages.concat()].concat()).into_owned();
    Answer { code, refusal, messages, readable }
}

fn said(metadata: &MetadataMap) -> Vec<u8> {
    let mut lines: Vec<String> = Vec::new();
    for one in metadata.iter() {
        let (key, value) = match one {
            KeyAndValueRef::Ascii(key, value) => (key.as_str(), value.as_encoded_bytes().to_vec()),
            KeyAndValueRef::Binary(key, value) => (key.as_str(), value.as_encoded_bytes().to_vec()),
        };
        // The first is the clock's; the others stand in the message and the details, which are compared themselves.
        if !["date", "grpc-message", "grpc-status-details-bin"].contains(&key) {
            lines.push(format!("{key}: {}\n", String::from_utf8_lossy(&value)));
        }
    }
    lines.sort();
    lines.concat().into_bytes()
}

impl Answer {
    /// Whether it is a fault of the server or of the connection, and says nothing of what was asked.
    pub fn is_fault(&self) -> bool {
        [Code::Internal, Code::Unavailable, Code::DeadlineExceeded, Code::Unknown, Code::DataLoss].contains(&self.code)
    }

    /// Whether a text stands anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        self.readable.contains(text)
    }

    /// Whether it is the other to the last byte, once what its caller wrote is exchanged for what the other wrote. Of
    /// two that were granted, what is new with each call is not compared.
    pub fn is(&self, other: &Answer, written: &[(String, String)], method: &MethodDescriptor) -> bool {
        if (self.code, other.code) != (Code::Ok, Code::Ok) {
            return self.code == other.code && exchanged(&self.refusal, written) == other.refusal;
        }
        let mut pairs = self.messages.iter().zip(&other.messages);
        let same_bytes = self.messages.len() == other.messages.len()
            && pairs.all(|(one, theirs)| alike_but_for_ids(&exchanged(one, written), theirs));
        same_bytes || self.granted(method, written) == other.granted(method, &[])
    }

    fn granted(&self, method: &MethodDescriptor, written: &[(String, String)]) -> Vec<String> {
        let texts = self.messages.iter().map(|bytes| {
            let message = DynamicMessage::decode(method.output(), bytes.as_slice()).unwrap();
            let mut json = serde_json::to_value(&message).unwrap();
            forget_what_is_new(&mut json);
            written.iter().fold(json.to_string(), |text, (from, to)| text.replace(from, to))
        });
        texts.collect()
    }

    /// For a person.
    pub fn shown(&self) -> String {
        let messages: Vec<_> = self.messages.iter().map(|message| String::from_utf8_lossy(message)).collect();
        format!("{:?} {} {messages:?}", self.code, String::from_utf8_lossy(&self.refusal))
    }
}

/// The bytes with what one caller wrote in place of what the other did.
fn exchanged(bytes: &[u8], written: &[(String, String)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (from, to) in written.iter().filter(|(from, to)| from.len() == to.len() && from.len() > 4) {
        for place in 0..(bytes.len() + 1).saturating_sub(from.len()) {
            if bytes[place..].starts_with(from.as_bytes()) {
                bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
            }
        }
    }
    bytes
}

/// Whether two differ in nothing but UUIDs, which the long answers of simulations make anew for each.
fn alike_but_for_ids(one: &[u8], other: &[u8]) -> bool {
    const LENGTH: usize = 36;
    let is_id =
        |bytes: &[u8], from: usize| bytes.get(from..from + LENGTH).is_some_and(|id| Uuid::try_parse_ascii(id).is_ok());
    let mut looked_at = 0;
    while let Some(place) = one.iter().zip(other).skip(looked_at).position(|(one, other)| one != other) {
        let place = looked_at + place;
        let mut starts = place.saturating_sub(LENGTH - 1)..=place;
        let Some(id) = starts.find(|from| is_id(one, *from) && is_id(other, *from)) else { return false };
        looked_at = id + LENGTH;
    }
    one.len() == other.len()
}

/// Ids, instants, secrets and hashes differ from call to call.
fn forget_what_is_new(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                let is_new = name == "name" || name.ends_with("Time") || name.to_lowercase().contains("sha256");
                let is_new = is_new
                    || ["etag", "secret", "hash", "knownAt", "number", "revision", "nextPageToken", "planEtag"]
                        .contains(&name.as_str());
                if is_new { *value = serde_json::Value::Null } else { forget_what_is_new(value) }
            }
        }
        serde_json::Value::String(text) => {
            let segments = text.split('/').map(|one| if Uuid::parse_str(one).is_ok() { "*" } else { one });
            *text = segments.collect::<Vec<_>>().join("/");
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget_what_is_new),
        _ => {}
    }
}
