//! Money in words and from words: `120.00 USD`, in whole minor units of two decimals.

use taper_api::google::r#type::Money;

/// Nanos of one minor unit.
const NANOS: i32 = 10_000_000;

/// `120.00 USD`.
pub fn told(money: &Money) -> String {
    let sign = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let minor = (money.nanos / NANOS).unsigned_abs();
    format!("{sign}{}.{minor:02} {}", money.units.unsigned_abs(), money.currency_code)
}

/// Reads `120`, `120.5` or `120.00` in a currency.
pub fn parse(text: &str, currency_code: &str) -> Result<Money, String> {
    let fault = || format!("{text:?} is no amount of money, for example 120.00");
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "00"));
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) || decimals.len() > 2 {
        return Err(fault());
    }
    let units: i64 = whole.parse().map_err(|_| fault())?;
    let minor: i32 = format!("{decimals:0<2}").parse().map_err(|_| fault())?;
    Ok(Money { currency_code: currency_code.to_owned(), units, nanos: minor.saturating_mul(NANOS) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_back_as_it_was_written() {
        for (text, expected) in [("120", "120.00 USD"), ("0.5", "0.50 USD"), ("19.99", "19.99 USD"), ("0", "0.00 USD")]
        {
            assert_eq!(told(&parse(text, "USD").unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_amounts() {
        for text in ["", ".", "1.", ".5", "-1", "1.234", "1,50", "1e3", "99999999999999999999"] {
            assert!(parse(text, "USD").is_err(), "{text}");
        }
    }
}
