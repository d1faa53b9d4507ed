//! Where a plan stands on a day, and what each rung that is ahead of it, or of another ladder, waits for.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::protocol::criterion::{Comparator, Quantity, Test};
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Rule};
use crate::recommend::evaluator::{Evaluator, View};
use crate::recommend::{days, recommend};
use crate::recommendation::{Recommendation, ReferralMode, ReferralStanding, RuleId, TaperAction};
use crate::record::Record;
use crate::record::codes::PlanState;
use crate::record::plan::{FrequencyStep, Phase};

use super::course::{Courses, Rung, WeeklyVisits};
use super::need::{Need, Reader};
use super::trend::Trends;
use super::{Ground, TooFew, Waiting};

/// What a forecast starts from.
pub(super) struct Outlook<'a> {
    pub as_of: Date,
    pub trends: Trends,
    evaluator: Evaluator<'a>,
    recommendation: Recommendation,
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
        let evaluator = Evaluator::new(protocol, record, as_of);
        evaluator.standings.get_or_init(|| evaluator.find_referrals());
        if evaluator.ladder().is_empty() {
            return Err("ladder_does_not_end");
        }
        let (place, began) = match evaluator.today().step {
            Some(place) => (place, evaluator.today().step_began),
            None => (0, as_of),
        };
        Ok(Self { as_of, trends: Trends::of(record, as_of), evaluator, recommendation, place, began })
    }

    /// The rungs of the plan's own ladder, from the one in force on.
    pub(super) fn own_rungs(&self) -> Vec<Rung> {
        self.rungs(self.own_ladder(), self.began)
    }

    /// The plan's own ladder, from the rung in force on.
    pub(super) fn own_ladder(&self) -> &[FrequencyStep] {
        self.evaluator.ladder().get(self.place..).unwrap_or_default()
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
            let mut rung = match next {
                Some(next) => self.rung_before(*step, *next),
                None => self.last_rung(*step),
            };
            if place == 0 {
                rung.days_min = rung.days_min.saturating_sub(spent).max(0);
                let holds = |effect: &Effect| {
                    matches!(effect, Effect::Regress(_) | Effect::StepBack | Effect::ReEvaluate(_) | Effect::Refer(_))
                };
                rung.need.waits.extend(self.holding(&self.recommendation.taper_rule_ids, holds));
            }
            rungs.push(rung);
        }
        rungs
    }

    fn rung_before(&self, step: FrequencyStep, next: FrequencyStep) -> Rung {
        let (present, next) = (step.visits_per_week.get(), next.visits_per_week.get());
        let rules = self.rules(|effect| {
            let is_of_rung = matches!(effect, Effect::StepDown { from, .. } if *from <= present);
            is_of_rung && self.evaluator.leads_down(effect, present, next)
        });
        Rung {
            step,
            days_min: i64::from(self.evaluator.protocol.ladder.step_days_min),
            weekly: None,
            need: self.need(step, &rules, false),
            has_rule: !rules.is_empty(),
        }
    }

    /// The last rung ends with discharge: in phase 4, with every gate met at so many weekly visits in a row, on no least
    /// number of days.
    fn last_rung(&self, step: FrequencyStep) -> Rung {
        let gates = self.rules(|effect| matches!(effect, Effect::Gate(Phase::Four) | Effect::Progress));
        let discharge = self.rules(|effect| *effect == Effect::TaperDischarge);
        let need_of_gates = self.need(step, &gates, false);
        let gates_wait = !need_of_gates.waits.is_empty() || self.recommendation.phase != Some(Phase::Four);
        let mut need = self.need(step, &discharge, gates_wait).and(need_of_gates);
        need.waits.extend(self.holding(&self.recommendation.phase_rule_ids, |effect| *effect == Effect::Hold));
        let has_gate = gates.iter().any(|rule| matches!(rule.effect, Effect::Gate(_)));
        let has_rule = has_gate && !discharge.is_empty();
        Rung { step, days_min: 0, weekly: self.weekly_visits(&discharge), need, has_rule }
    }

    fn need(&self, step: FrequencyStep, rules: &[&Rule], gates_wait: bool) -> Need {
        let visits_per_week = step.visits_per_week.get();
        Reader { evaluator: &self.evaluator, trends: &self.trends, visits_per_week, gates_wait }.read(rules)
    }

    /// The rules of a kind that apply, in whichever phase.
    fn rules(&self, is_such: impl Fn(&Effect) -> bool) -> Vec<&'a Rule> {
        let rules = self.evaluator.protocol.rules.iter().filter(|rule| is_such(&rule.effect));
        rules.filter(|rule| self.evaluator.applies_besides_phase(&rule.when, self.as_of)).collect()
    }

    /// Of the rules that hold phase or visits today those of a kind, each with the criteria that came out as it did.
    fn holding(&self, holding: &[RuleId], is_such: impl Fn(&Effect) -> bool) -> Vec<Waiting> {
        let mut waits = Vec::new();
        for rule in self.evaluator.protocol.rules.iter().filter(|rule| is_such(&rule.effect)) {
            let result = self.recommendation.rules.iter().find(|result| result.rule_id == rule.id);
            if let Some(result) = result.filter(|_| holding.contains(&rule.id)) {
                let criteria = result.criteria.iter().filter(|criterion| criterion.verdict == result.verdict);
                waits.push(Waiting { rule_id: rule.id.clone(), holds: true, criteria: criteria.cloned().collect() });
            }
        }
        waits
    }

    /// The weekly visits that the rules of discharge ask for, as the advice counts them.
    fn weekly_visits(&self, discharge: &[&Rule]) -> Option<WeeklyVisits> {
        let criteria = discharge.iter().flat_map(|rule| &rule.test).flat_map(Test::criteria);
        let counts = criteria.filter(|criterion| {
            criterion.quantity == Quantity::Fact(Fact::DischargeVisits) && criterion.comparator == Comparator::AtLeast
        });
        let levels = counts.flat_map(|criterion| self.evaluator.levels(&criterion.threshold));
        let asked = levels.max()?.saturating_add(999).div_euclid(1000);
        let certain = self.evaluator.discharge_visits(&View::on(self.as_of)).range.map_or(0, |range| range.low / 1000);
        let soonest = self.evaluator.discharge_visits_soonest(asked);
        Some(WeeklyVisits {
            asked,
            missing: asked.saturating_sub(certain),
            soonest: days::between(self.as_of, soonest.last),
            later: soonest.later,
        })
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
        let ends = rungs.iter().all(Rung::leads_on);
        let all: [(&str, bool); 11] = [
            ("arithmetic_of_own_trend", has_trend && total.median.is_some()),
            ("too_few_points", lacks(|why| why.points < why.points_needed)),
            ("newest_value_too_old", lacks(|why| why.newest_too_old)),
            ("no_improvement", rungs.iter().any(is_flat)),
            ("no_upper_end", total.median.is_some() && total.high.is_none()),
            ("gates_not_forecast", rungs.iter().any(|rung| !rung.need.waits.is_empty())),
            ("visits_as_prescribed", total.median.is_some()),
            ("ladder_does_not_end", !ends),
            ("step_back_advised", self.recommendation.taper_action == TaperAction::StepBack),
            ("plan_not_active", self.recommendation.plan_state == PlanState::Draft),
            ("earliest_is_no_promise", ends),
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
