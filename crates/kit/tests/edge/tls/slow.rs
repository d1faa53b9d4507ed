//! Those who connect and do not get on with it.

use std::time::{Duration, Instant};

use taper_kit::tls::TlsLimits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::authority::{Authority, Files, SHORT, serve};
use super::client::Client;

#[test]
fn the_limits_are_those_of_the_table() {
    let expected = TlsLimits {
        handshake_within: Duration::from_secs(5),
        handshakes_at_once_max: 256,
        files_read_every: Duration::from_secs(5),
    };
    assert_eq!(TlsLimits::of_table(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_handshake_is_cut_and_holds_up_nobody() {
    let authority = Authority::new();
    let within = Duration::from_millis(700);
    let server = serve(&Files::of(&authority.server()), TlsLimits { handshake_within: within, ..SHORT }).await;
    let began = Instant::now();
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    // The head of a record of 16 KiB, and then one byte at a time.
    let mut dripping = TcpStream::connect(server.address).await.unwrap();
    dripping.write_all(&[22, 3, 1, 0x40, 0]).await.unwrap();

    let asked = Client::trusting(&authority).ask(server.address, "GetEcho").await;
    assert_eq!(asked.as_deref(), Ok("hello"));
    assert!(began.elapsed() < within, "the others waited: {:?}", began.elapsed());

    let drip = async {
        while dripping.write_all(&[1]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(within * 5, drip).await.expect("the dripping connection is still open");
    let mut nothing = Vec::new();
    let cut = timeout(within * 5, silent.read_to_end(&mut nothing)).await.expect("the silent connection is still open");
    assert!(cut.is_err() || nothing.is_empty());
    assert!(began.elapsed() >= within, "cut too early: {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_handshakes_than_the_limit_wait_for_one_to_end() {
    let authority = Authority::new();
    let within = Duration::from_millis(700);
    let limits = TlsLimits { handshake_within: within, handshakes_at_once_max: 2, ..SHORT };
    let server = serve(&Files::of(&authority.server()), limits).await;
    let ask = async || Client::trusting(&authority).ask(server.address, "GetEcho").await;
    let began = Instant::now();
    let one = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(ask().await.as_deref(), Ok("hello"), "there is room beside one");
    assert!(began.elapsed() < within, "{:?}", began.elapsed());
    let _two = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(ask().await.as_deref(), Ok("hello"), "there is room when one has been cut");
    assert!(began.elapsed() >= within, "two at once were not the limit: {:?}", began.elapsed());
    drop(one);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_does_not_wait_for_a_handshake() {
    let authority = Authority::new();
    let server = serve(&Files::of(&authority.server()), SHORT).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(Client::trusting(&authority).ask(server.address, "GetEcho").await.as_deref(), Ok("hello"));
    let drained = timeout(Duration::from_secs(3), server.stop()).await.expect("the drain waits").unwrap();
    assert_eq!(drained, taper_kit::serve::Drained::Whole);
}
