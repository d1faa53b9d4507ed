//! Every fault of a document with its line, not only the first one: for those who write protocols.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::limits;
use crate::measure::MeasureCode;

use super::document::{RawDocument, RawPhase, RawRule, RawSource, RawTest, RawText};
use super::fact::{READ_FOR_FACTS, Reach};
use super::fault::{DocumentFault, Text};
use super::read;
use super::read_effect::EffectReader;
use super::read_test::TestReader;
use super::{PolicyRange, Protocol, SourceText, texts};

/// Reads a document as [`Protocol::parse`] does, and gives every fault by line where it has any.
///
/// Faults of form (syntax, keys, types) hide those of meaning in the table that they stand in, not elsewhere. Whether
/// the gates fit together is told once everything else is right.
pub(super) fn check(document: &str) -> Result<Protocol, Vec<DocumentFault>> {
    if let Some(fault) = too_large(document) {
        return Err(vec![fault]);
    }
    let first = match read::read(document) {
        Ok(protocol) => return Ok(protocol),
        Err(first) => first,
    };
    let mut found = Faults::default();
    all(document, &mut found);
    // The reader's own fault is never left out, whatever the search finds.
    found.add(first);
    Err(found.in_order())
}

/// A document larger than any real one is not even looked at.
pub(super) fn too_large(document: &str) -> Option<DocumentFault> {
    let bytes_max = limits::PROTOCOL_BYTES_MAX;
    let is_too_large = u64::try_from(document.len()).is_ok_and(|bytes| bytes > bytes_max);
    is_too_large.then(|| DocumentFault {
        case: None,
        line: 1,
        reason: format!("the document has {} bytes; at most {bytes_max} are possible", document.len()),
    })
}

/// Faults, each once.
#[derive(Default)]
struct Faults {
    by_line: BTreeSet<(usize, String)>,
    /// A source could not be read: that a rule cites it is no fault of the rule.
    is_source_unknown: bool,
}

impl Faults {
    fn add(&mut self, fault: DocumentFault) {
        if !(self.is_source_unknown && read::is_unlisted_source(&fault)) {
            self.by_line.insert((fault.line, fault.reason));
        }
    }

    /// Notes the fault of a part, and gives the part where it has none.
    fn take<T>(&mut self, read: Result<T, DocumentFault>) -> Option<T> {
        read.map_err(|fault| self.add(fault)).ok()
    }

    fn in_order(self) -> Vec<DocumentFault> {
        self.by_line.into_iter().map(|(line, reason)| DocumentFault { case: None, line, reason }).collect()
    }
}

fn all(document: &str, found: &mut Faults) {
    let text = Text(document);
    let (mut table, syntax) = DeTable::parse_recoverable(document);
    for error in &syntax {
        found.add(text.toml_fault(error));
    }
    if !syntax.is_empty() {
        return;
    }
    keep_well_formed::<RawRule>(text, table.get_mut(), "rule", found);
    let before = found.by_line.len();
    keep_well_formed::<RawSource>(text, table.get_mut(), "source", found);
    found.is_source_unknown = found.by_line.len() > before;
    keep_well_formed::<RawText>(text, table.get_mut(), "text", found);
    keep_well_formed::<RawPhase>(text, table.get_mut(), "phase", found);
    let raw = RawDocument::deserialize(toml::de::Deserializer::from(table)).map_err(|error| text.toml_fault(&error));
    if let Some(raw) = found.take(raw) {
        meaning(text, raw, found);
    }
}

/// Takes out of an array of tables those that do not have the form, with the fault of each.
fn keep_well_formed<T: DeserializeOwned>(text: Text<'_>, table: &mut DeTable<'_>, name: &str, found: &mut Faults) {
    let Some((_, array)) = table.iter_mut().find(|(key, _)| key.get_ref() == name) else { return };
    let entries = match std::mem::replace(array.get_mut(), DeValue::Boolean(false)) {
        DeValue::Array(entries) => entries,
        other => {
            *array.get_mut() = other;
            return;
        }
    };
    let mut is_well_formed = |entry: &Spanned<DeValue<'_>>| {
        let deserializer = toml::de::ValueDeserializer::from(entry.clone());
        found.take(T::deserialize(deserializer).map_err(|error| text.toml_fault(&error))).is_some()
    };
    *array.get_mut() = DeValue::Array(entries.into_iter().filter(|entry| is_well_formed(entry)).collect());
}

/// What a document that has the form says wrongly.
fn meaning(text: Text<'_>, mut raw: RawDocument, found: &mut Faults) {
    found.take(read::read_reference(text, &raw));
    found.take(read::read_presentation(text, &raw));
    found.take(read::read_ladder(text, &raw));
    found.take(read::read_phases(text, &raw.phase));
    let sources = sources(text, &mut raw, found);
    if let Some(policy) = found.take(read::read_policy(text, &raw.policy)) {
        rules(text, &raw, &sources, &policy, found);
    }
    while let Err(fault) = texts::check(text, &raw) {
        let (line, rules_before, texts_before) = (fault.line, raw.rule.len(), raw.text.len());
        found.add(fault);
        raw.text.retain(|entry| text.line(&entry.code.span()) != line);
        if raw.text.len() == texts_before {
            raw.rule.retain(|rule| !texts::prints_on(text, rule, line));
        }
        if (raw.rule.len(), raw.text.len()) == (rules_before, texts_before) {
            break;
        }
    }
}

/// The sources; each one that is not right is taken out, so that the next can be found, and can be cited all the same.
fn sources(text: Text<'_>, raw: &mut RawDocument, found: &mut Faults) -> Vec<SourceText> {
    let listed = |source: &RawSource| SourceText {
        tag: source.tag.get_ref().clone(),
        reference: source.reference.clone(),
        strength: source.strength.get_ref().clone(),
    };
    let all: Vec<SourceText> = raw.source.iter().map(listed).collect();
    while let Err(fault) = read::read_sources(text, raw) {
        let before = raw.source.len();
        let is_at = |source: &RawSource| {
            [source.tag.span(), source.strength.span()].iter().any(|span| text.line(span) == fault.line)
        };
        raw.source.retain(|source| !is_at(source));
        let is_stuck = raw.source.len() == before;
        found.add(fault);
        if is_stuck {
            break;
        }
    }
    all
}

fn rules(text: Text<'_>, raw: &RawDocument, sources: &[SourceText], policy: &PolicyRange, found: &mut Faults) {
    let conditions = read::conditions(raw);
    let mut ids = BTreeSet::new();
    for rule in &raw.rule {
        if !ids.insert(rule.id.get_ref().as_str()) {
            found.add(text.fault(&rule.id.span(), format!("rule id `{}` is used twice", rule.id.get_ref())));
        }
        if let Some(when) = &rule.when {
            found.take(read::read_when(text, when.get_ref(), &when.span()));
        }
        found.take(read::read_evidence(text, rule, sources));
        read::unlisted_sources(text, rule, sources).for_each(|fault| found.add(fault));
        let mut measures: Vec<MeasureCode> =
            READ_FOR_FACTS.iter().filter_map(|code| MeasureCode::parse(code).ok()).collect();
        let effect = EffectReader { text, raw: rule.effect.get_ref(), span: rule.effect.span() }.read();
        let effect = found.take(effect);
        if let Some(effect) = &effect {
            found.take(read::check_has_test(text, rule, effect));
            found.take(read::read_when_of(text, rule, effect));
        }
        if let Some(test) = &rule.test {
            // Of an effect that is not known every fact may be read.
            let reach = effect.as_ref().map_or(Reach::Gates, read::reach);
            let mut reader = TestReader { text, conditions: &conditions, policy, reach, measures: &mut measures };
            test_faults(&mut reader, test, found);
        }
        found.take(read::read_rule(text, rule, sources, &conditions, policy, &mut measures));
    }
}

/// The faults of a test: those of its parts, or where these are right its own; of a criterion every one.
fn test_faults(reader: &mut TestReader<'_>, raw: &Spanned<RawTest>, found: &mut Faults) -> bool {
    let Err(fault) = reader.read(raw, "") else { return false };
    let node = raw.get_ref();
    let lists = [&node.all, &node.any, &node.of];
    let mut is_below = false;
    for part in lists.into_iter().flatten().flatten() {
        is_below |= test_faults(reader, part, found);
    }
    if let Some(part) = &node.not {
        is_below |= test_faults(reader, part, found);
    }
    if !is_below {
        found.add(fault);
        let is_group = node.not.is_some() || node.at_least.is_some() || lists.iter().any(|list| list.is_some());
        if !is_group && (node.measure.is_some() || node.fact.is_some()) {
            reader.faults_of_criterion(node, &raw.span()).into_iter().for_each(|fault| found.add(fault));
        }
    }
    true
}
