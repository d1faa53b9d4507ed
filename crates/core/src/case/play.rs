//! Plays a case without a server: the record as it grows, and what is advised after each step.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PlanId, SessionId, TherapistId};
use crate::protocol::Protocol;
use crate::recommend::recommend;
use crate::recommendation::Recommendation;
use crate::record::codes::PlanState;
use crate::record::decision::{Decided, Decision};
use crate::record::injury::Injury;
use crate::record::plan::Plan;
use crate::record::{Fact, PatientFacts, Record, Recurrence};
use crate::text::Note;

use super::{Case, Step};

/// The record after a step, and what is advised on its day.
#[derive(Clone, Debug)]
pub struct StepOutcome {
    /// The record of the injury in question.
    pub record: Record,
    /// The advice of the step's day.
    pub recommendation: Recommendation,
}

impl Case {
    /// Plays every step, and asks for the advice after each.
    pub fn play_with(&self, protocol: &Protocol) -> Vec<StepOutcome> {
        let mut player = Player { record: self.first_record(), made: 0 };
        let mut outcomes = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            player.take(step);
            let recommendation = recommend(protocol, &player.record, step.date);
            outcomes.push(StepOutcome { record: player.record.clone(), recommendation });
        }
        outcomes
    }

    fn first_record(&self) -> Record {
        let patient = PatientFacts {
            birth_date: self.patient.birth_date,
            cautions: self.patient.cautions.clone(),
            cautions_reviewed_date: self.patient.cautions_reviewed_date,
        };
        Record {
            patient,
            injury: fact(InjuryId(id(KIND_INJURY, 1)), self.injury.clone(), self.onset),
            recurrence: None,
            assessments: Vec::new(),
            activities: Vec::new(),
            plan: fact(PlanId(id(KIND_PLAN, 1)), self.plan.clone(), self.onset),
            sessions: Vec::new(),
            decisions: Vec::new(),
        }
    }
}

const KIND_INJURY: u64 = 1;
const KIND_PLAN: u64 = 2;
const KIND_FACT: u64 = 3;

/// The same ids in every play.
fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(kind, number)
}

fn fact<I, T>(id: I, content: T, date: Date) -> Fact<I, T> {
    Fact { id, revision: 1, recorded_at: at_noon(date), entered_in_error: false, content }
}

/// Noon in UTC.
pub(super) fn at_noon(date: Date) -> Timestamp {
    let noon = date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}

struct Player {
    record: Record,
    made: u64,
}

impl Player {
    fn next_id(&mut self) -> Uuid {
        self.made = self.made.saturating_add(1);
        id(KIND_FACT, self.made)
    }

    fn take(&mut self, step: &Step) {
        if let Some((injury, plan)) = &step.recurrence {
            self.recur(injury, plan, step.date);
        }
        if step.return_to_sport {
            self.record.injury.content.return_date = Some(step.date);
        }
        if let Some(activate) = &step.activate {
            let decided = Decided::Activation { phase: activate.phase, step: activate.step };
            self.decide(Decision {
                date: step.date,
                decided_at: at_noon(step.date),
                therapist: TherapistId(id(KIND_FACT, 0)),
                decided,
                override_reason: activate.override_reason,
                note: Note::default(),
                receipt: None,
            });
        }
        for assessment in &step.assessments {
            let fact = fact(AssessmentId(self.next_id()), assessment.clone(), step.date);
            self.record.assessments.push(fact);
        }
        for session in &step.sessions {
            let fact = fact(SessionId(self.next_id()), session.clone(), step.date);
            self.record.sessions.push(fact);
        }
        for activity in &step.activities {
            let fact = fact(ActivityId(self.next_id()), activity.clone(), step.date);
            self.record.activities.push(fact);
        }
        for decision in &step.decisions {
            self.decide(decision.clone());
        }
    }

    fn decide(&mut self, decision: Decision) {
        match decision.decided {
            Decided::Activation { .. } => self.record.plan.content.state = PlanState::Active,
            Decided::Discharge => self.record.plan.content.state = PlanState::Completed,
            Decided::Phase(_) | Decided::TaperStep(_) | Decided::ResumeStretching | Decided::ClearReferral { .. } => {}
        }
        let date = decision.date;
        let fact = fact(DecisionId(self.next_id()), decision, date);
        self.record.decisions.push(fact);
    }

    /// The new injury has a record of its own; of the earlier one it knows when the patient had returned.
    fn recur(&mut self, injury: &Injury, plan: &Plan, date: Date) {
        let earlier = &self.record;
        let earlier_count =
            earlier.recurrence.as_ref().map_or(0, |recurrence| recurrence.earlier_count).saturating_add(1);
        let recurrence =
            Recurrence { from: earlier.injury.id, return_date: earlier.injury.content.return_date, earlier_count };
        let number = u64::from(earlier_count).saturating_add(1);
        let mut content = injury.clone();
        content.recurs_from = Some(earlier.injury.id);
        self.record = Record {
            patient: earlier.patient.clone(),
            injury: fact(InjuryId(id(KIND_INJURY, number)), content, date),
            recurrence: Some(recurrence),
            assessments: Vec::new(),
            activities: Vec::new(),
            plan: fact(PlanId(id(KIND_PLAN, number)), plan.clone(), date),
            sessions: Vec::new(),
            decisions: Vec::new(),
        };
    }
}
