//! One file per RPC: parse, begin, claim, load, decide, save, answer.

mod amend_activity;
mod amend_assessment;
mod create_activity;
mod create_assessment;
mod get_activity;
mod get_assessment;
mod list_activities;
mod list_assessments;
mod list_measures;

pub use amend_activity::amend_activity;
pub use amend_assessment::amend_assessment;
pub use create_activity::create_activity;
pub use create_assessment::create_assessment;
pub use get_activity::get_activity;
pub use get_assessment::get_assessment;
pub use list_activities::list_activities;
pub use list_assessments::list_assessments;
pub use list_measures::list_measures;

mod get_trends;
pub use get_trends::get_trends;
