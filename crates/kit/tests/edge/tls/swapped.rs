//! A certificate that is replaced while the server runs.

use std::time::Duration;

use tokio::time::timeout;

use super::authority::{Authority, Files, Identity, SHORT, serve, write};
use super::client::Client;
use crate::log::kept;
use crate::running::Running;

/// Connects until the server shows this certificate.
async fn until_shown(server: &Running, authority: &Authority, identity: &Identity) {
    let shown = async {
        while Client::trusting(authority).connect(server.address).await.unwrap().server != *identity.certificate.der() {
            tokio::time::sleep(SHORT.files_read_every).await;
        }
    };
    timeout(Duration::from_secs(5), shown).await.unwrap_or_else(|_| panic!("the new certificate is not shown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_connections_see_the_new_certificate_and_open_ones_go_on() {
    let authority = Authority::new();
    let (first, second) = (authority.server(), authority.server());
    let files = Files::of(&first);
    let server = serve(&files, SHORT).await;
    let open = Client::trusting(&authority).connect(server.address).await.unwrap();
    assert_eq!(open.server, *first.certificate.der());
    let at_work = {
        let asked = open.ask("CreateGated", "long");
        tokio::pin!(asked);
        assert!(timeout(Duration::from_millis(100), &mut asked).await.is_err());
        files.put(&second);
        until_shown(&server, &authority, &second).await;
        server.probe.gate.add_permits(1);
        asked.await
    };
    assert_eq!(at_work.as_deref(), Ok("long"), "a call that was at work during the swap");
    assert_eq!(open.ask("GetEcho", "still").await.as_deref(), Ok("still"));
    let new = Client::trusting(&authority).connect(server.address).await.unwrap();
    assert_eq!(new.ask("GetEcho", "hello").await.as_deref(), Ok("hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_same_length_and_time_is_seen_too() {
    let authority = Authority::new();
    let (first, second) = (authority.server(), authority.server());
    let files = Files::of(&first);
    let server = serve(&files, SHORT).await;
    let time = std::fs::metadata(&files.paths.certificate_chain).unwrap().modified().unwrap();
    files.put(&second);
    for file in [&files.paths.certificate_chain, &files.paths.private_key] {
        std::fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
    }
    until_shown(&server, &authority, &second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_pair_is_logged_once_by_the_files_name_and_the_one_before_stays() {
    let kept = kept();
    let authority = Authority::new();
    let (first, second, third) = (authority.server(), authority.server(), authority.server());
    let files = Files::of(&first);
    let folder = files.path("").display().to_string();
    let server = serve(&files, SHORT).await;
    let logged = async |count: usize, told: &str| {
        let found = async {
            while kept.lines_with(&folder).len() < count {
                tokio::time::sleep(SHORT.files_read_every).await;
            }
        };
        timeout(Duration::from_secs(5), found).await.unwrap_or_else(|_| panic!("{told:?} is not logged"));
        // Several looks later it still stands there once.
        tokio::time::sleep(SHORT.files_read_every * 10).await;
        let lines = kept.lines_with(&folder);
        assert_eq!(lines.len(), count, "{lines:?}");
        assert!(lines[count - 1].contains(told), "{told:?} in {lines:?}");
    };
    let still_first = async || {
        let session = Client::trusting(&authority).connect(server.address).await.unwrap();
        assert_eq!(session.server, *first.certificate.der());
        assert_eq!(session.ask("GetEcho", "hello").await.as_deref(), Ok("hello"));
    };

    write(&files.paths.certificate_chain, &second.certificate.pem());
    logged(1, "server.key is not that of the first certificate in ").await;
    still_first().await;
    write(&files.paths.private_key, "-----BEGIN PRIVATE KEY-----\nU0VOVElORUw=\n-----END SENTINEL");
    logged(2, "server.key is not PEM, or not all of it").await;
    still_first().await;
    std::fs::remove_file(&files.paths.certificate_chain).unwrap();
    logged(3, "server.pem: No such file").await;
    still_first().await;

    let folder = files.path("next");
    std::fs::create_dir(&folder).unwrap();
    for (file, content) in [
        (&files.paths.private_key, third.key.serialize_pem()),
        (&files.paths.certificate_chain, third.certificate.pem()),
    ] {
        // As those who renew certificates do it: written aside, then put in place.
        let aside = folder.join("aside");
        write(&aside, &content);
        std::fs::rename(&aside, file).unwrap();
    }
    until_shown(&server, &authority, &third).await;
    assert!(kept.lines_with("SENTINEL").is_empty() && kept.lines_with("U0VOVElORUw").is_empty());
}
