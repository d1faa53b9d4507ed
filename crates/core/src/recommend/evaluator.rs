//! Everything that rules are evaluated against: the record as seen on a day, its series, what is in force, the policy.

use std::cell::OnceCell;
use std::sync::Arc;

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::protocol::criterion::{Setting, Test};
use crate::protocol::rule::{Effect, GradeEffect, Rule, When};
use crate::recommendation::{CriterionResult, RuleResult};
use crate::record::Record;
use crate::record::codes::{Equipment, Modality, PlanState, RunningPolicy};
use crate::record::plan::{FocusShare, FrequencyStep, Phase};
use crate::value::Nprs;

use super::days;
use super::kleene::{Outcome, Tally};
use super::referrals::Standing;
use super::seen::Facts;
use super::series::Book;
use super::setbacks::Setbacks;
use super::timeline::{InForce, Timeline};

/// The record on one day, ready for the rules.
pub(crate) struct Evaluator<'a> {
    pub protocol: &'a Protocol,
    pub record: &'a Record,
    pub as_of: Date,
    pub facts: Facts<'a>,
    pub book: Book,
    pub timeline: Timeline,
    /// Set once the referrals are known; rules may then ask for them.
    pub standings: OnceCell<Vec<Standing<'a>>>,
    /// The grade on the day of the recommendation, found when a rule first asks.
    pub grade_today: OnceCell<Option<(&'a Rule, &'a GradeEffect)>>,
    /// Setbacks up to the day of the recommendation, found when a rule first asks.
    pub setbacks_today: OnceCell<Setbacks>,
}

/// From where a rule looks at the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The day: later values are not seen.
    pub day: Date,
    /// Only values dated after this day are seen (what came before was cleared).
    pub after: Option<Date>,
    /// The modality that the rule is asked about.
    pub modality: Option<Modality>,
}

impl View {
    /// Everything up to a day.
    pub(crate) fn on(day: Date) -> Self {
        Self { day, after: None, modality: None }
    }

    /// First day whose values are seen.
    pub(crate) fn seen_from(&self) -> Date {
        self.after.map_or(Date::MIN, days::next)
    }
}

impl<'a> Evaluator<'a> {
    /// Reads the record once.
    pub(crate) fn new(protocol: &'a Protocol, record: &'a Record, as_of: Date) -> Self {
        let facts = Facts::of(record, as_of);
        let book = Book::of(protocol, &facts, as_of);
        Self::over(protocol, record, as_of, facts, book)
    }

    /// Over facts and values that were read before; of the record only patient, injury and plan are looked at.
    pub(crate) fn over(protocol: &'a Protocol, record: &'a Record, as_of: Date, facts: Facts<'a>, book: Book) -> Self {
        let plan = &record.plan.content;
        let rungs = if plan.steps.is_empty() { protocol.ladder.steps.len() } else { plan.steps.len() };
        let timeline = Timeline::of(&facts.decisions, plan.start_date, rungs.saturating_sub(1));
        Self {
            protocol,
            record,
            as_of,
            facts,
            book,
            timeline,
            standings: OnceCell::new(),
            grade_today: OnceCell::new(),
            setbacks_today: OnceCell::new(),
        }
    }

    /// What is in force on the day of the recommendation.
    pub(crate) fn today(&self) -> &InForce {
        self.timeline.on(self.as_of)
    }

    /// The plan's state on a day.
    pub(crate) fn plan_state(&self, day: Date) -> PlanState {
        self.timeline.on(day).plan_state(self.record.plan.content.state)
    }

    /// First day of the plan.
    pub(crate) fn plan_start(&self) -> Date {
        self.record.plan.content.start_date
    }

    /// Day 0 of the injury.
    pub(crate) fn onset(&self) -> Date {
        self.record.injury.content.onset_date
    }

    /// The plan's ladder, or the protocol's.
    pub(crate) fn ladder(&self) -> &[FrequencyStep] {
        let own = &self.record.plan.content.steps;
        if own.is_empty() { &self.protocol.ladder.steps } else { own }
    }

    /// The plan's shares of the hands-on work, or the protocol's.
    pub(crate) fn focus(&self) -> &[FocusShare] {
        let own = &self.record.plan.content.focus;
        if own.is_empty() { &self.protocol.ladder.focus } else { own }
    }

    /// The clinic's policy of running.
    pub(crate) fn running_policy(&self) -> RunningPolicy {
        self.record.plan.content.policy.running.unwrap_or(self.protocol.policy.running_default)
    }

    /// Whether equipment is at hand; without a list everything is.
    pub(crate) fn has_equipment(&self, equipment: Equipment) -> bool {
        self.record.plan.content.policy.equipment.as_ref().is_none_or(|list| list.contains(&equipment))
    }

    /// A pain limit as the clinic chose it, within what the protocol allows.
    pub(crate) fn setting(&self, setting: Setting) -> Nprs {
        let policy = &self.record.plan.content.policy;
        let chosen = match setting {
            Setting::PainLimit => policy.pain_limit,
            Setting::PainLimitStrength => policy.pain_limit_strength,
            Setting::PainLimitRunning => policy.pain_limit_running,
        };
        let range = self.protocol.setting(setting);
        chosen.unwrap_or(range.default).max(range.min).min(range.max)
    }

    /// The same in thousandths.
    pub(crate) fn setting_level(&self, setting: Setting) -> i64 {
        super::series::pain_level(self.setting(setting))
    }

    /// Whether the rule applies on a day. Permissions and programmes of a draft are those of the entry phase.
    pub(crate) fn applies(&self, rule: &Rule, day: Date, entry_phase: Option<Phase>) -> bool {
        let in_force = self.timeline.on(day);
        let state = self.plan_state(day);
        let when = &rule.when;
        let phase = in_force.phase.or(entry_phase.filter(|_| follows_entry_phase(&rule.effect)));
        let phase_holds = when.phase.is_empty()
            || (state == PlanState::Draft && (when.draft || matches!(rule.effect, Effect::Gate(_))))
            || phase.is_some_and(|phase| when.phase.contains(&phase));
        phase_holds && self.applies_besides_phase(when, day)
    }

    /// Whether every condition but the phase holds on a day.
    pub(crate) fn applies_besides_phase(&self, when: &When, day: Date) -> bool {
        let presentation = self.record.injury.content.presentation;
        (when.presentation.is_empty() || when.presentation.contains(&presentation))
            && (when.running.is_empty() || when.running.contains(&self.running_policy()))
            && when.equipment.iter().all(|equipment| self.has_equipment(*equipment))
            && !when.no_equipment.iter().any(|equipment| self.has_equipment(*equipment))
            && (when.plan_state.is_empty() || when.plan_state.contains(&self.plan_state(day)))
            && when.discharged.is_none_or(|discharged| discharged == self.timeline.on(day).discharged.is_some())
    }

    /// The outcome of a rule.
    pub(crate) fn outcome(&self, rule: &Rule, view: &View) -> Outcome {
        rule.test.as_ref().map_or(Outcome::Met, |test| self.test_outcome(test, view))
    }

    pub(crate) fn test_outcome(&self, test: &Test, view: &View) -> Outcome {
        match test {
            Test::All(parts) => self.all_outcome(parts, view),
            Test::Any(parts) => self.at_least_outcome(1, parts, view),
            Test::AtLeast(least, parts) => self.at_least_outcome(*least, parts, view),
            Test::Not(part) => self.test_outcome(part, view).not(),
            Test::Criterion(criterion) => self.criterion_outcome(criterion, view),
        }
    }

    /// One part that is UNMET settles it.
    fn all_outcome(&self, parts: &[Test], view: &View) -> Outcome {
        let mut tally = Tally::default();
        for part in parts {
            let outcome = self.test_outcome(part, view);
            if outcome == Outcome::Unmet {
                return Outcome::Unmet;
            }
            tally.add(outcome);
        }
        tally.all()
    }

    /// So many parts that are MET settle it.
    fn at_least_outcome(&self, least: usize, parts: &[Test], view: &View) -> Outcome {
        let mut tally = Tally::default();
        for part in parts {
            tally.add(self.test_outcome(part, view));
            if tally.at_least(least) == Outcome::Met {
                return Outcome::Met;
            }
        }
        tally.at_least(least)
    }

    /// The combined outcome of every rule of a kind that applies on the day of the view; none when there is none.
    pub(crate) fn outcome_of_all(&self, view: &View, is_kind: impl Fn(&Effect) -> bool) -> Option<Outcome> {
        let mut tally = Tally::default();
        let mut found = false;
        for rule in self.protocol.rules.iter().filter(|rule| is_kind(&rule.effect)) {
            if self.applies(rule, view.day, None) {
                let outcome = self.outcome(rule, view);
                if outcome == Outcome::Unmet {
                    return Some(Outcome::Unmet);
                }
                tally.add(outcome);
                found = true;
            }
        }
        found.then(|| tally.all())
    }

    /// The rule with everything that led to its outcome; every criterion is looked at once.
    pub(crate) fn explain(&self, rule: &Rule, view: &View) -> (Outcome, RuleResult) {
        let mut criteria = Vec::with_capacity(rule.test.as_ref().map_or(0, Test::count));
        let outcome = rule.test.as_ref().map_or(Outcome::Met, |test| self.explain_test(test, view, &mut criteria));
        let result = RuleResult {
            rule_id: rule.id.clone(),
            verdict: outcome.verdict(),
            criteria,
            evidence: Arc::clone(&rule.evidence),
        };
        (outcome, result)
    }

    fn explain_test(&self, test: &Test, view: &View, criteria: &mut Vec<CriterionResult>) -> Outcome {
        let mut tally = |parts: &[Test]| -> Tally {
            let mut tally = Tally::default();
            for part in parts {
                tally.add(self.explain_test(part, view, criteria));
            }
            tally
        };
        match test {
            Test::All(parts) => tally(parts).all(),
            Test::Any(parts) => tally(parts).any(),
            Test::AtLeast(least, parts) => tally(parts).at_least(*least),
            Test::Not(part) => self.explain_test(part, view, criteria).not(),
            Test::Criterion(criterion) => {
                let (outcome, result) = self.criterion_result(criterion, view);
                criteria.push(result);
                outcome
            }
        }
    }
}

/// In a draft these rules are read as if the entry phase were in force.
fn follows_entry_phase(effect: &Effect) -> bool {
    match effect {
        Effect::Permit(_) | Effect::Item { .. } | Effect::TaperStart { .. } => true,
        Effect::Gate(_)
        | Effect::Progress
        | Effect::Hold
        | Effect::Regress(_)
        | Effect::Refer(_)
        | Effect::Grade(_)
        | Effect::StepDown { .. }
        | Effect::TaperDischarge
        | Effect::StepBack
        | Effect::ReEvaluate(_)
        | Effect::Review { .. }
        | Effect::NonResponse(_) => false,
    }
}
