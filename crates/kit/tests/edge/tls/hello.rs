//! The first message of a TLS client, byte by byte, for what no client of today would say.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a server says to it.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// A ServerHello: the handshake goes on.
    Hello,
    /// A fatal alert of this number.
    Alert(u8),
}

/// Sends a ClientHello of this version with these suites and no ALPN.
pub async fn say(address: SocketAddr, version: u16, suites: &[u16]) -> Said {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&hello(version, suites)).await.unwrap();
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).await.unwrap();
    match answer {
        [22, .., 2, _] => Said::Hello,
        [21, _, _, 0, 2, 2, alert] => Said::Alert(alert),
        other => panic!("neither a handshake nor an alert: {other:?}"),
    }
}

fn hello(version: u16, suites: &[u16]) -> Vec<u8> {
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let extensions = [
        extension(0x000a, &[0, 4, 0, 0x1d, 0, 0x17]), // groups: x25519, secp256r1
        extension(0x000b, &[1, 0]),                   // points: uncompressed
        extension(0x000d, &[0, 6, 4, 3, 8, 4, 4, 1]), // signatures: ECDSA, RSA-PSS and RSA with SHA-256
        extension(0x0017, &[]),                       // extended master secret
        extension(0xff01, &[0]),                      // renegotiation, none yet
    ]
    .concat();
    let body =
        [&version.to_be_bytes(), [7; 32].as_slice(), &[0], &sized(&suites), &[1, 0], &sized(&extensions)].concat();
    let handshake = [&[1, 0], sized(&body).as_slice()].concat();
    [&[22, 3, 1], sized(&handshake).as_slice()].concat()
}

fn extension(number: u16, body: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes(), sized(body).as_slice()].concat()
}

fn sized(body: &[u8]) -> Vec<u8> {
    [&u16::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}
