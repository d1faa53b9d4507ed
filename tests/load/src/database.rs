//! The benchmark's own database in the given cluster, and the CPU that the cluster uses.

use anyhow::{Context as _, Result};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};

use crate::cpu;

/// A database of its own; `drop` removes it.
pub struct Database {
    admin_url: String,
    name: String,
    /// URL of the database.
    pub url: String,
    postmaster: u32,
}

impl Database {
    /// Creates the database and finds the cluster's first process.
    pub async fn create(admin_url: &str) -> Result<Self> {
        let name = format!("taper_bench_{}", uuid::Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(admin_url).await.context("connecting to Postgres")?;
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        let directory: String = connection.fetch_one("SHOW data_directory").await?.try_get(0)?;
        let pid_file = std::fs::read_to_string(format!("{directory}/postmaster.pid"))?;
        let postmaster = pid_file.lines().next().unwrap_or_default().trim().parse().context("postmaster.pid")?;
        connection.close().await?;
        let (base, _) = admin_url.rsplit_once('/').context("the URL names no database")?;
        Ok(Self { admin_url: admin_url.to_owned(), url: format!("{base}/{name}"), name, postmaster })
    }

    /// CPU microseconds of the whole cluster so far.
    pub fn cpu_us(&self) -> u64 {
        cpu::of_family(self.postmaster)
    }

    /// Rows of `sessions`, to compare with what was acknowledged.
    pub async fn session_count(&self) -> Result<u64> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let count: i64 = connection.fetch_one("SELECT count(*) FROM sessions").await?.try_get(0)?;
        connection.close().await?;
        Ok(u64::try_from(count)?)
    }

    /// Removes the database.
    pub async fn drop(self) -> Result<()> {
        let mut connection = PgConnection::connect(&self.admin_url).await?;
        connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await?;
        connection.close().await?;
        Ok(())
    }
}
