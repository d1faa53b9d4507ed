//! GetRecommendation: what the rules say about a plan on a day, from what was recorded by an instant; nothing is stored.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_store::Store;

use crate::answer::{Answer, With};
use taper_wire::course::{Asked, Course};

pub(crate) async fn get_recommendation(
    store: &Store,
    call: Call,
    request: v1::GetRecommendationRequest,
) -> Result<v1::Recommendation, Refusal> {
    let asked = Asked {
        field: "name",
        name: &request.name,
        as_of: request.as_of.as_ref(),
        known_at: request.known_at.as_ref(),
    };
    let Course { plan, etag, protocol, record, as_of } = Course::load(store, &call, asked, &mut |_| {}).await?;
    let with = With { text: request.include_text, counterfactuals: request.include_counterfactuals };
    let answer = Answer { plan: &plan, etag, protocol: &protocol, record: &record };
    let (_, recommendation) = answer.on(as_of, with);
    Ok(v1::Recommendation { known_at: request.known_at, ..recommendation })
}
