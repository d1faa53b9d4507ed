//! ActivateTreatmentPlan: a draft starts in the phase and on the rung that the therapist chose.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::{DecisionId, TherapistId};
use taper_core::record::codes::{OverrideReason, PlanState};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::plan::{Phase, Plan};
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::Note;
use taper_kit::fields::Fields;
use taper_kit::idempotency::Mutation;
use taper_kit::{Call, name};
use taper_store::{At, Store, decisions, plans};
use taper_wire::begin;
use taper_wire::mutation::{answered_before, commit};

use crate::place::{Present, check_signer, plan_key, therapist};
use crate::{advice, standing, wire};

pub(crate) async fn activate_treatment_plan(
    store: &Store,
    call: Call,
    request: v1::ActivateTreatmentPlanRequest,
) -> Result<v1::TreatmentPlan, Refusal> {
    let mut fields = Fields::new();
    let method = "taper.v1.TreatmentPlanService/ActivateTreatmentPlan";
    let mutation = Mutation::read(method, &request, &request.request_id, &mut fields);
    let name: Option<name::Plan> = fields.name("name", &request.name);
    let draft = Draft::read(&request, &mut fields);
    let Some(name) = name else {
        return fields.finish(None);
    };

    let tx = begin::write(store, &call, &name).await?;
    let present = Present::of(&tx, &call).await?;
    if let Some(done) = answered_before(&tx, &mutation, &call).await? {
        return Ok(done);
    }
    let key = plan_key(&name);
    let stored = plans::get(&tx, key, At::NOW).await?;
    check_signer(&call, "therapist", draft.therapist.as_ref(), &mut fields);
    let therapist = therapist(&tx, &name.clinic, "therapist", draft.therapist.as_ref(), &mut fields).await?;
    let date = draft.date.unwrap_or(present.today.max(stored.content.start_date));
    let since = "the plan's first day";
    present.check_date("date", date, stored.content.start_date, since, &mut fields);
    let decided = draft.decided(&stored.content, &mut fields);
    let decision = fields.finish(draft.into_decision(decided, therapist, date, call.now))?;
    wire::check_etag(&request.etag, stored.version)?;
    check_draft(&stored.content)?;
    let decision = advice::accepted(&tx, key, decision, "").await?;

    let plan = Plan { state: PlanState::Active, ..stored.content };
    let revised = plans::revise(&tx, key, Some(stored.version), &plan, call.now).await?;
    let id = DecisionId(call.new_id());
    decisions::create(&tx, key, revised.version, id, &decision, call.now).await?;
    let stored = plans::get(&tx, key, At::NOW).await?;
    let standing = standing::read(&tx, key, &stored.content, At::NOW).await?;
    let answer = wire::plan::plan(&name.injury(), stored, standing);
    commit(tx, &call, &mutation, answer).await
}

/// The start as it was asked for.
struct Draft {
    phase: Option<Phase>,
    visits: i32,
    therapist: Option<name::Therapist>,
    date: Option<Date>,
    override_reason: Option<OverrideReason>,
    note: Note,
}

impl Draft {
    fn read(request: &v1::ActivateTreatmentPlanRequest, fields: &mut Fields) -> Self {
        let reason = request.override_reason;
        let override_reason = fields.optional_code("override_reason", reason, "OVERRIDE_REASON", OverrideReason::ALL);
        let is_other = override_reason == Some(OverrideReason::Other);
        Self {
            phase: wire::decision::phase("phase", request.phase, fields),
            visits: request.session_count_per_week,
            therapist: fields.name("therapist", &request.therapist),
            date: wire::optional_date("date", request.date.as_ref(), fields),
            override_reason,
            note: wire::note_that_says("note", &request.note, is_other, fields),
        }
    }

    fn decided(&self, plan: &Plan, fields: &mut Fields) -> Option<Decided> {
        let step = match self.visits {
            0 => Some(0),
            visits => wire::plan::rung(plan, visits),
        };
        if step.is_none() {
            fields.fault("session_count_per_week", wire::plan::not_a_rung(plan, self.visits));
        }
        Some(Decided::Activation { phase: self.phase?, step: step? })
    }

    fn into_decision(
        self,
        decided: Option<Decided>,
        therapist: Option<TherapistId>,
        date: Date,
        now: Timestamp,
    ) -> Option<Decision> {
        Some(Decision {
            date,
            decided_at: now,
            therapist: therapist?,
            decided: decided?,
            override_reason: self.override_reason,
            note: self.note,
            receipt: None,
        })
    }
}

fn check_draft(plan: &Plan) -> Result<(), Refusal> {
    if plan.state == PlanState::Draft {
        return Ok(());
    }
    let message = format!("The plan is {}; only a draft can be activated. Create a new plan.", plan.state);
    Err(Refusal::new(Reason::WrongState, message).with("state", plan.state.code()))
}
