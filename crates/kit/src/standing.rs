//! Whether one whose stream is open may still have it: who calls is found out again while the stream lasts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Uri;
use jiff::Timestamp;
use taper_core::access::Principal;
use taper_core::limits;
use taper_core::refusal::Refusal;

use crate::access::{Gate, Shown};
use crate::call::Call;
use crate::clock::Clock;

/// The caller of a stream, as it was let in.
pub(crate) struct Standing {
    pub(crate) gate: Gate,
    pub(crate) shown: Arc<Shown>,
    pub(crate) method: Uri,
    pub(crate) call_id: Arc<str>,
    pub(crate) clock: Clock,
}

impl Standing {
    /// Ends when the caller would no longer be let in, with the refusal that it would get.
    ///
    /// It looks when the key or token ends, and at least as often as `every` for what nobody can foresee: a key that is
    /// revoked, a member that is disabled, glass that is whole again. A look that fails ends the stream as well: who
    /// cannot be known is not let in.
    pub(crate) async fn ended(self, every: Duration) -> Refusal {
        loop {
            match self.look().await {
                Ok(Some(pause)) => tokio::time::sleep(pause.min(every)).await,
                Ok(None) => std::future::pending().await,
                Err(refusal) => return refusal,
            }
        }
    }

    /// How long the look holds; none where everybody is let in.
    async fn look(&self) -> Result<Option<Duration>, Refusal> {
        let deadline = Instant::now() + Duration::from_secs(limits::READ_SECONDS_MAX);
        let call = Call::new(self.call_id.clone(), deadline, &self.clock);
        let principal = self.gate.identify(&self.shown, &call).await?;
        let call = call.by(principal, self.gate.rule(self.method.path())?);
        self.gate.allows(&call).await?;
        Ok(match call.principal() {
            Principal::Open => None,
            Principal::Known(known) => Some(until(known.expires_at, call.now)),
        })
    }
}

/// What is left until the end; as long as there is when it has no end, or is past it and in the leeway.
fn until(expires_at: Option<Timestamp>, now: Timestamp) -> Duration {
    let left = expires_at.and_then(|expires_at| Duration::try_from(expires_at.duration_since(now)).ok());
    left.filter(|left| !left.is_zero()).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_holds_until_the_key_ends_and_no_longer() {
        let now: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
        let after = |seconds| Some(now + jiff::SignedDuration::from_secs(seconds));
        assert_eq!(until(after(3), now), Duration::from_secs(3));
        for no_end_to_wait_for in [None, after(0), after(-3)] {
            assert_eq!(until(no_end_to_wait_for, now), Duration::MAX);
        }
    }
}
