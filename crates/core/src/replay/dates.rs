//! The dates on which a case is compared: those on which something was recorded to count.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::DATES_MAX;
use crate::record::Record;
use crate::record::codes::SessionState;

/// In order, each once. What was recorded before the plan's first day counts on that day.
pub(super) fn compared(record: &Record, last_day: Date) -> Vec<Date> {
    let mut dates = BTreeSet::new();
    for assessment in record.assessments.iter().filter(|fact| !fact.entered_in_error) {
        dates.insert(assessment.content.date);
    }
    for decision in record.decisions.iter().filter(|fact| !fact.entered_in_error) {
        dates.insert(decision.content.date);
    }
    for session in record.sessions.iter().filter(|fact| !fact.entered_in_error) {
        if session.content.state == SessionState::Attended {
            dates.insert(session.content.date);
        }
    }
    for activity in record.activities.iter().filter(|fact| !fact.entered_in_error) {
        dates.insert(activity.content.date);
    }
    let first_day = record.plan.content.start_date;
    let counted: BTreeSet<Date> = dates.into_iter().map(|date| date.max(first_day)).collect();
    let counted: Vec<Date> = counted.into_iter().filter(|date| *date <= last_day).collect();
    spread(&counted, DATES_MAX)
}

/// At most so many of them, 2 or more, evenly over their order, always the first and the last.
fn spread(dates: &[Date], dates_max: usize) -> Vec<Date> {
    let (Some(last), Some(steps)) = (dates.len().checked_sub(1), dates_max.checked_sub(1)) else {
        return Vec::new();
    };
    if last <= steps {
        return dates.to_vec();
    }
    let place = |step: usize| step.saturating_mul(last).checked_div(steps).unwrap_or_default();
    (0..=steps).filter_map(|step| dates.get(place(step)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    fn days(count: i64) -> Vec<Date> {
        (0..count).map(|day| date(2026, 3, 1).checked_add(day.days()).unwrap()).collect()
    }

    #[test]
    fn up_to_twenty_dates_are_all_compared() {
        for count in [0, 1, 2, 19, 20] {
            assert_eq!(spread(&days(count), DATES_MAX), days(count), "{count}");
        }
    }

    #[test]
    fn of_more_than_twenty_dates_twenty_are_compared_with_the_first_and_the_last() {
        for count in [21, 39, 40, 120, 1_000] {
            let all = days(count);
            let taken = spread(&all, DATES_MAX);
            assert_eq!(taken.len(), DATES_MAX, "{count}");
            assert_eq!((taken.first(), taken.last()), (all.first(), all.last()), "{count}");
            let gaps: Vec<i32> = taken.windows(2).map(|pair| (pair[1] - pair[0]).get_days()).collect();
            let (least, most) = (gaps.iter().min().unwrap(), gaps.iter().max().unwrap());
            assert!(*least >= 1 && most - least <= 1, "{count}: {gaps:?}");
        }
    }
}
