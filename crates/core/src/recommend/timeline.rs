//! What the therapist's decisions put in force, by date: phase, rung, discharge, stretching.

use jiff::civil::Date;

use crate::ids::DecisionId;
use crate::record::Fact;
use crate::record::codes::PlanState;
use crate::record::decision::{Decided, Decision};
use crate::record::plan::Phase;

use super::days;

/// What is in force from a date on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InForce {
    /// The date of the decision that led here.
    pub from: Date,
    /// The plan was activated.
    pub activated: bool,
    /// The phase; none in a draft and after discharge.
    pub phase: Option<Phase>,
    /// First day whose values count for the phase in force.
    pub phase_counts_from: Date,
    /// The day on which the phase in force began.
    pub phase_began: Date,
    /// The rung, as a place in the ladder.
    pub step: Option<usize>,
    /// The day on which the rung began.
    pub step_began: Date,
    /// The last step back to more visits.
    pub stepped_back: Option<Date>,
    /// The last decision to an earlier phase.
    pub regressed: Option<Date>,
    /// A decision led to an earlier phase, and the visits have not been decided on since.
    pub owes_step_back: bool,
    /// The discharge, when the plan ended.
    pub discharged: Option<Date>,
    /// Stretching may begin again.
    pub stretching: bool,
}

/// What was in force on every day up to the day of the recommendation.
pub(crate) struct Timeline {
    start: InForce,
    changes: Vec<InForce>,
}

impl Timeline {
    /// From decisions in the order of their dates. `last_step` is the last place of the ladder.
    pub(crate) fn of(decisions: &[&Fact<DecisionId, Decision>], plan_start: Date, last_step: usize) -> Self {
        let start = InForce {
            from: plan_start,
            activated: false,
            phase: None,
            phase_counts_from: plan_start,
            phase_began: plan_start,
            step: None,
            step_began: plan_start,
            stepped_back: None,
            regressed: None,
            owes_step_back: false,
            discharged: None,
            stretching: false,
        };
        let mut now = start;
        let mut changes = Vec::with_capacity(decisions.len());
        for decision in decisions {
            now = now.changed_by(&decision.content, last_step);
            changes.push(now);
        }
        Self { start, changes }
    }

    /// What was in force at the end of a day.
    pub(crate) fn on(&self, day: Date) -> &InForce {
        if let Some(last) = self.changes.last().filter(|last| last.from <= day) {
            return last;
        }
        let until = self.changes.partition_point(|change| change.from <= day);
        let last = until.checked_sub(1).and_then(|place| self.changes.get(place));
        last.unwrap_or(&self.start)
    }

    /// The first day whose values count for the phase in force, on this day or on any later one.
    pub(super) fn counts_from(&self, day: Date) -> Date {
        let later = self.changes.partition_point(|change| change.from <= day);
        let changes = self.changes.get(later..).unwrap_or_default();
        let first = self.on(day).phase_counts_from;
        changes.iter().map(|change| change.phase_counts_from).fold(first, Date::min)
    }

    /// The last day on which a value of this date counts for the phase in force.
    pub(super) fn counts_until(&self, date: Date) -> Date {
        let later = self.changes.partition_point(|change| change.from < date);
        let changes = self.changes.get(later..).unwrap_or_default();
        let too_late = changes.iter().find(|change| self.on(change.from).phase_counts_from > date);
        too_late.map_or(Date::MAX, |change| change.from.yesterday().unwrap_or(change.from))
    }
}

impl InForce {
    fn changed_by(self, decision: &Decision, last_step: usize) -> Self {
        let mut next = Self { from: decision.date, ..self };
        match &decision.decided {
            Decided::Activation { phase, step } => next.activate(*phase, usize::from(*step).min(last_step)),
            Decided::Phase(phase) => next.enter_phase(*phase),
            Decided::TaperStep(step) => next.enter_step(usize::from(*step).min(last_step)),
            Decided::Discharge if self.phase.is_some() => {
                next.phase = None;
                next.step = None;
                next.discharged = Some(decision.date);
            }
            Decided::ResumeStretching => next.stretching = true,
            Decided::Discharge | Decided::ClearReferral { .. } => {}
        }
        next
    }

    fn activate(&mut self, phase: Phase, step: usize) {
        self.activated = true;
        self.discharged = None;
        self.phase = Some(phase);
        self.phase_began = self.from;
        self.phase_counts_from = self.from;
        self.step = Some(step);
        self.step_began = self.from;
        self.owes_step_back = false;
    }

    /// A decision for the phase in force changes nothing; without an active plan there is no phase to change.
    fn enter_phase(&mut self, phase: Phase) {
        let Some(before) = self.phase else { return };
        if before == phase {
            return;
        }
        self.phase = Some(phase);
        self.phase_began = self.from;
        self.phase_counts_from = self.from;
        self.owes_step_back = phase < before && self.stepped_back != Some(self.from);
        if phase < before {
            // The values that led back must not lead further back.
            self.phase_counts_from = days::next(self.from);
            self.regressed = Some(self.from);
        }
    }

    fn enter_step(&mut self, step: usize) {
        let Some(before) = self.step else { return };
        if before == step {
            return;
        }
        self.step = Some(step);
        self.step_began = self.from;
        self.owes_step_back = false;
        if step < before {
            self.stepped_back = Some(self.from);
        }
    }

    /// The plan's state that follows from the decisions; what cannot follow from them is taken from the plan.
    pub(crate) fn plan_state(&self, recorded: PlanState) -> PlanState {
        match (recorded, self.activated, self.discharged) {
            (PlanState::Cancelled, ..) => PlanState::Cancelled,
            (_, false, _) => PlanState::Draft,
            (_, true, Some(_)) => PlanState::Completed,
            (PlanState::Suspended, true, None) => PlanState::Suspended,
            (PlanState::Draft | PlanState::Active | PlanState::Completed, true, None) => PlanState::Active,
        }
    }
}
