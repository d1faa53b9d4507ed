//! Deadlines: how long a call may take, and work that goes on when its caller has gone.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::{HeaderMap, Response};
use taper_core::limits;
use taper_core::refusal::{Reason, Refusal, Violation};
use tonic::body::Body;
use tracing::Instrument;

const TIMEOUT_HEADER: &str = "grpc-timeout";
/// The specification's limit, which also keeps the arithmetic far from overflow.
const TIMEOUT_DIGITS_MAX: usize = 8;

/// What the caller allows by `grpc-timeout`; `None` when it names nothing.
pub(crate) fn allowed_by_caller(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
    let Some(value) = headers.get(TIMEOUT_HEADER) else {
        return Ok(None);
    };
    match value.to_str().ok().and_then(duration) {
        Some(duration) => Ok(Some(duration)),
        None => {
            let message = "The grpc-timeout header must be 1 to 8 digits and one of H, M, S, m, u, n.";
            let mut refusal = Refusal::new(Reason::MalformedRequest, message);
            refusal.violations.push(Violation { field: TIMEOUT_HEADER.to_owned(), message: message.to_owned() });
            Err(refusal)
        }
    }
}

/// What we allow: Get and List only read, every other method may write.
pub(crate) fn allowed_by_us(path: &str) -> Duration {
    let method = path.rsplit('/').next().unwrap_or_default();
    let reads = method.starts_with("Get") || method.starts_with("List");
    Duration::from_secs(if reads { limits::READ_SECONDS_MAX } else { limits::WRITE_SECONDS_MAX })
}

/// The refusal of a call whose time is up.
pub(crate) fn passed() -> Refusal {
    let message = "The deadline passed before the answer was ready. What was sent may still be stored: \
                   read before you send it again, or send it again with the same request_id and more time.";
    Refusal::new(Reason::DeadlineExceeded, message)
}

/// Does the work in a task of its own and waits for it until the deadline, no longer.
///
/// A caller that hangs up, or whose time is up, ends the wait and never the work: a transaction that is cut
/// between two statements would go back to the pool half done. `held` is kept until the work has really ended.
pub(crate) async fn detached<F, H>(work: F, held: H, deadline: Instant) -> Result<Response<Body>, Refusal>
where
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    H: Send + 'static,
{
    let task = async move {
        let answer = work.await;
        drop(held);
        answer
    };
    let task = tokio::spawn(task.in_current_span());
    match before(deadline, task).await {
        Some(Ok(Ok(response))) => Ok(response),
        Some(Ok(Err(never))) => match never {},
        Some(Err(_panicked)) => Err(Refusal::new(Reason::Internal, "the handler panicked")),
        None => Err(passed()),
    }
}

/// The output of the future, or `None` once the deadline has passed.
async fn before<F: Future>(deadline: Instant, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut sleep = pin!(tokio::time::sleep_until(deadline.into()));
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        // tonic times the same header around us and would say CANCELLED. Our time began first, so that reading
        // the clock on every poll makes ours the answer, in whatever order the two timers fire.
        if sleep.as_mut().poll(context).is_ready() || Instant::now() >= deadline {
            return Poll::Ready(None);
        }
        Poll::Pending
    })
    .await
}

fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let digits = text.strip_suffix(unit)?;
    let plain = (1..=TIMEOUT_DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let count: u64 = if plain { digits.parse().ok()? } else { return None };
    match unit {
        'H' => Some(Duration::from_secs(count * 3600)),
        'M' => Some(Duration::from_secs(count * 60)),
        'S' => Some(Duration::from_secs(count)),
        'm' => Some(Duration::from_millis(count)),
        'u' => Some(Duration::from_micros(count)),
        'n' => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grpc_timeout_is_digits_and_a_unit() {
        let cases = [
            ("1H", Duration::from_secs(3600)),
            ("2M", Duration::from_secs(120)),
            ("3S", Duration::from_secs(3)),
            ("250m", Duration::from_millis(250)),
            ("99999999u", Duration::from_micros(99_999_999)),
            ("0n", Duration::ZERO),
        ];
        for (text, expected) in cases {
            assert_eq!(duration(text), Some(expected), "{text}");
        }
        for bad in ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "123456789m", " 1S", "1 S", "1é"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_have_less_time_than_writes() {
        for (path, seconds) in [
            ("/taper.v1.PatientService/GetPatient", limits::READ_SECONDS_MAX),
            ("/taper.v1.PatientService/ListPatients", limits::READ_SECONDS_MAX),
            ("/taper.v1.PatientService/CreatePatient", limits::WRITE_SECONDS_MAX),
            ("", limits::WRITE_SECONDS_MAX),
        ] {
            assert_eq!(allowed_by_us(path), Duration::from_secs(seconds), "{path}");
        }
    }
}
