//! Every fault of a document is told with its line, and hostile documents are refused quickly.

use std::time::{Duration, Instant};

use taper_core::limits;
use taper_core::protocol::Protocol;
use taper_core::protocol::builtin::DOCUMENTS;

use crate::document::{document, rule};

const STRAIN: &str = "hamstring-strain";

fn strain() -> &'static str {
    DOCUMENTS.iter().find(|document| document.folder == STRAIN).unwrap().text
}

/// The built-in document with each change made where its text stands first; gives the lines that were changed.
fn changed(changes: &[(&str, &str)]) -> (String, Vec<usize>) {
    let mut text = strain().to_owned();
    let mut lines = Vec::new();
    for (from, to) in changes {
        let at = text.find(from).unwrap_or_else(|| panic!("{from} is in the document"));
        lines.push(text[..at].matches('\n').count() + 1);
        text.replace_range(at..at + from.len(), to);
    }
    lines.sort_unstable();
    (text, lines)
}

fn faulty_lines(document: &str) -> Vec<usize> {
    let faults = Protocol::check(document).expect_err("faults");
    let mut lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    lines.dedup();
    lines
}

/// Refused within a moment, with a reason.
fn refused(document: &str, reason: &str) {
    let begun = Instant::now();
    let faults = Protocol::check(document).expect_err(reason);
    assert!(begun.elapsed() < Duration::from_secs(2), "{reason}: {:?}", begun.elapsed());
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|fault| fault.contains(reason)), "expected `{reason}`, found {told:?}");
    assert!(Protocol::parse(document, &[]).is_err());
}

#[test]
fn a_document_without_faults_is_read_as_it_is() {
    let checked = Protocol::check(strain()).unwrap();
    assert_eq!(checked, Protocol::parse(strain(), &[]).unwrap());
}

#[test]
fn every_fault_of_meaning_is_told_at_once() {
    let (text, lines) = changed(&[
        (r#"op = "<", value = 10, unit = "deg", same_tester"#, r#"op = "<", value = 10, unit = "cm", same_tester"#),
        (r#"{ measure = "knee_extension_judged""#, r#"{ measure = "knee_judged""#),
        (r#"citations = ["S6", "S20"]"#, r#"citations = ["S6", "S999"]"#),
        (r#"effect = { kind = "progress""#, r#"effect = { kind = "progresss""#),
        ("step_days_min = 7", "step_days_min = -7"),
        (r#"strength = "found""#, r#"strength = "certain""#),
    ]);
    assert_eq!(faulty_lines(&text), lines);
}

#[test]
fn two_faults_of_one_rule_are_both_told() {
    let test = "{ all = [\n{ measure = \"no_such\", op = \"<\", value = 1 },\n{ measure = \"gait\", op = \"=\", value = \"hops\" },\n] }";
    let document = document(&rule("X", r#"{ kind = "flag", item = "known_code" }"#, test));
    let first = document.lines().position(|line| line.contains("no_such")).unwrap() + 1;
    assert_eq!(faulty_lines(&document), [first, first + 1]);
}

fn reasons(document: &str) -> Vec<String> {
    Protocol::check(document).expect_err("faults").into_iter().map(|fault| fault.reason).collect()
}

/// The effect, the measure, the sign, the unit and the value of one rule, all on one line of it.
#[test]
fn a_wrong_effect_hides_no_fault_of_the_test_and_every_fault_of_a_criterion_is_told() {
    let flag = r#"{ kind = "flag", item = "known_code" }"#;
    let no_effect = r#"{ kind = "flagg", item = "known_code" }"#;
    let told = |effect: &str, criterion: &str, expected: &[&str]| {
        let found = reasons(&document(&rule("X", effect, criterion)));
        for part in expected {
            assert!(found.iter().any(|reason| reason.contains(part)), "`{part}` is missing in {found:?}");
        }
        assert_eq!(found.len(), expected.len(), "{found:?}");
    };
    let of_measure = r#"{ measure = "no_such", op = "~", value = 1 }"#;
    told(flag, of_measure, &["measure `no_such`", "op `~`"]);
    told(no_effect, of_measure, &["effect kind `flagg`", "measure `no_such`", "op `~`"]);
    let of_pain = r#"{ measure = "pain_rest", op = "=>", value = 11, unit = "cm", stat = "latest" }"#;
    told(flag, of_pain, &["op `=>`", "the threshold 11", "the unit is `cm`"]);
    let of_keys = r#"{ measure = "lefs", op = "<", value = 1, unit = "{score}", stat = "newest", site = "belly", days = [3, 1], fresh_days = -1 }"#;
    told(flag, of_keys, &["stat `newest`", "carries no site", "days must be", "fresh_days must be"]);
    let of_fact = r#"{ fact = "site", op = "<", value = "neck", unit = "cm" }"#;
    told(no_effect, of_fact, &["effect kind `flagg`", "needs an order", "`neck` is none of", "the unit is `cm`"]);
    let one_of_list = r#"{ measure = "gait", op = "inn", value = ["normal", "hops"] }"#;
    told(flag, one_of_list, &["op `inn`", "`hops` is none of"]);
    let cited = document(&rule("X", flag, r#"{ fact = "phase", op = "=", value = 1, unit = "{phase}" }"#));
    let cited = cited.replace(r#"citations = ["S1"]"#, r#"citations = ["S998", "S999"]"#);
    let found = reasons(&cited);
    assert!(found.iter().any(|reason| reason.contains("S998")), "{found:?}");
    assert!(found.iter().any(|reason| reason.contains("S999")), "{found:?}");
}

#[test]
fn faults_of_form_in_different_tables_are_all_told() {
    let (text, lines) = changed(&[
        (r#"id = "P2-PROG-2""#, r#"ident = "P2-PROG-2""#),
        (r#"id = "P2-PROG-4""#, "id = 4"),
        (r#"tag = "S5""#, "tag = 5"),
    ]);
    // A key that is missing is told where its table begins.
    let told = faulty_lines(&text);
    assert_eq!(told.len(), lines.len(), "{told:?} against {lines:?}");
    for (told, line) in told.iter().zip(&lines) {
        assert!(line.abs_diff(*told) <= 1, "{told} against {line}");
    }
}

#[test]
fn syntax_is_told_with_its_line() {
    let (text, lines) = changed(&[(r#"id = "P2-PROG-2""#, r#"id = "P2-PROG-2"#)]);
    assert_eq!(faulty_lines(&text)[0], lines[0]);
}

#[test]
fn hostile_documents_are_refused_quickly() {
    let flag = r#"{ kind = "flag", item = "known_code" }"#;
    let bytes_max = usize::try_from(limits::PROTOCOL_BYTES_MAX).unwrap();
    let groups = 10_000;
    let criterion = r#"{ fact = "phase", op = "=", value = 1 }"#;
    let nested = format!("{}{criterion}{}", "{ all = [".repeat(groups), "] }".repeat(groups));
    let wide = format!("{{ all = [\n{}] }}", format!("{criterion},\n").repeat(2_000));
    refused(&"#".repeat(100_000_000), "at most");
    refused(&" ".repeat(bytes_max + 1), "at most");
    refused(&document(&rule("X", flag, &nested)), "nested too deeply");
    refused(&document(&rule("X", flag, &wide)), "the unit is");
    refused(&"[".repeat(150_000), "unquoted keys cannot be empty");
    refused(&"a.".repeat(90_000), "nested too deeply");
}

#[test]
fn thresholds_that_are_no_numbers_are_refused() {
    for value in ["nan", "inf", "-inf", "1e300", "1.00001", "1e-9"] {
        let test = format!(r#"{{ measure = "pain_rest", op = "<", value = {value}, unit = "{{NPRS}}" }}"#);
        refused(&document(&rule("X", r#"{ kind = "flag", item = "known_code" }"#, &test)), "");
    }
}

#[test]
fn a_rule_that_reads_what_depends_on_it_is_refused() {
    let of_itself = r#"{ fact = "phase_gate_met", op = "=", value = true }"#;
    refused(&document(&rule("G9", r#"{ kind = "gate", phase = 1 }"#, of_itself)), "phase_gate_met");
    let of_regress = r#"{ fact = "days_since_regress", op = ">", value = 7, unit = "d" }"#;
    refused(&document(&rule("R9", r#"{ kind = "regress", to = "previous" }"#, of_regress)), "days_since_regress");
}
