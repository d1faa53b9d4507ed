//! A policy on the wire, both ways: of a plan, and the default of a clinic.

use taper_api::v1;
use taper_core::record::codes::{Equipment, RunningPolicy};
use taper_core::record::plan::Policy;
use taper_core::value::Nprs;
use taper_kit::fields::{Fields, code_number};

/// Reads a policy; `path` is that of its field. None given is every choice of the protocol.
pub fn read(path: &str, policy: Option<&v1::Policy>, fields: &mut Fields) -> Policy {
    let Some(policy) = policy else { return Policy::default() };
    let mut pain = |field: &str, nprs: Option<i32>| {
        nprs.and_then(|nprs| fields.take(format!("{path}.{field}"), Nprs::new(i64::from(nprs))))
    };
    let pain_limit = pain("pain_limit_nprs", policy.pain_limit_nprs);
    let pain_limit_strength = pain("pain_limit_strength_nprs", policy.pain_limit_strength_nprs);
    let pain_limit_running = pain("pain_limit_running_nprs", policy.pain_limit_running_nprs);
    let equipment = equipment(&format!("{path}.equipment"), &policy.equipment, fields);
    Policy {
        running: fields.optional_code(&format!("{path}.running"), policy.running, "RUNNING_POLICY", RunningPolicy::ALL),
        pain_limit,
        pain_limit_strength,
        pain_limit_running,
        equipment: policy.equipment_listed.then_some(equipment),
    }
}

fn equipment(field: &str, items: &[i32], fields: &mut Fields) -> Vec<Equipment> {
    let mut read = Vec::new();
    if !fields.within_items_max(field, items.len()) {
        return read;
    }
    for (place, number) in items.iter().enumerate() {
        let path = format!("{field}[{place}]");
        let Some(item) = fields.code(&path, *number, "EQUIPMENT", Equipment::ALL) else {
            continue;
        };
        if read.contains(&item) {
            fields.fault(path, "is listed twice");
        } else {
            read.push(item);
        }
    }
    read
}

/// A policy as it is answered.
pub fn answer(policy: &Policy) -> v1::Policy {
    let nprs = |limit: Option<Nprs>| limit.map(|limit| i32::from(limit.get()));
    let listed = policy.equipment.as_deref().unwrap_or_default();
    v1::Policy {
        running: policy.running.map(|running| code_number(running, RunningPolicy::ALL)).unwrap_or_default(),
        pain_limit_nprs: nprs(policy.pain_limit),
        pain_limit_strength_nprs: nprs(policy.pain_limit_strength),
        pain_limit_running_nprs: nprs(policy.pain_limit_running),
        equipment: listed.iter().map(|item| code_number(*item, Equipment::ALL)).collect(),
        equipment_listed: policy.equipment.is_some(),
    }
}
