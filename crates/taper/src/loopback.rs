//! Where a server may listen: on this machine, and where others can reach it only with TLS and a login.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Context;
use tokio::net::TcpListener;

/// Where a server listens unless told otherwise.
pub const DEFAULT: &str = "127.0.0.1:7450";

/// Reads `HOST:PORT`; `localhost` is 127.0.0.1, and port 0 means any free port.
pub fn parse_any(text: &str) -> Result<SocketAddr, String> {
    match text.strip_prefix("localhost:") {
        Some(port) => {
            let port = port.parse().map_err(|_| format!("{port:?} is not a port, 0 to 65535"))?;
            Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
        }
        None => text.parse().map_err(|_| format!("it must look like {DEFAULT}")),
    }
}

/// The same, of the loopback interface only.
pub fn parse(text: &str) -> Result<SocketAddr, String> {
    let address = parse_any(text)?;
    may_listen(address, false, false)?;
    Ok(address)
}

/// Whether a server may listen on an address: one that other machines can reach needs TLS and a login, both.
pub fn may_listen(address: SocketAddr, has_tls: bool, has_login: bool) -> Result<(), String> {
    let missing = match (has_tls, has_login) {
        _ if address.ip().is_loopback() => return Ok(()),
        (true, true) => return Ok(()),
        (false, false) => "there is no TLS and no login",
        (false, true) => "there is no TLS (--tls-certificate and --tls-key)",
        (true, false) => "there is no login",
    };
    Err(format!(
        "{} can be reached by other machines, and {missing}, so that anyone there could read and change patients' \
         records. Listen on 127.0.0.1 or [::1]",
        address.ip()
    ))
}

/// Takes the port, so that a second server on it is told at once.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let taken =
        || format!("cannot listen on {address}; name another with --listen, or a free port with --listen 127.0.0.1:0");
    TcpListener::bind(address).await.with_context(taken)
}

/// The usual address, or any free port where somebody has that one.
pub async fn default_or_free() -> anyhow::Result<SocketAddr> {
    let usual: SocketAddr = DEFAULT.parse()?;
    match TcpListener::bind(usual).await {
        Ok(_) => Ok(usual),
        Err(_) => Ok(SocketAddr::new(usual.ip(), 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_are_taken() {
        for (text, address) in [
            (DEFAULT, "127.0.0.1:7450"),
            ("127.0.0.2:1", "127.0.0.2:1"),
            ("[::1]:65535", "[::1]:65535"),
            ("localhost:0", "127.0.0.1:0"),
        ] {
            assert_eq!(parse(text), Ok(address.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn addresses_that_others_can_reach_are_refused_with_the_reason() {
        for text in ["0.0.0.0:7450", "[::]:7450", "192.168.1.2:7450", "[::ffff:127.0.0.1]:7450"] {
            let refusal = parse(text).unwrap_err();
            assert!(refusal.contains("no TLS and no login"), "{text}: {refusal}");
        }
    }

    #[test]
    fn an_address_that_others_can_reach_needs_tls_and_a_login() {
        let check = |address: &str, has_tls, has_login, missing: Option<&str>| {
            let answer = may_listen(address.parse().unwrap(), has_tls, has_login);
            match missing {
                None => assert_eq!(answer, Ok(()), "{address} {has_tls} {has_login}"),
                Some(missing) => {
                    let refusal = answer.unwrap_err();
                    assert!(refusal.contains(&format!(", and {missing}, so that")), "{address}: {refusal}");
                }
            }
        };
        for address in ["127.0.0.1:7450", "127.255.255.254:1", "[::1]:0"] {
            for (has_tls, has_login) in [(false, false), (false, true), (true, false), (true, true)] {
                check(address, has_tls, has_login, None);
            }
        }
        for address in ["0.0.0.0:0", "[::]:7450", "10.0.0.1:7450", "128.0.0.1:7450", "[::ffff:127.0.0.1]:1"] {
            check(address, false, false, Some("there is no TLS and no login"));
            check(address, false, true, Some("there is no TLS (--tls-certificate and --tls-key)"));
            check(address, true, false, Some("there is no login"));
            check(address, true, true, None);
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_form() {
        for text in ["", "7450", "localhost", "localhost:x", "localhost:65536", "example.org:80", "127.0.0.1"] {
            assert!(parse(text).is_err() && parse_any(text).is_err(), "{text}");
        }
    }
}
