//! The marks of each measure's series, with the last value on each side, and plateaus.

use taper_core::measure::{MeasureCode, Shape, Value, Worse};
use taper_core::protocol::Protocol;
use taper_core::recommendation::Seen;
use taper_core::record::Source;
use taper_core::record::assessment::{Assessment, Observed, RunStage};
use taper_core::record::codes::{ActivityKind, Site};
use taper_core::record::plan::Phase;
use taper_core::text::Note;
use taper_core::trends::{Mark, Point, Series, trends};
use taper_core::value::Thousandths;

use crate::document::{Story, day, pain, protocol, tester};
use crate::played;

fn small() -> Protocol {
    protocol("")
}

fn series(story: &Story, as_of: i64, code: &str) -> Series {
    let all = trends(&small(), &story.record, day(as_of)).series;
    all.into_iter().find(|series| series.measure.as_str() == code).unwrap()
}

fn points(story: &Story, as_of: i64, code: &str) -> Vec<Point> {
    series(story, as_of, code).points
}

/// A value in thousandths.
fn exactly(thousandths: i64) -> Value {
    Value::Number(Thousandths(thousandths))
}

/// The mark of a second value against a first one, both by one tester.
#[track_caller]
fn check(code: &str, first: i64, second: i64, expected: Mark) {
    let story = Story::active(Phase::Two).saw(1, code, exactly(first)).saw(8, code, exactly(second));
    let points = points(&story, 8, code);
    assert_eq!(points.len(), 2);
    assert_eq!((points[0].mark, points[0].change_from_baseline), (Mark::Baseline, None));
    assert_eq!(points[1].mark, expected, "{code} from {first} to {second}");
    assert_eq!(points[1].change_from_baseline, Some(Thousandths(second - first)));
}

#[test]
fn a_change_of_pain_counts_from_two_points_on() {
    check("pain_worst_24h", 5_000, 4_000, Mark::NoDetectableChange);
    check("pain_worst_24h", 5_000, 3_000, Mark::BetterMeaningful);
    check("pain_worst_24h", 5_000, 6_000, Mark::NoDetectableChange);
    check("pain_worst_24h", 5_000, 7_000, Mark::WorseMeaningful);
    check("pain_worst_24h", 5_000, 5_000, Mark::NoDetectableChange);
    // A third of the pain, and yet within the error.
    check("pain_worst_24h", 3_000, 2_000, Mark::NoDetectableChange);
}

#[test]
fn a_change_of_function_counts_from_nine_points_on() {
    check("lefs", 50_000, 58_000, Mark::NoDetectableChange);
    check("lefs", 50_000, 59_000, Mark::BetterMeaningful);
    check("lefs", 50_000, 42_000, Mark::NoDetectableChange);
    check("lefs", 50_000, 41_000, Mark::WorseMeaningful);
}

#[test]
fn detectable_and_meaningful_are_told_apart() {
    // Detectable from 2 on, meaningful from 2.3 on.
    check("psfs", 5_000, 6_999, Mark::NoDetectableChange);
    check("psfs", 5_000, 7_000, Mark::BetterDetectable);
    check("psfs", 5_000, 7_299, Mark::BetterDetectable);
    check("psfs", 5_000, 7_300, Mark::BetterMeaningful);
    check("psfs", 5_000, 3_001, Mark::NoDetectableChange);
    check("psfs", 5_000, 3_000, Mark::WorseDetectable);
    check("psfs", 5_000, 2_701, Mark::WorseDetectable);
    check("psfs", 5_000, 2_700, Mark::WorseMeaningful);
    // No meaningful change is published of the extension deficit.
    check("knee_extension_deficit_deg", 30_000, 15_100, Mark::NoDetectableChange);
    check("knee_extension_deficit_deg", 30_000, 15_000, Mark::BetterDetectable);
    check("knee_extension_deficit_deg", 10_000, 24_900, Mark::NoDetectableChange);
    check("knee_extension_deficit_deg", 10_000, 25_000, Mark::WorseDetectable);
}

#[test]
fn without_a_published_error_no_change_is_called_progress() {
    check("strength_outer_percent", 40_000, 100_000, Mark::ErrorNotPublished);
    check("strength_outer_percent", 100_000, 40_000, Mark::ErrorNotPublished);
    check("fash", 10_000, 10_000, Mark::ErrorNotPublished);
    // A meaningful change alone is not enough: nobody knows whether it is beyond the error.
    check("visa_h", 20_000, 90_000, Mark::ErrorNotPublished);
}

#[test]
fn a_finding_or_a_code_has_changed_for_the_better_or_the_worse_and_has_no_error() {
    let marks = |story: &Story, code: &str| {
        let points = points(story, 9, code);
        assert!(points.iter().all(|point| point.change_from_baseline.is_none()), "{code}");
        points.into_iter().map(|point| point.mark).collect::<Vec<_>>()
    };
    let codes = |code: &str, values: [&str; 3]| {
        let story = (1..).zip(values).fold(Story::active(Phase::Two), |story, (on, value)| story.code(on, code, value));
        marks(&story, code)
    };
    let findings = |code: &str, values: [bool; 3]| {
        let story =
            (1..).zip(values).fold(Story::active(Phase::Two), |story, (on, value)| story.finding(on, code, value));
        marks(&story, code)
    };
    let (same, better, worse) = (Mark::Unchanged, Mark::ChangedForBetter, Mark::ChangedForWorse);
    assert_eq!(codes("gait", ["limp", "normal", "unable"]), [Mark::Baseline, better, worse]);
    assert_eq!(codes("gait", ["normal", "normal", "unable"]), [Mark::Baseline, same, worse]);
    assert_eq!(codes("swelling", ["mild", "marked", "none"]), [Mark::Baseline, worse, better]);
    assert_eq!(findings("red_flag_chest_pain", [false, true, false]), [Mark::Baseline, worse, same]);
    assert_eq!(findings("palpable_gap", [true, true, false]), [Mark::Baseline, same, better]);
    // Of this one absent is the worse finding.
    assert_eq!(findings("athlete_ready", [false, true, false]), [Mark::Baseline, better, same]);
    assert_eq!(findings("athlete_ready", [true, false, true]), [Mark::Baseline, worse, same]);
    let gap = Story::active(Phase::Two).finding(1, "palpable_gap", false).finding(5, "palpable_gap", true);
    assert_eq!(points(&gap, 5, "palpable_gap")[1].value, Seen::Finding(true));
    let gait = Story::active(Phase::Two).code(1, "gait", "limp").code(5, "gait", "normal");
    assert_eq!(points(&gait, 5, "gait")[1].value, Seen::Code("normal".into()));
}

#[test]
fn of_no_finding_and_no_code_an_error_is_missed() {
    for measure in taper_core::measure::ALL {
        let values = match measure.shape {
            Shape::Number { .. } => continue,
            Shape::Finding => [Value::Finding(false), Value::Finding(true)],
            Shape::Code(codes) => [codes[0], codes[codes.len() - 1]].map(|code| Value::Code(code.to_owned())),
        };
        let [first, second] = values;
        let story = Story::active(Phase::Two).saw(1, measure.code, first).saw(8, measure.code, second);
        let expected = match measure.worse {
            Worse::Higher => Mark::ChangedForWorse,
            Worse::Lower => Mark::ChangedForBetter,
        };
        assert_eq!(points(&story, 8, measure.code)[1].mark, expected, "{}", measure.code);
    }
}

#[test]
fn values_of_two_testers_are_never_compared_where_the_hand_matters() {
    let ake = "knee_extension_deficit_deg";
    let by = |story: Story, on: i64, degrees: i64, tester| story.saw_by(on, ake, exactly(degrees * 1000), tester);
    let story = by(Story::active(Phase::Two), 1, 40, Some(1));
    let marks = |story: &Story| points(story, 30, ake).into_iter().map(|point| point.mark).collect::<Vec<_>>();
    let same = by(story.clone(), 8, 20, Some(1));
    assert_eq!(marks(&same), [Mark::Baseline, Mark::BetterDetectable]);
    let other = by(story.clone(), 8, 20, Some(2));
    assert_eq!(marks(&other), [Mark::Baseline, Mark::NotComparable]);
    assert_eq!(points(&other, 30, ake)[1].change_from_baseline, None);
    assert_eq!(marks(&by(story.clone(), 8, 20, None)), [Mark::Baseline, Mark::NotComparable]);
    let unnamed = by(by(Story::active(Phase::Two), 1, 40, None), 8, 20, None);
    assert_eq!(marks(&unnamed), [Mark::Baseline, Mark::NotComparable], "two that are not named may be two");
    // On one day each tester has a point; of one tester the worse value counts.
    let both = by(by(by(story, 8, 20, Some(1)), 8, 21, Some(1)), 8, 10, Some(2));
    let told: Vec<_> = points(&both, 30, ake).into_iter().map(|p| (p.date, p.tester, p.value, p.mark)).collect();
    let row = |on: i64, by: u64, degrees: i64, mark: Mark| {
        (day(on), Some(tester(by)), Seen::Number(Thousandths::whole(degrees)), mark)
    };
    let expected =
        [row(1, 1, 40, Mark::Baseline), row(8, 1, 21, Mark::BetterDetectable), row(8, 2, 10, Mark::NotComparable)];
    assert_eq!(told, expected);
    // Their later values are compared with their own first one.
    let later = by(by(both, 15, 24, Some(2)), 15, 30, Some(1));
    let told: Vec<_> = points(&later, 30, ake).into_iter().skip(3).collect();
    let compared = |point: &Point| (point.tester, point.compared_with, point.change_from_baseline, point.mark);
    let degrees = |number: i64| Some(Thousandths::whole(number));
    let expected = [
        (Some(tester(1)), Some(day(1)), degrees(-10), Mark::NoDetectableChange),
        (Some(tester(2)), Some(day(8)), degrees(14), Mark::NoDetectableChange),
    ];
    assert_eq!(told.iter().map(compared).collect::<Vec<_>>(), expected);
    let worse = points(&by(later, 22, 25, Some(2)), 30, ake).pop().unwrap();
    assert_eq!(compared(&worse), (Some(tester(2)), Some(day(8)), degrees(15), Mark::WorseDetectable));
    // Codes that the hand finds are compared in the same way.
    let hand = |on: i64, code: &str, tester: u64, story: Story| {
        story.saw_by(on, "manual_resistance_90", Value::Code(code.to_owned()), Some(tester))
    };
    let story = hand(8, "equal_painless", 2, hand(1, "weaker", 1, Story::active(Phase::Two)));
    let story = hand(16, "unable", 1, hand(15, "weaker", 2, story));
    let told: Vec<Mark> = points(&story, 30, "manual_resistance_90").into_iter().map(|point| point.mark).collect();
    assert_eq!(told, [Mark::Baseline, Mark::NotComparable, Mark::ChangedForWorse, Mark::ChangedForWorse]);
    // A score that the patient fills in has no tester.
    let score = Story::active(Phase::Two).saw_by(1, "lefs", exactly(40_000), Some(1));
    let score = score.saw_by(8, "lefs", exactly(60_000), Some(2));
    assert_eq!(points(&score, 8, "lefs")[1].mark, Mark::BetterMeaningful);
}

#[test]
fn of_several_values_a_day_the_worse_one_counts() {
    let number = |story: Story, on, code, value: i64| story.number(on, code, value);
    let story = number(number(Story::active(Phase::Two), 1, "pain_rest", 3), 1, "pain_rest", 5);
    let story = number(number(story, 8, "pain_rest", 2), 8, "pain_rest", 0);
    let pain = points(&story, 8, "pain_rest");
    assert_eq!(
        pain.iter().map(|point| point.change_from_baseline).collect::<Vec<_>>(),
        [None, Some(Thousandths(-3000))]
    );
    let story = number(number(Story::active(Phase::Two), 1, "lefs", 40), 1, "lefs", 50);
    assert_eq!(points(&story, 8, "lefs")[0].value, Seen::Number(Thousandths::whole(40)));
}

#[test]
fn the_baseline_is_the_first_value_of_the_plan() {
    let story = Story::active(Phase::Two).with(|record| record.plan.content.start_date = day(5));
    let story = story.number(4, "pain_rest", 9).number(5, "pain_rest", 5).number(9, "pain_rest", 4);
    let told: Vec<_> = points(&story, 9, "pain_rest").into_iter().map(|point| (point.date, point.mark)).collect();
    assert_eq!(told, [(day(5), Mark::Baseline), (day(9), Mark::NoDetectableChange)]);
    assert_eq!(points(&story, 8, "pain_rest").len(), 1, "what is dated later is not seen");
    let in_error = story.with(|record| record.assessments.iter_mut().for_each(|fact| fact.entered_in_error = true));
    assert!(trends(&small(), &in_error.record, day(9)).series.is_empty());
}

#[test]
fn what_was_not_measured_makes_no_point() {
    let story = Story::active(Phase::Two).not_measured(1, "pain_rest").number(3, "pain_rest", 2);
    assert_eq!(points(&story, 3, "pain_rest").iter().map(|point| point.date).collect::<Vec<_>>(), [day(3)]);
}

#[test]
fn each_site_has_a_series_of_its_own() {
    let at = |site| Observed {
        measure: MeasureCode::parse("pain_stretch").unwrap(),
        value: exactly(4_000),
        site,
        tester: None,
        device: None,
    };
    let story = Story::active(Phase::Two).number(1, "pain_stretch", 1).with(|record| {
        record.assessments[0].content.results = vec![at(None), at(Some(Site::TieIn)), at(Some(Site::Belly))];
    });
    let all = trends(&small(), &story.record, day(1)).series;
    assert_eq!(all.iter().map(|one| one.site).collect::<Vec<_>>(), [None, Some(Site::TieIn), Some(Site::Belly)]);
    assert!(all.iter().all(|one| one.points.len() == 1 && one.unit == "{NPRS}"));
    let (detectable, meaningful) = (all[0].detectable, all[0].meaningful);
    assert_eq!((detectable, meaningful), (Some(Thousandths(1_770)), Some(Thousandths(2_000))));
}

#[test]
fn activities_sessions_and_staged_runs_make_points_too() {
    let run = |on: i64, stages: &[(i64, i64)]| Assessment {
        date: day(on),
        therapist: Some(tester(1)),
        results: Vec::new(),
        run_stages: stages
            .iter()
            .map(|(speed, points)| RunStage { speed_kmh: Thousandths::whole(*speed), pain: pain(*points) })
            .collect(),
        note: Note::default(),
    };
    let story = Story::active(Phase::Two)
        .activity(2, ActivityKind::Run, |activity| {
            activity.pain_during = Some(pain(3));
            activity.pain_next_morning = Some(pain(2));
        })
        .activity(2, ActivityKind::Elliptical, |activity| activity.pain_during = Some(pain(1)))
        .visit(4, |session| session.pain_next_morning = Some(pain(4)))
        .number(6, "pain_rest", 0)
        .number(9, "pain_rest", 0);
    let story = story.with(|record| {
        record.assessments[0].content = run(6, &[(8, 0), (9, 2), (10, 4)]);
        record.assessments[1].content = run(9, &[(10, 0), (12, 0)]);
    });
    assert_eq!(points(&story, 9, "pain_running")[0].date, day(2));
    assert_eq!(points(&story, 9, "pain_activity")[0].value, Seen::Number(Thousandths::whole(1)));
    let mornings = points(&story, 9, "pain_next_morning");
    assert_eq!(mornings.iter().map(|point| point.date).collect::<Vec<_>>(), [day(3), day(5)]);
    assert!(matches!((mornings[0].source, mornings[1].source), (Source::Activity(_), Source::Session(_))));
    assert_eq!(points(&story, 4, "pain_next_morning").len(), 1, "the next morning is not yet");
    let onset = points(&story, 9, "pain_onset_speed_kmh");
    assert_eq!((onset[0].value.clone(), onset[0].observed_at_least), (Seen::Number(Thousandths::whole(9)), false));
    assert_eq!((onset[1].value.clone(), onset[1].observed_at_least), (Seen::Number(Thousandths::whole(12)), true));
    assert_eq!((onset[1].change_from_baseline, onset[1].mark), (Some(Thousandths(3000)), Mark::ErrorNotPublished));
}

fn pains(values: &[(i64, i64)]) -> Series {
    let story =
        values.iter().fold(Story::active(Phase::Two), |story, (on, pain)| story.number(*on, "pain_worst_24h", *pain));
    series(&story, 100, "pain_worst_24h")
}

#[test]
fn a_plateau_takes_fourteen_days_and_three_values_within_the_error() {
    assert_eq!(pains(&[(1, 4), (8, 4), (15, 4)]).plateau_since, Some(day(1)));
    assert_eq!(pains(&[(1, 4), (8, 4), (14, 4)]).plateau_since, None, "thirteen days");
    assert_eq!(pains(&[(1, 4), (20, 4)]).plateau_since, None, "two values");
    assert_eq!(pains(&[(1, 4), (8, 5), (15, 4)]).plateau_since, Some(day(1)), "one point is within the error");
    assert_eq!(pains(&[(1, 4), (8, 6), (15, 4)]).plateau_since, None, "two points are not");
    assert_eq!(pains(&[(1, 6), (8, 5), (15, 4)]).plateau_since, None, "slow progress is progress");
    assert_eq!(pains(&[(1, 8), (8, 4), (15, 4), (22, 3)]).plateau_since, Some(day(8)));
    assert_eq!(pains(&[(1, 4), (8, 4), (15, 4), (22, 2)]).plateau_since, None, "it ended");
    assert_eq!(pains(&[(1, 1), (8, 1), (15, 0)]).plateau_since, None, "nothing is better than none");
    assert_eq!(pains(&[(1, 2), (8, 2), (15, 2)]).plateau_since, Some(day(1)), "two points less could be detected");
    assert_eq!(pains(&[(1, 2), (8, 2), (15, 1)]).plateau_since, None, "one point less could not");
    let flags: Vec<bool> =
        pains(&[(1, 4), (8, 4), (15, 4), (22, 2)]).points.iter().map(|point| point.plateau).collect();
    assert_eq!(flags, [false, false, true, false]);
}

#[test]
fn a_plateau_needs_a_published_error_and_one_tester() {
    let story = |code: &str, testers: [u64; 3]| {
        let mut story = Story::active(Phase::Two);
        for (place, by) in (0..).zip(testers) {
            story = story.saw_by(1 + 7 * place, code, exactly(30_000), Some(by));
        }
        series(&story, 30, code).plateau_since
    };
    assert_eq!(story("knee_extension_deficit_deg", [1, 1, 1]), Some(day(1)));
    assert_eq!(story("knee_extension_deficit_deg", [1, 2, 1]), None);
    assert_eq!(story("strength_outer_percent", [1, 1, 1]), None);
    assert_eq!(story("lefs", [1, 2, 1]), Some(day(1)));
}

#[test]
fn where_no_improvement_could_be_detected_there_is_no_plateau() {
    let since = |code: &str, values: [i64; 3]| {
        let saw = |story: Story, (place, value): (i64, i64)| story.saw(1 + 7 * place, code, exactly(value));
        let series = series(&(0..).zip(values).fold(Story::active(Phase::Two), saw), 30, code);
        assert_eq!(series.points[2].plateau, series.plateau_since.is_some());
        series.plateau_since
    };
    let ake = "knee_extension_deficit_deg";
    assert_eq!(since(ake, [6_000, 4_000, 1_000]), None, "the deficit is less than its error");
    assert_eq!(since(ake, [14_900, 14_900, 14_900]), None);
    assert_eq!(since(ake, [15_000, 15_000, 15_000]), Some(day(1)), "none of it left would be detectable");
    assert_eq!(since("lefs", [72_000, 72_000, 72_000]), None);
    assert_eq!(since("lefs", [71_000, 71_000, 71_000]), Some(day(1)));
}

#[test]
fn a_plateau_of_one_tester_is_not_told_beside_progress_of_another() {
    let by = |story: Story, on: i64, degrees: i64, tester| {
        story.saw_by(on, "knee_extension_deficit_deg", exactly(degrees * 1000), Some(tester))
    };
    let since = |story: &Story| series(story, 60, "knee_extension_deficit_deg").plateau_since;
    let flat = |story: Story, degrees: i64, tester| {
        by(by(by(story, 1, degrees, tester), 8, degrees, tester), 15, degrees, tester)
    };
    let one = flat(Story::active(Phase::Two), 40, 1);
    assert_eq!(since(&one), Some(day(1)));
    assert_eq!(since(&flat(one.clone(), 30, 2)), Some(day(1)), "both testers find the same each time");
    let other_improves = by(by(by(one.clone(), 1, 60, 2), 8, 40, 2), 15, 20, 2);
    assert_eq!(since(&other_improves), None);
    assert_eq!(since(&by(one, 22, 40, 2)), None, "of the latest tester there is one value");
    // The plateau is that of the tester, whoever measured first.
    let second = by(Story::active(Phase::Two), 1, 50, 1);
    let second = by(by(by(second, 2, 40, 2), 9, 40, 2), 16, 40, 2);
    assert_eq!(since(&second), Some(day(2)));
}

/// The rules and the series read the same record: what a criterion observed is a point of a series.
#[test]
fn what_a_rule_observed_stands_in_the_series() {
    let mut compared = 0;
    for step in played::all() {
        let as_of = step.advice.as_of;
        let start = step.record.plan.content.start_date;
        let all = trends(step.protocol, &step.record, as_of).series;
        for criterion in step.advice.rules.iter().flat_map(|rule| &rule.criteria) {
            let (Some(code), Some(observed), Some(date)) =
                (&criterion.measure, &criterion.observed, criterion.observed_date)
            else {
                continue;
            };
            if &*criterion.quantity != "latest" || date < start {
                continue;
            }
            let of_measure = all.iter().filter(|series| *series.measure.as_str() == **code);
            let mut of_day = of_measure.flat_map(|series| &series.points).filter(|point| point.date == date);
            assert!(of_day.any(|point| point.value == *observed), "{} day {}: {code}", step.case_id, step.day);
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn of_two_equal_values_of_one_day_the_first_makes_the_point() {
    for code in ["lefs", "pain_rest"] {
        let story = Story::active(Phase::One).number(1, code, 4).number(1, code, 4);
        let told = trends(&protocol(""), &story.record, day(2)).series;
        let points: Vec<_> = told[0].points.iter().map(|point| point.source).collect();
        assert_eq!(points, [Source::Assessment(story.record.assessments[0].id.0)], "{code}");
    }
}
