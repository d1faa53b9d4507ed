//! Codes, units and numbers of the contract in words.

use taper_api::google::r#type::Date;
use taper_core::measure::MeasureCode;

/// `NOT_YET` of `PERMISSION_NOT_YET`: the name of an enum's value without its prefix, in lower case with spaces.
pub fn value_name(name: &str, prefix: &str) -> String {
    spaced(&name.strip_prefix(prefix).unwrap_or(name).to_lowercase())
}

/// A code of the contract, for example `tie_in`, with spaces.
pub fn spaced(code: &str) -> String {
    code.replace('_', " ")
}

/// The catalogue's name of a measure, its first letter small unless it is an abbreviation.
pub fn measure(code: &str) -> String {
    let Ok(found) = MeasureCode::parse(code) else {
        return spaced(code);
    };
    let name = found.measure().name;
    let mut letters = name.chars();
    let (Some(first), rest) = (letters.next(), letters.as_str()) else {
        return spaced(code);
    };
    match rest.chars().next().is_some_and(char::is_lowercase) {
        true => format!("{}{rest}", first.to_lowercase()),
        false => name.to_owned(),
    }
}

/// A number with its unit, for example `8 deg`, `3 of 10`, `75%`.
pub fn number(number: f64, unit: &str) -> String {
    match unit {
        "" | "{count}" | "{score}" | "{AU}" | "{step}" => format!("{number}"),
        "%" => format!("{number}%"),
        "{NPRS}" => format!("{number} of 10"),
        "{VAS}" => format!("{number} of 100"),
        "d" => format!("{number} days"),
        "h" => format!("{number} hours"),
        "a" => format!("{number} years"),
        "{month}" => format!("{number} months"),
        other => format!("{number} {}", other.trim_matches(['{', '}'])),
    }
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
        assert_eq!(number(3.0, "{NPRS}"), "3 of 10");
        assert_eq!(number(85.0, "%"), "85%");
        assert_eq!(number(2.0, "{count}"), "2");
    }

    #[test]
    fn a_measure_has_the_catalogues_name() {
        assert_eq!(measure("pain_rest"), "pain at rest");
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
