//! Counterfactuals hold what they promise: a path gives the advice on its day, no part of it does, and no day before.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use taper_core::case::Case;
use taper_core::counterfactual::{Change, ChangeKind, Goal, PATHS_MAX, Path, Reason, apply, counterfactuals, known_on};
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::rule::Effect;
use taper_core::protocol::{Protocol, builtin};
use taper_core::recommend::recommend;
use taper_core::recommendation::{
    Permission, PhaseAction, Recommendation, ReferralMode, ReferralStanding, TaperAction,
};
use taper_core::record::Record;
use taper_core::record::codes::ActivityKind;

use crate::less::disturb;
use crate::records::{Dice, Kind, Maker};

/// A protocol, a record, the day it is looked at, and its name.
pub type Story = (&'static Protocol, Record, Date, String);

/// Every step of every golden case: a record, its day, its protocol.
pub static STORIES: LazyLock<Vec<Story>> = LazyLock::new(|| {
    let mut stories = Vec::new();
    for (document, protocol) in DOCUMENTS.iter().zip(builtin()) {
        for (_, text) in document.cases {
            let case = Case::parse_for(text, protocol).unwrap();
            for (step, outcome) in case.steps.iter().zip(case.play_with(protocol)) {
                let name = format!("{} day {}", case.id, step.day);
                stories.push((protocol, outcome.record, outcome.recommendation.as_of, name));
            }
        }
    }
    stories
});

fn referrals(protocol: &Protocol) -> Vec<String> {
    let rules = protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Refer(_)));
    rules.map(|rule| rule.id.to_string()).collect()
}

/// Whether the engine gives the advice.
pub fn advised(advice: &Recommendation, goal: Goal) -> bool {
    let allowed = |kind: ActivityKind| {
        advice.activities.iter().any(|of| of.activity == kind && of.permission == Permission::Allowed)
    };
    match goal {
        Goal::NextPhase => advice.phase_action == PhaseAction::Advance,
        Goal::NextStep => advice.taper_action == TaperAction::StepDown,
        Goal::Discharge => advice.phase_action == PhaseAction::Discharge,
        Goal::Running => allowed(ActivityKind::Run),
        Goal::Stretching => allowed(ActivityKind::Stretching),
    }
}

pub fn with(record: &Record, changes: &[Change]) -> Record {
    apply(record, &Path { changes: changes.to_vec(), earliest: Date::ZERO })
}

/// Whether the advice on its day, with all these changes, allows every activity among them at its dose.
pub fn allows_activities(protocol: &Protocol, record: &Record, changes: &[Change]) -> bool {
    for change in changes {
        let ChangeKind::Activity { activity, minutes, effort_percent, pain_during_max, .. } = &change.kind else {
            continue;
        };
        let advice = recommend(protocol, &with(record, changes), change.date);
        let is_within = advice.activities.iter().any(|of| {
            of.activity == *activity
                && of.permission == Permission::Allowed
                && minutes.zip(of.limits.minutes_max).is_none_or(|(minutes, most)| minutes <= most)
                && effort_percent.zip(of.limits.effort_percent_max).is_none_or(|(effort, most)| effort <= most)
                && of.limits.pain_max.is_none_or(|most| *pain_during_max <= most)
        });
        if !is_within {
            return false;
        }
    }
    true
}

/// Whether the changes lead to the advice on a day, with every phase and rung in them decided as advised on its day, and
/// every activity done as allowed.
fn reaches(protocol: &Protocol, record: &Record, changes: &[Change], day: Date, goal: Goal) -> bool {
    let is_decision = |change: &Change| matches!(change.kind, ChangeKind::DecidePhase(_) | ChangeKind::DecideStep(_));
    for (place, change) in changes.iter().enumerate().filter(|(_, change)| is_decision(change)) {
        let kept = changes.iter().enumerate().filter(|(number, other)| *number < place || !is_decision(other));
        let before: Vec<Change> = kept.map(|(_, change)| change.clone()).collect();
        let advice = recommend(protocol, &with(record, &before), change.date);
        let follows = match change.kind {
            ChangeKind::DecidePhase(phase) => advised(&advice, Goal::NextPhase) && advice.phase_target == Some(phase),
            ChangeKind::DecideStep(step) => {
                let own = &record.plan.content.steps;
                let ladder = if own.is_empty() { &protocol.ladder.steps } else { own };
                advised(&advice, Goal::NextStep) && advice.taper_target.as_ref() == ladder.get(usize::from(step))
            }
            _ => true,
        };
        if !follows {
            return false;
        }
    }
    allows_activities(protocol, record, changes) && advised(&recommend(protocol, &with(record, changes), day), goal)
}

/// Every change that is not made on the first day a day earlier; none where two of a kind would fall on one day.
fn a_day_earlier(path: &Path, as_of: Date) -> Option<Vec<Change>> {
    let mut sooner: Vec<Change> = Vec::new();
    for change in &path.changes {
        let date = change.date.yesterday().unwrap().max(as_of);
        let same = |other: &Change| other.date == date && same_kind(&other.kind, &change.kind);
        if sooner.iter().any(same) {
            return None;
        }
        sooner.push(Change { date, ..change.clone() });
    }
    Some(sooner)
}

fn same_kind(one: &ChangeKind, other: &ChangeKind) -> bool {
    match (one, other) {
        (ChangeKind::Measure { measure: one, site: at, .. }, ChangeKind::Measure { measure: other, site, .. }) => {
            one == other && at == site
        }
        (ChangeKind::Activity { activity: one, .. }, ChangeKind::Activity { activity: other, .. }) => one == other,
        (one, other) => one == other,
    }
}

/// What was checked, so that a test can say that it checked something.
#[derive(Debug, Default)]
struct Checked {
    paths: [usize; 5],
}

/// Holds every answer for one record against the engine.
fn check(protocol: &Protocol, record: &Record, as_of: Date, checked: &mut Checked) -> Result<(), String> {
    let known = known_on(record, as_of);
    let today = recommend(protocol, record, as_of);
    for (place, found) in counterfactuals(protocol, record, as_of).into_iter().enumerate() {
        let goal = found.goal;
        if found.given != advised(&today, goal) {
            return Err(format!("{goal:?}: given {} against {}", found.given, advised(&today, goal)));
        }
        if found.given && !(found.paths.is_empty() && found.reason.is_none()) || found.paths.len() > PATHS_MAX {
            return Err(format!("{goal:?}: too much is said {found:?}"));
        }
        if !found.given && found.paths.is_empty() == found.reason.is_none() {
            return Err(format!("{goal:?}: paths or why there are none, one of the two {found:?}"));
        }
        if (found.reason == Some(Reason::StagesAhead)) != (found.stages.len() > 1) {
            return Err(format!("{goal:?}: stages only where there are several {found:?}"));
        }
        let stops: Vec<String> = open_stops(&today);
        if !stops.is_empty() && (found.reason, &found.rule_ids) != (Some(Reason::StopReferralOpen), &stops) {
            return Err(format!("{goal:?}: {stops:?} stops the treatment, and more is said {found:?}"));
        }
        if found.rule_ids.iter().any(|rule_id| protocol.rule(rule_id).is_none()) {
            return Err(format!("{goal:?}: what is no rule is named as one {found:?}"));
        }
        for path in &found.paths {
            checked.paths[place] += 1;
            check_path(protocol, &known, as_of, goal, path).map_err(|fault| format!("{goal:?}: {fault}: {path:#?}"))?;
        }
    }
    Ok(())
}

/// The rules of the referrals that are open and stop the treatment.
fn open_stops(advice: &Recommendation) -> Vec<String> {
    let open = advice
        .referrals
        .iter()
        .filter(|referral| referral.mode == ReferralMode::Stop && referral.standing == ReferralStanding::Open);
    open.map(|referral| referral.rule_id.to_string()).collect()
}

fn check_path(protocol: &Protocol, known: &Record, as_of: Date, goal: Goal, path: &Path) -> Result<(), String> {
    let dates: Vec<Date> = path.changes.iter().map(|change| change.date).collect();
    if !dates.is_sorted() || dates.iter().any(|date| !(as_of..=path.earliest).contains(date)) {
        return Err("dates out of order, or not between the day and the earliest day".into());
    }
    if !reaches(protocol, known, &path.changes, path.earliest, goal) {
        return Err("does not give the advice".into());
    }
    let is_decision = |kind: &ChangeKind| matches!(kind, ChangeKind::DecidePhase(_) | ChangeKind::DecideStep(_));
    if path.changes.iter().filter(|change| is_decision(&change.kind)).count() > 1 {
        return Err("more than one phase or rung is decided".into());
    }
    let count = path.changes.len();
    let parts: Vec<u32> = match count {
        0..=8 => (0..(1_u32 << count) - 1).collect(),
        _ => Vec::new(),
    };
    let part = |keeps: &dyn Fn(usize) -> bool| -> Vec<Change> {
        path.changes.iter().enumerate().filter(|(place, _)| keeps(*place)).map(|(_, change)| change.clone()).collect()
    };
    let mut subsets: Vec<Vec<Change>> = parts.iter().map(|bits| part(&|place| bits & (1 << place) != 0)).collect();
    if count > 8 {
        subsets.extend((0..count).map(|left_out| part(&|place| place != left_out)));
    }
    for subset in subsets {
        if reaches(protocol, known, &subset, path.earliest, goal) {
            let left_out: Vec<&Change> = path.changes.iter().filter(|change| !subset.contains(change)).collect();
            return Err(format!("a part of it is enough, without {left_out:?}"));
        }
    }
    if path.earliest > as_of
        && let Some(sooner) = a_day_earlier(path, as_of)
        && reaches(protocol, known, &sooner, path.earliest.yesterday().unwrap(), goal)
    {
        return Err("the day before would do".into());
    }
    Ok(())
}

#[test]
fn every_path_of_a_golden_case_gives_its_advice_and_no_part_of_it_does() {
    let (first, second) = STORIES.split_at(STORIES.len() / 2);
    let (of_first, of_second) = std::thread::scope(|scope| {
        let other = scope.spawn(|| check_stories(second));
        (check_stories(first), other.join().unwrap())
    });
    let faults = [of_first.0, of_second.0].concat();
    let paths: Vec<usize> = of_first.1.paths.iter().zip(of_second.1.paths).map(|(one, other)| one + other).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    // Most stories are more than one phase or rung away from discharge.
    let least = [20, 20, 5, 20, 20];
    assert!(paths.iter().zip(least).all(|(paths, least)| *paths > least), "{paths:?}");
}

#[test]
fn every_activity_in_every_path_of_a_golden_case_is_allowed_on_its_day_at_its_dose() {
    let (mut paths, mut faults) = (0, Vec::new());
    for (protocol, record, as_of, name) in STORIES.iter() {
        let known = known_on(record, *as_of);
        for found in counterfactuals(protocol, record, *as_of) {
            for path in found.paths {
                paths += usize::from(path.changes.iter().any(|of| matches!(of.kind, ChangeKind::Activity { .. })));
                if !allows_activities(protocol, &known, &path.changes) {
                    faults.push(format!("{name} {:?}: {path:#?}", found.goal));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(paths > 5, "{paths} paths with an activity show nothing");
}

#[test]
fn while_a_stop_is_open_no_goal_of_a_golden_case_has_a_path_or_a_date() {
    let mut stopped = 0;
    for (protocol, record, as_of, name) in STORIES.iter() {
        let stops = open_stops(&recommend(protocol, record, *as_of));
        if stops.is_empty() {
            continue;
        }
        stopped += 1;
        for found in counterfactuals(protocol, record, *as_of) {
            assert!(!found.given && found.paths.is_empty() && found.stages.is_empty(), "{name}: {found:#?}");
            assert_eq!((found.reason, &found.rule_ids), (Some(Reason::StopReferralOpen), &stops), "{name}");
        }
    }
    assert!(stopped >= 3, "{stopped} stops show nothing");
}

fn check_stories(stories: &[Story]) -> (Vec<String>, Checked) {
    let mut checked = Checked::default();
    let mut faults = Vec::new();
    for (protocol, record, as_of, name) in stories {
        if let Err(fault) = check(protocol, record, *as_of, &mut checked) {
            faults.push(format!("{name}: {fault}"));
        }
    }
    (faults, checked)
}

/// A protocol, a record and a day.
fn random(dice: &mut Dice, size: usize) -> (&'static Protocol, Record, Date) {
    let protocol = &builtin()[dice.below(builtin().len())];
    let kind = if dice.one_in(4) { Kind::Wild } else { Kind::Plausible };
    let mut maker = Maker::new(dice, kind);
    let record = maker.record(size, &referrals(protocol));
    let as_of = maker.date();
    (protocol, record, as_of)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_time: 60_000, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn every_path_of_a_disturbed_story_gives_its_advice_and_no_part_of_it_does(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let (protocol, record, as_of, name) = &STORIES[dice.below(STORIES.len())];
        let mut record = record.clone();
        disturb(&mut record, &mut dice);
        let result = check(protocol, &record, *as_of, &mut Checked::default());
        prop_assert_eq!(result, Ok(()), "{}", name);
    }

    #[test]
    fn every_path_of_a_random_record_gives_its_advice_and_no_part_of_it_does(seed in any::<u64>(), size in 0..8_usize) {
        let mut dice = Dice::new(seed);
        let (protocol, record, as_of) = random(&mut dice, size);
        let result = check(protocol, &record, as_of, &mut Checked::default());
        prop_assert_eq!(result, Ok(()));
    }
}

/// A seed of the property above on which a search once went back from the onset day by day for twelve thousand years.
#[test]
fn no_path_ends_more_than_a_year_ahead_however_long_before_the_injury_the_day_is() {
    let mut dice = Dice::new(3002853490344133405);
    let (protocol, record, as_of) = random(&mut dice, 0);
    let start = Instant::now();
    let latest = as_of.checked_add(366.days()).unwrap();
    for found in counterfactuals(protocol, &record, as_of) {
        assert!(found.paths.iter().all(|path| path.earliest <= latest), "{found:#?}");
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
