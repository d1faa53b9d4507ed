//! Who may come in, by a key of this server or a token of a trusted issuer, and what happened, written down.

pub mod token;

mod ledger;
mod who;

pub use ledger::Ledger;
pub use who::Login;
