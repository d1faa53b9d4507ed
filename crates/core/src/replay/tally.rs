//! The counts of a replay as its cases come, and the hash over those that differ.

use sha2::{Digest, Sha256};

use super::CaseReplay;
use crate::difference::Direction;

/// What a replay has compared so far. Its size does not grow with the cases.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Cases that were compared.
    pub cases: u64,
    /// Cases of another presentation than the version is for, which were not compared.
    pub of_another_presentation: u64,
    /// Dates that were compared.
    pub dates: u64,
    /// Cases whose first difference advances.
    pub advances: u64,
    /// Cases whose first difference holds back.
    pub holds_back: u64,
    /// Cases whose first difference does neither.
    pub neither: u64,
    hash: Sha256,
}

impl Tally {
    /// Counts a case. `plan` is the resource name of its plan.
    pub fn add(&mut self, plan: &str, case: &CaseReplay) {
        if case.is_of_another_presentation {
            self.of_another_presentation = self.of_another_presentation.saturating_add(1);
            return;
        }
        self.cases = self.cases.saturating_add(1);
        self.dates = self.dates.saturating_add(u64::from(case.dates));
        let Some(first) = &case.first else { return };
        let count = match first.direction {
            Direction::Advances => &mut self.advances,
            Direction::HoldsBack => &mut self.holds_back,
            Direction::Neither => &mut self.neither,
        };
        *count = count.saturating_add(1);
        self.hash.update(format!("{plan} {}\n", first.date));
    }

    /// Cases that would have been advised differently.
    pub fn differing(&self) -> u64 {
        self.advances.saturating_add(self.holds_back).saturating_add(self.neither)
    }

    /// SHA-256 in lower-case hex of one line a differing case, in the order they came: the plan's name, a space, the
    /// first date as YYYY-MM-DD, a line feed.
    pub fn sha256(&self) -> String {
        let digest = self.hash.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::replay::First;

    fn differing(direction: Direction) -> CaseReplay {
        let first = First { date: date(2026, 3, 4), direction, differences: Vec::new() };
        CaseReplay { dates: 3, differing: 1, first: Some(first), is_of_another_presentation: false }
    }

    #[test]
    fn a_replay_of_nothing_has_the_hash_of_nothing() {
        let tally = Tally::default();
        assert_eq!((tally.cases, tally.dates, tally.differing()), (0, 0, 0));
        // FIPS 180-4, the hash of the empty message.
        assert_eq!(tally.sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn every_case_is_counted_and_only_those_that_differ_are_hashed() {
        let mut tally = Tally::default();
        let same = CaseReplay { dates: 20, differing: 0, first: None, is_of_another_presentation: false };
        tally.add("same", &same);
        tally.add("another", &CaseReplay { dates: 0, is_of_another_presentation: true, ..same });
        tally.add("held", &differing(Direction::HoldsBack));
        tally.add("sooner", &differing(Direction::Advances));
        tally.add("otherwise", &differing(Direction::Neither));
        tally.add("held too", &differing(Direction::HoldsBack));
        assert_eq!((tally.cases, tally.dates, tally.differing()), (5, 32, 4));
        assert_eq!(tally.of_another_presentation, 1);
        assert_eq!((tally.advances, tally.holds_back, tally.neither), (1, 2, 1));
        // printf 'held 2026-03-04\nsooner 2026-03-04\notherwise 2026-03-04\nheld too 2026-03-04\n' | sha256sum
        assert_eq!(tally.sha256(), "50eeacd4c494c55f82f60da54c1b8bc85c22d9ab620aa8f01e8567fc8da346b2");
    }
}
