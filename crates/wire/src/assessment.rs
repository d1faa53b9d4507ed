//! Assessments on the wire.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::{AssessmentId, TherapistId};
use taper_core::record::assessment::{Assessment, Observed, RunStage};
use taper_core::text::Note;
use taper_core::value::{Nprs, Thousandths};
use taper_kit::fields::{Fields, timestamp};
use taper_kit::name;
use taper_store::Stored;

use crate::date::{date, parts};
use crate::number::{ranged, speed_kmh};
use crate::observation;

/// An assessment of a request, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Draft {
    date: Option<Date>,
    therapist: Option<TherapistId>,
    results: Vec<Observed>,
    run_stages: Vec<RunStage>,
    note: Option<Note>,
    therapists: Vec<(String, name::Therapist)>,
}

impl Draft {
    /// Reads the content of an assessment; `at` is the path of its field.
    pub fn read(fields: &mut Fields, at: &str, given: Option<&v1::Assessment>) -> Option<Self> {
        let given = fields.required(at, given)?;
        let path = |field: &str| format!("{at}.{field}");
        let date = fields.required(&path("date"), parts(given.date.as_ref()));
        let date = fields.past_date(&path("date"), date);
        let mut therapists = Vec::new();
        let mut therapist = None;
        let field = path("therapist");
        if !given.therapist.is_empty()
            && let Some(named) = fields.name::<name::Therapist>(&field, &given.therapist)
        {
            therapist = Some(named.therapist);
            therapists.push((field, named));
        }
        if given.observations.is_empty() && given.run_stages.is_empty() {
            let message = "is required: give at least one observation, or one stage in run_stages";
            fields.fault(path("observations"), message);
        }
        let (results, testers) = observation::read_all(fields, &path("observations"), &given.observations);
        therapists.extend(testers);
        Some(Self {
            date,
            therapist,
            results,
            run_stages: run_stages(fields, &path("run_stages"), &given.run_stages),
            note: fields.note(&path("note"), &given.note),
            therapists,
        })
    }

    /// The day it counts for.
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// Every therapist that it names, with the field.
    pub fn therapists(&self) -> &[(String, name::Therapist)] {
        &self.therapists
    }

    /// The assessment; none when a field could not be read.
    pub fn into_assessment(self) -> Option<Assessment> {
        Some(Assessment {
            date: self.date?,
            therapist: self.therapist,
            results: self.results,
            run_stages: self.run_stages,
            note: self.note?,
        })
    }
}

fn run_stages(fields: &mut Fields, at: &str, given: &[v1::RunStage]) -> Vec<RunStage> {
    let mut stages = Vec::new();
    if !fields.within_items_max(at, given.len()) {
        return stages;
    }
    let mut fastest: Option<Thousandths> = None;
    for (index, given) in given.iter().enumerate() {
        let speed_field = format!("{at}[{index}].speed_kmh");
        let speed = speed_kmh(fields, &speed_field, given.speed_kmh);
        if speed.is_some() && speed <= fastest {
            fields.fault(speed_field, "is not above the speed of the stage before; give the stages by rising speed");
        }
        fastest = fastest.max(speed);
        let pain_field = format!("{at}[{index}].pain_nprs");
        let pain = fields.required(&pain_field, given.pain_nprs);
        let pain = ranged(fields, &pain_field, pain, Nprs::new);
        if let (Some(speed_kmh), Some(pain)) = (speed, pain) {
            stages.push(RunStage { speed_kmh, pain });
        }
    }
    stages
}

/// The injury that was assessed.
pub fn injury_of(name: &name::Assessment) -> name::Injury {
    name::Injury { clinic: name.clinic.clone(), patient: name.patient, injury: name.injury }
}

/// An assessment as it is answered.
pub fn answer(injury: &name::Injury, stored: &Stored<AssessmentId, Assessment>) -> v1::Assessment {
    let content = &stored.content;
    let clinic = &injury.clinic;
    let name = name::Assessment {
        clinic: clinic.clone(),
        patient: injury.patient,
        injury: injury.injury,
        assessment: stored.id,
    };
    let therapist = content.therapist.map(|therapist| name::Therapist { clinic: clinic.clone(), therapist });
    let run_stage = |stage: &RunStage| v1::RunStage {
        speed_kmh: stage.speed_kmh.to_f64(),
        pain_nprs: Some(i32::from(stage.pain.get())),
    };
    v1::Assessment {
        name: name.to_string(),
        date: Some(date(content.date)),
        therapist: therapist.map(|therapist| therapist.to_string()).unwrap_or_default(),
        observations: content.results.iter().map(|one| observation::answer(clinic, one)).collect(),
        run_stages: content.run_stages.iter().map(run_stage).collect(),
        note: content.note.to_string(),
        revision: i32::try_from(stored.revision).unwrap_or(i32::MAX),
        amend_reason: stored.amend_reason.as_ref().map(ToString::to_string).unwrap_or_default(),
        entered_in_error: stored.entered_in_error,
        etag: stored.version.to_string(),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taper_api::google::r#type::Date as WireDate;
    use taper_api::v1::observation::Value;

    fn observation(measure: &str, value: Value) -> v1::Observation {
        v1::Observation { measure: measure.to_owned(), value: Some(value), ..v1::Observation::default() }
    }

    fn stage(speed_kmh: f64, pain_nprs: Option<i32>) -> v1::RunStage {
        v1::RunStage { speed_kmh, pain_nprs }
    }

    fn offending(change: impl FnOnce(&mut v1::Assessment)) -> Vec<String> {
        let mut given = v1::Assessment {
            date: Some(WireDate { year: 2026, month: 3, day: 1 }),
            observations: vec![observation("knee_extension_deficit_deg", Value::Number(12.5))],
            ..v1::Assessment::default()
        };
        change(&mut given);
        let mut fields = Fields::new();
        let draft = Draft::read(&mut fields, "assessment", Some(&given));
        match fields.finish(draft.and_then(Draft::into_assessment)) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.violations.into_iter().map(|v| v.field).collect(),
        }
    }

    fn offending_value(measure: &str, value: Value) -> Vec<String> {
        offending(|a| a.observations = vec![observation(measure, value)])
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn a_value_out_of_its_range_names_the_field_that_holds_it() {
        let at = |field: &str| vec![format!("assessment.observations[0].{field}")];
        let deficit = |number| offending_value("knee_extension_deficit_deg", Value::Number(number));
        assert_eq!(deficit(0.0), NONE);
        assert_eq!(deficit(90.0), NONE);
        for bad in [-5.0, 90.1, 12.25, 0.0001, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(deficit(bad), at("number"), "{bad}");
        }
        assert_eq!(offending_value("knee_extension_deficit_deg", Value::Finding(true)), at("finding"));
        assert_eq!(offending_value("knee_extension_deficit_deg", Value::NotMeasured(true)), NONE);
        assert_eq!(offending_value("knee_extension_deficit_deg", Value::NotMeasured(false)), at("not_measured"));
        assert_eq!(offending_value("swelling", Value::Code("mild".to_owned())), NONE);
        assert_eq!(offending_value("swelling", Value::Code("huge".to_owned())), at("code"));
        assert_eq!(offending_value("palpation_pain", Value::Number(1.0)), at("number"));
        assert_eq!(offending_value("no_such_measure", Value::Number(1.0)), at("measure"));
        assert_eq!(offending(|a| a.observations[0].value = None), at("value"));
        assert_eq!(offending(|a| a.observations[0].site = 1), at("site"));
        assert_eq!(offending(|a| a.observations[0].device = "x".repeat(201)), at("device"));
        assert_eq!(offending(|a| a.observations[0].tester = "Ann".to_owned()), at("tester"));
    }

    #[test]
    fn a_measure_may_be_there_once_for_each_site() {
        let swelling = |site| v1::Observation { site, ..observation("swelling", Value::Code("mild".to_owned())) };
        assert_eq!(offending(|a| a.observations = vec![swelling(0), swelling(1), swelling(2)]), NONE);
        let twice = offending(|a| a.observations = vec![swelling(1), swelling(2), swelling(1)]);
        assert_eq!(twice, ["assessment.observations[2].measure"]);
    }

    #[test]
    fn stages_have_rising_speeds_and_a_pain_each() {
        let stages = |stages: Vec<v1::RunStage>| offending(|a| a.run_stages = stages);
        let at = |index: usize, field: &str| format!("assessment.run_stages[{index}].{field}");
        assert_eq!(stages(vec![stage(0.001, Some(0)), stage(45.0, Some(10))]), NONE);
        assert_eq!(stages(vec![stage(0.0, Some(0))]), [at(0, "speed_kmh")]);
        assert_eq!(stages(vec![stage(45.001, Some(0))]), [at(0, "speed_kmh")]);
        assert_eq!(stages(vec![stage(8.0, Some(0)), stage(8.0, Some(1))]), [at(1, "speed_kmh")]);
        let falling = vec![stage(8.0, Some(0)), stage(7.0, Some(0)), stage(7.5, Some(0))];
        assert_eq!(stages(falling), [at(1, "speed_kmh"), at(2, "speed_kmh")]);
        assert_eq!(stages(vec![stage(8.0, None)]), [at(0, "pain_nprs")]);
        assert_eq!(stages(vec![stage(8.0, Some(11))]), [at(0, "pain_nprs")]);
        assert_eq!(stages(vec![stage(f64::NAN, Some(-1))]), [at(0, "speed_kmh"), at(0, "pain_nprs")]);
    }

    #[test]
    fn an_assessment_has_a_date_and_a_result_or_a_stage() {
        assert_eq!(offending(|a| a.observations.clear()), ["assessment.observations"]);
        let stages_only = |a: &mut v1::Assessment| {
            a.observations.clear();
            a.run_stages = vec![stage(8.0, Some(0))];
        };
        assert_eq!(offending(stages_only), NONE);
        assert_eq!(offending(|a| a.date = None), ["assessment.date"]);
        assert_eq!(offending(|a| a.therapist = "clinics/x".to_owned()), ["assessment.therapist"]);
        assert_eq!(offending(|a| a.note = "\u{7}".to_owned()), ["assessment.note"]);
        let many = |a: &mut v1::Assessment| a.observations = vec![a.observations[0].clone(); 201];
        assert_eq!(offending(many), ["assessment.observations"]);
        assert_eq!(offending(|a| a.run_stages = vec![stage(8.0, None); 201]), ["assessment.run_stages"]);
    }
}
