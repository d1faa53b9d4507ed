//! Every value of a measure, a block a measure: its day, its change, what that is worth, and who measured.

use taper_api::v1::seen_value::Value;
use taper_api::v1::{ChangeMark, TrendPoint, TrendSeries};
use taper_core::measure::{MeasureCode, Worse};

use super::testers::{Testers, is_by_hand, named};
use crate::columns::{Columns, Row};
use crate::paper::Paper;
use crate::story::{criteria, words};

/// A block a measure.
pub(super) fn told(paper: Paper, series: &[TrendSeries], testers: &Testers<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for one in series {
        lines.push(String::new());
        lines.extend(block(paper, one, testers));
    }
    lines
}

fn block(paper: Paper, series: &TrendSeries, testers: &Testers<'_>) -> Vec<String> {
    let mut lines = vec![paper.heading(&name(series))];
    if is_number(series) {
        let size = |change: Option<f64>| {
            change.map_or_else(|| "not published".to_owned(), |size| words::number(size, spread(&series.unit)))
        };
        let (detectable, meaningful) = (size(series.detectable_change), size(series.meaningful_change));
        lines.push(format!("  detectable change: {detectable}; meaningful change: {meaningful}"));
    }
    let rows: Vec<Row> = series.points.iter().map(|point| row(series, point, testers)).collect();
    lines.extend(Columns::table(&rows, 2, paper.width()));
    lines.extend(plateau(paper, series));
    lines
}

fn row(series: &TrendSeries, point: &TrendPoint, testers: &Testers<'_>) -> Row {
    let change = point.change_from_baseline.map(|change| {
        let sign = if change > 0.0 { "+" } else { "" };
        format!("{sign}{}", words::number(change, spread(&series.unit)))
    });
    vec![
        point.date.as_ref().map(words::date).unwrap_or_default(),
        value(series, point),
        change.unwrap_or_default(),
        worth(series, point),
        tester(series, point, testers),
    ]
}

/// Who measured, and against whose value: told where there were several, and where the tester's hand matters and nobody
/// is named.
fn tester(series: &TrendSeries, point: &TrendPoint, testers: &Testers<'_>) -> String {
    let are_several = named(series.points.iter()).len() > 1;
    if point.tester.is_empty() {
        return if is_by_hand(series) { testers.told("") } else { String::new() };
    }
    if !are_several {
        return String::new();
    }
    let who = testers.told(&point.tester);
    match compared(series, point) {
        Some(first) if first.tester == point.tester => {
            let date = first.date.as_ref().map(words::date).unwrap_or_default();
            format!("{who}, against own of {date}")
        }
        Some(first) if !first.tester.is_empty() => format!("{who}, against {}", testers.told(&first.tester)),
        _ => who,
    }
}

/// The value that a point is compared with.
pub(super) fn compared<'a>(series: &'a TrendSeries, point: &TrendPoint) -> Option<&'a TrendPoint> {
    let date = point.compared_with_date?;
    let mut of_day = series.points.iter().filter(|first| first.date == Some(date));
    of_day.find(|first| !is_by_hand(series) || first.tester == point.tester)
}

/// The plateau that the latest value lies on, if it lies on one.
pub(super) fn plateau(paper: Paper, series: &TrendSeries) -> Option<String> {
    let since = words::date(series.plateau_since_date.as_ref()?);
    Some(paper.alarm(&format!("  PLATEAU: no detectable change since {since} (Taper's own rule)")))
}

/// The measure in words, with its site.
pub(super) fn name(series: &TrendSeries) -> String {
    let site = match series.site {
        0 => String::new(),
        _ => format!(" ({})", words::value_name(series.site().as_str_name(), "SITE_")),
    };
    format!("{}{site}", words::measure(&series.measure))
}

/// A value in words, for example `at least 17 km/h`.
pub(super) fn value(series: &TrendSeries, point: &TrendPoint) -> String {
    let bound = if point.value_at_least { "at least " } else { "" };
    let value = point.value.as_ref().map(|seen| criteria::value(seen, &series.unit)).unwrap_or_default();
    format!("{bound}{value}")
}

/// Whether the values are numbers, and not findings or codes.
pub(super) fn is_number(series: &TrendSeries) -> bool {
    let first = series.points.first().and_then(|point| point.value.as_ref());
    matches!(first.and_then(|seen| seen.value.as_ref()), Some(Value::Number(_)))
}

/// What a change is worth, in words.
pub(super) fn mark(point: &TrendPoint) -> &'static str {
    match point.mark() {
        ChangeMark::Baseline => "baseline",
        ChangeMark::NoDetectableChange => "no detectable change",
        ChangeMark::BetterDetectable => "better, detectable",
        ChangeMark::BetterMeaningful => "better, meaningful",
        ChangeMark::WorseDetectable => "WORSE, detectable",
        ChangeMark::WorseMeaningful => "WORSE, meaningful",
        ChangeMark::NotComparable => "not comparable",
        ChangeMark::ErrorNotPublished => "error not published",
        ChangeMark::Unchanged => "as at first",
        ChangeMark::ChangedForBetter => "changed for the better",
        ChangeMark::ChangedForWorse => "CHANGED FOR THE WORSE",
        ChangeMark::Unspecified => "",
    }
}

/// What a change is worth, in words; where no error is published the way of the bare change, which is not judged.
pub(super) fn worth(series: &TrendSeries, point: &TrendPoint) -> String {
    let worth = mark(point).to_owned();
    let Ok(measure) = MeasureCode::parse(&series.measure) else { return worth };
    let change = point.change_from_baseline.filter(|_| point.mark() == ChangeMark::ErrorNotPublished);
    let way = match (change, measure.measure().worse) {
        (None, _) => return worth,
        (Some(0.0), _) => "none",
        (Some(change), Worse::Higher) if change > 0.0 => "worse",
        (Some(change), Worse::Lower) if change < 0.0 => "worse",
        (Some(_), _) => "better",
    };
    format!("{worth}: bare change {way}, not judged")
}

/// Whether a mark says that something got worse.
pub(super) fn is_worse(point: &TrendPoint) -> bool {
    matches!(point.mark(), ChangeMark::WorseDetectable | ChangeMark::WorseMeaningful | ChangeMark::ChangedForWorse)
}

/// A change on a scale is in points, not out of ten.
fn spread(unit: &str) -> &str {
    match unit {
        "{NPRS}" | "{VAS}" | "{score}" => "points",
        unit => unit,
    }
}
