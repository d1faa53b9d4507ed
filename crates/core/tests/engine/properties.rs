//! What holds for any record: the engine always answers, always the same, and knowing less never leads further.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use taper_core::case::Case;
use taper_core::difference::Noticed;
use taper_core::measure::{ALL, MeasureCode};
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::rule::Effect;
use taper_core::protocol::{Protocol, builtin};
use taper_core::recommend::{noticed, outline, recommend};
use taper_core::recommendation::{
    Outline, PhaseAction, Recommendation, ReferralAdvice, ReferralMode, ReferralStanding, TaperAction,
};
use taper_core::record::Record;

use crate::less::{disturb, without_values_of};
use crate::records::{Dice, Kind, Maker};

/// Every step of every golden case: a record, its day, its protocol.
static STORIES: LazyLock<Vec<(&'static Protocol, Record, jiff::civil::Date)>> = LazyLock::new(|| {
    let mut stories = Vec::new();
    for (document, protocol) in DOCUMENTS.iter().zip(builtin()) {
        for (_, text) in document.cases {
            let case = Case::parse_for(text, protocol).unwrap();
            let outcomes = case.play_with(protocol);
            stories
                .extend(outcomes.into_iter().map(|outcome| (protocol, outcome.record, outcome.recommendation.as_of)));
        }
    }
    stories
});

fn referrals(protocol: &Protocol) -> Vec<String> {
    let rules = protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Refer(_)));
    rules.map(|rule| rule.id.to_string()).collect()
}

fn bytes(advice: &Recommendation) -> String {
    serde_json::to_string(advice).unwrap()
}

/// Knowing less may hold what went on, and never lets go on what was held.
fn leads_no_further(full: &Recommendation, poor: &Recommendation) -> Result<(), String> {
    let mut faults = Vec::new();
    for action in [PhaseAction::Advance, PhaseAction::Discharge] {
        if full.phase_action != action && poor.phase_action == action {
            faults.push(format!("phase {:?} became {:?}", full.phase_action, poor.phase_action));
        }
    }
    for action in [TaperAction::StepDown, TaperAction::Discharge] {
        if full.taper_action != action && poor.taper_action == action {
            faults.push(format!("taper {:?} became {:?}", full.taper_action, poor.taper_action));
        }
    }
    let open_stop = |referral: &&taper_core::recommendation::ReferralAdvice| {
        referral.mode == ReferralMode::Stop && referral.standing == ReferralStanding::Open
    };
    for referral in full.referrals.iter().filter(open_stop) {
        let now = poor.referrals.iter().find(|other| other.rule_id == referral.rule_id).map(|other| other.standing);
        if !matches!(now, Some(ReferralStanding::Open | ReferralStanding::CannotExclude)) {
            faults.push(format!("{} was open and is now {now:?}", referral.rule_id));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

fn measures_of(record: &Record) -> Vec<MeasureCode> {
    let mut measures: Vec<MeasureCode> =
        record.assessments.iter().flat_map(|fact| fact.content.results.iter().map(|result| result.measure)).collect();
    let fed = ["pain_activity", "pain_running", "pain_next_morning", "pain_onset_speed_kmh"];
    measures.extend(fed.iter().map(|code| MeasureCode::parse(code).unwrap()));
    measures.sort_unstable();
    measures.dedup();
    measures
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_record_gets_the_same_answer_whatever_the_order_of_its_facts(seed in any::<u64>(), size in 0..12_usize) {
        let mut dice = Dice::new(seed);
        let protocol = &builtin()[dice.below(builtin().len())];
        let kind = if dice.one_in(4) { Kind::Plausible } else { Kind::Wild };
        let mut maker = Maker::new(&mut dice, kind);
        let mut record = maker.record(size, &referrals(protocol));
        let as_of = maker.date();
        let first = bytes(&recommend(protocol, &record, as_of));
        prop_assert_eq!(&first, &bytes(&recommend(protocol, &record, as_of)));
        dice.shuffle(&mut record.assessments);
        dice.shuffle(&mut record.activities);
        dice.shuffle(&mut record.sessions);
        dice.shuffle(&mut record.decisions);
        record.assessments.iter_mut().for_each(|fact| dice.shuffle(&mut fact.content.results));
        prop_assert_eq!(&first, &bytes(&recommend(protocol, &record, as_of)));
    }

    #[test]
    fn the_outline_and_what_is_noticed_are_those_of_the_whole_advice(seed in any::<u64>(), size in 0..20_usize) {
        let mut dice = Dice::new(seed);
        let protocol = &builtin()[dice.below(builtin().len())];
        let kind = if dice.one_in(3) { Kind::Wild } else { Kind::Plausible };
        let mut maker = Maker::new(&mut dice, kind);
        let record = maker.record(size, &referrals(protocol));
        let as_of = maker.date();
        let whole = recommend(protocol, &record, as_of);
        let is_open_stop = |referral: &ReferralAdvice| {
            (referral.mode, referral.standing) == (ReferralMode::Stop, ReferralStanding::Open)
        };
        let expected = Outline {
            phase_action: whole.phase_action,
            phase_target: whole.phase_target,
            taper_action: whole.taper_action,
            taper_target: whole.taper_target,
            stopped: whole.referrals.iter().any(is_open_stop),
        };
        prop_assert_eq!(outline(protocol, &record, as_of), expected);
        prop_assert_eq!(noticed(protocol, &record, as_of), Noticed::of(&whole));
    }

    #[test]
    fn a_random_record_that_knows_less_of_one_measure_leads_no_further(seed in any::<u64>(), size in 0..10_usize) {
        let mut dice = Dice::new(seed);
        let protocol = &builtin()[dice.below(builtin().len())];
        let mut maker = Maker::new(&mut dice, Kind::Plausible);
        let record = maker.record(size, &referrals(protocol));
        let as_of = maker.date();
        let full = recommend(protocol, &record, as_of);
        for _ in 0..3 {
            let measure = dice.pick(&measures_of(&record));
            let poor = recommend(protocol, &without_values_of(measure, &record), as_of);
            prop_assert_eq!(leads_no_further(&full, &poor), Ok(()), "without {}", measure.as_str());
        }
    }

    #[test]
    fn a_disturbed_story_that_knows_less_of_one_measure_leads_no_further(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let (protocol, record, as_of) = &STORIES[dice.below(STORIES.len())];
        let mut record = record.clone();
        disturb(&mut record, &mut dice);
        let full = recommend(protocol, &record, *as_of);
        for _ in 0..3 {
            let measure = dice.pick(&measures_of(&record));
            let poor = recommend(protocol, &without_values_of(measure, &record), *as_of);
            prop_assert_eq!(leads_no_further(&full, &poor), Ok(()), "without {}", measure.as_str());
        }
    }
}

/// Every step of the golden cases, without every single measure of the catalogue that it has a value of.
#[test]
fn no_golden_case_goes_further_without_any_one_measure() {
    let halves: Vec<_> = STORIES.chunks(STORIES.len().div_ceil(2)).collect();
    let held = std::thread::scope(|scope| {
        let workers: Vec<_> = halves.into_iter().map(|half| scope.spawn(move || check_stories(half))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum::<usize>()
    });
    assert!(held > 20, "advice must change for some measures, or nothing was tested: {held}");
}

fn check_stories(stories: &[(&Protocol, Record, jiff::civil::Date)]) -> usize {
    let mut held = 0;
    for (number, (protocol, record, as_of)) in stories.iter().enumerate() {
        let full = recommend(protocol, record, *as_of);
        for (place, measure) in measures_of(record).into_iter().enumerate() {
            // The screen has dozens of findings: a part of them is enough where none of them is what matters.
            let of_screen = measure.as_str().starts_with("red_flag_") && full.phase_action != PhaseAction::Stop;
            if of_screen && !(place + number).is_multiple_of(6) {
                continue;
            }
            let poor = recommend(protocol, &without_values_of(measure, record), *as_of);
            let name = measure.as_str();
            assert_eq!(
                leads_no_further(&full, &poor),
                Ok(()),
                "{as_of} of {:?} without {name}",
                record.plan.content.protocol
            );
            held += usize::from(full.phase_action == PhaseAction::Advance && poor.phase_action == PhaseAction::Hold);
            held += usize::from(full.phase_action == PhaseAction::Stop && poor.phase_action != PhaseAction::Stop);
        }
    }
    held
}

#[test]
fn the_generators_reach_every_action() {
    let mut phase: BTreeMap<String, usize> = BTreeMap::new();
    let mut taper: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..3000 {
        if phase.len() == 5 && taper.len() >= 4 {
            break;
        }
        let mut dice = Dice::new(seed);
        let (protocol, record, as_of) = &STORIES[dice.below(STORIES.len())];
        let mut record = record.clone();
        disturb(&mut record, &mut dice);
        let advice = recommend(protocol, &record, *as_of);
        *phase.entry(format!("{:?}", advice.phase_action)).or_default() += 1;
        *taper.entry(format!("{:?}", advice.taper_action)).or_default() += 1;
    }
    assert_eq!(phase.len(), 5, "{phase:?}");
    assert!(taper.len() >= 4, "{taper:?}");
}

#[test]
fn an_empty_record_is_answered_for_every_day() {
    let mut dice = Dice::new(1);
    let record = Maker::new(&mut dice, Kind::Plausible).record(0, &[]);
    for protocol in builtin() {
        for as_of in [jiff::civil::Date::MIN, jiff::civil::Date::ZERO, crate::document::day(3), jiff::civil::Date::MAX]
        {
            let advice = recommend(protocol, &record, as_of);
            assert_ne!(advice.phase_action, PhaseAction::Advance);
            assert!(!advice.rules.is_empty());
        }
    }
    assert!(ALL.len() > 80);
}
