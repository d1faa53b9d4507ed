//! Plans, visits and forecasts as they are seen by one who does not see findings. What is shown then is listed, so that a
//! new field is not.

use taper_api::v1;
use taper_core::access::View;

/// A plan: how often, from when, and whether it is in force; not the phase, nor what is worked on.
pub(crate) fn plan(view: View, whole: v1::TreatmentPlan) -> v1::TreatmentPlan {
    match view {
        View::Whole => whole,
        View::Limited => v1::TreatmentPlan {
            name: whole.name,
            frequency_steps: whole.frequency_steps,
            start_date: whole.start_date,
            state: whole.state,
            frequency_step: whole.frequency_step,
            etag: whole.etag,
            create_time: whole.create_time,
            update_time: whole.update_time,
            ..v1::TreatmentPlan::default()
        },
    }
}

/// Visits: how many, and when; not on what.
pub(crate) fn visit_summary(view: View, whole: v1::VisitSummary) -> v1::VisitSummary {
    match view {
        View::Whole => whole,
        View::Limited => v1::VisitSummary {
            treatment_plan: whole.treatment_plan,
            as_of: whole.as_of,
            planned_count: whole.planned_count,
            overdue_planned_count: whole.overdue_planned_count,
            attended_count: whole.attended_count,
            cancelled_count: whole.cancelled_count,
            no_show_count: whole.no_show_count,
            prescribed_count: whole.prescribed_count,
            adherence_percent: whole.adherence_percent,
            behind_count: whole.behind_count,
            weeks: whole.weeks,
            definition: whole.definition,
            ..v1::VisitSummary::default()
        },
    }
}

/// A forecast: how many visits are left, until when, and what they cost; not the measures that say so.
pub(crate) fn forecast(view: View, whole: v1::ForecastTaperResponse) -> v1::ForecastTaperResponse {
    let rung = |whole: v1::RungForecast| v1::RungForecast {
        rung: whole.rung,
        until: whole.until,
        visits: whole.visits,
        ..v1::RungForecast::default()
    };
    match view {
        View::Whole => whole,
        View::Limited => v1::ForecastTaperResponse {
            remaining_visits: whole.remaining_visits,
            remaining_weeks: whole.remaining_weeks,
            rungs: whole.rungs.into_iter().map(rung).collect(),
            earliest_end_date: whole.earliest_end_date,
            costs: whole.costs,
            ..v1::ForecastTaperResponse::default()
        },
    }
}
