//! Reading at any pair of times is filtering a plain list, whatever order things were recorded in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use taper_core::ids::{ActivityId, AssessmentId, DecisionId, SessionId};
use taper_core::record::Fact;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;
use taper_store::{
    Amendment, At, Error, PlanKey, Stored, Version, Write, activities, assessments, decisions, injuries, patients,
    plans, records, sessions,
};
use uuid::Uuid;

use crate::harness::{Home, instant, on_both};
use crate::samples::*;

on_both! {
    reading_at_any_pair_of_times_is_filtering_a_plain_list;
    what_was_not_recorded_yet_is_not_found;
    a_plan_had_the_version_that_its_revisions_and_decisions_until_then_count;
    what_a_recommendation_was_issued_from_stays_as_it_was;
}

/// The same sequence on every run: a linear congruential generator, its upper bits.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn day(&mut self) -> Date {
        date(2026, 3, 1 + i8::try_from(self.below(12)).unwrap())
    }

    /// One of 400 microseconds, so that ties and clocks that go backwards are common.
    fn instant(&mut self) -> Timestamp {
        micros(1_000_000_000 + i64::try_from(self.below(400)).unwrap())
    }
}

fn micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap()
}

fn after(instant: Timestamp) -> Timestamp {
    micros(instant.as_microsecond() + 1)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Assessment,
    Activity,
    Session,
    Decision,
}

const KINDS: [Kind; 4] = [Kind::Assessment, Kind::Activity, Kind::Session, Kind::Decision];

/// One revision in the plain list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    kind: Kind,
    id: Uuid,
    revision: u32,
    date: Date,
    recorded_at: Timestamp,
    in_error: bool,
}

/// The naive model: everything that was ever recorded, in a list.
#[derive(Default)]
struct Model {
    list: Vec<Listed>,
    sealed_at: Option<Timestamp>,
    plan_revisions: Vec<Timestamp>,
}

impl Model {
    fn recorded_at(&self, now: Timestamp, before: Option<Timestamp>) -> Timestamp {
        let earliest = self.sealed_at.into_iter().chain(before).map(after).max();
        earliest.map_or(now, |earliest| earliest.max(now))
    }

    fn latest(&self, id: Uuid) -> Listed {
        self.list.iter().rfind(|listed| listed.id == id).unwrap().clone()
    }

    fn amendable(&self) -> Vec<Uuid> {
        let ids: BTreeSet<Uuid> = self.list.iter().filter(|l| l.kind != Kind::Decision).map(|l| l.id).collect();
        ids.into_iter().collect()
    }

    /// The filter: of each fact the last revision that was recorded by then, unless it counts for a later day.
    fn seen(&self, kind: Kind, at: At) -> Vec<Listed> {
        let mut seen: BTreeMap<Uuid, Listed> = BTreeMap::new();
        for listed in self.list.iter().filter(|listed| listed.kind == kind) {
            if at.known_at.is_none_or(|known_at| listed.recorded_at <= known_at) {
                seen.insert(listed.id, listed.clone());
            }
        }
        seen.retain(|_, listed| at.as_of.is_none_or(|as_of| listed.date <= as_of));
        seen.into_values().collect()
    }
}

fn listed<I, T>(kind: Kind, id: Uuid, date: Date, fact: Fact<I, T>) -> Listed {
    Listed { kind, id, revision: fact.revision, date, recorded_at: fact.recorded_at, in_error: fact.entered_in_error }
}

fn of_assessment(fact: Fact<AssessmentId, taper_core::record::assessment::Assessment>) -> Listed {
    listed(Kind::Assessment, fact.id.0, fact.content.date, fact)
}

fn of_activity(fact: Fact<ActivityId, taper_core::record::activity::Activity>) -> Listed {
    listed(Kind::Activity, fact.id.0, fact.content.date, fact)
}

fn of_session(fact: Fact<SessionId, taper_core::record::session::Session>) -> Listed {
    listed(Kind::Session, fact.id.0, fact.content.date, fact)
}

fn of_decision(fact: Fact<DecisionId, taper_core::record::decision::Decision>) -> Listed {
    listed(Kind::Decision, fact.id.0, fact.content.date, fact)
}

async fn create(tx: &Write, key: PlanKey, kind: Kind, date: Date, now: Timestamp) -> Listed {
    let injury = key.injury_key();
    match kind {
        Kind::Assessment => {
            let content = taper_core::record::assessment::Assessment { date, ..small_assessment() };
            of_assessment(assessments::create(tx, injury, assessment_id(), &content, now).await.unwrap().fact())
        }
        Kind::Activity => {
            let content = taper_core::record::activity::Activity { date, ..activity() };
            of_activity(activities::create(tx, injury, activity_id(), &content, now).await.unwrap().fact())
        }
        Kind::Session => {
            let content = taper_core::record::session::Session { date, ..small_session() };
            of_session(sessions::create(tx, key, session_id(), &content, now).await.unwrap().fact())
        }
        Kind::Decision => {
            let content = taper_core::record::decision::Decision { date, ..small_decision(Decided::Discharge) };
            let version = plans::get(tx, key, At::NOW).await.unwrap().version;
            of_decision(decisions::create(tx, key, version, decision_id(), &content, now).await.unwrap().fact())
        }
    }
}

async fn amend(tx: &Write, key: PlanKey, before: &Listed, date: Date, in_error: bool, now: Timestamp) -> Listed {
    let injury = key.injury_key();
    let amendment = Amendment { expected: None, reason: None, entered_in_error: in_error, now };
    match before.kind {
        Kind::Assessment => {
            let content = taper_core::record::assessment::Assessment { date, ..small_assessment() };
            let id = AssessmentId(before.id);
            of_assessment(assessments::amend(tx, injury, id, &content, amendment).await.unwrap().fact())
        }
        Kind::Activity => {
            let content = taper_core::record::activity::Activity { date, ..activity() };
            let id = ActivityId(before.id);
            of_activity(activities::amend(tx, injury, id, &content, amendment).await.unwrap().fact())
        }
        Kind::Session => {
            let content = taper_core::record::session::Session { date, ..small_session() };
            of_session(sessions::amend(tx, key, SessionId(before.id), &content, amendment).await.unwrap().fact())
        }
        Kind::Decision => panic!("a decision is never amended"),
    }
}

/// One random operation, done on the database and in the model alike.
async fn step(tx: &Write, key: PlanKey, dice: &mut Dice, model: &mut Model) {
    let now = dice.instant();
    let amendable = model.amendable();
    match dice.below(20) {
        0 => {
            let known_at = records::hold(tx, key, now).await.unwrap();
            assert!(known_at >= now && model.list.iter().all(|listed| listed.recorded_at <= known_at));
            model.sealed_at = Some(known_at);
        }
        1 => {
            let recorded_at = model.recorded_at(now, model.plan_revisions.last().copied());
            let revised = plans::revise(tx, key, None, &plan(PlanState::Draft), now).await.unwrap();
            assert_eq!(revised.update_time, recorded_at);
            model.plan_revisions.push(recorded_at);
        }
        2..8 if !amendable.is_empty() => {
            let place = usize::try_from(dice.below(u64::try_from(amendable.len()).unwrap())).unwrap();
            let before = model.latest(amendable[place]);
            let (date, in_error) = (dice.day(), dice.below(3) == 0);
            let expected = Listed {
                revision: before.revision + 1,
                date,
                recorded_at: model.recorded_at(now, Some(before.recorded_at)),
                in_error,
                ..before.clone()
            };
            assert_eq!(amend(tx, key, &before, date, in_error, now).await, expected);
            model.list.push(expected);
        }
        _ => {
            let (kind, date) = (KINDS[usize::try_from(dice.below(4)).unwrap()], dice.day());
            let made = create(tx, key, kind, date, now).await;
            let recorded_at = model.recorded_at(now, None);
            assert_eq!(made, Listed { kind, id: made.id, revision: 1, date, recorded_at, in_error: false });
            model.list.push(made);
        }
    }
}

fn all<I, T>(rows: Vec<Stored<I, T>>, listed: fn(Fact<I, T>) -> Listed) -> Vec<Listed> {
    rows.into_iter().map(|row| listed(row.fact())).collect()
}

fn by_id<I, T>(facts: Vec<Fact<I, T>>, listed: fn(Fact<I, T>) -> Listed) -> Vec<Listed> {
    let mut facts: Vec<Listed> = facts.into_iter().map(listed).collect();
    facts.sort_by_key(|fact| fact.id);
    facts
}

async fn check(tx: &Write, key: PlanKey, model: &Model, at: At) {
    let injury = key.injury_key();
    let lists = [
        all(assessments::list(tx, injury, None, 1000, at).await.unwrap(), of_assessment),
        all(activities::list(tx, injury, None, 1000, at).await.unwrap(), of_activity),
        all(sessions::list(tx, key, None, 1000, at).await.unwrap(), of_session),
        all(decisions::list(tx, key, None, 1000, at).await.unwrap(), of_decision),
    ];
    for (kind, list) in KINDS.into_iter().zip(lists) {
        assert_eq!(list, model.seen(kind, at), "{kind:?} {at:?}");
    }
    // One fact by its id: there exactly when the list has it.
    let sampled: BTreeSet<(Kind, Uuid)> = model.list.iter().step_by(7).map(|l| (l.kind, l.id)).collect();
    for (kind, id) in sampled {
        let found = match kind {
            Kind::Assessment => {
                assessments::get(tx, injury, AssessmentId(id), at).await.map(|f| of_assessment(f.fact()))
            }
            Kind::Activity => activities::get(tx, injury, ActivityId(id), at).await.map(|f| of_activity(f.fact())),
            Kind::Session => sessions::get(tx, key, SessionId(id), at).await.map(|f| of_session(f.fact())),
            Kind::Decision => decisions::get(tx, key, DecisionId(id), at).await.map(|f| of_decision(f.fact())),
        };
        let expected = model.seen(kind, at).into_iter().find(|listed| listed.id == id);
        assert_eq!(found.as_ref().ok(), expected.as_ref(), "{kind:?} {id} {at:?}");
        assert!(found.is_ok() || matches!(found, Err(Error::NotFound { .. })), "{found:?}");
    }
    let every_day = At { as_of: None, ..at };
    let loaded = records::load(tx, key, at.known_at).await;
    let plan_revision =
        model.plan_revisions.iter().filter(|recorded| at.known_at.is_none_or(|known| **recorded <= known));
    let plan_revision = u32::try_from(plan_revision.count()).unwrap();
    let Ok(record) = loaded else {
        assert_eq!(plan_revision, 0);
        return;
    };
    assert_eq!(record.plan.revision, plan_revision);
    assert_eq!(by_id(record.assessments, of_assessment), model.seen(Kind::Assessment, every_day));
    assert_eq!(by_id(record.activities, of_activity), model.seen(Kind::Activity, every_day));
    assert_eq!(by_id(record.sessions, of_session), model.seen(Kind::Session, every_day));
    assert_eq!(by_id(record.decisions, of_decision), model.seen(Kind::Decision, every_day));
}

async fn reading_at_any_pair_of_times_is_filtering_a_plain_list(home: &Home) {
    for seed in 1..=5 {
        let mut dice = Dice(seed);
        let tx = home.write("here").await;
        let key = a_plan(&tx).await;
        let mut model = Model { plan_revisions: vec![instant(12)], ..Model::default() };
        for count in 1..=150 {
            step(&tx, key, &mut dice, &mut model).await;
            if count % 15 == 0 {
                check(&tx, key, &model, At::NOW).await;
                check(&tx, key, &model, At { as_of: Some(dice.day()), known_at: None }).await;
                for _ in 0..3 {
                    let at = At { as_of: Some(dice.day()), known_at: Some(dice.instant()) };
                    check(&tx, key, &model, at).await;
                }
            }
        }
        check(&tx, key, &model, At { as_of: None, known_at: Some(instant(11)) }).await;
        assert!(model.list.iter().any(|listed| listed.revision > 3), "the dice amended too little");
        tx.commit().await.unwrap();
    }
}

async fn what_was_not_recorded_yet_is_not_found(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let known = |second| At { as_of: None, known_at: Some(instant(second)) };
    let not_found = |answer: Option<Error>| assert!(matches!(answer, Some(Error::NotFound { .. })), "{answer:?}");
    not_found(patients::get(&tx, key.patient, known(9)).await.err());
    not_found(injuries::get(&tx, key.injury_key(), known(10)).await.err());
    not_found(plans::get(&tx, key, known(11)).await.err());
    not_found(records::load(&tx, key, Some(instant(11))).await.err());
    assert_eq!(plans::list(&tx, key.injury_key(), None, 9, known(11)).await, Ok(vec![]));
    assert_eq!(patients::get(&tx, key.patient, known(10)).await, patients::get(&tx, key.patient, At::NOW).await);
    let then = injuries::get(&tx, key.injury_key(), known(11)).await.unwrap();
    injuries::revise(&tx, key.injury_key(), None, &injury(Some(key.injury)), instant(20)).await.unwrap();
    patients::update(&tx, key.patient, None, &patient(&[("acme", "7")]), instant(21)).await.unwrap();
    assert_eq!(injuries::get(&tx, key.injury_key(), known(19)).await, Ok(then));
    assert_eq!(injuries::get(&tx, key.injury_key(), known(20)).await.unwrap().version, Version(2));
    assert!(patients::get(&tx, key.patient, known(20)).await.unwrap().content.external_ids.is_empty());
}

async fn a_plan_had_the_version_that_its_revisions_and_decisions_until_then_count(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let decided = small_decision(Decided::Discharge);
    decisions::create(&tx, key, Version(1), decision_id(), &decided, instant(20)).await.unwrap();
    plans::revise(&tx, key, None, &plan(PlanState::Active), instant(30)).await.unwrap();
    decisions::create(&tx, key, Version(3), decision_id(), &decided, instant(40)).await.unwrap();
    for (second, version, revision) in [(12, 1, 1), (19, 1, 1), (20, 2, 1), (30, 3, 2), (39, 3, 2), (40, 4, 2)] {
        let at = At { as_of: None, known_at: Some(instant(second)) };
        let then = plans::get(&tx, key, at).await.unwrap();
        assert_eq!((then.version, then.revision), (Version(version), revision), "{second}");
        assert_eq!(plans::list(&tx, key.injury_key(), None, 9, at).await, Ok(vec![then]));
    }
    assert_eq!(plans::get(&tx, key, At::NOW).await.unwrap().version, Version(4));
}

async fn what_a_recommendation_was_issued_from_stays_as_it_was(home: &Home) {
    let mut dice = Dice(3);
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let mut model = Model { plan_revisions: vec![instant(12)], ..Model::default() };
    let mut issued = Vec::new();
    for count in 1..=120 {
        step(&tx, key, &mut dice, &mut model).await;
        if count % 20 == 0 {
            let known_at = records::hold(&tx, key, dice.instant()).await.unwrap();
            model.sealed_at = Some(known_at);
            let now = records::load(&tx, key, None).await.unwrap();
            let then = records::load(&tx, key, Some(known_at)).await.unwrap();
            assert_eq!(by_id(then.sessions, of_session), by_id(now.sessions, of_session));
            issued.push((known_at, records::evidence(&tx, key, known_at).await.unwrap()));
        }
    }
    for (known_at, evidence) in issued {
        assert_eq!(records::evidence(&tx, key, known_at).await.unwrap(), evidence);
    }
}
