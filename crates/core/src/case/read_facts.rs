//! Assessments, sessions, activities and decisions of a case, each value checked.

use std::ops::Range;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml::Spanned;
use uuid::Uuid;

use crate::ids::TherapistId;
use crate::measure::{MeasureCode, Shape, Value};
use crate::protocol::DocumentFault;
use crate::record::activity::Activity;
use crate::record::assessment::{Assessment, Observed, RunStage};
use crate::record::codes::{Area, ClearanceOutcome, ClearedBy, Reporter, SessionState, Site};
use crate::record::decision::{Decided, Decision};
use crate::record::session::{AdverseEvent, Focus, Session, Treatment};
use crate::text::Note;
use crate::value::{Nprs, Thousandths, ValueFault};

use super::document::{RawActivity, RawDecision, RawSession};
use super::play::at_noon;
use super::read::{Reader, Results};

/// The same therapist in every play, by the name that the case uses.
fn therapist(name: &str) -> TherapistId {
    let digest = Sha256::digest(name.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(digest.iter()).for_each(|(byte, of_digest)| *byte = *of_digest);
    TherapistId(Uuid::from_bytes(bytes))
}

impl Reader<'_> {
    /// Results written as `code = value`; sets that are used come first, so that what is written here counts.
    pub(super) fn read_assessment(
        &self,
        raw: &Results,
        date: Date,
        span: &Range<usize>,
    ) -> Result<Assessment, DocumentFault> {
        let mut merged: Results = Results::new();
        if let Some(used) = raw.get("use") {
            for name in used.get_ref().as_array().into_iter().flatten() {
                let set = name.as_str().and_then(|name| self.sets.get(name));
                let set = set.ok_or_else(|| self.text.fault(&used.span(), format!("set {name} does not exist")))?;
                merged.extend(set.iter().map(|(code, value)| (code.clone(), value.clone())));
            }
        }
        merged.extend(raw.iter().map(|(code, value)| (code.clone(), value.clone())));
        let mut assessment =
            Assessment { date, therapist: None, results: Vec::new(), run_stages: Vec::new(), note: Note::default() };
        for (code, value) in &merged {
            match code.as_str() {
                "use" => {}
                "tester" => assessment.therapist = Some(self.read_tester(value.get_ref(), span)?),
                "run_stages" => assessment.run_stages = self.read_stages(value)?,
                _ => self.read_results(code, value, &mut assessment.results)?,
            }
        }
        Ok(assessment)
    }

    fn read_tester(&self, value: &toml::Value, span: &Range<usize>) -> Result<TherapistId, DocumentFault> {
        let name = value.as_str().ok_or_else(|| self.text.fault(span, "a tester is a name, for example \"A\""))?;
        Ok(therapist(name))
    }

    fn read_stages(&self, value: &Spanned<toml::Value>) -> Result<Vec<RunStage>, DocumentFault> {
        let fault = || self.text.fault(&value.span(), "a stage is { speed_kmh, pain }");
        let mut stages = Vec::new();
        for stage in value.get_ref().as_array().ok_or_else(fault)? {
            let speed = stage.get("speed_kmh").and_then(number).ok_or_else(fault)?;
            let pain = stage.get("pain").and_then(toml::Value::as_integer).ok_or_else(fault)?;
            stages.push(RunStage {
                speed_kmh: self.checked(speed, &value.span())?,
                pain: self.checked(Nprs::new(pain), &value.span())?,
            });
        }
        Ok(stages)
    }

    /// One value, or a table with site and tester, or a list of such.
    fn read_results(
        &self,
        code: &str,
        written: &Spanned<toml::Value>,
        results: &mut Vec<Observed>,
    ) -> Result<(), DocumentFault> {
        let span = written.span();
        let measure = MeasureCode::parse(code).map_err(|_| {
            self.text.fault(&span, format!("measure `{code}` is not in the catalogue; `taper measures` shows it"))
        })?;
        let values = match written.get_ref() {
            toml::Value::Array(values) => values.iter().collect(),
            value => vec![value],
        };
        for value in values {
            let plain = value.get("value").unwrap_or(value);
            let text = |key: &str| value.as_table().and_then(|table| table.get(key)).and_then(toml::Value::as_str);
            let site = match text("site") {
                None => None,
                Some(code) => Some(
                    Site::parse(code).ok_or_else(|| self.text.fault(&span, format!("site `{code}` does not exist")))?,
                ),
            };
            let value = self.read_value(measure, plain, &span)?;
            results.push(Observed { measure, value, site, tester: text("tester").map(therapist), device: None });
        }
        Ok(())
    }

    fn read_value(
        &self,
        measure: MeasureCode,
        written: &toml::Value,
        span: &Range<usize>,
    ) -> Result<Value, DocumentFault> {
        let entry = measure.measure();
        let value = match (entry.shape, written) {
            (_, toml::Value::String(code)) if code == "not_measured" => Value::NotMeasured,
            (Shape::Number { .. }, written) => match number(written) {
                Some(number) => Value::Number(self.checked(number, span)?),
                None => return Err(self.text.fault(span, format!("`{}` needs a number", entry.code))),
            },
            (_, toml::Value::Boolean(present)) => Value::Finding(*present),
            (_, toml::Value::String(code)) => Value::Code(code.clone()),
            _ => return Err(self.text.fault(span, format!("this is no value of `{}`", entry.code))),
        };
        entry.check(&value).map_err(|reason| self.text.fault(span, format!("`{}` {reason}", entry.code)))?;
        Ok(value)
    }

    pub(super) fn read_session(&self, raw: &Spanned<RawSession>, day: i64) -> Result<Session, DocumentFault> {
        let (span, session) = (raw.span(), raw.get_ref());
        let date = self.date(session.day.unwrap_or(day), &span)?;
        let mut focus = Vec::new();
        for (code, minutes) in &session.focus {
            let area =
                Area::parse(code).ok_or_else(|| self.text.fault(&span, format!("area `{code}` does not exist")))?;
            focus.push(Focus { area, minutes: *minutes });
        }
        let treatments = session.treatments.iter().map(|used| Treatment {
            modality: used.modality,
            minutes: used.minutes,
            result: used.result,
            note: Note::default(),
        });
        Ok(Session {
            kind: session.kind,
            state: session.state.unwrap_or(SessionState::Attended),
            start: at_noon(date),
            date,
            minutes: session.minutes,
            therapist: None,
            focus,
            treatments: treatments.collect(),
            pain_before: session.pain_before,
            pain_after: session.pain_after,
            pain_next_morning: session.pain_next_morning,
            adverse_events: session
                .adverse_events
                .iter()
                .map(|kind| AdverseEvent { kind: *kind, note: Note::default() })
                .collect(),
            note: Note::default(),
            charge: None,
        })
    }

    pub(super) fn read_activity(&self, raw: &Spanned<RawActivity>, day: i64) -> Result<Activity, DocumentFault> {
        let (span, activity) = (raw.span(), raw.get_ref());
        let exact =
            |number: Option<f64>| number.map(|number| self.checked(Thousandths::from_f64(number), &span)).transpose();
        Ok(Activity {
            date: self.date(activity.day.unwrap_or(day), &span)?,
            kind: activity.kind,
            minutes: activity.minutes,
            speed_kmh: exact(activity.speed_kmh)?,
            load_kg: exact(activity.load_kg)?,
            effort_percent: activity.effort_percent,
            pain_during: activity.pain_during,
            pain_next_morning: activity.pain_next_morning,
            reported_by: Reporter::Patient,
            note: Note::default(),
        })
    }

    pub(super) fn read_decision(
        &self,
        raw: &Spanned<RawDecision>,
        date: Date,
        place: usize,
    ) -> Result<Decision, DocumentFault> {
        let (span, decision) = (raw.span(), raw.get_ref());
        let mut decided: Vec<Decided> = Vec::new();
        if let Some(phase) = decision.phase {
            decided.push(Decided::Phase(self.phase(phase, &span)?));
        }
        if let Some(visits_per_week) = decision.step {
            decided.push(Decided::TaperStep(self.rung(visits_per_week, &span)?));
        }
        if decision.discharge == Some(true) {
            decided.push(Decided::Discharge);
        }
        if decision.stretching == Some(true) {
            decided.push(Decided::ResumeStretching);
        }
        if let Some(rule_id) = &decision.clear {
            decided.push(Decided::ClearReferral {
                rule_id: rule_id.clone(),
                outcome: decision.outcome.unwrap_or(ClearanceOutcome::ExcludedByPhysician),
                cleared_by: decision.by.unwrap_or(ClearedBy::Physician),
                note: Note::default(),
            });
        }
        let mut decided = decided.into_iter();
        let (Some(decided), None) = (decided.next(), decided.next()) else {
            return Err(self
                .text
                .fault(&span, "a decision is exactly one of: phase, step, discharge, stretching, clear"));
        };
        // Decisions of one day count in the order in which they stand, after an activation.
        let seconds = i64::try_from(place).unwrap_or(0).saturating_add(1);
        let decided_at =
            at_noon(date).saturating_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(at_noon(date));
        Ok(Decision {
            date,
            decided_at,
            therapist: therapist("A"),
            decided,
            override_reason: decision.reason,
            note: Note::default(),
            receipt: None,
        })
    }
}

fn number(value: &toml::Value) -> Option<Result<Thousandths, ValueFault>> {
    match value {
        toml::Value::Integer(whole) => Some(Ok(Thousandths::whole(*whole))),
        toml::Value::Float(number) => Some(Thousandths::from_f64(*number)),
        _ => None,
    }
}
