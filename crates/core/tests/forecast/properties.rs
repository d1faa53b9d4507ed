//! What holds for any record and any coverage: an answer, its order, and sums that are whole.

use jiff::civil::Date;
use proptest::prelude::*;
use taper_core::forecast::{Cost, CostFault, Coverage, Forecast, Interval, NOTES, costs, forecast};
use taper_core::measure::Value;
use taper_core::protocol::builtin;
use taper_core::record::codes::PlanState;
use taper_core::record::decision::Decided;
use taper_core::record::plan::{FrequencyStep, Phase};
use taper_core::value::{Money, Percent, Thousandths};

use crate::coverage::dollars;
use crate::story::{LEFS, PAIN, Story, day, ladder};

fn in_order<T: PartialOrd + Clone + std::fmt::Debug>(interval: &Interval<T>) -> Result<(), String> {
    let ends: Vec<&T> =
        [Some(&interval.low), interval.median.as_ref(), interval.high.as_ref()].into_iter().flatten().collect();
    let rises = ends.windows(2).all(|pair| pair[0] <= pair[1]);
    let no_gap = interval.median.is_some() || interval.high.is_none();
    if rises && no_gap { Ok(()) } else { Err(format!("{interval:?} is out of order")) }
}

/// The order of every interval, and what must not stand beside what.
pub fn check(found: &Forecast) -> Result<(), String> {
    found.remaining_visits.iter().try_for_each(in_order)?;
    found.remaining_weeks.iter().try_for_each(in_order)?;
    for step in &found.steps {
        in_order(&step.visits)?;
        step.until.iter().try_for_each(in_order)?;
    }
    let ends = |end: fn(&Interval<Date>) -> Option<Date>| -> Vec<Date> {
        found.steps.iter().filter_map(|step| step.until.as_ref().and_then(end)).collect()
    };
    for days in [ends(|until| until.median.map(|_| until.low)), ends(|until| until.median), ends(|until| until.high)] {
        if !days.is_sorted() {
            return Err(format!("a later rung is left sooner: {days:?}"));
        }
    }
    let (visits, weeks) = (found.remaining_visits, found.remaining_weeks);
    let has_median = visits.is_some_and(|visits| visits.median.is_some());
    if visits.is_some() == found.steps.is_empty() || visits.is_some() != weeks.is_some() {
        return Err(format!("visits {visits:?} beside weeks {weeks:?} and {} rungs", found.steps.len()));
    }
    if has_median != weeks.is_some_and(|weeks| weeks.median.is_some()) {
        return Err(format!("visits {visits:?} beside weeks {weeks:?}"));
    }
    let waits = found.steps.iter().position(|step| !step.not_forecast.is_empty());
    if has_median && waits.is_some() {
        return Err(format!("a median of the whole, though rung {waits:?} waits for something that is not forecast"));
    }
    for step in found.steps.iter().skip(waits.unwrap_or(usize::MAX)) {
        if step.visits.median.is_some() || step.until.is_some_and(|until| until.median.is_some()) {
            return Err(format!("a median of a rung that waits, or comes after one that does: {step:?}"));
        }
    }
    if let (Some(end), Some(earliest)) = (found.steps.last().and_then(|step| step.until), found.earliest_by_ladder)
        && end.low < earliest
    {
        return Err(format!("{end:?} is before the earliest by the ladder, {earliest}"));
    }
    match found.notes.iter().find(|note| !NOTES.iter().any(|(code, _)| code == note)) {
        Some(note) => Err(format!("{note} is no note")),
        None => Ok(()),
    }
}

fn decided() -> impl Strategy<Value = Decided> {
    prop_oneof![
        (1..5_i64, 0..4_u8)
            .prop_map(|(phase, step)| Decided::Activation { phase: Phase::try_from(phase).unwrap(), step }),
        (1..5_i64).prop_map(|phase| Decided::Phase(Phase::try_from(phase).unwrap())),
        (0..5_u8).prop_map(Decided::TaperStep),
        Just(Decided::Discharge),
    ]
}

fn value(measure: &'static str) -> BoxedStrategy<Value> {
    let most: i64 = if measure == PAIN { 10 } else { 80 };
    prop_oneof![
        20 => (0..=most).prop_map(|points| Value::Number(Thousandths::whole(points))),
        1 => any::<i64>().prop_map(|wild| Value::Number(Thousandths(wild))),
        1 => Just(Value::NotMeasured),
        1 => Just(Value::Finding(true)),
    ]
    .boxed()
}

/// Any plan: drafts, wild ladders, scores of any size on any day. Mostly it is active, with fresh scores.
fn any_story() -> impl Strategy<Value = Story> {
    let scores = |measure: &'static str| prop::collection::vec((-5..60_i64, value(measure)), 0..12);
    let steps = prop::collection::vec(1..8_i64, 0..5);
    let states =
        prop::sample::select(vec![PlanState::Draft, PlanState::Active, PlanState::Active, PlanState::Suspended]);
    let decisions = prop::collection::vec((0..60_i64, decided()), 0..4);
    (scores(PAIN), scores(LEFS), steps, states, decisions, prop::bool::weighted(0.8)).prop_map(
        |(pain, function, steps, state, decisions, active)| {
            let mut story = if active { Story::active() } else { Story::draft() }.with_steps(&steps).in_state(state);
            for (on, value) in pain {
                story = story.value(on, PAIN, value);
            }
            for (on, value) in function {
                story = story.value(on, LEFS, value);
            }
            for (on, decision) in decisions {
                story = story.decided(on, decision);
            }
            story
        },
    )
}

/// A plan that gets better by about `fall` hundredths of a point a day, with a score of both kinds every week.
fn better(fall: i64, noise: &[i64]) -> Story {
    let pain: Vec<i64> =
        noise.iter().zip(0..).map(|(noise, week)| (9 - fall * 7 * week / 100 + noise).clamp(0, 10)).collect();
    let function: Vec<i64> = (0..).zip(noise).map(|(week, noise)| (45 + 3 * week - noise).clamp(0, 80)).collect();
    Story::active().weekly(PAIN, &pain).weekly(LEFS, &function)
}

fn coverage() -> impl Strategy<Value = Coverage> {
    let amount = |most: i64| prop::option::of((0..most).prop_map(dollars));
    let share = prop_oneof![
        amount(20_000).prop_map(|copay| (copay, None)),
        (0..=100_i64).prop_map(|percent| (None, Some(Percent::new(percent).unwrap()))),
    ];
    let count = || prop::option::of(0..30_u32);
    (0..30_000_i64, amount(300_000), share, count(), count(), amount(300_000)).prop_map(
        |(price, deductible_remaining, (copay, coinsurance_percent), visit_cap, authorised_visits, out_of_pocket)| {
            Coverage {
                price: dollars(price),
                deductible_remaining,
                copay,
                coinsurance_percent,
                visit_cap,
                authorised_visits,
                out_of_pocket_remaining: out_of_pocket,
            }
        },
    )
}

/// Each sum and its number of visits, from the low to the high end.
fn sums(cost: &Cost) -> Vec<(u32, i64, i64)> {
    let cents = |money: &Option<Money>| money.as_ref().map(|money| money.minor_units);
    let (patient, insurer) = (&cost.patient_pays, &cost.insurer_pays);
    let mut all = vec![(cost.visits.low, patient.low.minor_units, insurer.low.minor_units)];
    for (visits, patient, insurer) in [
        (cost.visits.median, cents(&patient.median), cents(&insurer.median)),
        (cost.visits.high, cents(&patient.high), cents(&insurer.high)),
    ] {
        if let Some(visits) = visits {
            all.push((visits, patient.unwrap(), insurer.unwrap()));
        }
    }
    all
}

fn check_cost(cost: &Cost, price: i64) -> Result<(), TestCaseError> {
    prop_assert_eq!(in_order(&cost.visits), Ok(()));
    let sums = sums(cost);
    for (visits, patient, insurer) in &sums {
        prop_assert_eq!(patient + insurer, i64::from(*visits) * price, "both pay the price and no more");
        prop_assert!(*patient >= 0 && *insurer >= 0);
    }
    for pair in sums.windows(2) {
        prop_assert!(pair[0].1 <= pair[1].1 && pair[0].2 <= pair[1].2, "more visits are cheaper: {:?}", sums);
    }
    prop_assert!(cost.visits.median.is_some() || cost.breaks.iter().all(|limit| limit.date.is_none()));
    for limit in &cost.breaks {
        let most = cost.visits.high.unwrap_or(364);
        prop_assert!((1..=most).contains(&limit.at_visit), "{:?}", limit);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_record_gets_an_answer_in_order_on_any_day(story in any_story(), as_of in -10..80_i64, built_in in 0..2_usize) {
        for protocol in [&builtin()[built_in], crate::story::protocol()] {
            for as_of in [day(as_of), Date::MIN, Date::MAX] {
                prop_assert_eq!(check(&forecast(protocol, &story.record, as_of)), Ok(()));
            }
        }
    }

    #[test]
    fn the_order_of_recording_does_not_matter(story in any_story(), as_of in 0..60_i64) {
        let mut turned = story.record.clone();
        turned.assessments.reverse();
        let protocol = crate::story::protocol();
        prop_assert_eq!(forecast(protocol, &story.record, day(as_of)), forecast(protocol, &turned, day(as_of)));
    }

    #[test]
    fn what_is_paid_is_whole_and_more_visits_are_never_cheaper(
        fall in 5..40_i64,
        noise in prop::collection::vec(-1..=1_i64, 4..10),
        coverage in coverage(),
    ) {
        let story = better(fall, &noise);
        let as_of = day(7 * (noise.len() as i64 - 1));
        let alternatives: Vec<Vec<FrequencyStep>> = vec![ladder(&[2, 1]), ladder(&[7, 5, 3]), ladder(&[1])];
        match costs(crate::story::protocol(), &story.record, as_of, &coverage, &alternatives) {
            Ok(found) => {
                prop_assert_eq!(found.len(), 4);
                for cost in &found {
                    check_cost(cost, coverage.price.minor_units)?;
                }
                let told = forecast(crate::story::protocol(), &story.record, as_of);
                prop_assert_eq!(told.remaining_visits, Some(found[0].visits));
            }
            Err(fault) => prop_assert!(matches!(fault, CostFault::NoForecast { .. }), "{}", fault),
        }
    }
}
