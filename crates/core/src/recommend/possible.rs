//! The days on which a test may have been met, told from the values alone, so that no other day need be looked at.
//!
//! A record holds hundreds of days, and on nearly all of them nothing speaks for a setback or a referral. Days on which
//! a test is met are always among those found here; that others are, too, only costs a look.

use jiff::civil::Date;

use crate::protocol::criterion::{Criterion, MeasureQuantity, Quantity, Stat, Test};
use crate::protocol::fact::{Fact, place};
use crate::protocol::rule::Effect;

use super::criterion::compare;
use super::days;
use super::evaluator::{Evaluator, View};
use super::gate_lost::detectable;
use super::kleene::Outcome;
use super::reading::{Range, change_range};
use super::series::Entry;
use super::walking::PAIN_IN_ACTIVITY;

/// Days as spans, first and last day included; in any order, and they may overlap.
#[derive(Clone, Debug, Default)]
pub(super) struct Days {
    spans: Vec<(Date, Date)>,
}

impl Days {
    fn always() -> Self {
        Self { spans: vec![(Date::MIN, Date::MAX)] }
    }

    fn add(&mut self, first: Date, last: Date) {
        if first > last {
            return;
        }
        match self.spans.last_mut() {
            Some(before) if (before.0..=before.1).contains(&first) => before.1 = before.1.max(last),
            _ => self.spans.push((first, last)),
        }
    }

    /// Adds the days of others.
    pub(super) fn add_all(&mut self, other: Self) {
        self.spans.extend(other.spans);
    }

    /// The days that are in both.
    fn meet(self, other: Self) -> Self {
        let is_always = |days: &Self| days.spans.as_slice() == [(Date::MIN, Date::MAX)];
        if is_always(&self) {
            return other;
        }
        if is_always(&other) {
            return self;
        }
        let mut both = Self::default();
        for (first, last) in &self.spans {
            for (other_first, other_last) in &other.spans {
                both.add(*first.max(other_first), *last.min(other_last));
            }
        }
        both
    }

    /// The same days from a first to a last one, as spans in order that do not overlap.
    pub(super) fn in_order(mut self, from: Date, to: Date) -> Self {
        self.spans.sort_unstable();
        let mut ordered = Self::default();
        for (first, last) in self.spans {
            ordered.add(first.max(from), last.min(to));
        }
        ordered
    }

    /// The first and the last day of each span.
    pub(super) fn spans(&self) -> impl Iterator<Item = (Date, Date)> {
        self.spans.iter().copied()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether a day is among them.
    pub(super) fn contains(&self, day: Date) -> bool {
        self.spans.iter().any(|(first, last)| (*first..=*last).contains(&day))
    }
}

/// Days on which a test may be met, and on which it may be UNKNOWN because a value was asked for and not measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Possible {
    pub met: Days,
    pub asked: Days,
}

impl Possible {
    fn whenever() -> Self {
        Self { met: Days::always(), asked: Days::always() }
    }

    fn met_whenever() -> Self {
        Self { met: Days::always(), asked: Days::default() }
    }
}

impl Evaluator<'_> {
    /// The days on which a test may have been met, seen after the day of the view's clearance, whatever the view's day.
    /// Days before `from` are of no interest, and not all of them are told.
    pub(super) fn possible(&self, test: &Test, view: &View, from: Date) -> Possible {
        match test {
            Test::All(parts) => {
                let mut all = Possible::met_whenever();
                for part in parts {
                    let part = self.possible(part, view, from);
                    all.met = all.met.meet(part.met);
                    all.asked.add_all(part.asked);
                }
                all
            }
            Test::Any(parts) | Test::AtLeast(_, parts) => {
                let mut some = Possible::default();
                for part in parts {
                    let part = self.possible(part, view, from);
                    some.met.add_all(part.met);
                    some.asked.add_all(part.asked);
                }
                some
            }
            Test::Not(part) => Possible { met: Days::always(), asked: self.possible(part, view, from).asked },
            Test::Criterion(criterion) => match &criterion.quantity {
                Quantity::Measure(quantity) => self.measure_possible(criterion, quantity, view, from),
                Quantity::Fact(fact) => self.fact_possible(criterion, *fact, view, from),
            },
        }
    }

    fn measure_possible(&self, criterion: &Criterion, quantity: &MeasureQuantity, view: &View, from: Date) -> Possible {
        let series = self.book.at(Some(quantity.place));
        let none_holds = match (quantity.stat.is_a_value(), series.levels()) {
            (_, None) => true,
            (true, Some(levels)) => self.compares(criterion, levels) == Some(false),
            (false, Some(_)) => false,
        };
        if none_holds && !series.has_unmeasured() {
            return Possible::default();
        }
        let reader = self.reader(criterion, quantity, &View { day: self.as_of, ..*view });
        let baseline = if quantity.stat.is_a_value() { None } else { reader.baseline() };
        let threshold = self.levels(&criterion.threshold);
        let holds = |range: Range| compare(range, criterion.comparator, &threshold) == Some(true);
        let changed = |entry: &Entry, other: &Entry| change_range(quantity, entry, other).is_some_and(holds);
        let entries = series.entries();
        let fresh =
            criterion.fresh_days.map_or(Date::MIN, |fresh| days::after(from, i64::from(fresh).saturating_neg()));
        let first_day = self.first_day_in_force(criterion, from).max(fresh).max(view.seen_from());
        let first = entries.partition_point(|entry| entry.date < first_day);
        let mut possible = Possible::default();
        for (place, entry) in entries.iter().enumerate().skip(first) {
            if quantity.site.is_some() && entry.site != quantity.site {
                continue;
            }
            let Some(level) = entry.level else {
                possible.asked.add(entry.date, self.counts_until(criterion, quantity, entries, place));
                continue;
            };
            let met = match quantity.stat {
                Stat::Latest | Stat::MaxInFresh | Stat::FirstValue => holds(Range::of(entry, level)),
                Stat::RiseFromPrevious => day_before(entries, place, quantity).any(|previous| changed(entry, previous)),
                Stat::PercentOfBaseline | Stat::Fall | Stat::FallPercent | Stat::RiseFromBaseline => {
                    baseline.is_some_and(|baseline| changed(entry, baseline))
                }
            };
            if met {
                possible.met.add(entry.date, self.counts_until(criterion, quantity, entries, place));
            }
        }
        possible
    }

    /// The first day whose values may count on a day or later: what is older is of an earlier phase.
    fn first_day_in_force(&self, criterion: &Criterion, from: Date) -> Date {
        if criterion.since_phase { self.timeline.counts_from(from) } else { Date::MIN }
    }

    /// The last day on which an entry can be what a criterion sees.
    fn counts_until(&self, criterion: &Criterion, quantity: &MeasureQuantity, entries: &[Entry], place: usize) -> Date {
        let Some(entry) = entries.get(place) else { return Date::MAX };
        let in_force = if criterion.since_phase { self.timeline.counts_until(entry.date) } else { Date::MAX };
        let fresh = criterion.fresh_days.map_or(Date::MAX, |fresh| days::after(entry.date, i64::from(fresh)));
        let replaced = match (quantity.stat, quantity.days) {
            (Stat::FirstValue | Stat::MaxInFresh, _) | (_, Some(_)) => Date::MAX,
            _ => replaced_after(entries, place, quantity),
        };
        in_force.min(fresh).min(replaced)
    }

    fn fact_possible(&self, criterion: &Criterion, fact: Fact, view: &View, from: Date) -> Possible {
        match fact {
            // These are the same on every day.
            Fact::Caution(_)
            | Fact::Equipment(_)
            | Fact::Recurrence
            | Fact::EarlierInjuries
            | Fact::Site
            | Fact::Mechanism
            | Fact::Presentation => match self.criterion_outcome(criterion, &View::on(self.as_of)) {
                Outcome::Met => Possible::met_whenever(),
                Outcome::Unmet | Outcome::Unknown { .. } => Possible::default(),
            },
            // These are never asked for without being measured.
            Fact::DaysSinceOnset
            | Fact::InjuryMonths
            | Fact::PatientAgeYears
            | Fact::Unrecorded(_)
            | Fact::UnrecordedSessionPain
            | Fact::EntryDays(_)
            | Fact::VisitsAttended
            | Fact::TreatmentDays
            | Fact::DaysSinceFirstVisit
            | Fact::AdverseEvents
            | Fact::Used(_)
            | Fact::ModalityResult
            | Fact::SessionPain
            | Fact::Phase
            | Fact::DaysOnStep
            | Fact::VisitsPerWeek
            | Fact::StretchingResumed
            | Fact::Degree
            | Fact::ActivityDegree
            | Fact::EarlierTreatmentDays => Possible::met_whenever(),
            Fact::GateLost => self.gate_loss_possible(criterion, view, from),
            Fact::PainInActivity => self.pain_in_activity_possible(criterion, view, from),
            Fact::HoursSinceOnsetOrFlare
            | Fact::DaysSinceRegress
            | Fact::PainfreeWalkDay
            | Fact::NotPainfreeWalking
            | Fact::PhaseGateMet
            | Fact::Referral(_)
            | Fact::DischargeVisits
            | Fact::FullSessionsSymptomFree
            | Fact::CrosstrainingCleanDays
            | Fact::LoadingPain
            | Fact::RunningStepPercent
            | Fact::RunningAllowed => Possible::whenever(),
        }
    }

    /// A gate may be lost while a value that fails it by enough is the latest, in a later phase than the gate's.
    fn gate_loss_possible(&self, lost: &Criterion, view: &View, from: Date) -> Possible {
        let first_day = self.first_day_in_force(lost, from).max(view.seen_from());
        let mut possible = Possible::default();
        for rule in &self.protocol.rules {
            let (Effect::Gate(of), Some(test)) = (&rule.effect, &rule.test) else { continue };
            for criterion in test.criteria() {
                let Quantity::Measure(quantity) = &criterion.quantity else { continue };
                let Some(detectable) = detectable(criterion, quantity) else { continue };
                let entries = self.book.at(Some(quantity.place)).entries();
                let first = entries.partition_point(|entry| entry.date < first_day);
                for (place, entry) in entries.iter().enumerate().skip(first) {
                    let kept = entry.level.is_some_and(|level| !self.is_lost(criterion, level, detectable));
                    let unseen = kept
                        || (quantity.site.is_some() && entry.site != quantity.site)
                        // The phase in which a value counts is the one in force on its day.
                        || (lost.since_phase && self.timeline.on(entry.date).phase.is_none_or(|phase| phase <= *of));
                    if unseen {
                        continue;
                    }
                    let in_force = if lost.since_phase { self.timeline.counts_until(entry.date) } else { Date::MAX };
                    let last = in_force.min(replaced_after(entries, place, quantity));
                    let days = if entry.level.is_some() { &mut possible.met } else { &mut possible.asked };
                    days.add(entry.date, last);
                }
            }
        }
        possible
    }

    /// A known pain counts while it is fresh, an unmeasured one until the measure is first known.
    fn pain_in_activity_possible(&self, criterion: &Criterion, view: &View, from: Date) -> Possible {
        let mut possible = Possible::default();
        let threshold = self.levels(&criterion.threshold);
        let in_force = |entry: &Entry| {
            if criterion.since_phase { self.timeline.counts_until(entry.date) } else { Date::MAX }
        };
        let first_day = self.first_day_in_force(criterion, from).max(view.seen_from());
        for place in PAIN_IN_ACTIVITY {
            let entries = self.book.at(Some(place)).entries();
            let first = entries.partition_point(|entry| entry.date < first_day);
            for (number, entry) in entries.iter().enumerate().skip(first) {
                let fresh = || days::after(entry.date, self.fresh_days(place::PAIN_ACTIVITY));
                match entry.level {
                    Some(level) => {
                        if compare(Range::exactly(level), criterion.comparator, &threshold) == Some(true) {
                            possible.met.add(entry.date, in_force(entry).min(fresh()));
                        }
                    }
                    None => {
                        let later = entries.iter().skip(number).find(|later| later.level.is_some());
                        let never_known = later.map_or(Date::MAX, |later| later.date);
                        possible.asked.add(entry.date, in_force(entry).min(fresh().max(never_known)));
                    }
                }
            }
        }
        possible
    }
}

/// The day before the next value of the same site, which then is the latest.
fn replaced_after(entries: &[Entry], place: usize, quantity: &MeasureQuantity) -> Date {
    let Some(entry) = entries.get(place) else { return Date::MAX };
    let at_site = |later: &&Entry| quantity.site.is_none() || later.site == quantity.site;
    let next = entries.iter().skip(place).find(|later| later.date > entry.date && at_site(later));
    next.map_or(Date::MAX, |next| next.date.yesterday().unwrap_or(next.date))
}

/// The known values of the latest earlier day that has one.
fn day_before<'e>(entries: &'e [Entry], place: usize, quantity: &MeasureQuantity) -> impl Iterator<Item = &'e Entry> {
    let (date, site) = (entries.get(place).map(|entry| entry.date), quantity.site);
    let is_known = move |entry: &&Entry| entry.level.is_some() && (site.is_none() || entry.site == site);
    let is_earlier = |entry: &Entry| Some(entry.date) < date && is_known(&entry);
    let before = entries.get(..place).unwrap_or_default();
    let until = before.iter().rposition(is_earlier).and_then(|last| before.get(..=last)).unwrap_or_default();
    let last = until.last().map(|entry| entry.date);
    until.iter().rev().take_while(move |entry| Some(entry.date) == last).filter(is_known)
}

#[cfg(test)]
mod tests {
    use crate::case::Case;
    use crate::protocol::builtin::DOCUMENTS;
    use crate::protocol::{self, Protocol};

    use super::*;

    /// On every day of a golden case, for every test of its protocol: what is so was held possible. Gives how many days
    /// a test was met or waited for a value that was asked for, and how many days were not looked at.
    fn check(protocol: &Protocol, case: &Case) -> (usize, usize) {
        let (mut so, mut spared) = (0, 0);
        let Some(last) = case.play_with(protocol).pop() else { return (0, 0) };
        let as_of = last.recommendation.as_of;
        let evaluator = Evaluator::new(protocol, &last.record, as_of);
        evaluator.standings.get_or_init(|| evaluator.find_referrals());
        for (rule, test) in protocol.rules.iter().filter_map(|rule| rule.test.as_ref().map(|test| (rule, test))) {
            let middle = days::after(case.onset, days::between(case.onset, as_of) / 2);
            let possible = evaluator.possible(test, &View::on(as_of), Date::MIN);
            let later = evaluator.possible(test, &View::on(as_of), middle);
            let mut day = case.onset;
            while day <= as_of {
                let outcome = evaluator.outcome(rule, &View::on(day));
                let among = |possible: &Possible| match outcome {
                    Outcome::Met => possible.met.contains(day),
                    Outcome::Unknown { asked: true } => possible.asked.contains(day),
                    Outcome::Unmet | Outcome::Unknown { asked: false } => true,
                };
                so += usize::from(outcome.may_be_met());
                assert!(among(&possible), "{} on {day}: {outcome:?}", rule.id);
                assert!(day < middle || among(&later), "{} on {day}, from {middle} on: {outcome:?}", rule.id);
                spared += usize::from(!possible.met.contains(day) && !possible.asked.contains(day));
                day = days::next(day);
            }
        }
        (so, spared)
    }

    #[test]
    fn a_test_is_met_on_no_day_that_was_not_held_possible() {
        let (mut so, mut spared) = (0, 0);
        for document in DOCUMENTS {
            for (name, text) in document.cases {
                let case = Case::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
                let protocol = protocol::find(&case.plan.protocol).expect(name);
                let (of_case, spared_of_case) = check(protocol, &case);
                (so, spared) = (so + of_case, spared + spared_of_case);
            }
        }
        assert!(so > 10_000 && spared > 10_000, "{so} and {spared}: the cases no longer show anything");
    }
}
