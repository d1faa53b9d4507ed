//! What keeps hands, machines and loading away from the injured place.

use super::story::{Row, Story};

const STRAIN: &str = "hamstring-strain";
const PERSISTENT: &str = "hamstring-persistent";

pub fn a_judged_third_degree_counts_beside_a_milder_grade_and_keeps_hands_off() -> Vec<Row> {
    let mut rows = Vec::new();
    let expect = "grade = { system = \"malliaropoulos\", grade = \"I\" }; \
                  referrals = { \"RF-THIRD-DEGREE\" = { standing = \"open\", class = \"urgent\" } }; \
                  modalities = { massage = \"blocked\", lymph_drainage = \"blocked\", stretching = \"blocked\" }; \
                  activities = { strength = \"blocked\", elliptical = \"blocked\" }";
    let third = "clinical_degree = \"third\"";
    let story = Story { first_day: 3, last_day: 8, before: third, now: third, expect, ..Story::default() };
    rows.push(story.row("a judged third degree counts beside a milder grade and keeps hands off"));
    rows
}

pub fn self_massage_waits_for_a_clean_place() -> Vec<Row> {
    let mut rows = Vec::new();
    let findings = [
        "bruising = \"spreading\"",
        "red_flag_firm_mass = true",
        "red_flag_warm_firm_swelling = true",
        "red_flag_open_wound = true",
    ];
    let expect = "activities = { self_massage = \"blocked\" }";
    for folder in [STRAIN, PERSISTENT] {
        let injury = if folder == PERSISTENT { "presentation = \"persistent\"" } else { "" };
        for now in findings {
            let story = Story { folder, injury, now, expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {now}")));
        }
        for caution in ["anticoagulant", "bleeding_disorder"] {
            let patient =
                format!("birth_date = \"1980-01-10\"; cautions = [\"{caution}\"]; cautions_reviewed_day = 20");
            let story = Story { folder, injury, patient: &patient, expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {caution}")));
        }
    }
    let wound = "modalities = { lymph_drainage = \"blocked\" }";
    let story = Story { now: "red_flag_open_wound = true", expect: wound, ..Story::default() };
    rows.push(story.row("self massage waits for a clean place"));
    rows
}

pub fn ultrasound_needling_and_self_massage_wait_72_hours_and_say_what_is_not_shown() -> Vec<Row> {
    let mut rows = Vec::new();
    for (last_day, permission) in [(2, "blocked"), (3, "allowed")] {
        let expect = format!(
            "modalities = {{ ultrasound = {{ permission = \"{permission}\", notices = [\"no_benefit_shown\"] }}, \
             dry_needling = {{ permission = \"{permission}\", notices = [\"no_benefit_shown\", \"not_routine\"] }} }}; \
             activities = {{ self_massage = \"{permission}\" }}"
        );
        let patient = "birth_date = \"1980-01-10\"; cautions = []; cautions_reviewed_day = 1";
        let story = Story { patient, first_day: 1, last_day, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("day {last_day}")));
    }
    rows
}
