//! Every rule that refers is triggered by a record made for it, and by no clean one.

use super::story::{FOLDERS, Row, Story, injury_of};

/// The rule, what is found, and whether it stops.
pub const BY_FINDINGS: &[(&str, &str, bool)] = &[
    ("RF-AVULSION", "palpable_gap = true", true),
    ("RF-AVULSION", "red_flag_pop = true; red_flag_sudden_weakness = true", true),
    ("RF-AVULSION", "gait = \"unable\"", true),
    ("RF-AVULSION-POSSIBLE", "red_flag_pop = true; bruising = \"spreading\"; red_flag_sitting_pain = true", true),
    (
        "RF-AVULSION-POSSIBLE",
        "red_flag_sudden_weakness = true; bruising = \"spreading\"; red_flag_sitting_pain = true",
        true,
    ),
    ("RF-DVT", "red_flag_dvt_suspected = true", true),
    ("RF-DVT", "red_flag_dvt_leg_swollen = true; red_flag_dvt_pitting = true", true),
    ("RF-DVT", "red_flag_dvt_cancer = true; red_flag_dvt_bed_or_surgery = true", true),
    ("RF-DVT", "red_flag_dvt_paralysis_or_cast = true; red_flag_dvt_earlier = true", true),
    (
        "RF-DVT",
        "red_flag_dvt_vein_tenderness = true; red_flag_dvt_calf_swollen = true; red_flag_dvt_collateral_veins = true",
        true,
    ),
    ("RF-PE", "red_flag_chest_pain = true", true),
    ("RF-PE", "red_flag_breathless = true", true),
    ("RF-PE", "red_flag_coughing_blood = true", true),
    ("RF-COMPARTMENT", "red_flag_tense_thigh = true", true),
    ("RF-COMPARTMENT", "red_flag_pain_out_of_proportion = true", true),
    ("RF-COMPARTMENT", "red_flag_passive_stretch_pain = true; red_flag_nerve_change = true", true),
    ("RF-CAUDA-EQUINA", "red_flag_saddle_numbness = true", true),
    ("RF-CAUDA-EQUINA", "red_flag_bladder_bowel = true", true),
    ("RF-FOOT-DROP", "red_flag_foot_drop = true", true),
    ("RF-NEURAL", "red_flag_below_knee_pain = true", true),
    ("RF-NEURAL", "red_flag_paraesthesia = true", true),
    ("RF-NEURAL", "red_flag_slump = true", true),
    ("RF-FOOT-DROP", "red_flag_nerve_change = true", true),
    ("RF-SARCOMA", "red_flag_enlarging_lump = true", true),
    ("RF-INFECTION", "red_flag_fever = true", true),
    ("RF-INFECTION", "red_flag_night_pain = true", true),
    ("RF-INFECTION", "red_flag_weight_loss = true", true),
    ("RF-INFECTION", "red_flag_hot_joint = true", true),
    ("RF-INFECTION", "red_flag_skin_infection = true", true),
    ("RF-MYOSITIS", "red_flag_firm_mass = true; red_flag_falling_range = true", true),
    ("RF-STRESS-FRACTURE", "red_flag_hop_pain = true", true),
    ("RF-STRESS-FRACTURE", "red_flag_weight_bearing_pain = true", true),
];

/// Findings that stop nothing by themselves.
pub const NOT_ENOUGH: &[(&str, &str)] = &[
    ("RF-AVULSION", "red_flag_sitting_pain = true"),
    ("RF-AVULSION", "red_flag_pop = true"),
    ("RF-AVULSION", "red_flag_sudden_weakness = true"),
    ("RF-AVULSION", "bruising = \"spreading\""),
    ("RF-AVULSION-POSSIBLE", "bruising = \"spreading\"; red_flag_sitting_pain = true"),
    ("RF-AVULSION-POSSIBLE", "red_flag_pop = true; bruising = \"spreading\""),
    ("RF-DVT", "red_flag_dvt_pitting = true"),
    ("RF-COMPARTMENT", "red_flag_passive_stretch_pain = true"),
    ("RF-MYOSITIS", "red_flag_firm_mass = true"),
    ("RF-MYOSITIS", "red_flag_falling_range = true"),
    ("RF-ADOLESCENT", "red_flag_ischial_tenderness = true"),
];

fn found<'a>(folder: &'a str, now: &'a str, expect: &'a str) -> Story<'a> {
    Story { folder, now, expect, injury: injury_of(folder), ..Story::default() }
}

pub fn each_trigger_opens_its_referral_and_stops() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, now, stops) in BY_FINDINGS {
            let action = if *stops {
                "phase_action = \"stop\"; modalities = { massage = \"blocked\" }"
            } else {
                "no_open_stop = true"
            };
            let expect = format!("referrals = {{ \"{rule}\" = \"open\" }}; {action}");
            rows.push(found(folder, now, &expect).row(format!("{folder} {rule} ({now})")));
        }
    }
    rows
}

pub fn each_trigger_stops_a_plan_that_is_still_a_draft() -> Vec<Row> {
    let mut rows = Vec::new();
    for (rule, now, _) in BY_FINDINGS {
        let expect = format!("referrals = {{ \"{rule}\" = \"open\" }}; phase_action = \"stop\"");
        let story = Story { phase: None, ..found("hamstring-strain", now, &expect) };
        rows.push(story.row(format!("draft {rule} ({now})")));
    }
    rows
}

pub fn what_is_not_enough_leaves_the_rule_unmet() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, now) in NOT_ENOUGH {
            let expect = format!("unmet = [\"{rule}\"]; no_open_stop = true");
            rows.push(found(folder, now, &expect).row(format!("{folder} {rule} ({now})")));
        }
    }
    rows
}

pub fn an_unasked_finding_is_neither_open_nor_excluded() -> Vec<Row> {
    let mut rows = Vec::new();
    let lone = [
        ("RF-PE", "red_flag_chest_pain"),
        ("RF-AVULSION", "palpable_gap"),
        ("RF-CAUDA-EQUINA", "red_flag_bladder_bowel"),
        ("RF-SARCOMA", "red_flag_enlarging_lump"),
        ("RF-INFECTION", "red_flag_fever"),
        ("RF-DVT", "red_flag_dvt_suspected"),
    ];
    for (rule, code) in lone {
        let now = format!("{code} = \"not_measured\"");
        let expect = format!(
            "unknown = [\"{rule}\"]; referrals = {{ \"{rule}\" = \"cannot_exclude\" }}; missing = [\"{code}\"]"
        );
        rows.push(found("hamstring-strain", &now, &expect).row(rule));
    }
    rows
}

pub fn the_age_and_the_cautions_of_the_patient_count() -> Vec<Row> {
    let mut rows = Vec::new();
    let tender = "red_flag_ischial_tenderness = true";
    let teen = |year: u16| format!("birth_date = \"{year}-01-10\"; cautions = []; cautions_reviewed_day = 20");
    let open = "referrals = { \"RF-ADOLESCENT\" = \"open\" }; phase_action = \"stop\"";
    let shut = "unmet = [\"RF-ADOLESCENT\"]; no_open_stop = true";
    for folder in FOLDERS {
        for (year, expect) in [(2015, open), (2016, shut), (2000, shut), (2001, open)] {
            let patient = teen(year);
            let story = Story { patient: &patient, ..found(folder, tender, expect) };
            rows.push(story.row(format!("{folder}, born {year}")));
        }
        for (mechanism, expect) in
            [("gradual", shut), ("sprint", open), ("direct_blow", open), ("other", open), ("stretch", open)]
        {
            let patient = teen(2008);
            let injury = format!("{}; mechanism = \"{mechanism}\"", injury_of(folder));
            let story = Story { injury: &injury, patient: &patient, ..found(folder, tender, expect) };
            rows.push(story.row(format!("{folder}, {mechanism}")));
        }
    }
    for caution in ["anticoagulant", "bleeding_disorder"] {
        let patient = format!("birth_date = \"1980-01-10\"; cautions = [\"{caution}\"]; cautions_reviewed_day = 20");
        let expect = "referrals = { \"RF-ANTICOAGULANT\" = \"open\" }; no_open_stop = true; \
                      modalities = { massage = { permission = \"allowed\", conditions = [\"no_deep_pressure\"] }, dry_needling = \"blocked\" }";
        let story = Story { patient: &patient, ..found("hamstring-strain", "", expect) };
        rows.push(story.row(caution));
    }
    let patient = "birth_date = \"1980-01-10\"; cautions = [\"earlier_thrombosis\"]; cautions_reviewed_day = 20";
    let expect = "referrals = { \"RF-DVT\" = \"open\" }; phase_action = \"stop\"";
    let story = Story { patient, ..found("hamstring-strain", "red_flag_dvt_pitting = true", expect) };
    rows.push(story.row("earlier thrombosis"));
    rows
}

pub fn the_course_refers_beside_the_treatment() -> Vec<Row> {
    let persistent = Story {
        folder: "hamstring-persistent",
        injury: "presentation = \"persistent\"",
        expect: "referrals = { \"RF-PERSISTENT\" = \"open\" }; no_open_stop = true",
        ..Story::default()
    };
    let sitting = Story {
        injury: "site = \"tie_in\"",
        now: "red_flag_sitting_pain = true",
        expect: "referrals = { \"RF-PERSISTENT\" = \"open\" }; no_open_stop = true",
        ..Story::default()
    };
    let severe = Story {
        phase: Some(1),
        now: "knee_extension_deficit_deg = 30",
        expect: "referrals = { \"P1-REFER\" = \"open\" }; no_open_stop = true",
        ..Story::default()
    };
    let lame = Story {
        phase: Some(1),
        now: "gait = \"limp\"",
        expect: "referrals = { \"P1-REFER\" = \"open\" }; no_open_stop = true",
        ..Story::default()
    };
    let third = Story {
        before: "clinical_degree = \"third\"",
        now: "clinical_degree = \"third\"",
        expect: "referrals = { \"RF-THIRD-DEGREE\" = \"open\" }; no_open_stop = true; activities = { elliptical = \"blocked\" }",
        ..Story::default()
    };
    let stories = [persistent, sitting, severe, lame, third];
    stories.iter().map(|story| story.row(format!("{}{}", story.injury, story.now))).collect()
}

pub fn an_eccentric_slip_counts_as_one_of_three_signs() -> Vec<Row> {
    let mut rows = Vec::new();
    let now = "bruising = \"spreading\"; red_flag_sitting_pain = true";
    for (mechanism, expect) in [
        ("eccentric_slip", "referrals = { \"RF-AVULSION-POSSIBLE\" = \"open\" }; phase_action = \"stop\""),
        ("sprint", "referrals = { \"RF-AVULSION-POSSIBLE\" = \"absent\" }; no_open_stop = true"),
        ("stretch", "referrals = { \"RF-AVULSION-POSSIBLE\" = \"absent\" }; no_open_stop = true"),
        ("direct_blow", "referrals = { \"RF-AVULSION-POSSIBLE\" = \"absent\" }; no_open_stop = true"),
    ] {
        for folder in FOLDERS {
            let injury = format!("{}; mechanism = \"{mechanism}\"", injury_of(folder));
            let story = Story { injury: &injury, ..found(folder, now, expect) };
            rows.push(story.row(format!("{folder}, {mechanism}")));
        }
    }
    rows
}

pub fn a_clean_screen_opens_nothing() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let expect = "no_open_stop = true; unmet = [\"RF-AVULSION\", \"RF-DVT\", \"RF-PE\", \"RF-COMPARTMENT\", \"RF-CAUDA-EQUINA\", \
                      \"RF-SARCOMA\", \"RF-INFECTION\", \"RF-MYOSITIS\", \"RF-NEURAL\", \"RF-FOOT-DROP\", \"RF-STRESS-FRACTURE\", \
                      \"RF-ADOLESCENT\", \"RF-ANTICOAGULANT\", \"RF-RECURRENCE\"]";
        rows.push(found(folder, "", expect).row(folder));
    }
    rows
}
