//! The log: what is in a call's line, and what never is.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use taper_kit::Gate;
use taper_kit::logs::{Form, subscriber};
use tonic::Request;

use crate::recorded::table;
use crate::running::{Running, send};

/// Keeps what is logged.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    /// The lines of one call.
    fn lines_of(&self, id: &str) -> Vec<String> {
        let wanted = |line: &&str| line.contains("\"message\":\"call\"") && line.contains(id);
        self.all().lines().filter(wanted).map(str::to_owned).collect()
    }

    /// The lines that hold this text.
    pub fn lines_with(&self, text: &str) -> Vec<String> {
        self.all().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    fn all(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Everything that this process logs. The subscriber is that of all tests, so that the others' calls are in it as well.
pub fn kept() -> &'static Kept {
    static KEPT: OnceLock<Kept> = OnceLock::new();
    KEPT.get_or_init(|| {
        let kept = Kept::default();
        let writer = kept.clone();
        let everything = subscriber(Form::Json, "trace", move || writer.clone());
        tracing::subscriber::set_global_default(everything).unwrap();
        kept
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_one_line_of_ids_and_codes_and_nothing_that_was_sent_is_in_the_log() {
    let kept = kept();
    let server = Running::start().await;
    let channel = server.channel().await;

    for (method, code, reason) in [
        ("GetEcho", "OK", ""),
        ("GetRefusal", "INVALID_ARGUMENT", "INVALID_FIELDS"),
        ("GetFault", "INTERNAL", "INTERNAL"),
        ("GetPanic", "INTERNAL", "INTERNAL"),
    ] {
        let id = format!("logged-{method}");
        let mut request = Request::new("Ann Miller".to_owned());
        request.metadata_mut().insert("x-request-id", id.parse().unwrap());
        let _answer = send(&channel, &format!("/taper.test.v1.Probe/{method}"), request).await;
        let lines = kept.lines_of(&id);
        assert_eq!(lines.len(), 1, "{lines:?}");
        for part in [format!("Probe/{method}\""), format!("\"code\":\"{code}\""), "\"ms\":".to_owned()] {
            assert!(lines[0].contains(&part), "no {part} in {lines:?}");
        }
        assert!(lines[0].contains(reason), "{lines:?}");
    }
    let refused = &kept.lines_of("logged-GetRefusal")[0];
    assert!(refused.contains("\"fields\":\"first second[0].third\""), "{refused}");

    let not_text = Request::new([b"Ann Miller".as_slice(), &[0xff]].concat());
    send(&channel, "/taper.test.v1.Probe/GetEcho", not_text).await.unwrap_err();
    assert!(!kept.all().contains("Miller"), "{}", kept.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_no_method_is_text_of_the_caller_and_not_in_the_line_of_the_call() {
    let kept = kept();
    let server = Running::start_with(None, Gate::open().with_table(table())).await;
    let channel = server.channel().await;
    for (method, is_known) in [("GetEcho", true), ("EveMoser", false)] {
        let id = format!("path-{is_known}");
        let mut request = Request::new(String::new());
        request.metadata_mut().insert("x-request-id", id.parse().unwrap());
        let _answer = send(&channel, &format!("/taper.test.v1.Probe/{method}"), request).await;
        let lines = kept.lines_of(&id);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].contains(method), is_known, "{lines:?}");
    }
}
