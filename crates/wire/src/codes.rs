//! Every code of the domain has its number and its name on the wire, so that the two lists cannot drift apart.

use std::fmt::{Debug, Display};

use taper_api::v1;
use taper_core::record::codes;
use taper_kit::fields::{Fields, code_number};

#[track_caller]
fn check<T, P>(prefix: &str, all: &[T], name: fn(&P) -> &'static str)
where
    T: Copy + Display + PartialEq + Debug,
    P: TryFrom<i32, Error: Debug>,
{
    for code in all {
        let number = code_number(*code, all);
        let on_the_wire = P::try_from(number).unwrap();
        assert_eq!(name(&on_the_wire), format!("{prefix}_{}", code.to_string().to_uppercase()));
        let mut fields = Fields::new();
        assert_eq!(fields.code("field", number, prefix, all), Some(*code));
    }
    let beyond = i32::try_from(all.len()).unwrap() + 1;
    assert!(P::try_from(beyond).is_err(), "{prefix} has a number that the domain does not know");
}

#[test]
fn every_code_has_the_number_and_the_name_of_the_contract() {
    check("SESSION_KIND", codes::SessionKind::ALL, v1::SessionKind::as_str_name);
    check("SESSION_STATE", codes::SessionState::ALL, v1::SessionState::as_str_name);
    check("AREA", codes::Area::ALL, v1::Area::as_str_name);
    check("MODALITY", codes::Modality::ALL, v1::Modality::as_str_name);
    check("MODALITY_RESULT", codes::ModalityResult::ALL, v1::ModalityResult::as_str_name);
    check("ACTIVITY_KIND", codes::ActivityKind::ALL, v1::ActivityKind::as_str_name);
    check("ADVERSE_EVENT_KIND", codes::AdverseEventKind::ALL, v1::AdverseEventKind::as_str_name);
    check("PLAN_STATE", codes::PlanState::ALL, v1::PlanState::as_str_name);
    check("RUNNING_POLICY", codes::RunningPolicy::ALL, v1::RunningPolicy::as_str_name);
    check("EQUIPMENT", codes::Equipment::ALL, v1::Equipment::as_str_name);
    check("OVERRIDE_REASON", codes::OverrideReason::ALL, v1::OverrideReason::as_str_name);
    check("CLEARANCE_OUTCOME", codes::ClearanceOutcome::ALL, v1::ClearanceOutcome::as_str_name);
    check("CLEARED_BY", codes::ClearedBy::ALL, v1::ClearedBy::as_str_name);
    check("PRESENTATION", codes::Presentation::ALL, v1::Presentation::as_str_name);
    check("SITE", codes::Site::ALL, v1::Site::as_str_name);
    check("REPORTER", codes::Reporter::ALL, v1::Reporter::as_str_name);
    check("DISCIPLINE", codes::Discipline::ALL, v1::Discipline::as_str_name);
    check("CAUTION", codes::Caution::ALL, v1::Caution::as_str_name);
    check("SIDE", codes::Side::ALL, v1::Side::as_str_name);
    check("MECHANISM", codes::Mechanism::ALL, v1::Mechanism::as_str_name);
    check("TREATMENT_RESULT", codes::TreatmentResult::ALL, v1::TreatmentResult::as_str_name);
    check("RECURRENCE_TIMING", codes::RecurrenceTiming::ALL, v1::RecurrenceTiming::as_str_name);
}
