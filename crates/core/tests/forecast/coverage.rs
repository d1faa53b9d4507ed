//! Coverages for the worked examples, and what is refused of them.

use taper_core::forecast::{CostFault, Coverage, costs};
use taper_core::value::{Money, Percent};

use crate::story::{day, ladder, protocol};
use crate::worked::spread;

pub fn dollars(minor_units: i64) -> Money {
    Money { currency_code: "USD".into(), minor_units }
}

/// The price in cents, and no insurance.
pub fn price_only(price: i64) -> Coverage {
    Coverage {
        price: dollars(price),
        deductible_remaining: None,
        copay: None,
        coinsurance_percent: None,
        visit_cap: None,
        authorised_visits: None,
        out_of_pocket_remaining: None,
    }
}

pub fn percent(percent: i64) -> Option<Percent> {
    Some(Percent::new(percent).unwrap())
}

fn refused(coverage: &Coverage, alternatives: &[Vec<i64>]) -> CostFault {
    let alternatives: Vec<_> = alternatives.iter().map(|steps| ladder(steps)).collect();
    costs(protocol(), &spread().record, day(35), coverage, &alternatives).unwrap_err()
}

#[test]
fn another_currency_is_a_fault_that_names_the_field() {
    let euros = Some(Money { currency_code: "EUR".into(), minor_units: 5_000 });
    let base = price_only(12_000);
    let cases = [
        ("deductible_remaining", Coverage { deductible_remaining: euros.clone(), ..base.clone() }),
        ("copay", Coverage { copay: euros.clone(), ..base.clone() }),
        ("out_of_pocket_remaining", Coverage { out_of_pocket_remaining: euros, ..base }),
    ];
    for (field, coverage) in cases {
        let fault = refused(&coverage, &[]);
        assert_eq!(fault, CostFault::OtherCurrency { field });
        assert!(fault.to_string().contains(field));
    }
}

#[test]
fn copay_and_coinsurance_together_are_a_fault() {
    let both = Coverage { copay: Some(dollars(3_000)), coinsurance_percent: percent(20), ..price_only(12_000) };
    assert_eq!(refused(&both, &[]), CostFault::CopayAndCoinsurance);
}

#[test]
fn an_amount_below_zero_is_a_fault() {
    let fault = refused(&price_only(-1), &[]);
    assert!(matches!(fault, CostFault::NotAnAmount { field: "price", .. }), "{fault:?}");
    let free = costs(protocol(), &spread().record, day(35), &price_only(0), &[]).unwrap();
    assert_eq!(free[0].patient_pays.median, Some(dollars(0)));
}

#[test]
fn every_fault_of_a_coverage_is_told_at_once() {
    let coverage = Coverage {
        copay: Some(Money { currency_code: "EUR".into(), minor_units: 1 }),
        coinsurance_percent: percent(0),
        out_of_pocket_remaining: Some(dollars(-5)),
        ..price_only(12_000)
    };
    let faults = coverage.faults();
    assert_eq!(faults[0], CostFault::OtherCurrency { field: "copay" });
    assert!(matches!(faults[1], CostFault::NotAnAmount { field: "out_of_pocket_remaining", .. }), "{faults:?}");
    assert_eq!(faults[2..], [CostFault::CopayAndCoinsurance]);
}

#[test]
fn three_falling_ladders_are_allowed_and_nothing_else() {
    let price = price_only(12_000);
    let three = [ladder(&[2, 1]), ladder(&[3, 1]), ladder(&[1])];
    assert_eq!(costs(protocol(), &spread().record, day(35), &price, &three).unwrap().len(), 4);
    let four = vec![vec![1]; 4];
    assert_eq!(refused(&price, &four), CostFault::TooManyAlternatives { found: 4 });
    for (place, ladders) in [(0, vec![vec![]]), (1, vec![vec![1], vec![2, 2]]), (0, vec![vec![1, 2]])] {
        let fault = refused(&price, &ladders);
        assert_eq!(fault, CostFault::NotALadder { place });
    }
}
