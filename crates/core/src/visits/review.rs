//! Reviews that fall due, from the protocol's own rules of review, each with its day.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::protocol::criterion::{Comparator, Quantity, Threshold};
use crate::protocol::fact::Fact;
use crate::recommend::{days, recommend};
use crate::recommendation::{Item, Recommendation};
use crate::record::Record;
use crate::record::codes::SessionState;

use super::sessions;

/// A review that falls due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewDue {
    /// Its code, for example `review_2_to_3_weeks`, `review_6_visits`.
    pub code: String,
    /// The day: counted by the rule, or for a review after so many visits the day of the visit that made them so many.
    pub due: Date,
    /// Days since then; negative while it lies ahead.
    pub overdue_days: i64,
    /// The rule.
    pub rule_id: String,
}

/// Reviews that are due or will be, the earliest first: whatever the protocol's rules of review say, in the built-in
/// protocols two to three weeks after the first visit, every three to four weeks from then on, at six visits, at ten
/// treatment days, and the follow-up after discharge. One that was made is not listed.
pub fn reviews(protocol: &Protocol, record: &Record, as_of: Date) -> Vec<ReviewDue> {
    reviews_of(protocol, record, &recommend(protocol, record, as_of))
}

/// The same, from a recommendation that is there already.
pub(crate) fn reviews_of(protocol: &Protocol, record: &Record, advice: &Recommendation) -> Vec<ReviewDue> {
    let visit_days = visit_days(record, advice.as_of);
    let mut found = Vec::new();
    for item in &advice.reviews {
        let due = item.due.or_else(|| reached(protocol, item, &visit_days)).unwrap_or(advice.as_of);
        let rule_id = item.rule_ids.first().map_or_else(String::new, ToString::to_string);
        let overdue_days = days::between(due, advice.as_of);
        found.push(ReviewDue { code: item.code.to_string(), due, overdue_days, rule_id });
    }
    found.sort_by(|one, other| (one.due, &one.code).cmp(&(other.due, &other.code)));
    found
}

/// Days of attended visits up to a day, in order; a day with two visits twice.
fn visit_days(record: &Record, as_of: Date) -> Vec<Date> {
    let attended = sessions(record).filter(|session| session.state == SessionState::Attended && session.date <= as_of);
    let mut dates: Vec<Date> = attended.map(|session| session.date).collect();
    dates.sort_unstable();
    dates
}

/// The first day on which a count of the item's rules was reached: visits, treatment days, days since the first visit.
fn reached(protocol: &Protocol, item: &Item, visit_days: &[Date]) -> Option<Date> {
    let last = *visit_days.last()?;
    let first = *visit_days.first()?;
    let mut treatment_days = visit_days.to_vec();
    treatment_days.dedup();
    let nth = |dates: &[Date], count: i64| {
        let place = usize::try_from(count.checked_sub(1)?).ok()?;
        dates.get(place).copied()
    };
    let rules = item.rule_ids.iter().filter_map(|id| protocol.rule(id));
    let tests = rules.filter_map(|rule| rule.test.as_ref());
    let mut earliest: Option<Date> = None;
    for criterion in tests.flat_map(|test| test.criteria()) {
        let (Comparator::AtLeast, Threshold::Levels(levels)) = (criterion.comparator, &criterion.threshold) else {
            continue;
        };
        let Some(count) = levels.first().map(|level| level.div_euclid(1000)) else { continue };
        let day = match &criterion.quantity {
            Quantity::Fact(Fact::VisitsAttended) => nth(visit_days, count),
            Quantity::Fact(Fact::TreatmentDays) => nth(&treatment_days, count),
            Quantity::Fact(Fact::DaysSinceFirstVisit) => Some(days::after(first, count)),
            Quantity::Fact(_) | Quantity::Measure(_) => None,
        };
        earliest = match (earliest, day) {
            (Some(known), Some(day)) => Some(known.min(day)),
            (known, day) => known.or(day),
        };
    }
    // What is due by now was reached by now, at the latest with the last visit.
    earliest.or(Some(last))
}
