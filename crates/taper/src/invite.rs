//! Commands to copy, which work against the server that prints them.

use std::net::SocketAddr;

/// This program with arguments, named as it was started.
pub fn taper(arguments: &str) -> String {
    let program = std::env::args().next().unwrap_or_else(|| "taper".to_owned());
    format!("  {program} {arguments}")
}

/// Every method of the server.
pub fn list_methods(address: SocketAddr) -> String {
    format!("  {} http://{address} --list-methods", buf())
}

/// One call; a long request goes on a line of its own.
pub fn call(address: SocketAddr, method: &str, request: &str) -> String {
    format!("  {} http://{address}/{method} \\\n    -d '{request}'", buf())
}

/// buf speaks another protocol than gRPC unless it is told.
fn buf() -> &'static str {
    "buf curl --protocol grpc --http2-prior-knowledge"
}

/// Where buf is to be had.
pub const BUF: &str = "  (buf is on PyPI: pip install buf-bin)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_command_for_a_shell() {
        let address = "127.0.0.1:7450".parse().unwrap();
        let command = call(address, "taper.v1.PatientService/GetClinic", "{\"name\": \"clinics/default\"}");
        assert_eq!(
            command,
            "  buf curl --protocol grpc --http2-prior-knowledge http://127.0.0.1:7450/taper.v1.PatientService/GetClinic \\\n    \
               -d '{\"name\": \"clinics/default\"}'"
        );
    }
}
