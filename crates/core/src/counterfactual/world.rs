//! The record as it is known, on which changes are tried out: what is needed with them, and whether they are enough.

use jiff::civil::Date;

use crate::measure::MeasureCode;
use crate::protocol::Protocol;
use crate::recommend::days;
use crate::recommend::evaluator::Evaluator;
use crate::recommend::seen::Facts;
use crate::recommend::series::{Book, Window, worst};
use crate::recommendation::Seen;
use crate::record::codes::Site;
use crate::record::{PatientFacts, Record};

use super::apply::add;
use super::goal::{Aim, needs, needs_of_activity};
use super::measures::seen;
use super::remembered::{Remembered, Situation, conditions_asked_about};
use super::{Change, ChangeKind, Goal};

/// The record as it was known on a day, read once, and the protocol it is read by.
pub(super) struct World<'p> {
    pub protocol: &'p Protocol,
    pub as_of: Date,
    /// What is known, but for the decisions.
    facts: Facts<'p>,
    /// Its values as they are seen on the day, and on later days where the next morning adds some.
    books: [Option<Book>; 2],
    has_next_morning: bool,
    /// What is known of patient, injury, plan and decisions; what is supposed is added here for the time of a question.
    supposed: Record,
    patient: PatientFacts,
    decisions: usize,
    remembered: Remembered,
    /// Conditions of referrals that rules ask about.
    conditions: Vec<usize>,
}

impl<'p> World<'p> {
    pub(super) fn new(protocol: &'p Protocol, record: &'p Record, as_of: Date) -> Self {
        let mut facts = Facts::of(record, as_of);
        let supposed = Record {
            patient: record.patient.clone(),
            injury: record.injury.clone(),
            recurrence: record.recurrence.clone(),
            assessments: Vec::new(),
            activities: Vec::new(),
            plan: record.plan.clone(),
            sessions: Vec::new(),
            decisions: facts.decisions.drain(..).cloned().collect(),
        };
        let (patient, decisions) = (record.patient.clone(), supposed.decisions.len());
        let has_next_morning = facts.activities.iter().any(|fact| fact.content.date == as_of)
            || facts.visits.iter().any(|fact| fact.content.date == as_of);
        let (remembered, conditions) = (Remembered::default(), conditions_asked_about(protocol));
        Self {
            protocol,
            as_of,
            facts,
            books: [None, None],
            has_next_morning,
            supposed,
            patient,
            decisions,
            remembered,
            conditions,
        }
    }

    /// Asks something of the record with these changes, on a day.
    pub(super) fn ask<R>(
        &mut self,
        changes: &[Change],
        day: Date,
        question: impl FnOnce(&mut Situation<'_, '_>) -> R,
    ) -> R {
        let mut book = self.take_book(day);
        add(&mut self.supposed, changes);
        let further = Facts::of(&self.supposed, day);
        book.suppose(self.protocol, &further, day);
        let facts = self.facts.with(&further);
        let evaluator = Evaluator::over(self.protocol, &self.supposed, day, facts, book);
        let mut situation = Situation::new(evaluator, &self.remembered, changes, &self.conditions);
        let answer = question(&mut situation);
        book = situation.evaluator.book;
        book.forget();
        self.put_back(day, book);
        self.supposed.assessments.clear();
        self.supposed.activities.clear();
        self.supposed.sessions.clear();
        self.supposed.decisions.truncate(self.decisions);
        self.supposed.patient.clone_from(&self.patient);
        answer
    }

    fn take_book(&mut self, day: Date) -> Book {
        let latest = day.min(days::next(self.as_of));
        let place = self.place_of_book(day);
        let kept = self.books.get_mut(place).and_then(Option::take);
        kept.unwrap_or_else(|| Book::of(self.protocol, &self.facts, latest))
    }

    fn put_back(&mut self, day: Date, book: Book) {
        let place = self.place_of_book(day);
        if let Some(free) = self.books.get_mut(place) {
            *free = Some(book);
        }
    }

    fn place_of_book(&self, day: Date) -> usize {
        usize::from(self.has_next_morning && day > self.as_of)
    }

    /// The latest value on record on the day itself, whether or not it counts; of several the worst.
    pub(super) fn present(&mut self, measure: MeasureCode, site: Option<Site>) -> Option<Seen> {
        let book = self.take_book(self.as_of);
        let window = Window { from: Date::MIN, to: self.as_of, site };
        let within = book.at(self.protocol.place_of_measure(measure)).within(&window);
        let known = || within.iter().filter(|entry| window.at_site(entry) && entry.level.is_some());
        let last = known().map(|entry| entry.date).max();
        let worst = worst(known().filter(|entry| Some(entry.date) == last), measure.measure().worse);
        let present = worst.and_then(|entry| entry.level).map(|level| seen(measure.measure(), level));
        self.put_back(self.as_of, book);
        present
    }

    /// Whether the advice is given on a day with these changes.
    pub(super) fn gives(&mut self, changes: &[Change], day: Date, goal: Goal) -> bool {
        self.ask(changes, day, |situation| needs(situation, Aim::Advice(goal)).is_empty())
    }

    /// Whether the advice of its day, with all changes, allows an activity.
    fn allows(&mut self, changes: &[Change], activity: &Change) -> bool {
        self.ask(changes, activity.date, |situation| needs_of_activity(situation, &activity.kind).is_empty())
    }

    /// Whether the changes lead to the advice, and every phase and rung that is decided in them from a day on is decided as
    /// advised then, every activity done as allowed.
    pub(super) fn reaches(&mut self, changes: &[Change], from: Date, day: Date, goal: Goal) -> bool {
        for (place, change) in changes.iter().enumerate().filter(|(_, change)| change.date >= from) {
            let goal = match change.kind {
                ChangeKind::DecidePhase(_) => Goal::NextPhase,
                ChangeKind::DecideStep(_) => Goal::NextStep,
                ChangeKind::Activity { .. } => {
                    if !self.allows(changes, change) {
                        return false;
                    }
                    continue;
                }
                _ => continue,
            };
            let before = before_decision(changes, place);
            let advised = self.ask(&before, change.date, |situation| {
                let today = situation.evaluator.today();
                let is_next = match change.kind {
                    ChangeKind::DecidePhase(phase) => today.phase.and_then(|present| present.next()) == Some(phase),
                    ChangeKind::DecideStep(step) => {
                        today.step.map(|present| present.saturating_add(1)) == Some(step.into())
                    }
                    _ => false,
                };
                is_next && needs(situation, Aim::Advice(goal)).is_empty()
            });
            if !advised {
                return false;
            }
        }
        self.gives(changes, day, goal)
    }
}

/// The changes without the decision at a place and those on phase and rung that come after it.
pub(super) fn before_decision(changes: &[Change], place: usize) -> Vec<Change> {
    let kept = changes.iter().enumerate().filter(|(number, change)| *number < place || !is_decision(&change.kind));
    kept.map(|(_, change)| change.clone()).collect()
}

/// Whether a phase or a rung is decided.
pub(super) fn is_decision(kind: &ChangeKind) -> bool {
    matches!(kind, ChangeKind::DecidePhase(_) | ChangeKind::DecideStep(_))
}
