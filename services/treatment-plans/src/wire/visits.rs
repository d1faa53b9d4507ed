//! The visits of a plan on the wire.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::record::codes::Area;
use taper_core::value::Thousandths;
use taper_core::visits::{DEFINITION, FocusAdherence, ReviewDue, Visits, Week};
use taper_kit::name;

use super::{code_number, date, number};

/// The summary of a day.
pub(crate) fn summary(plan: &name::Plan, as_of: Date, visits: &Visits, reviews: &[ReviewDue]) -> v1::VisitSummary {
    v1::VisitSummary {
        treatment_plan: plan.to_string(),
        as_of: Some(date(as_of)),
        planned_count: number(visits.planned),
        overdue_planned_count: number(visits.overdue_planned),
        attended_count: number(visits.attended),
        cancelled_count: number(visits.cancelled),
        no_show_count: number(visits.no_show),
        prescribed_count: number(visits.prescribed),
        adherence_percent: visits.adherence_percent.map(Thousandths::to_f64),
        behind_count: number(visits.behind),
        weeks: visits.weeks.iter().map(week).collect(),
        focus: visits.focus.iter().map(focus).collect(),
        reviews: reviews.iter().map(review).collect(),
        definition: DEFINITION.to_owned(),
    }
}

fn week(week: &Week) -> v1::VisitWeek {
    v1::VisitWeek {
        start_date: Some(date(week.start)),
        prescribed_count: i32::from(week.prescribed),
        attended_count: i32::from(week.attended),
        cancelled_count: i32::from(week.cancelled),
        no_show_count: i32::from(week.no_show),
    }
}

fn focus(focus: &FocusAdherence) -> v1::FocusAdherence {
    v1::FocusAdherence {
        area: code_number(focus.area, Area::ALL),
        minutes: number(focus.minutes),
        share_percent: focus.share_percent.map(Thousandths::to_f64),
        prescribed_percent: i32::from(focus.prescribed_percent),
    }
}

fn review(review: &ReviewDue) -> v1::ReviewDue {
    v1::ReviewDue {
        code: review.code.clone(),
        due_date: Some(date(review.due)),
        overdue_days: number(review.overdue_days),
        rule_id: review.rule_id.clone(),
    }
}
