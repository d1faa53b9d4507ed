//! Decisions on the wire: what a therapist decided, a stored decision as an answer, and why one was not accepted.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_api::v1;
use taper_api::v1::decision::Decided as Wire;
use taper_core::decide::Fault;
use taper_core::ids::{DecisionId, TherapistId};
use taper_core::record::codes::{ClearanceOutcome, ClearedBy, OverrideReason};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::plan::{Phase, Plan};
use taper_core::refusal::{Reason, Refusal};
use taper_core::text::{Line, Note};
use taper_kit::fields::Fields;
use taper_kit::name;
use taper_store::Stored;

use super::plan::{not_a_rung, rung};
use super::{code_number, note_that_says, optional_date, optional_name, timestamp};

/// A decision as it was asked for; a part that is missing or faulty was noted.
pub(crate) struct Draft {
    pub therapist: Option<name::Therapist>,
    /// From which day; none is today.
    pub date: Option<Date>,
    decided: Option<Asked>,
    pub override_reason: Option<OverrideReason>,
    pub note: Note,
    /// The receipt that it answers.
    pub receipt: Option<name::Receipt>,
}

/// What was decided, before the plan's rungs are known.
enum Asked {
    Known(Decided),
    Rung(i32),
}

/// Reads a decision that is to be recorded.
pub(crate) fn draft(decision: &v1::Decision, fields: &mut Fields) -> Draft {
    let therapist = fields.name("decision.therapist", &decision.therapist);
    let date = optional_date("decision.date", decision.date.as_ref(), fields);
    let decided = asked(decision.decided.as_ref(), fields);
    let reason = decision.override_reason;
    let override_reason =
        fields.optional_code("decision.override_reason", reason, "OVERRIDE_REASON", OverrideReason::ALL);
    let is_other = override_reason == Some(OverrideReason::Other);
    Draft {
        therapist,
        date,
        decided,
        override_reason,
        note: note_that_says("decision.note", &decision.note, is_other, fields),
        receipt: optional_name("decision.recommendation", &decision.recommendation, fields),
    }
}

impl Draft {
    /// What was decided, once the plan is known.
    pub fn decided(&self, plan: &Plan, fields: &mut Fields) -> Option<Decided> {
        match self.decided.as_ref()? {
            Asked::Known(decided) => Some(decided.clone()),
            Asked::Rung(visits) => {
                let step = rung(plan, *visits);
                if step.is_none() {
                    fields.fault("decision.session_count_per_week", not_a_rung(plan, *visits));
                }
                step.map(Decided::TaperStep)
            }
        }
    }

    /// The decision, when every part could be read.
    pub fn into_decision(
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
            receipt: self.receipt.map(|receipt| receipt.receipt),
        })
    }
}

fn asked(decided: Option<&Wire>, fields: &mut Fields) -> Option<Asked> {
    let known = match decided {
        None => {
            let message = "needs exactly one of: phase, session_count_per_week, discharge, resume_stretching, \
                           referral_clearance";
            fields.fault("decision.decided", message);
            None
        }
        Some(Wire::Phase(number)) => phase("decision.phase", *number, fields).map(Decided::Phase),
        Some(Wire::SessionCountPerWeek(visits)) => return Some(Asked::Rung(*visits)),
        Some(Wire::Discharge(_)) => Some(Decided::Discharge),
        Some(Wire::ResumeStretching(_)) => Some(Decided::ResumeStretching),
        Some(Wire::ReferralClearance(clearance)) => cleared(clearance, fields),
        Some(Wire::ActivationPhase(_)) => {
            fields.fault("decision.activation_phase", "is output only; ActivateTreatmentPlan activates a plan");
            None
        }
    };
    known.map(Asked::Known)
}

fn cleared(clearance: &v1::ReferralClearance, fields: &mut Fields) -> Option<Decided> {
    let path = "decision.referral_clearance";
    let rule_id = fields.take(format!("{path}.rule_id"), Line::parse(&clearance.rule_id));
    let outcome =
        fields.code(&format!("{path}.outcome"), clearance.outcome, "CLEARANCE_OUTCOME", ClearanceOutcome::ALL);
    let cleared_by = fields.code(&format!("{path}.cleared_by"), clearance.cleared_by, "CLEARED_BY", ClearedBy::ALL);
    let is_other = cleared_by == Some(ClearedBy::Other);
    let note = note_that_says(format!("{path}.note"), &clearance.note, is_other, fields);
    Some(Decided::ClearReferral { rule_id: rule_id?.into(), outcome: outcome?, cleared_by: cleared_by?, note })
}

/// A phase by its number, 1 to 4.
pub(crate) fn phase(field: &str, number: i32, fields: &mut Fields) -> Option<Phase> {
    fields.take(field, Phase::try_from(i64::from(number)))
}

/// The number of a phase on the wire.
pub(crate) fn phase_number(phase: Phase) -> i32 {
    i32::try_from(phase.number()).unwrap_or_default()
}

/// The refusal of a decision that is not accepted. `path` is where its fields are, for example `decision.`.
pub(crate) fn refusal(fault: Fault, path: &str) -> Refusal {
    let field = |name: &str, message: &str| {
        let mut fields = Fields::new();
        fields.fault(format!("{path}{name}"), message);
        let refused = fields.finish::<()>(None).err();
        refused.unwrap_or_else(|| Refusal::new(Reason::Internal, "a fault was noted and lost"))
    };
    match fault {
        Fault::ReasonNeeded(preconditions) => {
            let message = format!(
                "The decision goes against the advice. Decide as advised, or give {path}override_reason (and a \
                 note, where a setback or an open referral is overridden); \
                 the violations name what the advice waits for."
            );
            Refusal { preconditions, ..Refusal::new(Reason::OverrideReasonNeeded, message) }
        }
        Fault::NoteNeeded(preconditions) => {
            let message = format!(
                "The decision overrides a setback or an open referral, which is told in words, too. Decide as advised, or \
                 give {path}note; the violations name what is overridden."
            );
            Refusal { preconditions, ..Refusal::new(Reason::OverrideNoteNeeded, message) }
        }
        Fault::StopReferralOpen(preconditions) => {
            let message = "A referral that stops the treatment is open, so nothing may be advanced. \
                           Record a decision with referral_clearance for each referral that is named, then decide again.";
            Refusal { preconditions, ..Refusal::new(Reason::StopReferralOpen, message) }
        }
        Fault::NotYetActive => {
            let message = "is before the plan's activation, when no phase and no rung was in force";
            field("date", message)
        }
        Fault::NothingToClear { rule_id, clearable } => {
            let clearable = if clearable.is_empty() { "none".to_owned() } else { clearable.join(", ") };
            let message = format!(
                "The referral that {path}referral_clearance.rule_id names is neither open nor impossible to exclude on \
                 this date, so there is nothing to clear. To be cleared: {clearable}."
            );
            Refusal::new(Reason::WrongState, message).with("rule_id", rule_id)
        }
    }
}

/// A stored decision as an answer. The rung is told by the plan's ladder.
pub(crate) fn decision(name: &name::Plan, plan: &Plan, stored: Stored<DecisionId, Decision>) -> v1::Decision {
    let content = stored.content;
    let plan_name = name;
    let own = name::Decision {
        clinic: name.clinic.clone(),
        patient: name.patient,
        injury: name.injury,
        plan: name.plan,
        decision: stored.id,
    };
    let therapist = name::Therapist { clinic: name.clinic.clone(), therapist: content.therapist };
    let reason = content.override_reason;
    v1::Decision {
        name: own.to_string(),
        therapist: therapist.to_string(),
        date: Some(super::date(content.date)),
        decided: Some(wire_decided(plan, content.decided)),
        override_reason: reason.map(|reason| code_number(reason, OverrideReason::ALL)).unwrap_or_default(),
        note: content.note.into(),
        create_time: Some(timestamp(stored.create_time)),
        recommendation: content
            .receipt
            .map(|receipt| format!("{plan_name}/recommendations/{receipt}"))
            .unwrap_or_default(),
    }
}

fn wire_decided(plan: &Plan, decided: Decided) -> Wire {
    match decided {
        Decided::Activation { phase, .. } => Wire::ActivationPhase(phase_number(phase)),
        Decided::Phase(phase) => Wire::Phase(phase_number(phase)),
        Decided::TaperStep(step) => {
            let visits = plan.steps.get(usize::from(step)).map(|step| i32::from(step.visits_per_week.get()));
            Wire::SessionCountPerWeek(visits.unwrap_or_default())
        }
        Decided::Discharge => Wire::Discharge(v1::Discharge {}),
        Decided::ResumeStretching => Wire::ResumeStretching(v1::ResumeStretching {}),
        Decided::ClearReferral { rule_id, outcome, cleared_by, note } => {
            Wire::ReferralClearance(v1::ReferralClearance {
                rule_id,
                outcome: code_number(outcome, ClearanceOutcome::ALL),
                cleared_by: code_number(cleared_by, ClearedBy::ALL),
                note: note.into(),
            })
        }
    }
}
