//! Forecasts worked out by hand, from the scores to the day of each rung.

use taper_core::forecast::{Forecast, Ground, Interval, TooFew, forecast};
use taper_core::measure::{MeasureCode, Value};
use taper_core::protocol::Protocol;
use taper_core::recommendation::Verdict;
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;
use taper_core::value::Thousandths;

use crate::story::{LEFS, PAIN, SCORES_ONLY, Story, day, protocol};

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

fn has_median(found: &Forecast) -> bool {
    found.remaining_visits.unwrap().median.is_some()
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
/// - 1 to none (T4): pain within the limit of 3: 4 points away, 28 days; then two weekly visits: the second is 6 days
///   after the first at the soonest, on day 34, and on day 42 when each takes its week. 20 or 28 days at 1 a week are 3
///   or 4 visits, what is begun at the end included.
///
/// By the minimum times alone: 0 + 7 days, the two weekly visits on days 0 and 6 meanwhile: 7 days.
#[test]
fn a_straight_course_is_drawn_out_to_each_threshold() {
    let story = Story::active().weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!(found.remaining_visits, Some(told(7, 8, 8)));
    assert_eq!(found.remaining_weeks, Some(told(Thousandths(4_857), weeks(6), weeks(6))));
    assert_eq!(found.earliest_by_ladder, Some(day(28)));
    let until: Vec<_> = found.steps.iter().map(|step| step.until.unwrap()).collect();
    assert_eq!(
        until,
        [told(day(21), day(21), day(21)), told(day(35), day(35), day(35)), told(day(55), day(63), day(63))]
    );
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [told(0, 0, 0), told(4, 4, 4), told(3, 4, 4)]);
    let per_week: Vec<_> = found.steps.iter().map(|step| step.step.visits_per_week.get()).collect();
    assert_eq!(per_week, [3, 2, 1]);
    assert!(found.steps.iter().all(|step| step.not_forecast.is_empty()));
}

/// Pain 8, 8, 7, 7, 6, 6 on days 0 to 35, function 50, 53, ... 65; on the rung of 3 visits since day 0.
///
/// Slopes of pain a week, sorted: -1, -1, -2/3, six times -1/2, -2/5, -1/3, -1/3, 0, 0, 0; the 8th of 15 is -1/2.
/// S^2 = (6*5*17 - 3*2*1*9)/18 = 25.33 (three pairs of equal values), zS = 6.45; places (15 - 6.45)/2 = 4.3 and
/// (15 + 6.45)/2 = 10.7: the 4th, -1/2, and the 12th, -1/3. The line lies at 7 - 2.5/2 = 5.75 on day 35, and the values lie
/// 0.25 above or below it: the fast course goes on from 5.5, the slow one from 6. So does the middle one, since the newest
/// value, 6, is worse than the line.
/// - T2: 8 less 30% is 5.6, which the fast course has passed; 0.4 away from 6: 5.6 and 8.4 days. So 0, 6, 9.
/// - T3: 4, 1.5 or 2 away: 21, 28, 42 days. Function 59 is reached.
/// - T4: 3, 2.5 or 3 away: 35, 42, 63 days; then two weekly visits: 35 + 6 = 41, 42 + 14 = 56, 63 + 14 = 77.
///
/// Visits of the fast course: (2*21 + 1*20)/7 = 8.9, so 9; of the middle one (3*6 + 2*22 + 1*28)/7 = 12.9, so 13; of the
/// slow one (3*9 + 2*33 + 1*35)/7 = 18.3, so 19.
pub fn spread() -> Story {
    Story::active().weekly(PAIN, &[8, 8, 7, 7, 6, 6]).weekly(LEFS, &[50, 53, 56, 59, 62, 65])
}

#[test]
fn an_uncertain_slope_gives_an_interval() {
    let found = on(&spread(), 35);
    let until: Vec<_> = found.steps.iter().map(|step| step.until.unwrap()).collect();
    let expected = [(0, 6, 9), (21, 28, 42), (41, 56, 77)];
    assert_eq!(until, expected.map(|(low, median, high)| told(day(35 + low), day(35 + median), day(35 + high))));
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [told(0, 2, 3), told(6, 6, 10), told(3, 5, 6)]);
    assert_eq!(found.remaining_visits, Some(told(9, 13, 19)));
    assert_eq!(found.remaining_weeks, Some(told(Thousandths(5_857), weeks(8), weeks(11))));
    assert_eq!(found.earliest_by_ladder, Some(day(35 + 7)));
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
    assert_eq!(found.notes, ["arithmetic_of_own_trend", "visits_as_prescribed", "earliest_is_no_promise"]);
}

/// One gate more, of which nothing can be drawn out: the rungs before are told as they were, the end only at least.
#[test]
fn a_gate_that_is_not_forecast_leaves_only_the_least_of_the_end() {
    let gate = "[[rule]]\nid = \"READY\"\nsentence = \"Ready.\"\n\
                evidence = { level = \"series\", citations = [\"S1\"] }\neffect = { kind = \"gate\", phase = 4 }\n\
                test = { measure = \"athlete_ready\", op = \"=\", value = true }\n";
    let protocol = Protocol::parse(&format!("{SCORES_ONLY}\n{gate}"), &[]).unwrap();
    let found = forecast(&protocol, &spread().record, day(35));
    assert_eq!(found.steps[0].until, Some(told(day(35), day(41), day(44))));
    assert_eq!(found.steps[1].until, Some(told(day(56), day(63), day(77))));
    assert_eq!(found.steps[2].until, Some(at_least(day(42))));
    assert_eq!(found.remaining_visits, Some(at_least(2)));
    assert_eq!(found.remaining_weeks, Some(at_least(weeks(1))));
    assert_eq!(found.earliest_by_ladder, Some(day(42)));
    let waits = &found.steps[2].not_forecast;
    let ids: Vec<&str> = waits.iter().map(|waiting| waiting.rule_id.as_str()).collect();
    assert_eq!(ids, ["T4", "READY"]);
    assert_eq!(waits[0].criteria[0].quantity, "discharge_visits");
    assert_eq!(waits[1].criteria[0].measure.as_deref(), Some("athlete_ready"));
    assert_eq!(waits[1].criteria[0].verdict, Verdict::Unknown);
    assert_eq!(found.notes, ["gates_not_forecast", "earliest_is_no_promise"]);
    // Met today, it is not waited for.
    let ready = spread().value(35, "athlete_ready", Value::Finding(true));
    assert_eq!(forecast(&protocol, &ready.record, day(35)), on(&spread(), 35));
    // The same record in an earlier phase waits for the phase as well.
    let earlier = spread().decided(30, Decided::Phase(Phase::Three));
    let found = on(&earlier, 35);
    assert_eq!(found.steps[2].not_forecast[0].rule_id, "T4");
    assert_eq!(found.remaining_visits, Some(at_least(2)));
}

/// Pain and function are met, and one of two weekly visits is done on day 24. The other counts on day 30 at the soonest,
/// and takes place on day 32 when it takes its week from day 25 on.
#[test]
fn the_weekly_visits_before_discharge_are_counted_as_the_advice_counts_them() {
    let story = Story::active().weekly(PAIN, &[6, 3, 2, 2]).weekly(LEFS, &[60, 66, 72, 78]);
    let last = story.decided(10, Decided::TaperStep(2)).visited(&[10, 24]);
    assert_eq!(on(&last, 25).steps[0].until, Some(told(day(25), day(25), day(25))), "days 10 and 24 are two already");
    let broken = Story::active().weekly(PAIN, &[6, 5, 4, 2]).weekly(LEFS, &[60, 66, 72, 78]);
    let one = broken.decided(10, Decided::TaperStep(2)).visited(&[10, 24]);
    let found = on(&one, 25);
    assert_eq!(found.steps[0].until, Some(told(day(30), day(32), day(32))));
    assert_eq!(found.earliest_by_ladder, Some(day(30)));
    assert_eq!(found.remaining_visits, Some(told(1, 1, 1)));
}

/// Pain was 5 at the visit of day 21, at which discharge was therefore not due, and no other visit counts: the first that
/// can is on day 22 and the second on day 28. Two visits are left, though one a week would be one in seven days. Without a
/// visit on day 21 the first can still be on that day: day 27, and one visit after it.
#[test]
fn a_visit_of_today_that_did_not_count_does_not_bring_the_end_nearer() {
    let story = Story::active().weekly(PAIN, &[5, 5, 5, 5]).weekly(LEFS, &[60, 66, 72, 78]);
    let story = story.decided(10, Decided::TaperStep(2));
    let made = on(&story.clone().visited(&[21]), 21);
    assert_eq!(made.earliest_by_ladder, Some(day(28)));
    assert_eq!(made.remaining_visits, Some(at_least(2)));
    assert_eq!(made.remaining_weeks, Some(at_least(weeks(1))));
    let free = on(&story, 21);
    assert_eq!(free.earliest_by_ladder, Some(day(27)));
    assert_eq!(free.remaining_visits, Some(at_least(1)));
}

/// On the rung of 2 visits since day 20, so that at least 7 - 5 = 2 days are left on day 25 whatever the scores say. The
/// two weekly visits are on days 25 and 31 at the soonest.
#[test]
fn the_least_days_on_a_rung_are_kept() {
    let story = Story::active().weekly(PAIN, &[6, 4, 2, 2]).weekly(LEFS, &[60, 66, 72, 78]);
    let found = on(&story.decided(20, Decided::TaperStep(1)), 25);
    assert_eq!(found.steps.len(), 2);
    assert_eq!(found.steps[0].until, Some(told(day(27), day(27), day(27))));
    assert_eq!(found.earliest_by_ladder, Some(day(25 + 6)));
    assert_eq!(found.steps[1].until, Some(told(day(31), day(39), day(39))));
}

#[test]
fn three_points_are_too_few_and_four_are_enough() {
    let story = Story::active().weekly(PAIN, &[8, 7, 6]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!((found.remaining_visits, found.remaining_weeks), (Some(at_least(2)), Some(at_least(weeks(1)))));
    let measure = MeasureCode::parse(PAIN).unwrap();
    let why = TooFew { measure, points: 3, points_needed: 4, newest_too_old: false };
    assert_eq!(found.steps[0].ground, [Ground::LadderOnly { why }]);
    // Nothing but the ladder's times: 3 visits a week for 7 days are spent, 2 for 7 days, two weekly visits meanwhile.
    let visits: Vec<_> = found.steps.iter().map(|step| step.visits).collect();
    assert_eq!(visits, [at_least(0), at_least(2), at_least(0)]);
    assert_eq!(found.steps[2].until, Some(at_least(day(28))));
    assert!(has(&found, "too_few_points") && !has(&found, "arithmetic_of_own_trend"));
    let four = on(&story.value(21, PAIN, Value::Number(weeks(5))), 21);
    assert!(has_median(&four) && !has(&four, "too_few_points"));
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
    assert!(has_median(&on(&story, 42)));
    let late = on(&story, 43);
    assert!(!has_median(&late));
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
    assert_eq!((found.remaining_visits, found.remaining_weeks), (Some(at_least(2)), Some(at_least(weeks(1)))));
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
    assert!(!has_median(&found), "{found:?}");
    assert!(has(&found, "no_improvement"));
}

/// 75 and 9 more is above the score's 80, but at 71 and more the function is good enough: it is met.
#[test]
fn a_threshold_that_no_value_can_reach_leaves_the_other_way() {
    let story = Story::active().weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[75, 75, 75, 75]);
    assert_eq!(on(&story, 21).remaining_visits, Some(told(7, 8, 8)));
}

#[test]
fn a_ladder_of_its_own_is_followed_and_may_leave_out_a_rung() {
    // From 3 to 1 both rules count: pain 5 after 14 days at 3 a week; then 20 or 28 days until the second weekly visit.
    let story = Story::active().with_steps(&[3, 1]).weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert_eq!(found.steps.len(), 2);
    assert_eq!(found.steps[0].until, Some(told(day(35), day(35), day(35))));
    assert_eq!(found.remaining_visits, Some(told(9, 10, 10)));
}

#[test]
fn a_ladder_that_no_rule_leads_off_says_so() {
    let story = Story::active().with_steps(&[3, 2]).weekly(PAIN, &[10, 9, 8, 7]).weekly(LEFS, &[50, 53, 56, 59]);
    let found = on(&story, 21);
    assert!(!has_median(&found));
    assert_eq!(found.earliest_by_ladder, None);
    assert_eq!((found.steps[0].until.is_some(), found.steps[1].until), (true, None));
    assert!(has(&found, "ladder_does_not_end"));
}
