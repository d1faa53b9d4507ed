//! Arguments that several commands take: dates, instants, the width of a line.

use clap::Args;
use jiff::civil::Date;
use taper_core::value;

use crate::explain::SCREEN_WIDTH;
use crate::paper::Paper;

/// A civil date of the calendar, for example 2026-03-02.
pub fn date(text: &str) -> Result<Date, String> {
    let parsed: Option<Date> = text.parse().ok();
    let checked = parsed.and_then(|date| value::date(date.year().into(), date.month().into(), date.day().into()).ok());
    checked.ok_or_else(|| "it must be a date, for example 2026-03-02".to_owned())
}

/// An instant with its offset, for example 2026-03-02T12:00:00Z.
pub fn instant(text: &str) -> Result<prost_types::Timestamp, String> {
    let at: jiff::Timestamp =
        text.parse().map_err(|_| "it must be an instant, for example 2026-03-02T12:00:00Z".to_owned())?;
    Ok(prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() })
}

/// How wide it is printed.
#[derive(Clone, Copy, Debug, Args)]
pub struct Width {
    /// Characters of a line
    #[arg(long, value_name = "N", default_value_t = SCREEN_WIDTH, value_parser = clap::value_parser!(u16).range(60..=400))]
    width: u16,
}

impl Width {
    /// The paper to print on.
    pub fn paper(self) -> Paper {
        Paper::of_stdout().as_wide_as(self.width.into())
    }
}

/// How much is printed, and how wide.
#[derive(Clone, Copy, Debug, Args)]
pub struct Sheet {
    /// Print everything, not only what fits one screen
    #[arg(long)]
    pub all: bool,

    #[command(flatten)]
    width: Width,
}

impl Sheet {
    /// The paper to print on.
    pub fn paper(self) -> Paper {
        self.width.paper()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_of_the_calendar() {
        assert_eq!(date("2026-03-02"), Ok(jiff::civil::date(2026, 3, 2)));
        for text in ["2026-02-30", "1850-01-01", "today", "2026-3"] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_has_an_offset() {
        assert_eq!(instant("1970-01-01T00:01:00Z").map(|at| at.seconds), Ok(60));
        assert!(instant("2026-03-02T12:00:00").is_err());
    }
}
