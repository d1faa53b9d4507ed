//! Non-response: since when, on which figures, what was tried, and what to try next.

use jiff::civil::Date;

use crate::measure::{MeasureCode, Shape};
use crate::protocol::Protocol;
use crate::protocol::criterion::{Quantity, Threshold};
use crate::protocol::fact::Fact;
use crate::recommend::{days, recommend};
use crate::recommendation::{Recommendation, Verdict};
use crate::record::Record;
use crate::record::codes::{ClearanceOutcome, SessionState};
use crate::record::decision::Decided;
use crate::value::Thousandths;

use super::series::{self, Entry};
use super::{Figure, NonResponseCourse, tried};

/// The code of what a case that does not respond may need to be seen by.
const IMAGING: &str = "imaging";
/// The figure by which the rules judge a response.
const FALL: &str = "fall";

/// The course of a case that does not respond on the day; none of any other.
pub(super) fn course(protocol: &Protocol, record: &Record, as_of: Date) -> Option<NonResponseCourse> {
    let advice = recommend(protocol, record, as_of);
    let case = advice.non_response.as_ref()?;
    let rule_ids: Vec<String> = case.rule_ids.iter().map(ToString::to_string).collect();
    let mut next: Vec<String> = case.next.iter().map(ToString::to_string).collect();
    if !next.iter().any(|code| code == IMAGING) && !rests_on_imaging(record, as_of) {
        next.push(IMAGING.to_owned());
    }
    let (tried, sessions_without_treatment) = tried::in_sessions(record, as_of);
    Some(NonResponseCourse {
        since: since(protocol, record, as_of, &rule_ids),
        visits_attended: case.visits_attended,
        days_since_first_visit: case.days_since_first_visit,
        figures: figures(record, &advice, &rule_ids),
        tried,
        sessions_without_treatment,
        next,
        rule_ids,
    })
}

fn rests_on_imaging(record: &Record, as_of: Date) -> bool {
    let decisions = record.decisions.iter().filter(|fact| !fact.entered_in_error && fact.content.date <= as_of);
    decisions.into_iter().any(|fact| match &fact.content.decided {
        Decided::ClearReferral { outcome, .. } => {
            matches!(outcome, ClearanceOutcome::ImagingNegative | ClearanceOutcome::ImagingPositive)
        }
        _ => false,
    })
}

/// The first of the days, counted back, on which these rules were met; back to the last day on which none of them could
/// be met: the case responded, or it was too early to say. Days on which values were missing do not end it.
fn since(protocol: &Protocol, record: &Record, as_of: Date, rule_ids: &[String]) -> Date {
    let mut since = as_of;
    for date in days_to_look_at(protocol, record, as_of, rule_ids).into_iter().rev() {
        let advice = recommend(protocol, record, date);
        let of_rules = || advice.rules.iter().filter(|rule| rule_ids.iter().any(|id| **id == *rule.rule_id));
        if of_rules().any(|rule| rule.verdict == Verdict::Met) {
            since = date;
        } else if of_rules().all(|rule| rule.verdict == Verdict::Unmet) {
            break;
        }
    }
    since
}

/// The days on which the outcome of the rules can change: those of the record, and those that the rules count to.
fn days_to_look_at(protocol: &Protocol, record: &Record, as_of: Date, rule_ids: &[String]) -> Vec<Date> {
    let attended =
        record.sessions.iter().filter(|fact| !fact.entered_in_error && fact.content.state == SessionState::Attended);
    let visits: Vec<Date> = attended.map(|fact| fact.content.date).collect();
    let mut dates: Vec<Date> = record.assessments.iter().map(|fact| fact.content.date).collect();
    dates.extend(record.activities.iter().map(|fact| fact.content.date));
    dates.extend(record.decisions.iter().map(|fact| fact.content.date));
    dates.extend(&visits);
    if let Some(first) = visits.iter().copied().min() {
        for count in counted_days(protocol, rule_ids) {
            dates.push(days::after(first, count));
        }
    }
    dates.retain(|date| *date < as_of && *date >= record.plan.content.start_date);
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// Days since the first visit that the rules ask for.
fn counted_days(protocol: &Protocol, rule_ids: &[String]) -> Vec<i64> {
    let rules = rule_ids.iter().filter_map(|id| protocol.rule(id));
    let mut counts = Vec::new();
    for criterion in rules.filter_map(|rule| rule.test.as_ref()).flat_map(|test| test.criteria()) {
        if let (Quantity::Fact(Fact::DaysSinceFirstVisit), Threshold::Levels(levels)) =
            (&criterion.quantity, &criterion.threshold)
        {
            counts.extend(levels.iter().map(|level| level.div_euclid(1000)));
        }
    }
    counts
}

/// First and latest value of every measure whose fall the rules read.
fn figures(record: &Record, advice: &Recommendation, rule_ids: &[String]) -> Vec<Figure> {
    let mut measures: Vec<MeasureCode> = Vec::new();
    for rule in advice.rules.iter().filter(|rule| rule_ids.iter().any(|id| **id == *rule.rule_id)) {
        for criterion in rule.criteria.iter().filter(|criterion| &*criterion.quantity == FALL) {
            let measure = criterion.measure.as_ref().and_then(|code| MeasureCode::parse(code).ok());
            measures.extend(measure.filter(|measure| !measures.contains(measure)));
        }
    }
    let entries = series::entries(record, advice.as_of);
    measures.into_iter().filter_map(|measure| figure(&entries, measure)).collect()
}

fn figure(entries: &[Entry], measure: MeasureCode) -> Option<Figure> {
    if !matches!(measure.measure().shape, Shape::Number { .. }) {
        return None;
    }
    let of_measure = || entries.iter().filter(|entry| entry.measure == measure);
    let first = of_measure().map(|entry| entry.date).min()?;
    let last = of_measure().map(|entry| entry.date).max()?;
    let baseline = of_measure().filter(|entry| entry.date == first).reduce(series::worse_of)?;
    let latest = of_measure().filter(|entry| entry.date == last).reduce(series::worse_of)?;
    Some(Figure {
        measure,
        baseline: Thousandths(baseline.level),
        baseline_date: first,
        latest: Thousandths(latest.level),
        latest_date: last,
    })
}
