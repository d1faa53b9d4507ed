//! What a protocol reads: its measures, the levels that decide, and the referrals that can be cleared.

use std::collections::HashMap;

use taper_core::measure::MeasureCode;
use taper_core::protocol::Protocol;
use taper_core::protocol::criterion::{Quantity, Scale, Threshold};
use taper_core::protocol::rule::Effect;

/// What records for one protocol are made around.
pub struct Known {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Measures that a rule reads, each once.
    pub measures: Vec<MeasureCode>,
    /// Measures that a gate reads.
    pub gate_measures: Vec<MeasureCode>,
    /// Levels in thousandths that values of a measure are compared with.
    pub levels: HashMap<&'static str, Vec<i64>>,
    /// The same of changes.
    pub changes: HashMap<&'static str, Vec<i64>>,
    /// Rule ids of the referrals.
    pub referrals: Vec<String>,
}

impl Known {
    /// Reads the rules.
    pub fn of(protocol: &'static Protocol) -> Self {
        let mut known = Self {
            protocol,
            measures: Vec::new(),
            gate_measures: Vec::new(),
            levels: HashMap::new(),
            changes: HashMap::new(),
            referrals: Vec::new(),
        };
        for rule in &protocol.rules {
            if let Effect::Refer(_) = rule.effect {
                known.referrals.push(rule.id.as_str().to_owned());
            }
            for criterion in rule.test.as_ref().map(|test| test.criteria()).unwrap_or_default() {
                let Quantity::Measure(quantity) = &criterion.quantity else { continue };
                add(&mut known.measures, quantity.code);
                if matches!(rule.effect, Effect::Gate(_)) {
                    add(&mut known.gate_measures, quantity.code);
                }
                if criterion.scale != Scale::Number || quantity.stat.is_percent() {
                    continue;
                }
                let levels = match &criterion.threshold {
                    Threshold::Levels(levels) => levels.clone(),
                    Threshold::Setting(_) => vec![1000, 2000, 3000, 4000],
                };
                let by_code = if quantity.stat.is_a_value() { &mut known.levels } else { &mut known.changes };
                by_code.entry(quantity.code.as_str()).or_default().extend(levels);
            }
        }
        for code in ["pain_activity", "pain_running", "pain_walking", "gait", "pain_next_morning"] {
            add(&mut known.measures, MeasureCode::parse(code).unwrap());
        }
        known
    }
}

fn add(measures: &mut Vec<MeasureCode>, code: MeasureCode) {
    if !measures.contains(&code) {
        measures.push(code);
    }
}
