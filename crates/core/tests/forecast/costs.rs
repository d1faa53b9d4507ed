//! What visits cost, worked out by hand. The story is `worked::spread`: 9 visits in the fast course, 13 in the middle one, 19
//! in the slow one.
//!
//! In the middle course, from day 35 on, the visits lie on days 3, 5 (3 a week up to day 6), 8, 11, 15, 18, 22, 25 (2 a
//! week up to day 28), 29, 36, 43, 50 and 56 (1 a week, and what is begun at the end).

use taper_core::forecast::{Cost, Coverage, Interval, Limit, LimitBroken, costs};
use taper_core::value::Money;

use crate::coverage::{dollars, percent, price_only};
use crate::story::{Story, day, ladder, protocol};
use crate::worked::{at_least, spread, told};

fn own(coverage: &Coverage) -> Cost {
    costs(protocol(), &spread().record, day(35), coverage, &[]).unwrap().remove(0)
}

/// What patient and insurer pay for 9, 13 and 19 visits, in cents, and which visit each limit changes first, on which
/// day from today.
fn check(coverage: &Coverage, patient: [i64; 3], insurer: [i64; 3], breaks: &[(Limit, u32, Option<i64>)]) {
    let cost = own(coverage);
    assert_eq!(cost.visits, told(9, 13, 19));
    let sums = |[fast, middle, slow]: [i64; 3]| told(dollars(fast), dollars(middle), dollars(slow));
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

/// 9 x 120 = 1,080; 13 x 120 = 1,560; 19 x 120 = 2,280.
#[test]
fn without_insurance_the_patient_pays_every_visit() {
    check(&price_only(12_000), [108_000, 156_000, 228_000], [0, 0, 0], &[]);
}

/// The article's deductible of $2,000, nothing paid yet, visits at $120: 13 visits, 1,560, are all the patient's. Of 19
/// visits the first 16 are 1,920, and of the 17th 80 are left to pay; the insurer pays its 40 and two visits more: 280.
#[test]
fn the_articles_deductible_leaves_everything_to_the_patient() {
    let coverage = Coverage { deductible_remaining: Some(dollars(200_000)), ..price_only(12_000) };
    check(&coverage, [108_000, 156_000, 200_000], [0, 0, 28_000], &[(Limit::DeductibleMet, 17, None)]);
}

/// The article's own ladder from a draft: 3 visits a week at $120. By the minimum times alone 3 + 2 = 5 visits, 600, at
/// least; nothing more can be told before there is a course.
#[test]
fn before_there_is_a_course_only_the_least_cost_is_told() {
    let coverage = Coverage { deductible_remaining: Some(dollars(200_000)), ..price_only(12_000) };
    let cost = costs(protocol(), &Story::draft().record, day(0), &coverage, &[]).unwrap().remove(0);
    assert_eq!(cost.visits, at_least(5));
    assert_eq!(cost.patient_pays, at_least(dollars(60_000)));
    assert_eq!(cost.insurer_pays, at_least(dollars(0)));
    // How many visits it takes is open; that the 17th would be the first that the deductible changes is not.
    let met = LimitBroken { limit: Limit::DeductibleMet, at_visit: 17, date: None };
    assert_eq!(cost.breaks, [met]);
    assert!(cost.notes.iter().any(|note| note == "too_few_points"));
}

/// $500 of the deductible are left, then 20%: visits 1 to 4 are 480; visit 5 is 20 + 20% of 100 = 40; then 24 each.
/// 9 visits: 480 + 40 + 4 x 24 = 616; 13: 712; 19: 520 + 14 x 24 = 856. The insurer pays the rest. Visit 5, on day 15, is
/// the first that the deductible does not take in full.
#[test]
fn coinsurance_begins_where_the_deductible_ends() {
    let coverage = Coverage {
        deductible_remaining: Some(dollars(50_000)),
        coinsurance_percent: percent(20),
        ..price_only(12_000)
    };
    let met = [(Limit::DeductibleMet, 5, Some(15))];
    check(&coverage, [61_600, 71_200, 85_600], [46_400, 84_800, 142_400], &met);
}

/// $240 of the deductible are left: visits 1 and 2 use it up exactly. It is visit 3 that the insurer pays, on day 8.
#[test]
fn a_visit_that_uses_up_the_deductible_exactly_is_not_the_one_that_it_changes() {
    let coverage = Coverage { deductible_remaining: Some(dollars(24_000)), ..price_only(12_000) };
    let met = [(Limit::DeductibleMet, 3, Some(8))];
    check(&coverage, [24_000; 3], [84_000, 132_000, 204_000], &met);
}

/// Copay 30, 8 visits covered: 8 x 30 + 1 x 120 = 360 and 8 x 90 = 720; 13: 840; 19: 240 + 11 x 120 = 1,560. The 9th visit
/// is the first beyond, on day 29.
#[test]
fn beyond_the_visit_cap_the_patient_pays_in_full() {
    let coverage = Coverage { copay: Some(dollars(3_000)), visit_cap: Some(8), ..price_only(12_000) };
    check(&coverage, [36_000, 84_000, 156_000], [72_000; 3], &[(Limit::VisitCap, 9, Some(29))]);
}

/// 15% of 99.99 is 14.9985, so 15.00. Six visits are authorised, eight covered: 6 x 15.00 + 3 x 99.99 = 389.97 and
/// 6 x 84.99 = 509.94; 13: 789.93; 19: 90.00 + 13 x 99.99 = 1,389.87.
#[test]
fn the_lower_of_cap_and_authorisation_counts_and_each_share_is_rounded() {
    let coverage = Coverage {
        coinsurance_percent: percent(15),
        authorised_visits: Some(6),
        visit_cap: Some(8),
        ..price_only(9_999)
    };
    let breaks = [(Limit::Authorisation, 7, Some(22)), (Limit::VisitCap, 9, Some(29))];
    check(&coverage, [38_997, 78_993, 138_987], [50_994; 3], &breaks);
}

/// 50% of 1.01 is 0.505, so 0.51: 9 x 0.51 = 4.59 and 9 x 0.50 = 4.50; 13: 6.63 and 6.50; 19: 9.69 and 9.50.
#[test]
fn half_a_minor_unit_is_rounded_up_at_every_visit() {
    check(&Coverage { coinsurance_percent: percent(50), ..price_only(101) }, [459, 663, 969], [450, 650, 950], &[]);
}

/// $150 of the deductible and $200 out of pocket are left, 20%. Visit 1: 120 (30 and 80 left). Visit 2: 30 + 20% of 90 =
/// 48 (0 and 32 left). Visit 3: 24 (8 left). Visit 4: 24, of which 8. Then nothing: 200 in all.
/// With a cap of 10 visits: 13 visits are 200 + 3 x 120 = 560 and 10 x 120 - 200 = 1,000; 19: 1,280.
#[test]
fn the_out_of_pocket_limit_holds_for_covered_visits_only() {
    let coverage = Coverage {
        deductible_remaining: Some(dollars(15_000)),
        coinsurance_percent: percent(20),
        out_of_pocket_remaining: Some(dollars(20_000)),
        ..price_only(12_000)
    };
    let mut breaks = vec![(Limit::DeductibleMet, 2, Some(5)), (Limit::OutOfPocketMax, 4, Some(11))];
    check(&coverage, [20_000; 3], [88_000, 136_000, 208_000], &breaks);
    breaks.push((Limit::VisitCap, 11, Some(43)));
    check(
        &Coverage { visit_cap: Some(10), ..coverage },
        [20_000, 56_000, 128_000],
        [88_000, 100_000, 100_000],
        &breaks,
    );
}

/// $200 out of pocket are left, copay 100: visits 1 and 2 are paid as ever. Visit 3, on day 8, is the first that costs the
/// patient less.
#[test]
fn a_visit_that_uses_up_the_out_of_pocket_maximum_exactly_is_not_the_one_that_it_changes() {
    let coverage =
        Coverage { copay: Some(dollars(10_000)), out_of_pocket_remaining: Some(dollars(20_000)), ..price_only(12_000) };
    let reached = [(Limit::OutOfPocketMax, 3, Some(8))];
    check(&coverage, [20_000; 3], [88_000, 136_000, 208_000], &reached);
}

/// Price 20, copay 30: the copay is at most the price, 9 x 20 = 180. With 10 of the deductible left and a copay of 15:
/// visit 1 is 10 + at most the remaining 10 = 20, then 15 each: 20 + 8 x 15 = 140; 13: 200; 19: 20 + 18 x 15 = 290.
#[test]
fn a_copay_is_never_more_than_what_is_left_of_the_price() {
    let coverage = Coverage { copay: Some(dollars(3_000)), ..price_only(2_000) };
    check(&coverage, [18_000, 26_000, 38_000], [0, 0, 0], &[]);
    let coverage =
        Coverage { deductible_remaining: Some(dollars(1_000)), copay: Some(dollars(1_500)), ..price_only(2_000) };
    check(&coverage, [14_000, 20_000, 29_000], [4_000, 6_000, 9_000], &[(Limit::DeductibleMet, 1, Some(3))]);
}

/// A limit of which nothing is left changes the first visit: a deductible that is met lets the insurer pay, no visit
/// covered or authorised lets the patient, an out-of-pocket maximum that is reached takes the copay off, and changes
/// nothing where nothing would be asked for.
#[test]
fn limits_of_zero_are_limits_and_change_the_first_visit() {
    let price = [108_000, 156_000, 228_000];
    let met = Coverage { deductible_remaining: Some(dollars(0)), ..price_only(12_000) };
    check(&met, [0; 3], price, &[(Limit::DeductibleMet, 1, Some(3))]);
    let none_covered = Coverage { copay: Some(dollars(0)), visit_cap: Some(0), ..price_only(12_000) };
    check(&none_covered, price, [0; 3], &[(Limit::VisitCap, 1, Some(3))]);
    let none_authorised = Coverage { copay: Some(dollars(0)), authorised_visits: Some(0), ..price_only(12_000) };
    check(&none_authorised, price, [0; 3], &[(Limit::Authorisation, 1, Some(3))]);
    let nothing_left = Some(dollars(0));
    let copay =
        Coverage { copay: Some(dollars(3_000)), out_of_pocket_remaining: nothing_left.clone(), ..price_only(12_000) };
    check(&copay, [0; 3], price, &[(Limit::OutOfPocketMax, 1, Some(3))]);
    let nothing_asked = Coverage { out_of_pocket_remaining: nothing_left, ..met };
    check(&nothing_asked, [0; 3], price, &[(Limit::DeductibleMet, 1, Some(3))]);
}

/// From day 35 on, at $120, the same thresholds as in `worked::spread`, the end on day 41, 56 or 77:
/// - own 3, 2, 1: 9, 13, 19 visits;
/// - 2, 1: 21, 28 or 42 days at 2, then at 1: (42 + 20)/7 = 8.9, so 9, (56 + 28)/7 = 12, (84 + 35)/7 = 17;
/// - 3, 1: 21, 28 or 42 days at 3, then at 1: (63 + 20)/7 = 11.9, so 12, (84 + 28)/7 = 16, (126 + 35)/7 = 23;
/// - 1: 41, 56 or 77 days at 1: 5.9, so 6, 8, 11.
#[test]
fn alternative_ladders_are_compared_with_the_plans_own() {
    let alternatives = [ladder(&[2, 1]), ladder(&[3, 1]), ladder(&[1])];
    let found = costs(protocol(), &spread().record, day(35), &price_only(12_000), &alternatives).unwrap();
    let visits: Vec<Interval<u32>> = found.iter().map(|cost| cost.visits).collect();
    assert_eq!(visits, [told(9, 13, 19), told(9, 12, 17), told(12, 16, 23), told(6, 8, 11)]);
    let middle: Vec<Option<Money>> = found.iter().map(|cost| cost.patient_pays.median.clone()).collect();
    assert_eq!(middle, [156_000, 144_000, 192_000, 96_000].map(|cents| Some(dollars(cents))));
    assert_eq!(found[0].ladder, ladder(&[3, 2, 1]));
    assert_eq!(found[1].ladder, alternatives[0]);
    let unchanged = |cost: &Cost| cost.notes.iter().any(|note| note == "trend_taken_as_unchanged");
    assert_eq!(found.iter().map(unchanged).collect::<Vec<_>>(), [false, true, true, true]);
}

/// Discharge asks for one visit a week; a ladder that ends with two never gets there. Two weekly visits at least, 6 days
/// apart: at 2 a week 2 visits.
#[test]
fn a_ladder_that_does_not_end_costs_at_least_its_minimum_times() {
    let found = costs(protocol(), &spread().record, day(35), &price_only(12_000), &[ladder(&[2])]).unwrap();
    assert_eq!(found[1].visits, at_least(2));
    assert_eq!(found[1].patient_pays, at_least(dollars(24_000)));
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
