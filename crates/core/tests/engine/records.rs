//! Records for the properties: any that the types allow, and plausible ones on which the advice varies.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, InjuryId, PlanId, SessionId};
use taper_core::measure::{ALL, MeasureCode, Shape, Value, Worse};
use taper_core::record::activity::Activity;
use taper_core::record::assessment::{Assessment, Observed, RunStage};
use taper_core::record::codes::*;
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::{EarlierTreatment, Injury};
use taper_core::record::plan::{FocusShare, FrequencyStep, Phase, Plan, Policy, ProtocolRef};
use taper_core::record::session::{AdverseEvent, Session, Treatment};
use taper_core::record::{Fact, PatientFacts, Record, Recurrence};
use taper_core::text::Note;
use taper_core::value::{Minutes, Nprs, Percent, SessionMinutes, Thousandths, VisitMinutes, VisitsPerWeek};
use uuid::Uuid;

use crate::document::{day, tester};

/// A small deterministic source of choices, so that a failing seed can be run again.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.one_in(2) { Some(value(self)) } else { None }
    }

    fn many<T>(&mut self, most: usize, mut value: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| value(self)).collect()
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = most.wrapping_sub(least).wrapping_add(1) as u64;
        if width == 0 { self.next() as i64 } else { least.wrapping_add((self.next() % width) as i64) }
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}

/// What kind of record is made.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Whatever the types allow: extreme dates, values of the wrong shape, empty or endless ladders.
    Wild,
    /// Valid values, mostly good ones, within some weeks.
    Plausible,
}

/// Makes records.
pub struct Maker<'d> {
    pub dice: &'d mut Dice,
    pub kind: Kind,
    made: u64,
}

impl<'d> Maker<'d> {
    pub fn new(dice: &'d mut Dice, kind: Kind) -> Self {
        Self { dice, kind, made: 0 }
    }

    pub fn date(&mut self) -> Date {
        if self.kind == Kind::Wild && self.dice.one_in(8) {
            let (year, month) = (self.dice.between(-9999, 9999) as i16, self.dice.between(1, 12) as i8);
            return match self.dice.below(3) {
                0 => Date::MIN,
                1 => Date::MAX,
                _ => jiff::civil::date(year, month, 28),
            };
        }
        day(self.dice.between(0, 50))
    }

    fn fact<I, T>(&mut self, id: impl FnOnce(Uuid) -> I, content: T) -> Fact<I, T> {
        self.made += 1;
        Fact {
            id: id(Uuid::from_u64_pair(self.dice.next(), self.made)),
            revision: 1,
            recorded_at: Timestamp::UNIX_EPOCH,
            entered_in_error: self.dice.one_in(20),
            content,
        }
    }

    pub fn pain(&mut self) -> Nprs {
        let most = if self.kind == Kind::Plausible && !self.dice.one_in(4) { 2 } else { 10 };
        Nprs::new(self.dice.between(0, most)).unwrap()
    }

    pub fn value(&mut self, measure: MeasureCode) -> Value {
        let entry = measure.measure();
        if self.dice.one_in(12) {
            return Value::NotMeasured;
        }
        if self.kind == Kind::Wild && self.dice.one_in(6) {
            return match self.dice.below(3) {
                0 => Value::Number(Thousandths(self.dice.next() as i64)),
                1 => Value::Finding(true),
                _ => Value::Code("what".into()),
            };
        }
        let poor = self.dice.one_in(4);
        match entry.shape {
            Shape::Number { min, max, step, .. } => {
                let steps = (max.0 - min.0) / step.0.max(1);
                let good = match entry.worse {
                    Worse::Higher => self.dice.between(0, steps / 10),
                    Worse::Lower => self.dice.between(steps - steps / 3, steps),
                };
                let chosen = if poor { self.dice.between(0, steps) } else { good };
                Value::Number(Thousandths(min.0 + chosen * step.0.max(1)))
            }
            Shape::Finding => Value::Finding((entry.worse == Worse::Lower) != (poor && self.dice.one_in(4))),
            Shape::Code(codes) => Value::Code((if poor { self.dice.pick(codes) } else { codes[0] }).into()),
        }
    }

    fn assessment(&mut self) -> Assessment {
        let whole = self.kind == Kind::Plausible && self.dice.one_in(2);
        let mut results = Vec::new();
        for measure in ALL {
            let measured = if whole { !self.dice.one_in(15) } else { self.dice.one_in(8) };
            if !measured {
                continue;
            }
            let measure = MeasureCode::parse(measure.code).unwrap();
            let sites = [None, Some(Site::Belly), Some(Site::TieIn)];
            let site = if measure.measure().sited && self.dice.one_in(4) { self.dice.pick(&sites) } else { None };
            let by = self.dice.maybe(|dice| tester(dice.below(2) as u64));
            let value = self.value(measure);
            if self.dice.one_in(6) {
                let other = self.dice.maybe(|dice| tester(dice.below(2) as u64));
                results.push(Observed { measure, value: value.clone(), site, tester: other, device: None });
            }
            results.push(Observed { measure, value, site, tester: by, device: None });
        }
        let stages = if self.dice.one_in(3) { self.dice.below(4) } else { 0 };
        let run_stages = (0..stages).map(|_| RunStage { speed_kmh: self.speed(), pain: self.pain() }).collect();
        let therapist = if self.dice.one_in(4) { None } else { Some(tester(0)) };
        Assessment { date: self.date(), therapist, results, run_stages, note: Note::default() }
    }

    fn speed(&mut self) -> Thousandths {
        let wild = self.kind == Kind::Wild && self.dice.one_in(4);
        Thousandths(if wild { self.dice.next() as i64 } else { self.dice.between(5_000, 20_000) })
    }

    fn activity(&mut self) -> Activity {
        Activity {
            date: self.date(),
            kind: self.dice.pick(ActivityKind::ALL),
            minutes: self.dice.maybe(|dice| Minutes::new(dice.between(10, 40)).unwrap()),
            speed_kmh: None,
            load_kg: None,
            effort_percent: self.dice.maybe(|dice| Percent::new(dice.pick(&[10, 25, 70, 100])).unwrap()),
            pain_during: if self.dice.one_in(4) { None } else { Some(self.pain()) },
            pain_next_morning: if self.dice.one_in(3) { None } else { Some(self.pain()) },
            reported_by: Reporter::Patient,
            note: Note::default(),
        }
    }

    fn session(&mut self) -> Session {
        let treatment = |dice: &mut Dice| Treatment {
            modality: dice.pick(Modality::ALL),
            minutes: None,
            result: dice.maybe(|dice| dice.pick(ModalityResult::ALL)),
            note: Note::default(),
        };
        let treatments = self.dice.many(3, treatment);
        let states = [
            SessionState::Attended,
            SessionState::Attended,
            SessionState::Attended,
            SessionState::Planned,
            SessionState::NoShow,
        ];
        let event = AdverseEvent { kind: AdverseEventKind::Bruising, note: Note::default() };
        Session {
            kind: self.dice.pick(SessionKind::ALL),
            state: self.dice.pick(&states),
            start: Timestamp::UNIX_EPOCH,
            date: self.date(),
            minutes: SessionMinutes::new(30).unwrap(),
            therapist: None,
            focus: Vec::new(),
            treatments,
            pain_before: None,
            pain_after: if self.dice.one_in(2) { Some(self.pain()) } else { None },
            pain_next_morning: if self.dice.one_in(3) { Some(self.pain()) } else { None },
            adverse_events: self.dice.many(1, |_| event.clone()),
            note: Note::default(),
            charge: None,
        }
    }

    fn decision(&mut self, referrals: &[String]) -> Decision {
        let decided = match self.dice.below(12) {
            0 => Decided::Discharge,
            1 => Decided::ResumeStretching,
            2..=4 => Decided::Phase(self.dice.pick(&Phase::ALL)),
            5..=7 => Decided::TaperStep(self.dice.below(4) as u8),
            8 | 9 => Decided::ClearReferral {
                rule_id: referrals.get(self.dice.below(referrals.len())).cloned().unwrap_or_default(),
                outcome: ClearanceOutcome::ImagingNegative,
                cleared_by: ClearedBy::Physician,
                note: Note::default(),
            },
            _ => Decided::Activation { phase: self.dice.pick(&Phase::ALL), step: self.dice.below(4) as u8 },
        };
        Decision {
            date: self.date(),
            decided_at: Timestamp::from_second(self.dice.between(0, 1000)).unwrap(),
            therapist: tester(0),
            decided,
            override_reason: None,
            note: Note::default(),
            receipt: None,
        }
    }

    fn plan(&mut self) -> Plan {
        let wild = self.kind == Kind::Wild;
        let step = |dice: &mut Dice| FrequencyStep {
            visits_per_week: VisitsPerWeek::new(dice.between(1, 7)).unwrap(),
            minutes: VisitMinutes::new(dice.between(5, 240)).unwrap(),
        };
        let share = |dice: &mut Dice| FocusShare {
            area: dice.pick(Area::ALL),
            percent: Percent::new(dice.between(0, 100)).unwrap(),
        };
        let start = self.date();
        Plan {
            protocol: ProtocolRef { protocol: "any".into(), version: "1".into() },
            policy: Policy {
                running: self.dice.maybe(|dice| dice.pick(RunningPolicy::ALL)),
                pain_limit: self.dice.maybe(|dice| Nprs::new(dice.between(0, 10)).unwrap()),
                pain_limit_strength: None,
                pain_limit_running: None,
                equipment: self.dice.maybe(|dice| dice.many(2, |dice| dice.pick(Equipment::ALL))),
            },
            steps: if wild { self.dice.many(4, step) } else { Vec::new() },
            focus: if wild { self.dice.many(4, share) } else { Vec::new() },
            start_date: if wild { start } else { day(self.dice.between(0, 5)) },
            state: self.dice.pick(PlanState::ALL),
        }
    }

    fn injury(&mut self) -> Injury {
        Injury {
            side: Side::Left,
            site: self.dice.pick(Site::ALL),
            onset_date: if self.kind == Kind::Wild { self.date() } else { day(0) },
            mechanism: self.dice.pick(Mechanism::ALL),
            presentation: self.dice.pick(Presentation::ALL),
            recurs_from: None,
            earlier_treatments: vec![EarlierTreatment {
                kind: Note::default(),
                discipline: None,
                from_date: self.dice.one_in(2).then(|| day(-100)),
                to_date: self.dice.one_in(2).then(|| day(-10)),
                visit_count: None,
                result: self.dice.pick(TreatmentResult::ALL),
            }],
            return_date: self.dice.one_in(5).then(|| day(40)),
            note: Note::default(),
        }
    }

    fn patient(&mut self) -> PatientFacts {
        PatientFacts {
            birth_date: self.dice.maybe(|dice| day(-dice.between(3_000, 20_000))),
            cautions: self.dice.many(1, |dice| dice.pick(Caution::ALL)),
            cautions_reviewed_date: self.dice.maybe(|_| day(1)),
        }
    }

    /// A record with up to `size` facts of each kind. `referrals` are the rules that a decision can clear.
    pub fn record(&mut self, size: usize, referrals: &[String]) -> Record {
        let (injury, patient) = (self.injury(), self.patient());
        let (injury, plan) = (self.fact(InjuryId, injury), self.plan());
        let recurrence =
            self.dice.one_in(4).then(|| Recurrence { from: injury.id, return_date: Some(day(-30)), earlier_count: 1 });
        let plan = self.fact(PlanId, plan);
        let mut record = Record {
            patient,
            injury,
            recurrence,
            assessments: Vec::new(),
            activities: Vec::new(),
            plan,
            sessions: Vec::new(),
            decisions: Vec::new(),
        };
        for _ in 0..self.dice.below(size + 1) {
            let assessment = self.assessment();
            record.assessments.push(self.fact(AssessmentId, assessment));
        }
        for _ in 0..self.dice.below(size + 1) {
            let activity = self.activity();
            record.activities.push(self.fact(ActivityId, activity));
        }
        for _ in 0..self.dice.below(size + 1) {
            let session = self.session();
            record.sessions.push(self.fact(SessionId, session));
        }
        if self.kind == Kind::Plausible && !self.dice.one_in(5) {
            let decided = Decided::Activation { phase: self.dice.pick(&Phase::ALL), step: self.dice.below(3) as u8 };
            let decision = Decision { date: day(self.dice.between(1, 10)), decided, ..self.decision(referrals) };
            record.decisions.push(self.fact(DecisionId, decision));
        }
        for _ in 0..self.dice.below(size.min(4) + 1) {
            let decision = self.decision(referrals);
            record.decisions.push(self.fact(DecisionId, decision));
        }
        record
    }
}
