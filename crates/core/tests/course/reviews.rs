//! Reviews of the built-in protocols, each with the day on which it falls due.

use taper_core::protocol::{Protocol, builtin};
use taper_core::record::plan::Phase;
use taper_core::visits::{ReviewDue, reviews};

use crate::document::{Story, day};

fn find(protocol: &Protocol, story: &Story, as_of: i64, code: &str) -> Option<ReviewDue> {
    reviews(protocol, &story.record, day(as_of)).into_iter().find(|review| review.code == code)
}

#[track_caller]
fn check(story: &Story, as_of: i64, code: &str, expected: Option<(i64, i64)>) {
    for protocol in builtin() {
        let found = find(protocol, story, as_of, code);
        let told = found.map(|review| (review.due, review.overdue_days));
        let expected = expected.map(|(due, overdue_days)| (day(due), overdue_days));
        assert_eq!(told, expected, "{code} on day {as_of} by {}", protocol.reference.protocol);
    }
}

#[test]
fn the_first_review_is_due_three_weeks_after_the_first_visit() {
    check(&Story::active(Phase::Two), 10, "review_2_to_3_weeks", None);
    let story = Story::active(Phase::Two).visit(2, |_| {});
    check(&story, 10, "review_2_to_3_weeks", Some((23, -13)));
    check(&story, 23, "review_2_to_3_weeks", Some((23, 0)));
    check(&story, 30, "review_2_to_3_weeks", Some((23, 7)));
    let reviewed = story.number(23, "pain_rest", 1);
    check(&reviewed, 30, "review_2_to_3_weeks", None);
}

#[test]
fn the_next_review_is_due_four_weeks_after_the_last() {
    let story = Story::active(Phase::Two).visit(2, |_| {});
    check(&story.clone().number(15, "pain_rest", 1), 30, "review_every_3_to_4_weeks", None);
    let reviewed = story.number(16, "pain_rest", 1);
    check(&reviewed, 30, "review_every_3_to_4_weeks", Some((44, -14)));
    check(&reviewed, 50, "review_every_3_to_4_weeks", Some((44, 6)));
}

#[test]
fn six_visits_are_judged_from_the_day_of_the_sixth() {
    let visits = |dates: &[i64]| dates.iter().fold(Story::active(Phase::Two), |story, date| story.visit(*date, |_| {}));
    check(&visits(&[1, 3, 5, 8, 10]), 12, "review_6_visits", None);
    let six = visits(&[12, 1, 3, 5, 8, 10]);
    check(&six, 11, "review_6_visits", None);
    check(&six, 12, "review_6_visits", Some((12, 0)));
    check(&six.clone().visit(15, |_| {}), 16, "review_6_visits", Some((12, 4)));
    check(&six.number(13, "pain_rest", 1), 16, "review_6_visits", None);
}

#[test]
fn ten_treatment_days_are_ten_days_and_not_ten_visits() {
    let visits = |dates: &[i64]| dates.iter().fold(Story::active(Phase::Two), |story, date| story.visit(*date, |_| {}));
    let nine_days = visits(&[1, 1, 3, 5, 8, 10, 12, 15, 17, 19]);
    check(&nine_days, 22, "progress_report_10_treatment_days", None);
    check(&nine_days.visit(22, |_| {}), 24, "progress_report_10_treatment_days", Some((22, 2)));
}

#[test]
fn function_is_to_be_measured_again_from_the_earlier_of_three_weeks_and_six_visits() {
    let visits = |dates: &[i64]| dates.iter().fold(Story::active(Phase::Two), |story, date| story.visit(*date, |_| {}));
    check(&visits(&[1, 8]), 21, "measure_function_again", None);
    check(&visits(&[1, 8]), 22, "measure_function_again", Some((22, 0)));
    check(&visits(&[1, 3, 5, 8, 10, 12]), 22, "measure_function_again", Some((12, 10)));
}

#[test]
fn reviews_come_by_their_day() {
    let story = (0..8).fold(Story::active(Phase::Two), |story, place| story.visit(1 + 2 * place, |_| {}));
    let due: Vec<_> = reviews(&builtin()[0], &story.record, day(30)).into_iter().map(|review| review.due).collect();
    assert!(due.len() >= 3 && due.is_sorted(), "{due:?}");
}
