//! Every measure is unique and sane.

use std::collections::BTreeSet;

use taper_core::measure::{ALL, MeasureCode, Shape, Value, Worse};
use taper_core::value::Thousandths;

/// Units that stand last in the code, as the catalogue writes them.
const UNIT_SUFFIXES: [(&str, &str); 6] =
    [("deg", "_deg"), ("cm", "_cm"), ("%", "_percent"), ("km/h", "_kmh"), ("N", "_n"), ("N.m", "_nm")];

#[test]
fn every_code_is_there_once() {
    let codes: BTreeSet<&str> = ALL.iter().map(|measure| measure.code).collect();
    assert_eq!(codes.len(), ALL.len());
    assert!(codes.len() > 90, "only {} measures", codes.len());
}

#[test]
fn every_measure_says_what_to_measure_in_one_sentence() {
    for measure in ALL {
        let code = measure.code;
        assert!(
            !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "{code}"
        );
        assert!(!measure.name.is_empty(), "{code} has no name");
        assert!(measure.how.ends_with('.') && measure.how.len() > 15, "{code}: {}", measure.how);
        assert!(!measure.source.is_empty(), "{code} has no source");
        assert!((7..=28).contains(&measure.fresh_days), "{code}: {} days", measure.fresh_days);
    }
}

#[test]
fn a_unit_stands_last_in_the_code() {
    for measure in ALL {
        let Shape::Number { unit, .. } = measure.shape else {
            continue;
        };
        let suffix = UNIT_SUFFIXES.iter().find(|(known, _)| *known == unit).map(|(_, suffix)| *suffix);
        match suffix {
            Some(suffix) => assert!(measure.code.ends_with(suffix), "{} in {unit}", measure.code),
            None => assert!(unit.starts_with('{') && unit.ends_with('}'), "{} in {unit}", measure.code),
        }
    }
}

#[test]
fn ranges_hold_at_both_ends_and_no_further() {
    for measure in ALL {
        let Shape::Number { min, max, step, .. } = measure.shape else {
            continue;
        };
        assert!(min < max && step.0 > 0, "{}", measure.code);
        assert_eq!((max.0 - min.0) % step.0, 0, "{}: the range is no multiple of the step", measure.code);
        for (value, good) in [(min.0, true), (max.0, true), (min.0 - step.0, false), (max.0 + step.0, false)] {
            let checked = measure.check(&Value::Number(Thousandths(value)));
            assert_eq!(checked.is_ok(), good, "{} at {}", measure.code, Thousandths(value));
        }
        assert!(measure.check(&Value::Finding(true)).is_err(), "{} took a finding", measure.code);
        assert!(measure.check(&Value::NotMeasured).is_ok(), "{} must be markable as not measured", measure.code);
    }
}

#[test]
fn the_ranges_that_the_clinic_knows_are_these() {
    let whole = |code: &str| {
        let Shape::Number { unit, min, max, step } = MeasureCode::parse(code).unwrap().measure().shape else {
            panic!("{code} is no number")
        };
        (unit, min.to_f64(), max.to_f64(), step.to_f64())
    };
    assert_eq!(whole("pain_worst_24h"), ("{NPRS}", 0.0, 10.0, 1.0));
    assert_eq!(whole("knee_extension_deficit_deg"), ("deg", 0.0, 90.0, 0.1));
    assert_eq!(whole("straight_leg_raise_deg"), ("deg", 0.0, 120.0, 0.1));
    assert_eq!(whole("strength_outer_percent"), ("%", 0.0, 150.0, 0.1));
    assert_eq!(whole("palpation_length_cm"), ("cm", 0.0, 40.0, 0.1));
    assert_eq!(whole("lefs"), ("{score}", 0.0, 80.0, 1.0));
    assert_eq!(whole("fash"), ("{score}", 0.0, 100.0, 1.0));
    assert_eq!(whole("groc"), ("{score}", -7.0, 7.0, 1.0));
    assert_eq!(whole("tsk_11"), ("{score}", 11.0, 44.0, 1.0));
    assert_eq!(whole("pain_onset_speed_kmh"), ("km/h", 0.0, 45.0, 0.001));
}

#[test]
fn changes_are_given_only_where_they_are_published() {
    let changes = |code: &str| {
        let measure = MeasureCode::parse(code).unwrap().measure();
        let size = |change: Option<taper_core::measure::Change>| change.map(|change| change.size.to_f64());
        (size(measure.detectable), size(measure.meaningful))
    };
    assert_eq!(changes("pain_worst_24h"), (Some(1.77), Some(2.0)));
    assert_eq!(changes("knee_extension_deficit_deg"), (Some(15.0), None));
    assert_eq!(changes("passive_knee_extension_deficit_deg"), (Some(21.0), None));
    assert_eq!(changes("lefs"), (Some(9.0), Some(9.0)));
    assert_eq!(changes("fash"), (None, None));
    assert_eq!(changes("straight_leg_raise_percent"), (None, None));
    assert_eq!(changes("strength_outer_percent"), (None, None));
    assert_eq!(changes("palpation_length_cm"), (None, None));
    assert_eq!(changes("visa_h"), (None, Some(22.0)));
    assert_eq!(changes("psfs"), (Some(2.0), Some(2.3)));
    for measure in ALL {
        for change in [measure.detectable, measure.meaningful].into_iter().flatten() {
            assert!(change.size.0 > 0 && !change.source.is_empty(), "{}", measure.code);
        }
    }
}

#[test]
fn codes_run_from_best_to_worst() {
    for measure in ALL {
        let Shape::Code(codes) = measure.shape else { continue };
        assert!(codes.len() >= 2, "{}", measure.code);
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{}", measure.code);
        let best = ["none", "normal", "painless", "full", "first", "equal_painless"];
        assert!(codes.first().is_some_and(|code| best.contains(code)), "{}: {codes:?}", measure.code);
        assert!(measure.check(&Value::Code("no_such_code".to_owned())).is_err(), "{}", measure.code);
    }
}

/// Measures that are fresh for other days than the screen, range, palpation and tests, by days. Design.md, on freshness:
/// pain, gait and swelling 7, strength 21, questionnaires 28; all else 14.
const OTHER_FRESHNESS: &[(u16, &[&str])] = &[
    (
        7,
        &[
            "pain_rest",
            "pain_daily_life",
            "pain_walking",
            "pain_stretch",
            "pain_isometric",
            "pain_activity",
            "pain_running",
            "pain_worst_24h",
            "pain_next_morning",
            "gait",
            "swelling",
            "bruising",
            "session_rpe_load",
        ],
    ),
    (28, &["lefs", "fash", "psfs", "visa_h", "tsk_11", "groc"]),
];

#[test]
fn freshness_is_that_of_the_kind_of_measure() {
    for measure in ALL {
        let of_strength =
            ["strength_", "isometric_", "manual_resistance_"].iter().any(|kind| measure.code.starts_with(kind));
        let other = OTHER_FRESHNESS.iter().find(|(_, codes)| codes.contains(&measure.code)).map(|(days, _)| *days);
        let expected = if of_strength { 21 } else { other.unwrap_or(14) };
        assert_eq!(measure.fresh_days, expected, "{}", measure.code);
    }
    for code in OTHER_FRESHNESS.iter().flat_map(|(_, codes)| *codes) {
        assert!(MeasureCode::parse(code).is_ok(), "{code} is no measure");
    }
}

#[test]
fn range_and_strength_name_their_tester_and_less_is_worse() {
    for measure in ALL {
        let Shape::Number { unit, .. } = measure.shape else {
            continue;
        };
        if ["deg", "N", "N.m"].contains(&unit) || measure.code.ends_with("_percent") {
            assert!(measure.by_tester, "{}", measure.code);
        }
        if measure.code.starts_with("strength_") || measure.code.starts_with("straight_leg_raise_") {
            assert_eq!(measure.worse, Worse::Lower, "{}", measure.code);
        }
        if unit == "{NPRS}" || measure.code.ends_with("_deficit_deg") {
            assert_eq!(measure.worse, Worse::Higher, "{}", measure.code);
        }
    }
}
