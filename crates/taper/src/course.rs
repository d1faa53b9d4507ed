//! The course of a plan: each measure's values with what their change is worth, what did not help, and how the case went
//! on after decisions against the advice.

mod summary;
mod testers;
mod values;

use taper_api::google::r#type::Date;
use taper_api::v1::{
    ModalityResult, NonResponseCourse, OverrideCourse, RedFlagCourse, ResponseFigure, Trends, TriedTreatment,
};
use taper_core::measure::{MeasureCode, Shape};

use self::testers::Testers;
use crate::columns::{Columns, Row, row};
use crate::paper::{Paper, wrapped};
use crate::story::words;

/// Red flags first, then what does not respond, the measures on one screen or with every value, then the overrides.
pub fn told(paper: Paper, trends: &Trends, is_all: bool) -> String {
    let plan = words::last_part(&trends.treatment_plan);
    let date = trends.as_of.as_ref().map(words::date).unwrap_or_default();
    let mut lines = vec![paper.heading(&format!("Plan {plan} on {date}: how it went"))];
    lines.extend(trends.red_flags.iter().map(|course| red_flag(paper, course)));
    if let Some(course) = &trends.non_response {
        lines.push(String::new());
        lines.extend(non_response(paper, course));
    }
    if trends.series.is_empty() {
        lines.push("\n  No measure has a value within the plan.".to_owned());
    }
    let testers = Testers::of(&trends.series);
    if is_all {
        lines.extend(values::told(paper, &trends.series, &testers));
    } else {
        lines.extend(summary::told(paper, &trends.series, &testers));
    }
    lines.extend(testers.legend(paper.width()));
    lines.extend(overrides(paper, trends));
    lines.push(String::new());
    let more = if is_all { "" } else { EVERY_VALUE };
    lines.extend(wrapped(&format!("{CLOSING}{more}"), paper.width()));
    lines.join("\n")
}

const CLOSING: &str = "A change within the error of a measure is no detectable change, never progress. Taper supports a \
                       clinician, who decides.";
const EVERY_VALUE: &str = " --measure CODE prints every value of a measure, --all those of all.";

/// `RED FLAG: chest pain, present since 2026-03-05; before, absent until 2026-03-02`.
fn red_flag(paper: Paper, course: &RedFlagCourse) -> String {
    let day = |date: &Option<Date>| date.as_ref().map(words::date).unwrap_or_default();
    let measure = words::measure(&course.measure);
    let mut text = format!("RED FLAG: {measure}, present since {}", day(&course.present_since_date));
    if course.absent_since_date.is_some() {
        let (from, to) = (day(&course.present_since_date), day(&course.absent_since_date));
        text = format!("RED FLAG: {measure}, present from {from}, absent since {to}");
    }
    if course.absent_until_date.is_some() {
        text.push_str(&format!("; before, absent until {}", day(&course.absent_until_date)));
    }
    paper.alarm(&text)
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
    let mut rows = vec![row(["from", "reason", "against", "within 21 days", "phase then"])];
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
    let phase = match (course.phase_after_21_days, course.discharged_after_21_days) {
        (Some(phase), _) => phase.to_string(),
        (None, Some(true)) => "discharged".to_owned(),
        (None, _) => "-".to_owned(),
    };
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
