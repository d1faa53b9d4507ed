//! Many callers at once, deadlines, two processes on one database, and files that nobody else may read.

use std::time::{Duration, Instant};

use taper_core::refusal::{Reason, Refusal};
use taper_store::{At, Error, Options, Store, Version, patients, sessions};

use crate::harness::{Home, Kind, clinic, instant, on, on_both, soon};
use crate::samples::*;

on_both! {
    two_hundred_writers_that_read_first_all_succeed;
    a_deadline_in_the_past_is_a_timeout;
    a_change_that_is_ready_shortly_before_its_deadline_is_kept;
    cancelled_calls_leave_nothing_behind;
    racing_migrations_are_applied_once;
    a_pending_migration_is_refused_by_name;
}

async fn two_hundred_writers_that_read_first_all_succeed(home: &Home) {
    let tx = home.write("here").await;
    let patient_id = a_patient(&tx).await;
    tx.commit().await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let store = home.store.clone();
        writers.spawn(async move {
            loop {
                let tx = match store.begin_write(&clinic("here"), soon()).await {
                    Err(Error::Overloaded) => continue,
                    other => other?,
                };
                let read = patients::get(&tx, patient_id, At::NOW).await?;
                patients::update(&tx, patient_id, None, &read.content, instant(20)).await?;
                return tx.commit().await;
            }
        });
    }
    let answers = writers.join_all().await;
    let failed: Vec<_> = answers.iter().filter(|answer| answer.is_err()).collect();
    assert!(failed.is_empty(), "{} failed, the first: {:?}", failed.len(), failed.first());
    let tx = home.read("here").await;
    assert_eq!(patients::get(&tx, patient_id, At::NOW).await.unwrap().version, Version(201));
}

async fn a_deadline_in_the_past_is_a_timeout(home: &Home) {
    let past = Instant::now() - Duration::from_millis(1);
    assert_eq!(home.store.begin_read(&clinic("here"), past).await.err(), Some(Error::Timeout));
    assert_eq!(home.store.begin_write(&clinic("here"), past).await.err(), Some(Error::Timeout));
    let tx = home.store.begin_write(&clinic("here"), Instant::now() + Duration::from_millis(300)).await.unwrap();
    let patient_id = a_patient(&tx).await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(patients::get(&tx, patient_id, At::NOW).await, Err(Error::Timeout));
    assert_eq!(tx.commit().await, Err(Error::Timeout));
    assert_eq!(Refusal::from(Error::Timeout).reason, Reason::DeadlineExceeded);
    let tx = home.read("here").await;
    assert_eq!(patients::list(&tx, None, 9, false).await, Ok(vec![]));
}

async fn a_change_that_is_ready_shortly_before_its_deadline_is_kept(home: &Home) {
    let shortly = Instant::now() + Duration::from_millis(1500);
    let tx = home.store.begin_write(&clinic("here"), shortly).await.unwrap();
    let patient_id = a_patient(&tx).await;
    assert_eq!(tx.commit().await, Ok(()));
    assert!(patients::get(&home.read("here").await, patient_id, At::NOW).await.is_ok());
}

/// A caller that hangs up drops the future at any moment: 400 are cut after 0 to 4 ms, between acknowledged ones.
async fn cancelled_calls_leave_nothing_behind(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    tx.commit().await.unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..400_u64 {
        let create = async {
            let tx = home.store.begin_write(&clinic("here"), soon()).await?;
            let id = session_id();
            sessions::create(&tx, key, id, &session(), instant(20)).await?;
            tx.commit().await?;
            Ok::<_, Error>(id)
        };
        let patience =
            if round % 8 == 0 { Duration::from_secs(30) } else { Duration::from_micros((round * 97) % 4000) };
        if let Ok(answer) = tokio::time::timeout(patience, create).await {
            acknowledged.push(answer.unwrap());
        }
    }
    assert!(acknowledged.len() >= 50);
    let tx = home.read("here").await;
    for id in acknowledged {
        assert!(sessions::get(&tx, key, id, At::NOW).await.is_ok());
    }
}

async fn racing_migrations_are_applied_once(home: &Home) {
    let empty = Home::empty(home.kind, Options::default()).await;
    let second = match home.kind {
        // Two processes cannot share the file, so the race is between two callers of one.
        Kind::Sqlite => empty.store.clone(),
        Kind::Postgres => Store::open(&empty.url, Options::default()).await.unwrap(),
    };
    let (first_migrations, second_migrations) = (empty.store.migrate(), second.migrate());
    let (one, other) = tokio::join!(first_migrations.up(), second_migrations.up());
    let mut applied = [one.unwrap().len(), other.unwrap().len()];
    applied.sort_unstable();
    let all = empty.store.migrate().status().await.unwrap().len();
    assert_eq!(applied, [0, all]);
    assert_eq!(second.check_schema().await, Ok(()));
    second.close().await;
    empty.remove().await;
}

async fn a_pending_migration_is_refused_by_name(home: &Home) {
    let empty = Home::empty(home.kind, Options::default()).await;
    let refused = empty.store.check_schema().await;
    assert!(matches!(&refused, Err(Error::Schema(why)) if why.contains("m0001_records")), "{refused:?}");
    let states = empty.store.migrate().status().await.unwrap();
    assert!(states.iter().all(|state| !state.applied));
    assert_eq!(empty.store.ping(soon()).await, Ok(()));
    empty.remove().await;
}

/// The third migration changes the type of every body; what was written then had no digest.
#[tokio::test]
async fn what_was_stored_before_a_migration_reads_back_after_it() {
    on(Kind::Postgres, async |home: &Home| {
        let tx = home.write("here").await;
        let (key, id) = (a_plan(&tx).await, session_id());
        let stored = sessions::create(&tx, key, id, &session(), instant(20)).await.unwrap();
        tx.commit().await.unwrap();
        for table in
            ["patient_revisions", "injury_revisions", "plan_revisions", "assessments", "activities", "sessions"]
        {
            let back = format!("ALTER TABLE {table} ALTER COLUMN body TYPE jsonb USING body::text::jsonb");
            home.tamper(back).await.unwrap();
            home.tamper(format!("UPDATE {table} SET digest = NULL")).await.unwrap();
        }
        home.tamper("DELETE FROM seaql_migrations WHERE version LIKE 'm0003%'".to_owned()).await.unwrap();
        let refused = home.store.check_schema().await;
        assert!(matches!(&refused, Err(Error::Schema(why)) if why.contains("m0003_bodies")), "{refused:?}");
        assert_eq!(home.store.migrate().up().await.unwrap().len(), 1);
        let tx = home.read("here").await;
        assert_eq!(sessions::get(&tx, key, id, At::NOW).await, Ok(stored));
        let kinds = "SELECT DISTINCT data_type::text FROM information_schema.columns WHERE column_name = 'body'";
        assert_eq!(home.raw(kinds).await, ["json"]);
    })
    .await;
}

#[tokio::test]
async fn two_servers_cannot_share_a_sqlite_file() {
    let options = Options { lock_wait: Duration::from_millis(100), ..Options::default() };
    let home = Home::empty(Kind::Sqlite, options.clone()).await;
    let refused = Store::open(&home.url, options.clone()).await.err();
    assert!(matches!(&refused, Some(Error::Open(why)) if why.contains("in use")), "{refused:?}");
    let Home { store, url, .. } = &home;
    store.close().await;
    let url = url.clone();
    assert!(Store::open(&url, options.clone()).await.is_err(), "the lock is held until the store is dropped");
}

#[tokio::test]
async fn the_sqlite_file_is_private_and_durable() {
    use std::os::unix::fs::PermissionsExt;
    on(Kind::Sqlite, async |home: &Home| {
        let path = home.url.trim_start_matches("sqlite://");
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let mode = std::fs::metadata(format!("{path}{suffix}")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{suffix}");
        }
        assert_eq!(home.raw("PRAGMA journal_mode").await, ["wal"]);
        let strict = home.raw("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0").await;
        assert!(strict.iter().all(|name| name.starts_with("seaql") || name.starts_with("sqlite")), "{strict:?}");
    })
    .await;
}

#[tokio::test]
async fn a_url_of_no_database_is_refused_with_the_reason() {
    for url in
        ["mysql://x", "sqlite://", "sqlite::memory:", "sqlite:///no/such/folder/x.db", "postgres://127.0.0.1:1/x"]
    {
        let refused = Store::open(url, Options::default()).await.err();
        assert!(matches!(&refused, Some(Error::Open(_))), "{url}: {refused:?}");
    }
}
