//! Who pays what of a visit: visit limits, deductible, copay or coinsurance, out-of-pocket limit, in this order.

use super::cost::{Coverage, Limit};

/// What is left of the coverage's limits before a visit, in minor units.
pub(super) struct Purse {
    price: i64,
    deductible: Option<i64>,
    out_of_pocket: Option<i64>,
    share: Share,
    /// Visits that are still covered, by the year's limit and by the authorisation.
    visit_cap: Option<u32>,
    authorised: Option<u32>,
    visit: u32,
}

/// The patient's share of what the deductible leaves.
enum Share {
    All,
    Copay(i64),
    Percent(i64),
}

/// Who pays what of one visit; both sum to its price.
pub(super) struct Payment {
    pub patient: i64,
    pub insurer: i64,
    /// Limits that change who pays this visit, as [`Limit`] says.
    pub limits: Vec<Limit>,
}

impl Purse {
    pub(super) fn of(coverage: &Coverage) -> Self {
        let minor = |money: &Option<crate::value::Money>| money.as_ref().map(|money| money.minor_units.max(0));
        let share = match (minor(&coverage.copay), coverage.coinsurance_percent) {
            (_, Some(percent)) => Share::Percent(i64::from(percent.get())),
            (Some(copay), None) => Share::Copay(copay),
            (None, None) if coverage.is_none() => Share::All,
            (None, None) => Share::Copay(0),
        };
        Self {
            price: coverage.price.minor_units.max(0),
            deductible: minor(&coverage.deductible_remaining),
            out_of_pocket: minor(&coverage.out_of_pocket_remaining),
            share,
            visit_cap: coverage.visit_cap,
            authorised: coverage.authorised_visits,
            visit: 0,
        }
    }

    /// Pays for the next visit.
    pub(super) fn pay(&mut self) -> Payment {
        self.visit = self.visit.saturating_add(1);
        let mut limits = Vec::new();
        let goes_beyond = |limit: Option<u32>| limit.is_some_and(|limit| self.visit > limit);
        if goes_beyond(self.visit_cap) {
            limits.push(Limit::VisitCap);
        }
        if goes_beyond(self.authorised) {
            limits.push(Limit::Authorisation);
        }
        if !limits.is_empty() {
            return Payment { patient: self.price, insurer: 0, limits };
        }
        let of_deductible = self.deductible.unwrap_or(0).min(self.price);
        let rest = self.price.saturating_sub(of_deductible);
        self.deductible = self.deductible.map(|left| left.saturating_sub(of_deductible));
        if self.deductible.is_some() && rest > 0 {
            limits.push(Limit::DeductibleMet);
        }
        let asked = of_deductible.saturating_add(self.share_of(rest));
        let patient = match self.out_of_pocket {
            None => asked,
            Some(left) => {
                let paid = asked.min(left);
                self.out_of_pocket = Some(left.saturating_sub(paid));
                if paid < asked {
                    limits.push(Limit::OutOfPocketMax);
                }
                paid
            }
        };
        Payment { patient, insurer: self.price.saturating_sub(patient), limits }
    }

    fn share_of(&self, rest: i64) -> i64 {
        match self.share {
            Share::All => rest,
            Share::Copay(copay) => copay.min(rest),
            // Half a minor unit counts as a whole one.
            Share::Percent(percent) => rest.saturating_mul(percent).saturating_add(50).div_euclid(100),
        }
    }
}
