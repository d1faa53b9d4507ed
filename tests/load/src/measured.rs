//! What one measurement is: the load that was offered, and what was counted.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hdrhistogram::Histogram;

/// A closed loop: so many connections, so many calls in flight on each, for so long.
#[derive(Clone, Copy)]
pub struct Load {
    /// Connections.
    pub connections: usize,
    /// Calls in flight on each connection.
    pub in_flight: usize,
    /// How long.
    pub time: Duration,
}

impl Load {
    /// Calls in flight in all.
    pub fn callers(&self) -> usize {
        self.connections * self.in_flight
    }
}

/// One measurement of one scenario.
#[derive(Clone)]
pub struct Measured {
    /// Calls that were answered rightly, a second.
    pub per_second: f64,
    /// Median in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile in milliseconds; none where it was not measured.
    pub p99_ms: Option<f64>,
    /// CPU microseconds a call of the server process.
    pub server_us: f64,
    /// CPU microseconds a call of Postgres.
    pub database_us: f64,
}

/// The scenarios of one round.
pub struct Round {
    /// A bare tonic echo of the sizes of GetRecommendation.
    pub echo: Measured,
    /// The rows of one recommendation, read by pgbench.
    pub pgbench_read: Measured,
    /// GetRecommendation.
    pub recommendation: Measured,
    /// The rows of one session, written by pgbench.
    pub pgbench_write: Measured,
    /// CreateSession.
    pub session: Measured,
}

/// What one caller of the closed loop counted.
pub struct Counted {
    /// Latencies in microseconds of the calls that were answered rightly.
    pub latencies: Histogram<u64>,
}

impl Counted {
    /// Nothing yet.
    pub fn new() -> Result<Self> {
        Ok(Self { latencies: Histogram::new_with_bounds(1, 60_000_000, 3)? })
    }

    /// One more right answer.
    pub fn note(&mut self, since: Instant) {
        let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.latencies.saturating_record(micros);
    }
}

/// Puts together what all callers counted.
pub fn summary(counted: Vec<Counted>, wall: Duration, server_us: f64, database_us: f64) -> Result<Measured> {
    let mut all = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    for one in counted {
        all.add(one.latencies)?;
    }
    ensure!(!all.is_empty(), "no call was answered");
    let calls = all.len() as f64;
    Ok(Measured {
        per_second: calls / wall.as_secs_f64(),
        p50_ms: all.value_at_quantile(0.5) as f64 / 1000.0,
        p99_ms: Some(all.value_at_quantile(0.99) as f64 / 1000.0),
        server_us: server_us / calls,
        database_us: database_us / calls,
    })
}
