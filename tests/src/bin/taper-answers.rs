//! Answers questions of the exchange format (one JSON object a line, see tests/evaluator/README.md) with the engine alone.

use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use taper_core::protocol::{self, Protocol};
use taper_core::recommend::recommend;
use taper_core::recommendation::*;
use taper_core::record::Record;
use taper_core::record::codes::{ActivityKind, Modality, PlanState};
use taper_core::record::plan::{FrequencyStep, Phase};

/// One line of the input.
#[derive(Deserialize)]
struct Question {
    protocol: String,
    record: Record,
    as_of: Date,
}

/// One line of the output.
#[derive(Serialize)]
struct Answer<'a> {
    phase_action: PhaseAction,
    phase_target: Option<Phase>,
    phase_rule_ids: Vec<&'a str>,
    taper_action: TaperAction,
    taper_target: Option<FrequencyStep>,
    taper_rule_ids: Vec<&'a str>,
    plan_state: PlanState,
    phase: Option<Phase>,
    step: Option<FrequencyStep>,
    entry_phase: Option<Phase>,
    discharged: bool,
    stopped: bool,
    grade: Option<[&'a str; 3]>,
    referrals: Vec<ReferralOf<'a>>,
    rules: Vec<RuleOf<'a>>,
    activities: Vec<ActivityOf<'a>>,
    modalities: Vec<ModalityOf<'a>>,
    focus: &'a [FocusAdvice],
    frequency: Option<[u8; 2]>,
    non_response: bool,
    next: &'a [String],
    home_programme: Vec<ItemOf<'a>>,
    prevention: Vec<ItemOf<'a>>,
    risk_factors: Vec<ItemOf<'a>>,
    flags: Vec<ItemOf<'a>>,
    reviews: Vec<ItemOf<'a>>,
}

#[derive(Serialize)]
struct ReferralOf<'a> {
    rule_id: &'a str,
    standing: ReferralStanding,
    since: Option<Date>,
}

#[derive(Serialize)]
struct RuleOf<'a> {
    rule_id: &'a str,
    verdict: Verdict,
    criteria: Vec<CriterionOf<'a>>,
}

#[derive(Serialize)]
struct CriterionOf<'a> {
    path: &'a str,
    verdict: Verdict,
    why_unknown: Option<WhyUnknown>,
    observed: Option<&'a Seen>,
    at_least: bool,
}

#[derive(Serialize)]
struct ActivityOf<'a> {
    activity: ActivityKind,
    permission: Permission,
    limits: &'a Limits,
}

#[derive(Serialize)]
struct ModalityOf<'a> {
    modality: Modality,
    permission: Permission,
    limits: &'a Limits,
    notices: &'a [String],
}

#[derive(Serialize)]
struct ItemOf<'a> {
    item: &'a str,
    due: Option<Date>,
}

fn main() -> ExitCode {
    match answer_all(io::stdin().lock(), BufWriter::new(io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

/// Answers every line in order; the first that cannot be read ends it. Empty lines are passed over.
fn answer_all(input: impl BufRead, mut output: impl Write) -> Result<(), String> {
    for (place, line) in input.lines().enumerate() {
        let number = place.saturating_add(1);
        let line = line.map_err(|fault| format!("line {number}: {fault}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let question: Question = serde_json::from_str(&line).map_err(|fault| format!("line {number}: {fault}"))?;
        let protocol = find(&question.protocol).map_err(|fault| format!("line {number}: {fault}"))?;
        let advice = recommend(protocol, &question.record, question.as_of);
        serde_json::to_writer(&mut output, &answer(&advice)).map_err(|fault| format!("line {number}: {fault}"))?;
        output.write_all(b"\n").map_err(|fault| format!("line {number}: {fault}"))?;
    }
    output.flush().map_err(|fault| fault.to_string())
}

fn find(id: &str) -> Result<&'static Protocol, String> {
    let known = protocol::builtin().iter().find(|known| known.reference.protocol == id);
    known.ok_or_else(|| format!("there is no built-in protocol `{id}`"))
}

fn answer(advice: &Recommendation) -> Answer<'_> {
    let is_open_stop =
        |referral: &ReferralAdvice| referral.mode == ReferralMode::Stop && referral.standing == ReferralStanding::Open;
    Answer {
        phase_action: advice.phase_action,
        phase_target: advice.phase_target,
        phase_rule_ids: advice.phase_rule_ids.iter().map(|id| &**id).collect(),
        taper_action: advice.taper_action,
        taper_target: advice.taper_target,
        taper_rule_ids: advice.taper_rule_ids.iter().map(|id| &**id).collect(),
        plan_state: advice.plan_state,
        phase: advice.phase,
        step: advice.step,
        entry_phase: advice.entry_phase,
        discharged: advice.discharged,
        stopped: advice.referrals.iter().any(is_open_stop),
        grade: advice.grade.as_ref().map(|grade| [&*grade.system, &*grade.grade, &*grade.degree]),
        referrals: referrals(&advice.referrals),
        rules: advice.rules.iter().map(rule).collect(),
        activities: activities(&advice.activities),
        modalities: modalities(&advice.modalities),
        focus: &advice.focus,
        frequency: advice.frequency.as_ref().map(|range| [range.visits_per_week_min, range.visits_per_week_max]),
        non_response: advice.non_response.is_some(),
        next: advice.non_response.as_ref().map(|found| found.next.as_slice()).unwrap_or_default(),
        home_programme: items(&advice.home_programme),
        prevention: items(&advice.prevention),
        risk_factors: items(&advice.risk_factors),
        flags: items(&advice.flags),
        reviews: items(&advice.reviews),
    }
}

fn referrals(advice: &[ReferralAdvice]) -> Vec<ReferralOf<'_>> {
    let mut found = Vec::with_capacity(advice.len());
    for of in advice {
        found.push(ReferralOf { rule_id: &of.rule_id, standing: of.standing, since: of.since });
    }
    found
}

fn rule(result: &RuleResult) -> RuleOf<'_> {
    let mut criteria = Vec::with_capacity(result.criteria.len());
    for criterion in &result.criteria {
        criteria.push(CriterionOf {
            path: &criterion.path,
            verdict: criterion.verdict,
            why_unknown: criterion.why_unknown,
            observed: criterion.observed.as_ref(),
            at_least: criterion.observed_at_least,
        });
    }
    RuleOf { rule_id: &result.rule_id, verdict: result.verdict, criteria }
}

fn activities(advice: &[ActivityAdvice]) -> Vec<ActivityOf<'_>> {
    let mut found = Vec::with_capacity(advice.len());
    for of in advice {
        found.push(ActivityOf { activity: of.activity, permission: of.permission, limits: &of.limits });
    }
    found
}

fn modalities(advice: &[ModalityAdvice]) -> Vec<ModalityOf<'_>> {
    let mut found = Vec::with_capacity(advice.len());
    for of in advice {
        let ModalityAdvice { modality, permission, limits, notices, .. } = of;
        found.push(ModalityOf { modality: *modality, permission: *permission, limits, notices });
    }
    found
}

fn items(items: &[Item]) -> Vec<ItemOf<'_>> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        found.push(ItemOf { item: &item.code, due: item.due });
    }
    found
}
