//! What visits cost, worked out by hand. The story is `worked::spread`: 11 visits in the middle course, 17 in the slow one.
//!
//! In the middle course, from day 35 on, the visits lie on days 3, 5 (3 a week up to day 6), 8, 11, 15, 18, 22, 25 (2 a
//! week up to day 28), 29, 36 and 42 (1 a week, and what is begun at the end).

use taper_core::forecast::{Cost, Coverage, Interval, Limit, LimitBroken, costs};
use taper_core::value::Money;

use crate::coverage::{dollars, percent, price_only};
use crate::story::{Story, day, ladder, protocol};
use crate::worked::{at_least, spread, told};

fn own(coverage: &Coverage) -> Cost {
    costs(protocol(), &spread().record, day(35), coverage, &[]).unwrap().remove(0)
}

/// What patient and insurer pay for 11 and for 17 visits, in cents, and which visit breaks which limit on which day from
/// today.
fn check(coverage: &Coverage, patient: (i64, i64), insurer: (i64, i64), breaks: &[(Limit, u32, Option<i64>)]) {
    let cost = own(coverage);
    assert_eq!(cost.visits, told(11, 11, 17));
    let sums = |(middle, slow): (i64, i64)| told(dollars(middle), dollars(middle), dollars(slow));
    assert_eq!(cost.patient_pays, sums(patient), "patient");
    assert_eq!(cost.insurer_pays, sums(insurer), "insurer");
    let expected: Vec<LimitBroken> = breaks
        .iter()
        .map(|(limit, at_visit, after)| LimitBroken {
            limit: *limit,
            at_visit: *at_visit,
            date: after.map(|after| day(35 + after)),
        })
        .collect();
    assert_eq!(cost.breaks, expected);
}

/// 11 x 120 = 1,320; 17 x 120 = 2,040.
#[test]
fn without_insurance_the_patient_pays_every_visit() {
    check(&price_only(12_000), (132_000, 204_000), (0, 0), &[]);
}

/// The article's deductible of $2,000, nothing paid yet, visits at $120: 11 visits, 1,320, are all the patient's. Of 17
/// visits the first 16 are 1,920, and of the 17th 80 are left to pay; the insurer pays its 40. So: 2,000 and 40.
#[test]
fn the_articles_deductible_leaves_everything_to_the_patient() {
    let coverage = Coverage { deductible_remaining: Some(dollars(200_000)), ..price_only(12_000) };
    check(&coverage, (132_000, 200_000), (0, 4_000), &[(Limit::DeductibleMet, 17, None)]);
}

/// The article's own ladder from a draft: 3 visits a week at $120. By the minimum times alone 3 + 2 + 2 = 7 visits, 840,
/// at least; nothing more can be told before there is a course.
#[test]
fn before_there_is_a_course_only_the_least_cost_is_told() {
    let coverage = Coverage { deductible_remaining: Some(dollars(200_000)), ..price_only(12_000) };
    let cost = costs(protocol(), &Story::draft().record, day(0), &coverage, &[]).unwrap().remove(0);
    assert_eq!(cost.visits, at_least(7));
    assert_eq!(cost.patient_pays, at_least(dollars(84_000)));
    assert_eq!(cost.insurer_pays, at_least(dollars(0)));
    assert!(cost.notes.iter().any(|note| note == "too_few_points"));
}

/// $500 of the deductible are left, then 20%: visits 1 to 4 are 480; visit 5 is 20 + 20% of 100 = 40; then 24 each.
/// 11 visits: 480 + 40 + 6 x 24 = 664, insurer 1,320 - 664 = 656. 17: 664 + 6 x 24 = 808, insurer 2,040 - 808 = 1,232.
/// The deductible is met at visit 5, on day 15.
#[test]
fn coinsurance_begins_where_the_deductible_ends() {
    let coverage = Coverage {
        deductible_remaining: Some(dollars(50_000)),
        coinsurance_percent: percent(20),
        ..price_only(12_000)
    };
    check(&coverage, (66_400, 80_800), (65_600, 123_200), &[(Limit::DeductibleMet, 5, Some(15))]);
}

/// Copay 30, 8 visits covered: 8 x 30 + 3 x 120 = 600 and 8 x 90 = 720; of 17: 240 + 9 x 120 = 1,320 and 720. The 9th
/// visit is the first beyond, on day 29.
#[test]
fn beyond_the_visit_cap_the_patient_pays_in_full() {
    let coverage = Coverage { copay: Some(dollars(3_000)), visit_cap: Some(8), ..price_only(12_000) };
    check(&coverage, (60_000, 132_000), (72_000, 72_000), &[(Limit::VisitCap, 9, Some(29))]);
}

/// 15% of 99.99 is 14.9985, so 15.00. Six visits are authorised, eight covered: 6 x 15.00 + 5 x 99.99 = 589.95 and
/// 6 x 84.99 = 509.94; of 17: 90.00 + 11 x 99.99 = 1,189.89 and 509.94.
#[test]
fn the_lower_of_cap_and_authorisation_counts_and_each_share_is_rounded() {
    let coverage = Coverage {
        coinsurance_percent: percent(15),
        authorised_visits: Some(6),
        visit_cap: Some(8),
        ..price_only(9_999)
    };
    let breaks = [(Limit::Authorisation, 7, Some(22)), (Limit::VisitCap, 9, Some(29))];
    check(&coverage, (58_995, 118_989), (50_994, 50_994), &breaks);
}

/// 50% of 1.01 is 0.505, so 0.51: 11 x 0.51 = 5.61 and 11 x 0.50 = 5.50; 17: 8.67 and 8.50.
#[test]
fn half_a_minor_unit_is_rounded_up_at_every_visit() {
    check(&Coverage { coinsurance_percent: percent(50), ..price_only(101) }, (561, 867), (550, 850), &[]);
}

/// $150 of the deductible and $200 out of pocket are left, 20%. Visit 1: 120 (30 and 80 left). Visit 2: 30 + 20% of 90 =
/// 48 (0 and 32 left). Visit 3: 24 (8 left). Visit 4: 24, of which 8. Then nothing: 200 in all.
/// With 10 visits covered, visit 11 is 120 more, which no limit holds: 320; of 17: 200 + 7 x 120 = 1,040.
#[test]
fn the_out_of_pocket_limit_holds_for_covered_visits_only() {
    let coverage = Coverage {
        deductible_remaining: Some(dollars(15_000)),
        coinsurance_percent: percent(20),
        out_of_pocket_remaining: Some(dollars(20_000)),
        ..price_only(12_000)
    };
    let mut breaks = vec![(Limit::DeductibleMet, 2, Some(5)), (Limit::OutOfPocketMax, 4, Some(11))];
    check(&coverage, (20_000, 20_000), (112_000, 184_000), &breaks);
    breaks.push((Limit::VisitCap, 11, Some(42)));
    check(&Coverage { visit_cap: Some(10), ..coverage }, (32_000, 104_000), (100_000, 100_000), &breaks);
}

/// Price 20, copay 30: the copay is at most the price, 11 x 20 = 220. With 10 of the deductible left and a copay of 15:
/// visit 1 is 10 + at most the remaining 10 = 20, then 15 each: 20 + 10 x 15 = 170; of 17: 20 + 16 x 15 = 260.
#[test]
fn a_copay_is_never_more_than_what_is_left_of_the_price() {
    let coverage = Coverage { copay: Some(dollars(3_000)), ..price_only(2_000) };
    check(&coverage, (22_000, 34_000), (0, 0), &[]);
    let coverage =
        Coverage { deductible_remaining: Some(dollars(1_000)), copay: Some(dollars(1_500)), ..price_only(2_000) };
    check(&coverage, (17_000, 26_000), (5_000, 8_000), &[(Limit::DeductibleMet, 1, Some(3))]);
}

/// A deductible that is met, and nothing said of a share: the insurer pays everything. No visit covered: the patient does.
#[test]
fn limits_of_zero_are_limits() {
    let met = Coverage { deductible_remaining: Some(dollars(0)), ..price_only(12_000) };
    check(&met, (0, 0), (132_000, 204_000), &[]);
    let none_covered = Coverage { copay: Some(dollars(0)), visit_cap: Some(0), ..price_only(12_000) };
    check(&none_covered, (132_000, 204_000), (0, 0), &[(Limit::VisitCap, 1, Some(3))]);
    let nothing_to_pay = Coverage { out_of_pocket_remaining: Some(dollars(0)), ..met };
    check(&nothing_to_pay, (0, 0), (132_000, 204_000), &[]);
}

/// From day 35 on, at $120, the same thresholds as in `worked::spread`:
/// - own 3, 2, 1: 11, 11, 17 visits;
/// - 2, 1: 28 or 42 days at 2, then to day 42 or 63 at 1: (56 + 14)/7 = 10, (84 + 21)/7 = 15;
/// - 3, 1: 28 or 42 days at 3, then to day 42 or 63 at 1: (84 + 14)/7 = 14, (126 + 21)/7 = 21;
/// - 1: 42 or 63 days at 1: 6, 9.
#[test]
fn alternative_ladders_are_compared_with_the_plans_own() {
    let alternatives = [ladder(&[2, 1]), ladder(&[3, 1]), ladder(&[1])];
    let found = costs(protocol(), &spread().record, day(35), &price_only(12_000), &alternatives).unwrap();
    let visits: Vec<Interval<u32>> = found.iter().map(|cost| cost.visits).collect();
    assert_eq!(visits, [told(11, 11, 17), told(10, 10, 15), told(14, 14, 21), told(6, 6, 9)]);
    let middle: Vec<Option<Money>> = found.iter().map(|cost| cost.patient_pays.median.clone()).collect();
    assert_eq!(middle, [132_000, 120_000, 168_000, 72_000].map(|cents| Some(dollars(cents))));
    assert_eq!(found[0].ladder, ladder(&[3, 2, 1]));
    assert_eq!(found[1].ladder, alternatives[0]);
    let unchanged = |cost: &Cost| cost.notes.iter().any(|note| note == "trend_taken_as_unchanged");
    assert_eq!(found.iter().map(unchanged).collect::<Vec<_>>(), [false, true, true, true]);
}

/// Discharge asks for one visit a week; a ladder that ends with two never gets there. Two weekly visits at least: 14 days
/// at 2 are 4 visits.
#[test]
fn a_ladder_that_does_not_end_costs_at_least_its_minimum_times() {
    let found = costs(protocol(), &spread().record, day(35), &price_only(12_000), &[ladder(&[2])]).unwrap();
    assert_eq!(found[1].visits, at_least(4));
    assert_eq!(found[1].patient_pays, at_least(dollars(48_000)));
    assert!(found[1].notes.iter().any(|note| note == "ladder_does_not_end"));
}

/// Pain that may not get better leaves the upper end of the cost open, as it does that of the visits.
#[test]
fn an_open_upper_end_of_the_visits_is_one_of_the_cost() {
    let story = Story::active().weekly("pain_worst_24h", &[5, 3, 6, 4, 5, 3]).weekly("lefs", &[50, 53, 56, 59, 62, 65]);
    let cost = costs(protocol(), &story.record, day(35), &price_only(12_000), &[]).unwrap().remove(0);
    assert!(cost.patient_pays.median.is_some() && cost.patient_pays.high.is_none());
    assert!(cost.notes.iter().any(|note| note == "no_upper_end"));
}
