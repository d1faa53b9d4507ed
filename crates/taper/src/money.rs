//! Money in words and from words: `120.00 USD`, `9000 JPY`, in the decimals of each currency.

use taper_api::google::r#type::Money;
use taper_core::currency::minor_digits;

/// Digits of a nano.
const NANO_DIGITS: u32 = 9;

/// `120.00 USD`; a currency that is not known is told with cents.
pub fn told(money: &Money) -> String {
    let sign = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let (units, nanos) = (money.units.unsigned_abs(), money.nanos.unsigned_abs());
    match minor_digits(&money.currency_code).unwrap_or(2) {
        0 => format!("{sign}{units} {}", money.currency_code),
        digits => {
            let minor = nanos / 10_u32.pow(NANO_DIGITS.saturating_sub(digits));
            let width = usize::try_from(digits).unwrap_or_default();
            format!("{sign}{units}.{minor:0width$} {}", money.currency_code)
        }
    }
}

/// Reads `120`, `120.5` or `120.00` in a currency, with no more decimals than it has.
pub fn parse(text: &str, currency_code: &str) -> Result<Money, String> {
    let digits = minor_digits(currency_code).ok_or_else(|| format!("{currency_code} is no currency of ISO 4217"))?;
    let fault = || {
        let example = told(&Money { currency_code: currency_code.to_owned(), units: 120, nanos: 0 });
        let example = example.split(' ').next().unwrap_or_default();
        format!("{text:?} is no amount of money, for example {example}")
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    let is_too_fine = text.contains('.') && decimals.len() > usize::try_from(digits).unwrap_or_default();
    if !is_number(whole) || !is_number(decimals) || is_too_fine {
        return Err(fault());
    }
    let units: i64 = whole.parse().map_err(|_| fault())?;
    let nanos: i32 = format!("{decimals:0<9}").parse().map_err(|_| fault())?;
    Ok(Money { currency_code: currency_code.to_owned(), units, nanos })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_back_as_it_was_written_in_the_decimals_of_its_currency() {
        for (text, code, expected) in [
            ("120", "USD", "120.00 USD"),
            ("0.5", "USD", "0.50 USD"),
            ("19.99", "USD", "19.99 USD"),
            ("0", "USD", "0.00 USD"),
            ("9000", "JPY", "9000 JPY"),
            ("27.125", "KWD", "27.125 KWD"),
            ("27.1", "KWD", "27.100 KWD"),
        ] {
            assert_eq!(told(&parse(text, code).unwrap()), expected, "{text} {code}");
        }
        assert_eq!(parse("0.07", "USD").unwrap().nanos, 70_000_000);
    }

    #[test]
    fn other_texts_are_no_amounts() {
        for text in ["", ".", "1.", ".5", "-1", "1.234", "1,50", "1e3", "99999999999999999999"] {
            assert!(parse(text, "USD").unwrap_err().contains("for example 120.00"), "{text}");
        }
        assert!(parse("9000.5", "JPY").unwrap_err().ends_with("for example 120"));
        assert!(parse("27.1251", "KWD").is_err());
        assert_eq!(parse("1", "ZZZ").unwrap_err(), "ZZZ is no currency of ISO 4217");
    }
}
