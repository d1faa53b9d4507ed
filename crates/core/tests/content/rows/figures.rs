//! The settings that a clinic may choose, and the ladder of visits, as clinical.md and the article have them.

use taper_core::protocol::Protocol;
use taper_core::record::codes::RunningPolicy;
use taper_core::record::plan::Policy;
use taper_core::value::Nprs;

/// Rungs of the article: visits a week, and minutes a visit.
const LADDER: [(u8, u16); 3] = [(3, 30), (2, 30), (1, 30)];
/// Least days on a rung; our own.
const RUNG_DAYS: u16 = 7;
/// Shares of tie-in and belly.
const FOCUS: [(&str, u8); 2] = [("tie_in", 60), ("belly", 40)];

/// The pain limits of clinical.md 2.3: code, what holds where the clinic chooses nothing, and the most it may choose.
/// 0 is the strictest published rule; 4 (Hickey) and, for strength, 5 (Silbernagel) the loosest.
const ACUTE: [(&str, u8, u8); 3] = [("pain_limit", 2, 4), ("pain_limit_strength", 4, 5), ("pain_limit_running", 2, 4)];
const PERSISTENT: [(&str, u8, u8); 3] =
    [("pain_limit", 3, 4), ("pain_limit_strength", 3, 5), ("pain_limit_running", 2, 4)];

/// Every way in which a protocol says otherwise.
pub fn faults(protocol: &Protocol) -> Vec<String> {
    let persistent = protocol.reference.protocol == "hamstring-persistent";
    let mut faults = Vec::new();
    for (code, default, most) in if persistent { PERSISTENT } else { ACUTE } {
        let range = match code {
            "pain_limit" => protocol.policy.pain_limit,
            "pain_limit_strength" => protocol.policy.pain_limit_strength,
            _ => protocol.policy.pain_limit_running,
        };
        if range.default.get() != default {
            faults.push(format!("{code} is {} where the clinic chooses nothing, not {default}", range.default.get()));
        }
        for (chosen, good) in [(0, true), (most, true), (most.saturating_add(1), false)] {
            if protocol.policy_faults(&chose(code, chosen)).is_empty() != good {
                faults.push(format!("{code} = {chosen} must be {}", if good { "allowed" } else { "refused" }));
            }
        }
    }
    if protocol.policy.running_default != RunningPolicy::Conservative {
        faults.push("running waits unless the clinic says otherwise".to_owned());
    }
    for running in [RunningPolicy::Conservative, RunningPolicy::Integrated] {
        let policy = Policy { running: Some(running), ..Policy::default() };
        if !protocol.policy_faults(&policy).is_empty() {
            faults.push(format!("running = {running} must be allowed"));
        }
    }
    let rungs: Vec<(u8, u16)> =
        protocol.ladder.steps.iter().map(|step| (step.visits_per_week.get(), step.minutes.get())).collect();
    if rungs != LADDER || protocol.ladder.step_days_min != RUNG_DAYS {
        faults.push(format!("the ladder is {rungs:?}, {} days a rung", protocol.ladder.step_days_min));
    }
    let shares: Vec<(&str, u8)> =
        protocol.ladder.focus.iter().map(|share| (share.area.code(), share.percent.get())).collect();
    if shares != FOCUS {
        faults.push(format!("the focus is {shares:?}"));
    }
    faults
}

fn chose(code: &str, pain: u8) -> Policy {
    let chosen = Nprs::new(i64::from(pain)).ok();
    match code {
        "pain_limit" => Policy { pain_limit: chosen, ..Policy::default() },
        "pain_limit_strength" => Policy { pain_limit_strength: chosen, ..Policy::default() },
        _ => Policy { pain_limit_running: chosen, ..Policy::default() },
    }
}
