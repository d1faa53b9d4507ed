//! Whatever is done to a chain is found, and at the right place.

use uuid::Uuid;

use super::*;
use crate::access::Known;

fn event(number: u64) -> Event {
    Event {
        at: Timestamp::from_microsecond(1_700_000_000_000_000 + number as i64).unwrap(),
        subject: format!("key:{}", number % 3),
        role: Some(Role::ALL[number as usize % 7]),
        method: "taper.v1.PatientService/GetPatient".to_owned(),
        interaction: Interaction::ALL[number as usize % 5],
        patient: number.is_multiple_of(2).then(|| PatientId(Uuid::from_u128(u128::from(number)))),
        resource: (!number.is_multiple_of(3)).then(|| format!("clinics/here/apiKeys/{number}")),
        outcome: "OK".to_owned(),
        call_id: format!("call-{number}"),
        by_broken_glass: number.is_multiple_of(11),
    }
}

fn chain(name: &str, count: u64) -> Vec<Entry> {
    let mut head = Head::default();
    let mut entries = Vec::new();
    for number in 1..=count {
        let entry = head.next(name, event(number));
        head = entry.head();
        entries.push(entry);
    }
    entries
}

fn verified(entries: &[Entry], stored: Head, anchors: Vec<Head>) -> Result<Head, Fault> {
    let mut verifier = Verifier::new("here", anchors);
    for entry in entries {
        verifier.read(entry)?;
    }
    verifier.end(stored)
}

#[test]
fn a_chain_as_it_was_written_verifies_up_to_its_head_and_an_empty_one_too() {
    let entries = chain("here", 20);
    let head = entries[19].head();
    assert_eq!(verified(&entries, head, vec![entries[4].head(), head]), Ok(head));
    assert_eq!(verified(&[], Head::default(), Vec::new()), Ok(Head::default()));
}

#[test]
fn a_hash_is_printed_as_64_hexadecimal_digits() {
    let mut hash = Hash::default();
    hash.0[0] = 0x0a;
    hash.0[31] = 0xff;
    assert_eq!(hash.to_string(), format!("0a{}ff", "0".repeat(60)));
}

#[test]
fn an_event_names_its_caller_and_the_callers_role() {
    assert_eq!(Event::caller(&Principal::Open), ("open".to_owned(), None));
    let known = Known {
        subject: "key:k".into(),
        role: Role::Auditor,
        clinic: None,
        scopes: None,
        certificate: None,
        therapist: None,
        expires_at: None,
    };
    assert_eq!(Event::caller(&Principal::Known(known)), ("key:k".to_owned(), Some(Role::Auditor)));
}

#[test]
fn a_change_of_any_field_names_its_entry() {
    let entries = chain("here", 20);
    let head = entries[19].head();
    let changes: [fn(&mut Event); 12] = [
        |event| event.at = Timestamp::from_microsecond(event.at.as_microsecond() + 1).unwrap(),
        |event| event.subject.push('x'),
        |event| event.role = None,
        |event| event.method.push('x'),
        |event| event.interaction = Interaction::Delete,
        |event| event.patient = Some(PatientId(Uuid::nil())),
        |event| event.resource = None,
        |event| event.resource = Some(String::new()),
        |event| event.resource = event.resource.take().map(|name| format!("{name}0")),
        |event| event.outcome = "RESOURCE_NOT_FOUND".to_owned(),
        |event| event.call_id.clear(),
        |event| event.by_broken_glass = !event.by_broken_glass,
    ];
    for change in changes {
        let mut entries = entries.clone();
        change(&mut entries[6].event);
        assert_eq!(verified(&entries, head, Vec::new()), Err(Fault::Changed { number: 7 }));
    }
    // What moves from one field into the next is a change too.
    let mut moved = entries.clone();
    moved[6].event.subject.push_str("OK");
    moved[6].event.outcome.clear();
    assert_eq!(verified(&moved, head, Vec::new()), Err(Fault::Changed { number: 7 }));
    let mut other_hash = entries.clone();
    other_hash[6].hash.0[0] ^= 1;
    assert_eq!(verified(&other_hash, head, Vec::new()), Err(Fault::Changed { number: 7 }));
}

#[test]
fn an_event_without_a_resource_has_the_hash_that_it_had_before_there_were_resources() {
    let without = Event { resource: None, ..event(2) };
    let entry = Head::default().next("here", without.clone());
    assert_eq!(entry.hash.to_string(), "364028f8c78c8290b1501b76192e0207972ab60acc3b0752d3881ff4126e0d65");
    let hash = |resource: &str| {
        Head::default().next("here", Event { resource: Some(resource.to_owned()), ..without.clone() }).hash
    };
    assert!(hash("") != entry.hash && hash("clinics/here") != hash(""));
}

#[test]
fn an_entry_that_is_gone_swapped_or_of_another_chain_is_found() {
    let entries = chain("here", 20);
    let head = entries[19].head();
    let mut gone = entries.clone();
    gone.remove(6);
    assert_eq!(verified(&gone, head, Vec::new()), Err(Fault::Missing { expected: 7, found: 8 }));
    let mut swapped = entries.clone();
    swapped.swap(6, 9);
    assert_eq!(verified(&swapped, head, Vec::new()), Err(Fault::Missing { expected: 7, found: 10 }));
    let mut contents = entries.clone();
    let (one, other) = (contents[6].event.clone(), contents[9].event.clone());
    (contents[6].event, contents[9].event) = (other, one);
    assert_eq!(verified(&contents, head, Vec::new()), Err(Fault::Changed { number: 7 }));
    assert_eq!(verified(&chain("there", 20), head, Vec::new()), Err(Fault::Changed { number: 1 }));
}

#[test]
fn a_chain_that_was_cut_off_is_found_by_its_head_and_one_whose_head_was_cut_too_by_an_anchor() {
    let entries = chain("here", 20);
    let head = entries[19].head();
    let cut = Err(Fault::CutOff { expected: 20, found: 12 });
    assert_eq!(verified(&entries[..12], head, Vec::new()), cut);
    assert_eq!(verified(&entries[..12], entries[11].head(), vec![head]), cut);
    // A head that lags behind is not the head.
    assert_eq!(verified(&entries, entries[18].head(), Vec::new()), Err(Fault::Changed { number: 20 }));
}

#[test]
fn a_chain_that_was_written_anew_is_found_by_an_anchor() {
    let mut head = Head::default();
    let mut anew = Vec::new();
    for number in 1..=20 {
        let entry = head.next("here", Event { subject: "key:9".to_owned(), ..event(number) });
        head = entry.head();
        anew.push(entry);
    }
    let anchor = chain("here", 5)[4].head();
    assert_eq!(verified(&anew, head, Vec::new()), Ok(head));
    assert_eq!(verified(&anew, head, vec![anchor]), Err(Fault::NotAnchored { number: 5 }));
}

#[test]
fn from_a_trusted_head_on_a_chain_is_read_from_there_and_what_is_before_it_is_not_looked_at() {
    let entries = chain("here", 20);
    let (start, head) = (entries[7].head(), entries[19].head());
    let from = |entries: &[Entry], stored: Head| {
        let mut verifier = Verifier::new("here", vec![head]).after(start);
        for entry in entries {
            verifier.read(entry)?;
        }
        verifier.end(stored)
    };
    assert_eq!(from(&entries[8..], head), Ok(head));
    assert_eq!(from(&entries[9..], head), Err(Fault::Missing { expected: 9, found: 10 }));
    let mut changed = entries.clone();
    changed[8].event.subject.push('x');
    assert_eq!(from(&changed[8..], head), Err(Fault::Changed { number: 9 }));
    assert_eq!(from(&entries[8..15], entries[14].head()), Err(Fault::CutOff { expected: 20, found: 15 }));
    // The chain was cut before the trusted head, and its end with it; or another was put in its place.
    let short = |stored: Head| Verifier::new("here", Vec::new()).after(start).end(stored);
    assert_eq!(short(entries[4].head()), Err(Fault::CutOff { expected: 8, found: 5 }));
    assert_eq!(short(Head { hash: Hash([7; 32]), ..start }), Err(Fault::Changed { number: 8 }));
    assert_eq!(short(start), Ok(start));
}
