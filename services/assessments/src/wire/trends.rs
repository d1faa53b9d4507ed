//! Trends on the wire: the course of each measure, what did not respond to what, and how the case went on.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::ids::TherapistId;
use taper_core::record::codes::{Area, Modality, ModalityResult, Site};
use taper_core::trends::{
    Figure, Mark, NonResponseCourse, OverrideCourse, Point, RedFlagCourse, Series, Trends, Tried,
};
use taper_core::value::Thousandths;
use taper_kit::fields::code_number;
use taper_kit::name;
use taper_wire::date::date;
use taper_wire::seen;

/// The trends of a plan; only these measures, all when none is named. Red flags are told whichever are named.
pub fn answer(plan: &name::Plan, as_of: Date, trends: &Trends, measures: &[String]) -> v1::Trends {
    let wanted = |series: &&Series| measures.is_empty() || measures.iter().any(|m| m == series.measure.as_str());
    let by_rule =
        |(rule_id, count): &(String, u32)| v1::OverrideCount { rule_id: rule_id.clone(), count: number(*count) };
    v1::Trends {
        treatment_plan: plan.to_string(),
        as_of: Some(date(as_of)),
        red_flags: trends.red_flags.iter().map(red_flag).collect(),
        series: trends.series.iter().filter(wanted).map(|one| series(plan, one)).collect(),
        non_response: trends.non_response.as_ref().map(|course| non_response(plan, course)),
        overrides: trends.overrides.iter().map(|one| override_course(plan, one)).collect(),
        override_counts: trends.override_count_by_rule.iter().map(by_rule).collect(),
        override_reason_counts: trends
            .override_count_by_reason
            .iter()
            .map(|(reason, count)| v1::OverrideReasonCount { reason: reason.code().to_owned(), count: number(*count) })
            .collect(),
    }
}

fn red_flag(course: &RedFlagCourse) -> v1::RedFlagCourse {
    v1::RedFlagCourse {
        measure: course.measure.as_str().to_owned(),
        present_since_date: Some(date(course.present_since)),
        absent_until_date: course.absent_until.map(date),
        absent_since_date: course.absent_since.map(date),
    }
}

fn series(plan: &name::Plan, series: &Series) -> v1::TrendSeries {
    v1::TrendSeries {
        measure: series.measure.as_str().to_owned(),
        site: series.site.map(|site| code_number(site, Site::ALL)).unwrap_or_default(),
        unit: series.unit.to_owned(),
        detectable_change: series.detectable.map(Thousandths::to_f64),
        meaningful_change: series.meaningful.map(Thousandths::to_f64),
        points: series.points.iter().map(|one| point(plan, one)).collect(),
        plateau_since_date: series.plateau_since.map(date),
    }
}

fn point(plan: &name::Plan, point: &Point) -> v1::TrendPoint {
    v1::TrendPoint {
        date: Some(date(point.date)),
        value: Some(seen::value(&point.value)),
        value_at_least: point.observed_at_least,
        tester: point.tester.map(|tester| therapist(plan, tester)).unwrap_or_default(),
        source: seen::source(plan, point.source),
        change_from_baseline: point.change_from_baseline.map(Thousandths::to_f64),
        mark: mark(point.mark),
        plateau: point.plateau,
        compared_with_date: point.compared_with.map(date),
    }
}

fn mark(mark: Mark) -> i32 {
    let mark = match mark {
        Mark::Baseline => v1::ChangeMark::Baseline,
        Mark::NoDetectableChange => v1::ChangeMark::NoDetectableChange,
        Mark::BetterDetectable => v1::ChangeMark::BetterDetectable,
        Mark::BetterMeaningful => v1::ChangeMark::BetterMeaningful,
        Mark::WorseDetectable => v1::ChangeMark::WorseDetectable,
        Mark::WorseMeaningful => v1::ChangeMark::WorseMeaningful,
        Mark::NotComparable => v1::ChangeMark::NotComparable,
        Mark::ErrorNotPublished => v1::ChangeMark::ErrorNotPublished,
        Mark::Unchanged => v1::ChangeMark::Unchanged,
        Mark::ChangedForBetter => v1::ChangeMark::ChangedForBetter,
        Mark::ChangedForWorse => v1::ChangeMark::ChangedForWorse,
    };
    mark.into()
}

fn non_response(plan: &name::Plan, course: &NonResponseCourse) -> v1::NonResponseCourse {
    v1::NonResponseCourse {
        visits_attended: number(course.visits_attended),
        days_since_first_visit: course.days_since_first_visit,
        since_date: Some(date(course.since)),
        tried: course.tried.iter().map(|one| tried(plan, one)).collect(),
        next: course.next.clone(),
        rule_ids: course.rule_ids.clone(),
        figures: course.figures.iter().map(figure).collect(),
        session_count_without_treatment: number(course.sessions_without_treatment),
    }
}

fn figure(figure: &Figure) -> v1::ResponseFigure {
    v1::ResponseFigure {
        measure: figure.measure.as_str().to_owned(),
        baseline: figure.baseline.to_f64(),
        baseline_date: Some(date(figure.baseline_date)),
        latest: figure.latest.to_f64(),
        latest_date: Some(date(figure.latest_date)),
    }
}

fn tried(plan: &name::Plan, tried: &Tried) -> v1::TriedTreatment {
    let area = |(area, minutes): &(Area, u32)| v1::AreaMinutes {
        area: code_number(*area, Area::ALL),
        minutes: number(*minutes),
    };
    v1::TriedTreatment {
        modality: code_number(tried.modality, Modality::ALL),
        session_count: number(tried.sessions),
        minutes: number(tried.minutes),
        minutes_per_week: tried.minutes_per_week.map(Thousandths::to_f64),
        therapists: tried.therapists.iter().map(|who| therapist(plan, *who)).collect(),
        results: tried.results.iter().map(|result| code_number(*result, ModalityResult::ALL)).collect(),
        session_count_without_minutes: number(tried.sessions_without_minutes),
        areas: tried.areas.iter().map(area).collect(),
    }
}

fn override_course(plan: &name::Plan, course: &OverrideCourse) -> v1::OverrideCourse {
    v1::OverrideCourse {
        decision: format!("{plan}/decisions/{}", course.decision),
        date: Some(date(course.date)),
        reason: course.reason.code().to_owned(),
        rule_ids: course.rule_ids.clone(),
        setback_within_21_days: course.regressed_within_21_days,
        phase_after_21_days: course.phase_after_21_days.map(|phase| number(phase.number())),
        therapist: therapist(plan, course.therapist),
        has_note: course.has_note,
        outcome_days: number(course.outcome_days),
        discharged_after_21_days: course.discharged_after_21_days,
    }
}

fn therapist(plan: &name::Plan, therapist: TherapistId) -> String {
    name::Therapist { clinic: plan.clinic.clone(), therapist }.to_string()
}

fn number(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}
