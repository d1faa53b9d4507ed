//! What every server of this process logs at the finest level, read for what must not be in it.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};

use taper_kit::logs::{Form, subscriber};

use crate::planted::lines_with_secrets;

static LISTENING: Once = Once::new();

/// Lines that hold what was planted.
static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From here on everything that this process logs is read; the subscriber is the product's own.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        let everything = subscriber(Form::Json, "trace", || Reader);
        tracing::subscriber::set_global_default(everything).expect("somebody else listens to the log");
    });
}

/// Fails when anything that was planted was logged, by this test or another one of this process.
pub(crate) fn assert_nothing_planted() {
    let found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(found.is_empty(), "the log holds what was planted:\n{}", found.join("\n"));
}

/// Gets one whole line at a time.
struct Reader;

impl Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let lines = lines_with_secrets(&text, &[]);
        if !lines.is_empty() {
            FOUND.lock().unwrap_or_else(PoisonError::into_inner).extend(lines.into_iter().map(str::to_owned));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
