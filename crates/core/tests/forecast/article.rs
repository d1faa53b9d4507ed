//! The source article's own course, forecast on each of its days; and every other golden case.

use taper_core::case::Case;
use taper_core::forecast::{Forecast, Interval, forecast};
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::{Protocol, builtin};

/// The day of the case, and the forecast after that step.
fn forecasts(protocol: &Protocol, text: &str) -> Vec<(i64, Forecast)> {
    let case = Case::parse_for(text, protocol).unwrap();
    let outcomes = case.play_with(protocol);
    let of_step =
        |outcome: &taper_core::case::StepOutcome| forecast(protocol, &outcome.record, outcome.recommendation.as_of);
    case.steps.iter().map(|step| step.day).zip(outcomes.iter().map(of_step)).collect()
}

fn article() -> Vec<(i64, Forecast)> {
    let place = builtin().iter().position(|protocol| protocol.reference.protocol == "hamstring-persistent").unwrap();
    let (_, text) = DOCUMENTS[place].cases.iter().find(|(name, _)| name.contains("article")).unwrap();
    forecasts(&builtin()[place], text)
}

fn last_of(day: i64) -> Forecast {
    article().into_iter().rfind(|(of, _)| *of == day).unwrap().1
}

fn has(found: &Forecast, note: &str) -> bool {
    found.notes.iter().any(|code| code == note)
}

/// Assessed every three weeks, so that only the fourth assessment, on day 853, gives a trend.
#[test]
fn the_articles_first_three_assessments_are_too_few() {
    for day in [790, 811, 832] {
        let found = last_of(day);
        assert_eq!(found.remaining_visits, None, "day {day}");
        assert!(has(&found, "too_few_points"), "day {day}");
    }
    assert!(last_of(853).remaining_visits.is_some());
}

/// On day 881 the scores ask for nothing more, and two weekly visits would do; the stretch tests and the full speed took
/// until day 951. That they are not forecast is said each time.
#[test]
fn what_the_article_then_waited_for_is_named_and_not_forecast() {
    let found = last_of(881);
    let two = Interval { low: 2, median: Some(2), high: Some(2) };
    assert_eq!(found.remaining_visits, Some(two));
    assert_eq!(found.steps[0].not_forecast, ["T4"]);
    assert!(has(&found, "gates_not_forecast"));
}

/// On day 944 one of the two weekly visits is done; on day 951 both are, and the plan ends.
#[test]
fn the_weekly_visits_before_discharge_are_counted_down() {
    let one = Interval { low: 1, median: Some(1), high: Some(1) };
    assert_eq!(last_of(944).remaining_visits, Some(one));
    let (_, ready) = article().into_iter().find(|(day, _)| *day == 951).unwrap();
    assert_eq!(ready.remaining_visits.map(|visits| visits.low), Some(0));
    assert_eq!(last_of(951).notes, ["plan_ended"]);
}

#[test]
fn every_step_of_every_golden_case_gets_an_answer_in_order() {
    let mut told = 0;
    for (document, protocol) in DOCUMENTS.iter().zip(builtin()) {
        for (name, text) in document.cases {
            for (day, found) in forecasts(protocol, text) {
                crate::properties::check(&found).unwrap_or_else(|fault| panic!("{name}, day {day}: {fault}"));
                told += usize::from(found.remaining_visits.is_some());
            }
        }
    }
    assert!(told > 5, "only {told} of the steps have a forecast");
}
