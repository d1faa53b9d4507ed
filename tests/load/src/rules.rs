//! The rules alone, in this process on one thread: how long a recommendation takes for a long record.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;
use taper_core::counterfactual::counterfactuals;
use taper_core::protocol::{self, Protocol};
use taper_core::recommend::recommend;
use taper_core::recommendation::Recommendation;

use crate::long_record::long_record;

const PROTOCOL: &str = "hamstring-strain";

/// One scenario: its name, and what its runs took.
pub struct Figure {
    /// What was run.
    pub name: &'static str,
    /// How often.
    pub runs: u64,
    /// Median in microseconds.
    pub p50_us: f64,
    /// 99th percentile in microseconds.
    pub p99_us: f64,
}

/// Runs each scenario for so long.
pub fn measure(time: Duration) -> Result<Vec<Figure>> {
    let protocol = protocol::builtin().iter().find(|protocol| protocol.reference.protocol == PROTOCOL);
    let protocol = protocol.context("the protocol is not built in")?;
    let (record, as_of) = long_record(&protocol.reference)?;
    let plain = figure("recommend", time, || {
        black_box(recommend(protocol, &record, as_of));
    })?;
    let told = figure("recommend with sentences", time, || {
        black_box(sentences(protocol, &recommend(protocol, &record, as_of)));
    })?;
    let questioned = figure("recommend with counterfactuals", time, || {
        black_box((recommend(protocol, &record, as_of), counterfactuals(protocol, &record, as_of)));
    })?;
    Ok(vec![plain, told, questioned])
}

fn figure(name: &'static str, time: Duration, mut run: impl FnMut()) -> Result<Figure> {
    let mut nanoseconds = Histogram::<u64>::new_with_bounds(1, 60_000_000_000, 3)?;
    let begin = Instant::now();
    while begin.elapsed() < time {
        let started = Instant::now();
        run();
        nanoseconds.saturating_record(u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    let micros = |quantile: f64| nanoseconds.value_at_quantile(quantile) as f64 / 1000.0;
    Ok(Figure { name, runs: nanoseconds.len(), p50_us: micros(0.5), p99_us: micros(0.99) })
}

/// Every sentence that an answer with text carries for its rules and criteria.
fn sentences(protocol: &Protocol, advice: &Recommendation) -> Vec<String> {
    let mut sentences = Vec::new();
    for rule in &advice.rules {
        sentences.extend(protocol.sentence(&rule.rule_id).map(str::to_owned));
        sentences.extend(rule.criteria.iter().map(|criterion| protocol.criterion_sentence(criterion)));
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_record_is_of_the_size_that_is_measured_and_explained_whole() {
        let protocol = protocol::builtin().iter().find(|protocol| protocol.reference.protocol == PROTOCOL).unwrap();
        let (record, as_of) = long_record(&protocol.reference).unwrap();
        let sizes = (record.assessments.len(), record.sessions.len(), record.activities.len(), record.decisions.len());
        assert_eq!(sizes, (60, 120, 60, 12));
        let results: usize = record.assessments.iter().map(|fact| fact.content.results.len()).sum();
        assert!(results >= 60 * 12 + 20 * 35, "{results}");
        let advice = recommend(protocol, &record, as_of);
        assert!(advice.rules.iter().map(|rule| rule.criteria.len()).sum::<usize>() > 200);
        assert!(sentences(protocol, &advice).iter().all(|sentence| !sentence.is_empty()));
    }
}
