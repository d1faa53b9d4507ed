//! Whether a therapist's decision follows the advice, goes against it with a reason, or is refused; pure.
//!
//! The therapist decides and the advice only stands beside it: nothing but an open STOP referral refuses an advance.
//! A decision that goes against the advice needs a coded reason; a reason beside one that follows it is kept. An override
//! of a setback or of an open referral is told in words, too.

use crate::measure::MeasureCode;
use crate::recommendation::{
    ActivityAdvice, CriterionResult, Permission, PhaseAction, Recommendation, ReferralAdvice, ReferralMode,
    ReferralStanding, RuleId, RuleResult, Seen, TaperAction, Verdict,
};
use crate::record::codes::{ActivityKind, OverrideReason};
use crate::record::decision::Decided;
use crate::record::plan::{FrequencyStep, Phase};
use crate::refusal::Precondition;
use crate::text::Note;

/// The type of a violation for a criterion that the record shows not to be met.
pub const CRITERION_UNMET: &str = "CRITERION_UNMET";
/// The type of a violation for a criterion that the record says nothing about.
pub const CRITERION_UNKNOWN: &str = "CRITERION_UNKNOWN";
/// The type of a violation for a rule that is met and speaks against the decision, for example a setback.
pub const RULE_MET: &str = "RULE_MET";
/// The type of a violation that repeats what is advised instead.
pub const ADVISED: &str = "ADVISED";
/// The type of a violation for an open referral that stops the treatment.
pub const STOP_REFERRAL: &str = "STOP_REFERRAL";

/// The code of the fact that only the decision to resume stretching makes true.
const STRETCHING_RESUMED: &str = "stretching_resumed";

/// How an accepted decision stands to the advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// It is what was advised; a reason that is given all the same overrides nothing.
    Follows,
    /// It goes against the advice, for this reason.
    Overrides(OverrideReason),
}

/// Why a decision is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It goes against the advice and names no reason; each unmet or unknown criterion is named.
    ReasonNeeded(Vec<Precondition>),
    /// It overrides a setback or an open referral, and its note says nothing; what is overridden is named as above.
    NoteNeeded(Vec<Precondition>),
    /// It advances under an open STOP referral; each such referral is named.
    StopReferralOpen(Vec<Precondition>),
    /// It clears a referral that is neither open nor impossible to exclude.
    NothingToClear {
        /// The rule that was named.
        rule_id: String,
        /// The rules whose referrals can be cleared.
        clearable: Vec<String>,
    },
    /// It lies before the plan's activation, when no phase and no rung was in force.
    NotYetActive,
}

/// Judges a decision against the advice for its date. `steps` is the plan's ladder, `note` the decision's own words.
pub fn decide(
    advice: &Recommendation,
    steps: &[FrequencyStep],
    decided: &Decided,
    reason: Option<OverrideReason>,
    note: &Note,
) -> Result<Stance, Fault> {
    if let Decided::ClearReferral { rule_id, .. } = decided {
        check_clearable(advice, rule_id)?;
        return Ok(Stance::Follows);
    }
    if is_advance(advice, decided) {
        let stops = open_stops(advice);
        if !stops.is_empty() {
            return Err(Fault::StopReferralOpen(stops));
        }
    }
    let agreement = match decided {
        Decided::Activation { phase, .. } => activation(advice, *phase),
        Decided::Phase(phase) => next_phase(advice, *phase)?,
        Decided::TaperStep(step) => next_step(advice, steps, *step)?,
        Decided::Discharge => discharge(advice),
        Decided::ResumeStretching => stretching(advice),
        Decided::ClearReferral { .. } => Ok(()),
    };
    let Err(against) = agreement else { return Ok(Stance::Follows) };
    let Some(reason) = reason else { return Err(Fault::ReasonNeeded(against)) };
    if needs_words(advice, decided) && note.as_str().trim().is_empty() {
        return Err(Fault::NoteNeeded(against));
    }
    Ok(Stance::Overrides(reason))
}

/// What stands between the record and a decision against the advice; empty `Ok` when it follows.
type Agreement = Result<(), Vec<Precondition>>;

/// Whether a setback is advised on, or what speaks against the decision is an open referral.
fn needs_words(advice: &Recommendation, decided: &Decided) -> bool {
    if advice.phase_action == PhaseAction::Regress || advice.taper_action == TaperAction::StepBack {
        return true;
    }
    let (phase, taper) = (advice.phase_rule_ids.iter(), advice.taper_rule_ids.iter());
    let rule_ids: Vec<&RuleId> = match decided {
        Decided::Activation { .. } | Decided::Phase(_) => phase.collect(),
        Decided::TaperStep(_) => taper.collect(),
        Decided::Discharge => phase.chain(taper).collect(),
        Decided::ResumeStretching => stretching_advice(advice).map_or(Vec::new(), |s| s.rule_ids.iter().collect()),
        Decided::ClearReferral { .. } => Vec::new(),
    };
    let is_open = |referral: &&ReferralAdvice| referral.standing == ReferralStanding::Open;
    advice.referrals.iter().filter(is_open).any(|referral| rule_ids.contains(&&referral.rule_id))
}

/// More load on the injury than is in force now: what an open STOP refuses.
fn is_advance(advice: &Recommendation, decided: &Decided) -> bool {
    match decided {
        Decided::Activation { phase, .. } => *phase > Phase::One,
        Decided::Phase(phase) => advice.phase.is_none_or(|in_force| *phase > in_force),
        Decided::Discharge | Decided::ResumeStretching => true,
        Decided::TaperStep(_) | Decided::ClearReferral { .. } => false,
    }
}

fn activation(advice: &Recommendation, phase: Phase) -> Agreement {
    let stops = open_stops(advice);
    if !stops.is_empty() {
        return Err(stops);
    }
    let entry = advice.entry_phase.unwrap_or(Phase::One);
    if phase <= entry {
        return Ok(());
    }
    let advised = format!("the advised entry phase is {}", entry.number());
    Err(named(phase_criteria(advice), "phase", &advised))
}

fn next_phase(advice: &Recommendation, phase: Phase) -> Result<Agreement, Fault> {
    let in_force = advice.phase.ok_or(Fault::NotYetActive)?;
    let follows = match advice.phase_action {
        PhaseAction::Advance | PhaseAction::Regress => advice.phase_target == Some(phase),
        PhaseAction::Hold => phase == in_force,
        // A STOP forbids to go on; it says nothing against staying or going back.
        PhaseAction::Stop => phase <= in_force,
        PhaseAction::Discharge => false,
    };
    if follows {
        return Ok(Ok(()));
    }
    Ok(Err(named(phase_criteria(advice), "phase", &advised_phase(advice))))
}

fn next_step(advice: &Recommendation, steps: &[FrequencyStep], step: u8) -> Result<Agreement, Fault> {
    let in_force = advice.step.ok_or(Fault::NotYetActive)?;
    let decided = steps.get(usize::from(step)).copied();
    let follows = match advice.taper_action {
        TaperAction::StepDown | TaperAction::StepBack => decided.is_some() && decided == advice.taper_target,
        TaperAction::Hold => decided == Some(in_force) || decided.is_some_and(|step| is_enough(advice, in_force, step)),
        TaperAction::ReEvaluate => decided == Some(in_force),
        TaperAction::Discharge => false,
    };
    if follows {
        return Ok(Ok(()));
    }
    Ok(Err(named(taper_criteria(advice), "session_count_per_week", &advised_step(advice))))
}

/// Fewer visits than planned are advised from the start, and this rung lies within the advised range.
fn is_enough(advice: &Recommendation, in_force: FrequencyStep, decided: FrequencyStep) -> bool {
    advice.frequency.as_ref().is_some_and(|frequency| {
        let range = frequency.visits_per_week_min..=frequency.visits_per_week_max;
        !range.contains(&in_force.visits_per_week.get()) && range.contains(&decided.visits_per_week.get())
    })
}

fn discharge(advice: &Recommendation) -> Agreement {
    if advice.phase_action == PhaseAction::Discharge || advice.taper_action == TaperAction::Discharge {
        return Ok(());
    }
    let mut criteria = phase_criteria(advice);
    for criterion in taper_criteria(advice) {
        if !criteria.contains(&criterion) {
            criteria.push(criterion);
        }
    }
    let advised = format!("{}, and {}", advised_phase(advice), advised_step(advice));
    Err(named(criteria, "discharge", &advised))
}

fn stretching(advice: &Recommendation) -> Agreement {
    let (rule_ids, follows) = match stretching_advice(advice) {
        Some(stretching) => (stretching.rule_ids.as_slice(), waits_for_decision_only(advice, stretching)),
        None => (&[][..], false),
    };
    if follows {
        return Ok(());
    }
    let criteria = criteria_against(advice, rule_ids, false);
    Err(named(criteria, "resume_stretching", "stretching is not advised yet"))
}

fn stretching_advice(advice: &Recommendation) -> Option<&ActivityAdvice> {
    advice.activities.iter().find(|activity| activity.activity == ActivityKind::Stretching)
}

/// Stretching is allowed, or nothing but this very decision is missing.
fn waits_for_decision_only(advice: &Recommendation, stretching: &ActivityAdvice) -> bool {
    match stretching.permission {
        Permission::Allowed => true,
        Permission::Blocked | Permission::NotRepeated => false,
        Permission::NotYet | Permission::CheckFirst => {
            let open: Vec<&CriterionResult> = rules(advice, &stretching.rule_ids)
                .filter(|rule| rule.verdict != Verdict::Met)
                .flat_map(|rule| rule.criteria.iter().filter(|c| c.verdict != Verdict::Met))
                .collect();
            !open.is_empty() && open.iter().all(|c| c.quantity == STRETCHING_RESUMED)
        }
    }
}

/// A negative finding closes an open referral, and answers one that could not be excluded.
fn check_clearable(advice: &Recommendation, rule_id: &str) -> Result<(), Fault> {
    let waits = |referral: &&ReferralAdvice| match referral.standing {
        ReferralStanding::Open | ReferralStanding::CannotExclude => true,
        ReferralStanding::Cleared => false,
    };
    let clearable: Vec<String> = advice.referrals.iter().filter(waits).map(|r| r.rule_id.to_string()).collect();
    if clearable.iter().any(|id| id == rule_id) {
        return Ok(());
    }
    Err(Fault::NothingToClear { rule_id: rule_id.to_owned(), clearable })
}

fn open_stops(advice: &Recommendation) -> Vec<Precondition> {
    let stops =
        advice.referrals.iter().filter(|r| r.mode == ReferralMode::Stop && r.standing == ReferralStanding::Open);
    let named = stops.map(|referral| Precondition {
        kind: STOP_REFERRAL,
        subject: referral.rule_id.to_string(),
        message: format!(
            "refer for {}; the treatment goes on once a decision clears this referral",
            referral.condition
        ),
    });
    named.collect()
}

fn advised_phase(advice: &Recommendation) -> String {
    let target = advice.phase_target.map_or_else(String::new, |phase| format!(" to phase {}", phase.number()));
    let action = match advice.phase_action {
        PhaseAction::Advance => "ADVANCE",
        PhaseAction::Hold => "HOLD",
        PhaseAction::Regress => "REGRESS",
        PhaseAction::Stop => "STOP",
        PhaseAction::Discharge => "DISCHARGE",
    };
    format!("the advice for the phase is {action}{target}")
}

fn advised_step(advice: &Recommendation) -> String {
    let visits = |step: FrequencyStep| format!(" to {} a week", step.visits_per_week.get());
    let target = advice.taper_target.map_or_else(String::new, visits);
    let action = match advice.taper_action {
        TaperAction::StepDown => "STEP_DOWN",
        TaperAction::Hold => "HOLD",
        TaperAction::StepBack => "STEP_BACK",
        TaperAction::ReEvaluate => "RE_EVALUATE",
        TaperAction::Discharge => "DISCHARGE",
    };
    format!("the advice for the visits is {action}{target}")
}

fn rules<'a>(advice: &'a Recommendation, rule_ids: &'a [RuleId]) -> impl Iterator<Item = &'a RuleResult> {
    advice.rules.iter().filter(|rule| rule_ids.contains(&rule.rule_id))
}

fn phase_criteria(advice: &Recommendation) -> Vec<Precondition> {
    let met_rules_count = matches!(advice.phase_action, PhaseAction::Hold | PhaseAction::Regress);
    criteria_against(advice, &advice.phase_rule_ids, met_rules_count)
}

fn taper_criteria(advice: &Recommendation) -> Vec<Precondition> {
    let action = advice.taper_action;
    let met_rules_count = matches!(action, TaperAction::Hold | TaperAction::StepBack | TaperAction::ReEvaluate);
    criteria_against(advice, &advice.taper_rule_ids, met_rules_count)
}

/// Every criterion that is not met, and where a met rule is what speaks against it (a setback), that rule.
fn criteria_against(advice: &Recommendation, rule_ids: &[RuleId], met_rules_count: bool) -> Vec<Precondition> {
    let mut found = Vec::new();
    for rule in rules(advice, rule_ids) {
        if rule.verdict == Verdict::Met {
            if met_rules_count {
                let message = "this rule is met and speaks against it".to_owned();
                found.push(Precondition { kind: RULE_MET, subject: rule.rule_id.to_string(), message });
            }
            continue;
        }
        // Of a rule that is UNKNOWN only what is not known is decisive.
        let is_open = |c: &&CriterionResult| c.verdict == Verdict::Unknown || c.verdict == rule.verdict;
        let open: Vec<Precondition> = rule.criteria.iter().filter(is_open).map(|c| unmet(&rule.rule_id, c)).collect();
        if open.is_empty() {
            // Every criterion is met, and the rule asks for the opposite of one.
            let message = "this rule is not met".to_owned();
            found.push(Precondition { kind: CRITERION_UNMET, subject: rule.rule_id.to_string(), message });
        }
        found.extend(open);
    }
    found
}

/// The criteria; when there is none to name, what is advised.
fn named(criteria: Vec<Precondition>, subject: &str, advised: &str) -> Vec<Precondition> {
    if criteria.is_empty() {
        return vec![Precondition { kind: ADVISED, subject: subject.to_owned(), message: advised.to_owned() }];
    }
    criteria
}

fn unmet(rule_id: &str, criterion: &CriterionResult) -> Precondition {
    let subject = match criterion.path.as_str() {
        "" => rule_id.to_owned(),
        path => format!("{rule_id} {path}"),
    };
    let needed = needed(criterion);
    match criterion.verdict {
        Verdict::Unknown => {
            let how = criterion.measure.as_deref().and_then(how_to_measure).unwrap_or("Record it.");
            Precondition { kind: CRITERION_UNKNOWN, subject, message: format!("not known: {needed}. {how}") }
        }
        Verdict::Met | Verdict::Unmet => {
            Precondition { kind: CRITERION_UNMET, subject, message: format!("needs {needed}") }
        }
    }
}

/// What a criterion asks for, in codes and numbers of the protocol; never what the record shows.
pub fn needed(criterion: &CriterionResult) -> String {
    let what = match (&criterion.measure, criterion.quantity.as_str()) {
        (Some(measure), "latest") => measure.clone(),
        (Some(measure), quantity) => format!("{quantity} of {measure}"),
        (None, fact) => fact.to_owned(),
    };
    let values: Vec<String> = criterion.threshold.iter().map(shown).collect();
    let needed =
        format!("{what} {} {} {}", criterion.comparator, values.join(", "), criterion.unit.trim_matches(['{', '}']));
    needed.trim_end().to_owned()
}

fn shown(value: &Seen) -> String {
    match value {
        Seen::Number(number) => number.to_string(),
        Seen::Finding(true) => "present".to_owned(),
        Seen::Finding(false) => "absent".to_owned(),
        Seen::Code(code) => code.clone(),
    }
}

fn how_to_measure(code: &str) -> Option<&'static str> {
    MeasureCode::parse(code).ok().map(|code| code.measure().how).filter(|how| !how.is_empty())
}

#[cfg(test)]
mod tests;
