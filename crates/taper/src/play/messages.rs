//! What a case records, as messages of the contract.

use anyhow::Context;
use taper_api::v1;
use taper_core::case::Activate;
use taper_core::ids::TherapistId;
use taper_core::measure::Value;
use taper_core::protocol;
use taper_core::record::activity::Activity;
use taper_core::record::assessment::{Assessment, Observed};
use taper_core::record::codes::{Equipment, OverrideReason};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::{EarlierTreatment, Injury};
use taper_core::record::patient::{ExternalId, Patient};
use taper_core::record::plan::{FocusShare, FrequencyStep, Plan, Policy};
use taper_core::record::session::Session;
use taper_core::value::{Nprs, Thousandths};

use super::wire::date;

/// The number of an enum's value, found by its code; 0 where there is none, which the server refuses.
macro_rules! number {
    ($enum:ident, $prefix:literal, $code:expr) => {
        v1::$enum::from_str_name(&$crate::play::wire::value_name($prefix, $code.code())).map_or(0, i32::from)
    };
}

/// Gives the resource name of a therapist of the case.
pub(crate) type NameOf<'a> = &'a dyn Fn(TherapistId) -> String;

/// The patient.
pub(super) fn patient(patient: &Patient) -> v1::Patient {
    let external_id =
        |id: &ExternalId| v1::ExternalId { system: id.system.as_str().to_owned(), value: id.value.as_str().to_owned() };
    v1::Patient {
        given_name: patient.given_name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
        family_name: patient.family_name.as_str().to_owned(),
        birth_date: patient.birth_date.map(date),
        external_ids: patient.external_ids.iter().map(external_id).collect(),
        cautions: patient.cautions.iter().map(|code| number!(Caution, "CAUTION", code)).collect(),
        cautions_reviewed_date: patient.cautions_reviewed_date.map(date),
        ..Default::default()
    }
}

/// The injury, without what only RecordReturn and RecordRecurrence set.
pub(super) fn injury(injury: &Injury) -> v1::Injury {
    v1::Injury {
        side: number!(Side, "SIDE", injury.side),
        site: number!(Site, "SITE", injury.site),
        onset_date: Some(date(injury.onset_date)),
        mechanism: number!(Mechanism, "MECHANISM", injury.mechanism),
        presentation: number!(Presentation, "PRESENTATION", injury.presentation),
        earlier_treatments: injury.earlier_treatments.iter().map(earlier_treatment).collect(),
        note: injury.note.as_str().to_owned(),
        ..Default::default()
    }
}

fn earlier_treatment(treatment: &EarlierTreatment) -> v1::EarlierTreatment {
    let discipline = treatment.discipline.map(|code| number!(Discipline, "DISCIPLINE", code));
    v1::EarlierTreatment {
        kind: treatment.kind.as_str().to_owned(),
        discipline: discipline.unwrap_or_default(),
        from_date: treatment.from_date.map(date),
        to_date: treatment.to_date.map(date),
        visit_count: treatment.visit_count.map(i32::from),
        result: number!(TreatmentResult, "TREATMENT_RESULT", treatment.result),
    }
}

/// The plan as a draft.
pub(super) fn plan(plan: &Plan) -> v1::TreatmentPlan {
    let step = |step: &FrequencyStep| v1::FrequencyStep {
        session_count_per_week: i32::from(step.visits_per_week.get()),
        minutes: i32::from(step.minutes.get()),
    };
    let share = |share: &FocusShare| v1::FocusShare {
        area: number!(Area, "AREA", share.area),
        percent: i32::from(share.percent.get()),
    };
    v1::TreatmentPlan {
        protocol: format!("protocols/{}/versions/{}", plan.protocol.protocol, plan.protocol.version),
        policy: Some(policy(&plan.policy)),
        frequency_steps: plan.steps.iter().map(step).collect(),
        focus: plan.focus.iter().map(share).collect(),
        start_date: Some(date(plan.start_date)),
        ..Default::default()
    }
}

fn policy(policy: &Policy) -> v1::Policy {
    let equipment = |code: &Equipment| number!(Equipment, "EQUIPMENT", code);
    v1::Policy {
        running: policy.running.map(|code| number!(RunningPolicy, "RUNNING_POLICY", code)).unwrap_or_default(),
        pain_limit_nprs: policy.pain_limit.map(nprs),
        pain_limit_strength_nprs: policy.pain_limit_strength.map(nprs),
        pain_limit_running_nprs: policy.pain_limit_running.map(nprs),
        equipment: policy.equipment.iter().flatten().map(equipment).collect(),
        equipment_listed: policy.equipment.is_some(),
    }
}

/// An assessment.
pub(crate) fn assessment(assessment: &Assessment, name_of: NameOf<'_>) -> v1::Assessment {
    let stages = assessment
        .run_stages
        .iter()
        .map(|stage| v1::RunStage { speed_kmh: stage.speed_kmh.to_f64(), pain_nprs: Some(nprs(stage.pain)) });
    v1::Assessment {
        date: Some(date(assessment.date)),
        therapist: assessment.therapist.map(name_of).unwrap_or_default(),
        observations: assessment.results.iter().map(|seen| observation(seen, name_of)).collect(),
        run_stages: stages.collect(),
        note: assessment.note.as_str().to_owned(),
        ..Default::default()
    }
}

fn observation(seen: &Observed, name_of: NameOf<'_>) -> v1::Observation {
    use v1::observation::Value as Sent;
    let value = match &seen.value {
        Value::Number(number) => Sent::Number(number.to_f64()),
        Value::Finding(present) => Sent::Finding(*present),
        Value::Code(code) => Sent::Code(code.clone()),
        Value::NotMeasured => Sent::NotMeasured(true),
    };
    v1::Observation {
        measure: seen.measure.as_str().to_owned(),
        value: Some(value),
        site: seen.site.map(|code| number!(Site, "SITE", code)).unwrap_or_default(),
        tester: seen.tester.map(name_of).unwrap_or_default(),
        device: seen.device.as_ref().map(|device| device.as_str().to_owned()).unwrap_or_default(),
    }
}

/// A session; its start is set by the caller, who knows the clinic's time zone.
pub(crate) fn session(session: &Session, name_of: NameOf<'_>) -> v1::Session {
    let focus = session
        .focus
        .iter()
        .map(|focus| v1::Focus { area: number!(Area, "AREA", focus.area), minutes: i32::from(focus.minutes.get()) });
    let treatments = session.treatments.iter().map(|treatment| v1::Treatment {
        modality: number!(Modality, "MODALITY", treatment.modality),
        minutes: treatment.minutes.map(|minutes| i32::from(minutes.get())),
        result: treatment.result.map(|code| number!(ModalityResult, "MODALITY_RESULT", code)).unwrap_or_default(),
        note: treatment.note.as_str().to_owned(),
    });
    let adverse_events = session.adverse_events.iter().map(|event| v1::AdverseEvent {
        kind: number!(AdverseEventKind, "ADVERSE_EVENT_KIND", event.kind),
        note: event.note.as_str().to_owned(),
    });
    v1::Session {
        kind: number!(SessionKind, "SESSION_KIND", session.kind),
        state: number!(SessionState, "SESSION_STATE", session.state),
        minutes: i32::from(session.minutes.get()),
        therapist: session.therapist.map(name_of).unwrap_or_default(),
        focus: focus.collect(),
        treatments: treatments.collect(),
        pain_before_nprs: session.pain_before.map(nprs),
        pain_after_nprs: session.pain_after.map(nprs),
        pain_next_morning_nprs: session.pain_next_morning.map(nprs),
        adverse_events: adverse_events.collect(),
        note: session.note.as_str().to_owned(),
        ..Default::default()
    }
}

/// An activity.
pub(crate) fn activity(activity: &Activity) -> v1::Activity {
    v1::Activity {
        date: Some(date(activity.date)),
        kind: number!(ActivityKind, "ACTIVITY_KIND", activity.kind),
        minutes: activity.minutes.map(|minutes| i32::from(minutes.get())),
        speed_kmh: activity.speed_kmh.map(Thousandths::to_f64),
        load_kg: activity.load_kg.map(Thousandths::to_f64),
        effort_percent: activity.effort_percent.map(|percent| i32::from(percent.get())),
        pain_during_nprs: activity.pain_during.map(nprs),
        pain_next_morning_nprs: activity.pain_next_morning.map(nprs),
        reported_by: number!(Reporter, "REPORTER", activity.reported_by),
        note: activity.note.as_str().to_owned(),
        ..Default::default()
    }
}

/// The start of a plan, without the names of plan and therapist and without a date.
pub(super) fn activation(
    activate: &Activate,
    ladder: &[FrequencyStep],
) -> anyhow::Result<v1::ActivateTreatmentPlanRequest> {
    Ok(v1::ActivateTreatmentPlanRequest {
        phase: i32::try_from(activate.phase.number())?,
        session_count_per_week: visits_per_week(ladder, activate.step)?,
        override_reason: override_reason(activate.override_reason),
        note: reason_in_words(activate.override_reason, ""),
        ..Default::default()
    })
}

/// A decision, without the name of its therapist.
pub(crate) fn decision(decision: &Decision, ladder: &[FrequencyStep]) -> anyhow::Result<v1::Decision> {
    use v1::decision::Decided as Sent;
    let decided = match &decision.decided {
        Decided::Activation { phase, .. } => Sent::ActivationPhase(i32::try_from(phase.number())?),
        Decided::Phase(phase) => Sent::Phase(i32::try_from(phase.number())?),
        Decided::TaperStep(step) => Sent::SessionCountPerWeek(visits_per_week(ladder, *step)?),
        Decided::Discharge => Sent::Discharge(v1::Discharge {}),
        Decided::ResumeStretching => Sent::ResumeStretching(v1::ResumeStretching {}),
        Decided::ClearReferral { rule_id, outcome, cleared_by, note } => {
            Sent::ReferralClearance(v1::ReferralClearance {
                rule_id: rule_id.clone(),
                outcome: number!(ClearanceOutcome, "CLEARANCE_OUTCOME", outcome),
                cleared_by: number!(ClearedBy, "CLEARED_BY", cleared_by),
                note: note.as_str().to_owned(),
            })
        }
    };
    Ok(v1::Decision {
        date: Some(date(decision.date)),
        decided: Some(decided),
        override_reason: override_reason(decision.override_reason),
        note: reason_in_words(decision.override_reason, decision.note.as_str()),
        ..Default::default()
    })
}

fn override_reason(reason: Option<OverrideReason>) -> i32 {
    let number = reason.map(|code| number!(OverrideReason, "OVERRIDE_REASON", code));
    number.unwrap_or_default()
}

/// Against a setback or an open referral a note is asked for, too; a case has no words of its own for it.
fn reason_in_words(reason: Option<OverrideReason>, note: &str) -> String {
    match reason {
        Some(_) if note.is_empty() => "As the case tells it.".to_owned(),
        _ => note.to_owned(),
    }
}

/// The rungs of a plan: its own, or its protocol's.
pub(super) fn ladder(plan: &Plan) -> Vec<FrequencyStep> {
    match plan.steps.as_slice() {
        [] => protocol::find(&plan.protocol).map(|found| found.ladder.steps.clone()).unwrap_or_default(),
        steps => steps.to_vec(),
    }
}

fn visits_per_week(ladder: &[FrequencyStep], step: u8) -> anyhow::Result<i32> {
    let rung = ladder.get(usize::from(step)).context("the ladder has no such rung")?;
    Ok(i32::from(rung.visits_per_week.get()))
}

fn nprs(pain: Nprs) -> i32 {
    i32::from(pain.get())
}
