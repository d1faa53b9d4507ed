//! The catalogue of measures: what can be observed, in which unit and range, and how far a value can be trusted.

mod catalogue;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::value::{Thousandths, ValueFault};

pub use catalogue::ALL;

/// What a value of a measure looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number in the unit, within the range, in multiples of `step`.
    Number {
        /// UCUM-like unit, for example `deg`, `{score}`, `km/h`, `%`.
        unit: &'static str,
        /// Least value.
        min: Thousandths,
        /// Greatest value.
        max: Thousandths,
        /// Values are multiples of this.
        step: Thousandths,
    },
    /// A finding or test that is present (positive) or absent (negative).
    Finding,
    /// One of the codes, ordered from best to worst.
    Code(&'static [&'static str]),
}

/// Which way a value is worse, so that of two values of one day the worse one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// Higher numbers are worse (pain, deficits); for a finding, present is worse.
    Higher,
    /// Lower numbers are worse (strength, scores of function); for a finding, absent is worse.
    Lower,
}

/// A change of a measure that means something, with where the figure is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Size in the measure's unit.
    pub size: Thousandths,
    /// Citation tags of clinical.md section 12, for example `S20`, or `K-h` for known, unverified.
    pub source: &'static str,
}

/// One entry of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Stable code with the unit last, for example `knee_extension_deficit_deg`.
    pub code: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// What is measured, and how: the sentence that is shown when the value is missing.
    pub how: &'static str,
    /// The form of its values.
    pub shape: Shape,
    /// Which way is worse.
    pub worse: Worse,
    /// Change that exceeds the error of measurement (minimal detectable change); none when none is published.
    pub detectable: Option<Change>,
    /// Change that matters to patients; none when none is published.
    pub meaningful: Option<Change>,
    /// Days after which a value is UNKNOWN. DERIVED for all measures.
    pub fresh_days: u16,
    /// Whether the tester's hand matters, so that values of two testers are not compared.
    pub by_tester: bool,
    /// Whether it can carry a site (tie-in, belly, distal).
    pub sited: bool,
    /// Citations for range and reliability.
    pub source: &'static str,
}

/// A reference to one entry of the catalogue; it cannot name a measure that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeasureCode {
    /// Place in the catalogue.
    place: u16,
}

/// Places in the catalogue by code; records hold thousands of codes, so that a search of the list would be felt.
static PLACES: LazyLock<HashMap<&'static str, u16>> =
    LazyLock::new(|| (0..=u16::MAX).zip(ALL).map(|(place, measure)| (measure.code, place)).collect());

/// Stands where no entry can stand; no code leads here.
static NO_MEASURE: Measure = Measure {
    code: "",
    name: "",
    how: "",
    shape: Shape::Finding,
    worse: Worse::Higher,
    detectable: None,
    meaningful: None,
    fresh_days: 0,
    by_tester: false,
    sited: false,
    source: "",
};

impl MeasureCode {
    /// Finds the measure by its code.
    pub fn parse(code: &str) -> Result<Self, ValueFault> {
        let place = PLACES.get(code).copied();
        place.map(|place| Self { place }).ok_or_else(|| {
            ValueFault::Other(
                "is not a measure of the catalogue; ListMeasures and `taper measures` show every code".to_owned(),
            )
        })
    }

    /// The code.
    pub fn as_str(self) -> &'static str {
        self.measure().code
    }

    /// The catalogue's entry.
    pub fn measure(self) -> &'static Measure {
        // A reference is only made from an entry, so that there always is one.
        ALL.get(self.place()).unwrap_or(&NO_MEASURE)
    }

    /// Whether it is a finding of the red-flag screen.
    pub fn is_red_flag(self) -> bool {
        catalogue::is_red_flag(self.as_str())
    }

    /// Its place in the catalogue.
    pub(crate) fn place(self) -> usize {
        usize::from(self.place)
    }
}

impl Serialize for MeasureCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for MeasureCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ByCode)
    }
}

/// Reads a code without keeping its text: a record holds thousands.
struct ByCode;

impl serde::de::Visitor<'_> for ByCode {
    type Value = MeasureCode;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the code of a measure")
    }

    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<MeasureCode, E> {
        MeasureCode::parse(code).map_err(E::custom)
    }
}

/// A value as observed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A number in the measure's unit.
    Number(Thousandths),
    /// Present (true) or absent (false).
    Finding(bool),
    /// One of the measure's codes.
    Code(String),
    /// Asked for, and not measured: it counts as UNKNOWN, never as a result.
    NotMeasured,
}

impl Measure {
    /// Checks that a value has the measure's shape and lies in its range.
    pub fn check(&self, value: &Value) -> Result<(), ValueFault> {
        match (self.shape, value) {
            (_, Value::NotMeasured) | (Shape::Finding, Value::Finding(_)) => Ok(()),
            (Shape::Number { unit, min, max, step }, Value::Number(number)) => {
                if *number < min || *number > max {
                    let found = number.to_string();
                    return Err(ValueFault::OutOfRange { found, min: min.to_string(), max: max.to_string(), unit });
                }
                if step.0 > 0 && number.0 % step.0 != 0 {
                    return Err(ValueFault::Other(format!("is {number}; allowed are multiples of {step} {unit}")));
                }
                Ok(())
            }
            (Shape::Code(codes), Value::Code(code)) if codes.contains(&code.as_str()) => Ok(()),
            (Shape::Code(codes), _) => Err(ValueFault::Other(format!("must be one of: {}", codes.join(", ")))),
            (Shape::Number { unit, .. }, _) => Err(ValueFault::Other(format!("must be a number in {unit}"))),
            (Shape::Finding, _) => Err(ValueFault::Other("must be present or absent".to_owned())),
        }
    }
}
