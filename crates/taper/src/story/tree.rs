//! The tree of a rule's test, told by the paths of its criteria: which of them no longer matter.

use taper_api::v1::{CriterionResult, RuleResult, Verdict};

/// Places in the tree of a rule that the outcome of the rule does not rest on.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// Choices that are met: what is not met below them does not matter.
    met_choices: Vec<String>,
    /// Parts of a choice that are not met as a whole: what is met below them holds nothing up.
    failed_parts: Vec<String>,
}

impl Tree {
    /// The tree of a rule.
    pub fn of(rule: &RuleResult) -> Self {
        let mut tree = Self::default();
        let leaves: Vec<Leaf<'_>> =
            rule.criteria.iter().map(|criterion| Leaf { rest: &criterion.path, criterion }).collect();
        let root = tree.read(&leaves, "", false);
        // How many of its parts a test needs is not told with the criteria; of the whole rule its verdict tells it.
        let is_count = leaves.iter().all(|leaf| leaf.rest.starts_with("of["));
        if root.is_none() && is_count && rule.verdict() == Verdict::Met {
            tree.met_choices.push("of[".to_owned());
        }
        tree
    }

    /// Whether another part of the same choice is met, so that this one need not be.
    pub fn is_spared(&self, criterion: &CriterionResult) -> bool {
        self.met_choices.iter().any(|place| criterion.path.starts_with(place))
    }

    /// Whether it belongs to a part that is not met as a whole.
    pub fn is_in_vain(&self, criterion: &CriterionResult) -> bool {
        self.failed_parts.iter().any(|place| criterion.path.starts_with(place))
    }

    /// The outcome of what lies below a place; none where the paths do not tell it.
    fn read(&mut self, leaves: &[Leaf<'_>], place: &str, is_part_of_choice: bool) -> Option<Verdict> {
        if let [Leaf { rest: "", criterion }] = leaves {
            return Some(criterion.verdict());
        }
        // Two criteria at one place are no tree.
        if leaves.iter().any(|leaf| leaf.rest.is_empty()) {
            return None;
        }
        let mut parts: Vec<(&str, Vec<Leaf<'_>>)> = Vec::new();
        for leaf in leaves {
            let (step, rest) = leaf.rest.split_once('.').unwrap_or((leaf.rest, ""));
            let below = Leaf { rest, criterion: leaf.criterion };
            match parts.iter_mut().find(|(other, _)| *other == step) {
                Some((_, found)) => found.push(below),
                None => parts.push((step, vec![below])),
            }
        }
        let kind = parts.first().map(|(step, _)| kind(step))?;
        if parts.iter().any(|(step, _)| self::kind(step) != kind) {
            return None;
        }
        let mut outcomes = Vec::new();
        for (step, below) in &parts {
            let joined = format!("{place}{step}.");
            outcomes.push(self.read(below, &joined, kind == "any"));
        }
        let outcome = combined(kind, &outcomes);
        if kind == "any" && outcome == Some(Verdict::Met) {
            self.met_choices.push(format!("{place}any["));
        }
        if kind == "all" && is_part_of_choice && outcome.is_some_and(|outcome| outcome != Verdict::Met) {
            self.failed_parts.push(format!("{place}all["));
        }
        outcome
    }
}

/// A criterion, and what of its path lies below the place that is looked at.
#[derive(Clone, Copy)]
struct Leaf<'r> {
    rest: &'r str,
    criterion: &'r CriterionResult,
}

/// `any` of `any[1]`.
fn kind(step: &str) -> &str {
    step.split('[').next().unwrap_or(step)
}

/// Kleene's tables: of all parts the worst counts, of a choice the best.
fn combined(kind: &str, outcomes: &[Option<Verdict>]) -> Option<Verdict> {
    let has = |verdict: Verdict| outcomes.contains(&Some(verdict));
    let are_known = outcomes.iter().all(Option::is_some);
    let (settles, otherwise) = match kind {
        "all" => (Verdict::Unmet, Verdict::Met),
        "any" => (Verdict::Met, Verdict::Unmet),
        "not" => {
            return match outcomes {
                [Some(Verdict::Met)] => Some(Verdict::Unmet),
                [Some(Verdict::Unmet)] => Some(Verdict::Met),
                [other] => *other,
                _ => None,
            };
        }
        _ => {
            return outcomes.first().copied().flatten().filter(|one| outcomes.iter().all(|other| *other == Some(*one)));
        }
    };
    if has(settles) {
        return Some(settles);
    }
    let has_unknown = has(Verdict::Unknown) || has(Verdict::Unspecified);
    are_known.then_some(if has_unknown { Verdict::Unknown } else { otherwise })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verdict: Verdict, criteria: &[(&str, Verdict)]) -> RuleResult {
        let criterion = |(path, verdict): &(&str, Verdict)| CriterionResult {
            path: (*path).to_owned(),
            verdict: (*verdict).into(),
            ..Default::default()
        };
        RuleResult { verdict: verdict.into(), criteria: criteria.iter().map(criterion).collect(), ..Default::default() }
    }

    fn spared(rule: &RuleResult) -> Vec<&str> {
        let tree = Tree::of(rule);
        rule.criteria.iter().filter(|one| tree.is_spared(one)).map(|one| one.path.as_str()).collect()
    }

    use Verdict::{Met, Unknown, Unmet};

    #[test]
    fn what_is_not_met_beside_a_met_alternative_does_not_matter() {
        let stepping = [
            ("all[0]", Met),
            ("all[1].any[0]", Met),
            ("all[1].any[1]", Unmet),
            ("all[2]", Unmet),
            ("all[3].any[0]", Unmet),
            ("all[3].any[1]", Unknown),
        ];
        assert_eq!(spared(&rule(Unmet, &stepping)), ["all[1].any[0]", "all[1].any[1]"]);
    }

    #[test]
    fn an_alternative_of_several_parts_is_only_met_as_a_whole() {
        let half = [("any[0]", Unmet), ("any[1].all[0]", Met), ("any[1].all[1]", Unmet)];
        let half = rule(Unmet, &half);
        assert!(spared(&half).is_empty());
        assert!(Tree::of(&half).is_in_vain(&half.criteria[1]), "it holds nothing up");
        let whole = [("any[0]", Unmet), ("any[1].all[0]", Met), ("any[1].all[1]", Met)];
        assert_eq!(spared(&rule(Met, &whole)).len(), 3);
        assert!(!Tree::of(&rule(Met, &whole)).is_in_vain(&half.criteria[1]));
    }

    #[test]
    fn of_so_many_parts_only_the_rules_verdict_tells_whether_enough_are_met() {
        let some = [("of[0]", Met), ("of[1]", Unmet), ("of[2]", Met)];
        assert!(spared(&rule(Unmet, &some)).is_empty());
        assert_eq!(spared(&rule(Met, &some)).len(), 3);
        let below = [("all[0].of[0]", Met), ("all[0].of[1]", Unmet), ("all[1]", Unmet)];
        assert!(spared(&rule(Unmet, &below)).is_empty(), "nobody knows");
        let all = [("any[0].of[0]", Met), ("any[0].of[1]", Met), ("any[1]", Unmet)];
        assert_eq!(spared(&rule(Met, &all)).len(), 3);
    }

    #[test]
    fn the_opposite_and_a_single_criterion_are_read_too() {
        let not = [("any[0].not.all[0]", Unmet), ("any[0].not.all[1]", Met), ("any[1]", Unknown)];
        assert_eq!(spared(&rule(Met, &not)).len(), 3);
        assert!(spared(&rule(Unmet, &[("", Unmet)])).is_empty());
        assert!(spared(&rule(Unmet, &[])).is_empty());
        assert!(spared(&rule(Unmet, &[("any[0]", Met), ("any[1]", Met), ("", Unmet)])).is_empty(), "no tree");
        assert!(spared(&rule(Unmet, &[("", Met), ("", Unmet)])).is_empty(), "no tree");
    }
}
