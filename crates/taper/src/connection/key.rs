//! The key that the program shows to a server, and where it does not.

use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, bail};
use tonic::codegen::http::Uri;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

/// The variable that holds a key.
pub const VARIABLE: &str = "TAPER_KEY";

/// What is shown at every call, where there is something to show. It has no `Debug`: a key is printed nowhere.
#[derive(Clone)]
pub struct Key(Option<MetadataValue<Ascii>>);

impl Key {
    /// Reads the key of the file or else of the variable; one that others could read on its way is not sent.
    pub(super) fn find(file: Option<&Path>, server: &Uri) -> anyhow::Result<Self> {
        let (text, source) = match (file, std::env::var_os(VARIABLE)) {
            (Some(file), _) => {
                let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
                (text, file.display().to_string())
            }
            (None, Some(text)) => (text.into_encoded_bytes(), VARIABLE.to_owned()),
            (None, None) => return Ok(Self(None)),
        };
        let key = Self::parse(&text).with_context(|| format!("what {source} holds is not a key"))?;
        if !is_private(server) {
            bail!("the key of {source} is not sent to {server}: others could read it on its way. Name an https:// URL");
        }
        Ok(key)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let key = std::str::from_utf8(text).ok()?.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut shown = MetadataValue::try_from(format!("Bearer {key}")).ok()?;
        shown.set_sensitive(true);
        Some(Self(Some(shown)))
    }
}

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(shown) = &self.0 {
            request.metadata_mut().insert("authorization", shown.clone());
        }
        Ok(request)
    }
}

/// Whether nobody else can read what is sent there.
fn is_private(server: &Uri) -> bool {
    if server.scheme_str() == Some("https") {
        return true;
    }
    let host = server.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_as_a_bearer_and_is_sensitive() {
        for text in ["tk_1.abc-_~+/=", "  tk_1.abc-_~+/=\n"] {
            let mut key = Key::parse(text.as_bytes()).unwrap();
            let request = key.call(Request::new(())).unwrap();
            let shown = request.metadata().get("authorization").unwrap();
            assert_eq!(shown.to_str().unwrap(), "Bearer tk_1.abc-_~+/=");
            assert!(shown.is_sensitive());
        }
    }

    #[test]
    fn without_a_key_nothing_is_shown() {
        let request = Key(None).call(Request::new(())).unwrap();
        assert!(request.metadata().is_empty());
    }

    #[test]
    fn what_cannot_be_a_key_is_refused() {
        for text in ["", " \n", "two words", "two\nlines", "ümlaut", "bell\u{7}"] {
            assert!(Key::parse(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(Key::parse(&[0xff]).is_none());
    }

    #[test]
    fn a_key_goes_only_where_nobody_else_can_read_it() {
        for (server, expected) in [
            ("https://clinic.example:7450", true),
            ("https://192.0.2.1", true),
            ("http://127.0.0.1:7450", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:7450", true),
            ("http://localhost:7450", true),
            ("http://clinic.example:7450", false),
            ("http://192.168.1.2:7450", false),
            ("http://localhost.example:7450", false),
            ("http://127.0.0.1.example:7450", false),
            ("http://[::ffff:192.0.2.1]:7450", false),
            ("http://0.0.0.0:7450", false),
        ] {
            assert_eq!(is_private(&server.parse().unwrap()), expected, "{server}");
        }
    }
}
