//! GetRecommendationReceipt: a receipt as it was issued.

use taper_api::v1;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name};
use taper_store::{Store, receipts};

use taper_wire::begin;

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn get_recommendation_receipt(
    store: &Store,
    call: Call,
    request: v1::GetRecommendationReceiptRequest,
) -> Result<v1::RecommendationReceipt, Refusal> {
    let mut fields = Fields::new();
    let name: Option<name::Receipt> = fields.name("name", &request.name);
    let name = fields.finish(name)?;

    let plan = name.plan();
    let tx = begin::read(store, &call, &name).await?;
    let stored = receipts::get(&tx, plan_key(&plan), name.receipt).await?;
    Ok(wire::receipt::receipt(&plan, stored.id, &stored.receipt, &stored.seal))
}
