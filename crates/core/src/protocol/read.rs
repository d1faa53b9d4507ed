//! From the written form of a protocol to the checked one: everything that a document names must exist and fit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::measure::{self, Measure, MeasureCode};
use crate::recommendation::Evidence;
use crate::record::codes::{Area, Equipment, PlanState, Presentation, RunningPolicy};
use crate::record::plan::{FocusShare, FrequencyStep, Phase, ProtocolRef};
use crate::value::{Nprs, Percent, VisitMinutes, VisitsPerWeek};

use super::document::{RawDocument, RawEvidence, RawPhase, RawPolicy, RawRule, RawSetting, RawWhen};
use super::fact::{READ_FOR_FACTS, Reach};
use super::fault::{DocumentFault, Text};
use super::read_effect::EffectReader;
use super::read_test::TestReader;
use super::rule::{Effect, Rule, When};
use super::{Ladder, PhaseText, PolicyRange, Protocol, SettingRange, SourceText, gates, texts};

/// Reads and checks a document, without its golden cases.
pub(super) fn read(document: &str) -> Result<Protocol, DocumentFault> {
    let text = Text(document);
    let raw: RawDocument = toml::from_str(document).map_err(|error| text.toml_fault(&error))?;
    let sources = read_sources(text, &raw)?;
    let conditions = conditions(&raw);
    let policy = read_policy(text, &raw.policy)?;
    let mut measures: Vec<MeasureCode> =
        READ_FOR_FACTS.iter().filter_map(|code| MeasureCode::parse(code).ok()).collect();
    let mut rules = Vec::with_capacity(raw.rule.len());
    let mut ids = BTreeSet::new();
    for rule in &raw.rule {
        if !ids.insert(rule.id.get_ref().as_str()) {
            return Err(text.fault(&rule.id.span(), format!("rule id `{}` is used twice", rule.id.get_ref())));
        }
        rules.push(read_rule(text, rule, &sources, &conditions, &policy, &mut measures)?);
    }
    texts::check(text, &raw)?;
    gates::check_reachable(text, &raw, &rules)?;
    gates::check_together(&rules)?;
    Ok(Protocol {
        reference: read_reference(text, &raw)?,
        title: raw.title.clone(),
        presentation: read_presentation(text, &raw)?,
        summary: raw.summary.clone(),
        policy,
        ladder: read_ladder(text, &raw)?,
        phases: read_phases(text, &raw.phase)?,
        sources,
        texts: raw.text.iter().map(|entry| (entry.code.get_ref().clone(), entry.sentence.clone())).collect(),
        rules,
        places: places(&measures),
        measures,
        conditions,
        sha256: sha256_hex(document),
        document: document.to_owned(),
    })
}

/// For each measure of the catalogue its place among those that are read.
fn places(measures: &[MeasureCode]) -> Vec<Option<usize>> {
    let place = |entry: &Measure| measures.iter().position(|code| code.as_str() == entry.code);
    measure::ALL.iter().map(place).collect()
}

fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn read_reference(text: Text<'_>, raw: &RawDocument) -> Result<ProtocolRef, DocumentFault> {
    for part in [&raw.id, &raw.version] {
        let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if part.get_ref().is_empty() || part.get_ref().len() > 63 || !part.get_ref().chars().all(slug) {
            return Err(text.fault(&part.span(), "must be 1 to 63 lower-case letters, digits, hyphens and dots"));
        }
    }
    Ok(ProtocolRef { protocol: raw.id.get_ref().clone(), version: raw.version.get_ref().clone() })
}

pub(super) fn read_presentation(text: Text<'_>, raw: &RawDocument) -> Result<Option<Presentation>, DocumentFault> {
    match raw.presentation.get_ref().as_str() {
        "any" => Ok(None),
        code => Presentation::parse(code)
            .map(Some)
            .ok_or_else(|| text.fault(&raw.presentation.span(), "presentation is acute, persistent or any")),
    }
}

pub(super) fn read_sources(text: Text<'_>, raw: &RawDocument) -> Result<Vec<SourceText>, DocumentFault> {
    const STRENGTHS: [&str; 6] = ["found", "known_high", "known_medium", "known_low", "article", "own"];
    let mut sources: Vec<SourceText> = Vec::new();
    for source in &raw.source {
        if !STRENGTHS.contains(&source.strength.get_ref().as_str()) {
            return Err(text.fault(&source.strength.span(), format!("strength is one of: {}", STRENGTHS.join(", "))));
        }
        if sources.iter().any(|known| known.tag == *source.tag.get_ref()) {
            return Err(text.fault(&source.tag.span(), format!("source `{}` is listed twice", source.tag.get_ref())));
        }
        sources.push(SourceText {
            tag: source.tag.get_ref().clone(),
            reference: source.reference.clone(),
            strength: source.strength.get_ref().clone(),
        });
    }
    Ok(sources)
}

/// Conditions of the document's referrals, each once, in the order of the document.
pub(super) fn conditions(raw: &RawDocument) -> Vec<String> {
    let mut conditions: Vec<String> = Vec::new();
    for condition in raw.rule.iter().filter_map(|rule| rule.effect.get_ref().condition.as_ref()) {
        if !conditions.contains(condition.get_ref()) {
            conditions.push(condition.get_ref().clone());
        }
    }
    conditions
}

pub(super) fn read_rule(
    text: Text<'_>,
    raw: &RawRule,
    sources: &[SourceText],
    conditions: &[String],
    policy: &PolicyRange,
    measures: &mut Vec<MeasureCode>,
) -> Result<Rule, DocumentFault> {
    if raw.sentence.get_ref().trim().is_empty() {
        return Err(text.fault(&raw.sentence.span(), "the rule has no sentence"));
    }
    let effect = EffectReader { text, raw: raw.effect.get_ref(), span: raw.effect.span() }.read()?;
    let mut reader = TestReader { text, conditions, policy, reach: reach(&effect), measures };
    let test = raw.test.as_ref().map(|test| reader.read(test, "")).transpose()?;
    check_has_test(text, raw, &effect)?;
    Ok(Rule {
        id: raw.id.get_ref().as_str().into(),
        sentence: raw.sentence.get_ref().clone(),
        evidence: Arc::new(read_evidence(text, raw, sources)?),
        when: read_when_of(text, raw, &effect)?,
        effect,
        test,
        line: text.line(&raw.id.span()),
    })
}

/// When the rule applies. In a draft the programme is that of the entry phase: rules of another phase beside it would
/// contradict it.
pub(super) fn read_when_of(text: Text<'_>, raw: &RawRule, effect: &Effect) -> Result<When, DocumentFault> {
    let Some(raw) = &raw.when else { return Ok(When::default()) };
    let when = read_when(text, raw.get_ref(), &raw.span())?;
    if when.draft && matches!(effect, Effect::Permit(_) | Effect::Item { .. }) {
        return Err(text.fault(&raw.span(), "draft: in a draft a rule of this kind follows the entry phase"));
    }
    Ok(when)
}

/// Rules of one kind may not read facts that depend on rules of that kind.
pub(super) fn reach(effect: &Effect) -> Reach {
    match effect {
        Effect::Grade(_) => Reach::Record,
        Effect::Regress(_) => Reach::Grades,
        Effect::Gate(_) | Effect::Progress | Effect::Refer(_) => Reach::Regress,
        _ => Reach::Gates,
    }
}

pub(super) fn check_has_test(text: Text<'_>, raw: &RawRule, effect: &Effect) -> Result<(), DocumentFault> {
    match raw.test.is_none() && needs_test(effect) {
        true => Err(text.fault(&raw.id.span(), format!("rule `{}` needs a test", raw.id.get_ref()))),
        false => Ok(()),
    }
}

/// Without a test a rule is always met; for these that would be a mistake.
fn needs_test(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Gate(_)
            | Effect::Progress
            | Effect::Hold
            | Effect::Regress(_)
            | Effect::Refer(_)
            | Effect::Grade(_)
            | Effect::StepDown { .. }
            | Effect::TaperDischarge
            | Effect::ReEvaluate(_)
            | Effect::NonResponse(_)
    )
}

/// Said of a tag that no source has.
const UNLISTED_SOURCE: &str = "is not listed as a [[source]]";

/// Whether a fault is that a rule cites what is no source.
pub(super) fn is_unlisted_source(fault: &DocumentFault) -> bool {
    fault.reason.ends_with(UNLISTED_SOURCE)
}

pub(super) fn read_evidence(text: Text<'_>, raw: &RawRule, sources: &[SourceText]) -> Result<Evidence, DocumentFault> {
    let missing = || text.fault(&raw.id.span(), format!("rule `{}` has no evidence", raw.id.get_ref()));
    let evidence: &RawEvidence = raw.evidence.as_ref().ok_or_else(missing)?.get_ref();
    if evidence.citations.is_empty() {
        return Err(text.fault(&raw.id.span(), format!("the evidence of rule `{}` cites nothing", raw.id.get_ref())));
    }
    if let Some(fault) = unlisted_sources(text, raw, sources).next() {
        return Err(fault);
    }
    Ok(Evidence {
        level: evidence.level,
        derived: evidence.derived,
        citations: evidence.citations.iter().map(|tag| tag.get_ref().clone()).collect(),
    })
}

/// A fault for each citation of a rule that is no source of the document.
pub(super) fn unlisted_sources<'a>(
    text: Text<'a>,
    raw: &'a RawRule,
    sources: &'a [SourceText],
) -> impl Iterator<Item = DocumentFault> + use<'a> {
    let citations = raw.evidence.iter().flat_map(|evidence| &evidence.get_ref().citations);
    let unlisted = citations.filter(|tag| !sources.iter().any(|source| source.tag == *tag.get_ref()));
    unlisted.map(move |tag| text.fault(&tag.span(), format!("`{}` {UNLISTED_SOURCE}", tag.get_ref())))
}

pub(super) fn read_when(text: Text<'_>, raw: &RawWhen, span: &Range<usize>) -> Result<When, DocumentFault> {
    let phases = raw.phase.iter().map(|number| Phase::try_from(*number)).collect::<Result<Vec<Phase>, _>>();
    let codes = |name: &str, written: &[String]| -> DocumentFault {
        text.fault(span, format!("{name}: unknown code among {}", written.join(", ")))
    };
    Ok(When {
        phase: phases.map_err(|_| text.fault(span, "phase: 1 to 4"))?,
        draft: raw.draft,
        presentation: parse_all(&raw.presentation, Presentation::parse)
            .ok_or_else(|| codes("presentation", &raw.presentation))?,
        running: parse_all(&raw.running, RunningPolicy::parse).ok_or_else(|| codes("running", &raw.running))?,
        equipment: parse_all(&raw.equipment, Equipment::parse).ok_or_else(|| codes("equipment", &raw.equipment))?,
        no_equipment: parse_all(&raw.no_equipment, Equipment::parse)
            .ok_or_else(|| codes("no_equipment", &raw.no_equipment))?,
        plan_state: parse_all(&raw.plan_state, PlanState::parse).ok_or_else(|| codes("plan_state", &raw.plan_state))?,
        discharged: raw.discharged,
    })
}

fn parse_all<T>(codes: &[String], parse: fn(&str) -> Option<T>) -> Option<Vec<T>> {
    codes.iter().map(|code| parse(code)).collect()
}

pub(super) fn read_policy(text: Text<'_>, raw: &RawPolicy) -> Result<PolicyRange, DocumentFault> {
    let policy = |code: &Spanned<String>| {
        RunningPolicy::parse(code.get_ref())
            .ok_or_else(|| text.fault(&code.span(), "running is conservative or integrated"))
    };
    let running_default = policy(&raw.running.default)?;
    let running_choices = raw.running.choices.iter().map(policy).collect::<Result<Vec<RunningPolicy>, _>>()?;
    if !running_choices.contains(&running_default) {
        return Err(text.fault(&raw.running.default.span(), "the default is not among the choices"));
    }
    Ok(PolicyRange {
        running_default,
        running_choices,
        pain_limit: read_setting(text, &raw.pain_limit)?,
        pain_limit_strength: read_setting(text, &raw.pain_limit_strength)?,
        pain_limit_running: read_setting(text, &raw.pain_limit_running)?,
    })
}

fn read_setting(text: Text<'_>, raw: &Spanned<RawSetting>) -> Result<SettingRange, DocumentFault> {
    let fault = |reason: String| text.fault(&raw.span(), reason);
    let pain = |number: i64| Nprs::new(number).map_err(|reason| fault(reason.to_string()));
    let setting = raw.get_ref();
    if setting.min > setting.default || setting.default > setting.max {
        return Err(fault("the default lies outside min to max".to_owned()));
    }
    Ok(SettingRange { default: pain(setting.default)?, min: pain(setting.min)?, max: pain(setting.max)? })
}

pub(super) fn read_ladder(text: Text<'_>, raw: &RawDocument) -> Result<Ladder, DocumentFault> {
    let mut steps: Vec<FrequencyStep> = Vec::new();
    for step in &raw.ladder.steps {
        let fault = |reason: String| text.fault(&step.span(), reason);
        let read = FrequencyStep {
            visits_per_week: VisitsPerWeek::new(step.get_ref().visits_per_week)
                .map_err(|reason| fault(reason.to_string()))?,
            minutes: VisitMinutes::new(step.get_ref().minutes).map_err(|reason| fault(reason.to_string()))?,
        };
        if steps.last().is_some_and(|above| above.visits_per_week <= read.visits_per_week) {
            return Err(fault("each step of the ladder has fewer visits a week than the one before".to_owned()));
        }
        steps.push(read);
    }
    let days = &raw.ladder.step_days_min;
    if steps.is_empty() {
        return Err(text.fault(&days.span(), "the ladder has no steps"));
    }
    let step_days_min =
        u16::try_from(*days.get_ref()).map_err(|_| text.fault(&days.span(), "step_days_min must be 0 to 65535"))?;
    let mut focus = Vec::new();
    for share in &raw.ladder.focus {
        let area =
            Area::parse(&share.get_ref().area).ok_or_else(|| text.fault(&share.span(), "this area does not exist"))?;
        let percent =
            Percent::new(share.get_ref().percent).map_err(|reason| text.fault(&share.span(), reason.to_string()))?;
        focus.push(FocusShare { area, percent });
    }
    let sum: i64 = focus.iter().map(|share| i64::from(share.percent.get())).sum();
    if sum != 100 {
        return Err(text.fault(&days.span(), format!("the shares of the focus sum to {sum}, not 100")));
    }
    Ok(Ladder { steps, step_days_min, focus })
}

pub(super) fn read_phases(text: Text<'_>, raw: &[RawPhase]) -> Result<Vec<PhaseText>, DocumentFault> {
    let mut phases: BTreeMap<Phase, PhaseText> = BTreeMap::new();
    for phase in raw {
        let number = Phase::try_from(*phase.number.get_ref())
            .map_err(|_| text.fault(&phase.number.span(), "phases are 1 to 4"))?;
        let read = PhaseText { number, name: phase.name.clone(), goal: phase.goal.clone() };
        if phases.insert(number, read).is_some() {
            return Err(text.fault(&phase.number.span(), format!("phase {} is described twice", number.number())));
        }
    }
    if let Some(missing) = Phase::ALL.iter().find(|phase| !phases.contains_key(phase)) {
        let span = raw.last().map_or(0..0, |phase| phase.number.span());
        return Err(text.fault(&span, format!("phase {} is not described", missing.number())));
    }
    Ok(phases.into_values().collect())
}
