//! A plan with a course of scores, in a few words.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::ids::{AssessmentId, DecisionId, InjuryId, PlanId, SessionId, TherapistId};
use taper_core::measure::{MeasureCode, Value};
use taper_core::protocol::{Protocol, builtin};
use taper_core::record::assessment::{Assessment, Observed};
use taper_core::record::codes::{Mechanism, PlanState, Presentation, Side, Site};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::Injury;
use taper_core::record::plan::{FrequencyStep, Phase, Plan, Policy};
use taper_core::record::{PatientFacts, Record};
use taper_core::text::Note;
use taper_core::value::{Thousandths, VisitMinutes, VisitsPerWeek};
use uuid::Uuid;

use crate::document::{fact, session};

pub const PAIN: &str = "pain_worst_24h";
pub const LEFS: &str = "lefs";

/// The built-in protocol of persistent pain: ladder 3, 2, 1; least 7 days a rung.
pub fn persistent() -> &'static Protocol {
    builtin().iter().find(|protocol| protocol.reference.protocol == "hamstring-persistent").unwrap()
}

/// The same ladder, with rules that wait for the two scores and nothing else.
pub fn protocol() -> &'static Protocol {
    static SCORES: LazyLock<Protocol> = LazyLock::new(|| Protocol::parse(SCORES_ONLY, &[]).unwrap());
    &SCORES
}

/// The document of [`protocol`], for tests that add a rule.
pub const SCORES_ONLY: &str = include_str!("scores.toml");

/// The plan's first day is day 0, a Monday.
pub fn day(day: i64) -> Date {
    jiff::civil::date(2026, 3, 2).saturating_add(jiff::SignedDuration::from_hours(24 * day))
}

pub fn rung(visits_per_week: i64) -> FrequencyStep {
    FrequencyStep {
        visits_per_week: VisitsPerWeek::new(visits_per_week).unwrap(),
        minutes: VisitMinutes::new(30).unwrap(),
    }
}

pub fn ladder(visits_per_week: &[i64]) -> Vec<FrequencyStep> {
    visits_per_week.iter().map(|visits| rung(*visits)).collect()
}

/// A record that grows.
#[derive(Clone, Debug)]
pub struct Story {
    pub record: Record,
    made: u64,
}

impl Story {
    /// A draft.
    pub fn draft() -> Self {
        let injury = Injury {
            side: Side::Left,
            site: Site::TieIn,
            onset_date: day(-200),
            mechanism: Mechanism::Deceleration,
            presentation: Presentation::Persistent,
            recurs_from: None,
            earlier_treatments: Vec::new(),
            return_date: None,
            note: Note::default(),
        };
        let plan = Plan {
            protocol: protocol().reference.clone(),
            policy: Policy::default(),
            steps: Vec::new(),
            focus: Vec::new(),
            start_date: day(0),
            state: PlanState::Draft,
        };
        let record = Record {
            patient: PatientFacts::default(),
            injury: fact(InjuryId(Uuid::from_u128(1)), injury),
            recurrence: None,
            assessments: Vec::new(),
            activities: Vec::new(),
            plan: fact(PlanId(Uuid::from_u128(2)), plan),
            sessions: Vec::new(),
            decisions: Vec::new(),
        };
        Self { record, made: 10 }
    }

    /// Active from day 0 in phase 4 on the first rung.
    pub fn active() -> Self {
        Self::draft().decided(0, Decided::Activation { phase: Phase::Four, step: 0 })
    }

    pub fn with_steps(mut self, visits_per_week: &[i64]) -> Self {
        self.record.plan.content.steps = ladder(visits_per_week);
        self
    }

    pub fn in_state(mut self, state: PlanState) -> Self {
        self.record.plan.content.state = state;
        self
    }

    pub fn decided(mut self, on: i64, decided: Decided) -> Self {
        let id = DecisionId(self.next_id());
        let decision = Decision {
            date: day(on),
            decided_at: Timestamp::UNIX_EPOCH,
            therapist: TherapistId(Uuid::from_u128(3)),
            decided,
            override_reason: None,
            receipt: None,
            note: Note::default(),
        };
        self.record.decisions.push(fact(id, decision));
        self
    }

    pub fn value(mut self, on: i64, measure: &str, value: Value) -> Self {
        let id = AssessmentId(self.next_id());
        let measure = MeasureCode::parse(measure).unwrap();
        let results = vec![Observed { measure, value, site: None, tester: None, device: None }];
        let assessment =
            Assessment { date: day(on), therapist: None, results, run_stages: Vec::new(), note: Note::default() };
        self.record.assessments.push(fact(id, assessment));
        self
    }

    /// One score a week from day 0 on.
    pub fn weekly(self, measure: &str, scores: &[i64]) -> Self {
        let days = (0..).step_by(7);
        days.zip(scores)
            .fold(self, |story, (on, score)| story.value(on, measure, Value::Number(Thousandths::whole(*score))))
    }

    pub fn visited(mut self, days: &[i64]) -> Self {
        for on in days {
            let id = SessionId(self.next_id());
            self.record.sessions.push(fact(id, session(day(*on))));
        }
        self
    }

    fn next_id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u64_pair(9, self.made)
    }
}
