//! Codes, units and numbers of the contract in words.

use taper_api::google::r#type::Date;
use taper_core::measure::MeasureCode;

/// `NOT_YET` of `PERMISSION_NOT_YET`: the name of an enum's value without its prefix, in lower case with spaces.
pub fn value_name(name: &str, prefix: &str) -> String {
    spaced(&name.strip_prefix(prefix).unwrap_or(name).to_lowercase())
}

/// A code of the contract with spaces, for example `eccentric exercise`.
pub fn spaced(code: &str) -> String {
    code.replace("tie_in", "tie-in").replace('_', " ")
}

/// The catalogue's name of a measure, its first letter small unless names stand in it.
pub fn measure(code: &str) -> String {
    let Ok(found) = MeasureCode::parse(code) else {
        return spaced(code);
    };
    let name = found.measure().name;
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if !letters.as_str().contains(char::is_uppercase) => {
            format!("{}{}", first.to_lowercase(), letters.as_str())
        }
        _ => name.to_owned(),
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
    let plural = if count == 1.0 { "" } else { "s" };
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
