//! Observations on the wire: a measure with one value that fits it.

use taper_api::v1;
use taper_api::v1::observation::Value as WireValue;
use taper_core::ids::ClinicId;
use taper_core::measure::{Measure, MeasureCode, Shape, Value};
use taper_core::record::assessment::Observed;
use taper_core::record::codes::Site;
use taper_core::value::Thousandths;
use taper_kit::fields::{Fields, code_number};
use taper_kit::name;

/// Reads the observations of an assessment, with the fields that name a tester.
pub fn read_all(
    fields: &mut Fields,
    at: &str,
    given: &[v1::Observation],
) -> (Vec<Observed>, Vec<(String, name::Therapist)>) {
    let mut observed: Vec<Observed> = Vec::new();
    let mut testers = Vec::new();
    if !fields.within_items_max(at, given.len()) {
        return (observed, testers);
    }
    for (index, given) in given.iter().enumerate() {
        let at = format!("{at}[{index}]");
        let tester = tester(fields, &format!("{at}.tester"), &given.tester);
        let tester_id = tester.as_ref().map(|(_, tester)| tester.therapist);
        testers.extend(tester);
        let Some(mut one) = read(fields, &at, given) else {
            continue;
        };
        one.tester = tester_id;
        if observed.iter().any(|other| other.measure == one.measure && other.site == one.site) {
            let message = "is there twice for the same site; give each measure once per site";
            fields.fault(format!("{at}.measure"), message);
        }
        observed.push(one);
    }
    (observed, testers)
}

fn tester(fields: &mut Fields, field: &str, given: &str) -> Option<(String, name::Therapist)> {
    if given.is_empty() {
        return None;
    }
    let tester = fields.name(field, given)?;
    Some((field.to_owned(), tester))
}

fn read(fields: &mut Fields, at: &str, given: &v1::Observation) -> Option<Observed> {
    let measure = fields.take(format!("{at}.measure"), MeasureCode::parse(&given.measure));
    let value = value(fields, at, given.value.as_ref(), measure.map(MeasureCode::measure));
    let site_field = format!("{at}.site");
    let site = fields.optional_code(&site_field, given.site, "SITE", Site::ALL);
    if site.is_some() && measure.is_some_and(|measure| !measure.measure().sited) {
        fields.fault(site_field, "is given, but this measure has no site; leave it out");
    }
    let device = fields.optional_line(&format!("{at}.device"), &given.device);
    Some(Observed { measure: measure?, value: value?, site, tester: None, device })
}

/// A value that fits its measure. Of an unknown measure only the form is looked at.
fn value(fields: &mut Fields, at: &str, given: Option<&WireValue>, measure: Option<&Measure>) -> Option<Value> {
    let Some(given) = given else {
        let message = "is required; exactly one of: number, finding, code, not_measured";
        fields.fault(format!("{at}.value"), message);
        return None;
    };
    let field = format!("{at}.{}", field_of(given));
    let value = match given {
        WireValue::Number(number) => Value::Number(fields.take(&field, Thousandths::from_f64(*number))?),
        WireValue::Finding(present) => Value::Finding(*present),
        WireValue::Code(code) => Value::Code(code.clone()),
        WireValue::NotMeasured(true) => Value::NotMeasured,
        WireValue::NotMeasured(false) => {
            fields.fault(field, "must be true, or another value be given in its place");
            return None;
        }
    };
    let measure = measure?;
    let (expected, what) = expected(measure);
    if expected != field_of(given) && value != Value::NotMeasured {
        fields.fault(field, format!("is not what this measure holds; send `{expected}`: {what}"));
        return None;
    }
    fields.take(field, measure.check(&value))?;
    Some(value)
}

/// The field that holds the values of a measure, and what stands in it.
fn expected(measure: &Measure) -> (&'static str, String) {
    match measure.shape {
        Shape::Number { unit, min, max, .. } => ("number", format!("{min} to {max} {unit}")),
        Shape::Finding => ("finding", "true for present, false for absent".to_owned()),
        Shape::Code(codes) => ("code", format!("one of {}", codes.join(", "))),
    }
}

fn field_of(value: &WireValue) -> &'static str {
    match value {
        WireValue::Number(_) => "number",
        WireValue::Finding(_) => "finding",
        WireValue::Code(_) => "code",
        WireValue::NotMeasured(_) => "not_measured",
    }
}

/// An observation as it is answered.
pub fn answer(clinic: &ClinicId, observed: &Observed) -> v1::Observation {
    let value = match &observed.value {
        Value::Number(number) => WireValue::Number(number.to_f64()),
        Value::Finding(present) => WireValue::Finding(*present),
        Value::Code(code) => WireValue::Code(code.clone()),
        Value::NotMeasured => WireValue::NotMeasured(true),
    };
    let tester = observed.tester.map(|therapist| name::Therapist { clinic: clinic.clone(), therapist });
    v1::Observation {
        measure: observed.measure.as_str().to_owned(),
        value: Some(value),
        site: observed.site.map(|site| code_number(site, Site::ALL)).unwrap_or_default(),
        tester: tester.map(|tester| tester.to_string()).unwrap_or_default(),
        device: observed.device.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(measure: &str, value: WireValue) -> Vec<(String, String)> {
        let mut fields = Fields::new();
        let given = v1::Observation { measure: measure.to_owned(), value: Some(value), ..Default::default() };
        read_all(&mut fields, "observations", &[given]);
        let violations = fields.violations().as_slice();
        violations.iter().map(|one| (one.field.clone(), one.message.clone())).collect()
    }

    #[test]
    fn a_value_in_the_wrong_field_is_told_the_right_one() {
        let number = || WireValue::Number(1.0);
        let gait = MeasureCode::parse("gait").unwrap().measure();
        let Shape::Code(codes) = gait.shape else { panic!("gait has codes") };
        for (measure, value, field, message) in [
            ("palpable_gap", number(), "number", "send `finding`: true for present, false for absent".to_owned()),
            ("gait", number(), "number", format!("send `code`: one of {}", codes.join(", "))),
            ("pain_rest", WireValue::Finding(true), "finding", "send `number`: 0 to 10 {NPRS}".to_owned()),
            ("pain_rest", WireValue::Code("mild".to_owned()), "code", "send `number`: 0 to 10 {NPRS}".to_owned()),
        ] {
            let expected = format!("is not what this measure holds; {message}");
            assert_eq!(faults(measure, value), [(format!("observations[0].{field}"), expected)], "{measure}");
        }
        for (measure, value) in [
            ("palpable_gap", WireValue::Finding(true)),
            ("gait", WireValue::Code(codes[0].to_owned())),
            ("pain_rest", number()),
            ("pain_rest", WireValue::NotMeasured(true)),
        ] {
            assert_eq!(faults(measure, value), [], "{measure}");
        }
    }
}
