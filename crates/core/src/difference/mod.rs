//! What differs between two recommendations, and which way.

mod course;
mod items;
mod noticed;
mod permits;
mod way;

use serde::Serialize;
use serde_json::Value;

use crate::recommendation::{Permission, Recommendation};

pub use self::noticed::{Noticed, Waiting};

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
    Noticed::of(before) != Noticed::of(after)
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
