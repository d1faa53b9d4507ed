//! The red flags that were found within the plan: since when, and whether they had been absent before.

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::measure::MeasureCode;
use crate::recommendation::Seen;

use super::{Point, RedFlagCourse, Series};

/// Each finding of the red-flag screen that was ever present: those still present first, of these the ones that had been
/// absent before, the latest first.
pub(super) fn courses(series: &[Series]) -> Vec<RedFlagCourse> {
    let of_screen = series.iter().filter(|series| series.measure.is_red_flag());
    let mut courses: Vec<RedFlagCourse> =
        of_screen.filter_map(|series| course(series.measure, &series.points)).collect();
    courses.sort_by_key(|course| {
        (course.absent_since.is_some(), course.absent_until.is_none(), Reverse(course.present_since))
    });
    courses
}

/// The latest time of being present.
fn course(measure: MeasureCode, points: &[Point]) -> Option<RedFlagCourse> {
    let mut course: Option<RedFlagCourse> = None;
    let mut absent_until: Option<Date> = None;
    for point in points {
        if point.value == Seen::Finding(true) {
            if course.is_none_or(|course| course.absent_since.is_some()) {
                let present_since = point.date;
                course = Some(RedFlagCourse { measure, present_since, absent_until, absent_since: None });
            }
            continue;
        }
        absent_until = Some(point.date);
        if let Some(course) = &mut course {
            course.absent_since.get_or_insert(point.date);
        }
    }
    course
}
