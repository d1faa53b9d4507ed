//! Records that were disturbed, or that know less of one measure.

use jiff::Timestamp;
use jiff::civil::Date;
use taper_core::ids::AssessmentId;
use taper_core::measure::{MeasureCode, Value};
use taper_core::record::assessment::{Assessment, Observed};
use taper_core::record::codes::{ActivityKind, SessionState};
use taper_core::record::{Fact, Record};
use taper_core::text::Note;
use uuid::Uuid;

use crate::records::{Dice, Kind, Maker};

/// Changes a story here and there: values are replaced or taken away, activities and sessions lose what they told.
pub fn disturb(record: &mut Record, dice: &mut Dice) {
    let mut maker = Maker::new(dice, Kind::Plausible);
    for fact in &mut record.assessments {
        fact.content.results.retain(|_| !maker.dice.one_in(25));
        for result in &mut fact.content.results {
            if maker.dice.one_in(20) {
                result.value = maker.value(result.measure);
            }
        }
    }
    for fact in &mut record.activities {
        if maker.dice.one_in(4) {
            fact.content.pain_during = Some(maker.pain());
        }
        if maker.dice.one_in(4) {
            fact.content.pain_next_morning = Some(maker.pain());
        }
    }
    for fact in &mut record.sessions {
        if maker.dice.one_in(5) {
            fact.content.pain_after = Some(maker.pain());
        }
    }
}

/// The same record, with every value of one measure marked as not measured, wherever it came from.
pub fn without_values_of(measure: MeasureCode, record: &Record) -> Record {
    let mut poor = record.clone();
    for fact in &mut poor.assessments {
        let assessment = &mut fact.content;
        assessment
            .results
            .iter_mut()
            .filter(|result| result.measure == measure)
            .for_each(|result| result.value = Value::NotMeasured);
        if measure.as_str() == "pain_onset_speed_kmh" && !assessment.run_stages.is_empty() {
            assessment.run_stages.clear();
            assessment.results.push(not_measured(measure));
        }
    }
    let mut mornings: Vec<Date> = Vec::new();
    for fact in poor.activities.iter_mut() {
        let activity = &mut fact.content;
        let feeds = if activity.kind == ActivityKind::Run { "pain_running" } else { "pain_activity" };
        if measure.as_str() == feeds {
            activity.pain_during = None;
        }
        if measure.as_str() == "pain_next_morning"
            && activity.pain_next_morning.take().is_some()
            && !fact.entered_in_error
        {
            mornings.push(activity.date);
        }
    }
    for fact in poor.sessions.iter_mut() {
        let session = &mut fact.content;
        if measure.as_str() == "pain_next_morning" && session.pain_next_morning.take().is_some() {
            let counted = session.state == SessionState::Attended && !fact.entered_in_error;
            mornings.extend(counted.then_some(session.date));
        }
    }
    for (number, date) in mornings.into_iter().filter_map(|date| date.tomorrow().ok()).enumerate() {
        poor.assessments.push(Fact {
            id: AssessmentId(Uuid::from_u64_pair(99, number as u64)),
            revision: 1,
            recorded_at: Timestamp::UNIX_EPOCH,
            entered_in_error: false,
            content: Assessment {
                date,
                therapist: None,
                results: vec![not_measured(measure)],
                run_stages: Vec::new(),
                note: Note::default(),
            },
        });
    }
    poor
}

fn not_measured(measure: MeasureCode) -> Observed {
    Observed { measure, value: Value::NotMeasured, site: None, tester: None, device: None }
}
