//! Sentences for a change that would give an advice: what has to come on record, and from what it comes.

use crate::counterfactual::{Change, ChangeKind};
use crate::measure::MeasureCode;
use crate::recommendation::{Seen, WhyUnknown};

use super::Protocol;
use super::criterion::Comparator;
use super::fact::FactEntry;
use super::sentence::{needed_in_words, shown};

impl Protocol {
    /// What has to change, in one sentence.
    pub fn change_sentence(&self, change: &Change) -> String {
        match &change.kind {
            ChangeKind::Measure { measure, present, why_unknown, comparator, needed, unit, .. } => {
                measured(*measure, present.as_ref(), *why_unknown, *comparator, needed, unit)
            }
            ChangeKind::Activity { activity, minutes, effort_percent, pain_during_max, pain_next_morning_max } => {
                let minutes = minutes.map(|minutes| format!(", {minutes} minutes")).unwrap_or_default();
                let effort = effort_percent.map(|percent| format!(" at {percent}% effort")).unwrap_or_default();
                let name = activity.code().replace('_', " ");
                format!(
                    "Done and recorded: {name}{minutes}{effort}, pain at most {pain_during_max} of 10 during it and \
                     {pain_next_morning_max} of 10 the next morning."
                )
            }
            ChangeKind::Visit => "A visit is attended.".to_owned(),
            ChangeKind::ClearReferral { rule_id } => format!("The referral {rule_id} is cleared by a decision."),
            ChangeKind::DecidePhase(phase) => format!("The therapist decides on phase {} first.", phase.number()),
            ChangeKind::DecideStep(_) => "The therapist decides on the next rung of the visits first.".to_owned(),
            ChangeKind::ResumeStretching => "The therapist decides that stretching resumes.".to_owned(),
            ChangeKind::Complete { fact } => {
                let name = FactEntry::find(fact, &self.conditions).map_or(&**fact, |entry| entry.name);
                format!("Record what is not known yet: {name}.")
            }
        }
    }
}

fn measured(
    measure: MeasureCode,
    present: Option<&Seen>,
    why_unknown: Option<WhyUnknown>,
    comparator: Comparator,
    needed: &Seen,
    unit: &str,
) -> String {
    let name = measure.measure().name;
    let needed = needed_in_words(comparator.sign(), needed, unit);
    match (why_unknown, present) {
        (Some(_), Some(present)) => {
            format!(
                "Measure this first: {name}; needed is {needed} (the value on record, {}, does not count).",
                shown(present, unit)
            )
        }
        (Some(_), None) => format!("Measure this first: {name}; needed is {needed}."),
        (None, Some(present)) => format!("{name}: {} now, needed is {needed}.", shown(present, unit)),
        (None, None) => format!("{name}: needed is {needed}."),
    }
}
