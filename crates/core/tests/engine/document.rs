//! A small protocol document that tests can vary, and a record to put facts into.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PlanId, SessionId, TherapistId};
use taper_core::measure::{MeasureCode, Value};
use taper_core::protocol::Protocol;
use taper_core::recommend::recommend;
use taper_core::recommendation::{CriterionResult, Recommendation, RuleResult};
use taper_core::record::activity::Activity;
use taper_core::record::assessment::{Assessment, Observed};
use taper_core::record::codes::{
    ActivityKind, Mechanism, PlanState, Presentation, Reporter, SessionKind, SessionState, Side, Site,
};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::Injury;
use taper_core::record::plan::{Phase, Plan, Policy, ProtocolRef};
use taper_core::record::session::Session;
use taper_core::record::{Fact, PatientFacts, Record};
use taper_core::text::Note;
use taper_core::value::{Nprs, SessionMinutes, Thousandths};
use uuid::Uuid;

pub const HEAD: &str = r#"
id = "small"
version = "1"
title = "Small"
presentation = "any"
summary = "For tests."

[policy]
running = { default = "conservative", choices = ["conservative", "integrated"] }
pain_limit = { default = 2, min = 0, max = 4 }
pain_limit_strength = { default = 4, min = 0, max = 5 }
pain_limit_running = { default = 2, min = 0, max = 4 }

[ladder]
steps = [{ visits_per_week = 3, minutes = 30 }, { visits_per_week = 2, minutes = 30 }, { visits_per_week = 1, minutes = 30 }]
step_days_min = 7
focus = [{ area = "tie_in", percent = 60 }, { area = "belly", percent = 40 }]

[[source]]
tag = "S1"
reference = "A source"
strength = "own"

[[text]]
code = "known_code"
sentence = "A sentence."

[[phase]]
number = 1
name = "One"
goal = "One."
[[phase]]
number = 2
name = "Two"
goal = "Two."
[[phase]]
number = 3
name = "Three"
goal = "Three."
[[phase]]
number = 4
name = "Four"
goal = "Four."
"#;

pub const GATES: &str = r#"
[[rule]]
id = "G1"
sentence = "Light."
evidence = { level = "series", citations = ["S1"] }
effect = { kind = "gate", phase = 1 }
test = { measure = "pain_rest", op = "<=", setting = "pain_limit", unit = "{NPRS}" }
[[rule]]
id = "G2"
sentence = "Range."
evidence = { level = "series", citations = ["S1"] }
effect = { kind = "gate", phase = 2 }
test = { measure = "knee_extension_deficit_deg", op = "<", value = 10, unit = "deg" }
[[rule]]
id = "G3"
sentence = "Strength."
evidence = { level = "series", citations = ["S1"] }
effect = { kind = "gate", phase = 3 }
test = { measure = "strength_outer_percent", op = ">=", value = 75, unit = "%" }
[[rule]]
id = "G4"
sentence = "Ready."
evidence = { level = "series", citations = ["S1"] }
effect = { kind = "gate", phase = 4 }
test = { measure = "athlete_ready", op = "=", value = true }
"#;

/// One more rule, from its effect and its test.
pub fn rule(id: &str, effect: &str, test: &str) -> String {
    let test = if test.is_empty() { String::new() } else { format!("test = {test}\n") };
    format!(
        "[[rule]]\nid = \"{id}\"\nsentence = \"It.\"\nevidence = {{ level = \"derived\", citations = [\"S1\"] }}\neffect = {effect}\n{test}"
    )
}

/// The small document with more rules.
pub fn document(rules: &str) -> String {
    format!("{HEAD}{GATES}{rules}")
}

pub fn protocol(rules: &str) -> Protocol {
    Protocol::parse(&document(rules), &[]).unwrap_or_else(|fault| panic!("{fault}"))
}

/// 2 March 2026 and so many days: day 0 is the onset.
pub fn day(days: i64) -> Date {
    Date::constant(2026, 3, 2).checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap()
}

pub fn tester(number: u64) -> TherapistId {
    TherapistId(Uuid::from_u64_pair(7, number))
}

pub fn pain(points: i64) -> Nprs {
    Nprs::new(points).unwrap()
}

/// A record that facts are put into.
#[derive(Clone)]
pub struct Story {
    pub record: Record,
    made: u64,
}

/// An attended massage of half an hour, of which nothing more is noted.
pub fn session(date: Date) -> Session {
    Session {
        kind: SessionKind::Massage,
        state: SessionState::Attended,
        start: Timestamp::UNIX_EPOCH,
        date,
        minutes: SessionMinutes::new(30).unwrap(),
        therapist: None,
        focus: Vec::new(),
        treatments: Vec::new(),
        pain_before: None,
        pain_after: None,
        pain_next_morning: None,
        adverse_events: Vec::new(),
        note: Note::default(),
        charge: None,
    }
}

pub fn fact<I, T>(id: I, content: T) -> Fact<I, T> {
    Fact { id, revision: 1, recorded_at: Timestamp::UNIX_EPOCH, entered_in_error: false, content }
}

impl Story {
    /// An acute injury of the belly with a draft plan from day 0 on.
    pub fn draft() -> Self {
        let injury = Injury {
            side: Side::Left,
            site: Site::Belly,
            onset_date: day(0),
            mechanism: Mechanism::Sprint,
            presentation: Presentation::Acute,
            recurs_from: None,
            earlier_treatments: Vec::new(),
            return_date: None,
            note: Note::default(),
        };
        let plan = Plan {
            protocol: ProtocolRef { protocol: "small".into(), version: "1".into() },
            policy: Policy::default(),
            steps: Vec::new(),
            focus: Vec::new(),
            start_date: day(0),
            state: PlanState::Draft,
        };
        let record = Record {
            patient: PatientFacts::default(),
            injury: fact(InjuryId(Uuid::nil()), injury),
            recurrence: None,
            assessments: Vec::new(),
            activities: Vec::new(),
            plan: fact(PlanId(Uuid::nil()), plan),
            sessions: Vec::new(),
            decisions: Vec::new(),
        };
        Self { record, made: 0 }
    }

    /// The same, active in a phase from day 0 on, on the first rung.
    pub fn active(phase: Phase) -> Self {
        Self::draft().decide(0, Decided::Activation { phase, step: 0 })
    }

    fn next_id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u64_pair(3, self.made)
    }

    pub fn decide(mut self, on: i64, decided: Decided) -> Self {
        let decision = Decision {
            date: day(on),
            decided_at: Timestamp::from_second(self.made as i64).unwrap(),
            therapist: tester(0),
            decided,
            override_reason: None,
            note: Note::default(),
            receipt: None,
        };
        let id = DecisionId(self.next_id());
        self.record.decisions.push(fact(id, decision));
        self
    }

    /// A value measured by tester 1.
    pub fn saw(self, on: i64, code: &str, value: Value) -> Self {
        self.saw_by(on, code, value, Some(1))
    }

    pub fn saw_by(mut self, on: i64, code: &str, value: Value, by: Option<u64>) -> Self {
        let measure = MeasureCode::parse(code).unwrap();
        measure.measure().check(&value).unwrap();
        let result = Observed { measure, value, site: None, tester: by.map(tester), device: None };
        let assessment = Assessment {
            date: day(on),
            therapist: None,
            results: vec![result],
            run_stages: Vec::new(),
            note: Note::default(),
        };
        let id = AssessmentId(self.next_id());
        self.record.assessments.push(fact(id, assessment));
        self
    }

    pub fn number(self, on: i64, code: &str, number: i64) -> Self {
        self.saw(on, code, Value::Number(Thousandths::whole(number)))
    }

    pub fn finding(self, on: i64, code: &str, present: bool) -> Self {
        self.saw(on, code, Value::Finding(present))
    }

    pub fn code(self, on: i64, code: &str, value: &str) -> Self {
        self.saw(on, code, Value::Code(value.into()))
    }

    pub fn not_measured(self, on: i64, code: &str) -> Self {
        self.saw(on, code, Value::NotMeasured)
    }

    pub fn visit(mut self, on: i64, change: impl FnOnce(&mut Session)) -> Self {
        let mut session = session(day(on));
        change(&mut session);
        let id = SessionId(self.next_id());
        self.record.sessions.push(fact(id, session));
        self
    }

    pub fn activity(mut self, on: i64, kind: ActivityKind, change: impl FnOnce(&mut Activity)) -> Self {
        let mut activity = Activity {
            date: day(on),
            kind,
            minutes: None,
            speed_kmh: None,
            load_kg: None,
            effort_percent: None,
            pain_during: None,
            pain_next_morning: None,
            reported_by: Reporter::Patient,
            note: Note::default(),
        };
        change(&mut activity);
        let id = ActivityId(self.next_id());
        self.record.activities.push(fact(id, activity));
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Record)) -> Self {
        change(&mut self.record);
        self
    }

    pub fn advice(&self, protocol: &Protocol, on: i64) -> Recommendation {
        recommend(protocol, &self.record, day(on))
    }

    /// The result of one flag rule with this test.
    pub fn test(&self, test: &str, on: i64) -> RuleResult {
        let protocol = protocol(&rule("TESTED", r#"{ kind = "flag", item = "known_code" }"#, test));
        let advice = self.advice(&protocol, on);
        advice.rules.into_iter().find(|result| result.rule_id == "TESTED").unwrap()
    }

    /// The result of one criterion.
    pub fn criterion(&self, test: &str, on: i64) -> CriterionResult {
        self.test(test, on).criteria.into_iter().next().unwrap()
    }
}
