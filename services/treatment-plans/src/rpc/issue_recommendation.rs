//! IssueRecommendation: the advice of a day as a receipt that can be checked later.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::{PlanId, ReceiptId};
use taper_core::receipt::{Receipt, sha256_of_lines, sha256_of_output};
use taper_core::record::plan::Plan;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Read, Store, Stored, plans, protocols, receipts, records};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::answer::{Answer, With};
use crate::place::{Present, plan_key};
use crate::wire;

pub(crate) async fn issue_recommendation(
    store: &Store,
    call: Call,
    request: v1::IssueRecommendationRequest,
) -> Result<v1::RecommendationReceipt, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.TreatmentPlanService/IssueRecommendation";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name: Option<name::Plan> = fields.name("name", &request.name);
    let as_of = wire::optional_date("as_of", request.as_of.as_ref(), &mut fields);
    let Some(name) = name else {
        return fields.finish(None);
    };

    let key = plan_key(&name);
    let tx = begin::write(store, &call, &name).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    let known_at = records::hold(&tx, key, call.now).await?;
    let plan = plans::get(&tx, key, At { as_of: None, known_at: Some(known_at) }).await?;
    let as_of = as_of.unwrap_or(present.today.max(plan.content.start_date));
    present.check_date("as_of", as_of, plan.content.start_date, "the plan's first day", &mut fields);
    fields.finish(Some(()))?;

    let asked = Asked { name: &name, plan: &plan, as_of, known_at, include_text: request.include_text };
    let (receipt, recommendation) = asked.answer(&tx, &call).await?;
    let stored = receipts::create(&tx, key, ReceiptId(call.new_id()), &receipt).await?;
    let issued = wire::receipt::receipt(&name, stored.id, &stored.receipt, &stored.seal);
    commit(tx, &call, &mutation, v1::RecommendationReceipt { recommendation: Some(recommendation), ..issued }).await
}

/// What is issued: a plan as it was known at an instant, on a day.
struct Asked<'a> {
    name: &'a name::Plan,
    plan: &'a Stored<PlanId, Plan>,
    as_of: Date,
    known_at: Timestamp,
    include_text: bool,
}

impl Asked<'_> {
    /// The recommendation, and the receipt of everything that it was made from.
    async fn answer(&self, tx: &Read, call: &Call) -> Result<(Receipt, v1::Recommendation), Refusal> {
        let (plan, key) = (self.plan, plan_key(self.name));
        let record = records::load(tx, key, Some(self.known_at)).await?;
        let evidence = records::evidence(tx, key, self.known_at).await?;
        let protocol = protocols::pinned(tx, &plan.content.protocol).await?;
        let answer = Answer { plan: self.name, etag: plan.version, protocol: &protocol, record: &record };
        let with = With { text: self.include_text, counterfactuals: false };
        let (advice, recommendation) = answer.on(self.as_of, with);
        let receipt = Receipt {
            plan: self.name.plan,
            as_of: self.as_of,
            known_at: self.known_at,
            plan_version: plan.version.0,
            protocol: plan.content.protocol.clone(),
            protocol_sha256: protocol.sha256.to_string(),
            facts_sha256: sha256_of_lines(evidence.iter().map(String::as_str)),
            output_sha256: sha256_of_output(&advice),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            issued_at: call.now,
        };
        Ok((receipt, recommendation))
    }
}
