//! The service's messages to the words of the core, and back; every fault of a message is noted with its path.

pub mod measure;
pub mod trends;

use taper_kit::name;
use taper_store::InjuryKey;

/// The store's way to an injury.
pub fn key(injury: &name::Injury) -> InjuryKey {
    InjuryKey { patient: injury.patient, injury: injury.injury }
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
