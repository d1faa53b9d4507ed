//! Codes, units and numbers of the contract in words.

use taper_api::google::r#type::Date;
use taper_core::measure::MeasureCode;
use taper_core::protocol;

/// `NOT_YET` of `PERMISSION_NOT_YET`: the name of an enum's value without its prefix, in lower case with spaces.
pub fn value_name(name: &str, prefix: &str) -> String {
    spaced(&name.strip_prefix(prefix).unwrap_or(name).to_lowercase())
}

/// A code of the contract with spaces, for example `eccentric exercise`.
pub fn spaced(code: &str) -> String {
    code.replace("tie_in", "tie-in").replace('_', " ")
}

/// The name of a measure or of a fact, its first letter small unless names stand in it.
pub fn measure(code: &str) -> String {
    let of_measure = MeasureCode::parse(code).map(|found| found.measure().name.to_owned()).ok();
    let Some(name) = of_measure.or_else(|| protocol::fact_name(code)) else {
        return spaced(code);
    };
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if !letters.as_str().contains(char::is_uppercase) => {
            format!("{}{}", first.to_lowercase(), letters.as_str())
        }
        _ => name,
    }
}

/// A notice beside something that is allowed, in few words.
pub fn notice(code: &str) -> String {
    match code {
        "massage_no_trial" => "no trial found".to_owned(),
        other => spaced(other),
    }
}

/// A number with its unit, for example `8 deg`, `3/10`, `75%`; one decimal at most.
pub fn number(number: f64, unit: &str) -> String {
    let number = (number * 10.0).round() / 10.0;
    match unit {
        "%" => format!("{number}%"),
        "{NPRS}" => format!("{number}/10"),
        "{VAS}" => format!("{number}/100"),
        "d" => counted(number, "day"),
        "h" => counted(number, "hour"),
        "a" => counted(number, "year"),
        "{month}" => counted(number, "month"),
        "points" => counted(number, "point"),
        other if other.is_empty() || other.starts_with('{') => format!("{number}"),
        other => format!("{number} {other}"),
    }
}

/// `1 day`, `3 days`, of a word whose plural ends in s.
pub fn counted(count: f64, thing: &str) -> String {
    let plural = if count.abs() == 1.0 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// `1 visit a week`, `3 visits a week`.
pub fn visits_a_week(count: i32) -> String {
    format!("{} a week", counted(f64::from(count), "visit"))
}

/// A date as `2026-03-02`.
pub fn date(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// `1 answer`, `3 answers`, of things that are counted.
pub fn counted_items(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// `today`, `1 day ago`, `3 days ago`; `in 2 days` for what lies ahead.
pub fn days_ago(days: i64) -> String {
    let size = counted_items(usize::try_from(days.unsigned_abs()).unwrap_or(usize::MAX), "day");
    match days {
        0 => "today".to_owned(),
        ahead if ahead < 0 => format!("in {size}"),
        _ => format!("{size} ago"),
    }
}

/// An instant in UTC, to the second.
pub fn instant(at: &prost_types::Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds).map_or_else(|_| "an unknown time".to_owned(), |at| at.to_string())
}

/// The id at the end of a resource's name.
pub fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// `hamstring-strain, version 1` of the name of a protocol's version; a clinic's own says so.
pub fn protocol(name: &str) -> String {
    let own = if name.starts_with("clinics/") { "the clinic's own protocol " } else { "" };
    let parts: Vec<&str> = name.rsplit('/').collect();
    match parts.as_slice() {
        [version, "versions", id, ..] => format!("{own}{id}, version {version}"),
        _ => name.to_owned(),
    }
}

/// What kind of record a name is of: `assessment` of `.../assessments/{id}`; nothing for an empty name.
pub fn record_kind(name: &str) -> String {
    let collection = name.rsplit('/').nth(1).unwrap_or_default();
    let kind = match collection {
        "activities" => "activity",
        "injuries" => "injury",
        "treatmentPlans" => "plan",
        "recommendations" => "receipt",
        other => other.strip_suffix('s').unwrap_or(other),
    };
    kind.to_owned()
}

/// `a, b and c`.
pub fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_carry_their_unit_as_people_write_it() {
        assert_eq!(number(8.0, "deg"), "8 deg");
        assert_eq!(number(9.5, "km/h"), "9.5 km/h");
        assert_eq!(number(3.0, "{NPRS}"), "3/10");
        assert_eq!(number(66.667, "%"), "66.7%");
        assert_eq!(number(2.0, "{count}"), "2");
        assert_eq!((number(1.0, "d"), number(0.0, "d")), ("1 day".to_owned(), "0 days".to_owned()));
    }

    #[test]
    fn a_measure_has_the_catalogues_name() {
        assert_eq!(measure("pain_rest"), "pain at rest");
        assert_eq!(measure("lefs"), "Lower Extremity Functional Scale");
        assert_eq!(measure("no_such_measure"), "no such measure");
    }

    #[test]
    fn a_fact_is_told_by_its_name_and_never_by_its_code() {
        assert_eq!(measure("loading_pain"), "pain in strength work");
        assert_eq!(measure("not_painfree_walking"), "limp or pain in walking");
        assert_eq!(measure("activity_degree"), "degree that limits activities");
        assert_eq!(measure("days_since_regress"), "days since the last setback");
        assert_eq!(measure("unrecorded:session_pain"), "recorded lately, pain after the session");
        assert_eq!(measure("entry_days:lefs"), "Days on record, Lower Extremity Functional Scale");
        assert_eq!(measure("referral:deep_vein_thrombosis"), "referral open, deep vein thrombosis");
        assert_eq!(notice("massage_no_trial"), "no trial found");
        assert_eq!(notice("no_benefit_shown"), "no benefit shown");
    }

    #[test]
    fn names_are_told_by_what_they_are_of() {
        let clinic = "clinics/default/patients/p/injuries/i";
        assert_eq!(record_kind(&format!("{clinic}/assessments/a")), "assessment");
        assert_eq!(record_kind(&format!("{clinic}/activities/a")), "activity");
        assert_eq!(record_kind(""), "");
        assert_eq!(last_part(&format!("{clinic}/treatmentPlans/t")), "t");
        assert_eq!(protocol("protocols/hamstring-strain/versions/1"), "hamstring-strain, version 1");
        assert_eq!(protocol("clinics/default/protocols/own/versions/2"), "the clinic's own protocol own, version 2");
    }

    #[test]
    fn ages_are_told_in_days() {
        assert_eq!((days_ago(0), days_ago(1)), ("today".to_owned(), "1 day ago".to_owned()));
        assert_eq!((days_ago(21), days_ago(-2)), ("21 days ago".to_owned(), "in 2 days".to_owned()));
    }

    #[test]
    fn lists_end_in_and() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&items), "a, b and c");
        assert_eq!(listed(&items[..1]), "a");
        assert_eq!(listed(&[]), "");
    }

    #[test]
    fn the_name_of_a_value_loses_its_prefix() {
        assert_eq!(value_name("PERMISSION_NOT_YET", "PERMISSION_"), "not yet");
    }
}
