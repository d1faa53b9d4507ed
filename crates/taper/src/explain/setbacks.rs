//! What to measure before anybody can say whether there was a setback.

use taper_api::v1::{Recommendation, RuleResult, Verdict, WhyUnknown};
use taper_core::protocol::{self, Protocol, rule::Effect};
use taper_core::record::plan::ProtocolRef;

use crate::story::words;

/// Measures that are named; of more only how many.
const NAMED_MAX: usize = 3;

/// For example `measure first: gait, swelling`; of a clinic's own protocol the rules of setbacks are not told apart.
pub(super) fn to_measure(advice: &Recommendation) -> String {
    let Some(protocol) = built_in(&advice.protocol) else {
        return "measure first what would show one".to_owned();
    };
    let mut names: Vec<String> = Vec::new();
    for rule in advice.rules.iter().filter(|rule| is_open(protocol, rule)) {
        for criterion in rule.criteria.iter().filter(|one| one.verdict() == Verdict::Unknown) {
            let code = if criterion.measure.is_empty() { &criterion.quantity } else { &criterion.measure };
            // Without a first value there is nothing to rise from, whatever is measured now.
            let name = words::measure(code);
            if criterion.why_unknown() != WhyUnknown::NoBaseline && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return "measure first what would show one".to_owned();
    }
    let more = names.len().saturating_sub(NAMED_MAX);
    names.truncate(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("measure first: {}{more}", names.join(", "))
}

/// `protocols/{protocol}/versions/{version}`.
fn built_in(name: &str) -> Option<&'static Protocol> {
    let (protocol, version) = name.strip_prefix("protocols/")?.split_once("/versions/")?;
    protocol::find(&ProtocolRef { protocol: protocol.to_owned(), version: version.to_owned() })
}

/// A rule of setbacks that the record does not settle.
fn is_open(protocol: &Protocol, rule: &RuleResult) -> bool {
    let effect = protocol.rule(&rule.rule_id).map(|rule| &rule.effect);
    rule.verdict() == Verdict::Unknown && matches!(effect, Some(Effect::Regress(_)))
}
