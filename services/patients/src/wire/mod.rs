//! The service's messages to the words of the core, and back; every fault of a message is noted with its path.

pub mod clinic;
pub mod injury;
pub mod patient;
pub mod policy;
pub mod therapist;

use jiff::civil;
use taper_api::google::r#type::Date;

/// The parts of a date message, which may be anything.
fn parts(date: Option<&Date>) -> Option<(i32, i32, i32)> {
    date.map(|date| (date.year, date.month, date.day))
}

/// A date as the wire has it.
fn date(date: civil::Date) -> Date {
    Date { year: i32::from(date.year()), month: i32::from(date.month()), day: i32::from(date.day()) }
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
            Discipline, "DISCIPLINE";
            Caution, "CAUTION";
            Side, "SIDE";
            Site, "SITE";
            Mechanism, "MECHANISM";
            Presentation, "PRESENTATION";
            TreatmentResult, "TREATMENT_RESULT";
            RecurrenceTiming, "RECURRENCE_TIMING";
        }
    }
}
