//! The player of one case: who and what was created for it, and how its steps become calls.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::civil::Date;
use taper_api::v1;
use taper_core::case::{Activate, Case, Step};
use taper_core::ids::TherapistId;
use taper_core::record::clinic::TimeZoneName;
use taper_core::record::decision::Decision;
use taper_core::record::injury::Injury;
use taper_core::record::plan::{FrequencyStep, Plan};
use tonic::transport::Channel;

use super::Clinic;
use super::calls::{Calls, answered, asked, request_id};
use super::messages;
use super::wire;

/// A case under way.
pub(super) struct Player {
    calls: Calls,
    time_zone: TimeZoneName,
    /// Resource names of the case's therapists.
    therapists: BTreeMap<TherapistId, String>,
    /// Who decides where the case names nobody.
    decider: String,
    patient: String,
    injury: String,
    plan: String,
    /// The rungs of the plan in question.
    ladder: Vec<FrequencyStep>,
}

/// Creates a clinic.
pub(super) async fn create_clinic(channel: Channel, slug: &str, time_zone: &TimeZoneName) -> anyhow::Result<()> {
    let mut calls = Calls::on(channel);
    let clinic = v1::Clinic {
        display_name: format!("Clinic {slug}"),
        time_zone: time_zone.as_str().to_owned(),
        ..Default::default()
    };
    let request =
        v1::CreateClinicRequest { clinic_id: slug.to_owned(), clinic: Some(clinic), request_id: request_id() };
    answered("CreateClinic", calls.patients.create_clinic(asked(request)).await)?;
    Ok(())
}

impl Player {
    /// Creates the therapists, the patient, the injury and its plan.
    pub(super) async fn admit(channel: Channel, clinic: &Clinic, case: &Case) -> anyhow::Result<Self> {
        let mut player = Self {
            calls: Calls::on(channel),
            time_zone: clinic.time_zone.clone(),
            therapists: BTreeMap::new(),
            decider: String::new(),
            patient: String::new(),
            injury: String::new(),
            plan: String::new(),
            ladder: Vec::new(),
        };
        player.decider = player.create_therapist(&clinic.name, "Therapist in charge").await?;
        for (index, id) in therapists(case).into_iter().enumerate() {
            let name = player.create_therapist(&clinic.name, &format!("Therapist {}", index + 1)).await?;
            player.therapists.insert(id, name);
        }
        let request = v1::CreatePatientRequest {
            parent: clinic.name.clone(),
            patient: Some(messages::patient(&case.patient)),
            request_id: request_id(),
        };
        player.patient = answered("CreatePatient", player.calls.patients.create_patient(asked(request)).await)?.name;
        let request = v1::CreateInjuryRequest {
            parent: player.patient.clone(),
            injury: Some(messages::injury(&case.injury)),
            request_id: request_id(),
        };
        player.injury = answered("CreateInjury", player.calls.patients.create_injury(asked(request)).await)?.name;
        player.create_plan(&case.plan).await?;
        Ok(player)
    }

    /// The name of the plan in question.
    pub(super) fn plan(&self) -> &str {
        &self.plan
    }

    async fn create_therapist(&mut self, clinic: &str, display_name: &str) -> anyhow::Result<String> {
        let therapist = v1::Therapist {
            display_name: display_name.to_owned(),
            discipline: v1::Discipline::Physiotherapist.into(),
            ..Default::default()
        };
        let request = v1::CreateTherapistRequest {
            parent: clinic.to_owned(),
            therapist: Some(therapist),
            request_id: request_id(),
        };
        let created = answered("CreateTherapist", self.calls.patients.create_therapist(asked(request)).await)?;
        Ok(created.name)
    }

    async fn create_plan(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let request = v1::CreateTreatmentPlanRequest {
            parent: self.injury.clone(),
            treatment_plan: Some(messages::plan(plan)),
            request_id: request_id(),
        };
        let created = answered("CreateTreatmentPlan", self.calls.plans.create_treatment_plan(asked(request)).await)?;
        self.plan = created.name;
        self.ladder = messages::ladder(plan);
        Ok(())
    }

    /// Records what happened in a step. Facts come before the decisions that are judged by them.
    pub(super) async fn record(&mut self, step: &Step) -> anyhow::Result<()> {
        let place = || format!("the step of day {} at line {}", step.day, step.line);
        self.take(step).await.with_context(place)
    }

    async fn take(&mut self, step: &Step) -> anyhow::Result<()> {
        if let Some((injury, plan)) = &step.recurrence {
            self.recur(injury, plan).await?;
        }
        for assessment in &step.assessments {
            let message = messages::assessment(assessment, &|id| self.name_of(id));
            self.create_assessment(message).await?;
        }
        for session in &step.sessions {
            let mut message = messages::session(session, &|id| self.name_of(id));
            message.start_time = Some(wire::session_start(session.date, &self.time_zone)?);
            self.create_session(message).await?;
        }
        for activity in &step.activities {
            self.create_activity(messages::activity(activity)).await?;
        }
        if let Some(activate) = &step.activate {
            self.activate(activate, step.date).await?;
        }
        for decision in &step.decisions {
            self.decide(decision).await?;
        }
        if step.return_to_sport {
            self.record_return(step.date).await?;
        }
        Ok(())
    }

    /// The new injury and its plan; from here on the story is about these.
    async fn recur(&mut self, injury: &Injury, plan: &Plan) -> anyhow::Result<()> {
        let request = v1::RecordRecurrenceRequest {
            name: self.injury.clone(),
            injury: Some(messages::injury(injury)),
            request_id: request_id(),
        };
        let created = answered("RecordRecurrence", self.calls.patients.record_recurrence(asked(request)).await)?;
        self.injury = created.name;
        self.create_plan(plan).await
    }

    async fn create_assessment(&mut self, assessment: v1::Assessment) -> anyhow::Result<()> {
        let request = v1::CreateAssessmentRequest {
            parent: self.injury.clone(),
            assessment: Some(assessment),
            request_id: request_id(),
        };
        answered("CreateAssessment", self.calls.assessments.create_assessment(asked(request)).await)?;
        Ok(())
    }

    async fn create_activity(&mut self, activity: v1::Activity) -> anyhow::Result<()> {
        let request = v1::CreateActivityRequest {
            parent: self.injury.clone(),
            activity: Some(activity),
            request_id: request_id(),
        };
        answered("CreateActivity", self.calls.assessments.create_activity(asked(request)).await)?;
        Ok(())
    }

    async fn create_session(&mut self, session: v1::Session) -> anyhow::Result<()> {
        let request =
            v1::CreateSessionRequest { parent: self.plan.clone(), session: Some(session), request_id: request_id() };
        answered("CreateSession", self.calls.sessions.create_session(asked(request)).await)?;
        Ok(())
    }

    async fn record_return(&mut self, date: Date) -> anyhow::Result<()> {
        let request = v1::RecordReturnRequest {
            name: self.injury.clone(),
            return_date: Some(wire::date(date)),
            request_id: request_id(),
            ..Default::default()
        };
        answered("RecordReturn", self.calls.patients.record_return(asked(request)).await)?;
        Ok(())
    }

    async fn activate(&mut self, activate: &Activate, date: Date) -> anyhow::Result<()> {
        let request = v1::ActivateTreatmentPlanRequest {
            name: self.plan.clone(),
            therapist: self.decider.clone(),
            date: Some(wire::date(date)),
            request_id: request_id(),
            ..messages::activation(activate, &self.ladder)?
        };
        answered("ActivateTreatmentPlan", self.calls.plans.activate_treatment_plan(asked(request)).await)?;
        Ok(())
    }

    async fn decide(&mut self, decision: &Decision) -> anyhow::Result<()> {
        let message =
            v1::Decision { therapist: self.name_of(decision.therapist), ..messages::decision(decision, &self.ladder)? };
        let request = v1::CreateDecisionRequest {
            parent: self.plan.clone(),
            decision: Some(message),
            etag: self.advice(decision.date).await?.plan_etag,
            request_id: request_id(),
        };
        answered("CreateDecision", self.calls.plans.create_decision(asked(request)).await)?;
        Ok(())
    }

    /// The recommendation as of a day, with its sentences.
    pub(super) async fn advice(&mut self, as_of: Date) -> anyhow::Result<v1::Recommendation> {
        let request = v1::GetRecommendationRequest {
            name: self.plan.clone(),
            as_of: Some(wire::date(as_of)),
            include_text: true,
            ..Default::default()
        };
        answered("GetRecommendation", self.calls.plans.get_recommendation(asked(request)).await)
    }

    fn name_of(&self, therapist: TherapistId) -> String {
        self.therapists.get(&therapist).unwrap_or(&self.decider).clone()
    }
}

/// Everybody whom the case names, each once.
fn therapists(case: &Case) -> Vec<TherapistId> {
    let mut found = Vec::new();
    for step in &case.steps {
        for assessment in &step.assessments {
            found.extend(assessment.therapist);
            found.extend(assessment.results.iter().filter_map(|seen| seen.tester));
        }
        found.extend(step.sessions.iter().filter_map(|session| session.therapist));
        found.extend(step.decisions.iter().map(|decision| decision.therapist));
    }
    let mut once = Vec::new();
    for id in found {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    once
}
