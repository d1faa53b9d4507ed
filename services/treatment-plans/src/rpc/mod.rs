//! One file per RPC, named as the RPC.

mod create_treatment_plan;
mod get_treatment_plan;
mod list_treatment_plans;

mod activate_treatment_plan;
mod create_decision;
mod list_decisions;

mod get_recommendation;

mod create_session;
mod get_session;
mod list_sessions;

mod amend_session;
mod cancel_session;
mod complete_session;

mod get_protocol;
mod list_protocols;

pub(crate) use activate_treatment_plan::activate_treatment_plan;
pub(crate) use amend_session::amend_session;
pub(crate) use cancel_session::cancel_session;
pub(crate) use complete_session::complete_session;
pub(crate) use create_decision::create_decision;
pub(crate) use create_session::create_session;
pub(crate) use create_treatment_plan::create_treatment_plan;
pub(crate) use get_protocol::get_protocol;
pub(crate) use get_recommendation::get_recommendation;
pub(crate) use get_session::get_session;
pub(crate) use get_treatment_plan::get_treatment_plan;
pub(crate) use list_decisions::list_decisions;
pub(crate) use list_protocols::list_protocols;
pub(crate) use list_sessions::list_sessions;
pub(crate) use list_treatment_plans::list_treatment_plans;
