//! Flags, risk factors, blocks and late referrals on either side of each line, in both protocols.

use super::story::{FOLDERS, Row, Story, injury_of};

/// Expectations of both protocols on the same record.
fn in_both(table: &[(&str, Story<'_>)]) -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (what, story) in table {
            let injury = format!("{}; {}", injury_of(folder), story.injury);
            rows.push(Story { folder, injury: &injury, ..*story }.row(format!("{folder}, {what}")));
        }
    }
    rows
}

/// The same injury again, and the plan taken up in phase 4.
const AGAIN: &str = "recurrence = { mechanism = \"sprint\" }; \
                     activate = { phase = 4, visits_per_week = 3, reason = \"clinical_judgement\" }";
const DISCHARGE: &str = "decide = { discharge = true, reason = \"clinical_judgement\" }";

pub fn an_earlier_injury_is_a_risk_in_phase_4_and_after_discharge() -> Vec<Row> {
    let discharged = format!("{AGAIN}; {DISCHARGE}");
    let first = |step, expect| Story { phase: Some(4), step, expect, ..Story::default() };
    let second = |step, expect| Story { step, expect, ..Story::default() };
    in_both(&[
        ("no earlier injury", first("", "unmet = [\"RISK-EARLIER-INJURY\"]")),
        ("no earlier injury, discharged", first(DISCHARGE, "unmet = [\"RISK-EARLIER-INJURY-DISCHARGED\"]")),
        ("one", second(AGAIN, "met = [\"RISK-EARLIER-INJURY\"]")),
        ("one, discharged", second(&discharged, "met = [\"RISK-EARLIER-INJURY-DISCHARGED\"]")),
    ])
}

pub fn a_recurrence_refers_soon_after_the_return_or_as_the_second() -> Vec<Row> {
    let once = "[[step]]\nday = 25\nrecurrence = { mechanism = \"sprint\" }\n";
    let (met, unmet) = ("met = [\"RF-RECURRENCE\"]", "unmet = [\"RF-RECURRENCE\"]");
    let again = Story { step: AGAIN, ..Story::default() };
    let returned = Story { before_step: "return_to_sport = true", ..again };
    in_both(&[
        ("no earlier injury", Story { phase: Some(4), expect: unmet, ..Story::default() }),
        ("one, not ended in a return", Story { expect: unmet, ..again }),
        ("one, ten days after the return", Story { expect: met, ..returned }),
        ("one, a hundred days after the return", Story { last_day: 120, expect: unmet, ..returned }),
        ("two", Story { between: once, expect: "met = [\"RF-RECURRENCE\", \"RISK-EARLIER-INJURY\"]", ..again }),
    ])
}

pub fn long_pain_and_late_bone_refer_in_both_protocols() -> Vec<Row> {
    let mass = "red_flag_firm_mass = true; red_flag_falling_range = true";
    let acute = "presentation = \"acute\"";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (last_day, verdict) in [(13, "unmet"), (14, "met"), (15, "met")] {
            let expect = format!("{verdict} = [\"RF-MYOSITIS\"]");
            let injury = injury_of(folder);
            let story =
                Story { folder, injury, first_day: 10, last_day, now: mass, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, a firm mass on day {last_day}")));
        }
        for (last_day, now, verdict) in [
            (91, "", "unmet"),
            (92, "", "met"),
            (93, "", "met"),
            (30, "red_flag_sitting_pain = true", "met"),
            (30, "", "unmet"),
        ] {
            let expect = format!("{verdict} = [\"RF-PERSISTENT\"]");
            let first_day = last_day - 6;
            let story = Story { folder, injury: acute, first_day, last_day, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, day {last_day} {now}")));
        }
    }
    rows
}

pub fn proximal_pain_is_flagged_by_site_or_by_sitting() -> Vec<Row> {
    let sitting = "red_flag_sitting_pain = true";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (site, before, now, verdict) in [
            ("tie_in", sitting, "", "met"),
            ("unknown", sitting, "", "met"),
            ("belly", sitting, "", "unmet"),
            ("distal", sitting, "", "unmet"),
            ("belly", sitting, sitting, "met"),
        ] {
            let injury = format!("{}; site = \"{site}\"", injury_of(folder));
            let expect =
                format!("{verdict} = [\"FLAG-PROXIMAL-NOT-EXCLUDED\"]; referrals = {{ \"RF-PERSISTENT\" = \"open\" }}");
            let story = Story { folder, injury: &injury, before, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {site}, {before} then {now}")));
        }
    }
    let no_referral =
        Story { injury: "site = \"tie_in\"", expect: "unmet = [\"FLAG-PROXIMAL-NOT-EXCLUDED\"]", ..Story::default() };
    rows.push(no_referral.row("the site alone is no flag"));
    rows
}

pub fn earlier_treatment_of_90_days_is_flagged() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (to_day, verdict) in [(89, "unmet"), (90, "met"), (91, "met")] {
            let injury = format!(
                "{}; earlier_treatments = [{{ kind = \"massage\", from_day = 0, to_day = {to_day}, result = \"no_effect\" }}]",
                injury_of(folder)
            );
            let expect = format!("{verdict} = [\"FLAG-EARLIER-TREATMENT\"]");
            let story =
                Story { folder, injury: &injury, first_day: 100, last_day: 110, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {to_day} days")));
        }
    }
    rows
}

pub fn flags_of_what_was_used() -> Vec<Row> {
    let used = |modality: &str| {
        format!("session = {{ kind = \"physio\", minutes = 30, treatments = [{{ modality = \"{modality}\" }}] }}")
    };
    let born = |date: &str| format!("birth_date = \"{date}\"; cautions = []; cautions_reviewed_day = 20");
    let with =
        |caution: &str| format!("birth_date = \"1980-01-10\"; cautions = [\"{caution}\"]; cautions_reviewed_day = 20");
    let table = [
        ("FLAG-LASER", with("pacemaker"), "laser", "met"),
        ("FLAG-LASER", with("pacemaker"), "heat", "unmet"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", born("2008-04-02"), "ultrasound", "met"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", born("2008-04-01"), "ultrasound", "unmet"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", with("open_growth_plates"), "ultrasound", "met"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", born("2008-04-02"), "laser", "unmet"),
        ("FLAG-NEEDLING-BLEEDING", with("anticoagulant"), "dry_needling", "met"),
        ("FLAG-NEEDLING-BLEEDING", with("bleeding_disorder"), "dry_needling", "met"),
        ("FLAG-NEEDLING-BLEEDING", with("pacemaker"), "dry_needling", "unmet"),
        ("FLAG-NEEDLING-BLEEDING", with("anticoagulant"), "laser", "unmet"),
        ("ULTRASOUND-BLOCK", born("2008-04-02"), "massage", "met"),
        ("ULTRASOUND-BLOCK", born("2008-04-01"), "massage", "unmet"),
    ];
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, patient, modality, verdict) in &table {
            let (step, expect) = (used(modality), format!("{verdict} = [\"{rule}\"]"));
            let injury = injury_of(folder);
            let story = Story { folder, injury, patient, step: &step, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {rule}: {patient}, {modality}")));
        }
    }
    rows
}

/// Each finding or caution with the rules that it must make met; without it they are unmet.
const BLOCKS: [(&str, &str); 13] = [
    ("bruising = \"spreading\"", "\"HEAT-BLOCK\", \"NEEDLING-BLOCK\", \"MAS-NO-DEEP\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_firm_mass = true", "\"HEAT-BLOCK\", \"MAS-NO-DEEP\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_warm_firm_swelling = true", "\"NEEDLING-BLOCK\", \"MAS-NO-DEEP\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_open_wound = true", "\"MAS-BLOCK\", \"LYMPH-BLOCK\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_skin_infection = true", "\"NEEDLING-BLOCK\", \"MAS-BLOCK\", \"LYMPH-BLOCK\""),
    ("red_flag_fever = true", "\"NEEDLING-BLOCK\", \"MAS-BLOCK\", \"LYMPH-BLOCK\""),
    ("red_flag_dvt_suspected = true", "\"MAS-BLOCK\", \"LYMPH-BLOCK\""),
    ("anticoagulant", "\"LASER-CAUTION\", \"NEEDLING-BLOCK\", \"MAS-NO-DEEP\""),
    ("bleeding_disorder", "\"NEEDLING-BLOCK\", \"MAS-NO-DEEP\""),
    ("steroid_use", "\"LASER-CAUTION\""),
    ("immunosuppression", "\"LASER-CAUTION\""),
    ("malignancy", "\"ULTRASOUND-BLOCK\", \"LASER-BLOCK\", \"MAS-CANCER\", \"HEAT-BLOCK\""),
    ("pacemaker", "\"ULTRASOUND-BLOCK\""),
];

pub fn each_finding_and_caution_meets_its_rules() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let injury = injury_of(folder);
        for (cause, rules) in BLOCKS {
            let finding = cause.contains('=');
            let cautions = if finding { String::new() } else { format!("\"{cause}\"") };
            let patient = format!("birth_date = \"1980-01-10\"; cautions = [{cautions}]; cautions_reviewed_day = 20");
            let now = if finding { cause } else { "" };
            let expect = format!("met = [{rules}]");
            let story = Story { folder, injury, patient: &patient, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {cause}")));
            let expect = format!("unmet = [{rules}]");
            let without = Story { folder, injury, now: "bruising = \"local\"", expect: &expect, ..Story::default() };
            rows.push(without.row(format!("{folder}, without {cause}")));
        }
        for caution in ["open_growth_plates", "earlier_thrombosis"] {
            let patient =
                format!("birth_date = \"1980-01-10\"; cautions = [\"{caution}\"]; cautions_reviewed_day = 20");
            let expect = "met = [\"ULTRASOUND-BLOCK\"]";
            rows.push(
                Story { folder, injury, patient: &patient, expect, ..Story::default() }
                    .row(format!("{folder}, {caution}")),
            );
        }
        for (result, permission) in [
            ("helped", "allowed"),
            ("no_effect", "not_repeated"),
            ("impractical", "not_repeated"),
            ("worse", "not_repeated"),
        ] {
            let step = format!(
                "session = {{ kind = \"massage\", minutes = 30, treatments = [{{ modality = \"laser\", result = \"{result}\" }}] }}"
            );
            let expect = format!("modalities = {{ laser = \"{permission}\" }}");
            let story = Story { folder, injury, step: &step, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, laser: {result}")));
        }
    }
    rows
}

pub fn a_positive_stretch_test_keeps_off_stretching_at_home() -> Vec<Row> {
    let rules = "\"ACT-STRETCH-BLOCK\", \"STRETCH-BLOCK\"";
    let tests = ["puranen_orava", "bent_knee_stretch", "modified_bent_knee_stretch"];
    let mut rows = Vec::new();
    for test in tests {
        for (is, verdict) in [(true, "met"), (false, "unmet")] {
            let (now, expect) = (format!("{test} = {is}"), format!("{verdict} = [{rules}]"));
            let folder = "hamstring-persistent";
            let story = Story { folder, injury: injury_of(folder), now: &now, expect: &expect, ..Story::default() };
            rows.push(story.row(now.clone()));
        }
    }
    for (before_step, verdict) in [("decide = { stretching = true }", "met"), ("", "unmet")] {
        let expect = format!("{verdict} = [\"ACT-STRETCH\", \"STRETCH-USE\"]");
        rows.extend(in_both(&[("the therapist's word", Story { before_step, expect: &expect, ..Story::default() })]));
    }
    rows
}
