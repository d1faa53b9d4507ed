//! Facts other than measures: what can be done about each, or from which day time alone does it.

use jiff::civil::Date;

use crate::protocol::criterion::{Comparator, Criterion, Setting};
use crate::protocol::fact::Fact;
use crate::protocol::rule::Effect;
use crate::recommend::criterion::compare;
use crate::recommend::days;
use crate::recommend::evaluator::View;
use crate::recommend::reading::Range;
use crate::recommendation::ReferralStanding;
use crate::record::codes::ActivityKind;
use crate::record::plan::Phase;
use crate::value::Nprs;

use super::apply::{BIRTH_DATE, CAUTIONS_REVIEWED, activity};
use super::fix::{Fixed, Fixer, Stuck};
use super::set::Set;
use super::{Change, ChangeKind};

/// Least minutes of a clean cross-training day (Rettig 2013: 20 to 30).
const CROSSTRAINING_MINUTES: u16 = 20;
const LOADING_MINUTES: u16 = 15;
const TRAINING_MINUTES: u16 = 60;
/// Days for which the pain after a session counts.
const SESSION_PAIN_DAYS: i64 = 7;
/// An adult's age, in thousandths of a year; see [`BIRTH_DATE`].
const ADULT_YEARS: i64 = 39_000;

impl Fixer<'_, '_> {
    /// The changes that turn a criterion on a fact of the record.
    pub(super) fn fix_fact(&mut self, fact: Fact, criterion: &Criterion, view: &View, want: bool) -> Fixed {
        match fact {
            Fact::DaysSinceOnset
            | Fact::InjuryMonths
            | Fact::HoursSinceOnsetOrFlare
            | Fact::DaysSinceRegress
            | Fact::DaysSinceFirstVisit
            | Fact::DaysOnStep => self.wait_for(fact, criterion, view, want),
            Fact::Unrecorded(measure) if want == asks_for_true(criterion) => {
                let place = self.evaluator.protocol.place_of_measure(measure);
                let last = self.evaluator.book.at(place).entries().last().map(|entry| entry.date);
                self.until_older_than(last, i64::from(measure.measure().fresh_days))
            }
            Fact::UnrecordedSessionPain if want == asks_for_true(criterion) => {
                let noted = self.evaluator.facts.visits.iter().filter(|visit| visit.content.pain_after.is_some());
                let last = noted.map(|visit| visit.content.date).max();
                self.until_older_than(last, SESSION_PAIN_DAYS)
            }
            Fact::NotPainfreeWalking if want != asks_for_true(criterion) => self.painless_walking(view),
            Fact::PainfreeWalkDay if want => self.painless_walking_by(criterion, view),
            Fact::PatientAgeYears => self.complete_birth_date(criterion, want),
            Fact::Caution(caution) if want != asks_for_true(criterion) => {
                if self.evaluator.record.patient.cautions.contains(&caution) {
                    return Err(Stuck::Never);
                }
                self.one(ChangeKind::Complete { fact: CAUTIONS_REVIEWED.to_owned() })
            }
            Fact::Referral(place) if want != asks_for_true(criterion) => self.without_referral(place),
            Fact::StretchingResumed if want == asks_for_true(criterion) => self.one(ChangeKind::ResumeStretching),
            Fact::RunningAllowed if want == asks_for_true(criterion) => {
                self.pass_gates(view, |of| of == Phase::Two, true)
            }
            Fact::GateLost if want != asks_for_true(criterion) => {
                let phase = self.evaluator.today().phase.ok_or(Stuck::Never)?;
                self.pass_gates(view, |of| of < phase, false)
            }
            Fact::FullSessionsSymptomFree if want => self.train_in_a_row(fact, criterion, view),
            Fact::CrosstrainingCleanDays if want => self.train_in_a_row(fact, criterion, view),
            Fact::LoadingPain if want => self.load(criterion, view),
            Fact::PainInActivity if !want => self.calm_activity(criterion, view),
            Fact::SessionPain if !want => self.calm_visit(criterion),
            _ => Err(Stuck::Never),
        }
    }

    /// Facts that only grow with time: the day on which this one is large enough.
    fn wait_for(&mut self, fact: Fact, criterion: &Criterion, view: &View, want: bool) -> Fixed {
        let level = self.evaluator.levels(&criterion.threshold).first().copied().ok_or(Stuck::Never)?;
        let enough = match (criterion.comparator, want) {
            (Comparator::AtLeast, true) | (Comparator::Less, false) => level,
            (Comparator::Greater, true) | (Comparator::AtMost, false) => level.saturating_add(1),
            _ => return Err(Stuck::Never),
        };
        let observed = self.evaluator.observe_fact(fact, view, Date::MIN);
        let present = match observed.range {
            Some(range) => range.low,
            // Whether there is a setback today must be known first.
            None if fact == Fact::DaysSinceRegress => return self.exclude_setback(view),
            None => return Err(Stuck::Never),
        };
        let a_day = match fact {
            Fact::HoursSinceOnsetOrFlare => 24_000,
            // No month is longer: the day is looked for again from there.
            Fact::InjuryMonths => 36,
            _ => 1000,
        };
        let missing = enough.saturating_sub(present).max(1).saturating_add(a_day - 1).checked_div(a_day).unwrap_or(1);
        Err(Stuck::Until(days::after(self.day, missing.max(1))))
    }

    /// No regress rule is met on the day, as far as values can show it.
    fn exclude_setback(&mut self, view: &View) -> Fixed {
        let evaluator = self.evaluator;
        let rules = evaluator.protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Regress(_)));
        let day = self.day;
        let applying = rules.filter(|rule| evaluator.applies(rule, day, None));
        let parts = applying.map(|rule| self.turn(rule, view, false)).collect();
        something(self.every(parts))
    }

    fn until_older_than(&self, last: Option<Date>, fresh_days: i64) -> Fixed {
        last.map_or(Err(Stuck::Never), |last| Err(Stuck::Until(days::after(last, fresh_days.saturating_add(1)))))
    }

    fn painless_walking(&mut self, view: &View) -> Fixed {
        let parts = vec![self.best_value("gait", view), self.best_value("pain_walking", view)];
        self.every(parts)
    }

    fn painless_walking_by(&mut self, criterion: &Criterion, view: &View) -> Fixed {
        let last = self.evaluator.levels(&criterion.threshold).first().copied().unwrap_or_default() / 1000;
        let in_time = days::between(self.evaluator.onset(), self.day) <= last;
        if in_time && criterion.comparator == Comparator::AtMost {
            self.painless_walking(view)
        } else {
            Err(Stuck::Never)
        }
    }

    fn complete_birth_date(&mut self, criterion: &Criterion, want: bool) -> Fixed {
        let levels = self.evaluator.levels(&criterion.threshold);
        let turned = compare(Range::exactly(ADULT_YEARS), criterion.comparator, &levels) == Some(want);
        if self.evaluator.record.patient.birth_date.is_some() || !turned {
            return Err(Stuck::Never);
        }
        self.one(ChangeKind::Complete { fact: BIRTH_DATE.to_owned() })
    }

    /// Every referral for a condition is cleared, or excluded by values.
    fn without_referral(&mut self, place: usize) -> Fixed {
        let condition = self.evaluator.protocol.conditions.get(place).ok_or(Stuck::Never)?;
        let standings = self.evaluator.standings.get().map(Vec::as_slice).unwrap_or_default();
        let mut parts = Vec::new();
        for standing in standings.iter().filter(|standing| standing.refer.condition == *condition) {
            match standing.standing {
                ReferralStanding::Cleared => {}
                ReferralStanding::Open => parts.push(self.clear(standing.rule)),
                ReferralStanding::CannotExclude => {
                    parts.push(self.exclude(standing.rule, &View { day: self.day, ..standing.view }));
                }
            }
        }
        self.every(parts)
    }

    /// The gates of some phases are met; `all`: every one, otherwise those of which that is possible.
    fn pass_gates(&mut self, view: &View, of_phase: impl Fn(Phase) -> bool, all: bool) -> Fixed {
        let evaluator = self.evaluator;
        let rules = evaluator.protocol.rules.iter();
        let gates = rules.filter(|rule| matches!(rule.effect, Effect::Gate(of) if of_phase(of)));
        let day = self.day;
        let applying = gates.filter(|gate| evaluator.applies_besides_phase(&gate.when, day));
        let mut parts: Vec<Fixed> = applying.map(|gate| self.turn(gate, view, true)).collect();
        if !all {
            // What can be lost is a measure.
            let is_activity = |change: &Change| matches!(change.kind, ChangeKind::Activity { .. });
            let has_activity = |set: &Set| self.told(set).iter().any(is_activity);
            parts.iter_mut().flatten().for_each(|sets| sets.retain(|set| !has_activity(set)));
            parts.retain(|part| part.as_ref().is_ok_and(|sets| !sets.is_empty()));
        }
        something(self.every(parts))
    }

    /// Activities on days in a row that end on the day before, so that each has settled by the next morning.
    fn train_in_a_row(&mut self, fact: Fact, criterion: &Criterion, view: &View) -> Fixed {
        let crosstraining = fact == Fact::CrosstrainingCleanDays;
        let (kind, minutes, during) = match crosstraining {
            true => (ActivityKind::Elliptical, CROSSTRAINING_MINUTES, self.evaluator.setting(Setting::PainLimit).get()),
            false => (ActivityKind::FullTraining, TRAINING_MINUTES, 0),
        };
        let asked = self.evaluator.levels(&criterion.threshold).first().copied().unwrap_or_default() / 1000;
        let certain = self.evaluator.observe_fact(fact, view, Date::MIN).range.map_or(0, |range| range.low / 1000);
        let is_such = |of: ActivityKind| match crosstraining {
            true => matches!(of, ActivityKind::Elliptical | ActivityKind::Stepper | ActivityKind::RevolvingStaircase),
            false => of == ActivityKind::FullTraining,
        };
        let done = self.evaluator.facts.activities.iter().filter(|fact| is_such(fact.content.kind));
        let last = done.map(|fact| fact.content.date).max();
        // One a day, and on a day that has none yet.
        let first = last.map_or(self.from, |last| self.from.max(days::next(last)));
        let joins = !crosstraining || last.is_some_and(|last| days::next(last) == first);
        let missing = if joins { asked.saturating_sub(certain) } else { asked };
        let begin = match crosstraining && joins && certain > 0 {
            true => first,
            false => first.max(days::after(self.day, missing.saturating_neg())),
        };
        let settled = days::after(begin, missing);
        if settled > self.day {
            return Err(Stuck::Until(settled));
        }
        let morning = self.next_morning_max();
        let done = activity(kind, Some(minutes), during, morning);
        self.all_on((0..missing).map(|number| days::after(begin, number)), &done)
    }

    /// The baseline of pain the next morning, with which an activity counts as settled.
    fn next_morning_max(&self) -> u8 {
        let entries = self.evaluator.book.at(self.evaluator.protocol.place_of("pain_next_morning")).entries();
        let known =
            || entries.iter().filter(|entry| entry.date >= self.evaluator.plan_start() && entry.level.is_some());
        let first = known().next().map(|entry| entry.date);
        let baseline = known().filter(|entry| Some(entry.date) == first).filter_map(|entry| entry.level).max();
        u8::try_from(baseline.unwrap_or_default() / 1000).unwrap_or_default().min(Nprs::RANGE.1 as u8)
    }

    /// Strength work in the lengthened position, with the most pain that is allowed.
    fn load(&mut self, criterion: &Criterion, view: &View) -> Fixed {
        let from = self.evaluator.plan_start().max(view.seen_from());
        if self.day < from {
            return Err(Stuck::Until(from));
        }
        // Pain above the general limit would hold what is to go on.
        let most = self.most(criterion)?.min(self.evaluator.setting(Setting::PainLimit).get());
        let of_day = self.evaluator.facts.activities.iter().filter(|fact| {
            let loading = matches!(fact.content.kind, ActivityKind::Strength | ActivityKind::EccentricExercise);
            loading && fact.content.date == self.day
        });
        if of_day.filter_map(|fact| fact.content.pain_during).any(|pain| pain.get() > most) {
            return Err(Stuck::Until(days::next(self.day)));
        }
        let kind = activity(ActivityKind::EccentricExercise, Some(LOADING_MINUTES), most, self.next_morning_max());
        self.one(kind)
    }

    /// The most pain that satisfies `at most` or, falsified, `more than` and `at least`.
    fn most(&self, criterion: &Criterion) -> Result<u8, Stuck> {
        let level = self.evaluator.levels(&criterion.threshold).first().copied().ok_or(Stuck::Never)? / 1000;
        let most = match criterion.comparator {
            Comparator::AtMost | Comparator::Greater => level,
            Comparator::Less | Comparator::AtLeast => level.saturating_sub(1),
            Comparator::Equal | Comparator::NotEqual | Comparator::In => return Err(Stuck::Never),
        };
        u8::try_from(most).map_err(|_| Stuck::Never)
    }

    /// Pain in activity is asked for again; pain in running too where it was never measured.
    fn calm_activity(&mut self, criterion: &Criterion, view: &View) -> Fixed {
        let level = i64::from(self.most(criterion)?).saturating_mul(1000);
        let mut codes = Vec::new();
        for code in ["pain_activity", "pain_running"] {
            let entries = self.evaluator.book.at(self.evaluator.protocol.place_of(code)).entries();
            let never_known = !entries.is_empty() && entries.iter().all(|entry| entry.level.is_none());
            let worse_today =
                entries.iter().any(|entry| entry.date == self.day && entry.level.is_some_and(|known| known > level));
            if worse_today {
                return Err(Stuck::Until(days::next(self.day)));
            }
            let unmeasured_today = entries.iter().any(|entry| entry.date == self.day && entry.level.is_none());
            if never_known || unmeasured_today {
                codes.push(code);
            }
        }
        if codes.is_empty() {
            codes.push("pain_activity");
        }
        let parts = codes.into_iter().map(|code| self.value_up_to(code, view, level)).collect();
        self.every(parts)
    }

    /// A visit without pain after it.
    fn calm_visit(&mut self, criterion: &Criterion) -> Fixed {
        let most = self.most(criterion)?;
        let mut of_day = self.evaluator.facts.visits.iter().filter(|visit| visit.content.date == self.day);
        if of_day.any(|visit| visit.content.pain_after.is_some_and(|pain| pain.get() > most)) {
            return Err(Stuck::Until(days::next(self.day)));
        }
        self.one(ChangeKind::Visit)
    }
}

/// There must be something to change.
fn something(fixed: Fixed) -> Fixed {
    fixed.and_then(|sets| if sets.iter().any(Set::is_empty) { Err(Stuck::Never) } else { Ok(sets) })
}

/// Whether a criterion on a finding asks for it to be true.
fn asks_for_true(criterion: &Criterion) -> bool {
    let compared_with = match &criterion.threshold {
        crate::protocol::criterion::Threshold::Levels(levels) => levels.first().copied().unwrap_or_default(),
        crate::protocol::criterion::Threshold::Setting(_) => return false,
    };
    (compared_with != 0) == (criterion.comparator != Comparator::NotEqual)
}
