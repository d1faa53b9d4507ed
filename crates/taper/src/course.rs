//! The course of a plan: each measure's values with what their change is worth, what did not help, and how the case went
//! on after decisions against the advice.

use taper_api::google::r#type::Date;
use taper_api::v1::{
    ChangeMark, ModalityResult, NonResponseCourse, OverrideCourse, ResponseFigure, TrendPoint, TrendSeries, Trends,
    TriedTreatment,
};
use taper_core::measure::{MeasureCode, Shape};

use crate::columns::{Columns, Row, row};
use crate::paper::{Paper, wrapped};
use crate::story::{criteria, words};

/// The latest values of a measure that are told, unless all are asked for.
const POINTS_TOLD: usize = 8;

/// What does not respond first, then a block a measure, then the overrides.
pub fn told(paper: Paper, trends: &Trends, is_all: bool) -> String {
    let plan = words::last_part(&trends.treatment_plan);
    let date = trends.as_of.as_ref().map(words::date).unwrap_or_default();
    let mut lines = vec![paper.heading(&format!("Plan {plan} on {date}: how it went"))];
    if let Some(course) = &trends.non_response {
        lines.push(String::new());
        lines.extend(non_response(paper, course));
    }
    if trends.series.is_empty() {
        lines.push("\n  No measure has a value within the plan.".to_owned());
    }
    for series in &trends.series {
        lines.push(String::new());
        lines.extend(one_series(paper, series, is_all));
    }
    lines.extend(overrides(paper, trends));
    lines.push(String::new());
    lines.extend(wrapped(CLOSING, paper.width()));
    lines.join("\n")
}

const CLOSING: &str = "A change within the error of a measure is no detectable change, never progress. Taper supports a \
                       clinician, who decides.";

fn one_series(paper: Paper, series: &TrendSeries, is_all: bool) -> Vec<String> {
    let site = match series.site {
        0 => String::new(),
        _ => format!(" ({})", words::value_name(series.site().as_str_name(), "SITE_")),
    };
    let mut lines = vec![paper.heading(&format!("{}{site}", words::measure(&series.measure)))];
    let size = |change: Option<f64>| {
        change.map_or_else(|| "not published".to_owned(), |size| words::number(size, spread(&series.unit)))
    };
    let (detectable, meaningful) = (size(series.detectable_change), size(series.meaningful_change));
    lines.push(format!("  detectable change: {detectable}; meaningful change: {meaningful}"));
    let told = if is_all { series.points.len() } else { POINTS_TOLD };
    let earlier = series.points.len().saturating_sub(told);
    // The baseline stays, whatever is left out after it.
    let shown = series.points.iter().enumerate().filter(|(place, _)| *place == 0 || *place >= earlier);
    let testers = testers(series);
    let rows: Vec<Row> = shown.map(|(_, point)| one_point(series, point, &testers)).collect();
    lines.extend(Columns::table(&rows, 2, paper.width()));
    if earlier > 1 {
        lines.push(format!("  ({} more with --all)", words::counted_items(earlier.saturating_sub(1), "value")));
    }
    if let Some(since) = &series.plateau_since_date {
        let text = format!("  PLATEAU: no detectable change since {} (Taper's own rule)", words::date(since));
        lines.push(paper.alarm(&text));
    }
    lines
}

fn one_point(series: &TrendSeries, point: &TrendPoint, testers: &[&str]) -> Row {
    let date = point.date.as_ref().map(words::date).unwrap_or_default();
    let bound = if point.value_at_least { "at least " } else { "" };
    let value = point.value.as_ref().map(|seen| criteria::value(seen, &series.unit)).unwrap_or_default();
    let change = point.change_from_baseline.filter(|_| point.mark() != ChangeMark::Baseline).map(|change| {
        let sign = if change > 0.0 { "+" } else { "" };
        format!("{sign}{}", words::number(change, spread(&series.unit)))
    });
    vec![
        date,
        format!("{bound}{value}"),
        change.unwrap_or_default(),
        mark(point.mark()).to_owned(),
        tester(point, testers),
    ]
}

fn mark(mark: ChangeMark) -> &'static str {
    match mark {
        ChangeMark::Baseline => "baseline",
        ChangeMark::NoDetectableChange => "no detectable change",
        ChangeMark::BetterDetectable => "better, detectable",
        ChangeMark::BetterMeaningful => "better, meaningful",
        ChangeMark::WorseDetectable => "WORSE, detectable",
        ChangeMark::WorseMeaningful => "WORSE, meaningful",
        ChangeMark::NotComparable => "other tester, not comparable",
        ChangeMark::ErrorNotPublished => "error not published",
        ChangeMark::Unspecified => "",
    }
}

/// Those who measured this series, in the order of their first value.
fn testers(series: &TrendSeries) -> Vec<&str> {
    let mut testers: Vec<&str> = Vec::new();
    for point in &series.points {
        if !point.tester.is_empty() && !testers.contains(&point.tester.as_str()) {
            testers.push(&point.tester);
        }
    }
    testers
}

/// Who measured is told only where there were several: tester 1, 2, ...
fn tester(point: &TrendPoint, testers: &[&str]) -> String {
    if point.tester.is_empty() {
        return "tester not named".to_owned();
    }
    let place = testers.iter().position(|tester| *tester == point.tester).unwrap_or_default();
    if testers.len() < 2 { String::new() } else { format!("tester {}", place.saturating_add(1)) }
}

/// A change on a scale is in points, not out of ten.
fn spread(unit: &str) -> &str {
    match unit {
        "{NPRS}" | "{VAS}" | "{score}" => "points",
        unit => unit,
    }
}

fn non_response(paper: Paper, course: &NonResponseCourse) -> Vec<String> {
    let since = course.since_date.as_ref().map(|date| format!(" since {}", words::date(date))).unwrap_or_default();
    let rules = match course.rule_ids.is_empty() {
        true => String::new(),
        false => format!(" [{}]", course.rule_ids.join(", ")),
    };
    let text = format!(
        "NOT RESPONDING{since}: {} visits in {} days{rules}",
        course.visits_attended, course.days_since_first_visit
    );
    let mut lines = vec![paper.alarm(&text)];
    if !course.tried.is_empty() {
        let mut rows = vec![row(["tried", "sessions", "minutes", "a week", "therapists", "how it went"])];
        rows.extend(course.tried.iter().map(tried));
        lines.extend(Columns::table(&rows, 2, paper.width()));
    }
    if course.session_count_without_treatment > 0 {
        let count = course.session_count_without_treatment;
        lines.push(format!("  {count} attended sessions do not say what was done"));
    }
    for figure in &course.figures {
        lines.push(format!("  {}", told_figure(figure)));
    }
    let next: Vec<String> = course.next.iter().map(|code| words::spaced(code)).collect();
    if !next.is_empty() {
        lines.push(paper.entry("Try next", &next.join(", ")));
    }
    lines
}

/// First and latest value, for example `worst pain in 24 hours: 6/10 (2026-03-02), now 6/10 (2026-03-23)`.
fn told_figure(figure: &ResponseFigure) -> String {
    let unit = match MeasureCode::parse(&figure.measure).map(|code| code.measure().shape) {
        Ok(Shape::Number { unit, .. }) => unit,
        _ => "",
    };
    let value = |number: f64, date: &Option<Date>| {
        let date = date.as_ref().map(words::date).unwrap_or_default();
        format!("{} ({date})", words::number(number, unit))
    };
    let (first, latest) = (value(figure.baseline, &figure.baseline_date), value(figure.latest, &figure.latest_date));
    format!("{}: {first}, now {latest}", words::measure(&figure.measure))
}

fn tried(tried: &TriedTreatment) -> Row {
    let mut results: Vec<(String, usize)> = Vec::new();
    for result in tried.results().filter(|result| *result != ModalityResult::Unspecified) {
        let name = words::value_name(result.as_str_name(), "MODALITY_RESULT_");
        match results.iter_mut().find(|(found, _)| *found == name) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => results.push((name, 1)),
        }
    }
    let results: Vec<String> = results.iter().map(|(name, count)| format!("{name} {count}x")).collect();
    vec![
        words::value_name(tried.modality().as_str_name(), "MODALITY_"),
        tried.session_count.to_string(),
        minutes(tried),
        tried.minutes_per_week.map_or_else(|| "-".to_owned(), |minutes| format!("{} min", words::number(minutes, ""))),
        tried.therapists.len().to_string(),
        if results.is_empty() { "not recorded".to_owned() } else { results.join(", ") },
    ]
}

fn minutes(tried: &TriedTreatment) -> String {
    let missing = match tried.session_count_without_minutes {
        0 => String::new(),
        sessions => format!(", {sessions} unknown"),
    };
    format!("{} min{missing}", tried.minutes)
}

fn overrides(paper: Paper, trends: &Trends) -> Vec<String> {
    if trends.overrides.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), paper.heading("Decisions against the advice")];
    let mut rows = vec![row(["from", "reason", "against", "within 21 days", "phase after"])];
    rows.extend(trends.overrides.iter().map(override_course));
    lines.extend(Columns::table(&rows, 2, paper.width()));
    let by_rule: Vec<String> =
        trends.override_counts.iter().map(|one| format!("{} {}x", one.rule_id, one.count)).collect();
    let by_reason = trends.override_reason_counts.iter();
    let by_reason: Vec<String> =
        by_reason.map(|one| format!("{} {}x", words::spaced(&one.reason), one.count)).collect();
    for (label, counts) in [("By rule", by_rule), ("By reason", by_reason)] {
        if !counts.is_empty() {
            lines.push(paper.entry(label, &counts.join(", ")));
        }
    }
    lines
}

fn override_course(course: &OverrideCourse) -> Row {
    let setback = match course.setback_within_21_days {
        None => format!("{} days are over", course.outcome_days),
        Some(true) => "A SETBACK".to_owned(),
        Some(false) => "no setback".to_owned(),
    };
    let phase = if course.phase_after_21_days == 0 { "-".to_owned() } else { course.phase_after_21_days.to_string() };
    vec![
        course.date.as_ref().map(words::date).unwrap_or_default(),
        words::spaced(&course.reason),
        course.rule_ids.join(", "),
        setback,
        phase,
    ]
}

#[cfg(test)]
mod tests;
