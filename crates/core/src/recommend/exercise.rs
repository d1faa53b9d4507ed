//! What activities outside the sessions show: clean cross-training, painless loading, steps of running.

use jiff::civil::Date;

use crate::protocol::criterion::Setting;
use crate::protocol::fact::place;
use crate::recommendation::WhyUnknown;
use crate::record::Source;
use crate::record::activity::Activity;
use crate::record::codes::ActivityKind;

use super::days;
use super::evaluator::{Evaluator, View};
use super::facts::thousandths;
use super::kleene::{Outcome, Tally};
use super::reading::Observation;
use super::series::{Series, Window, pain_level};

/// Least minutes of a clean cross-training day (Rettig 2013: 20 to 30).
const CROSSTRAINING_MINUTES_MIN: u16 = 20;
/// Steps of self-rated running effort (Aspetar), and how often each must be completed.
const RUNNING_STEPS_PERCENT: [u8; 3] = [25, 70, 100];
const RUNNING_STEP_TIMES: i64 = 2;

impl Evaluator<'_> {
    /// Full training sessions in a row, counted back, with no pain during and no more than the baseline next morning.
    pub(super) fn full_sessions_symptom_free(&self, view: &View) -> Observation {
        let sessions = self.activities(view).filter(|activity| activity.kind == ActivityKind::FullTraining);
        let mornings = self.mornings(view.day);
        let outcomes: Vec<Outcome> = sessions.map(|activity| mornings.is_clean(activity, 0)).collect();
        in_a_row(outcomes.into_iter().rev())
    }

    /// Calendar days in a row, counted back from the latest, with cross-training that caused no trouble.
    pub(super) fn crosstraining_clean_days(&self, view: &View) -> Observation {
        let (limit, mornings) = (self.setting_level(Setting::PainLimit), self.mornings(view.day));
        let crosstraining: Vec<&Activity> =
            self.activities(view).filter(|activity| is_crosstraining(activity.kind)).collect();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut expected: Option<Date> = None;
        for of_day in crosstraining.chunk_by(|one, next| one.date == next.date).rev() {
            let Some(date) = of_day.first().map(|activity| activity.date) else { continue };
            if expected.is_some_and(|expected| expected != date) {
                break;
            }
            expected = date.yesterday().ok();
            let long_enough = of_day.iter().map(|activity| match activity.minutes {
                None => Outcome::Unknown { asked: false },
                Some(minutes) => Outcome::known(minutes.get() >= CROSSTRAINING_MINUTES_MIN),
            });
            let clean = of_day.iter().map(|activity| mornings.is_clean(activity, limit));
            let parts = [long_enough.collect::<Tally>().any(), clean.collect::<Tally>().all()];
            outcomes.push(parts.into_iter().collect::<Tally>().all());
        }
        in_a_row(outcomes.into_iter())
    }

    /// Worst pain of the latest day with strength or eccentric exercise since the plan's start.
    pub(super) fn loading_pain(&self, view: &View, counts_from: Date) -> Observation {
        let from = counts_from.max(self.plan_start()).max(view.seen_from());
        let activities = self.facts.activities_until(view.day).iter().rev();
        let loading = activities.filter(|fact| is_loading(fact.content.kind) && fact.content.date >= from);
        let mut latest: Option<Date> = None;
        let mut worst: Option<Observation> = None;
        for fact in loading {
            if latest.is_some_and(|date| date != fact.content.date) {
                break;
            }
            latest = Some(fact.content.date);
            let level = fact.content.pain_during.map(pain_level);
            if level > worst.and_then(|worst| worst.shown) {
                worst = level.map(|level| Observation::known(level, Some(Source::Activity(fact.id.0)), latest));
            }
        }
        let why = if latest.is_some() { WhyUnknown::NotMeasured } else { WhyUnknown::Missing };
        worst.unwrap_or(Observation::unknown(why))
    }

    /// The highest step of effort that was completed twice, on two days, within the pain limit and settled by morning.
    pub(super) fn running_step_percent(&self, view: &View) -> Observation {
        let (limit, mornings) = (self.setting_level(Setting::PainLimitRunning), self.mornings(view.day));
        let runs = self.activities(view).filter(|activity| activity.kind == ActivityKind::Run);
        let runs: Vec<(&Activity, Outcome)> = runs.map(|run| (run, mornings.is_clean(run, limit))).collect();
        let (mut certain, mut possible) = (0_i64, 0_i64);
        for step in RUNNING_STEPS_PERCENT {
            let reached = |run: &Activity| run.effort_percent.is_some_and(|effort| effort.get() >= step);
            let (mut clean_days, mut possible_days) = (0_i64, 0_i64);
            for of_day in runs.chunk_by(|(one, _), (next, _)| one.date == next.date) {
                let mut of_step = of_day.iter().filter(|(run, _)| reached(run)).map(|(_, clean)| *clean).peekable();
                if of_step.peek().is_none() {
                    continue;
                }
                match of_step.collect::<Tally>().all() {
                    Outcome::Met => {
                        clean_days = clean_days.saturating_add(1);
                        possible_days = possible_days.saturating_add(1);
                    }
                    Outcome::Unknown { .. } => possible_days = possible_days.saturating_add(1),
                    Outcome::Unmet => {}
                }
            }
            if clean_days >= RUNNING_STEP_TIMES {
                certain = i64::from(step);
            }
            if possible_days >= RUNNING_STEP_TIMES {
                possible = i64::from(step);
            }
        }
        Observation::between(thousandths(certain), thousandths(possible.max(certain)), WhyUnknown::NotMeasured)
    }

    /// Activities that are seen, by date.
    fn activities(&self, view: &View) -> impl Iterator<Item = &Activity> {
        let from = view.seen_from();
        let seen = self.facts.activities_until(view.day).iter().map(|fact| &fact.content);
        seen.filter(move |activity| activity.date >= from)
    }

    /// What is known of the pain on the mornings after.
    fn mornings(&self, day: Date) -> Mornings<'_> {
        let series = self.book.at(Some(place::PAIN_NEXT_MORNING));
        let in_plan = series.within(&Window { from: self.plan_start(), to: day, site: None });
        let first = in_plan.iter().find(|entry| entry.level.is_some()).map(|entry| entry.date);
        let seen = Window { from: Date::MIN, to: day, site: None };
        let of_first = first.map(|date| in_plan.iter().filter(move |entry| entry.date == date));
        Mornings {
            series,
            day,
            baseline: of_first.and_then(|of_day| of_day.filter_map(|entry| entry.level).max()),
            asked: series.has_unmeasured() && series.within(&seen).iter().any(|entry| entry.level.is_none()),
        }
    }
}

/// The pain on the mornings after, up to a day.
struct Mornings<'a> {
    series: Series<'a>,
    day: Date,
    /// The worst of the first day of the plan that says it.
    baseline: Option<i64>,
    /// Some morning's pain was asked for and not measured.
    asked: bool,
}

impl Mornings<'_> {
    /// Pain during it within the limit, and no more pain the next morning than at the baseline.
    fn is_clean(&self, activity: &Activity, limit: i64) -> Outcome {
        let during = activity
            .pain_during
            .map_or(Outcome::Unknown { asked: true }, |pain| Outcome::known(pain_level(pain) <= limit));
        [during, self.settled(activity)].into_iter().collect::<Tally>().all()
    }

    fn settled(&self, activity: &Activity) -> Outcome {
        let morning = days::next(activity.date);
        let seen = morning <= self.day;
        let own = activity.pain_next_morning.filter(|_| seen).map(pain_level);
        let window = Window { from: morning, to: morning, site: None };
        let of_morning = if seen { self.series.within(&window) } else { &[] };
        let worst = of_morning.iter().filter_map(|entry| entry.level).max();
        match (own.or(worst), self.baseline) {
            (Some(pain), Some(baseline)) => Outcome::known(pain <= baseline),
            // No pain is never above a baseline.
            (Some(0), None) => Outcome::Met,
            _ => Outcome::Unknown { asked: self.asked },
        }
    }
}

fn is_crosstraining(kind: ActivityKind) -> bool {
    matches!(kind, ActivityKind::Elliptical | ActivityKind::Stepper | ActivityKind::RevolvingStaircase)
}

fn is_loading(kind: ActivityKind) -> bool {
    matches!(kind, ActivityKind::Strength | ActivityKind::EccentricExercise)
}

/// How many are met before the first that is not; UNKNOWN ones widen the range.
fn in_a_row(outcomes: impl Iterator<Item = Outcome>) -> Observation {
    let (mut certain, mut possible) = (0_i64, 0_i64);
    let (mut unbroken, mut any_asked) = (true, false);
    for outcome in outcomes {
        match outcome {
            Outcome::Unmet => break,
            Outcome::Unknown { asked } => {
                unbroken = false;
                any_asked |= asked;
            }
            Outcome::Met => {}
        }
        possible = possible.saturating_add(1);
        certain = certain.saturating_add(i64::from(unbroken));
    }
    let why = if any_asked { WhyUnknown::NotMeasured } else { WhyUnknown::Missing };
    Observation::between(thousandths(certain), thousandths(possible), why)
}
