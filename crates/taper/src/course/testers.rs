//! Who measured, by number: tester 2 is the same person wherever it stands in the answer.

use taper_api::v1::{TrendPoint, TrendSeries};
use taper_core::measure::MeasureCode;

use crate::paper::wrapped;
use crate::story::words;

/// Everyone who measured something, in the order of their first value.
pub(super) struct Testers<'a> {
    names: Vec<&'a str>,
}

/// The values of a measure that may be compared with each other.
pub(super) struct Line<'a> {
    /// By whom; empty where that makes no difference.
    pub by: String,
    pub points: Vec<&'a TrendPoint>,
}

impl<'a> Testers<'a> {
    pub(super) fn of(series: &'a [TrendSeries]) -> Self {
        Self { names: named(series.iter().flat_map(|series| &series.points)) }
    }

    /// `tester 2`, or that nobody is named.
    pub(super) fn told(&self, name: &str) -> String {
        match self.names.iter().position(|known| *known == name) {
            Some(place) => format!("tester {}", place.saturating_add(1)),
            None => "tester not named".to_owned(),
        }
    }

    /// One line a tester where the tester's hand matters, else one line.
    pub(super) fn lines(&self, series: &'a TrendSeries) -> Vec<Line<'a>> {
        if !is_by_hand(series) {
            return vec![Line { by: String::new(), points: series.points.iter().collect() }];
        }
        let mut names: Vec<&str> = Vec::new();
        for point in &series.points {
            if !names.contains(&point.tester.as_str()) {
                names.push(&point.tester);
            }
        }
        let is_alone = names.len() == 1 && names.iter().all(|name| !name.is_empty());
        let line = |name: &str| Line {
            by: if is_alone { String::new() } else { self.told(name) },
            points: series.points.iter().filter(|point| point.tester == name).collect(),
        };
        names.into_iter().map(line).collect()
    }

    /// Whose number is whose, and what is not compared; nothing where there are no two.
    pub(super) fn legend(&self, width: usize) -> Vec<String> {
        if self.names.len() < 2 {
            return Vec::new();
        }
        let each = self.names.iter().map(|name| format!("{} is {}", self.told(name), words::last_part(name)));
        let mut lines = wrapped(&format!("  {}", each.collect::<Vec<_>>().join("; ")), width);
        lines.extend(wrapped(NOT_COMPARED, width));
        lines
    }
}

const NOT_COMPARED: &str = "  Where the tester's hand matters, each tester's values are compared with that tester's own \
                            first value, and never with another tester's.";

/// Whether the tester's hand matters, so that values of two testers are not compared.
pub(super) fn is_by_hand(series: &TrendSeries) -> bool {
    MeasureCode::parse(&series.measure).is_ok_and(|code| code.measure().by_tester)
}

/// Those who are named, each once, the first first.
pub(super) fn named<'a>(points: impl Iterator<Item = &'a TrendPoint>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for point in points {
        if !point.tester.is_empty() && !names.contains(&point.tester.as_str()) {
            names.push(&point.tester);
        }
    }
    names
}
