//! Protocols: versioned documents of rules, parsed and checked, with the sentences that their answers can be told in.

pub mod builtin;
mod change_sentence;
mod check;
pub mod criterion;
mod document;
pub mod fact;
mod fault;
mod gates;
mod read;
mod read_effect;
mod read_test;
pub mod rule;
mod sentence;
mod texts;

use std::collections::BTreeMap;

use crate::case::Case;
use crate::measure::MeasureCode;
use crate::record::codes::{Presentation, RunningPolicy};
use crate::record::plan::{FocusShare, FrequencyStep, Phase, Policy, ProtocolRef};
use crate::value::Nprs;

use self::criterion::Setting;
use self::fact::FactEntry;
pub use self::fault::DocumentFault;
pub(crate) use self::fault::Text;
use self::rule::Rule;

/// What to measure, ask or record for a missing value, by the code of its measure or fact; empty when it follows from
/// other records.
pub fn how_to_know(code: &str) -> &'static str {
    let of_measure = MeasureCode::parse(code).map(|measure| measure.measure().how).ok();
    let of_fact = || FactEntry::find(code, &[]).map(|entry| entry.how);
    of_measure.or_else(of_fact).unwrap_or_default()
}

/// What a fact is called, by its code, with what it is about, for example `Days on record, gait`; nothing for other codes.
pub fn fact_name(code: &str) -> Option<String> {
    // A condition is known to its protocol only; its words are its code.
    let argument = code.split_once(':').map(|(_, argument)| argument.to_owned());
    let name = FactEntry::find(code, argument.as_slice())?.name;
    Some(sentence::name_of_fact(code, name))
}

/// A parsed and checked protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Id and version.
    pub reference: ProtocolRef,
    /// Title for people.
    pub title: String,
    /// For which injuries it is meant; none means any.
    pub presentation: Option<Presentation>,
    /// What it is.
    pub summary: String,
    /// What a clinic may choose.
    pub policy: PolicyRange,
    /// The default ladder of visits.
    pub ladder: Ladder,
    /// The four phases, in order.
    pub phases: Vec<PhaseText>,
    /// Every source that a rule cites.
    pub sources: Vec<SourceText>,
    /// Sentences by code.
    pub texts: BTreeMap<String, String>,
    /// The rules, in the order of the document.
    pub rules: Vec<Rule>,
    /// SHA-256 of the document, hex.
    pub sha256: String,
    /// The document as it was given.
    pub document: String,
    /// Measures that the rules and facts read.
    pub(crate) measures: Vec<MeasureCode>,
    /// Place in that list of each measure of the catalogue.
    pub(crate) places: Vec<Option<usize>>,
    /// Conditions of the referrals.
    pub(crate) conditions: Vec<String>,
}

/// What a clinic may choose within the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRange {
    /// When running may begin, if the clinic does not say.
    pub running_default: RunningPolicy,
    /// What the clinic may say.
    pub running_choices: Vec<RunningPolicy>,
    /// Worst pain with which progress is advised.
    pub pain_limit: SettingRange,
    /// Worst pain in strength work from phase 3.
    pub pain_limit_strength: SettingRange,
    /// Worst pain in running.
    pub pain_limit_running: SettingRange,
}

impl PolicyRange {
    /// Default and range of a setting.
    pub fn setting(&self, setting: Setting) -> SettingRange {
        match setting {
            Setting::PainLimit => self.pain_limit,
            Setting::PainLimitStrength => self.pain_limit_strength,
            Setting::PainLimitRunning => self.pain_limit_running,
        }
    }
}

/// Default and range of one pain limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingRange {
    /// Where the clinic chooses nothing.
    pub default: Nprs,
    /// Least.
    pub min: Nprs,
    /// Most.
    pub max: Nprs,
}

/// The default ladder of visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Rungs, from most visits a week to fewest.
    pub steps: Vec<FrequencyStep>,
    /// Least days on a rung.
    pub step_days_min: u16,
    /// Default shares of the hands-on work.
    pub focus: Vec<FocusShare>,
}

/// What a phase is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseText {
    /// Which.
    pub number: Phase,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub goal: String,
}

/// A source that rules cite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// For example `S15`.
    pub tag: String,
    /// Where to find it.
    pub reference: String,
    /// `found`, `known_high`, `known_medium`, `known_low`, `article` or `own`.
    pub strength: String,
}

/// Every built-in protocol.
pub fn builtin() -> &'static [Protocol] {
    builtin::all()
}

/// The built-in protocol of this id and version.
pub fn find(reference: &ProtocolRef) -> Option<&'static Protocol> {
    builtin().iter().find(|protocol| protocol.reference == *reference)
}

impl Protocol {
    /// Reads and checks a document and its golden cases, given as name and text.
    pub fn parse(text: &str, cases: &[(&str, &str)]) -> Result<Self, DocumentFault> {
        if let Some(fault) = check::too_large(text) {
            return Err(fault);
        }
        let protocol = read::read(text)?;
        for (name, case) in cases {
            protocol.check_case(case).map_err(|fault| DocumentFault { case: Some((*name).to_owned()), ..fault })?;
        }
        Ok(protocol)
    }

    /// Reads and checks a document without golden cases, and gives every fault by line where it has any.
    pub fn check(text: &str) -> Result<Self, Vec<DocumentFault>> {
        check::check(text)
    }

    fn check_case(&self, text: &str) -> Result<(), DocumentFault> {
        let case = Case::parse_for(text, self)?;
        match case.check_with(self).into_iter().next() {
            None => Ok(()),
            Some(mismatch) => Err(DocumentFault { case: None, line: mismatch.line, reason: mismatch.to_string() }),
        }
    }

    /// Place of a measure in the list of those that the rules and facts read.
    pub(crate) fn place_of_measure(&self, code: MeasureCode) -> Option<usize> {
        self.places.get(code.place()).copied().flatten()
    }

    /// The same by the measure's code.
    pub(crate) fn place_of(&self, code: &str) -> Option<usize> {
        MeasureCode::parse(code).ok().and_then(|code| self.place_of_measure(code))
    }

    /// The rule of this id.
    pub fn rule(&self, rule_id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == rule_id)
    }

    /// The rule in words.
    pub fn sentence(&self, rule_id: &str) -> Option<&str> {
        self.rule(rule_id).map(|rule| rule.sentence.as_str())
    }

    /// The sentence of a code of advice.
    pub fn text(&self, code: &str) -> Option<&str> {
        self.texts.get(code).map(String::as_str)
    }

    /// Name and goal of a phase.
    pub fn phase(&self, phase: Phase) -> Option<&PhaseText> {
        self.phases.iter().find(|text| text.number == phase)
    }

    /// Default and range of a setting.
    pub fn setting(&self, setting: Setting) -> SettingRange {
        self.policy.setting(setting)
    }

    /// Fields of a policy that the protocol does not allow, each with what is allowed.
    pub fn policy_faults(&self, policy: &Policy) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if let Some(running) = policy.running
            && !self.policy.running_choices.contains(&running)
        {
            let choices: Vec<&str> = self.policy.running_choices.iter().map(|choice| choice.code()).collect();
            faults.push(("running", format!("is {running}; this protocol allows: {}", choices.join(", "))));
        }
        let limits = [
            ("pain_limit", policy.pain_limit, self.policy.pain_limit),
            ("pain_limit_strength", policy.pain_limit_strength, self.policy.pain_limit_strength),
            ("pain_limit_running", policy.pain_limit_running, self.policy.pain_limit_running),
        ];
        for (field, chosen, range) in limits {
            if let Some(chosen) = chosen
                && !(range.min..=range.max).contains(&chosen)
            {
                let (found, min, max) = (chosen.get(), range.min.get(), range.max.get());
                faults.push((field, format!("is {found}; this protocol allows {min} to {max} NPRS points")));
            }
        }
        faults
    }

    /// The choices of a policy that this protocol allows; the others are left out.
    pub fn allowed(&self, policy: &Policy) -> Policy {
        let mut allowed = policy.clone();
        for (field, _) in self.policy_faults(policy) {
            match field {
                "running" => allowed.running = None,
                "pain_limit" => allowed.pain_limit = None,
                "pain_limit_strength" => allowed.pain_limit_strength = None,
                _ => allowed.pain_limit_running = None,
            }
        }
        allowed
    }
}
