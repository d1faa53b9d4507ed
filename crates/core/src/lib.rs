//! Taper's words and rules: the record of an injury, the protocols, and the recommendation that follows from them.
//!
//! Nothing here reads a clock, a random source, a file or a socket: every function is pure.

pub mod refusal;

pub mod currency;
pub mod ids;
pub mod limits;
pub mod text;
pub mod value;

pub mod access;
pub mod audit;

pub mod measure;
pub mod record;

pub mod protocol;
pub mod recommend;
pub mod recommendation;

pub mod case;

pub mod decide;

pub mod caseload;
pub mod counterfactual;
pub mod difference;
pub mod forecast;
pub mod receipt;
pub mod replay;
pub mod trends;
pub mod visits;
