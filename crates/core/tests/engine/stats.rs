//! Every figure of a measure: latest, baseline, falls and rises, freshness, testers, sites, bounds.

use taper_core::measure::Value;
use taper_core::protocol::criterion::Stat;
use taper_core::recommendation::{Seen, Verdict, WhyUnknown};
use taper_core::record::assessment::RunStage;
use taper_core::record::plan::Phase;
use taper_core::value::{Nprs, Thousandths};

use crate::document::{Story, day};

const AKE: &str = "knee_extension_deficit_deg";

fn ake(stat: &str, more: &str) -> String {
    let unit = if stat.contains("percent") { "%" } else { "deg" };
    format!(r#"{{ measure = "{AKE}", stat = "{stat}", op = ">=", value = 10, unit = "{unit}"{more} }}"#)
}

fn check(story: &Story, test: &str, on: i64, observed: i64) {
    let result = story.criterion(test, on);
    assert_eq!(result.observed, Some(Seen::Number(Thousandths::whole(observed))), "{test}: {result:?}");
    assert_eq!(result.verdict, if observed >= 10 { Verdict::Met } else { Verdict::Unmet }, "{test}");
    assert_eq!(result.margin, Some(Thousandths::whole(observed - 10)), "{test}");
}

fn check_unknown(story: &Story, test: &str, on: i64, why: WhyUnknown) {
    let result = story.criterion(test, on);
    assert_eq!((result.verdict, result.why_unknown), (Verdict::Unknown, Some(why)), "{test}: {result:?}");
    assert_eq!(result.margin, None);
}

#[test]
fn every_stat_gives_its_figure() {
    let story = Story::draft().number(1, AKE, 20).number(4, AKE, 25).number(9, AKE, 12);
    let figures = [
        ("latest", 12),
        ("max_in_fresh", 25),
        ("percent_of_baseline", 60),
        ("fall", 8),
        ("fall_percent", 40),
        ("rise_from_baseline", -8),
        ("rise_from_previous", -13),
        ("first_value", 20),
    ];
    assert_eq!(figures.len(), Stat::ALL.len());
    for (stat, observed) in figures {
        check(&story, &ake(stat, ""), 10, observed);
    }
}

#[test]
fn for_a_score_lower_is_worse_so_that_a_rise_of_the_number_is_a_fall_of_the_trouble() {
    let story = Story::draft().number(1, "lefs", 40).number(9, "lefs", 55);
    let test =
        |stat: &str| format!(r#"{{ measure = "lefs", stat = "{stat}", op = ">=", value = 10, unit = "{{score}}" }}"#);
    let result = story.criterion(&test("fall"), 10);
    assert_eq!(result.observed, Some(Seen::Number(Thousandths::whole(15))));
    let result = story.criterion(&test("rise_from_baseline"), 10);
    assert_eq!(result.observed, Some(Seen::Number(Thousandths::whole(-15))));
}

#[test]
fn the_worst_fresh_value_is_the_lowest_of_a_score_and_of_equal_ones_the_first() {
    let worst_score = r#"{ measure = "lefs", stat = "max_in_fresh", op = ">=", value = 10, unit = "{score}" }"#;
    let worst = |story: Story, test: &str| {
        let result = story.criterion(test, 10);
        (result.observed, result.observed_date)
    };
    let seen = |number, on| (Some(Seen::Number(Thousandths::whole(number))), Some(day(on)));
    let scores = Story::draft().number(1, "lefs", 55).number(4, "lefs", 40);
    assert_eq!(worst(scores.clone().number(9, "lefs", 48), worst_score), seen(40, 4));
    assert_eq!(worst(scores.number(9, "lefs", 40), worst_score), seen(40, 4));
    let degrees = Story::draft().number(1, AKE, 12).number(4, AKE, 20).number(9, AKE, 20);
    assert_eq!(worst(degrees, &ake("max_in_fresh", "")), seen(20, 4));
}

#[test]
fn the_worst_fresh_value_is_not_one_that_is_too_old_and_a_baseline_is_a_value() {
    let story = Story::draft().number(1, AKE, 25).number(20, AKE, 12);
    check(&story, &ake("max_in_fresh", ""), 20, 12);
    let unmeasured_first = Story::draft().not_measured(1, AKE).number(2, AKE, 30).number(5, AKE, 12);
    check(&unmeasured_first, &ake("fall", ""), 5, 18);
}

#[test]
fn a_value_counts_up_to_its_freshness_and_not_a_day_longer() {
    let story = Story::draft().number(1, AKE, 12);
    check(&story, &ake("latest", ""), 15, 12);
    check_unknown(&story, &ake("latest", ""), 16, WhyUnknown::TooOld);
    check(&story, &ake("latest", ", fresh_days = 3"), 4, 12);
    check_unknown(&story, &ake("latest", ", fresh_days = 3"), 5, WhyUnknown::TooOld);
    check_unknown(&story, &ake("latest", ""), 0, WhyUnknown::Missing);
    check(&story, &ake("first_value", ""), 100, 12);
    check(&story, &ake("latest", ", days = [1, 5]"), 100, 12);
    check_unknown(&story, &ake("latest", ", days = [2, 5]"), 100, WhyUnknown::Missing);
}

#[test]
fn not_measured_is_unknown_and_hides_an_older_value() {
    let story = Story::draft().number(1, AKE, 12).not_measured(3, AKE);
    check_unknown(&story, &ake("latest", ""), 4, WhyUnknown::NotMeasured);
    check(&story, &ake("latest", ""), 2, 12);
    check(&story.clone().number(3, AKE, 11), &ake("latest", ""), 4, 11);
    check_unknown(&Story::draft().not_measured(1, AKE), &ake("first_value", ""), 4, WhyUnknown::NotMeasured);
}

#[test]
fn of_two_values_of_one_day_the_worse_one_counts() {
    let story = Story::draft().number(1, AKE, 12).number(1, AKE, 16).number(1, "lefs", 50).number(1, "lefs", 44);
    check(&story, &ake("latest", ""), 2, 16);
    check(&story, &ake("first_value", ""), 2, 16);
    let lefs = story.criterion(r#"{ measure = "lefs", op = "<", value = 45, unit = "{score}" }"#, 2);
    assert_eq!(lefs.observed, Some(Seen::Number(Thousandths::whole(44))));
}

#[test]
fn the_baseline_is_the_first_value_from_the_plans_start_on() {
    let story = Story::draft().number(1, AKE, 30).number(3, AKE, 20).number(9, AKE, 10);
    let story = story.with(|record| record.plan.content.start_date = crate::document::day(2));
    check(&story, &ake("fall", ""), 10, 10);
    let before =
        Story::draft().number(1, AKE, 30).with(|record| record.plan.content.start_date = crate::document::day(2));
    check_unknown(&before, &ake("fall", ""), 3, WhyUnknown::NoBaseline);
    check_unknown(&before, &ake("rise_from_previous", ""), 3, WhyUnknown::NoBaseline);
}

#[test]
fn a_percentage_of_nothing_is_unknown() {
    let story = Story::draft().number(1, AKE, 0).number(3, AKE, 0);
    check_unknown(&story, &ake("percent_of_baseline", ""), 4, WhyUnknown::NoBaseline);
    check_unknown(&story, &ake("fall_percent", ""), 4, WhyUnknown::NoBaseline);
}

#[test]
fn the_same_tester_is_asked_for_where_the_rule_says_so() {
    let by = |tester: Option<u64>| {
        let number = |number| Value::Number(Thousandths::whole(number));
        Story::draft().saw_by(1, AKE, number(20), Some(1)).saw_by(5, AKE, number(12), tester)
    };
    for stat in ["latest", "fall", "rise_from_previous", "percent_of_baseline"] {
        let test = ake(stat, ", same_tester = true");
        assert_ne!(by(Some(1)).criterion(&test, 6).verdict, Verdict::Unknown, "{stat}");
        check_unknown(&by(Some(2)), &test, 6, WhyUnknown::OtherTester);
        check_unknown(&by(None), &test, 6, WhyUnknown::OtherTester);
        assert_ne!(by(Some(2)).criterion(&ake(stat, ""), 6).verdict, Verdict::Unknown, "{stat}");
    }
}

#[test]
fn values_before_the_phase_began_do_not_count_where_the_rule_says_so() {
    use taper_core::record::decision::Decided;
    let test = ake("latest", ", since_phase = true");
    let advanced = Story::active(Phase::One).number(4, AKE, 12).decide(5, Decided::Phase(Phase::Two));
    check_unknown(&advanced, &test, 6, WhyUnknown::Missing);
    check(&advanced.clone().number(5, AKE, 12), &test, 6, 12);
    let regressed = advanced.number(6, AKE, 15).decide(6, Decided::Phase(Phase::One));
    check_unknown(&regressed, &test, 6, WhyUnknown::Missing);
    check(&regressed.number(7, AKE, 12), &test, 7, 12);
}

#[test]
fn a_painless_staged_run_is_an_onset_above_its_highest_speed() {
    let run = |pain: i64| {
        Story::draft().number(1, "pain_rest", 0).with(|record| {
            let stage = |speed: i64, pain: i64| RunStage {
                speed_kmh: Thousandths::whole(speed),
                pain: Nprs::new(pain).unwrap(),
            };
            record.assessments[0].content.run_stages = vec![stage(11, pain), stage(9, 0), stage(10, pain)];
        })
    };
    let test = |op: &str, value: i64| {
        format!(r#"{{ measure = "pain_onset_speed_kmh", op = "{op}", value = {value}, unit = "km/h" }}"#)
    };
    let painful = run(1).criterion(&test(">=", 10), 2);
    assert_eq!((painful.observed, painful.observed_at_least), (Some(Seen::Number(Thousandths::whole(10))), false));
    let painless = run(0).criterion(&test(">", 11), 2);
    assert_eq!((painless.observed, painless.observed_at_least), (Some(Seen::Number(Thousandths::whole(11))), true));
    assert_eq!(painless.verdict, Verdict::Met);
    assert_eq!(run(0).criterion(&test(">", 12), 2).verdict, Verdict::Unknown);
    assert_eq!(run(0).criterion(&test("<=", 11), 2).verdict, Verdict::Unmet);
}

#[test]
fn codes_compare_by_severity_and_rise_in_steps() {
    let story = Story::draft().code(1, "gait", "normal").code(3, "gait", "limp");
    assert_eq!(story.criterion(r#"{ measure = "gait", op = ">", value = "normal" }"#, 4).verdict, Verdict::Met);
    assert_eq!(
        story.criterion(r#"{ measure = "gait", op = "in", value = ["normal", "unable"] }"#, 4).verdict,
        Verdict::Unmet
    );
    let rise = story
        .criterion(r#"{ measure = "gait", stat = "rise_from_previous", op = ">", value = 0, unit = "{step}" }"#, 4);
    assert_eq!((rise.verdict, rise.observed), (Verdict::Met, Some(Seen::Number(Thousandths::whole(1)))));
}

#[test]
fn a_site_narrows_the_values() {
    use taper_core::record::codes::Site;
    let story = Story::draft().number(1, "pain_stretch", 4).with(|record| {
        record.assessments[0].content.results[0].site = Some(Site::Belly);
    });
    let test = |site: &str| {
        format!(r#"{{ measure = "pain_stretch", op = ">=", value = 4, unit = "{{NPRS}}", site = "{site}" }}"#)
    };
    assert_eq!(story.criterion(&test("belly"), 2).verdict, Verdict::Met);
    assert_eq!(story.criterion(&test("tie_in"), 2).verdict, Verdict::Unknown);
}

#[test]
fn of_two_equal_values_of_one_day_the_same_one_counts_whatever_their_order() {
    let number = |number| Value::Number(Thousandths::whole(number));
    let story = Story::draft().saw_by(1, AKE, number(20), Some(1)).saw_by(5, AKE, number(12), Some(1));
    let twice = |first: u64, second: u64| {
        story.clone().with(|record| {
            let results = &mut record.assessments[0].content.results;
            results[0].tester = Some(crate::document::tester(first));
            let mut again = results[0].clone();
            again.tester = Some(crate::document::tester(second));
            results.push(again);
        })
    };
    let test = ake("latest", ", same_tester = true");
    assert_eq!(twice(1, 2).criterion(&test, 6), twice(2, 1).criterion(&test, 6));
}

#[test]
fn a_change_that_is_not_known_does_not_show_the_value_as_if_it_were_the_change() {
    let unseen = |story: &Story, stat: &str, more: &str, on: i64, why: WhyUnknown| {
        let result = story.criterion(&ake(stat, more), on);
        assert_eq!((result.observed, result.why_unknown), (None, Some(why)), "{stat}");
        assert!(result.source.is_some() && result.observed_date.is_some(), "{stat}");
    };
    let story = Story::draft().number(1, AKE, 20).number(4, AKE, 12);
    for stat in ["fall", "fall_percent", "rise_from_baseline", "rise_from_previous", "percent_of_baseline"] {
        unseen(&story, stat, "", 100, WhyUnknown::TooOld);
    }
    unseen(&Story::draft().number(1, AKE, 20), "rise_from_previous", "", 1, WhyUnknown::NoBaseline);
    let other = story.saw_by(5, AKE, Value::Number(Thousandths::whole(9)), Some(2));
    unseen(&other, "fall", ", same_tester = true", 5, WhyUnknown::OtherTester);
    let old = Story::draft().number(1, AKE, 20).criterion(&ake("latest", ""), 100);
    assert_eq!(old.observed, Some(Seen::Number(Thousandths::whole(20))), "a value itself is shown although it is old");
}
