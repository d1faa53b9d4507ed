//! ForecastTaper: the visits, weeks and costs that are left, from the case's own trend and the ladder's minimum times.

use taper_api::v1;
use taper_core::forecast::{Cost, CostFault, Coverage, costs, forecast};
use taper_core::record::plan::FrequencyStep;
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_store::Store;

use crate::wire;
use crate::wire::texts::Texts;
use taper_wire::course::{Asked, Course};

pub(crate) async fn forecast_taper(
    store: &Store,
    call: Call,
    request: v1::ForecastTaperRequest,
) -> Result<v1::ForecastTaperResponse, Refusal> {
    let asked = Asked { field: "name", name: &request.name, as_of: request.as_of.as_ref(), known_at: None };
    let (mut coverage, mut alternatives) = (None, Vec::new());
    let mut more = |fields: &mut Fields| {
        coverage = request.coverage.as_ref().and_then(|given| wire::forecast::coverage(given, fields));
        alternatives = wire::forecast::ladders(&request.alternatives, fields);
        if request.coverage.is_none() && !request.alternatives.is_empty() {
            fields.fault("coverage", "is required with alternatives, which are compared by what they cost");
        }
    };
    let course = Course::load(store, &call, asked, &mut more).await?;

    let told = forecast(&course.protocol, &course.record, course.as_of);
    let priced = match &coverage {
        Some(coverage) => priced(&course, coverage, &alternatives)?,
        None => Vec::new(),
    };
    let texts = Texts::of(&course.protocol, true);
    Ok(wire::forecast::forecast(&course.plan, &told, &priced, texts))
}

/// What each ladder costs; nothing where there is no forecast, whose notes say why.
fn priced(course: &Course, coverage: &Coverage, alternatives: &[Vec<FrequencyStep>]) -> Result<Vec<Cost>, Refusal> {
    match costs(&course.protocol, &course.record, course.as_of, coverage, alternatives) {
        Ok(costs) => Ok(costs),
        Err(CostFault::NoForecast { .. }) => Ok(Vec::new()),
        Err(unnoticed) => Err(Refusal::new(Reason::Internal, unnoticed.to_string())),
    }
}
