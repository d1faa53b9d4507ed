//! How rules came out before: a rule is evaluated again only when something that it reads was supposed otherwise.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::protocol::criterion::{Quantity, Test};
use crate::protocol::fact::{Fact, place};
use crate::protocol::rule::{Effect, Rule};
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::kleene::Outcome;
use crate::recommend::referrals::Standing;
use crate::recommendation::{ReferralMode, ReferralStanding, RuleId};

use super::apply::level_of;
use super::set::Key;
use super::{Change, ChangeKind};

/// What a rule reads, or a change touches: a bit for each place of a measure, the last one for all that is no measure.
type Reads = u128;
const BESIDES: Reads = 1 << 127;
const EVERYTHING: Reads = Reads::MAX;

/// Outcomes by rule, for every protocol, record and day of one search.
#[derive(Default)]
pub(super) struct Remembered {
    rules: RefCell<BTreeMap<RuleId, OfRule>>,
}

struct OfRule {
    reads: Reads,
    outcomes: Vec<(Moment, Outcome)>,
    standings: Vec<(Moment, Option<Stood>)>,
}

/// A day, and a sum over the changes up to it that the rule reads.
type Moment = (Date, u64);
/// Where a referral stood, since when, and from where it is explained.
type Stood = (ReferralStanding, Option<Date>, View);

/// What one change touches, its day, and a number that differs from that of other changes.
struct Supposed {
    touches: Reads,
    date: Date,
    number: u64,
}

/// The record on a day with some changes, and what is remembered of the rules.
pub(super) struct Situation<'m, 'a> {
    pub evaluator: Evaluator<'a>,
    remembered: &'m Remembered,
    supposed: Vec<Supposed>,
}

impl<'m, 'a> Situation<'m, 'a> {
    /// `conditions`: of the referrals that stop nothing those are looked for that some rule asks about.
    pub(super) fn new(
        evaluator: Evaluator<'a>,
        remembered: &'m Remembered,
        changes: &[Change],
        conditions: &[usize],
    ) -> Self {
        let supposed = changes.iter().map(|change| supposed(evaluator.protocol, change)).collect();
        let situation = Self { evaluator, remembered, supposed };
        let standings = situation.standings(conditions);
        situation.evaluator.standings.get_or_init(|| standings);
        situation
    }

    /// The outcome of a rule on the day.
    pub(super) fn outcome(&self, rule: &Rule) -> Outcome {
        let day = self.evaluator.as_of;
        let find = || self.evaluator.outcome(rule, &View::on(day));
        self.recall(rule, 0, |known| &mut known.outcomes, find)
    }

    /// Where the referrals stand that stop the treatment, or that some rule asks about.
    fn standings(&self, conditions: &[usize]) -> Vec<Standing<'a>> {
        let protocol = self.evaluator.protocol;
        let mut standings = Vec::new();
        for rule in &protocol.rules {
            let Effect::Refer(refer) = &rule.effect else { continue };
            let asked_for = |place: &usize| protocol.conditions.get(*place) == Some(&refer.condition);
            if refer.mode == ReferralMode::Stop || conditions.iter().any(asked_for) {
                let find = || {
                    let found = self.evaluator.standing(rule, refer);
                    found.map(|found| (found.standing, found.since, found.view))
                };
                let stood = self.recall(rule, BESIDES, |known| &mut known.standings, find);
                standings.extend(stood.map(|(standing, since, view)| Standing { rule, refer, standing, since, view }));
            }
        }
        standings
    }

    /// What was found for the same day and the same changes, or is found now.
    fn recall<T: Copy>(
        &self,
        rule: &Rule,
        also: Reads,
        list: impl Fn(&mut OfRule) -> &mut Vec<(Moment, T)>,
        find: impl FnOnce() -> T,
    ) -> T {
        let day = self.evaluator.as_of;
        let mut rules = self.remembered.rules.borrow_mut();
        if !rules.contains_key(&rule.id) {
            let reads = reads(self.evaluator.protocol, rule);
            rules.insert(rule.id.clone(), OfRule { reads, outcomes: Vec::new(), standings: Vec::new() });
        }
        let Some(known) = rules.get_mut(&rule.id) else { return find() };
        let counts = |supposed: &&Supposed| supposed.date <= day && supposed.touches & (known.reads | also) != 0;
        let numbers = self.supposed.iter().filter(counts).map(|supposed| supposed.number);
        let moment = (day, numbers.fold(0, u64::wrapping_add));
        let found_before = list(known).iter().find(|(of, _)| *of == moment).map(|(_, found)| *found);
        found_before.unwrap_or_else(|| {
            let found = find();
            list(known).push((moment, found));
            found
        })
    }
}

/// The places of the conditions that rules other than those on modalities ask about.
pub(super) fn conditions_asked_about(protocol: &Protocol) -> Vec<usize> {
    let rules =
        protocol.rules.iter().filter(|rule| !matches!(rule.effect, Effect::Item { .. } | Effect::Review { .. }));
    let criteria = rules.filter_map(|rule| rule.test.as_ref()).flat_map(Test::criteria);
    let mut places: Vec<usize> = Vec::new();
    for criterion in criteria {
        if let Quantity::Fact(Fact::Referral(place)) = criterion.quantity {
            places.push(place);
        }
    }
    places
}

fn bit(place: usize) -> Reads {
    u32::try_from(place).ok().and_then(|place| Reads::checked_shl(1, place)).unwrap_or(BESIDES)
}

/// What a rule reads that a change may touch.
fn reads(protocol: &Protocol, rule: &Rule) -> Reads {
    let mut reads = 0;
    for criterion in rule.test.as_ref().map(Test::criteria).unwrap_or_default() {
        if criterion.since_phase {
            reads |= BESIDES;
        }
        reads |= match &criterion.quantity {
            Quantity::Measure(quantity) => bit(quantity.place),
            Quantity::Fact(fact) => reads_of_fact(protocol, *fact),
        };
    }
    reads
}

fn reads_of_fact(protocol: &Protocol, fact: Fact) -> Reads {
    match fact {
        Fact::Unrecorded(measure) | Fact::EntryDays(measure) => protocol.place_of_measure(measure).map_or(0, bit),
        Fact::DaysSinceOnset
        | Fact::InjuryMonths
        | Fact::Equipment(_)
        | Fact::Recurrence
        | Fact::EarlierInjuries
        | Fact::Site
        | Fact::Mechanism
        | Fact::Presentation
        | Fact::EarlierTreatmentDays => 0,
        Fact::PatientAgeYears
        | Fact::Caution(_)
        | Fact::Phase
        | Fact::VisitsPerWeek
        | Fact::DaysOnStep
        | Fact::StretchingResumed
        | Fact::LoadingPain
        | Fact::SessionPain
        | Fact::UnrecordedSessionPain => BESIDES,
        Fact::NotPainfreeWalking => bit(place::GAIT) | bit(place::PAIN_WALKING),
        Fact::PainInActivity => bit(place::PAIN_ACTIVITY) | bit(place::PAIN_RUNNING),
        Fact::FullSessionsSymptomFree | Fact::CrosstrainingCleanDays => bit(place::PAIN_NEXT_MORNING) | BESIDES,
        _ => EVERYTHING,
    }
}

fn supposed(protocol: &Protocol, change: &Change) -> Supposed {
    let mut hasher = DefaultHasher::new();
    (Key::of(&change.kind), change.date).hash(&mut hasher);
    let touches = match &change.kind {
        ChangeKind::Measure { measure, tester, .. } => {
            (level_of(measure.measure(), &change.kind), tester).hash(&mut hasher);
            protocol.place_of_measure(*measure).map_or(BESIDES, bit)
        }
        ChangeKind::Activity { pain_during_max, pain_next_morning_max, .. } => {
            (pain_during_max, pain_next_morning_max).hash(&mut hasher);
            bit(place::PAIN_ACTIVITY) | bit(place::PAIN_RUNNING) | bit(place::PAIN_NEXT_MORNING) | BESIDES
        }
        ChangeKind::Visit
        | ChangeKind::ClearReferral { .. }
        | ChangeKind::DecidePhase(_)
        | ChangeKind::DecideStep(_)
        | ChangeKind::ResumeStretching
        | ChangeKind::Complete { .. } => BESIDES,
    };
    Supposed { touches, date: change.date, number: hasher.finish() }
}
