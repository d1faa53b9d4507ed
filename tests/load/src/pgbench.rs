//! pgbench with the rows of our own calls in the fewest statements: what Postgres alone costs on this machine.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::database::Database;
use crate::grpc::Seeded;
use crate::measured::{Counted, Load, Measured, summary};

/// One statement that reads every current row of one case, as JSON.
pub fn read_script(seeded: &Seeded) -> String {
    let plans = chosen_case(seeded);
    format!(
        "{plans}
SELECT (SELECT json_agg(r.body) FROM patient_revisions r WHERE r.clinic_id = c.clinic_id AND r.patient_id = c.patient_id AND r.superseded_at IS NULL),
       (SELECT json_agg(r.body) FROM injury_revisions r JOIN injuries i USING (clinic_id, injury_id) WHERE i.clinic_id = c.clinic_id AND i.patient_id = c.patient_id AND r.superseded_at IS NULL),
       (SELECT json_agg(r.body) FROM assessments r WHERE r.clinic_id = c.clinic_id AND r.injury_id = c.injury_id AND r.superseded_at IS NULL),
       (SELECT json_agg(r.body) FROM activities r WHERE r.clinic_id = c.clinic_id AND r.injury_id = c.injury_id AND r.superseded_at IS NULL),
       (SELECT json_agg(r.body) FROM plan_revisions r WHERE r.clinic_id = c.clinic_id AND r.plan_id = c.plan_id AND r.superseded_at IS NULL),
       (SELECT json_agg(r.body) FROM sessions r WHERE r.clinic_id = c.clinic_id AND r.plan_id = c.plan_id AND r.superseded_at IS NULL),
       (SELECT json_agg(r.body) FROM decisions r WHERE r.clinic_id = c.clinic_id AND r.plan_id = c.plan_id)
FROM bench_cases c WHERE c.number = :case;
"
    )
}

/// One statement that writes the rows of one CreateSession: the session, and the answer kept for its request_id.
pub fn write_script(seeded: &Seeded) -> String {
    let plans = chosen_case(seeded);
    let body = seeded.session_body.replace('\'', "''");
    let answer = "00".repeat(seeded.session_response_bytes);
    format!(
        "{plans}
WITH c AS (SELECT * FROM bench_cases WHERE number = :case),
     kept AS (INSERT INTO requests (clinic_id, request_id, method, request_hash, response, created_at)
              SELECT clinic_id, gen_random_uuid(), 'CreateSession', decode(repeat('ab', 32), 'hex'), decode('{answer}', 'hex'), 1 FROM c)
INSERT INTO sessions (clinic_id, plan_id, session_id, revision, effective_date, created_at, recorded_at, superseded_at, entered_in_error, amend_reason, body)
SELECT clinic_id, plan_id, gen_random_uuid(), 1, '2026-01-01', 1, 1, 2, false, NULL, '{body}' FROM c;
"
    )
}

fn chosen_case(seeded: &Seeded) -> String {
    format!("\\set case random(1, {})", seeded.plans.len())
}

/// Runs a script with as many clients as the load has callers, prepared statements, and latencies per transaction.
pub async fn run(load: Load, database: &Database, script: &str) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("script.sql");
    tokio::fs::write(&file, script).await?;
    let seconds = load.time.as_secs().to_string();
    let clients = load.callers().to_string();
    let (cpu, started) = (database.cpu_us(), Instant::now());
    let output = Command::new(program()?)
        .current_dir(folder.path())
        .args(["--no-vacuum", "--protocol", "prepared", "--log", "--log-prefix", "latency", "--jobs", "2"])
        .args(["--client", &clients, "--time", &seconds, "--file"])
        .arg(&file)
        .arg(&database.url)
        .output()
        .await?;
    let wall = started.elapsed();
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let cpu = database.cpu_us() - cpu;
    summary(vec![latencies(folder.path())?], wall, 0.0, cpu as f64)
}

/// The third field of each line of the logs is the latency in microseconds.
fn latencies(folder: &Path) -> Result<Counted> {
    let mut counted = Counted::new()?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_log = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("latency."));
        if !is_log {
            continue;
        }
        for line in std::fs::read_to_string(&path)?.lines() {
            let micros = line.split(' ').nth(2).and_then(|field| field.parse().ok());
            counted.latencies.saturating_record(micros.context("a line of pgbench's log")?);
        }
    }
    Ok(counted)
}

/// pgbench from PATH, or from Debian's folder of the newest version.
fn program() -> Result<PathBuf> {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let from_path = std::env::split_paths(&in_path).map(|folder| folder.join("pgbench"));
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut from_debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin/pgbench")).collect();
    from_debian.sort();
    let found = from_debian.into_iter().rev().chain(from_path).find(|program| program.is_file());
    found.context("pgbench was not found; it comes with Debian's postgresql package")
}
