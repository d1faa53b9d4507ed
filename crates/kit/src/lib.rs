//! What every service needs to speak gRPC, whatever the service: the edge, refusals, deadlines, limits, paging, names.
//!
//! One request goes one way through: [`serve`] takes the connection, [`edge`] takes the call through its steps,
//! the service's handler answers with [`call::unary`], and a refusal becomes a status in [`status`].

pub mod access;
pub mod call;
pub mod caller;
pub mod clock;
pub mod fields;
pub mod idempotency;
pub mod key;
pub mod logs;
pub mod name;
pub mod paging;
pub mod serve;
pub mod status;
pub mod stop;
pub mod stream;
pub mod tls;

#[cfg(all(feature = "without_clinic_filter", not(debug_assertions)))]
compile_error!("without_clinic_filter is for a test of the dev profile; a release keeps clinics apart itself");

mod answer;
mod caught;
mod deadline;
mod edge;
mod greeting;
mod standing;
mod until;

pub use access::Gate;
pub use call::{Call, unary};
pub use caller::Caller;
pub use clock::Clock;
pub use serve::{Listener, ServerLimits, Services, serve};
pub use stream::server_stream;
pub use tls::Tls;
