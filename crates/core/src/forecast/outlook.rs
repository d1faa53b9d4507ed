//! Where a plan stands on a day, and what each rung that is ahead of it, or of another ladder, waits for.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::protocol::criterion::{Criterion, Quantity, Test};
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Rule};
use crate::recommend::timeline::Timeline;
use crate::recommend::{days, recommend};
use crate::recommendation::{CriterionResult, Recommendation, ReferralMode, ReferralStanding, TaperAction};
use crate::record::Record;
use crate::record::codes::PlanState;
use crate::record::plan::FrequencyStep;

use super::course::{Courses, Rung};
use super::need::{Reader, number, threshold};
use super::trend::Trends;
use super::{Ground, TooFew};

const DAYS_A_WEEK: i64 = 7;

/// What a forecast starts from.
pub(super) struct Outlook<'a> {
    pub as_of: Date,
    pub trends: Trends,
    protocol: &'a Protocol,
    recommendation: Recommendation,
    ladder: &'a [FrequencyStep],
    /// Place of the rung in force in the ladder; the first one in a draft.
    place: usize,
    /// The day on which it began.
    began: Date,
}

impl<'a> Outlook<'a> {
    /// Or the code of the note that says why there is no forecast.
    pub(super) fn of(protocol: &'a Protocol, record: &'a Record, as_of: Date) -> Result<Self, &'static str> {
        let recommendation = recommend(protocol, record, as_of);
        if let Some(why) = why_none(&recommendation) {
            return Err(why);
        }
        let own = &record.plan.content.steps;
        let ladder = if own.is_empty() { &protocol.ladder.steps } else { own };
        if ladder.is_empty() {
            return Err("ladder_does_not_end");
        }
        let in_force = *timeline(record, ladder.len(), as_of).on(as_of);
        let (place, began) = match in_force.step {
            Some(place) => (place, in_force.step_began),
            None => (0, as_of),
        };
        Ok(Self { as_of, trends: Trends::of(record, as_of), protocol, recommendation, ladder, place, began })
    }

    /// The rungs of the plan's own ladder, from the one in force on.
    pub(super) fn own_rungs(&self) -> Vec<Rung> {
        self.rungs(self.own_ladder(), self.began)
    }

    /// The plan's own ladder, from the rung in force on.
    pub(super) fn own_ladder(&self) -> &'a [FrequencyStep] {
        self.ladder.get(self.place..).unwrap_or_default()
    }

    /// The rungs of another ladder that is taken up on `as_of`. Days that were already spent with as many visits count.
    pub(super) fn rungs_of(&self, ladder: &[FrequencyStep]) -> Vec<Rung> {
        let present = self.own_ladder().first().map(|step| step.visits_per_week);
        let goes_on = present.is_some() && ladder.first().map(|step| step.visits_per_week) == present;
        self.rungs(ladder, if goes_on { self.began } else { self.as_of })
    }

    fn rungs(&self, ladder: &[FrequencyStep], began: Date) -> Vec<Rung> {
        let spent = days::between(began, self.as_of).max(0);
        let mut rungs = Vec::with_capacity(ladder.len());
        for (place, step) in ladder.iter().enumerate() {
            let next = place.checked_add(1).and_then(|next| ladder.get(next));
            let rules = self.rules_off(*step, next.copied());
            let has_rule = next.is_none() || !rules.is_empty();
            let whole_days = match next {
                Some(_) => i64::from(self.protocol.ladder.step_days_min),
                None => self.discharge_days(&rules),
            };
            let days_min = match (place, next) {
                (0, Some(_)) => whole_days.saturating_sub(spent).max(0),
                _ => whole_days,
            };
            let visits_per_week = step.visits_per_week.get();
            let reader = Reader {
                recommendation: &self.recommendation,
                trends: &self.trends,
                as_of: self.as_of,
                visits_per_week,
            };
            rungs.push(Rung { step: *step, days_min, need: reader.read(&rules), has_rule });
        }
        rungs
    }

    /// The rules that lead from a rung to the next, or from the last one to discharge.
    fn rules_off(&self, step: FrequencyStep, next: Option<FrequencyStep>) -> Vec<&'a Rule> {
        let leads = |effect: &Effect| match next {
            Some(next) => self.leads_down(effect, step.visits_per_week.get(), next.visits_per_week.get()),
            None => matches!(effect, Effect::TaperDischarge | Effect::Progress),
        };
        self.protocol.rules.iter().filter(|rule| leads(&rule.effect)).collect()
    }

    /// Whether a step-down rule lies on the way between two rungs, as the advice itself takes it: a ladder may leave out
    /// rungs of the protocol, or begin above them.
    fn leads_down(&self, effect: &Effect, present: u8, next: u8) -> bool {
        let Effect::StepDown { from, to } = *effect else { return false };
        let highest = self.protocol.rules.iter().filter_map(|rule| match rule.effect {
            Effect::StepDown { from, .. } => Some(from),
            _ => None,
        });
        let above_all = highest.max().is_some_and(|highest| next >= highest && from == highest);
        above_all || (from > next && to < present)
    }

    /// Least days on the last rung: a week for each weekly visit that discharge still asks for.
    fn discharge_days(&self, rules: &[&Rule]) -> i64 {
        let mut weeks = 0_i64;
        for rule in rules {
            let result = self.recommendation.rules.iter().find(|result| result.rule_id == rule.id);
            for criterion in rule.test.iter().flat_map(Test::criteria) {
                if criterion.quantity != Quantity::Fact(Fact::DischargeVisits) {
                    continue;
                }
                let seen = result
                    .and_then(|result| result.criteria.iter().find(|seen| seen.path == criterion.comparison.path));
                weeks = weeks.max(visits_to_go(criterion, seen));
            }
        }
        weeks.saturating_mul(DAYS_A_WEEK)
    }

    /// What the rungs rest on, each measure once.
    pub(super) fn ground(&self, rungs: &[Rung]) -> Vec<Ground> {
        let mut ground: Vec<Ground> = Vec::new();
        for measure in rungs.iter().flat_map(|rung| &rung.need.measures) {
            let Some(part) = self.trends.ground(*measure) else { continue };
            if !ground.contains(&part) {
                ground.push(part);
            }
        }
        ground
    }

    /// Every note that goes with the rungs and what came out of them.
    pub(super) fn notes(&self, rungs: &[Rung], courses: &Courses) -> Vec<String> {
        let (total, ground) = (courses.days(), self.ground(rungs));
        let has_trend = ground.iter().any(|part| matches!(part, Ground::Trend { .. }));
        let lacks = |is_so: fn(&TooFew) -> bool| {
            ground.iter().any(|part| matches!(part, Ground::LadderOnly { why } if is_so(why)))
        };
        let is_flat = |rung: &Rung| rung.leads_on() && !rung.need.too_few && rung.need.days[1].is_none();
        let all: [(&str, bool); 10] = [
            ("arithmetic_of_own_trend", has_trend && total.median.is_some()),
            ("too_few_points", lacks(|why| why.points < why.points_needed)),
            ("newest_value_too_old", lacks(|why| why.newest_too_old)),
            ("no_improvement", rungs.iter().any(is_flat)),
            ("no_upper_end", total.median.is_some() && total.high.is_none()),
            ("gates_not_forecast", rungs.iter().any(|rung| !rung.need.not_forecast.is_empty())),
            ("ladder_does_not_end", rungs.iter().any(|rung| !rung.leads_on())),
            ("step_back_advised", self.recommendation.taper_action == TaperAction::StepBack),
            ("plan_not_active", self.recommendation.plan_state == PlanState::Draft),
            ("earliest_is_no_promise", true),
        ];
        all.iter().filter(|(_, holds)| *holds).map(|(code, _)| (*code).to_owned()).collect()
    }
}

/// Why nothing can be forecast at all.
fn why_none(recommendation: &Recommendation) -> Option<&'static str> {
    let stopped = recommendation
        .referrals
        .iter()
        .any(|referral| referral.mode == ReferralMode::Stop && referral.standing == ReferralStanding::Open);
    match recommendation.plan_state {
        PlanState::Completed | PlanState::Cancelled => Some("plan_ended"),
        PlanState::Draft | PlanState::Active | PlanState::Suspended if stopped => Some("stop_referral_open"),
        PlanState::Suspended => Some("plan_suspended"),
        PlanState::Draft | PlanState::Active if recommendation.non_response.is_some() => Some("not_responding"),
        PlanState::Draft | PlanState::Active => None,
    }
}

/// Weekly visits that are still missing; what is not certain does not count as done.
fn visits_to_go(criterion: &Criterion, seen: Option<&CriterionResult>) -> i64 {
    let done = seen.and_then(|seen| number(seen.observed.as_ref())).unwrap_or(0);
    let missing = threshold(criterion).unwrap_or(0).saturating_sub(done);
    missing.max(0).saturating_add(999).div_euclid(1000)
}

/// What the decisions put in force, as the advice itself takes them.
fn timeline(record: &Record, rungs: usize, as_of: Date) -> Timeline {
    let counts = |date: Date, entered_in_error: bool| !entered_in_error && date <= as_of;
    let mut decisions: Vec<_> =
        record.decisions.iter().filter(|fact| counts(fact.content.date, fact.entered_in_error)).collect();
    decisions.sort_by_key(|fact| (fact.content.date, fact.content.decided_at, fact.id, fact.revision));
    Timeline::of(&decisions, record.plan.content.start_date, rungs.saturating_sub(1))
}
