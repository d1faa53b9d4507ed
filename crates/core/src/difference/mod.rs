//! What differs between two recommendations, and which way.

mod course;
mod items;
mod permits;
mod way;

use serde::Serialize;
use serde_json::Value;

use crate::recommendation::{Permission, Recommendation, ReferralAdvice, ReferralStanding};

/// One point in which two recommendations differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, for example `phase_action`, `referrals[RF-DVT].standing`, `activities[run].permission`,
    /// `activities[run].limits.speed_kmh_below`, `rules[P2-PROG-1].verdict`.
    pub path: String,
    /// What the first says: a code, a number in the unit of the field, or codes with `, ` between; none when it says
    /// nothing.
    pub before: Option<String>,
    /// What the second says.
    pub after: Option<String>,
    /// Which way the second goes.
    pub direction: Direction,
}

/// Which way a difference goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More load on the injury, or fewer visits.
    Advances,
    /// More caution.
    HoldsBack,
    /// Neither, or it cannot be told from the recommendations alone.
    Neither,
}

/// Every point in which the second recommendation says something else than the first: advice first, rules last.
///
/// What the two were asked for is not compared: the day and the protocol's version. Limits are compared where both
/// allow the thing. Of rules the verdicts are compared; which way a verdict goes is the protocol's business, so that
/// their direction is always `Neither`. Lists of rules behind a piece of advice are not repeated.
pub fn differences(before: &Recommendation, after: &Recommendation) -> Vec<Difference> {
    let mut found = Found::default();
    course::compare(&mut found, before, after);
    permits::compare(&mut found, before, after);
    items::compare(&mut found, before, after);
    found.differences
}

/// Whether a patient would notice: another action or target for the phase or the visits, another referral that is not
/// cleared, or another permission.
pub fn advice_differs(before: &Recommendation, after: &Recommendation) -> bool {
    (before.phase_action, before.phase_target) != (after.phase_action, after.phase_target)
        || (before.taper_action, before.taper_target) != (after.taper_action, after.taper_target)
        || referrals_differ(before, after)
        || permissions_differ(before, after)
}

fn referrals_differ(before: &Recommendation, after: &Recommendation) -> bool {
    let waiting = |advice: &'_ ReferralAdvice| advice.standing != ReferralStanding::Cleared;
    let count = |advice: &Recommendation| advice.referrals.iter().filter(|referral| waiting(referral)).count();
    if count(before) != count(after) {
        return true;
    }
    let same = |one: &ReferralAdvice, other: &ReferralAdvice| {
        one.rule_id == other.rule_id
            && one.standing == other.standing
            && one.class == other.class
            && one.mode == other.mode
    };
    let has_same = |one: &ReferralAdvice| after.referrals.iter().any(|other| same(one, other));
    !before.referrals.iter().filter(|referral| waiting(referral)).all(has_same)
}

fn permissions_differ(before: &Recommendation, after: &Recommendation) -> bool {
    if before.modalities.len() != after.modalities.len() || before.activities.len() != after.activities.len() {
        return true;
    }
    for advice in &before.modalities {
        let of_same = after.modalities.iter().find(|other| other.modality == advice.modality);
        if of_same.is_none_or(|other| other.permission != advice.permission) {
            return true;
        }
    }
    for advice in &before.activities {
        let of_same = after.activities.iter().find(|other| other.activity == advice.activity);
        if of_same.is_none_or(|other| other.permission != advice.permission) {
            return true;
        }
    }
    false
}

/// The differences found so far.
#[derive(Default)]
struct Found {
    differences: Vec<Difference>,
}

impl Found {
    /// Notes a difference when the two say something else.
    fn note(&mut self, path: impl Into<String>, before: Option<String>, after: Option<String>, direction: Direction) {
        if before != after {
            self.differences.push(Difference { path: path.into(), before, after, direction });
        }
    }
}

/// A value of one of our enums as its code; a text as it is.
fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(code)) => code,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Whether something may be done.
fn is_allowed(permission: Permission) -> bool {
    permission == Permission::Allowed
}
