//! The service's messages to the words of the core, and back; every fault of a message is noted with its path.

pub mod activity;
pub mod assessment;
pub mod measure;
mod observation;

use jiff::civil;
use taper_api::google::r#type::Date;
use taper_core::value::{Thousandths, ValueFault};
use taper_kit::fields::Fields;
use taper_kit::name;
use taper_store::InjuryKey;

const SPEED_KMH_MAX: i64 = 45;

/// The store's way to an injury.
pub fn key(injury: &name::Injury) -> InjuryKey {
    InjuryKey { patient: injury.patient, injury: injury.injury }
}

/// The parts of a date message, which may be anything.
fn parts(date: Option<&Date>) -> Option<(i32, i32, i32)> {
    date.map(|date| (date.year, date.month, date.day))
}

/// A date as the wire has it.
fn date(date: civil::Date) -> Date {
    Date { year: i32::from(date.year()), month: i32::from(date.month()), day: i32::from(date.day()) }
}

/// A number of a range that can be built only within it; absent is absent.
fn ranged<T>(
    fields: &mut Fields,
    field: &str,
    given: Option<i32>,
    parse: fn(i64) -> Result<T, ValueFault>,
) -> Option<T> {
    fields.take(field, parse(i64::from(given?)))
}

/// A speed above 0, up to the fastest that a person runs.
fn speed_kmh(fields: &mut Fields, field: &str, given: f64) -> Option<Thousandths> {
    let speed = fields.take(field, Thousandths::from_f64(given))?;
    let in_range = speed > Thousandths::whole(0) && speed <= Thousandths::whole(SPEED_KMH_MAX);
    if !in_range {
        fields.fault(field, format!("is {speed}; allowed is above 0 to {SPEED_KMH_MAX} km/h"));
    }
    in_range.then_some(speed)
}

#[cfg(test)]
mod tests {
    use taper_api::v1;
    use taper_core::record::codes;
    use taper_kit::fields::code_number;

    /// The code's number and its wire name fit together, so that the two lists cannot drift apart.
    macro_rules! same_codes {
        ($($name:ident, $prefix:literal;)*) => {$(
            for &code in codes::$name::ALL {
                let wire = v1::$name::try_from(code_number(code, codes::$name::ALL)).unwrap();
                assert_eq!(wire.as_str_name(), format!("{}_{}", $prefix, code.code().to_uppercase()));
            }
            let beyond = i32::try_from(codes::$name::ALL.len() + 1).unwrap();
            assert!(v1::$name::try_from(beyond).is_err(), "the wire has more codes than {}", stringify!($name));
        )*};
    }

    #[test]
    fn every_code_has_its_name_on_the_wire() {
        same_codes! {
            Site, "SITE";
            ActivityKind, "ACTIVITY_KIND";
            Reporter, "REPORTER";
        }
    }
}
