//! Referrals: open, cleared, or not to be excluded because values are missing.

use jiff::civil::Date;

use crate::difference::Waiting;
use crate::protocol::criterion::{Quantity, Threshold};
use crate::protocol::fact::Fact;
use crate::protocol::rule::{Effect, Refer, Rule};
use crate::recommendation::{Clearance, ReferralAdvice, ReferralMode, ReferralStanding, RuleId};
use crate::record::decision::Decided;

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;
use super::possible::Days;

/// After a clearance a screen is not asked for again before its own freshness has passed. DERIVED.
const CLEARANCE_DAYS: i64 = 14;

/// Where one referral stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing<'a> {
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
    pub(crate) fn is_open_stop(&self) -> bool {
        self.refer.mode == ReferralMode::Stop && self.standing == ReferralStanding::Open
    }

    /// No advance and no fewer visits.
    pub(crate) fn holds_progress(&self) -> bool {
        self.refer.mode == ReferralMode::Stop && self.standing != ReferralStanding::Cleared
    }

    /// As a patient notices it: none when it is cleared.
    pub(super) fn waiting(&self) -> Option<(RuleId, Waiting)> {
        let waiting = Waiting { standing: self.standing, class: self.refer.class, mode: self.refer.mode };
        (self.standing != ReferralStanding::Cleared).then(|| (self.rule.id.clone(), waiting))
    }

    /// As advice.
    pub(crate) fn advice(&self, evaluator: &Evaluator<'_>) -> ReferralAdvice {
        ReferralAdvice {
            rule_id: self.rule.id.clone(),
            condition: self.refer.condition.clone(),
            class: self.refer.class,
            mode: self.refer.mode,
            standing: self.standing,
            since: self.since,
            clearances: evaluator.clearances(&self.rule.id),
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Every referral that is not simply absent, the most pressing first.
    pub(crate) fn find_referrals(&self) -> Vec<Standing<'a>> {
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

    pub(crate) fn standing(&self, rule: &'a Rule, refer: &'a Refer) -> Option<Standing<'a>> {
        let cleared = self.clearance(&rule.id);
        let view = View { after: cleared, ..View::on(self.as_of) };
        let as_standing = |standing, since, view| Some(Standing { rule, refer, standing, since, view });
        let applies_today = self.applies(rule, self.as_of, None);
        if !applies_today && !refer.latched {
            return None;
        }
        let (may_be_met, may_be_asked) = self.days_to_look_for(rule, refer.latched, &view);
        if let Some(since) = may_be_met.into_iter().find(|date| self.newly_met(rule, &View { day: *date, ..view })) {
            return as_standing(ReferralStanding::Open, Some(since), View { day: since, ..view });
        }
        if may_be_asked.iter().any(|date| self.may_have_been_met(rule, &View { day: *date, ..view })) {
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
                // What was cleared was met on some earlier day, whether or not it would have stayed open by itself.
                let (may_be_met, _) = self.days_to_look_for(rule, true, &View::on(self.as_of));
                let since = may_be_met.into_iter().find(|day| *day <= date && self.newly_met(rule, &View::on(*day)));
                as_standing(ReferralStanding::Cleared, since, view)
            }
            _ if unknown => as_standing(ReferralStanding::CannotExclude, None, view),
            _ => None,
        }
    }

    /// Every decision that cleared the referral of a rule, the oldest first.
    fn clearances(&self, rule: &str) -> Vec<Clearance> {
        let mut found = Vec::new();
        for fact in &self.facts.decisions {
            if let Decided::ClearReferral { rule_id, outcome, cleared_by, .. } = &fact.content.decided
                && rule_id == rule
            {
                let (decision, date) = (fact.id, fact.content.date);
                found.push(Clearance { decision, date, outcome: *outcome, cleared_by: *cleared_by });
            }
        }
        found
    }

    /// The last day on which a decision cleared the referral of a rule.
    fn clearance(&self, rule: &str) -> Option<Date> {
        self.clearances(rule).last().map(|clearance| clearance.date)
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

    /// Of the days on which the rule's outcome can have changed, seen after the view's clearance: those on which it may
    /// have been met, and those on which it may have waited for a value that was asked for; only the day of the
    /// recommendation where earlier days do not count.
    fn days_to_look_for(&self, rule: &Rule, earlier_count: bool, view: &View) -> (Vec<Date>, Vec<Date>) {
        let Some(test) = rule.test.as_ref().filter(|_| earlier_count) else {
            let today: Vec<Date> = Some(self.as_of).into_iter().filter(|day| *day >= view.seen_from()).collect();
            return (today.clone(), today);
        };
        let possible = self.possible(test, view, view.seen_from());
        let (met, asked) = (
            possible.met.in_order(view.seen_from(), self.as_of),
            possible.asked.in_order(view.seen_from(), self.as_of),
        );
        (self.days_to_look_at(rule, &met), self.days_to_look_at(rule, &asked))
    }

    /// The days among these on which the rule's outcome can have changed, and the day of the recommendation.
    fn days_to_look_at(&self, rule: &Rule, among: &Days) -> Vec<Date> {
        let mut dates = self.dates_read_by(std::iter::once(rule), among);
        if among.is_empty() {
            return dates;
        }
        for criterion in rule.test.as_ref().map(|test| test.criteria()).unwrap_or_default() {
            if let (Quantity::Fact(fact), Threshold::Levels(levels)) = (&criterion.quantity, &criterion.threshold) {
                dates.extend(levels.iter().flat_map(|level| self.days_of_change(*fact, *level)));
            }
        }
        dates.push(self.as_of);
        dates.retain(|date| among.contains(*date));
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
