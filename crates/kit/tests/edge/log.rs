//! The log: what is in a call's line, and what never is.

use std::io::Write;
use std::sync::{Arc, Mutex};

use taper_kit::logs::{Form, subscriber};
use tonic::Request;

use crate::running::{Running, call, send};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn calls(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .filter(|line| line.contains("\"message\":\"call\""))
            .map(str::to_owned)
            .collect()
    }

    fn all(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// One thread, so that a subscriber of this test alone sees the server's side.
#[tokio::test]
async fn a_call_is_one_line_of_ids_and_codes_and_nothing_that_was_sent_is_in_the_log() {
    let kept = Kept::default();
    let writer = kept.clone();
    let everything = subscriber(Form::Json, "trace", move || writer.clone());
    let _guard = tracing::subscriber::set_default(everything);
    let server = Running::start().await;
    let channel = server.channel().await;

    let cases = [
        ("GetEcho", "OK", ""),
        ("GetRefusal", "INVALID_ARGUMENT", "INVALID_FIELDS"),
        ("GetFault", "INTERNAL", "INTERNAL"),
        ("GetPanic", "INTERNAL", "INTERNAL"),
    ];
    for (index, (method, code, reason)) in cases.into_iter().enumerate() {
        let _answer = call(&channel, method, "Ann Miller").await;
        let lines = kept.calls();
        assert_eq!(lines.len(), index + 1, "{lines:?}");
        let line = &lines[index];
        for part in [
            format!("Probe/{method}\""),
            format!("\"code\":\"{code}\""),
            "\"ms\":".to_owned(),
        ] {
            assert!(line.contains(&part), "no {part} in {line}");
        }
        assert!(line.contains("\"request_id\":\"") && line.contains(reason), "{line}");
    }
    assert!(
        kept.calls()[1].contains("\"fields\":\"first second[0].third\""),
        "{:?}",
        kept.calls()
    );

    let not_text = Request::new([b"Ann Miller".as_slice(), &[0xff]].concat());
    send(&channel, "/taper.test.v1.Probe/GetEcho", not_text)
        .await
        .unwrap_err();
    assert!(!kept.all().contains("Miller"), "{}", kept.all());
}
