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

mod get_decision;
pub(crate) use get_decision::get_decision;

mod simulate_recommendation;
pub(crate) use simulate_recommendation::simulate_recommendation;

mod issue_recommendation;
pub(crate) use issue_recommendation::issue_recommendation;

mod get_recommendation_receipt;
pub(crate) use get_recommendation_receipt::get_recommendation_receipt;

mod list_recommendation_receipts;
pub(crate) use list_recommendation_receipts::list_recommendation_receipts;

mod verify_recommendation;
pub(crate) use verify_recommendation::verify_recommendation;

mod forecast_taper;
pub(crate) use forecast_taper::forecast_taper;

mod migrate_treatment_plan;
pub(crate) use migrate_treatment_plan::migrate_treatment_plan;

mod list_caseload;
pub(crate) use list_caseload::list_caseload;

mod get_visit_summary;
pub(crate) use get_visit_summary::get_visit_summary;

mod validate_protocol;
pub(crate) use validate_protocol::validate_protocol;

mod create_protocol_version;
pub(crate) use create_protocol_version::create_protocol_version;

mod test_protocol;
pub(crate) use test_protocol::test_protocol;

mod replay_protocol;
pub(crate) use replay_protocol::{replay_protocol, room as replay_room};
