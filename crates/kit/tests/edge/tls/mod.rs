//! TLS from outside: real handshakes of rustls clients, with certificates that are made for each test.

mod authority;
mod client;
mod files;
mod hello;
mod mutual;
mod refused;
mod slow;
mod spoken;
mod swapped;
