//! Numbers that cannot be out of range: thousandths, pain, minutes, dates, money.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::currency::minor_digits;

/// Why a number or a date is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ValueFault {
    /// Not a number, or infinite.
    #[error("must be a finite number")]
    NotFinite,
    /// More than three decimals.
    #[error("has more than three decimals")]
    TooFine,
    /// Outside the range.
    #[error("is {found}; allowed is {min} to {max} {unit}")]
    OutOfRange {
        /// What was found.
        found: String,
        /// Least allowed.
        min: String,
        /// Most allowed.
        max: String,
        /// The unit.
        unit: &'static str,
    },
    /// Not a date of the calendar, or before 1900.
    #[error("is not a full date of the calendar between 1900-01-01 and 2199-12-31")]
    NotADate,
    /// Any other fault, in words.
    #[error("{0}")]
    Other(String),
}

/// A decimal number with at most three decimals, kept as thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thousandths(pub i64);

impl Thousandths {
    /// From a whole number.
    pub const fn whole(number: i64) -> Self {
        Self(number.saturating_mul(1000))
    }

    /// From a double on the wire: finite, at most three decimals, magnitude at most 10^9.
    pub fn from_f64(number: f64) -> Result<Self, ValueFault> {
        if !number.is_finite() {
            return Err(ValueFault::NotFinite);
        }
        if number.abs() > 1e9 {
            let (min, max) = ("-1000000000".to_owned(), "1000000000".to_owned());
            return Err(ValueFault::OutOfRange { found: number.to_string(), min, max, unit: "" });
        }
        let scaled = number * 1000.0;
        let rounded = scaled.round();
        // What a double cannot hold exactly is a few units of its last place; everything else are more decimals.
        if (scaled - rounded).abs() > scaled.abs() * 4.0 * f64::EPSILON {
            return Err(ValueFault::TooFine);
        }
        #[expect(clippy::cast_possible_truncation, reason = "the magnitude was checked above")]
        let thousandths = rounded as i64;
        Ok(Self(thousandths))
    }

    /// As a double for the wire.
    pub fn to_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "magnitudes are far below 2^53")]
        let number = self.0 as f64;
        number / 1000.0
    }
}

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs() / 1000;
        let part = self.0.unsigned_abs() % 1000;
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{part:03}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

macro_rules! ranged {
    ($($(#[doc = $doc:literal])* $name:ident($int:ty), $min:literal..=$max:literal, $unit:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name($int);

        impl $name {
            /// The least and the most that is allowed.
            pub const RANGE: (i64, i64) = ($min, $max);

            /// Checks the range.
            pub fn new(number: i64) -> Result<Self, ValueFault> {
                let fault = || ValueFault::OutOfRange {
                    found: number.to_string(), min: $min.to_string(), max: $max.to_string(), unit: $unit,
                };
                if !($min..=$max).contains(&number) {
                    return Err(fault());
                }
                <$int>::try_from(number).map(Self).map_err(|_| fault())
            }

            /// The number.
            pub fn get(self) -> $int {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = ValueFault;

            fn try_from(number: i64) -> Result<Self, ValueFault> {
                Self::new(number)
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> i64 {
                i64::from(value.0)
            }
        }
    )*};
}

ranged! {
    /// Pain on the numeric rating scale, 0 (none) to 10 (worst imaginable).
    Nprs(u8), 0..=10, "NPRS points";
    /// The length of a treatment session, in minutes.
    SessionMinutes(u16), 1..=600, "minutes";
    /// Minutes of a part of a session, or of an activity.
    Minutes(u16), 1..=1440, "minutes";
    /// A share in percent.
    Percent(u8), 0..=100, "percent";
    /// Visits a week.
    VisitsPerWeek(u8), 1..=7, "visits a week";
    /// How long a record is kept, in years.
    RetentionYears(u8), 1..=100, "years";
    /// Minutes of one visit as a plan prescribes it.
    VisitMinutes(u16), 5..=240, "minutes";
}

/// A civil date between 1900 and 2199.
pub fn date(year: i32, month: i32, day: i32) -> Result<Date, ValueFault> {
    let part = |number: i32| i8::try_from(number).map_err(|_| ValueFault::NotADate);
    let year = i16::try_from(year).map_err(|_| ValueFault::NotADate)?;
    if !(1900..=2199).contains(&year) {
        return Err(ValueFault::NotADate);
    }
    Date::new(year, part(month)?, part(day)?).map_err(|_| ValueFault::NotADate)
}

/// An amount of money in the minor units of its currency (cents; yen have none, so whole yen), ISO 4217.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Three upper-case letters, of [`crate::currency`].
    pub currency_code: String,
    /// Minor units, 0 or more.
    pub minor_units: i64,
}

impl Money {
    /// Checks the currency and the sign; at most 10^12 minor units.
    pub fn new(currency_code: &str, minor_units: i64) -> Result<Self, ValueFault> {
        if minor_digits(currency_code).is_none() {
            return Err(ValueFault::Other("needs the code of a currency of ISO 4217, in upper case".to_owned()));
        }
        if !(0..=1_000_000_000_000).contains(&minor_units) {
            return Err(ValueFault::Other("must be 0 or more, and at most 10^12 minor units".to_owned()));
        }
        Ok(Self { currency_code: currency_code.to_owned(), minor_units })
    }
}
