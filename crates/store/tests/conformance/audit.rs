//! What happened is chained per clinic, and whatever is done to a chain past the store is found and named.

use taper_core::access::{Interaction, Role};
use taper_core::audit::{Entry, Event, Fault, Head};
use taper_core::ids::PatientId;
use taper_store::{Options, Read, Store, audit};
use uuid::Uuid;

use crate::harness::{Home, Kind, instant, master_key, on, on_both, soon};
use crate::time::Dice;

on_both! {
    events_come_back_as_they_were_written_by_number_and_by_filter;
    a_report_by_period_patient_and_caller_is_what_a_model_says_page_by_page;
    chains_of_clinics_are_apart_and_each_begins_at_one;
    events_of_many_at_once_make_one_chain_without_gaps;
    an_event_of_a_change_that_was_not_kept_is_not_kept_either;
    an_event_after_another_of_the_same_program_costs_two_statements_whatever_other_clinics_do;
    a_thousand_random_changes_of_a_chain_are_all_found_and_named;
    from_a_trusted_head_on_a_change_after_it_is_found_and_one_before_it_is_not_looked_at;
    the_last_events_are_the_newest_that_are_meant_by_number;
}

fn event(number: i64) -> Event {
    Event {
        at: instant(number),
        subject: format!("key:{}", number % 3),
        role: (number % 4 != 0).then_some(Role::ALL[(number % 7) as usize]),
        method: "taper.v1.PatientService/GetPatient".to_owned(),
        interaction: Interaction::ALL[(number % 5) as usize],
        patient: (number % 2 == 0).then(|| PatientId(Uuid::from_u128((number % 10) as u128))),
        resource: (number % 3 != 0).then(|| format!("clinics/here/apiKeys/{number}")),
        outcome: "OK".to_owned(),
        call_id: format!("call-{number}"),
        by_broken_glass: number % 11 == 0,
    }
}

async fn written(home: &Home, slug: &str, numbers: std::ops::RangeInclusive<i64>) -> Head {
    let tx = home.write(slug).await;
    let head = audit::append(&tx, numbers.map(event).collect()).await.unwrap();
    tx.commit().await.unwrap();
    head
}

async fn all(tx: &Read) -> Vec<Entry> {
    audit::list(tx, &audit::Filter::default(), 0, 10_000).await.unwrap()
}

async fn verified(home: &Home, slug: &str, anchors: Vec<Head>) -> Result<Head, Fault> {
    audit::verify(&home.read(slug).await, Head::default(), anchors).await.unwrap()
}

async fn events_come_back_as_they_were_written_by_number_and_by_filter(home: &Home) {
    assert_eq!(audit::head(&home.read("here").await).await, Ok(Head::default()));
    written(home, "here", 1..=1).await;
    let head = written(home, "here", 2..=40).await;
    let tx = home.read("here").await;
    let entries = all(&tx).await;
    assert_eq!(
        entries.iter().map(|entry| entry.event.clone()).collect::<Vec<_>>(),
        (1..=40).map(event).collect::<Vec<_>>()
    );
    assert_eq!((entries[39].head(), audit::head(&tx).await.unwrap()), (head, head));
    let numbers = async |filter: audit::Filter, after: u64, limit: u32| -> Vec<u64> {
        let entries = audit::list(&tx, &filter, after, limit).await.unwrap();
        entries.into_iter().map(|entry| entry.number).collect()
    };
    let patient = Some(PatientId(Uuid::from_u128(4)));
    assert_eq!(numbers(audit::Filter { patient, ..audit::Filter::default() }, 0, 9).await, [4, 14, 24, 34]);
    let subject = Some("key:2".to_owned());
    assert_eq!(numbers(audit::Filter { subject, ..audit::Filter::default() }, 5, 2).await, [8, 11]);
    let (from, until) = (Some(instant(7)), Some(instant(9)));
    assert_eq!(numbers(audit::Filter { from, until, ..audit::Filter::default() }, 0, 9).await, [7, 8]);
}

async fn a_report_by_period_patient_and_caller_is_what_a_model_says_page_by_page(home: &Home) {
    written(home, "here", 1..=60).await;
    written(home, "there", 1..=60).await;
    let tx = home.read("here").await;
    let model = all(&tx).await;
    let mut dice = Dice(6);
    let mut sizes = std::collections::BTreeSet::new();
    for _ in 0..300 {
        let mut some = |n: u64| (dice.below(2) == 0).then(|| dice.below(n));
        let filter = audit::Filter {
            from: some(70).map(|second| instant(second as i64)),
            until: some(70).map(|second| instant(second as i64)),
            patient: some(12).map(|id| PatientId(Uuid::from_u128(id.into()))),
            subject: some(4).map(|id| format!("key:{id}")),
        };
        let is_meant = |event: &Event| {
            filter.from.is_none_or(|from| from <= event.at)
                && filter.until.is_none_or(|until| event.at < until)
                && (filter.patient.is_none() || filter.patient == event.patient)
                && filter.subject.as_ref().is_none_or(|subject| *subject == event.subject)
        };
        let expected: Vec<Entry> = model.iter().filter(|entry| is_meant(&entry.event)).cloned().collect();
        let (mut report, mut after) = (Vec::new(), 0);
        loop {
            let page = audit::list(&tx, &filter, after, 7).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.number;
            report.extend(page);
        }
        assert_eq!(report, expected, "{filter:?}");
        sizes.insert(report.len());
    }
    assert!(sizes.len() > 15 && sizes.contains(&60) && sizes.contains(&0), "{sizes:?}");
}

async fn chains_of_clinics_are_apart_and_each_begins_at_one(home: &Home) {
    let (here, there) = (written(home, "here", 1..=3).await, written(home, "there", 1..=3).await);
    assert_eq!((here.number, there.number), (3, 3));
    assert_ne!(here.hash, there.hash, "the same events in another clinic are another chain");
    assert_eq!(verified(home, "here", Vec::new()).await, Ok(here));
    assert_eq!(verified(home, "there", Vec::new()).await, Ok(there));
}

async fn events_of_many_at_once_make_one_chain_without_gaps(home: &Home) {
    let mut writers = Vec::new();
    for writer in 0..8_i64 {
        let store = home.store.clone();
        writers.push(tokio::spawn(async move {
            for number in 0..10 {
                let tx = store.begin_write(&"here".parse().unwrap(), soon()).await.unwrap();
                audit::append(&tx, vec![event(writer * 10 + number + 1)]).await.unwrap();
                tx.commit().await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(verified(home, "here", Vec::new()).await.unwrap().number, 80);
}

async fn an_event_of_a_change_that_was_not_kept_is_not_kept_either(home: &Home) {
    let head = written(home, "here", 1..=3).await;
    let tx = home.write("here").await;
    audit::append(&tx, vec![event(4)]).await.unwrap();
    drop(tx);
    assert_eq!(verified(home, "here", Vec::new()).await, Ok(head));
    let head = written(home, "here", 5..=6).await;
    assert_eq!((head.number, verified(home, "here", Vec::new()).await), (5, Ok(head)), "what follows joins on");
}

/// One program only owns a SQLite file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_add_in_turn_make_one_chain() {
    on(Kind::Postgres, async |home: &Home| {
        let options = Options { master_key: Some(master_key()), ..Options::default() };
        let other = Store::open(&home.url, options).await.unwrap();
        for number in 0..10 {
            let store = if number % 3 == 0 { &other } else { &home.store };
            let tx = store.begin_write(&"here".parse().unwrap(), soon()).await.unwrap();
            audit::append(&tx, vec![event(2 * number + 1), event(2 * number + 2)]).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(verified(home, "here", Vec::new()).await.unwrap().number, 20);
        other.close().await;
    })
    .await;
}

async fn an_event_after_another_of_the_same_program_costs_two_statements_whatever_other_clinics_do(home: &Home) {
    for number in 1..=3 {
        for slug in ["here", "there"] {
            let tx = home.write(slug).await;
            audit::append(&tx, vec![event(number)]).await.unwrap();
            assert!(number == 1 || tx.statements() == 2, "event {number} of {slug}: {} statements", tx.statements());
            tx.commit().await.unwrap();
        }
    }
}

/// One random way to tamper with a chain of so many events: the statements, what it is, and what must be found.
fn tampering(dice: &mut u64, count: u64) -> (String, &'static str, Fault) {
    let mut below = |n: u64| {
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        *dice % n
    };
    let (one, other) = (below(count) + 1, below(count - 1) + 1);
    let other = if other >= one { other + 1 } else { other };
    let of = |number: u64| format!("clinic_id = 'here' AND number = {number}");
    let cut = |found| Fault::CutOff { expected: count, found };
    match below(5) {
        0 => {
            let change = [
                "subject = subject || 'x'",
                "method = method || 'x'",
                "outcome = outcome || 'x'",
                "call_id = call_id || 'x'",
                "at = at + 1",
                "role = CASE WHEN role = 'auditor' THEN NULL ELSE 'auditor' END",
                "interaction = CASE WHEN interaction = 'read' THEN 'search' ELSE 'read' END",
                "patient_id = CASE WHEN patient_id IS NULL THEN ID ELSE NULL END",
                "by_broken_glass = NOT by_broken_glass",
                "resource = CASE WHEN resource IS NULL THEN '' ELSE NULL END",
                "resource = COALESCE(resource, '') || 'x'",
            ][below(11) as usize];
            (format!("UPDATE audit_events SET {change} WHERE {}", of(one)), "edit", Fault::Changed { number: one })
        }
        1 => {
            let found = if one == count { cut(one - 1) } else { Fault::Missing { expected: one, found: one + 1 } };
            (format!("DELETE FROM audit_events WHERE {}", of(one)), "deletion", found)
        }
        2 => {
            let away = format!("UPDATE audit_events SET number = 999999 WHERE {}", of(one));
            let there = format!("UPDATE audit_events SET number = {one} WHERE {}", of(other));
            let back = format!("UPDATE audit_events SET number = {other} WHERE {}", of(999_999));
            (format!("{away}; {there}; {back}"), "swap", Fault::Changed { number: one.min(other) })
        }
        3 => {
            let change =
                ["role = 'x'", "interaction = 'x'", "hash = SHORT", "at = 9223372036854775807", "patient_id = NO_ID"]
                    [below(5) as usize];
            let statement = format!("UPDATE audit_events SET {change} WHERE {}", of(one));
            (statement, "not readable", Fault::Unreadable { number: one })
        }
        _ => {
            let statement = format!("DELETE FROM audit_events WHERE clinic_id = 'here' AND number >= {one}");
            (statement, "truncation", cut(one - 1))
        }
    }
}

async fn from_a_trusted_head_on_a_change_after_it_is_found_and_one_before_it_is_not_looked_at(home: &Home) {
    let start = written(home, "here", 1..=10).await;
    let head = written(home, "here", 11..=20).await;
    let change = async |number: u64| {
        let sql = format!("UPDATE audit_events SET outcome = outcome || 'x' WHERE number = {number}");
        home.tamper(sql).await.unwrap();
    };
    let from = async || audit::verify(&home.read("here").await, start, vec![head]).await.unwrap();
    change(10).await;
    assert_eq!(from().await, Ok(head));
    assert_eq!(verified(home, "here", Vec::new()).await, Err(Fault::Changed { number: 10 }));
    change(11).await;
    assert_eq!(from().await, Err(Fault::Changed { number: 11 }));
}

async fn the_last_events_are_the_newest_that_are_meant_by_number(home: &Home) {
    written(home, "here", 1..=20).await;
    written(home, "there", 1..=5).await;
    let tx = home.read("here").await;
    let numbers = async |filter: &audit::Filter, limit: u32| -> Vec<u64> {
        let entries = audit::latest(&tx, filter, limit).await.unwrap();
        entries.into_iter().map(|entry| entry.number).collect()
    };
    assert_eq!(numbers(&audit::Filter::default(), 3).await, [18, 19, 20]);
    assert_eq!(numbers(&audit::Filter::default(), 99).await, (1..=20).collect::<Vec<_>>());
    let filter = audit::Filter { subject: Some("key:1".to_owned()), until: Some(instant(15)), ..Default::default() };
    assert_eq!(numbers(&filter, 2).await, [10, 13]);
}

async fn a_thousand_random_changes_of_a_chain_are_all_found_and_named(home: &Home) {
    let count = 25;
    let head = written(home, "here", 1..=count).await;
    home.tamper("CREATE TABLE kept AS SELECT * FROM audit_events".to_owned()).await.unwrap();
    let restore = "DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM kept";
    let is_sqlite = matches!(home.kind, crate::harness::Kind::Sqlite);
    let id = if is_sqlite { "zeroblob(16)" } else { "'00000000-0000-0000-0000-000000000000'::uuid" };
    let short = if is_sqlite { "X'00'" } else { "'\\x00'" };
    // A Postgres takes nothing but ids for an id.
    let no_id = if is_sqlite { "X'00'" } else { "patient_id, role = 'x'" };
    let (mut dice, mut kinds) = (0x9E37_79B9_7F4A_7C15_u64, std::collections::BTreeMap::<_, usize>::new());
    for _ in 0..1000 {
        let (change, kind, fault) = tampering(&mut dice, count as u64);
        let change = change.replace("THEN ID", &format!("THEN {id}")).replace("NO_ID", no_id).replace("SHORT", short);
        home.tamper(format!("{restore}; {change}")).await.unwrap();
        assert_eq!(verified(home, "here", Vec::new()).await, Err(fault), "{change}");
        *kinds.entry(kind).or_default() += 1;
    }
    assert!(kinds.len() == 5 && kinds.values().all(|count| *count > 150), "{kinds:?}");
    home.tamper(restore.to_owned()).await.unwrap();
    assert_eq!(verified(home, "here", Vec::new()).await, Ok(head));
    let two =
        "UPDATE audit_events SET role = 'x' WHERE number = 9; UPDATE audit_events SET at = at + 1 WHERE number = 4";
    home.tamper(format!("{restore}; {two}")).await.unwrap();
    assert_eq!(verified(home, "here", Vec::new()).await, Err(Fault::Changed { number: 4 }), "the first is named");
    home.tamper(format!("CREATE TABLE heads AS SELECT * FROM audit_heads; UPDATE audit_heads SET hash = {short}"))
        .await
        .unwrap();
    assert_eq!(verified(home, "there", Vec::new()).await, Ok(Head::default()));
    home.tamper(restore.to_owned()).await.unwrap();
    assert_eq!(verified(home, "here", Vec::new()).await, Err(Fault::UnreadableHead));
    home.tamper("DELETE FROM audit_heads; INSERT INTO audit_heads SELECT * FROM heads".to_owned()).await.unwrap();
    // Whoever cuts the head too is found by a head that was kept elsewhere.
    let first = all(&home.read("here").await).await[9].head();
    let hash: String = first.hash.to_string();
    let hash =
        if matches!(home.kind, crate::harness::Kind::Sqlite) { format!("X'{hash}'") } else { format!("'\\x{hash}'") };
    let cut = format!(
        "DELETE FROM audit_events WHERE number > 10; UPDATE audit_heads SET number = 10, hash = {hash} WHERE clinic_id = 'here'"
    );
    home.tamper(cut).await.unwrap();
    assert_eq!(verified(home, "here", Vec::new()).await, Ok(first));
    assert_eq!(verified(home, "here", vec![head]).await, Err(Fault::CutOff { expected: 25, found: 10 }));
}
