//! ForecastTaper: the visits, weeks and costs that are left, from the case's own trend and the ladder's minimum times.

use taper_api::v1;
use taper_core::forecast::{Cost, Coverage, costs, forecast};
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_store::Store;

use crate::course::{Asked, Course};
use crate::wire;

pub(crate) async fn forecast_taper(
    store: &Store,
    call: Call,
    request: v1::ForecastTaperRequest,
) -> Result<v1::ForecastTaperResponse, Refusal> {
    let asked = Asked { name: &request.name, as_of: request.as_of.as_ref(), known_at: None };
    let (mut coverage, mut alternatives) = (None, Vec::new());
    let mut more = |fields: &mut Fields| {
        coverage = request.coverage.as_ref().and_then(|given| wire::forecast::coverage(given, fields));
        for fault in coverage.iter().flat_map(Coverage::faults) {
            wire::forecast::fault(&fault, fields);
        }
        alternatives = wire::forecast::ladders(&request.alternatives, fields);
        if request.coverage.is_none() && !request.alternatives.is_empty() {
            fields.fault("coverage", "is required with alternatives, which are compared by what they cost");
        }
    };
    let course = Course::load(store, &call, asked, &mut more).await?;

    let told = forecast(&course.protocol, &course.record, course.as_of);
    let mut priced: Vec<Cost> = Vec::new();
    if let Some(coverage) = &coverage {
        match costs(&course.protocol, &course.record, course.as_of, coverage, &alternatives) {
            Ok(costs) => priced = costs,
            Err(fault) => {
                // Where there is no forecast its notes say why; every other fault is the request's.
                let mut fields = Fields::new();
                wire::forecast::fault(&fault, &mut fields);
                fields.finish(Some(()))?;
            }
        }
    }
    Ok(wire::forecast::forecast(&told, &priced))
}
