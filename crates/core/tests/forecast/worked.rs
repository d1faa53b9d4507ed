//! Forecasts worked out by hand, from the scores to the day of each rung.

use taper_core::forecast::{Forecast, Ground, Interval, TooFew, forecast};
use taper_core::measure::{MeasureCode, Value};
use taper_core::record::decision::Decided;
use taper_core::value::Thousandths;

use crate::story::{LEFS, PAIN, Story, day, protocol};

pub fn told<T>(low: T, median: T, high: T) -> Interval<T> {
    Interval { low, median: Some(median), high: Some(high) }
}

pub fn at_least<T>(low: T) -> Interval<T> {
    Interval { low, median: None, high: None }
}

fn on(story: &Story, as_of: i64) -> Forecast {
    forecast(protocol(), &story.record, day(as_of))
}

fn has(found: &Forecast, note: &str) -> bool {
    found.notes.iter().any(|code| code == note)
}

fn weeks(weeks: i64) -> Thousandths {
    Thousandths::whole(weeks)
}

/// Pain 10, 9, 8, 7 and function 50, 53, 56, 59 on days 0, 7, 14, 21; on the rung of 3 visits since day 0.
///
/// Every slope between two points is -1 a week (function +3), so that low, median and high are one.
/// - 3 to 2 (T2): pain down 30% of 10, to 7, and by 2: met today. 21 of 7 days are spent: left on day 0 from today.
/// - 2 to 1 (T3): pain down 50%, to 5: 2 points away, 14 days; function 50 + 9 = 59: met. Later than the 7 days minimum.
///   Left on day 14; 14 days at 2 a week are 4 visits.
/// - 1 to none (T4): pain within the limit of 3: 4 points away, 28 days; two weekly visits: 14 + 14 = 28 days. Left on
///   day 28; 14 days at 1 a week are 2 visits.
///
/// By the minimum times alone: 0 + 7 + 14 = 21 days.
#[test]
fn a_straight_course_is_drawn_out_to_each_threshold() {
    let story = Story::active().weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!(found.remaining_visits, Some(told(6, 6, 6)));
    assert_eq!(found.remaining_weeks, Some(told(weeks(4), weeks(4), weeks(4))));
    assert_eq!(found.earliest_by_ladder, day(42));
    let until: Vec<_> = found.steps.iter().map(|step| step.until.unwrap()).collect();
    assert_eq!(until, [21, 35, 49].map(|left| told(day(left), day(left), day(left))));
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [0, 4, 2].map(|count| told(count, count, count)));
    let per_week: Vec<_> = found.steps.iter().map(|step| step.step.visits_per_week.get()).collect();
    assert_eq!(per_week, [3, 2, 1]);
}

/// Pain 8, 8, 7, 7, 6, 6 on days 0 to 35, function 50, 53, ... 65; on the rung of 3 visits since day 0.
///
/// Slopes of pain a week, sorted: -1, -1, -2/3, six times -1/2, -2/5, -1/3, -1/3, 0, 0, 0; the 8th of 15 is -1/2.
/// S^2 = (6*5*17 - 3*2*1*9)/18 = 25.33 (three pairs of equal values), zS = 6.45; places (15 - 6.45)/2 = 4.3 and
/// (15 + 6.45)/2 = 10.7: the 4th, -1/2, and the 12th, -1/3. The line lies at 7 - 2.5/2 = 5.75 on day 35; the newest
/// value, 6, is worse, so that it goes on from 6.
/// - T2: 8 less 30% is 5.6, 0.4 away: 5.6, 5.6 and 8.4 days, so days 6, 6, 9.
/// - T3: 4, 2 away: 28, 28, 42 days. Function 59 is reached.
/// - T4: 3, 3 away: 42, 42, 63 days; two weekly visits: 28 + 14 = 42, 42 + 14 = 56. So 42, 42, 63.
///
/// Visits of the middle course: (3*6 + 2*22 + 1*14)/7 = 10.9, so 11; of the slow one (3*9 + 2*33 + 1*21)/7 = 16.3, so 17.
pub fn spread() -> Story {
    Story::active().weekly(PAIN, &[8, 8, 7, 7, 6, 6]).weekly(LEFS, &[50, 53, 56, 59, 62, 65])
}

#[test]
fn an_uncertain_slope_gives_an_interval() {
    let found = on(&spread(), 35);
    let until: Vec<_> = found.steps.iter().map(|step| step.until.unwrap()).collect();
    let expected = [(6, 6, 9), (28, 28, 42), (42, 42, 63)];
    assert_eq!(until, expected.map(|(low, median, high)| told(day(35 + low), day(35 + median), day(35 + high))));
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [told(2, 2, 3), told(6, 6, 10), told(3, 3, 4)]);
    assert_eq!(found.remaining_visits, Some(told(11, 11, 17)));
    assert_eq!(found.remaining_weeks, Some(told(weeks(6), weeks(6), weeks(9))));
    assert_eq!(found.earliest_by_ladder, day(35 + 21));
    let pain = Ground::Trend {
        points: 6,
        slope_per_week: told(Thousandths(-500), Thousandths(-500), Thousandths(-333)),
        measure: MeasureCode::parse(PAIN).unwrap(),
    };
    let function = Ground::Trend {
        points: 6,
        slope_per_week: told(weeks(3), weeks(3), weeks(3)),
        measure: MeasureCode::parse(LEFS).unwrap(),
    };
    assert_eq!(found.ground, [pain, function]);
    assert_eq!(found.steps[0].ground, [pain]);
    assert_eq!(found.notes, ["arithmetic_of_own_trend", "gates_not_forecast", "earliest_is_no_promise"]);
    // The phase, the speed of running and the gates of discharge are named, not guessed.
    // Whether there was a setback is UNKNOWN in a record of two scores, and so is a part of T2.
    assert_eq!(found.steps[0].not_forecast, ["T2"]);
    assert_eq!(found.steps[1].not_forecast, ["T3"]);
    assert!(found.steps[2].not_forecast.contains(&"T4".to_owned()));
}

/// On the rung of 2 visits since day 20, so that at least 7 - 5 = 2 days are left on day 25 whatever the scores say.
#[test]
fn the_least_days_on_a_rung_are_kept() {
    let story = Story::active().weekly(PAIN, &[6, 4, 2, 2]).weekly(LEFS, &[60, 66, 72, 78]);
    let found = on(&story.decided(20, Decided::TaperStep(1)), 25);
    assert_eq!(found.steps.len(), 2);
    assert_eq!(found.steps[0].until, Some(told(day(27), day(27), day(27))));
    assert_eq!(found.earliest_by_ladder, day(27 + 14));
}

#[test]
fn three_points_are_too_few_and_four_are_enough() {
    let story = Story::active().weekly(PAIN, &[8, 7, 6]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!((found.remaining_visits, found.remaining_weeks), (None, None));
    let measure = MeasureCode::parse(PAIN).unwrap();
    let why = TooFew { measure, points: 3, points_needed: 4, newest_too_old: false };
    assert_eq!(found.steps[0].ground, [Ground::LadderOnly { why }]);
    // Nothing but the ladder's times: 3 visits a week for 7 days are spent, 2 for 7 days, 1 for two weekly visits.
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [at_least(0), at_least(2), at_least(2)]);
    assert_eq!(found.steps[2].until, Some(at_least(day(42))));
    assert!(has(&found, "too_few_points") && !has(&found, "arithmetic_of_own_trend"));
    let four = on(&story.value(21, PAIN, Value::Number(weeks(5))), 21);
    assert!(four.remaining_visits.is_some() && !has(&four, "too_few_points"));
}

#[test]
fn two_values_of_one_day_are_one_point_and_the_worse_one_counts() {
    let story = Story::active().weekly(PAIN, &[8, 7, 6]).weekly(LEFS, &[50, 53, 56, 59]);
    let twice = story.clone().value(14, PAIN, Value::Number(weeks(2)));
    assert_eq!(on(&twice, 21), on(&story, 21));
    let whole = spread();
    let better_later = whole.clone().value(35, PAIN, Value::Number(weeks(1))).value(35, LEFS, Value::Number(weeks(80)));
    assert_eq!(on(&better_later, 35), on(&whole, 35));
}

#[test]
fn what_was_not_measured_or_entered_in_error_or_comes_later_is_no_point() {
    let story = Story::active().weekly(PAIN, &[8, 7, 6]).weekly(LEFS, &[50, 53, 56, 59]);
    let told = on(&story, 21);
    assert_eq!(on(&story.clone().value(20, PAIN, Value::NotMeasured), 21).ground, told.ground);
    assert_eq!(on(&story.clone().value(22, PAIN, Value::Number(weeks(5))), 21).ground, told.ground);
    assert_eq!(on(&story.clone().value(-1, PAIN, Value::Number(weeks(9))), 21).ground, told.ground);
    let mut wrong = story.value(20, PAIN, Value::Number(weeks(5)));
    wrong.record.assessments.last_mut().unwrap().entered_in_error = true;
    assert_eq!(on(&wrong, 21).ground, told.ground);
}

/// Pain counts for 7 days: on day 42 the value of day 35 does, on day 43 it is UNKNOWN how it went on.
#[test]
fn a_course_whose_newest_value_is_too_old_is_not_drawn_out() {
    let story = spread();
    assert!(on(&story, 42).remaining_visits.is_some());
    let late = on(&story, 43);
    assert_eq!(late.remaining_visits, None);
    assert!(has(&late, "newest_value_too_old") && !has(&late, "too_few_points"), "{:?}", late.notes);
}

/// Pain 5, 3, 6, 4, 5, 3: slopes from -1 to +0.5 a week. The middle leads down, the upper end of the interval does not.
#[test]
fn an_interval_that_includes_no_improvement_has_no_upper_end() {
    let story = Story::active().weekly(PAIN, &[5, 3, 6, 4, 5, 3]).weekly(LEFS, &[50, 53, 56, 59, 62, 65]);
    let found = on(&story, 35);
    let visits = found.remaining_visits.unwrap();
    assert!(visits.median.is_some() && visits.high.is_none(), "{visits:?}");
    assert!(found.remaining_weeks.unwrap().high.is_none());
    assert!(has(&found, "no_upper_end") && !has(&found, "no_improvement"));
}

#[test]
fn a_course_without_improvement_has_no_median() {
    let story = Story::active().weekly(PAIN, &[5, 5, 6, 5, 6, 6]).weekly(LEFS, &[50, 53, 56, 59, 62, 65]);
    let found = on(&story, 35);
    assert_eq!((found.remaining_visits, found.remaining_weeks), (None, None));
    assert_eq!(found.steps[0].until, Some(at_least(day(35))));
    assert!(has(&found, "no_improvement") && !has(&found, "too_few_points"), "{:?}", found.notes);
}

/// One point in 40 weeks: T2 would be reached after two years and more, which nobody can say.
#[test]
fn nothing_is_drawn_out_beyond_a_year() {
    let value = |points: i64| Value::Number(weeks(points));
    let mut story = Story::active().weekly(LEFS, &[50]);
    for (on, pain) in [(0, 9), (150, 9), (300, 8), (450, 8), (600, 8)] {
        story = story.value(on, PAIN, value(pain)).value(on, LEFS, value(70));
    }
    let found = on(&story, 600);
    assert_eq!(found.remaining_visits, None, "{found:?}");
    assert!(has(&found, "no_improvement"));
}

/// 75 and 9 more is above the score's 80, but at 71 and more the function is good enough: it is met.
#[test]
fn a_threshold_that_no_value_can_reach_leaves_the_other_way() {
    let story = Story::active().weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[75, 75, 75, 75]);
    assert_eq!(on(&story, 21).remaining_visits, Some(told(6, 6, 6)));
}

#[test]
fn a_ladder_of_its_own_is_followed_and_may_leave_out_a_rung() {
    // From 3 to 1 both rules count: pain 5 after 14 days; 14 days at 3 a week, then two weekly visits.
    let story = Story::active().with_steps(&[3, 1]).weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!(found.steps.len(), 2);
    assert_eq!(found.steps[0].until, Some(told(day(35), day(35), day(35))));
    assert_eq!(found.remaining_visits, Some(told(8, 8, 8)));
}

#[test]
fn a_ladder_that_no_rule_leads_off_says_so() {
    let story = Story::active().with_steps(&[3, 2]).weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!(found.remaining_visits, None);
    assert_eq!((found.steps[0].until.is_some(), found.steps[1].until), (true, None));
    assert!(has(&found, "ladder_does_not_end"));
}
