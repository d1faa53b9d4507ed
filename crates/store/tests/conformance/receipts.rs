//! Issued recommendations: kept as they were issued, listed by id, and only from a record that is held.

use jiff::Timestamp;
use jiff::civil::date;
use taper_core::ids::{PlanId, ReceiptId};
use taper_core::receipt::Receipt;
use taper_core::record::plan::ProtocolRef;
use taper_core::text::Note;
use taper_core::value::Nprs;
use taper_store::{Error, PlanKey, clinics, receipts, records, sessions};

use crate::harness::{Home, Kind, clinic, instant, on_both, soon};
use crate::samples::*;

on_both! {
    a_receipt_reads_back_with_the_seal_that_it_was_made_with;
    receipts_come_page_by_page;
    a_receipt_belongs_to_one_plan_of_one_clinic;
    a_receipt_of_a_record_that_is_not_held_is_refused;
    of_changes_under_way_none_slips_below_a_receipt;
    a_damaged_row_gives_no_advice_and_still_tells_which_part_of_a_receipt_differs;
}

/// A receipt whose instants are finer than a microsecond.
pub fn receipt(key: PlanKey, known_at: Timestamp, facts_sha256: &str) -> Receipt {
    Receipt {
        plan: key.plan,
        as_of: date(2026, 3, 31),
        known_at,
        plan_version: u32::MAX,
        protocol: ProtocolRef { protocol: "hamstring-strain".to_owned(), version: "1".to_owned() },
        protocol_sha256: "a".repeat(64),
        facts_sha256: facts_sha256.to_owned(),
        output_sha256: "c".repeat(64),
        program_version: "0.1.0".to_owned(),
        issued_at: Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap(),
    }
}

async fn a_receipt_reads_back_with_the_seal_that_it_was_made_with(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let now = Timestamp::from_nanosecond(1_700_000_000_987_654_321).unwrap();
    let known_at = records::hold(&tx, key, now).await.unwrap();
    assert_eq!(known_at.as_nanosecond(), 1_700_000_000_987_654_000);
    let content = receipt(key, known_at, &"b".repeat(64));
    let id = ReceiptId(new_id());
    let made = receipts::create(&tx, key, id, &content).await.unwrap();
    tx.commit().await.unwrap();
    let tx = home.read("here").await;
    let read = receipts::get(&tx, key, id).await.unwrap();
    assert_eq!(read, made);
    assert_eq!((read.id, read.seal.as_str()), (id, content.seal().as_str()));
    assert_eq!(read.receipt.seal(), read.seal);
    assert_eq!(read.receipt.issued_at.as_microsecond(), content.issued_at.as_microsecond());
}

async fn receipts_come_page_by_page(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    assert_eq!(receipts::list(&tx, key, None, 9).await, Ok(vec![]));
    let mut made = Vec::new();
    for second in 20..25 {
        let known_at = records::hold(&tx, key, instant(second)).await.unwrap();
        let content = receipt(key, known_at, "");
        made.push(receipts::create(&tx, key, ReceiptId(new_id()), &content).await.unwrap());
    }
    let first = receipts::list(&tx, key, None, 3).await.unwrap();
    let rest = receipts::list(&tx, key, Some(first[2].id), 3).await.unwrap();
    assert_eq!([first, rest].concat(), made);
}

async fn a_receipt_belongs_to_one_plan_of_one_clinic(home: &Home) {
    let tx = home.write("here").await;
    let (key, other) = (a_plan(&tx).await, a_plan(&tx).await);
    let known_at = records::hold(&tx, key, instant(20)).await.unwrap();
    let id = ReceiptId(new_id());
    receipts::create(&tx, key, id, &receipt(key, known_at, "")).await.unwrap();
    for wrong in [other, PlanKey { plan: PlanId(new_id()), ..key }, PlanKey { injury: other.injury, ..key }] {
        assert!(matches!(receipts::get(&tx, wrong, id).await, Err(Error::NotFound { .. })));
        let refused = receipts::create(&tx, wrong, ReceiptId(new_id()), &receipt(key, known_at, "")).await;
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    }
    assert_eq!(receipts::list(&tx, other, None, 9).await, Ok(vec![]));
    tx.commit().await.unwrap();
    let tx = home.write("there").await;
    assert!(matches!(receipts::get(&tx, key, id).await, Err(Error::NotFound { .. })));
    assert!(matches!(receipts::list(&tx, key, None, 9).await, Err(Error::NotFound { .. })));
    let refused = receipts::create(&tx, key, ReceiptId(new_id()), &receipt(key, known_at, "")).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
}

async fn a_receipt_of_a_record_that_is_not_held_is_refused(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let refused = receipts::create(&tx, key, ReceiptId(new_id()), &receipt(key, instant(20), "")).await;
    assert_eq!(refused, Err(Error::Internal));
    records::hold(&tx, key, instant(20)).await.unwrap();
    let refused = receipts::create(&tx, key, ReceiptId(new_id()), &receipt(key, instant(21), "")).await;
    assert_eq!(refused, Err(Error::Internal));
    // What was known earlier is settled as well.
    receipts::create(&tx, key, ReceiptId(new_id()), &receipt(key, instant(19), "")).await.unwrap();
}

/// A therapist records a session while a recommendation is issued: the clock was read before, the commit comes after.
async fn of_changes_under_way_none_slips_below_a_receipt(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    tx.commit().await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for count in 0..40 {
        let store = home.store.clone();
        let pause = std::time::Duration::from_millis(count % 7);
        writers.spawn(async move {
            let now = Timestamp::now();
            tokio::time::sleep(pause).await;
            loop {
                let tx = match store.begin_write(&clinic("here"), soon()).await {
                    Err(Error::Overloaded) => continue,
                    other => other.unwrap(),
                };
                clinics::get(&tx).await.unwrap();
                sessions::create(&tx, key, session_id(), &small_session(), now).await.unwrap();
                tokio::time::sleep(pause / 2).await;
                return tx.commit().await.unwrap();
            }
        });
    }
    let mut issued = Vec::new();
    for _ in 0..15 {
        let Ok(tx) = home.store.begin_write(&clinic("here"), soon()).await else { continue };
        let known_at = records::hold(&tx, key, Timestamp::now()).await.unwrap();
        issued.push((known_at, records::evidence(&tx, key, known_at).await.unwrap()));
        tx.commit().await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    writers.join_all().await;
    let tx = home.read("here").await;
    assert!(home.kind == Kind::Sqlite || issued.len() > 3);
    for (known_at, evidence) in issued {
        assert_eq!(records::evidence(&tx, key, known_at).await.unwrap(), evidence);
    }
}

async fn a_damaged_row_gives_no_advice_and_still_tells_which_part_of_a_receipt_differs(home: &Home) {
    let tx = home.write("here").await;
    let key = a_plan(&tx).await;
    let calm = taper_core::record::session::Session { note: Note::parse("calm").unwrap(), ..small_session() };
    assert_eq!(calm.pain_before, Nprs::new(10).ok());
    sessions::create(&tx, key, session_id(), &calm, instant(20)).await.unwrap();
    let known_at = records::hold(&tx, key, instant(30)).await.unwrap();
    let lines = records::evidence(&tx, key, known_at).await.unwrap();
    let record = records::load(&tx, key, Some(known_at)).await.unwrap();
    tx.commit().await.unwrap();
    let replace = |replaced: &str| match home.kind {
        Kind::Sqlite => format!("SET body = replace(body, {replaced})"),
        Kind::Postgres => format!("SET body = replace(body::text, {replaced})::json"),
    };
    let damaged = async || {
        let tx = home.read("here").await;
        let loaded = records::load(&tx, key, Some(known_at)).await;
        assert!(matches!(loaded, Err(Error::Damaged { .. })), "{loaded:?}");
        let evidence = records::evidence(&tx, key, known_at).await;
        assert!(matches!(evidence, Err(Error::Damaged { .. })), "{evidence:?}");
        let record = records::load_as_stored(&tx, key, Some(known_at)).await.unwrap();
        (record, records::evidence_as_stored(&tx, key, known_at).await.unwrap())
    };
    // The same to whoever parses it, so nothing that was issued differs.
    home.tamper(format!("UPDATE patient_revisions {}", replace("'{', '{ '"))).await.unwrap();
    assert_eq!(damaged().await, (record.clone(), lines.clone()));
    // The facts differ, and what follows from them can still be computed.
    home.tamper(format!("UPDATE sessions {}", replace("'\"pain_before\":10', '\"pain_before\":9'"))).await.unwrap();
    let (stored, stored_lines) = damaged().await;
    let differing = |stored: &[String]| stored.iter().zip(&lines).filter(|(now, then)| now != then).count();
    assert_eq!(differing(&stored_lines), 1);
    let mut wild = record;
    wild.sessions[0].content.pain_before = Nprs::new(9).ok();
    assert_eq!(stored, wild);
    // What is encrypted does not open: the texts, which no rule reads, are left out, and the lines differ.
    home.tamper("UPDATE injury_revisions SET ciphertext = digest".to_owned()).await.unwrap();
    let (stored, stored_lines) = damaged().await;
    wild.injury.content.note = Note::default();
    wild.injury.content.earlier_treatments[0].kind = Note::default();
    assert_eq!(stored, wild);
    assert_eq!(differing(&stored_lines), 2);
}
