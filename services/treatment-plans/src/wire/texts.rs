//! Sentences beside the codes of an answer, from the protocol's templates; empty where they are not asked for.

use taper_core::counterfactual::Change;
use taper_core::protocol::{self, Protocol};
use taper_core::recommendation::CriterionResult;

/// Gives sentences, or nothing at all.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'p> {
    protocol: &'p Protocol,
    wanted: bool,
}

impl<'p> Texts<'p> {
    /// The sentences of this protocol, when they are wanted.
    pub fn of(protocol: &'p Protocol, wanted: bool) -> Self {
        Self { protocol, wanted }
    }

    /// The protocol's sentence for a rule.
    pub fn rule(self, rule_id: &str) -> String {
        self.when_wanted(|protocol| protocol.sentence(rule_id).map(str::to_owned))
    }

    /// The sentences of several rules, without the empty ones.
    pub fn rules(self, rule_ids: &[impl AsRef<str>]) -> Vec<String> {
        rule_ids.iter().map(|rule_id| self.rule(rule_id.as_ref())).filter(|text| !text.is_empty()).collect()
    }

    /// The protocol's sentence for a code that advice prints.
    pub fn code(self, code: &str) -> String {
        self.when_wanted(|protocol| protocol.text(code).map(str::to_owned))
    }

    /// The sentences of several codes, without the empty ones.
    pub fn codes<'c>(self, codes: impl IntoIterator<Item = &'c String>) -> Vec<String> {
        codes.into_iter().map(|code| self.code(code)).filter(|text| !text.is_empty()).collect()
    }

    /// How a criterion came out.
    pub fn criterion(self, criterion: &CriterionResult) -> String {
        self.when_wanted(|protocol| Some(protocol.criterion_sentence(criterion)))
    }

    /// What has to change, in one sentence.
    pub fn change(self, change: &Change) -> String {
        self.when_wanted(|protocol| Some(protocol.change_sentence(change)))
    }

    /// The reference of a citation's tag.
    pub fn reference(self, tag: &str) -> String {
        self.when_wanted(|protocol| {
            let source = protocol.sources.iter().find(|source| source.tag == tag);
            source.map(|source| source.reference.clone())
        })
    }

    /// Whether sentences are asked for.
    pub fn wanted(self) -> bool {
        self.wanted
    }

    fn when_wanted(self, text: impl FnOnce(&Protocol) -> Option<String>) -> String {
        if !self.wanted {
            return String::new();
        }
        text(self.protocol).unwrap_or_default()
    }
}

/// What to measure for a value that is missing, and how; given also where no sentences are asked for.
pub(crate) fn how(what: &str) -> String {
    protocol::how_to_know(what).to_owned()
}
