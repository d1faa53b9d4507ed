//! Documents that are refused, each with the line and the reason; and what a document says when it is accepted.

use taper_core::protocol::Protocol;
use taper_core::recommendation::Verdict;
use taper_core::record::plan::Phase;

use crate::document::{GATES, HEAD, Story, document, protocol, rule};

const FLAG: &str = r#"{ kind = "flag", item = "known_code" }"#;

/// The fault of a document, and the line on which a text stands that is named in it.
fn check(document: &str, at: &str, reason: &str) {
    let fault = Protocol::parse(document, &[]).expect_err(reason);
    assert!(fault.reason.contains(reason), "expected `{reason}`, found `{}`", fault.reason);
    let line = document.lines().position(|line| line.contains(at)).expect("the place") + 1;
    assert_eq!(fault.line, line, "{fault}");
}

fn check_test(test: &str, reason: &str) {
    check(&document(&rule("X", FLAG, test)), &format!("test = {test}"), reason);
}

fn check_effect(effect: &str, reason: &str) {
    check(&document(&rule("X", effect, r#"{ measure = "gait", op = "=", value = "limp" }"#)), effect, reason);
}

#[test]
fn the_small_document_is_accepted() {
    let protocol = protocol("");
    assert_eq!(protocol.sha256.len(), 64);
    assert_eq!(protocol.sentence("G1"), Some("Light."));
    assert_eq!(protocol.text("known_code"), Some("A sentence."));
    assert_eq!(protocol.phase(Phase::Two).unwrap().name, "Two");
}

#[test]
fn a_test_that_does_not_fit_the_catalogue_is_refused() {
    check_test(
        r#"{ measure = "knee_angle", op = "<", value = 10, unit = "deg" }"#,
        "`knee_angle` is not in the catalogue",
    );
    check_test(r#"{ measure = "pain_rest", op = "<=", value = 11, unit = "{NPRS}" }"#, "out of range: 0 to 10 {NPRS}");
    check_test(r#"{ measure = "pain_rest", op = "<=", value = -1, unit = "{NPRS}" }"#, "out of range");
    check_test(r#"{ measure = "knee_extension_deficit_deg", op = "<", value = 10, unit = "cm" }"#, "the unit is `cm`");
    check_test(r#"{ measure = "knee_extension_deficit_deg", op = "<", value = 10 }"#, "the unit is ``");
    check_test(r#"{ measure = "gait", op = "=", value = "hops" }"#, "`hops` is none of");
    check_test(r#"{ measure = "palpable_gap", op = "=", value = 1 }"#, "must be true or false");
    check_test(r#"{ measure = "palpable_gap", op = "<", value = true }"#, "needs an order");
    check_test(r#"{ measure = "palpable_gap", stat = "fall", op = ">", value = 1, unit = "" }"#, "has no numbers");
    check_test(r#"{ measure = "pain_rest", stat = "median", op = "<", value = 1, unit = "{NPRS}" }"#, "stat `median`");
    check_test(r#"{ measure = "pain_rest", op = "<<", value = 1, unit = "{NPRS}" }"#, "op `<<`");
    check_test(r#"{ measure = "gait", op = "=", value = "limp", site = "belly" }"#, "carries no site");
    check_test(r#"{ measure = "pain_rest", op = "in", value = 1, unit = "{NPRS}" }"#, "needs a list");
}

#[test]
fn the_last_valid_threshold_is_accepted() {
    for value in ["0", "10"] {
        let test = format!(r#"{{ measure = "pain_rest", op = "<=", value = {value}, unit = "{{NPRS}}" }}"#);
        assert!(Protocol::parse(&document(&rule("X", FLAG, &test)), &[]).is_ok(), "{value}");
    }
}

#[test]
fn an_unknown_fact_setting_or_shape_of_a_test_is_refused() {
    check_test(r#"{ fact = "mood", op = "=", value = true }"#, "fact `mood` does not exist");
    check_test(r#"{ fact = "caution:luck", op = "=", value = true }"#, "fact `caution:luck` does not exist");
    check_test(r#"{ fact = "referral:nothing", op = "=", value = true }"#, "does not exist");
    check_test(r#"{ fact = "site", op = "<", value = "belly" }"#, "needs an order");
    check_test(r#"{ measure = "pain_rest", op = "<=", setting = "patience", unit = "{NPRS}" }"#, "setting `patience`");
    check_test(
        r#"{ measure = "palpation_length_cm", op = "<=", setting = "pain_limit", unit = "cm" }"#,
        "compared with pain",
    );
    check_test(r#"{ measure = "pain_rest", fact = "site", op = "=", value = 1 }"#, "either measure or fact");
    check_test(r#"{ all = [] }"#, "has no parts");
    check_test(r#"{ op = "=", value = 1 }"#, "exactly one of");
    check_test(r#"{ at_least = 3, of = [{ measure = "gait", op = "=", value = "limp" }] }"#, "at_least is 3");
    check_test(r#"{ measure = "gait", op = "=", value = "limp", colour = "red" }"#, "unknown field `colour`");
}

#[test]
fn an_effect_that_names_what_does_not_exist_is_refused() {
    check_effect(r#"{ kind = "gate", phase = 5 }"#, "phase 5 does not exist");
    check_effect(r#"{ kind = "cheer" }"#, "effect kind `cheer`");
    check_effect(r#"{ kind = "flag", item = "unheard_of" }"#, "code `unheard_of` has no [[text]]");
    check_effect(r#"{ kind = "modality", modality = "magnets", verdict = "use" }"#, "modality `magnets`");
    check_effect(r#"{ kind = "activity", activity = "run", verdict = "drop" }"#, "verdict `drop`");
    check_effect(r#"{ kind = "step_down", from = 1, to = 2 }"#, "fewer visits");
    check_effect(
        r#"{ kind = "refer", condition = "known_code", class = "soon", mode = "stop", latched = true }"#,
        "class is",
    );
    check_effect(r#"{ kind = "regress", to = "third" }"#, "a regress goes to");
    check_effect(r#"{ kind = "taper_start", visits_per_week_min = 3, visits_per_week_max = 2 }"#, "is above");
    check_effect(
        r#"{ kind = "activity", activity = "run", verdict = "allow", pain_max_setting = "mood" }"#,
        "setting `mood`",
    );
}

#[test]
fn a_rule_without_ground_is_refused() {
    let bare = "[[rule]]\nid = \"BARE\"\nsentence = \"It.\"\neffect = { kind = \"hold\" }\ntest = { fact = \"stretching_resumed\", op = \"=\", value = true }\n";
    check(&document(bare), "id = \"BARE\"", "has no evidence");
    let silent = rule("X", FLAG, "").replace("[\"S1\"]", "[]");
    check(&document(&silent), "id = \"X\"", "cites nothing");
    let foreign = rule("X", FLAG, "").replace("[\"S1\"]", "[\"S99\"]");
    check(&document(&foreign), "S99", "`S99` is not listed");
}

#[test]
fn a_rule_id_is_used_once() {
    let twice = rule("G1", FLAG, "").replace("id = \"G1\"", "id = \"G1\" # again");
    check(&document(&twice), "# again", "rule id `G1` is used twice");
}

#[test]
fn a_gate_without_a_test_is_refused() {
    check(&document(&rule("BLANK", r#"{ kind = "gate", phase = 1 }"#, "")), "id = \"BLANK\"", "needs a test");
}

#[test]
fn a_phase_that_can_never_be_left_is_refused() {
    let without = GATES.replace("phase = 3 }", "phase = 2 }");
    check(&format!("{HEAD}{without}"), "number = 3", "phase 3 has no gate, so that phase 4 can never be reached");
}

#[test]
fn gates_that_contradict_or_repeat_each_other_are_refused() {
    let gate = |op: &str, value: i64| {
        let test =
            format!(r#"{{ measure = "knee_extension_deficit_deg", op = "{op}", value = {value}, unit = "deg" }}"#);
        document(&rule("G2B", r#"{ kind = "gate", phase = 2 }"#, &test))
    };
    check(&gate(">=", 10), "op = \">=\", value = 10", "gate `G2B` contradicts gate `G2`");
    check(&gate("<", 12), "value = 12", "gate `G2B` overlaps with gate `G2`");
    let elsewhere = gate("<", 12).replace("id = \"G2B\"\nsentence = \"It.\"\nevidence = { level = \"derived\", citations = [\"S1\"] }\neffect = { kind = \"gate\", phase = 2 }", "id = \"G2B\"\nsentence = \"It.\"\nevidence = { level = \"derived\", citations = [\"S1\"] }\neffect = { kind = \"gate\", phase = 3 }");
    assert!(Protocol::parse(&elsewhere, &[]).is_ok(), "a gate of another phase may ask for the same measure");
}

#[test]
fn a_rule_may_not_read_what_depends_on_it() {
    let test = r#"{ fact = "days_since_regress", op = ">=", value = 7, unit = "d" }"#;
    check(
        &document(&rule("X", r#"{ kind = "regress", to = "previous" }"#, test)),
        test,
        "the fact depends on such rules",
    );
    let test = r#"{ fact = "discharge_visits", op = ">=", value = 2, unit = "{count}" }"#;
    check(&document(&rule("X", r#"{ kind = "gate", phase = 4 }"#, test)), test, "the fact depends on such rules");
}

#[test]
fn a_ladder_or_a_setting_out_of_order_is_refused() {
    let rising = document("").replace("{ visits_per_week = 2, minutes = 30 }", "{ visits_per_week = 4, minutes = 30 }");
    check(&rising, "visits_per_week = 4", "fewer visits a week");
    let outside = document("")
        .replace("pain_limit = { default = 2, min = 0, max = 4 }", "pain_limit = { default = 5, min = 0, max = 4 }");
    check(&outside, "default = 5", "outside min to max");
    let uneven = document("").replace("percent = 40", "percent = 30");
    check(&uneven, "step_days_min", "sum to 90");
    let again = document("").replace("number = 4", "number = 3 # again");
    check(&again, "# again", "phase 3 is described twice");
}

#[test]
fn a_golden_case_that_fails_refuses_the_document() {
    let case = r#"
id = "T"
title = "T"
protocol = "small"
onset = "2026-03-02"
[patient]
family_name = "Example"
[injury]
side = "left"
site = "belly"
mechanism = "sprint"
presentation = "acute"
[plan]
start_day = 0
[[step]]
day = 0
activate = { phase = 1 }
assess = { pain_rest = 3 }
[step.expect]
phase_action = "advance"
"#;
    let fault = Protocol::parse(&document(""), &[("t.case.toml", case)]).unwrap_err();
    assert_eq!((fault.case.as_deref(), fault.line), (Some("t.case.toml"), 19));
    assert!(fault.reason.contains("phase_action: expected Advance, found Hold"), "{fault}");
    assert!(fault.reason.contains("pain_rest latest <= 2"), "{fault}");
    assert!(
        Protocol::parse(&document(""), &[("t.case.toml", &case.replace("pain_rest = 3", "pain_rest = 2"))]).is_ok()
    );
    let bad_value = case.replace("pain_rest = 3", "pain_rest = 11");
    let fault = Protocol::parse(&document(""), &[("t.case.toml", &bad_value)]).unwrap_err();
    assert_eq!(fault.line, 18, "{fault}");
}

#[test]
fn a_criterion_is_told_in_a_sentence() {
    let protocol = protocol("");
    let story = Story::active(Phase::Two).number(1, "knee_extension_deficit_deg", 12);
    let said = |day: i64| {
        let advice = story.advice(&protocol, day);
        let result = advice.rules.iter().find(|result| result.rule_id == "G2").unwrap();
        (result.verdict, protocol.criterion_sentence(&result.criteria[0]))
    };
    let (verdict, sentence) = said(3);
    assert_eq!(verdict, Verdict::Unmet);
    assert_eq!(
        sentence,
        "Active knee extension deficit: 12 degrees, 2 days ago; asked for: below 10 degrees; not met by 2 degrees."
    );
    let (verdict, sentence) = said(20);
    assert_eq!(verdict, Verdict::Unknown);
    assert!(sentence.contains("not known (the value is 19 days old, it counts for 14 days)"), "{sentence}");
    assert!(sentence.contains("inclinometer"), "{sentence}");
    let advice = story.advice(&protocol, 20);
    let known = advice.rules.iter().find(|result| result.rule_id == "G2").unwrap().criteria[0].clone();
    let bare = |age_days| taper_core::recommendation::CriterionResult { fresh_days: None, age_days, ..known.clone() };
    let sentence = protocol.criterion_sentence(&bare(Some(12)));
    assert!(sentence.contains("not known (the value is 12 days old); asked"), "{sentence}");
    let sentence = protocol.criterion_sentence(&bare(None));
    assert!(sentence.contains("not known (the value is too old); asked"), "{sentence}");
}
