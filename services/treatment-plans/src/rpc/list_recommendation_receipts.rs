//! ListRecommendationReceipts: the receipts of a plan in the order of their issue, a page at a time.

use taper_api::v1;
use taper_core::ids::ReceiptId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::{Store, receipts};
use taper_wire::begin;

use crate::place::plan_key;
use crate::wire;

pub(crate) async fn list_recommendation_receipts(
    store: &Store,
    call: Call,
    request: v1::ListRecommendationReceiptsRequest,
) -> Result<v1::ListRecommendationReceiptsResponse, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Plan> = fields.name("parent", &request.parent);
    let binding = ["ListRecommendationReceipts", request.parent.as_str()];
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let parent = fields.finish(parent)?;

    let tx = begin::read(store, &call, &parent).await?;
    let rows = receipts::list(&tx, plan_key(&parent), page.after.map(ReceiptId), wire::rows_of(page)).await?;
    let (rows, last) = paging::cut(rows, page.size, |row| row.id.0);
    let receipt = |row: &receipts::Issued| wire::receipt::receipt(&parent, row.id, &row.receipt, &row.seal);
    Ok(v1::ListRecommendationReceiptsResponse {
        recommendation_receipts: rows.iter().map(receipt).collect(),
        next_page_token: last.map(|last| paging::next_token(last, &binding)).unwrap_or_default(),
    })
}
