//! Receipts: hashes that change with every part, and with nothing else.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use taper_core::ids::PlanId;
use taper_core::protocol::builtin;
use taper_core::receipt::{Part, Receipt, Recomputed, sha256_of_lines, sha256_of_output, verify};
use taper_core::recommend::recommend;
use taper_core::record::plan::{Phase, ProtocolRef};
use uuid::Uuid;

use crate::document::{Story, day};
use crate::played;

fn receipt() -> Receipt {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Receipt {
        plan: PlanId(Uuid::from_u64_pair(1, 2)),
        as_of: jiff::civil::date(2026, 3, 2),
        known_at: at("2026-03-02T10:11:12.123456Z"),
        plan_version: 3,
        protocol: ProtocolRef { protocol: "hamstring-strain".into(), version: "1".into() },
        protocol_sha256: "a1".repeat(32),
        facts_sha256: "b2".repeat(32),
        output_sha256: "c3".repeat(32),
        program_version: "0.1.0".into(),
        issued_at: at("2026-03-02T10:11:12.2Z"),
    }
}

fn as_issued(receipt: &Receipt) -> Recomputed {
    Recomputed {
        protocol_sha256: Some(receipt.protocol_sha256.clone()),
        facts_sha256: receipt.facts_sha256.clone(),
        output_sha256: Some(receipt.output_sha256.clone()),
    }
}

fn parts(receipt: &Receipt, stored_seal: &str, now: &Recomputed) -> Vec<Part> {
    verify(receipt, stored_seal, now).into_iter().map(|differs| differs.part).collect()
}

#[test]
fn the_seal_is_the_hash_of_the_documented_text() {
    // The hash below was worked with another program.
    let text = concat!(
        "taper receipt 1\n",
        r#"{"as_of":"2026-03-02","facts_sha256":"b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2","#,
        r#""issued_at":"2026-03-02T10:11:12.2Z","known_at":"2026-03-02T10:11:12.123456Z","#,
        r#""output_sha256":"c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3","#,
        r#""plan":"00000000-0000-0001-0000-000000000002","plan_version":3,"program_version":"0.1.0","#,
        r#""protocol":{"protocol":"hamstring-strain","version":"1"},"#,
        r#""protocol_sha256":"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"}"#,
    );
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, "041b48444b367b9eb61ba05e4039db8686969f544b43888c0916f95d196a87d3");
    assert_eq!(receipt().seal(), hash);
}

#[test]
fn the_seal_changes_with_every_field() {
    let changes: [fn(&mut Receipt); 11] = [
        |receipt| receipt.plan = PlanId(Uuid::from_u64_pair(1, 3)),
        |receipt| receipt.as_of = receipt.as_of.tomorrow().unwrap(),
        |receipt| receipt.known_at += SignedDuration::from_micros(1),
        |receipt| receipt.plan_version += 1,
        |receipt| receipt.protocol.protocol.push('s'),
        |receipt| receipt.protocol.version = "2".into(),
        |receipt| receipt.protocol_sha256.replace_range(0..1, "b"),
        |receipt| receipt.facts_sha256.replace_range(63.., "3"),
        |receipt| receipt.output_sha256.replace_range(5..6, "4"),
        |receipt| receipt.program_version.push('0'),
        |receipt| receipt.issued_at += SignedDuration::from_micros(1),
    ];
    let issued = receipt();
    let seal = issued.seal();
    for (place, change) in changes.iter().enumerate() {
        let mut tampered = issued.clone();
        change(&mut tampered);
        assert_ne!(tampered.seal(), seal, "change {place}");
        assert!(parts(&tampered, &seal, &as_issued(&issued)).contains(&Part::Seal), "change {place}");
    }
}

#[test]
fn the_seal_does_not_depend_on_what_no_database_keeps() {
    let mut finer = receipt();
    finer.known_at += SignedDuration::from_nanos(999);
    finer.issued_at += SignedDuration::from_nanos(1);
    assert_eq!(finer.seal(), receipt().seal());
    let read_back: Receipt = serde_json::from_str(&serde_json::to_string(&receipt()).unwrap()).unwrap();
    assert_eq!(read_back, receipt());
}

#[test]
fn verification_names_the_part_that_differs_and_no_other() {
    let issued = receipt();
    let seal = issued.seal();
    let now = as_issued(&issued);
    assert_eq!(parts(&issued, &seal, &now), []);
    assert_eq!(parts(&issued, &seal.to_uppercase(), &now), [Part::Seal]);
    let other = || Some("d4".repeat(32));
    assert_eq!(parts(&issued, &seal, &Recomputed { protocol_sha256: other(), ..now.clone() }), [Part::Protocol]);
    assert_eq!(parts(&issued, &seal, &Recomputed { facts_sha256: "d4".repeat(32), ..now.clone() }), [Part::Facts]);
    assert_eq!(parts(&issued, &seal, &Recomputed { output_sha256: other(), ..now.clone() }), [Part::Output]);
    let gone = Recomputed { protocol_sha256: None, output_sha256: None, ..now };
    let differ = verify(&issued, &seal, &gone);
    assert_eq!(differ.iter().map(|differs| differs.part).collect::<Vec<_>>(), [Part::Protocol, Part::Output]);
    assert!(differ.iter().all(|differs| differs.recomputed.is_none()));
    assert_eq!(differ[0].stored, issued.protocol_sha256);
}

#[test]
fn a_hash_on_the_receipt_that_was_changed_breaks_both_its_part_and_the_seal() {
    let issued = receipt();
    let mut tampered = issued.clone();
    tampered.facts_sha256.replace_range(0..1, "c");
    assert_eq!(parts(&tampered, &issued.seal(), &as_issued(&issued)), [Part::Seal, Part::Facts]);
}

#[test]
fn lines_are_hashed_whatever_their_order_and_never_run_together() {
    let hash = |lines: &[&str]| sha256_of_lines(lines.iter().copied());
    // sha256 of "1:a\n2:bc\n".
    assert_eq!(hash(&["a", "bc"]), "521a337ff312f6c3b52afe6962698e7921d82fa579831cf806ec7f1439198fa5");
    assert_eq!(hash(&["bc", "a"]), hash(&["a", "bc"]));
    assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    assert_ne!(hash(&["a\n2:bc"]), hash(&["a", "bc"]));
    assert_ne!(hash(&["a", "a"]), hash(&["a"]));
    assert_ne!(hash(&[""]), hash(&[]));
}

#[test]
fn the_output_of_every_step_of_the_golden_cases_has_its_own_hash() {
    let mut hashes: Vec<String> = Vec::new();
    for step in played::all() {
        let hash = sha256_of_output(&step.advice);
        assert_eq!(hash, sha256_of_output(&recommend(step.protocol, &step.record, step.advice.as_of)));
        assert_eq!(hash.len(), 64);
        hashes.push(hash);
    }
    let steps = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    // Two steps of one day may differ in the record only.
    assert!(hashes.len() > steps / 2, "{} of {steps}", hashes.len());
}

#[test]
fn one_point_of_pain_changes_the_hash_of_the_output() {
    let protocol = &builtin()[0];
    let hash = |pain: i64| {
        let story = Story::active(Phase::Two).number(3, "pain_worst_24h", pain);
        sha256_of_output(&story.advice(protocol, 4))
    };
    assert_eq!(hash(3), hash(3));
    assert_ne!(hash(3), hash(4));
    let advice = Story::active(Phase::Two).advice(protocol, 4);
    assert_eq!(advice.as_of, day(4));
}
