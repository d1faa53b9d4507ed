//! The decision on one call: whether its principal may make it, and how much of the answer it sees.

use jiff::Timestamp;

use super::{Cell, Known, Principal, Role, Rule};

/// How much of an answer is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All of it.
    Whole,
    /// Without what was found: no notes, pain, focus, techniques.
    Limited,
}

/// The glass that a principal broke: for a while it may do what its role else may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The last instant at which it holds.
    pub until: Timestamp,
}

/// Why a call is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The role may not.
    Role(Role),
    /// The role may only after it has broken the glass.
    GlassNotBroken(Role),
    /// No scope of the key or the token allows it.
    Scope,
}

/// An allowed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// How much of the answer is seen.
    pub view: View,
    /// It is allowed only because the glass was broken.
    pub by_broken_glass: bool,
}

impl Allowed {
    /// Everything is seen, by the role's own right.
    pub const WHOLE: Allowed = Allowed { view: View::Whole, by_broken_glass: false };
}

/// Whether a principal may make a call at an instant.
pub fn decide(rule: &Rule, principal: &Principal, grant: Option<&Grant>, now: Timestamp) -> Result<Allowed, Denied> {
    let Principal::Known(known) = principal else { return Ok(Allowed::WHOLE) };
    let cell = rule.cell(known.role);
    if cell != Cell::Deny && !is_in_scope(rule, known) {
        return Err(Denied::Scope);
    }
    match cell {
        Cell::Deny => Err(Denied::Role(known.role)),
        Cell::BreakGlass if grant.is_some_and(|grant| now <= grant.until) => {
            Ok(Allowed { by_broken_glass: true, ..Allowed::WHOLE })
        }
        Cell::BreakGlass => Err(Denied::GlassNotBroken(known.role)),
        Cell::Allow => Ok(Allowed::WHOLE),
        Cell::Limited => Ok(Allowed { view: View::Limited, ..Allowed::WHOLE }),
    }
}

/// A program may do what one of its scopes says and no more; where a person has scopes, they narrow its role.
fn is_in_scope(rule: &Rule, known: &Known) -> bool {
    // Health and reflection are no resource of the contract.
    rule.resource.is_empty()
        || match &known.scopes {
            Some(scopes) => scopes.allow(rule.resource, rule.interaction),
            None => known.role != Role::Integrator,
        }
}
