//! When an injury came back, counted from the return to full participation after the earlier one.

use jiff::ToSpan;
use jiff::civil::Date;

use super::codes::RecurrenceTiming;

const EARLY_MONTHS_MAX: i32 = 2;
const LATE_MONTHS_MAX: i32 = 12;

/// The timing of a recurrence (Fuller 2006: early up to 2 months, late up to 12, delayed after that; Fuller 2007: an
/// exacerbation when the patient had not returned).
///
/// Months are those of the calendar: two months after 31 December is the last day of February.
pub fn timing(return_date: Option<Date>, onset_date: Date) -> RecurrenceTiming {
    let Some(return_date) = return_date.filter(|returned| *returned <= onset_date) else {
        return RecurrenceTiming::Exacerbation;
    };
    if onset_date <= months_after(return_date, EARLY_MONTHS_MAX) {
        RecurrenceTiming::Early
    } else if onset_date <= months_after(return_date, LATE_MONTHS_MAX) {
        RecurrenceTiming::Late
    } else {
        RecurrenceTiming::Delayed
    }
}

fn months_after(date: Date, months: i32) -> Date {
    date.saturating_add(months.months())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(return_date: Option<&str>, onset_date: &str, expected: RecurrenceTiming) {
        let return_date = return_date.map(|date| date.parse().unwrap());
        assert_eq!(timing(return_date, onset_date.parse().unwrap()), expected, "{return_date:?} {onset_date}");
    }

    #[test]
    fn a_recurrence_is_early_up_to_two_months_and_late_up_to_twelve() {
        check(Some("2025-01-15"), "2025-01-15", RecurrenceTiming::Early);
        check(Some("2025-01-15"), "2025-03-15", RecurrenceTiming::Early);
        check(Some("2025-01-15"), "2025-03-16", RecurrenceTiming::Late);
        check(Some("2025-01-15"), "2026-01-15", RecurrenceTiming::Late);
        check(Some("2025-01-15"), "2026-01-16", RecurrenceTiming::Delayed);
    }

    #[test]
    fn without_a_return_before_it_a_recurrence_is_an_exacerbation() {
        check(None, "2025-01-15", RecurrenceTiming::Exacerbation);
        check(Some("2025-01-16"), "2025-01-15", RecurrenceTiming::Exacerbation);
    }

    #[test]
    fn months_end_with_the_month_where_it_is_shorter() {
        check(Some("2024-12-31"), "2025-02-28", RecurrenceTiming::Early);
        check(Some("2024-12-31"), "2025-03-01", RecurrenceTiming::Late);
        check(Some("2024-02-29"), "2025-02-28", RecurrenceTiming::Late);
        check(Some("2024-02-29"), "2025-03-01", RecurrenceTiming::Delayed);
    }
}
