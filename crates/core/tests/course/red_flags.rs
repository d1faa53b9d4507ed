//! Red flags in the course of a plan: what became present comes first, and is never left out.

use taper_core::measure::ALL;
use taper_core::record::plan::Phase;
use taper_core::trends::{RedFlagCourse, trends};

use crate::document::{Story, day, protocol};

/// Each red flag with the days since when present, until when absent before, since when absent.
type Told = (&'static str, i64, Option<i64>, Option<i64>);

fn told(story: &Story, as_of: i64) -> Vec<Told> {
    let number = |date| (0..100).find(|on| day(*on) == date).unwrap();
    let one = |course: &RedFlagCourse| {
        let (until, since) = (course.absent_until.map(number), course.absent_since.map(number));
        (course.measure.as_str(), number(course.present_since), until, since)
    };
    trends(&protocol(""), &story.record, day(as_of)).red_flags.iter().map(one).collect()
}

fn found(values: &[(&str, i64, bool)]) -> Story {
    let saw = |story: Story, (code, on, present): &(&str, i64, bool)| story.finding(*on, code, *present);
    values.iter().fold(Story::active(Phase::Two), saw)
}

#[test]
fn a_red_flag_that_became_present_comes_before_one_that_always_was_and_one_that_is_gone() {
    let story = found(&[
        ("red_flag_fever", 1, true),
        ("red_flag_fever", 8, false),
        ("red_flag_night_pain", 1, true),
        ("red_flag_night_pain", 8, true),
        ("red_flag_chest_pain", 1, false),
        ("red_flag_chest_pain", 4, false),
        ("red_flag_chest_pain", 8, true),
        ("palpable_gap", 1, false),
        ("palpable_gap", 5, true),
        ("red_flag_pop", 1, false),
        ("palpation_pain", 1, true),
    ]);
    let expected = [
        ("red_flag_chest_pain", 8, Some(4), None),
        ("palpable_gap", 5, Some(1), None),
        ("red_flag_night_pain", 1, None, None),
        ("red_flag_fever", 1, None, Some(8)),
    ];
    assert_eq!(told(&story, 8), expected);
    // On the day before the chest pain is not yet there, and the fever still is.
    let expected =
        [("palpable_gap", 5, Some(1), None), ("red_flag_fever", 1, None, None), ("red_flag_night_pain", 1, None, None)];
    assert_eq!(told(&story, 7), expected);
}

#[test]
fn of_a_red_flag_that_came_back_the_latest_time_is_told() {
    let story = found(&[
        ("red_flag_fever", 1, true),
        ("red_flag_fever", 3, false),
        ("red_flag_fever", 5, false),
        ("red_flag_fever", 8, true),
        ("red_flag_fever", 9, true),
    ]);
    assert_eq!(told(&story, 9), [("red_flag_fever", 8, Some(5), None)]);
    assert_eq!(told(&story, 5), [("red_flag_fever", 1, None, Some(3))]);
}

#[test]
fn a_red_flag_that_was_asked_for_and_not_answered_is_neither_present_nor_gone() {
    let story = found(&[("red_flag_fever", 1, true)]).not_measured(8, "red_flag_fever");
    assert_eq!(told(&story, 8), [("red_flag_fever", 1, None, None)]);
    assert!(told(&Story::active(Phase::Two).not_measured(8, "red_flag_fever"), 8).is_empty());
}

#[test]
fn every_finding_of_the_screen_is_told_and_nothing_else_is() {
    let story = ALL
        .iter()
        .filter(|measure| matches!(measure.shape, taper_core::measure::Shape::Finding))
        .fold(Story::active(Phase::Two), |story, measure| story.finding(1, measure.code, true));
    let told: Vec<&str> = told(&story, 1).into_iter().map(|(code, ..)| code).collect();
    let of_screen = ALL.iter().map(|measure| measure.code);
    let of_screen: Vec<&str> =
        of_screen.filter(|code| code.starts_with("red_flag_") || *code == "palpable_gap").collect();
    assert_eq!(told, of_screen);
}
