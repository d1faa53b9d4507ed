//! One value of each type, at the edges of what the type allows, and the ids to store it under.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use taper_core::ids::{
    ActivityId, AssessmentId, DecisionId, InjuryId, PatientId, PlanId, ReceiptId, SessionId, TherapistId,
};
use taper_core::measure::{self, MeasureCode, Value};
use taper_core::record::activity::Activity;
use taper_core::record::assessment::{Assessment, Observed, RunStage};
use taper_core::record::clinic::Therapist;
use taper_core::record::codes::*;
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::{EarlierTreatment, Injury};
use taper_core::record::patient::{ExternalId, Patient};
use taper_core::record::plan::{FocusShare, FrequencyStep, Phase, Plan, Policy, ProtocolRef};
use taper_core::record::session::{AdverseEvent, Focus, Session, Treatment};
use taper_core::text::{Line, Note};
use taper_core::value::{Minutes, Money, Nprs, Percent, SessionMinutes, Thousandths, VisitMinutes, VisitsPerWeek};
use taper_store::{InjuryKey, PlanKey, Write, injuries, patients, plans};
use uuid::Uuid;

use crate::harness::instant;

pub const FIRST_DAY: Date = date(1900, 1, 1);
pub const LAST_DAY: Date = date(2199, 12, 31);

/// Quotes, backslashes, other scripts, an emoji, all kinds of line ends; as long as a note may be.
pub fn long_note() -> Note {
    let odd = "it's \"quoted\" \\n {json:[1]} Å字🦵\r\n\t%_; DROP TABLE x --";
    let text: String = odd.chars().cycle().take(10_000).collect();
    Note::parse(&text).unwrap()
}

pub fn long_line() -> Line {
    Line::parse(&"Ünïcödé'\\🦵".chars().cycle().take(200).collect::<String>()).unwrap()
}

pub fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

pub fn therapist() -> Therapist {
    Therapist { id: TherapistId(new_id()), display_name: long_line(), discipline: Discipline::MassageTherapist }
}

pub fn patient(external: &[(&str, &str)]) -> Patient {
    let number = |(system, value): &(&str, &str)| ExternalId { system: line(system), value: line(value) };
    Patient {
        given_name: Some(long_line()),
        family_name: long_line(),
        birth_date: Some(FIRST_DAY),
        external_ids: external.iter().map(number).collect(),
        cautions: Caution::ALL.to_vec(),
        cautions_reviewed_date: Some(LAST_DAY),
        deleted_at: None,
    }
}

pub fn injury(recurs_from: Option<InjuryId>) -> Injury {
    Injury {
        side: Side::Left,
        site: Site::TieIn,
        onset_date: FIRST_DAY,
        mechanism: Mechanism::EccentricSlip,
        presentation: Presentation::Persistent,
        recurs_from,
        earlier_treatments: vec![EarlierTreatment {
            kind: long_note(),
            discipline: Some(Discipline::Other),
            from_date: Some(FIRST_DAY),
            to_date: Some(LAST_DAY),
            visit_count: Some(u16::MAX),
            result: TreatmentResult::NoEffect,
        }],
        return_date: Some(LAST_DAY),
        note: long_note(),
    }
}

pub fn assessment() -> Assessment {
    let values = [
        Value::Number(Thousandths(i64::MIN)),
        Value::Number(Thousandths(i64::MAX)),
        Value::Finding(true),
        Value::Code("likely".to_owned()),
        Value::NotMeasured,
    ];
    let observed = |(measure, value): (&measure::Measure, &Value)| Observed {
        measure: MeasureCode::parse(measure.code).unwrap(),
        value: value.clone(),
        site: Some(Site::Distal),
        tester: Some(TherapistId(new_id())),
        device: Some(long_line()),
    };
    let stage = |speed| RunStage { speed_kmh: Thousandths(speed), pain: Nprs::new(10).unwrap() };
    Assessment {
        date: LAST_DAY,
        therapist: Some(TherapistId(Uuid::max())),
        results: measure::ALL.iter().zip(values.iter().cycle()).map(observed).collect(),
        run_stages: vec![stage(1), stage(45_000)],
        note: long_note(),
    }
}

pub fn activity() -> Activity {
    Activity {
        date: FIRST_DAY,
        kind: ActivityKind::RevolvingStaircase,
        minutes: Some(Minutes::new(1440).unwrap()),
        speed_kmh: Some(Thousandths(1)),
        load_kg: Some(Thousandths(500_000)),
        effort_percent: Some(Percent::new(100).unwrap()),
        pain_during: Some(Nprs::new(0).unwrap()),
        pain_next_morning: None,
        reported_by: Reporter::Device,
        note: Note::default(),
    }
}

pub fn plan(state: PlanState) -> Plan {
    let step = |visits, minutes| FrequencyStep {
        visits_per_week: VisitsPerWeek::new(visits).unwrap(),
        minutes: VisitMinutes::new(minutes).unwrap(),
    };
    Plan {
        protocol: ProtocolRef { protocol: "hamstring-strain".to_owned(), version: "1".to_owned() },
        policy: Policy {
            running: Some(RunningPolicy::Integrated),
            pain_limit: Some(Nprs::new(10).unwrap()),
            pain_limit_strength: None,
            pain_limit_running: Some(Nprs::new(0).unwrap()),
            equipment: Some(Vec::new()),
        },
        steps: vec![step(7, 240), step(3, 30), step(1, 5)],
        focus: vec![FocusShare { area: Area::TieIn, percent: Percent::new(100).unwrap() }],
        start_date: LAST_DAY,
        state,
    }
}

/// The start is finer than a microsecond and at the end of time.
pub fn session() -> Session {
    Session {
        kind: SessionKind::Massage,
        state: SessionState::Attended,
        start: "9999-12-30T22:00:00.999999999Z".parse().unwrap(),
        date: FIRST_DAY,
        minutes: SessionMinutes::new(600).unwrap(),
        therapist: Some(TherapistId(Uuid::nil())),
        focus: vec![Focus { area: Area::AroundInjury, minutes: Minutes::new(1).unwrap() }],
        treatments: vec![Treatment {
            modality: Modality::LymphDrainage,
            minutes: None,
            result: Some(ModalityResult::Impractical),
            note: long_note(),
        }],
        pain_before: Some(Nprs::new(10).unwrap()),
        pain_after: Some(Nprs::new(0).unwrap()),
        pain_next_morning: None,
        adverse_events: vec![AdverseEvent { kind: AdverseEventKind::PainFlare, note: long_note() }],
        note: long_note(),
        charge: Some(Money::new("JPY", 1_000_000_000_000).unwrap()),
    }
}

pub fn decision(decided: Decided) -> Decision {
    Decision {
        date: FIRST_DAY,
        decided_at: Timestamp::MIN,
        therapist: TherapistId(new_id()),
        decided,
        override_reason: Some(OverrideReason::PatientPreference),
        note: long_note(),
        receipt: Some(ReceiptId(new_id())),
    }
}

/// Every kind of decision.
pub fn all_decided() -> Vec<Decided> {
    vec![
        Decided::Activation { phase: Phase::One, step: u8::MAX },
        Decided::Phase(Phase::Four),
        Decided::TaperStep(0),
        Decided::Discharge,
        Decided::ResumeStretching,
        Decided::ClearReferral {
            rule_id: "RF-AVULSION".to_owned(),
            outcome: ClearanceOutcome::TreatedAndReleased,
            cleared_by: ClearedBy::EmergencyDepartment,
            note: long_note(),
        },
    ]
}

pub fn assessment_id() -> AssessmentId {
    AssessmentId(new_id())
}

pub fn activity_id() -> ActivityId {
    ActivityId(new_id())
}

pub fn session_id() -> SessionId {
    SessionId(new_id())
}

pub fn decision_id() -> DecisionId {
    DecisionId(new_id())
}

/// Records a patient.
pub async fn a_patient(tx: &Write) -> PatientId {
    let id = PatientId(new_id());
    patients::create(tx, id, &patient(&[]), instant(10)).await.unwrap();
    id
}

/// Records a patient with an injury.
pub async fn an_injury(tx: &Write) -> InjuryKey {
    let key = InjuryKey { patient: a_patient(tx).await, injury: InjuryId(new_id()) };
    injuries::create(tx, key, &injury(None), instant(11)).await.unwrap();
    key
}

/// Records a patient with an injury and a draft plan.
pub async fn a_plan(tx: &Write) -> PlanKey {
    let injury = an_injury(tx).await;
    let key = PlanKey { patient: injury.patient, injury: injury.injury, plan: PlanId(new_id()) };
    plans::create(tx, key, &plan(PlanState::Draft), instant(12)).await.unwrap();
    key
}

/// A short one, where size matters.
pub fn small_assessment() -> Assessment {
    let whole = assessment();
    Assessment { results: whole.results.into_iter().take(2).collect(), note: Note::default(), ..whole }
}

/// A short one, where size matters.
pub fn small_session() -> Session {
    let treatments = Vec::new();
    Session { treatments, adverse_events: Vec::new(), note: Note::default(), ..session() }
}

/// A short one, where size matters.
pub fn small_decision(decided: Decided) -> Decision {
    Decision { note: Note::default(), ..decision(decided) }
}
