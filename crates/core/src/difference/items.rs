//! Differences in the lists of items and, last, in the verdicts of the rules.

use crate::recommendation::{Item, Recommendation, RuleResult};

use super::{Direction, Found, code};

/// What stands for an item without a date.
const ADVISED: &str = "advised";

pub(super) fn compare(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    items(found, "home_programme", &before.home_programme, &after.home_programme);
    items(found, "prevention", &before.prevention, &after.prevention);
    items(found, "risk_factors", &before.risk_factors, &after.risk_factors);
    items(found, "reviews", &before.reviews, &after.reviews);
    items(found, "flags", &before.flags, &after.flags);
    for what in in_order(before.missing.iter().map(|m| &*m.what), after.missing.iter().map(|m| &*m.what)) {
        let why = |advice: &Recommendation| {
            advice.missing.iter().find(|missing| &*missing.what == what).map(|missing| code(&missing.why))
        };
        found.note(format!("missing[{what}]"), why(before), why(after), Direction::Neither);
    }
    rules(found, &before.rules, &after.rules);
}

fn items(found: &mut Found, list: &str, before: &[Item], after: &[Item]) {
    for code in in_order(before.iter().map(|item| &*item.code), after.iter().map(|item| &*item.code)) {
        let (one, other) = (of_code(before, code), of_code(after, code));
        found.note(format!("{list}[{code}]"), one, other, Direction::Neither);
    }
}

/// When the items of a code are due.
fn of_code(items: &[Item], code: &str) -> Option<String> {
    let mut dates: Vec<String> = Vec::new();
    for item in items.iter().filter(|item| &*item.code == code) {
        dates.push(item.due.map_or_else(|| ADVISED.to_owned(), |due| due.to_string()));
    }
    (!dates.is_empty()).then(|| dates.join(", "))
}

/// Rules in the order of their document; both lists follow it, so that most lie at the same place.
fn rules(found: &mut Found, before: &[RuleResult], after: &[RuleResult]) {
    for (place, rule) in before.iter().enumerate() {
        let other = at(after, place, rule);
        if let Some(other) = other {
            if other.verdict != rule.verdict {
                let (verdict, next) = (Some(code(&rule.verdict)), Some(code(&other.verdict)));
                found.note(format!("rules[{}].verdict", rule.rule_id), verdict, next, Direction::Neither);
            }
        } else {
            let verdict = Some(code(&rule.verdict));
            found.note(format!("rules[{}].verdict", rule.rule_id), verdict, None, Direction::Neither);
        }
    }
    for (place, rule) in after.iter().enumerate() {
        if at(before, place, rule).is_none() {
            let verdict = Some(code(&rule.verdict));
            found.note(format!("rules[{}].verdict", rule.rule_id), None, verdict, Direction::Neither);
        }
    }
}

fn at<'a>(list: &'a [RuleResult], place: usize, rule: &RuleResult) -> Option<&'a RuleResult> {
    let same = |other: &&RuleResult| other.rule_id == rule.rule_id;
    list.get(place).filter(same).or_else(|| list.iter().find(same))
}

/// Every name once: those of the first in its order, then those that only the second has.
fn in_order<'a>(before: impl Iterator<Item = &'a str>, after: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in before.chain(after) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
