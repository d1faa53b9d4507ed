//! ListCaseload: the active plans of a clinic with what each needs next, a page at a time.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::caseload::{Attention, standing};
use taper_core::ids::PlanId;
use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::{Call, name, paging};
use taper_store::caseload::Of;
use taper_store::{PlanKey, Read, Store, caseload, protocols, records};
use taper_wire::begin;

use crate::place::{Present, therapist};
use crate::wire;

pub(crate) async fn list_caseload(
    store: &Store,
    call: Call,
    request: v1::ListCaseloadRequest,
) -> Result<v1::ListCaseloadResponse, Refusal> {
    let mut fields = Fields::new();
    let parent: Option<name::Clinic> = fields.name("parent", &request.parent);
    let of: Option<name::Therapist> = wire::optional_name("therapist", &request.therapist, &mut fields);
    let attentions = wire::caseload::attentions(&request.attentions, &mut fields);
    let as_of = wire::optional_date("as_of", request.as_of.as_ref(), &mut fields);
    let filter = format!("{} {attentions:?} {as_of:?}", request.therapist);
    let binding = ["ListCaseload", request.parent.as_str(), filter.as_str()];
    let page = paging::parse(request.page_size, &request.page_token, &binding, fields.violations())?;
    let Some(parent) = parent else {
        return fields.finish(None);
    };

    let tx = begin::read(store, &call, &parent).await?;
    let present = Present::of(&tx, &call).await?;
    let as_of = as_of.unwrap_or(present.today);
    present.check_date("as_of", as_of, Date::MIN, "the beginning of time", &mut fields);
    let of = therapist(&tx, &parent.clinic, "therapist", of.as_ref(), &mut fields).await?;
    fields.finish(Some(()))?;

    let of = of.map(|therapist| Of { therapist, as_of });
    let keys = caseload::page(&tx, page.after.map(PlanId), of, wire::rows_of(page)).await?;
    let (keys, last) = paging::cut(keys, page.size, |key: &PlanKey| key.plan.0);
    Ok(v1::ListCaseloadResponse {
        entries: entries(&tx, &parent, &keys, as_of, &attentions).await?,
        next_page_token: last.map(|last| paging::next_token(last, &binding)).unwrap_or_default(),
    })
}

/// Where each plan of the page stands; of these the ones that need something of the filter.
async fn entries(
    tx: &Read,
    clinic: &name::Clinic,
    keys: &[PlanKey],
    as_of: Date,
    attentions: &[Attention],
) -> Result<Vec<v1::CaseloadEntry>, Refusal> {
    let mut entries = Vec::with_capacity(keys.len());
    for (key, record) in keys.iter().zip(records::load_many(tx, keys, None).await?) {
        let protocol = protocols::pinned(tx, &record.plan.content.protocol).await?;
        let standing = standing(&protocol, &record, as_of);
        if attentions.is_empty() || standing.attention.iter().any(|needed| attentions.contains(needed)) {
            let PlanKey { patient, injury, plan } = *key;
            let plan = name::Plan { clinic: clinic.clinic.clone(), patient, injury, plan };
            entries.push(wire::caseload::entry(&plan, &standing));
        }
    }
    Ok(entries)
}
