//! A long record of one injury for measuring the rules: 60 assessments, 120 sessions, 60 activities, 12 decisions.

use anyhow::{Context as _, Result};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PlanId, SessionId, TherapistId};
use taper_core::measure::{ALL, MeasureCode, Shape, Value};
use taper_core::record::activity::Activity;
use taper_core::record::assessment::{Assessment, Observed, RunStage};
use taper_core::record::codes::{
    ActivityKind, ClearanceOutcome, ClearedBy, Mechanism, Modality, ModalityResult, PlanState, Presentation, Reporter,
    SessionKind, SessionState, Side, Site,
};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::Injury;
use taper_core::record::plan::{Phase, Plan, Policy, ProtocolRef};
use taper_core::record::session::{Session, Treatment};
use taper_core::record::{Fact, PatientFacts, Record};
use taper_core::text::Note;
use taper_core::value::{Minutes, Nprs, Percent, SessionMinutes, Thousandths};
use uuid::Uuid;

/// Assessments, and activities.
const ASSESSMENTS: i64 = 60;
/// Sessions; 14 days hold 6 of them.
const SESSIONS: i64 = 120;
/// Days from the plan's first day to the last session.
const DAYS: i64 = SESSIONS * 14 / 6;
/// Every third assessment goes with a full red-flag screen, which is every 14 days.
const SCREEN_EVERY: i64 = 3;

/// The record, and the day after its last fact.
pub fn long_record(protocol: &ProtocolRef) -> Result<(Record, Date)> {
    let mut maker = Maker { made: 0, onset: date(2025, 1, 6) };
    let mut assessments = Vec::new();
    let mut activities = Vec::new();
    for number in 0..ASSESSMENTS {
        let day = 1 + number * DAYS / ASSESSMENTS;
        let assessment = maker.assessment(day, number % SCREEN_EVERY == 0)?;
        assessments.push(maker.fact(AssessmentId, assessment));
        let activity = maker.activity(day + 2)?;
        activities.push(maker.fact(ActivityId, activity));
    }
    let mut sessions = Vec::new();
    for number in 0..SESSIONS {
        let session = maker.session(1 + number * DAYS / SESSIONS)?;
        sessions.push(maker.fact(SessionId, session));
    }
    let decisions = maker.decisions();
    let (injury, plan) = (maker.injury(), maker.plan(protocol));
    let patient = PatientFacts {
        birth_date: Some(date(1984, 5, 20)),
        cautions: Vec::new(),
        cautions_reviewed_date: Some(maker.date(1)),
    };
    let record = Record {
        patient,
        injury: maker.fact(InjuryId, injury),
        recurrence: None,
        assessments,
        activities,
        plan: maker.fact(PlanId, plan),
        sessions,
        decisions,
    };
    Ok((record, maker.date(DAYS + 2)))
}

struct Maker {
    made: u64,
    onset: Date,
}

impl Maker {
    fn date(&self, day: i64) -> Date {
        self.onset.saturating_add(SignedDuration::from_hours(day * 24))
    }

    fn fact<I, T>(&mut self, id: impl FnOnce(Uuid) -> I, content: T) -> Fact<I, T> {
        self.made += 1;
        Fact {
            id: id(Uuid::from_u64_pair(1, self.made)),
            revision: 1,
            recorded_at: Timestamp::UNIX_EPOCH,
            entered_in_error: false,
            content,
        }
    }

    /// Twelve results that get better over the months, and with `screen` every red flag, all absent.
    fn assessment(&self, day: i64, screen: bool) -> Result<Assessment> {
        let pain = falling(6, day, 120);
        let (tens, percent) = (falling(30, day, 150), 100 - falling(60, day, 200));
        let mut results = vec![
            number("pain_worst_24h", pain)?,
            number("pain_daily_life", falling(5, day, 60))?,
            number("pain_walking", falling(4, day, 12))?,
            number("pain_isometric", falling(5, day, 60))?,
            number("pain_stretch", falling(6, day, 90))?,
            code("gait", if day < 10 { 1 } else { 0 })?,
            code("swelling", if day < 10 { 1 } else { 0 })?,
            number("knee_extension_deficit_deg", tens)?,
            number("straight_leg_raise_percent", percent)?,
            number("palpation_length_cm", falling(12, day, 150))?,
            number("strength_outer_percent", percent)?,
            number("lefs", 80 - falling(50, day, 200))?,
        ];
        if screen {
            for measure in ALL.iter().filter(|measure| measure.code.starts_with("red_flag_")) {
                results.push(result(measure.code, Value::Finding(false))?);
            }
        }
        let speed_kmh = Thousandths::whole(8 + day / 40);
        let run_stages = if day > 180 { vec![RunStage { speed_kmh, pain: Nprs::new(0)? }] } else { Vec::new() };
        let therapist = Some(TherapistId(Uuid::from_u64_pair(2, 1)));
        Ok(Assessment { date: self.date(day), therapist, results, run_stages, note: Note::default() })
    }

    fn activity(&self, day: i64) -> Result<Activity> {
        let kinds = [ActivityKind::Elliptical, ActivityKind::Strength, ActivityKind::Run];
        let place = usize::try_from(day / 100).unwrap_or_default();
        Ok(Activity {
            date: self.date(day),
            kind: kinds.get(place).copied().unwrap_or(ActivityKind::Run),
            minutes: Some(Minutes::new(30)?),
            speed_kmh: None,
            load_kg: None,
            effort_percent: Some(Percent::new(70)?),
            pain_during: Some(Nprs::new(falling(2, day, 100))?),
            pain_next_morning: Some(Nprs::new(falling(3, day, 100))?),
            reported_by: Reporter::Patient,
            note: Note::default(),
        })
    }

    fn session(&self, day: i64) -> Result<Session> {
        let date = self.date(day);
        let start = date.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).context("the start of a session")?.timestamp();
        let treatment = |modality, result| Treatment { modality, minutes: None, result, note: Note::default() };
        Ok(Session {
            kind: SessionKind::Massage,
            state: SessionState::Attended,
            start,
            date,
            minutes: SessionMinutes::new(30)?,
            therapist: None,
            focus: Vec::new(),
            treatments: vec![
                treatment(Modality::Massage, Some(ModalityResult::Helped)),
                treatment(Modality::Exercise, None),
            ],
            pain_before: None,
            pain_after: Some(Nprs::new(falling(4, day, 100))?),
            pain_next_morning: Some(Nprs::new(falling(3, day, 100))?),
            adverse_events: Vec::new(),
            note: Note::default(),
            charge: None,
        })
    }

    fn decisions(&mut self) -> Vec<Fact<DecisionId, Decision>> {
        let cleared = |rule_id: &str| Decided::ClearReferral {
            rule_id: rule_id.to_owned(),
            outcome: ClearanceOutcome::ImagingNegative,
            cleared_by: ClearedBy::Physician,
            note: Note::default(),
        };
        let decided = [
            (1, Decided::Activation { phase: Phase::One, step: 0 }),
            (16, Decided::Phase(Phase::Two)),
            (16, Decided::ResumeStretching),
            (70, Decided::Phase(Phase::Three)),
            (80, Decided::TaperStep(1)),
            (90, Decided::Phase(Phase::Two)),
            (90, Decided::TaperStep(0)),
            (96, cleared("RF-PERSISTENT")),
            (110, Decided::Phase(Phase::Three)),
            (130, Decided::TaperStep(1)),
            (200, Decided::Phase(Phase::Four)),
            (210, Decided::TaperStep(2)),
        ];
        let mut decisions = Vec::new();
        for (day, decided) in decided {
            let decision = Decision {
                date: self.date(day),
                decided_at: Timestamp::UNIX_EPOCH,
                therapist: TherapistId(Uuid::from_u64_pair(2, 1)),
                decided,
                override_reason: None,
                note: Note::default(),
                receipt: None,
            };
            decisions.push(self.fact(DecisionId, decision));
        }
        decisions
    }

    fn injury(&self) -> Injury {
        Injury {
            side: Side::Left,
            site: Site::TieIn,
            onset_date: self.onset,
            mechanism: Mechanism::Sprint,
            presentation: Presentation::Acute,
            recurs_from: None,
            earlier_treatments: Vec::new(),
            return_date: None,
            note: Note::default(),
        }
    }

    fn plan(&self, protocol: &ProtocolRef) -> Plan {
        Plan {
            protocol: protocol.clone(),
            policy: Policy::default(),
            steps: Vec::new(),
            focus: Vec::new(),
            start_date: self.date(1),
            state: PlanState::Active,
        }
    }
}

/// From a first value down to 0 on a day.
fn falling(first: i64, day: i64, zero_day: i64) -> i64 {
    (first * (zero_day - day) / zero_day).max(0)
}

fn number(code: &str, number: i64) -> Result<Observed> {
    result(code, Value::Number(Thousandths::whole(number)))
}

/// The code at a place of the measure's list, from best to worst.
fn code(code: &str, place: usize) -> Result<Observed> {
    let Shape::Code(codes) = MeasureCode::parse(code)?.measure().shape else {
        anyhow::bail!("{code} has no codes");
    };
    let value = codes.get(place).context("no such place")?;
    result(code, Value::Code((*value).into()))
}

fn result(code: &str, value: Value) -> Result<Observed> {
    let measure = MeasureCode::parse(code)?;
    measure.measure().check(&value).with_context(|| code.to_owned())?;
    Ok(Observed { measure, value, site: None, tester: None, device: None })
}
