//! The way to Postgres is encrypted where it is asked for, and with `verify-full` only to the server that it names.

use std::path::Path;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use taper_store::{Error, Options, Store};
use uuid::Uuid;

use crate::harness::{Home, Kind, postgres_url};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Gives the cluster a certificate for so long; whoever does not ask for TLS notices nothing.
struct ClusterTls {
    server: PgConnection,
    files: [String; 2],
}

impl ClusterTls {
    async fn on(authority: &Authority) -> Self {
        let mut server = PgConnection::connect(&postgres_url()).await.unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, authority).unwrap();
        let folder: String = sqlx::query_scalar("SHOW data_directory").fetch_one(&mut server).await.unwrap();
        let files = ["pem", "key"].map(|kind| format!("{folder}/taper-test-{}.{kind}", Uuid::now_v7().simple()));
        for (file, text) in files.iter().zip([certificate.pem(), key.serialize_pem()]) {
            // Postgres reads its key only from a file of its own that nobody else may read.
            let copy = format!(
                "COPY (SELECT line FROM unnest(string_to_array('{text}', E'\\n')) WITH ORDINALITY AS lines (line, place)
                 ORDER BY place) TO PROGRAM 'umask 077; cat > {file}'"
            );
            server.execute(AssertSqlSafe(copy)).await.unwrap();
        }
        let [certificate, key] = &files;
        for setting in
            [format!("ssl_cert_file = '{certificate}'"), format!("ssl_key_file = '{key}'"), "ssl = on".into()]
        {
            server.execute(AssertSqlSafe(format!("ALTER SYSTEM SET {setting}"))).await.unwrap();
        }
        server.execute("SELECT pg_reload_conf()").await.unwrap();
        Self { server, files }
    }

    async fn off(mut self) {
        for setting in ["ssl", "ssl_cert_file", "ssl_key_file"] {
            self.server.execute(AssertSqlSafe(format!("ALTER SYSTEM RESET {setting}"))).await.unwrap();
        }
        self.server.execute("SELECT pg_reload_conf()").await.unwrap();
        let remove = format!("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm {}'", self.files.join(" "));
        self.server.execute(AssertSqlSafe(remove)).await.unwrap();
    }
}

async fn opened(home: &Home, settings: &str) -> Result<Store, Error> {
    let options = Options { acquire_timeout: Duration::from_secs(2), ..Options::default() };
    Store::open(&format!("{}{}{settings}", home.url, if home.url.contains('?') { '&' } else { '?' }), options).await
}

/// Of the store's connections so many are encrypted, and so many are there.
async fn encrypted(home: &Home) -> Vec<String> {
    let sql = "SELECT concat(count(*) FILTER (WHERE ssl), ' of ', count(*)) FROM pg_stat_ssl
               JOIN pg_stat_activity USING (pid)
               WHERE datname = current_database() AND application_name = 'taper'";
    home.raw(sql).await
}

fn file_of(folder: &Path, name: &str, authority: &Authority) -> String {
    let file = folder.join(name);
    std::fs::write(&file, authority.pem()).unwrap();
    file.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_postgres_is_encrypted_and_leads_to_whom_the_authority_names() {
    let home = Home::empty(Kind::Postgres, Options::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (authority(), authority());
    let (own_file, other_file) = (file_of(folder.path(), "ours", &ours), file_of(folder.path(), "other", &other));
    assert_eq!(encrypted(&home).await, ["0 of 1"], "on this machine it is not by default");
    home.store.close().await;

    let tls = ClusterTls::on(&ours).await;
    // The cluster reads its settings again in its own time.
    let mut required = opened(&home, "sslmode=require").await;
    for _ in 0..50 {
        if required.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        required = opened(&home, "sslmode=require").await;
    }
    let required = required.unwrap();
    assert_eq!(encrypted(&home).await, ["1 of 1"]);
    required.close().await;
    let verified = opened(&home, &format!("sslmode=verify-full&sslrootcert={own_file}")).await.unwrap();
    assert_eq!(encrypted(&home).await, ["1 of 1"]);
    verified.close().await;
    let wrong = opened(&home, &format!("sslmode=verify-full&sslrootcert={other_file}")).await;
    assert!(matches!(&wrong, Err(Error::Open(_))), "a server that another authority names was let in");
    tls.off().await;

    let mut refused = opened(&home, "sslmode=require").await;
    for _ in 0..50 {
        if refused.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        refused = opened(&home, "sslmode=require").await;
    }
    let refused = refused.err().expect("a way in the clear was taken although TLS was required").to_string();
    assert!(refused.contains("TLS"), "{refused}");
    home.remove().await;
}
