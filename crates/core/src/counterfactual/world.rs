//! The record as it is known, on which changes are tried out: what is needed with them, and whether they are enough.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::recommend::evaluator::Evaluator;
use crate::record::Record;

use super::apply::{add, known_on};
use super::goal::{Aim, needs};
use super::{Change, ChangeKind, Goal};

/// The record as it was known on a day, and the protocol it is read by.
pub(super) struct World<'p> {
    pub protocol: &'p Protocol,
    pub as_of: Date,
    record: Record,
}

impl<'p> World<'p> {
    pub(super) fn new(protocol: &'p Protocol, record: &Record, as_of: Date) -> Self {
        Self { protocol, as_of, record: known_on(record, as_of) }
    }

    /// Asks something of the record with these changes, on a day. The changes are taken back again.
    pub(super) fn ask<R>(
        &mut self,
        changes: &[Change],
        day: Date,
        question: impl FnOnce(&mut Evaluator<'_>) -> R,
    ) -> R {
        let record = &mut self.record;
        let (assessments, activities) = (record.assessments.len(), record.activities.len());
        let (sessions, decisions) = (record.sessions.len(), record.decisions.len());
        let patient = record.patient.clone();
        add(record, changes);
        let answer = question(&mut Evaluator::new(self.protocol, record, day));
        record.assessments.truncate(assessments);
        record.activities.truncate(activities);
        record.sessions.truncate(sessions);
        record.decisions.truncate(decisions);
        record.patient = patient;
        answer
    }

    /// Whether the advice is given on a day with these changes.
    pub(super) fn gives(&mut self, changes: &[Change], day: Date, goal: Goal) -> bool {
        self.ask(changes, day, |evaluator| needs(evaluator, Aim::Advice(goal)).is_empty())
    }

    /// Whether the changes lead to the advice, and every phase and rung in them is decided as advised on its day.
    pub(super) fn reaches(&mut self, changes: &[Change], day: Date, goal: Goal) -> bool {
        for (place, change) in changes.iter().enumerate() {
            let goal = match change.kind {
                ChangeKind::DecidePhase(_) => Goal::NextPhase,
                ChangeKind::DecideStep(_) => Goal::NextStep,
                _ => continue,
            };
            let before = before_decision(changes, place);
            let advised = self.ask(&before, change.date, |evaluator| {
                let today = evaluator.today();
                let is_next = match change.kind {
                    ChangeKind::DecidePhase(phase) => today.phase.and_then(|present| present.next()) == Some(phase),
                    ChangeKind::DecideStep(step) => {
                        today.step.map(|present| present.saturating_add(1)) == Some(step.into())
                    }
                    _ => false,
                };
                is_next && needs(evaluator, Aim::Advice(goal)).is_empty()
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
    let is_decision = |kind: &ChangeKind| matches!(kind, ChangeKind::DecidePhase(_) | ChangeKind::DecideStep(_));
    let kept = changes.iter().enumerate().filter(|(number, change)| *number < place || !is_decision(&change.kind));
    kept.map(|(_, change)| change.clone()).collect()
}
