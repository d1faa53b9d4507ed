//! The measures on one screen: of each number the first and the latest value, of findings those that changed.

use taper_api::v1::seen_value::Value;
use taper_api::v1::{TrendPoint, TrendSeries};
use taper_core::measure::{MeasureCode, Shape, Worse};

use super::testers::{Line, Testers};
use super::values::{compared, is_number, is_worse, mark, name, plateau, value};
use crate::columns::{Columns, Row};
use crate::paper::{Paper, wrapped};
use crate::story::words;

/// Numbers first, then the findings that changed, and how many did not.
pub(super) fn told(paper: Paper, series: &[TrendSeries], testers: &Testers<'_>) -> Vec<String> {
    let (of_numbers, of_findings): (Vec<&TrendSeries>, Vec<&TrendSeries>) =
        series.iter().partition(|one| is_number(one));
    let (changed, unchanged): (Vec<&TrendSeries>, Vec<&TrendSeries>) =
        of_findings.into_iter().partition(|one| is_changed(one));
    let mut lines = numbers(paper, &of_numbers, testers);
    lines.extend(findings(paper, &changed, testers));
    lines.extend(as_before(paper, &unchanged));
    lines
}

/// A row a number: the first value, the latest, what the change is worth; below it what these two do not show.
fn numbers(paper: Paper, series: &[&TrendSeries], testers: &Testers<'_>) -> Vec<String> {
    let mut told: Vec<(Row, Vec<String>)> = Vec::new();
    for one in series {
        for line in testers.lines(one) {
            told.push((number(one, &line), setback_between(paper, one, &line).into_iter().collect()));
        }
        if let Some((_, notes)) = told.last_mut() {
            notes.extend(plateau(paper, one).map(|text| format!("  {text}")));
        }
    }
    if told.is_empty() {
        return Vec::new();
    }
    let (rows, notes): (Vec<Row>, Vec<Vec<String>>) = told.into_iter().unzip();
    let rows = with_testers_where_told(rows);
    let columns = Columns::of(&rows, 2, paper.width());
    let mut lines = vec![String::new(), paper.heading("Numbers: first, latest, and what the change is worth")];
    for (row, notes) in rows.iter().zip(notes) {
        lines.extend(columns.lines(row));
        lines.extend(notes);
    }
    lines
}

fn number(series: &TrendSeries, line: &Line<'_>) -> Row {
    let on = |point: &&TrendPoint| format!("{} {}", value(series, point), date(point));
    let first = line.points.first().map(on).unwrap_or_default();
    match line.points.as_slice() {
        [] | [_] => vec![name(series), line.by.clone(), first, String::new(), "one value".to_owned()],
        [.., latest] => vec![name(series), line.by.clone(), first, on(latest), worth(series, latest)],
    }
}

/// The second column, by whom, is only there when a row says it.
fn with_testers_where_told(mut rows: Vec<Row>) -> Vec<Row> {
    if rows.iter().all(|row| row.get(1).is_none_or(String::is_empty)) {
        for row in rows.iter_mut().filter(|row| row.len() > 1) {
            row.remove(1);
        }
    }
    rows
}

/// What the latest value is worth, and that it was another tester who found it.
fn worth(series: &TrendSeries, latest: &TrendPoint) -> String {
    let first = compared(series, latest).map(|first| first.tester.as_str()).unwrap_or_default();
    let is_by_another = !first.is_empty() && !latest.tester.is_empty() && first != latest.tester;
    format!("{}{}", super::values::worth(series, latest), if is_by_another { ", by another tester" } else { "" })
}

/// The latest value between that was worse than the first, where the latest of all is not.
fn setback_between(paper: Paper, series: &TrendSeries, line: &Line<'_>) -> Option<String> {
    if line.points.last().is_some_and(|latest| is_worse(latest)) {
        return None;
    }
    let worse = line.points.iter().rev().find(|point| is_worse(point))?;
    Some(paper.alarm(&format!("    {} in between: {} on {}", mark(worse), value(series, worse), date(worse))))
}

/// A row a finding that changed: each value with its first day; what became worse first.
fn findings(paper: Paper, series: &[&TrendSeries], testers: &Testers<'_>) -> Vec<String> {
    let mut told: Vec<(bool, Row)> = Vec::new();
    for one in series {
        for line in testers.lines(one) {
            let Some(latest) = line.points.last() else { continue };
            let worth = if line.points.len() == 1 { "one value".to_owned() } else { worth(one, latest) };
            told.push((is_worse(latest), vec![name(one), line.by.clone(), values(one, &line), worth]));
        }
    }
    if told.is_empty() {
        return Vec::new();
    }
    told.sort_by_key(|(is_worse, _)| !is_worse);
    let rows = with_testers_where_told(told.into_iter().map(|(_, row)| row).collect());
    let mut lines = vec![String::new(), paper.heading("Findings that changed")];
    lines.extend(Columns::table(&rows, 2, paper.width()));
    lines
}

/// `absent 2026-03-02, present 2026-03-23`: each value with the day from which on it was found.
fn values(series: &TrendSeries, line: &Line<'_>) -> String {
    let runs = line.points.chunk_by(|one, other| one.value == other.value);
    let told = runs.filter_map(|run| run.first()).map(|first| format!("{} {}", value(series, first), date(first)));
    told.collect::<Vec<_>>().join(", ")
}

/// How many findings were the same at every look; those that are not at their best are named.
fn as_before(paper: Paper, unchanged: &[&TrendSeries]) -> Vec<String> {
    if unchanged.is_empty() {
        return Vec::new();
    }
    let mut text =
        format!("  The same at every look: {} (each with --all)", words::counted_items(unchanged.len(), "finding"));
    let not_best: Vec<String> = unchanged
        .iter()
        .filter_map(|one| one.points.last().filter(|latest| !is_best(one, latest)).map(|latest| (one, latest)))
        .map(|(one, latest)| format!("{} {}", name(one), value(one, latest)))
        .collect();
    if !not_best.is_empty() {
        text.push_str(&format!("; not at its best: {}", not_best.join(", ")));
    }
    let mut lines = vec![String::new()];
    lines.extend(wrapped(&text, paper.width()));
    lines
}

fn is_changed(series: &TrendSeries) -> bool {
    let first = series.points.first().map(|point| &point.value);
    series.points.iter().any(|point| Some(&point.value) != first)
}

/// Whether a finding or a code is the best one that the measure has.
fn is_best(series: &TrendSeries, point: &TrendPoint) -> bool {
    let Ok(measure) = MeasureCode::parse(&series.measure) else { return false };
    let seen = point.value.as_ref().and_then(|seen| seen.value.as_ref());
    match (measure.measure().shape, seen) {
        (Shape::Finding, Some(Value::Finding(present))) => *present == (measure.measure().worse == Worse::Lower),
        (Shape::Code(codes), Some(Value::Code(code))) => codes.first() == Some(&code.as_str()),
        _ => false,
    }
}

fn date(point: &TrendPoint) -> String {
    point.date.as_ref().map(words::date).unwrap_or_default()
}
