//! An assessment in words: what is new or has changed, by kind of finding; what is as before is only counted.

use std::collections::BTreeMap;

use taper_api::v1::observation::Value;
use taper_api::v1::{Assessment, Observation};
use taper_core::measure::{MeasureCode, Shape};

use super::words;

/// The latest observations, by measure and site.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<(String, i32), Observation>);

impl Known {
    /// Takes in the observations of an assessment.
    pub fn learn(&mut self, assessment: &Assessment) {
        for seen in &assessment.observations {
            self.0.insert((seen.measure.clone(), seen.site), seen.clone());
        }
    }

    fn has(&self, seen: &Observation) -> bool {
        let before = self.0.get(&(seen.measure.clone(), seen.site));
        before.is_some_and(|before| before.value == seen.value)
    }
}

/// The assessment, beside what was known before it.
pub fn told(assessment: &Assessment, known: &Known) -> String {
    let (as_before, new): (Vec<_>, Vec<_>) = assessment.observations.iter().partition(|seen| known.has(seen));
    let numbers: Vec<String> = new.iter().filter_map(|seen| number(seen)).collect();
    let mut lines = Vec::new();
    if !numbers.is_empty() {
        lines.push(numbers.join(", "));
    }
    let groups = groups(&new);
    if !groups.is_empty() {
        lines.push(groups.join("; "));
    }
    if !assessment.run_stages.is_empty() {
        let stages = assessment.run_stages.iter();
        let stages =
            stages.map(|stage| format!("{} km/h pain {}", stage.speed_kmh, stage.pain_nprs.unwrap_or_default()));
        lines.push(format!("staged run: {}", stages.collect::<Vec<_>>().join(", ")));
    }
    if !as_before.is_empty() {
        let plural = if as_before.len() == 1 { "" } else { "s" };
        lines.push(format!("{} finding{plural} as before", as_before.len()));
    }
    format!("Assessment: {}", lines.join("\n  "))
}

fn number(seen: &Observation) -> Option<String> {
    match seen.value {
        Some(Value::Number(number)) => Some(format!("{} {}", name(seen), words::number(number, unit(&seen.measure)))),
        _ => None,
    }
}

/// `painless: single-leg squat, very slow jog`; red flags that are absent are counted, not named.
fn groups(seen: &[&Observation]) -> Vec<String> {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut red_flags_absent = 0;
    for one in seen {
        let group = match &one.value {
            Some(Value::Number(_)) => continue,
            Some(Value::Finding(false)) if one.measure.starts_with("red_flag_") => {
                red_flags_absent += 1;
                continue;
            }
            Some(Value::Code(code)) => words::spaced(code),
            Some(Value::Finding(true)) => "present".to_owned(),
            Some(Value::Finding(false)) => "absent".to_owned(),
            Some(Value::NotMeasured(_)) | None => "not measured".to_owned(),
        };
        named.entry(group).or_default().push(name(one));
    }
    let mut groups: Vec<String> = named.iter().map(|(group, names)| format!("{group}: {}", names.join(", "))).collect();
    if red_flags_absent > 0 {
        groups.push(format!("red flags asked for and absent: {red_flags_absent}"));
    }
    groups
}

fn name(seen: &Observation) -> String {
    let measure = words::measure(&seen.measure);
    match seen.site {
        0 => measure,
        _ => format!("{measure} ({})", words::value_name(seen.site().as_str_name(), "SITE_")),
    }
}

fn unit(measure: &str) -> &'static str {
    match MeasureCode::parse(measure).map(|code| code.measure().shape) {
        Ok(Shape::Number { unit, .. }) => unit,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{RunStage, Site};

    use super::*;

    fn seen(measure: &str, value: Value) -> Observation {
        Observation { measure: measure.to_owned(), value: Some(value), ..Default::default() }
    }

    fn assessed(observations: Vec<Observation>) -> Assessment {
        Assessment { observations, ..Default::default() }
    }

    #[test]
    fn numbers_come_first_then_findings_by_kind_and_absent_red_flags_are_counted() {
        let mut found = assessed(vec![
            seen("palpable_gap", Value::Finding(false)),
            seen("red_flag_firm_mass", Value::Finding(false)),
            seen("single_leg_squat", Value::Code("painless".to_owned())),
            seen("pain_rest", Value::NotMeasured(true)),
            seen("pain_running", Value::Number(4.0)),
        ]);
        found.run_stages = vec![RunStage { speed_kmh: 9.0, pain_nprs: Some(3) }];
        let expected = "Assessment: pain in running 4/10\n  absent: palpable gap; not measured: pain at rest; \
                        painless: single-leg squat; red flags asked for and absent: 1\n  staged run: 9 km/h pain 3";
        assert_eq!(told(&found, &Known::default()), expected);
    }

    #[test]
    fn what_is_as_before_is_counted() {
        let mut known = Known::default();
        known.learn(&assessed(vec![seen("pain_running", Value::Number(4.0)), seen("pain_rest", Value::Number(0.0))]));
        let found = assessed(vec![seen("pain_running", Value::Number(2.0)), seen("pain_rest", Value::Number(0.0))]);
        assert_eq!(told(&found, &known), "Assessment: pain in running 2/10\n  1 finding as before");
    }

    #[test]
    fn the_same_value_at_another_site_is_new() {
        let mut known = Known::default();
        known.learn(&assessed(vec![seen("pain_rest", Value::Number(1.0))]));
        let elsewhere = Observation { site: Site::Belly.into(), ..seen("pain_rest", Value::Number(1.0)) };
        assert_eq!(told(&assessed(vec![elsewhere]), &known), "Assessment: pain at rest (belly) 1/10");
    }
}
