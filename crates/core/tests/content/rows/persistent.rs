//! The rows of the acute protocol, tried on the persistent one wherever it says the same; the others are named.

use std::collections::BTreeSet;

use super::TABLES;
use super::story::Row;

/// Rows that come out otherwise in the persistent protocol, by table or by table and row, and why.
pub const OTHERWISE: &[(&str, &str)] = &[
    ("the_clock_of_phase_1_starts_again_with_a_flare", "there is no acute clock"),
    ("walking_with_pain_refers_from_day_7_on", "a referral for diagnosis runs from the first day"),
    (
        "what_was_done_counts_as_it_was_felt: P2-HOLD with session = { kind = \"massage\", minutes = 30, pain_after = 3 }",
        "the pain limits are both 3",
    ),
    (
        "what_was_done_counts_as_it_was_felt: P3-PROG-5 with activity = { kind = \"eccentric_exercise\", minutes = 20, pain_during = 4, pain_next_morning = 0 }",
        "the pain limits are both 3",
    ),
    ("the_grade_by_knee_extension_changes_every_10_degrees", "no grade is given"),
    ("the_grade_by_findings_is_that_of_the_first_day", "no grade is given"),
    (
        "each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one: \"impaired_circulation\"",
        "there is no ice",
    ),
    (
        "each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one: \"cold_hypersensitivity\"",
        "there is no ice",
    ),
    ("each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one: \"insensate_skin\"", "there is no ice"),
    (
        "each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one: \"impaired_understanding\"",
        "there is no ice",
    ),
    ("each_caution_blocks_what_it_should_and_nothing_is_blocked_without_one: ", "there is no ice"),
    ("cautions_that_nobody_asked_about_must_be_asked_about_first", "there is no ice"),
    ("heat_waits_three_days: day 2", "there is no acute clock"),
    ("massage_goes_onto_the_site_after_phase_1_and_72_hours", "massage is an adjunct on tie-in and belly"),
    ("stretching_waits_for_phase_2_and_the_therapists_word: phase 1, ", "there is no acute block"),
    (
        "activities_open_by_phase: phase 1: strength = { permission = \"allowed\", pain_max = 2, effort_percent_max = 70, conditions = [\"isometric_only\"] }",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 1: eccentric_exercise = \"not_yet\", calisthenics = \"not_yet\", self_massage = \"not_yet\"",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 1: stationary_bike = { permission = \"allowed\", minutes_max = 10, pain_max = 2 }",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 1: run = \"not_yet\", full_training = \"not_yet\", walk = \"allowed\"",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 2: strength = { permission = \"allowed\", pain_max = 2, conditions = [\"no_end_range\"] }",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 2: eccentric_exercise = \"not_yet\", calisthenics = \"allowed\", self_massage = \"allowed\"",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 2: stationary_bike = { permission = \"allowed\", minutes_max = 30, pain_max = 2 }",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 3: strength = { permission = \"allowed\", pain_max = 4 }",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 3: eccentric_exercise = { permission = \"allowed\", pain_max = 4 }",
        "loading and machines start at once, with other limits",
    ),
    (
        "activities_open_by_phase: phase 3: run = \"not_yet\", full_training = \"not_yet\"",
        "loading and machines start at once, with other limits",
    ),
    (
        "machines_follow_the_degree_and_clean_days: phase 1, , , activities = [{ day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]",
        "no degree is given",
    ),
    (
        "machines_follow_the_degree_and_clean_days: phase 1, bruising = \"local\", , activities = [{ day = 28, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }, { day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]",
        "no degree is given",
    ),
    (
        "machines_follow_the_degree_and_clean_days: phase 2, bruising = \"local\", , activities = [{ day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]",
        "no degree is given",
    ),
    (
        "machines_follow_the_degree_and_clean_days: phase 1, bruising = \"local\", pain_walking = 1, ",
        "no degree is given",
    ),
    (
        "machines_follow_the_degree_and_clean_days: phase 1, bruising = \"local\", gait = \"limp\", ",
        "no degree is given",
    ),
    ("a_third_degree_keeps_off_the_machines_until_it_is_cleared: ", "no degree is given"),
    (
        "running_comes_back_below_the_onset_and_step_by_step: phase 4, pain_onset_speed_kmh = 9, ",
        "running goes on below the onset, up to a pain of 2",
    ),
    (
        "running_comes_back_below_the_onset_and_step_by_step: phase 4, pain_onset_speed_kmh = 9, activities = [{ day = 22, kind = \"run\", minutes = 20, effort_percent = 25, pain_during = 0, pain_next_morning = 0 }, { day = 24, kind = \"run\", minutes = 20, effort_percent = 25, pain_during = 0, pain_next_morning = 0 }]",
        "running goes on below the onset, up to a pain of 2",
    ),
    (
        "running_comes_back_below_the_onset_and_step_by_step: phase 3, pain_onset_speed_kmh = 9, activities = [{ day = 22, kind = \"run\", minutes = 20, effort_percent = 25, pain_during = 0, pain_next_morning = 0 }, { day = 24, kind = \"run\", minutes = 20, effort_percent = 25, pain_during = 0, pain_next_morning = 0 }]",
        "running goes on below the onset, up to a pain of 2",
    ),
    (
        "running_comes_back_below_the_onset_and_step_by_step: phase 4, pain_onset_speed_kmh = 9; pain_walking = 1, ",
        "running goes on below the onset, up to a pain of 2",
    ),
    ("the_home_programme_follows_the_phase: phase 1", "loading starts at once"),
    ("the_home_programme_follows_the_phase: phase 3", "loading starts at once"),
    ("reviews_fall_due: day 7", "there is no acute clock"),
    ("a_pattern_and_a_contradiction_are_flagged: slow stretch", "the flags of the acute injury are missing"),
    ("a_pattern_and_a_contradiction_are_flagged: near the sitting bone", "the flags of the acute injury are missing"),
    ("a_pattern_and_a_contradiction_are_flagged: further off", "the flags of the acute injury are missing"),
    ("a_pattern_and_a_contradiction_are_flagged: contradiction", "the flags of the acute injury are missing"),
    ("a_pattern_and_a_contradiction_are_flagged: no contradiction", "the flags of the acute injury are missing"),
    ("referrals_wait_for_their_day: day 91", "a referral for diagnosis runs from the first day"),
    ("pain_when_sitting_refers_at_any_site: site = \"tie_in\" ", "a referral for diagnosis runs in any case"),
    ("pain_when_sitting_refers_at_any_site: site = \"belly\" ", "a referral for diagnosis runs in any case"),
    ("a_judged_third_degree_counts_beside_a_milder_grade_and_keeps_hands_off", "no grade is given"),
    ("ultrasound_needling_and_self_massage_wait_72_hours_and_say_what_is_not_shown: day 2", "there is no acute clock"),
    ("grades_begin_at_their_lower_bound", "no grade is given"),
    ("degrees_open_their_own_machines", "no degree is given"),
    ("hands_go_onto_the_site_at_72_hours", "massage is an adjunct on tie-in and belly"),
];

/// Tables about what only an acute injury has; tables with rows of both protocols are not tried again either.
pub const ACUTE_ONLY: &[(&str, &str)] = &[
    ("what_only_an_acute_strain_has", "other limits, and no referral for a severe strain"),
    ("a_grade_by_knee_extension_is_one_of_days_2_to_5", "no grade is given"),
    ("a_first_degree_by_findings_needs_range_and_strength", "no grade is given"),
    ("how_many_visits_to_begin_with", "no degree is given"),
    ("machines_by_degree", "no degree is given"),
    ("machines_of_a_second_degree_follow_the_limit_for_pain", "no degree is given"),
    ("discharge_tests_that_hang_on_the_site", "the stretch tests count at every site"),
    ("each_step_of_running_opens_the_next", "running goes on below the onset, without steps of effort"),
    ("massage_on_the_site_begins_at_72_hours", "there is no acute clock"),
    ("the_integrated_policy_lets_run_from_phase_3_on", "running goes on below the onset in every phase"),
];

/// A row of the acute protocol as a row of the persistent one.
fn as_persistent(table: &str, row: &Row) -> Row {
    let swap = |text: &str| {
        text.replace("protocol = \"hamstring-strain\"", "protocol = \"hamstring-persistent\"")
            .replace("presentation = \"acute\"", "presentation = \"persistent\"")
    };
    Row {
        folder: "hamstring-persistent".to_owned(),
        what: format!("{table}: {}", row.what),
        own: row.own.clone(),
        text: swap(&row.text),
        due: row.due.clone(),
    }
}

fn all() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let written: Vec<Row> = TABLES.iter().flat_map(|(_, table)| table()).collect();
    let own: BTreeSet<&str> = written.iter().map(|row| row.text.as_str()).collect();
    for (name, table) in TABLES {
        let acute: Vec<Row> = table().into_iter().filter(|row| row.folder == "hamstring-strain").collect();
        let of_both = acute.len() < table().len();
        if of_both || ACUTE_ONLY.iter().any(|(only, _)| only == name) {
            continue;
        }
        let moved = acute.iter().map(|row| as_persistent(name, row));
        rows.extend(moved.filter(|row| !own.contains(row.text.as_str())));
    }
    rows
}

fn is_otherwise(row: &Row) -> bool {
    let table = row.what.split(": ").next();
    OTHERWISE.iter().any(|(name, _)| row.what == *name || table == Some(name))
}

/// Rows that must come out the same.
pub fn same() -> Vec<Row> {
    all().into_iter().filter(|row| !is_otherwise(row)).collect()
}

/// Rows that must not.
pub fn otherwise() -> Vec<Row> {
    all().into_iter().filter(is_otherwise).collect()
}
