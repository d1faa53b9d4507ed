//! GetTrends: the course of every measure within a plan, what did not respond to what, and what came of overrides.

use taper_api::v1::{GetTrendsRequest, Trends};
use taper_core::measure::MeasureCode;
use taper_core::refusal::Refusal;
use taper_core::trends::trends;
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_store::Store;
use taper_wire::course::{Asked, Course};

use crate::wire;

/// Follows every measure of a plan up to a day.
pub async fn get_trends(store: &Store, call: Call, request: GetTrendsRequest) -> Result<Trends, Refusal> {
    let asked = Asked {
        field: "treatment_plan",
        name: &request.treatment_plan,
        as_of: request.as_of.as_ref(),
        known_at: request.known_at.as_ref(),
    };
    let mut measures = |fields: &mut Fields| check_measures(&request.measures, fields);
    let Course { plan, protocol, record, as_of, .. } = Course::load(store, &call, asked, &mut measures).await?;
    Ok(wire::trends::answer(&plan, as_of, &trends(&protocol, &record, as_of), &request.measures))
}

fn check_measures(measures: &[String], fields: &mut Fields) {
    if !fields.within_items_max("measures", measures.len()) {
        return;
    }
    for (place, code) in measures.iter().enumerate() {
        fields.take(format!("measures[{place}]"), MeasureCode::parse(code));
    }
}
