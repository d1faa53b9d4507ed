//! Grades, and what is allowed, limited or blocked on either side of each line.

use super::story::{Row, Story};

const STRAIN: &str = "hamstring-strain";
const PERSISTENT: &str = "hamstring-persistent";

pub fn the_grade_by_knee_extension_changes_every_10_degrees() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        (3, "9.9", "malliaropoulos", "I"),
        (3, "10", "malliaropoulos", "II"),
        (3, "19.9", "malliaropoulos", "II"),
        (3, "20", "malliaropoulos", "III"),
        (3, "29.9", "malliaropoulos", "III"),
        (3, "30", "malliaropoulos", "IV"),
        (2, "9.9", "malliaropoulos", "I"),
        (5, "9.9", "malliaropoulos", "I"),
        (1, "9.9", "findings", "first"),
        (6, "9.9", "findings", "first"),
        (6, "10", "findings", "second"),
    ];
    for (day, degrees, system, grade) in table {
        let value = format!("knee_extension_deficit_deg = {degrees}");
        let expect = format!("grade = {{ system = \"{system}\", grade = \"{grade}\" }}");
        let story = Story {
            phase: Some(1),
            first_day: day,
            last_day: day + 7,
            before: &value,
            now: &value,
            expect: &expect,
            ..Story::default()
        };
        rows.push(story.row(format!("{degrees} degrees on day {day}")));
    }
    rows
}

pub fn the_grade_by_findings_is_that_of_the_first_day() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        ("gait = \"normal\"", "first"),
        ("strength_outer_percent = 75", "first"),
        ("manual_resistance_90 = \"equal_painful\"", "first"),
        ("bruising = \"none\"", "first"),
        ("strength_outer_percent = 74.9", "second"),
        ("manual_resistance_90 = \"weaker\"", "second"),
        ("gait = \"limp\"", "second"),
        ("bruising = \"local\"", "second"),
        ("clinical_degree = \"second\"", "second"),
        ("clinical_degree = \"third\"", "third"),
        ("palpable_gap = true", "third"),
        ("gait = \"unable\"", "third"),
    ];
    for (before, grade) in table {
        let now = if before.starts_with("clinical") { before } else { "" };
        let expect = format!("grade = {{ system = \"findings\", grade = \"{grade}\" }}");
        let story = Story { before, now, expect: &expect, ..Story::default() };
        rows.push(story.row(before));
    }
    rows
}

pub fn each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        ("impaired_circulation", "ice = \"blocked\""),
        ("cold_hypersensitivity", "ice = \"blocked\""),
        ("insensate_skin", "ice = \"blocked\", heat = \"blocked\""),
        ("impaired_understanding", "ice = \"blocked\""),
        ("malignancy", "heat = \"blocked\", ultrasound = \"blocked\", laser = \"blocked\""),
        ("malignancy", "massage = { permission = \"allowed\", conditions = [\"not_over_cancer\"] }"),
        ("open_growth_plates", "ultrasound = \"blocked\""),
        ("pacemaker", "ultrasound = \"blocked\""),
        ("earlier_thrombosis", "ultrasound = \"blocked\""),
        ("anticoagulant", "dry_needling = \"blocked\""),
        ("bleeding_disorder", "dry_needling = \"blocked\""),
        ("anticoagulant", "laser = { permission = \"allowed\", conditions = [\"medical_caution_with_laser\"] }"),
        ("steroid_use", "laser = { permission = \"allowed\", conditions = [\"medical_caution_with_laser\"] }"),
        ("immunosuppression", "laser = { permission = \"allowed\", conditions = [\"medical_caution_with_laser\"] }"),
        ("anticoagulant", "massage = { permission = \"allowed\", conditions = [\"no_deep_pressure\"] }"),
        (
            "",
            "ice = \"allowed\", heat = \"allowed\", ultrasound = \"allowed\", laser = \"allowed\", \
             dry_needling = \"allowed\", exercise = \"allowed\", massage = \"allowed\", lymph_drainage = \"allowed\"",
        ),
    ];
    for (caution, expected) in table {
        let caution = if caution.is_empty() { String::new() } else { format!("\"{caution}\"") };
        let patient = format!("birth_date = \"1980-01-10\"; cautions = [{caution}]; cautions_reviewed_day = 20");
        let expect = format!("modalities = {{ {expected} }}");
        let story = Story { patient: &patient, now: "pain_worst_24h = 1", expect: &expect, ..Story::default() };
        rows.push(story.row(caution));
    }
    rows
}

pub fn cautions_that_nobody_asked_about_must_be_asked_about_first() -> Vec<Row> {
    let mut rows = Vec::new();
    let story = Story {
        patient: "birth_date = \"1980-01-10\"; cautions = []",
        now: "pain_worst_24h = 1",
        expect: "modalities = { ice = \"check_first\", ultrasound = \"check_first\", dry_needling = \"check_first\" }",
        ..Story::default()
    };
    rows.push(story.row("cautions that nobody asked about must be asked about first"));
    rows
}

pub fn ultrasound_waits_for_the_growth_plates() -> Vec<Row> {
    let mut rows = Vec::new();
    for (birth, permission) in [("2008-04-02", "blocked"), ("2008-04-01", "allowed")] {
        let patient = format!("birth_date = \"{birth}\"; cautions = []; cautions_reviewed_day = 20");
        let expect = format!("modalities = {{ ultrasound = \"{permission}\" }}");
        let story = Story { patient: &patient, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("born {birth}, judged on 2026-04-01")));
    }
    rows
}

pub fn findings_block_and_limit_modalities() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        (STRAIN, "swelling = \"mild\"", "heat = \"blocked\", ultrasound = \"blocked\", ice = \"allowed\""),
        (STRAIN, "bruising = \"spreading\"", "heat = \"blocked\", dry_needling = \"blocked\""),
        (
            STRAIN,
            "bruising = \"spreading\"",
            "massage = { permission = \"allowed\", conditions = [\"no_deep_pressure\"] }",
        ),
        (STRAIN, "bruising = \"local\"", "heat = \"allowed\", dry_needling = \"allowed\""),
        (STRAIN, "red_flag_firm_mass = true", "heat = \"blocked\""),
        (
            STRAIN,
            "red_flag_firm_mass = true",
            "massage = { permission = \"allowed\", conditions = [\"no_deep_pressure\"] }",
        ),
        (STRAIN, "red_flag_warm_firm_swelling = true", "dry_needling = \"blocked\""),
        (
            STRAIN,
            "red_flag_warm_firm_swelling = true",
            "massage = { permission = \"allowed\", conditions = [\"no_deep_pressure\"] }",
        ),
        (STRAIN, "red_flag_open_wound = true", "massage = \"blocked\", heat = \"allowed\""),
        (STRAIN, "pain_worst_24h = 0", "ice = \"not_yet\""),
        (STRAIN, "red_flag_fever = \"not_measured\"", "massage = \"check_first\", dry_needling = \"check_first\""),
        (PERSISTENT, "swelling = \"mild\"", "heat = \"blocked\""),
        (PERSISTENT, "puranen_orava = true", "stretching = \"blocked\""),
        (PERSISTENT, "bent_knee_stretch = true", "stretching = \"blocked\""),
        (PERSISTENT, "modified_bent_knee_stretch = true", "stretching = \"blocked\""),
        (PERSISTENT, "pain_worst_24h = 0", "stretching = \"not_yet\", heat = \"allowed\""),
    ];
    for (folder, now, expected) in table {
        let injury = if folder == PERSISTENT { "presentation = \"persistent\"" } else { "" };
        let expect = format!("modalities = {{ {expected} }}");
        let story = Story { folder, injury, now, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("{folder}, {now}")));
    }
    rows
}

pub fn heat_waits_three_days() -> Vec<Row> {
    let mut rows = Vec::new();
    for (last_day, permission) in [(2, "not_yet"), (3, "allowed")] {
        let expect = format!("modalities = {{ heat = \"{permission}\" }}");
        let patient = "birth_date = \"1980-01-10\"; cautions = []; cautions_reviewed_day = 1";
        let story = Story { patient, phase: Some(1), first_day: 1, last_day, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("day {last_day}")));
    }
    rows
}

pub fn massage_goes_onto_the_site_after_phase_1_and_72_hours() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        (1, 30, "around_injury_only"),
        (2, 30, "injured_area"),
        (3, 30, "injured_area"),
        (4, 30, "injured_area"),
        (2, 2, "around_injury_only"),
        (2, 3, "injured_area"),
    ];
    for (phase, last_day, area) in table {
        let first_day = if last_day == 30 { 20 } else { 1 };
        let expect = format!("modalities = {{ massage = {{ permission = \"allowed\", areas = [\"{area}\"] }} }}");
        let story = Story { phase: Some(phase), first_day, last_day, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("phase {phase}, day {last_day}")));
    }
    rows
}

pub fn a_modality_that_failed_this_patient_is_not_repeated() -> Vec<Row> {
    let mut rows = Vec::new();
    for (result, permission) in [
        ("helped", "allowed"),
        ("no_effect", "not_repeated"),
        ("impractical", "not_repeated"),
        ("worse", "not_repeated"),
    ] {
        let step = format!(
            "session = {{ kind = \"massage\", minutes = 30, treatments = [{{ modality = \"heat\", result = \"{result}\" }}] }}"
        );
        let expect = format!("modalities = {{ heat = \"{permission}\", laser = \"allowed\" }}");
        let story = Story { step: &step, expect: &expect, ..Story::default() };
        rows.push(story.row(result));
    }
    rows
}

pub fn stretching_waits_for_phase_2_and_the_therapists_word() -> Vec<Row> {
    let mut rows = Vec::new();
    let resume = "decide = { stretching = true }";
    let table = [(1, "", "blocked"), (2, "", "not_yet"), (2, resume, "allowed"), (4, resume, "allowed")];
    for (phase, before_step, permission) in table {
        let expect = format!(
            "modalities = {{ stretching = \"{permission}\" }}; activities = {{ stretching = \"{permission}\" }}"
        );
        let story = Story { phase: Some(phase), before_step, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("phase {phase}, {before_step}")));
    }
    rows
}

pub fn activities_open_by_phase() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        (
            1,
            "strength = { permission = \"allowed\", pain_max = 2, effort_percent_max = 70, conditions = [\"isometric_only\"] }",
        ),
        (1, "eccentric_exercise = \"not_yet\", calisthenics = \"not_yet\", self_massage = \"not_yet\""),
        (1, "stationary_bike = { permission = \"allowed\", minutes_max = 10, pain_max = 2 }"),
        (1, "run = \"not_yet\", full_training = \"not_yet\", walk = \"allowed\""),
        (2, "strength = { permission = \"allowed\", pain_max = 2, conditions = [\"no_end_range\"] }"),
        (2, "eccentric_exercise = \"not_yet\", calisthenics = \"allowed\", self_massage = \"allowed\""),
        (2, "stationary_bike = { permission = \"allowed\", minutes_max = 30, pain_max = 2 }"),
        (3, "strength = { permission = \"allowed\", pain_max = 4 }"),
        (3, "eccentric_exercise = { permission = \"allowed\", pain_max = 4 }"),
        (3, "run = \"not_yet\", full_training = \"not_yet\""),
        (4, "full_training = \"allowed\", run = { permission = \"allowed\", pain_max = 2 }"),
        (4, "stepper = \"allowed\", revolving_staircase = \"allowed\""),
    ];
    for (phase, expected) in table {
        let expect = format!("activities = {{ {expected} }}");
        let story = Story { phase: Some(phase), expect: &expect, ..Story::default() };
        rows.push(story.row(format!("phase {phase}: {expected}")));
    }
    rows
}

pub fn machines_follow_the_degree_and_clean_days() -> Vec<Row> {
    let mut rows = Vec::new();
    let clean = "activities = [{ day = 28, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }, \
                 { day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]";
    let one_day =
        "activities = [{ day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]";
    let limp = "bruising = \"local\"";
    let table = [
        (1, "", "", clean, "stepper = \"allowed\", revolving_staircase = \"allowed\""),
        (1, "", "", one_day, "stepper = \"not_yet\", revolving_staircase = \"not_yet\", elliptical = \"allowed\""),
        (1, limp, "", clean, "stepper = \"not_yet\", revolving_staircase = \"not_yet\", elliptical = \"allowed\""),
        (2, limp, "", clean, "stepper = \"allowed\", revolving_staircase = \"allowed\""),
        (2, limp, "", one_day, "stepper = \"not_yet\", revolving_staircase = \"not_yet\""),
        (1, limp, "pain_walking = 1", "", "elliptical = \"not_yet\""),
        (1, limp, "gait = \"limp\"", "", "elliptical = \"not_yet\""),
        (1, "", "pain_walking = 1", "", "elliptical = \"allowed\""),
    ];
    for (phase, before, now, step, expected) in table {
        let expect = format!("activities = {{ {expected} }}");
        let story = Story { phase: Some(phase), before, now, step, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("phase {phase}, {before}, {now}, {step}")));
    }
    rows
}

pub fn a_third_degree_keeps_off_the_machines_until_it_is_cleared() -> Vec<Row> {
    let mut rows = Vec::new();
    let third = "clinical_degree = \"third\"";
    let shut = "elliptical = \"blocked\", stepper = \"blocked\", revolving_staircase = \"blocked\", \
                stationary_bike = \"blocked\", run = \"blocked\", eccentric_exercise = \"blocked\", \
                strength = \"blocked\", calisthenics = \"blocked\", self_massage = \"blocked\", \
                full_training = \"blocked\", stretching = \"blocked\", walk = \"allowed\"";
    let clear = "decide = { clear = \"RF-THIRD-DEGREE\", outcome = \"imaging_negative\" }";
    for (step, expected) in [("", shut), (clear, "elliptical = \"allowed\", stationary_bike = \"allowed\"")] {
        let expect = format!("activities = {{ {expected} }}");
        let story = Story { before: third, now: third, step, expect: &expect, ..Story::default() };
        rows.push(story.row(step));
    }
    rows
}

pub fn running_comes_back_below_the_onset_and_step_by_step() -> Vec<Row> {
    let mut rows = Vec::new();
    let done = |effort: u8| {
        format!(
            "activities = [{{ day = 22, kind = \"run\", minutes = 20, effort_percent = {effort}, pain_during = 0, pain_next_morning = 0 }}, \
             {{ day = 24, kind = \"run\", minutes = 20, effort_percent = {effort}, pain_during = 0, pain_next_morning = 0 }}]"
        )
    };
    let onset = "pain_onset_speed_kmh = 9";
    let allowed = |effort: u8| {
        format!(
            "run = {{ permission = \"allowed\", speed_kmh_below = 9, pain_max = 2, effort_percent_max = {effort}, \
             conditions = [\"rest_day_between\", \"each_step_twice\", \"settled_next_morning\"] }}"
        )
    };
    let table = [
        (4, String::new(), onset.to_owned(), allowed(25)),
        (4, done(25), onset.to_owned(), allowed(70)),
        (3, done(25), onset.to_owned(), "run = \"not_yet\"".to_owned()),
        (4, String::new(), format!("{onset}; gait = \"limp\""), "run = \"blocked\"".to_owned()),
        (4, String::new(), format!("{onset}; pain_walking = 1"), "run = \"blocked\"".to_owned()),
        (
            4,
            String::new(),
            "full_speed_running = \"painful\"".to_owned(),
            "full_training = \"not_yet\", run = \"check_first\"".to_owned(),
        ),
    ];
    for (phase, step, now, expected) in table {
        let expect = format!("activities = {{ {expected} }}");
        let story = Story { phase: Some(phase), step: &step, now: &now, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("phase {phase}, {now}, {step}")));
    }
    rows
}

pub fn persistent_running_goes_on_below_the_onset_in_every_phase() -> Vec<Row> {
    let mut rows = Vec::new();
    for phase in 1..=4 {
        for (now, expected) in [
            ("pain_onset_speed_kmh = 9", "run = { permission = \"allowed\", speed_kmh_below = 9, pain_max = 2 }"),
            ("pain_onset_speed_kmh = 9; gait = \"limp\"", "run = \"blocked\""),
            ("full_speed_running = \"painful\"", "run = \"check_first\""),
            ("pain_onset_speed_kmh = 9; pain_walking = 2", "run = { permission = \"allowed\", speed_kmh_below = 9 }"),
            ("pain_onset_speed_kmh = 9; pain_walking = 3", "run = \"blocked\""),
        ] {
            let expect = format!("activities = {{ {expected} }}");
            let injury = "presentation = \"persistent\"";
            let story =
                Story { folder: PERSISTENT, injury, phase: Some(phase), now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("phase {phase}, {now}")));
        }
    }
    rows
}

pub fn persistent_loading_starts_with_isometric_work_and_goes_on_to_eccentric() -> Vec<Row> {
    let mut rows = Vec::new();
    let loaded = |pain: u8| format!("activity = {{ kind = \"strength\", minutes = 15, pain_during = {pain} }}");
    let table = [
        (String::new(), "eccentric_exercise = \"check_first\", strength = { permission = \"allowed\", pain_max = 3 }"),
        (loaded(3), "eccentric_exercise = { permission = \"allowed\", pain_max = 3 }"),
        (loaded(4), "eccentric_exercise = \"not_yet\""),
    ];
    for (step, expected) in table {
        let expect = format!("activities = {{ {expected} }}");
        let injury = "presentation = \"persistent\"";
        let story = Story { folder: PERSISTENT, injury, step: &step, expect: &expect, ..Story::default() };
        rows.push(story.row(step.as_str()));
    }
    rows
}
