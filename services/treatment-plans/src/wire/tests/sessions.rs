//! A session as it is asked for, one field changed at a time.

use jiff::Timestamp;
use taper_api::google::r#type::Money;
use taper_api::v1;
use taper_core::value::Money as Kept;

use taper_kit::fields::Fields;

use super::noted;
use crate::wire::session::{check_first_state, draft};
use crate::wire::timestamp;
use taper_wire::at::instant;

const THERAPIST: &str = "clinics/default/therapists/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f";

fn good() -> v1::Session {
    let focus = |area: v1::Area, minutes| v1::Focus { area: area.into(), minutes };
    v1::Session {
        kind: v1::SessionKind::Massage.into(),
        state: v1::SessionState::Attended.into(),
        start_time: Some(prost_types::Timestamp { seconds: 1_772_352_000, nanos: 0 }),
        minutes: 30,
        therapist: THERAPIST.to_owned(),
        focus: vec![focus(v1::Area::TieIn, 18), focus(v1::Area::Belly, 12)],
        treatments: vec![v1::Treatment { modality: v1::Modality::Ice.into(), ..Default::default() }],
        pain_after_nprs: Some(3),
        charge: Some(Money { currency_code: "USD".to_owned(), units: 85, nanos: 500_000_000 }),
        ..Default::default()
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut v1::Session), expected: &[&str]) {
    let mut session = good();
    change(&mut session);
    let mut fields = Fields::new();
    let draft = draft(&session, &mut fields);
    check_first_state(draft.state(), &mut fields);
    assert_eq!(noted(fields), expected);
}

#[test]
fn a_good_session_has_no_fault() {
    check(|_| (), &[]);
}

#[test]
fn each_field_is_refused_just_outside_its_range_and_accepted_just_inside() {
    check(|s| s.minutes = 0, &["session.minutes"]);
    check(|s| s.minutes = 601, &["session.minutes"]);
    check(|s| s.minutes = 600, &[]);
    check(|s| s.kind = 0, &["session.kind"]);
    check(|s| s.kind = 3, &["session.kind"]);
    check(|s| s.state = 0, &["session.state"]);
    check(|s| s.state = v1::SessionState::Cancelled.into(), &["session.state"]);
    check(|s| s.state = v1::SessionState::NoShow.into(), &["session.state"]);
    check(|s| s.state = v1::SessionState::Planned.into(), &[]);
    check(|s| s.start_time = None, &["session.start_time"]);
    check(|s| s.start_time.as_mut().unwrap().nanos = -1, &["session.start_time"]);
    check(|s| s.start_time.as_mut().unwrap().nanos = 1_000_000_000, &["session.start_time"]);
    check(|s| s.start_time.as_mut().unwrap().seconds = i64::MAX, &["session.start_time"]);
    check(|s| s.start_time.as_mut().unwrap().seconds = -62_135_596_800, &["session.start_time"]);
    check(|s| s.therapist = "clinics/default".to_owned(), &["session.therapist"]);
    check(|s| s.therapist.clear(), &[]);
    check(|s| s.pain_before_nprs = Some(11), &["session.pain_before_nprs"]);
    check(|s| s.pain_before_nprs = Some(10), &[]);
    check(|s| s.pain_after_nprs = Some(-1), &["session.pain_after_nprs"]);
    check(|s| s.pain_after_nprs = Some(0), &[]);
    check(|s| s.pain_next_morning_nprs = Some(i32::MAX), &["session.pain_next_morning_nprs"]);
    check(|s| s.note = "a".repeat(10_001), &["session.note"]);
    check(|s| s.note = "a".repeat(10_000), &[]);
    check(|s| s.note = "a\0b".to_owned(), &["session.note"]);
}

#[test]
fn the_hands_on_minutes_fit_into_the_session_and_name_each_area_once() {
    check(|s| s.focus[0].minutes = 19, &["session.focus"]);
    check(|s| s.minutes = 29, &["session.focus"]);
    check(|s| s.focus[1].minutes = 0, &["session.focus[1].minutes"]);
    check(|s| s.focus[1].minutes = 601, &["session.focus[1].minutes"]);
    check(|s| s.focus[1].area = 0, &["session.focus[1].area"]);
    check(|s| s.focus[1].area = 99, &["session.focus[1].area"]);
    check(|s| s.focus[1].area = s.focus[0].area, &["session.focus[1].area"]);
    check(|s| s.focus = vec![v1::Focus::default(); 201], &["session.focus"]);
    check(|s| s.focus.clear(), &[]);
}

#[test]
fn each_item_of_a_list_is_named_by_its_place() {
    check(|s| s.treatments[0].modality = 0, &["session.treatments[0].modality"]);
    check(|s| s.treatments[0].minutes = Some(0), &["session.treatments[0].minutes"]);
    check(|s| s.treatments[0].minutes = Some(600), &[]);
    check(|s| s.treatments[0].result = 5, &["session.treatments[0].result"]);
    check(|s| s.treatments[0].note = "\u{202E}".to_owned(), &["session.treatments[0].note"]);
    check(|s| s.treatments = vec![s.treatments[0].clone(); 201], &["session.treatments"]);
    check(|s| s.treatments = vec![s.treatments[0].clone(); 200], &[]);
    check(|s| s.adverse_events = vec![v1::AdverseEvent::default()], &["session.adverse_events[0].kind"]);
}

#[test]
fn a_charge_is_not_negative_and_in_whole_minor_units() {
    let charge = |change: fn(&mut Money)| move |s: &mut v1::Session| change(s.charge.as_mut().unwrap());
    check(charge(|m| m.nanos = 1), &["session.charge.nanos"]);
    check(charge(|m| m.nanos = 1_000_000_000), &["session.charge.nanos"]);
    check(charge(|m| m.nanos = 990_000_000), &[]);
    check(charge(|m| m.nanos = -10_000_000), &["session.charge"]);
    check(charge(|m| m.units = -1), &["session.charge"]);
    check(charge(|m| m.units = i64::MAX), &["session.charge"]);
    check(charge(|m| m.units = 0), &[]);
    check(charge(|m| m.currency_code = "usd".to_owned()), &["session.charge"]);
}

#[test]
fn a_charge_has_the_decimals_of_its_currency() {
    let of = |currency_code: &'static str, units: i64, nanos: i32| {
        move |s: &mut v1::Session| s.charge = Some(Money { currency_code: currency_code.to_owned(), units, nanos })
    };
    let kept = |currency_code: &'static str, units: i64, nanos: i32| {
        let mut session = good();
        of(currency_code, units, nanos)(&mut session);
        let charge = draft(&session, &mut Fields::new()).done.charge.unwrap();
        assert_eq!(Some(super::super::session::wire_money(charge.clone())), session.charge);
        charge.minor_units
    };
    assert_eq!(kept("JPY", 9_000, 0), 9_000);
    assert_eq!(kept("USD", 90, 10_000_000), 9_001);
    assert_eq!(kept("KWD", 27, 125_000_000), 27_125);
    check(of("JPY", 9_000, 10_000_000), &["session.charge.nanos"]);
    check(of("KWD", 27, 100_000), &["session.charge.nanos"]);
    check(of("XAU", 1, 0), &["session.charge"]);
    check(of("ZZZ", 1, 0), &["session.charge"]);
}

#[test]
fn all_faults_are_named_at_once() {
    let change = |s: &mut v1::Session| {
        s.minutes = 700;
        s.kind = 9;
        s.start_time = None;
        s.pain_after_nprs = Some(11);
    };
    check(change, &["session.kind", "session.start_time", "session.minutes", "session.pain_after_nprs"]);
}

#[test]
fn what_was_read_is_kept_as_it_was_given() {
    let mut fields = Fields::new();
    let done = draft(&good(), &mut fields).done;
    assert_eq!(done.charge, Some(Kept { currency_code: "USD".to_owned(), minor_units: 8550 }));
    assert_eq!(done.focus[0].minutes.get(), 18);
    assert_eq!(done.pain_after.unwrap().get(), 3);
}

#[test]
fn an_instant_reads_back_to_the_microsecond_on_both_sides_of_the_epoch() {
    for text in ["2026-03-01T08:00:00.123456Z", "1969-12-31T23:59:59.5Z", "1901-01-01T00:00:00.000001Z"] {
        let given: Timestamp = text.parse().unwrap();
        assert_eq!(instant(&timestamp(given)), Some(given), "{text}");
        assert!((0..1_000_000_000).contains(&timestamp(given).nanos), "{text}");
    }
    let finer = prost_types::Timestamp { seconds: 1, nanos: 1_999 };
    assert_eq!(instant(&finer), Timestamp::from_microsecond(1_000_001).ok());
}
