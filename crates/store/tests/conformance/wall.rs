//! The second wall on Postgres: the role that the program works as sees one clinic, adds facts, and changes none.

use sqlx::{Connection, Executor, PgConnection};
use taper_store::{Options, Store, clinics};

use crate::harness::{Home, Kind, instant, master_key, on, soon};
use crate::samples::a_plan;

/// Columns that the role may change; nothing else of what is stored. The reason of each.
const UPDATES: &[(&str, &str, &str)] = &[
    ("activities", "superseded_at", "closes a revision"),
    ("api_keys", "revoked_at", "revokes a key"),
    ("assessments", "superseded_at", "closes a revision"),
    ("audit_heads", "hash", "moves on with each event"),
    ("audit_heads", "number", "moves on with each event"),
    ("clinic_policies", "superseded_at", "closes a revision"),
    ("injuries", "version", "the etag"),
    ("injury_revisions", "superseded_at", "closes a revision"),
    ("members", "disabled_at", "ends a membership"),
    ("patient_revisions", "superseded_at", "closes a revision"),
    ("patients", "deleted_at", "hides a patient, and shows it again"),
    ("patients", "purged_at", "says that the patient's key was destroyed"),
    ("patients", "sealed_at", "guards what was issued"),
    ("patients", "version", "the etag"),
    ("plan_revisions", "superseded_at", "closes a revision"),
    ("plans", "active", "one active plan of an injury"),
    ("plans", "version", "the etag"),
    ("requests", "patient_id", "says whose key the answer is encrypted with"),
    ("requests", "response", "keeps the answer for a retry"),
    ("sessions", "superseded_at", "closes a revision"),
];

/// Tables whose rows the role may take away, with the reason.
const DELETES: &[(&str, &str)] = &[
    ("patient_external_ids", "an index of the current revision's numbers; the revisions keep all of them"),
    ("patient_keys", "destroying a patient's key erases who the patient is"),
    ("requests", "answers kept for retries are forgotten after 30 days"),
];

async fn as_the_program(home: &Home, clinic: Option<&str>) -> PgConnection {
    let mut server = PgConnection::connect(&home.url).await.unwrap();
    server.execute("SET ROLE taper_app").await.unwrap();
    if let Some(clinic) = clinic {
        server.execute(sqlx::AssertSqlSafe(format!("SET app.clinic = '{clinic}'"))).await.unwrap();
    }
    server
}

async fn tables(home: &Home) -> Vec<String> {
    let sql = "SELECT table_name::text FROM information_schema.columns
               WHERE table_schema = 'public' AND column_name = 'clinic_id' ORDER BY 1";
    home.raw(sql).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_with_a_clinic_has_forced_row_level_security_and_the_policy_of_one_clinic() {
    on(Kind::Postgres, async |home: &Home| {
        let all =
            home.raw("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1");
        let others: Vec<String> = all.await.into_iter().filter(|table| table != "seaql_migrations").collect();
        assert_eq!(tables(home).await, others, "every table but the list of migrations belongs to a clinic");
        for table in others {
            let flags = format!(
                "SELECT relrowsecurity::text || relforcerowsecurity::text FROM pg_class WHERE oid = '{table}'::regclass"
            );
            assert_eq!(home.raw(flags).await, ["truetrue"], "{table}");
            let policies = format!(
                "SELECT policyname || ' ' || cmd || ' ' || (qual = with_check)::text FROM pg_policies
                 WHERE tablename = '{table}' AND policyname <> 'directory'"
            );
            assert_eq!(home.raw(policies).await, ["one_clinic ALL true"], "{table}");
        }
        let directory = "SELECT tablename || ' ' || cmd FROM pg_policies WHERE policyname = 'directory'";
        assert_eq!(home.raw(directory).await, ["clinics SELECT"]);
    })
    .await;
}

/// Row-level security is not asked for foreign keys and unique indexes: a key without the clinic would lead into another
/// one, and an index without it would tell that another one has the value.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_foreign_key_unique_index_and_primary_key_keeps_to_one_clinic() {
    on(Kind::Postgres, async |home: &Home| {
        let clinic_of = |table: &str| {
            format!("(SELECT attnum FROM pg_attribute WHERE attrelid = {table} AND attname = 'clinic_id')")
        };
        // `clinic_id` stands at the same place on both sides, since what stands at one place is what must be equal.
        let (from, to) = (clinic_of("conrelid"), clinic_of("confrelid"));
        let keys = format!(
            "SELECT concat_ws(' ', conrelid::regclass, conname, array_position(conkey, {from}) IS NOT NULL
                AND array_position(conkey, {from}) = array_position(confkey, {to}))
             FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1"
        );
        let keys = home.raw(keys).await;
        assert!(keys.len() >= 18, "only {} foreign keys", keys.len());
        let astray: Vec<&String> = keys.iter().filter(|key| !key.ends_with(" t")).collect();
        assert!(astray.is_empty(), "lead into other clinics: {astray:?}");
        let unique = format!(
            "SELECT concat_ws(' ', indrelid::regclass, indexrelid::regclass,
                CASE WHEN indisprimary THEN 'primary' ELSE 'unique' END, coalesce(indkey[0] = {}, false))
             FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
             WHERE indisunique AND relnamespace = 'public'::regnamespace AND relname <> 'seaql_migrations' ORDER BY 1",
            clinic_of("indrelid")
        );
        let unique = home.raw(unique).await;
        let astray: Vec<&String> = unique.iter().filter(|index| !index.ends_with(" t")).collect();
        assert!(astray.is_empty(), "tell of other clinics: {astray:?}");
        let primary = unique.iter().filter(|index| index.contains(" primary ")).count();
        assert_eq!(primary, tables(home).await.len(), "every table has a primary key");
        assert!(unique.len() > primary, "no unique index: {unique:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_role_owns_nothing_bypasses_nothing_and_may_change_what_is_listed_only() {
    on(Kind::Postgres, async |home: &Home| {
        let attributes = "SELECT concat_ws(' ', rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin)
                          FROM pg_roles WHERE rolname = 'taper_app'";
        assert_eq!(home.raw(attributes).await, ["f f f f f"]);
        let owned = "SELECT count(*)::text FROM pg_class WHERE relowner = 'taper_app'::regrole";
        assert_eq!(home.raw(owned).await, ["0"]);
        let updates = "SELECT table_name || '.' || column_name FROM information_schema.column_privileges
                       WHERE grantee = 'taper_app' AND privilege_type = 'UPDATE' ORDER BY 1";
        let listed: Vec<String> = UPDATES.iter().map(|(table, column, _)| format!("{table}.{column}")).collect();
        assert_eq!(home.raw(updates).await, listed);
        let deletes = "SELECT table_name::text FROM information_schema.table_privileges
                       WHERE grantee = 'taper_app' AND privilege_type IN ('DELETE', 'TRUNCATE') ORDER BY 1";
        let listed: Vec<&str> = DELETES.iter().map(|(table, _)| *table).collect();
        assert_eq!(home.raw(deletes).await, listed);
        let other = "SELECT DISTINCT privilege_type::text FROM information_schema.table_privileges
                     WHERE grantee = 'taper_app' ORDER BY 1";
        assert_eq!(home.raw(other).await, ["DELETE", "INSERT", "SELECT"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_without_a_filter_sees_and_changes_one_clinic_only_and_without_a_clinic_none() {
    on(Kind::Postgres, async |home: &Home| {
        for slug in ["here", "there"] {
            let tx = home.write(slug).await;
            a_plan(&tx).await;
            tx.commit().await.unwrap();
        }
        let mut filled = 0;
        for table in tables(home).await {
            let rows: i64 = count(&mut PgConnection::connect(&home.url).await.unwrap(), &table).await;
            let mut seen = Vec::new();
            for clinic in [Some("here"), Some("there"), Some("nowhere"), Some(""), None] {
                seen.push(count(&mut as_the_program(home, clinic).await, &table).await);
            }
            assert_eq!(seen[0] + seen[1], rows, "{table}");
            assert_eq!(seen[2..], [0, 0, 0], "{table}");
            filled += usize::from(rows > 1 && seen[0] > 0 && seen[1] > 0);
        }
        assert!(filled >= 7, "{filled} tables with rows of both clinics show little");
        let mut here = as_the_program(home, Some("here")).await;
        let changed = here.execute("UPDATE patients SET version = version + 1").await.unwrap();
        assert_eq!(changed.rows_affected(), 1);
        let foreign = "INSERT INTO patients (clinic_id, patient_id, version, created_at)
                       VALUES ('there', '01900000-0000-7000-8000-000000000001', 1, 1)";
        let refused = here.execute(foreign).await.unwrap_err().to_string();
        assert!(refused.contains("row-level security"), "{refused}");
        for forbidden in [
            "UPDATE patient_revisions SET body = '{}'",
            "DELETE FROM sessions",
            "UPDATE audit_events SET outcome = 'OK'",
            "DELETE FROM audit_events",
            "TRUNCATE audit_events",
            "ALTER TABLE patients DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE mine (x int)",
        ] {
            let refused = here.execute(forbidden).await.unwrap_err().to_string();
            let says_so = refused.contains("permission denied") || refused.contains("must be owner");
            assert!(says_so, "{forbidden}: {refused}");
        }
    })
    .await;
}

async fn count(server: &mut PgConnection, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(server).await.unwrap()
}

/// The same database, opened as another user.
async fn open_as(home: &Home, user: &str) -> Store {
    let (_, server) = home.url.rsplit_once('@').unwrap();
    let url = format!("postgres://{user}:of-a-test@{server}");
    Store::open(&url, Options { master_key: Some(master_key()), ..Options::default() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_may_make_no_roles_migrates_and_another_member_of_the_role_serves() {
    // The first database is migrated by a superuser, so that the role is there.
    on(Kind::Postgres, async |first: &Home| {
        let home = Home::empty(Kind::Postgres, Options::default()).await;
        let (_, name) = home.url.rsplit_once('/').unwrap();
        let name = name.split('?').next().unwrap();
        let [owner, server, stranger] = ["o", "s", "x"].map(|user| format!("{name}_{user}"));
        let mut superuser = PgConnection::connect(&first.url).await.unwrap();
        for statement in [
            format!("CREATE ROLE {owner} LOGIN PASSWORD 'of-a-test' IN ROLE taper_app"),
            format!("CREATE ROLE {server} LOGIN PASSWORD 'of-a-test' IN ROLE taper_app"),
            format!("CREATE ROLE {stranger} LOGIN PASSWORD 'of-a-test'"),
            format!("ALTER DATABASE {name} OWNER TO {owner}"),
        ] {
            superuser.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
        }
        for user in [&server, &stranger] {
            let store = open_as(&home, user).await;
            let refused = store.migrate().up().await.unwrap_err().to_string();
            assert!(refused.contains("permission denied for schema public"), "{refused}");
            assert!(refused.contains("as the user that owns the database"), "{refused}");
            store.close().await;
        }
        let store = open_as(&home, &owner).await;
        assert!(!store.migrate().up().await.unwrap().is_empty());
        store.close().await;
        let store = open_as(&home, &server).await;
        store.check_schema().await.unwrap();
        store.check_master_key(instant(1), soon()).await.unwrap();
        assert!(clinics::list(&store, None, 10, soon()).await.unwrap().is_empty());
        store.close().await;
        home.remove().await;
        for user in [owner, server, stranger] {
            superuser.execute(sqlx::AssertSqlSafe(format!("DROP ROLE {user}"))).await.unwrap();
        }
    })
    .await;
}
