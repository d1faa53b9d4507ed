//! Referrals: open, cleared, or not to be excluded because values are missing.

use jiff::civil::Date;

use crate::protocol::criterion::Quantity;
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Refer, Rule};
use crate::recommendation::{ReferralAdvice, ReferralMode, ReferralStanding};
use crate::record::decision::Decided;

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;

/// After a clearance a screen is not asked for again before its own freshness has passed. DERIVED.
const CLEARANCE_DAYS: i64 = 14;

/// Where one referral stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    pub rule: &'a Rule,
    pub refer: &'a Refer,
    pub standing: ReferralStanding,
    /// First day on which it was met, when open or cleared.
    pub since: Option<Date>,
    /// From where the rule is explained.
    pub view: View,
}

impl Standing<'_> {
    /// Treatment stops.
    pub(super) fn is_open_stop(&self) -> bool {
        self.refer.mode == ReferralMode::Stop && self.standing == ReferralStanding::Open
    }

    /// No advance and no fewer visits.
    pub(super) fn holds_progress(&self) -> bool {
        self.refer.mode == ReferralMode::Stop && self.standing != ReferralStanding::Cleared
    }

    /// As advice.
    pub(super) fn advice(&self) -> ReferralAdvice {
        ReferralAdvice {
            rule_id: self.rule.id.clone(),
            condition: self.refer.condition.clone(),
            class: self.refer.class,
            mode: self.refer.mode,
            standing: self.standing,
            since: self.since,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Every referral that is not simply absent, the most pressing first.
    pub(super) fn find_referrals(&self) -> Vec<Standing<'a>> {
        let mut found: Vec<Standing<'a>> = Vec::new();
        for rule in &self.protocol.rules {
            if let Effect::Refer(refer) = &rule.effect
                && let Some(standing) = self.standing(rule, refer)
            {
                found.push(standing);
            }
        }
        let urgency = |standing: &Standing<'_>| match standing.standing {
            ReferralStanding::Open => 0,
            ReferralStanding::CannotExclude => 1,
            ReferralStanding::Cleared => 2,
        };
        found.sort_by_key(|standing| (urgency(standing), standing.refer.class, standing.refer.mode));
        found
    }

    fn standing(&self, rule: &'a Rule, refer: &'a Refer) -> Option<Standing<'a>> {
        let cleared = self.clearance(&rule.id);
        let view = View { after: cleared, ..View::on(self.as_of) };
        let as_standing = |standing, since, view| Some(Standing { rule, refer, standing, since, view });
        let applies_today = self.applies(rule, self.as_of, None);
        if !applies_today && !refer.latched {
            return None;
        }
        let dates = if refer.latched { self.days_to_look_at(rule) } else { vec![self.as_of] };
        let dates: Vec<Date> = dates.into_iter().filter(|date| *date >= view.seen_from()).collect();
        if let Some(since) = dates.iter().copied().find(|date| self.newly_met(rule, &View { day: *date, ..view })) {
            return as_standing(ReferralStanding::Open, Some(since), View { day: since, ..view });
        }
        if dates.iter().any(|date| self.may_have_been_met(rule, &View { day: *date, ..view })) {
            return as_standing(ReferralStanding::CannotExclude, None, view);
        }
        if !applies_today {
            return None;
        }
        // After discharge nobody screens any more: what was never asked for raises no alarm, what was asked for does.
        let unknown = match self.outcome(rule, &view) {
            Outcome::Unknown { asked } => asked || self.today().discharged.is_none(),
            Outcome::Met | Outcome::Unmet => false,
        };
        match cleared {
            Some(date) if !unknown || days::between(date, self.as_of) <= CLEARANCE_DAYS => {
                let since = self
                    .days_to_look_at(rule)
                    .into_iter()
                    .find(|day| *day <= date && self.newly_met(rule, &View::on(*day)));
                as_standing(ReferralStanding::Cleared, since, view)
            }
            _ if unknown => as_standing(ReferralStanding::CannotExclude, None, view),
            _ => None,
        }
    }

    /// The last day on which a decision cleared the referral of a rule.
    fn clearance(&self, rule: &str) -> Option<Date> {
        let clears = |decided: &Decided| matches!(decided, Decided::ClearReferral { rule_id, .. } if rule_id == rule);
        let decisions = self.facts.decisions.iter().rev();
        decisions.map(|fact| &fact.content).find(|decision| clears(&decision.decided)).map(|decision| decision.date)
    }

    /// Met; after a clearance only by what came after it, not by facts that were known before.
    fn newly_met(&self, rule: &Rule, view: &View) -> bool {
        let met = |view: &View| self.outcome(rule, view) == Outcome::Met;
        let blank = View { after: Some(view.day), ..*view };
        self.applies(rule, view.day, None) && met(view) && (view.after.is_none() || !met(&blank))
    }

    /// On that day a value was asked for and not measured, and nothing since says what it would have been.
    fn may_have_been_met(&self, rule: &Rule, view: &View) -> bool {
        if !self.applies(rule, view.day, None) || self.outcome(rule, view) != (Outcome::Unknown { asked: true }) {
            return false;
        }
        let criteria = rule.test.as_ref().map(|test| test.criteria()).unwrap_or_default();
        criteria.into_iter().any(|criterion| {
            let unmeasured = self.criterion_outcome(criterion, view) == (Outcome::Unknown { asked: true });
            unmeasured
                && match &criterion.quantity {
                    Quantity::Fact(_) => true,
                    Quantity::Measure(quantity) => {
                        let entries = self.book.at(Some(quantity.place)).entries();
                        !entries.iter().any(|entry| entry.date > view.day && entry.level.is_some())
                    }
                }
        })
    }

    /// The days on which the rule's outcome can have changed, and the day of the recommendation.
    fn days_to_look_at(&self, rule: &Rule) -> Vec<Date> {
        let mut dates = self.dates_read_by(std::iter::once(rule), self.as_of);
        for criterion in rule.test.as_ref().map(|test| test.criteria()).unwrap_or_default() {
            if let (Quantity::Fact(fact), crate::protocol::criterion::Threshold::Levels(levels)) =
                (&criterion.quantity, &criterion.threshold)
            {
                dates.extend(levels.iter().flat_map(|level| self.days_of_change(*fact, *level)));
            }
        }
        dates.push(self.as_of);
        dates.retain(|date| *date <= self.as_of);
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// The days around which a fact that runs with the calendar passes a level.
    fn days_of_change(&self, fact: Fact, level: i64) -> Vec<Date> {
        let whole = level / 1000;
        let (begin, passed) = match fact {
            Fact::DaysSinceOnset => (Some(self.onset()), whole),
            Fact::HoursSinceOnsetOrFlare => (Some(self.onset()), whole / 24),
            Fact::InjuryMonths => (Some(self.onset()), whole.saturating_mul(31)),
            Fact::DaysSinceFirstVisit => (self.facts.visits.first().map(|visit| visit.content.date), whole),
            _ => (None, 0),
        };
        let around = |begin: Date| [passed, passed.saturating_add(1)].map(|days| days::after(begin, days)).to_vec();
        begin.map(around).unwrap_or_default()
    }
}
