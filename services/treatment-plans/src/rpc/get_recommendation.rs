//! GetRecommendation: what the rules say about a plan on a day; nothing is stored.

use taper_api::v1;
use taper_core::recommend::recommend;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, Caller, name};
use taper_store::{Store, plans, records};

use crate::place::{Present, plan_key};
use crate::wire::texts::Texts;
use crate::{advice, wire};

pub(crate) async fn get_recommendation(
    store: &Store,
    call: Call,
    request: v1::GetRecommendationRequest,
) -> Result<v1::Recommendation, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Plan> = fields.name("name", &request.name);
    let as_of = wire::optional_date("as_of", request.as_of.as_ref(), &mut fields);
    let Some(name) = name else {
        return fields.finish(None);
    };

    let caller = Caller::on(&call, &name.clinic)?;
    let tx = store.begin_read(&caller.clinic, call.deadline).await?;
    let present = Present::of(&tx, &call).await?;
    let plan = plans::get(&tx, plan_key(&name)).await?;
    let start = plan.content.start_date;
    let as_of = as_of.unwrap_or(present.today.max(start));
    present.check_date("as_of", as_of, start, "the plan's first day", &mut fields);
    fields.finish(Some(()))?;

    let record = records::load(&tx, plan_key(&name)).await?;
    drop(tx);
    let protocol = advice::pinned(&plan.content.protocol)?;
    let recommendation = recommend(protocol, &record, as_of);
    let texts = Texts::of(protocol, request.include_text);
    Ok(wire::recommendation::recommendation(&name, plan.version, &recommendation, texts))
}
