//! Kleene's three values and how they combine; UNKNOWN also says whether a value was asked for and not measured.

use crate::recommendation::Verdict;

/// The outcome of a criterion, a test or a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The record shows it.
    Met,
    /// The record shows the opposite.
    Unmet,
    /// The record does not say. `asked`: a value was asked for and not measured, so that it may well be met.
    Unknown {
        /// Some value was asked for and not measured.
        asked: bool,
    },
}

use Outcome::{Met, Unknown, Unmet};

impl Outcome {
    /// MET or UNMET.
    pub(crate) fn known(is: bool) -> Self {
        if is { Met } else { Unmet }
    }

    /// The opposite; the opposite of UNKNOWN is UNKNOWN.
    pub(crate) fn not(self) -> Self {
        match self {
            Met => Unmet,
            Unmet => Met,
            unknown @ Unknown { .. } => unknown,
        }
    }

    /// The three values of answers.
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Met => Verdict::Met,
            Unmet => Verdict::Unmet,
            Unknown { .. } => Verdict::Unknown,
        }
    }

    /// MET, or it may be: a value was asked for and not measured.
    pub(crate) fn may_be_met(self) -> bool {
        matches!(self, Met | Unknown { asked: true })
    }
}

/// How many parts came out how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    met: usize,
    unmet: usize,
    unknown: usize,
    asked: bool,
}

impl Tally {
    /// Counts one part.
    pub(crate) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Met => self.met = self.met.saturating_add(1),
            Unmet => self.unmet = self.unmet.saturating_add(1),
            Unknown { asked } => {
                self.unknown = self.unknown.saturating_add(1);
                self.asked |= asked;
            }
        }
    }

    /// Every part: UNMET beats UNKNOWN beats MET.
    pub(crate) fn all(self) -> Outcome {
        if self.unmet > 0 {
            Unmet
        } else if self.unknown > 0 {
            Unknown { asked: self.asked }
        } else {
            Met
        }
    }

    /// Some part: MET beats UNKNOWN beats UNMET.
    pub(crate) fn any(self) -> Outcome {
        self.at_least(1)
    }

    /// At least so many parts.
    pub(crate) fn at_least(self, least: usize) -> Outcome {
        if self.met >= least {
            Met
        } else if self.met.saturating_add(self.unknown) < least {
            Unmet
        } else {
            Unknown { asked: self.asked }
        }
    }
}

impl FromIterator<Outcome> for Tally {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut tally = Tally::default();
        outcomes.into_iter().for_each(|outcome| tally.add(outcome));
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: Outcome = Unknown { asked: false };
    const ASKED: Outcome = Unknown { asked: true };

    fn check(parts: &[Outcome], all: Outcome, any: Outcome, at_least_two: Outcome) {
        let tally: Tally = parts.iter().copied().collect();
        assert_eq!(tally.all(), all, "all of {parts:?}");
        assert_eq!(tally.any(), any, "any of {parts:?}");
        assert_eq!(tally.at_least(2), at_least_two, "at least two of {parts:?}");
    }

    #[test]
    fn the_truth_tables_are_those_of_kleene() {
        check(&[Met, Met], Met, Met, Met);
        check(&[Met, Unmet], Unmet, Met, Unmet);
        check(&[Met, MISSING], MISSING, Met, MISSING);
        check(&[Unmet, Met], Unmet, Met, Unmet);
        check(&[Unmet, Unmet], Unmet, Unmet, Unmet);
        check(&[Unmet, MISSING], Unmet, MISSING, Unmet);
        check(&[MISSING, Met], MISSING, Met, MISSING);
        check(&[MISSING, Unmet], Unmet, MISSING, Unmet);
        check(&[MISSING, MISSING], MISSING, MISSING, MISSING);
        check(&[], Met, Unmet, Unmet);
    }

    #[test]
    fn an_unknown_remembers_that_a_value_was_asked_for() {
        check(&[ASKED, MISSING], ASKED, ASKED, ASKED);
        check(&[ASKED, Met], ASKED, Met, ASKED);
        check(&[ASKED, Unmet], Unmet, ASKED, Unmet);
        assert!(ASKED.may_be_met() && Met.may_be_met());
        assert!(!MISSING.may_be_met() && !Unmet.may_be_met());
    }

    #[test]
    fn the_opposite_of_unknown_is_unknown() {
        assert_eq!(Met.not(), Unmet);
        assert_eq!(Unmet.not(), Met);
        assert_eq!(MISSING.not(), MISSING);
        assert_eq!(ASKED.not(), ASKED);
    }

    /// What is learned later only ever settles an UNKNOWN; it never turns MET into UNMET or back.
    #[test]
    fn learning_more_never_changes_a_known_outcome() {
        let values = [Met, Unmet, MISSING, ASKED];
        for a in values {
            for b in values {
                for less in [MISSING, ASKED] {
                    let (full, poor): (Tally, Tally) = ([a, b].into_iter().collect(), [a, less].into_iter().collect());
                    for (full, poor) in
                        [(full.all(), poor.all()), (full.any(), poor.any()), (full.at_least(2), poor.at_least(2))]
                    {
                        let settled = matches!(poor, Unknown { .. }) || poor.verdict() == full.verdict();
                        assert!(settled, "{a:?}, {b:?} against {less:?}: {poor:?} became {full:?}");
                    }
                }
            }
        }
    }
}
