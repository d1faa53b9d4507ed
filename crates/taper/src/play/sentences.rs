//! What a step of a case records, a sentence for each entry.

use taper_core::case::{Case, Step};

use crate::story::{findings, told};

use super::messages;

/// The sentences of a step, in the order in which its entries are recorded.
pub fn sentences(case: &Case, step: &Step) -> anyhow::Result<Vec<String>> {
    let nobody = |_| String::new();
    let ladder = messages::ladder(&case.plan);
    let mut sentences = Vec::new();
    if step.recurrence.is_some() {
        sentences.push("Injured again: a new injury, linked to the one before".to_owned());
    }
    let mut known = known_before(case, step);
    for assessment in &step.assessments {
        let message = messages::assessment(assessment, &nobody);
        sentences.push(findings::told(&message, &known));
        known.learn(&message);
    }
    if let Some(activate) = &step.activate {
        sentences.push(told::activation(&messages::activation(activate, &ladder)?));
    }
    let sessions = step.sessions.iter().map(|session| (session.date, messages::session(session, &nobody)));
    sentences.extend(told::sessions(step.date, &sessions.collect::<Vec<_>>()));
    for activity in &step.activities {
        sentences.push(told::activity(step.date, activity.date, &messages::activity(activity)));
    }
    for decision in &step.decisions {
        sentences.push(told::decision(&messages::decision(decision, &ladder)?));
    }
    if step.return_to_sport {
        sentences.push("Back to full participation".to_owned());
    }
    Ok(sentences)
}

/// What earlier assessments of the injury found.
fn known_before(case: &Case, step: &Step) -> findings::Known {
    let mut known = findings::Known::default();
    if step.recurrence.is_some() {
        return known;
    }
    for earlier in case.steps.iter().take_while(|earlier| earlier.line < step.line) {
        if earlier.recurrence.is_some() {
            known = findings::Known::default();
        }
        for assessment in &earlier.assessments {
            known.learn(&messages::assessment(assessment, &|_| String::new()));
        }
    }
    known
}
