//! What the visits that are left cost the patient and the insurer, under the plan's ladder and under others.

use jiff::civil::Date;
use serde::Serialize;

use crate::protocol::Protocol;
use crate::recommend::days;
use crate::record::Record;
use crate::record::plan::FrequencyStep;
use crate::value::{Money, Percent};

use super::Interval;
use super::course::{Courses, Rung};
use super::outlook::Outlook;
use super::share::Purse;

/// Ladders besides the plan's own at most.
pub const ALTERNATIVES_MAX: usize = 3;

/// Visits that are looked at for limits where the upper end is open: one a day up to the horizon of every forecast.
const OPEN_END_VISITS: u32 = 364;

/// What an insurance leaves to the patient; all money in one currency. What is absent does not exist: without a
/// deductible nothing is taken off first, without copay and coinsurance the insurer pays what the deductible leaves. A
/// coverage of a price alone is none: the patient pays it.
///
/// The arithmetic of each visit, in this order and in whole minor units:
/// 1. a visit beyond `visit_cap` or `authorised_visits` is paid by the patient in full, and counts for nothing else;
/// 2. the patient pays the price up to what is left of the deductible;
/// 3. of the rest the patient pays the copay (at most the rest), or the coinsurance, rounded half up;
/// 4. the sum of 2 and 3 is at most what is left of the out-of-pocket limit, and is taken off it;
/// 5. the insurer pays the price less what the patient pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Price of a session.
    pub price: Money,
    /// What the patient must still pay this year before the insurer does.
    pub deductible_remaining: Option<Money>,
    /// What the patient pays of each visit after the deductible.
    pub copay: Option<Money>,
    /// The patient's share after the deductible, in percent; not together with a copay.
    pub coinsurance_percent: Option<Percent>,
    /// Visits that are still covered this year.
    pub visit_cap: Option<u32>,
    /// Visits that are authorised and not used yet.
    pub authorised_visits: Option<u32>,
    /// What the patient can at most still have to pay this year for covered visits.
    pub out_of_pocket_remaining: Option<Money>,
}

/// A limit of a coverage, and which visit it is told of: always the first whose payment it changes. A limit of which
/// nothing is left changes the first visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The first visit beyond the year's covered visits, whether or not it is authorised: the patient pays it in full.
    VisitCap,
    /// The first visit beyond the authorised ones, whether or not it is covered: the patient pays it in full.
    Authorisation,
    /// The first covered visit of which the patient pays less than deductible, copay and coinsurance ask for, because the
    /// maximum is reached. One that uses it up exactly is not changed by it.
    OutOfPocketMax,
    /// The first covered visit that the deductible does not take in full: from it on the insurance shares. Only where a
    /// deductible is given.
    DeductibleMet,
}

impl Limit {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Limit::VisitCap => "visit_cap",
            Limit::Authorisation => "authorisation",
            Limit::OutOfPocketMax => "out_of_pocket_max",
            Limit::DeductibleMet => "deductible_met",
        }
    }
}

/// The first visit whose payment a limit changes, as [`Limit`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitBroken {
    /// Which.
    pub limit: Limit,
    /// Which of the visits that are left, from 1.
    pub at_visit: u32,
    /// Its expected day in the middle course, with visits evenly over the week. None without a median, and when only a
    /// slower course comes that far.
    pub date: Option<Date>,
}

/// What one ladder costs from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The ladder, from the rung in force on; an alternative begins with its first rung.
    pub ladder: Vec<FrequencyStep>,
    /// Visits that are left. Without a median: at least so many, by the ladder's minimum times.
    pub visits: Interval<u32>,
    /// What the patient pays for so many visits.
    pub patient_pays: Interval<Money>,
    /// What the insurer pays for so many visits.
    pub insurer_pays: Interval<Money>,
    /// Limits that change a visit within the most visits that are told, in the order of the visits. Where the upper end
    /// is open all that do at some time, within a visit a day for a year.
    pub breaks: Vec<LimitBroken>,
    /// Codes of [`super::NOTES`].
    pub notes: Vec<String>,
}

/// Why no costs are told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostFault {
    /// This field of the coverage has another currency than the price.
    #[error("{field} must be in the currency of price")]
    OtherCurrency {
        /// The field of [`Coverage`].
        field: &'static str,
    },
    /// This field of the coverage is no amount: see [`Money::new`].
    #[error("{field} {reason}")]
    NotAnAmount {
        /// The field of [`Coverage`].
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Both a copay and a coinsurance.
    #[error("coinsurance_percent must not be given together with copay")]
    CopayAndCoinsurance,
    /// More alternatives than [`ALTERNATIVES_MAX`].
    #[error("alternatives has {found} ladders; allowed are {ALTERNATIVES_MAX}")]
    TooManyAlternatives {
        /// How many there are.
        found: usize,
    },
    /// An alternative without a rung, or whose visits a week do not fall from rung to rung.
    #[error("alternatives[{place}] must have at least one rung, with fewer visits a week from rung to rung")]
    NotALadder {
        /// Which, from 0.
        place: usize,
    },
    /// There is no forecast, and so no number of visits.
    #[error("there is no forecast: {why}")]
    NoForecast {
        /// A code of [`super::NOTES`].
        why: &'static str,
    },
}

impl Coverage {
    /// Every fault, in the order of the fields; empty when it can be calculated with.
    pub fn faults(&self) -> Vec<CostFault> {
        let mut faults = Vec::new();
        let amounts = [
            ("price", Some(&self.price)),
            ("deductible_remaining", self.deductible_remaining.as_ref()),
            ("copay", self.copay.as_ref()),
            ("out_of_pocket_remaining", self.out_of_pocket_remaining.as_ref()),
        ];
        for (field, money) in amounts {
            let Some(money) = money else { continue };
            if let Err(fault) = Money::new(&money.currency_code, money.minor_units) {
                faults.push(CostFault::NotAnAmount { field, reason: fault.to_string() });
            } else if money.currency_code != self.price.currency_code {
                faults.push(CostFault::OtherCurrency { field });
            }
        }
        if self.copay.is_some() && self.coinsurance_percent.is_some() {
            faults.push(CostFault::CopayAndCoinsurance);
        }
        faults
    }

    /// Nothing but a price.
    pub(super) fn is_none(&self) -> bool {
        let Self {
            price: _,
            deductible_remaining,
            copay,
            coinsurance_percent,
            visit_cap,
            authorised_visits,
            out_of_pocket_remaining,
        } = self;
        deductible_remaining.is_none()
            && copay.is_none()
            && coinsurance_percent.is_none()
            && visit_cap.is_none()
            && authorised_visits.is_none()
            && out_of_pocket_remaining.is_none()
    }
}

/// What the rest of the plan costs: first under its own ladder, then under each alternative (at most three).
///
/// An alternative is taken up on `as_of` with its first rung, under the rules of the same protocol. Whether the patient
/// would get better as fast with other visits is not known: the trend is taken as it is, and a note says so.
pub fn costs(
    protocol: &Protocol,
    record: &Record,
    as_of: Date,
    coverage: &Coverage,
    alternatives: &[Vec<FrequencyStep>],
) -> Result<Vec<Cost>, CostFault> {
    check(coverage, alternatives)?;
    let outlook = Outlook::of(protocol, record, as_of).map_err(|why| CostFault::NoForecast { why })?;
    let mut costs = vec![cost(&outlook, coverage, outlook.own_ladder(), &outlook.own_rungs())];
    for ladder in alternatives {
        let mut of_alternative = cost(&outlook, coverage, ladder, &outlook.rungs_of(ladder));
        of_alternative.notes.push("trend_taken_as_unchanged".to_owned());
        costs.push(of_alternative);
    }
    Ok(costs)
}

fn check(coverage: &Coverage, alternatives: &[Vec<FrequencyStep>]) -> Result<(), CostFault> {
    if let Some(fault) = coverage.faults().into_iter().next() {
        return Err(fault);
    }
    if alternatives.len() > ALTERNATIVES_MAX {
        return Err(CostFault::TooManyAlternatives { found: alternatives.len() });
    }
    for (place, ladder) in alternatives.iter().enumerate() {
        if !is_ladder(ladder) {
            return Err(CostFault::NotALadder { place });
        }
    }
    Ok(())
}

/// Whether there is a rung, and the visits a week fall from rung to rung.
pub fn is_ladder(rungs: &[FrequencyStep]) -> bool {
    let falls = rungs.iter().zip(rungs.iter().skip(1)).all(|(one, next)| next.visits_per_week < one.visits_per_week);
    !rungs.is_empty() && falls
}

fn cost(outlook: &Outlook<'_>, coverage: &Coverage, ladder: &[FrequencyStep], rungs: &[Rung]) -> Cost {
    let courses = Courses::of(rungs);
    let visits = courses.visits();
    let bill = Bill::of(coverage, visits.high.unwrap_or(OPEN_END_VISITS));
    let money = |minor_units: i64| Money { currency_code: coverage.price.currency_code.clone(), minor_units };
    let days = courses.visit_days();
    let date_of = |visit: u32| {
        let place = usize::try_from(visit).ok()?.checked_sub(1)?;
        days.get(place).map(|day| days::after(outlook.as_of, *day))
    };
    let breaks = bill.limits.iter().map(|(limit, at_visit)| LimitBroken {
        limit: *limit,
        at_visit: *at_visit,
        date: date_of(*at_visit),
    });
    Cost {
        ladder: ladder.to_vec(),
        visits,
        patient_pays: visits.map(|count| money(bill.patient(count))),
        insurer_pays: visits.map(|count| money(bill.insurer(count))),
        breaks: breaks.collect(),
        notes: outlook.notes(rungs, &courses),
    }
}

/// The sums after each visit, in minor units.
struct Bill {
    /// Patient and insurer after 0, 1, 2, ... visits.
    sums: Vec<(i64, i64)>,
    /// The first visit at each limit.
    limits: Vec<(Limit, u32)>,
}

impl Bill {
    fn of(coverage: &Coverage, visits: u32) -> Self {
        let mut purse = Purse::of(coverage);
        let (mut patient, mut insurer) = (0_i64, 0_i64);
        let mut bill = Self { sums: vec![(patient, insurer)], limits: Vec::new() };
        for visit in 1..=visits {
            let payment = purse.pay();
            patient = patient.saturating_add(payment.patient);
            insurer = insurer.saturating_add(payment.insurer);
            bill.sums.push((patient, insurer));
            for limit in payment.limits {
                if !bill.limits.iter().any(|(known, _)| *known == limit) {
                    bill.limits.push((limit, visit));
                }
            }
        }
        bill
    }

    fn patient(&self, visits: u32) -> i64 {
        self.after(visits).0
    }

    fn insurer(&self, visits: u32) -> i64 {
        self.after(visits).1
    }

    fn after(&self, visits: u32) -> (i64, i64) {
        usize::try_from(visits).ok().and_then(|visits| self.sums.get(visits)).copied().unwrap_or_default()
    }
}
