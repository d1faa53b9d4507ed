//! The limits that a clinic may choose: each rule follows its own, and no other.

use super::story::{FOLDERS, Row, Story, injury_of};

/// Each limit is told from the two others by its number; the limit for pain is the lowest.
const PAIN_LOWEST: &str = "pain_limit = 1; pain_limit_strength = 4; pain_limit_running = 3";
/// The limit for running is the highest.
const RUNNING_HIGHEST: &str = "pain_limit = 2; pain_limit_strength = 1; pain_limit_running = 3";
/// The limit for running is the lowest.
const RUNNING_LOWEST: &str = "pain_limit = 4; pain_limit_strength = 5; pain_limit_running = 1";

fn row(folder: &str, policy: &str, phase: u8, step: &str, now: &str, expect: &str) -> Row {
    let injury = injury_of(folder);
    let story = Story { folder, injury, policy, phase: Some(phase), step, now, expect, ..Story::default() };
    story.row(format!("{folder}, phase {phase}, {policy}: {step} {now} {expect}"))
}

pub fn gates_and_holds_follow_the_limit_for_pain() -> Vec<Row> {
    let session = |pain: u8| format!("session = {{ kind = \"massage\", minutes = 30, pain_after = {pain} }}");
    let table = [
        ("P1-PROG-2", 1, "", "pain_isometric = 1", "met"),
        ("P1-PROG-2", 1, "", "pain_isometric = 2", "unmet"),
        ("P2-PROG-4", 2, "", "pain_stretch = 1", "met"),
        ("P2-PROG-4", 2, "", "pain_stretch = 2", "unmet"),
        ("U-PROGRESS", 2, "", "pain_worst_24h = 1", "met"),
        ("U-PROGRESS", 2, "", "pain_worst_24h = 2", "unmet"),
        ("P2-HOLD", 2, &session(1), "", "unmet"),
        ("P2-HOLD", 2, &session(2), "", "met"),
        ("U-HOLD", 2, "", "pain_activity = 1", "unmet"),
        ("U-HOLD", 2, "", "pain_activity = 2", "met"),
        ("U-HOLD", 2, "", "pain_running = 1", "unmet"),
        ("U-HOLD", 2, "", "pain_running = 2", "met"),
    ];
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, phase, step, now, verdict) in table {
            rows.push(row(folder, PAIN_LOWEST, phase, step, now, &format!("{verdict} = [\"{rule}\"]")));
        }
        let quiet = Story {
            folder,
            injury: injury_of(folder),
            expect: "unmet = [\"U-HOLD\", \"P2-HOLD\", \"U-REGRESS-2\"]",
            ..Story::default()
        };
        rows.push(quiet.row(format!("{folder}, nothing was asked about pain in activity")));
    }
    rows
}

pub fn holding_for_pain_in_running_follows_the_limit_for_running() -> Vec<Row> {
    let folder = "hamstring-persistent";
    let mut rows = Vec::new();
    for (now, verdict) in [("pain_running = 1", "unmet"), ("pain_running = 2", "met")] {
        rows.push(row(folder, RUNNING_LOWEST, 2, "", now, &format!("{verdict} = [\"U-HOLD\"]")));
    }
    rows
}

pub fn loading_follows_the_limit_for_strength_or_for_tendons() -> Vec<Row> {
    let loading = |pain: u8| {
        format!("activity = {{ kind = \"strength\", minutes = 20, pain_during = {pain}, pain_next_morning = 0 }}")
    };
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (pain, verdict) in [(4, "met"), (5, "unmet")] {
            rows.push(row(folder, PAIN_LOWEST, 3, &loading(pain), "", &format!("{verdict} = [\"P3-PROG-5\"]")));
        }
        for (pain, verdict) in [(1, "met"), (2, "unmet")] {
            rows.push(row(folder, RUNNING_HIGHEST, 3, &loading(pain), "", &format!("{verdict} = [\"P3-PROG-5\"]")));
        }
    }
    for (pain, verdict) in [(1, "met"), (2, "unmet")] {
        let expect = format!("{verdict} = [\"ACT-ECCENTRIC\", \"HOME-ECCENTRIC\"]");
        rows.push(row("hamstring-persistent", PAIN_LOWEST, 2, &loading(pain), "", &expect));
    }
    rows
}

/// Two days in a row with clean cross-training.
const CLEAN: &str = "activities = [{ day = 28, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }, \
                     { day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]";

/// The three machines of both legs, allowed up to a pain of 1.
fn machines(least: &str) -> String {
    let limits = format!("{{ permission = \"allowed\", {least}minutes_max = 30, pain_max = 1 }}");
    format!("activities = {{ elliptical = {limits}, revolving_staircase = {limits}, stepper = {limits} }}")
}

/// What a phase allows in both protocols: activities that follow each their own limit.
const OF_PHASES: [(u8, &str); 3] = [
    (
        2,
        "activities = { stationary_bike = { permission = \"allowed\", minutes_max = 30, pain_max = 1 }, \
         strength = { permission = \"allowed\", pain_max = 1 }, calisthenics = { permission = \"allowed\", pain_max = 1 }, \
         self_massage = { permission = \"allowed\", pain_max = 1 } }",
    ),
    (3, "activities = { strength = { permission = \"allowed\", pain_max = 4 } }"),
    (4, "activities = { full_training = { permission = \"allowed\", pain_max = 3 } }"),
];

pub fn activities_follow_their_own_limit() -> Vec<Row> {
    let (strain, persistent) = ("hamstring-strain", "hamstring-persistent");
    let of_phase_1 = "activities = { stationary_bike = { permission = \"allowed\", minutes_max = 10, pain_max = 1 }, \
                      strength = { permission = \"allowed\", pain_max = 1, effort_percent_max = 70 }, \
                      walk = { permission = \"allowed\", pain_max = 0 } }";
    let walk = "activities = { walk = { permission = \"allowed\", pain_max = 1 } }";
    let eccentric = |limit: u8| {
        format!("activities = {{ eccentric_exercise = {{ permission = \"allowed\", pain_max = {limit} }} }}")
    };
    let loaded = "activity = { kind = \"strength\", minutes = 20, pain_during = 1, pain_next_morning = 0 }";
    let mut rows = vec![
        row(strain, PAIN_LOWEST, 1, CLEAN, "", &machines("minutes_min = 20, ")),
        row(persistent, PAIN_LOWEST, 1, CLEAN, "", &machines("")),
        row(persistent, PAIN_LOWEST, 4, CLEAN, "", &machines("")),
        row(strain, PAIN_LOWEST, 1, "", "", of_phase_1),
        row(persistent, PAIN_LOWEST, 1, "", "", walk),
        row(strain, PAIN_LOWEST, 3, "", "", &eccentric(4)),
        row(persistent, PAIN_LOWEST, 3, loaded, "", &eccentric(1)),
    ];
    for (phase, expect) in OF_PHASES {
        rows.extend(FOLDERS.map(|folder| row(folder, PAIN_LOWEST, phase, "", "", expect)));
    }
    rows
}

pub fn machines_of_a_second_degree_follow_the_limit_for_pain() -> Vec<Row> {
    let least = "permission = \"allowed\", minutes_min = 20, minutes_max = 30, pain_max = 1";
    let at_full_speed = format!("activities = {{ revolving_staircase = {{ {least} }}, stepper = {{ {least} }} }}");
    let mut rows = Vec::new();
    for (phase, step, expect) in [(2, CLEAN, machines("minutes_min = 20, ")), (4, "", at_full_speed)] {
        let story = Story {
            policy: PAIN_LOWEST,
            phase: Some(phase),
            before: "bruising = \"local\"",
            step,
            expect: &expect,
            ..Story::default()
        };
        rows.push(story.row(format!("second degree, phase {phase}: {expect}")));
    }
    rows
}

pub fn stretching_follows_the_limit_for_pain() -> Vec<Row> {
    let mut rows = Vec::new();
    for (folder, times) in [("hamstring-strain", ", times_per_day_max = 4"), ("hamstring-persistent", "")] {
        let limits = format!("{{ permission = \"allowed\", pain_max = 1{times} }}");
        let expect = format!("modalities = {{ stretching = {limits} }}; activities = {{ stretching = {limits} }}");
        let story = Story {
            folder,
            injury: injury_of(folder),
            policy: PAIN_LOWEST,
            before_step: "decide = { stretching = true }",
            expect: &expect,
            ..Story::default()
        };
        rows.push(story.row(format!("{folder}, stretching")));
    }
    rows
}

pub fn running_follows_the_limit_for_running() -> Vec<Row> {
    let onset = "pain_onset_speed_kmh = 9";
    let painful = "pain_onset_speed_kmh = 9; full_speed_running = \"painful\"";
    let expect = "activities = { run = { permission = \"allowed\", pain_max = 3 } }";
    let integrated = format!("running = \"integrated\"; {RUNNING_HIGHEST}");
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for policy in [RUNNING_HIGHEST, &integrated] {
            for now in [onset, painful, "full_speed_running = \"painless\""] {
                rows.push(row(folder, policy, 4, "", now, expect));
            }
        }
    }
    rows.push(row("hamstring-strain", &integrated, 3, "", onset, expect));
    rows.push(row("hamstring-persistent", RUNNING_HIGHEST, 2, "", onset, expect));
    rows.push(row("hamstring-strain", PAIN_LOWEST, 4, "", onset, expect));
    rows
}

pub fn after_discharge_the_limits_stay() -> Vec<Row> {
    let discharge = "decide = { discharge = true, reason = \"clinical_judgement\" }";
    let pain = "{ permission = \"allowed\", pain_max = 1 }";
    let strength = "{ permission = \"allowed\", pain_max = 4 }";
    let running = "{ permission = \"allowed\", pain_max = 3 }";
    let expect = format!(
        "activities = {{ calisthenics = {pain}, stationary_bike = {pain}, revolving_staircase = {pain}, \
         stepper = {pain}, elliptical = {pain}, self_massage = {pain}, full_training = {running}, run = {running} }}"
    );
    let mut rows = Vec::new();
    for (folder, strong) in FOLDERS.iter().zip([
        format!("activities = {{ strength = {strength}, eccentric_exercise = {strength} }}"),
        format!("activities = {{ strength = {strength} }}"),
    ]) {
        rows.push(row(folder, PAIN_LOWEST, 4, discharge, "", &expect));
        rows.push(row(folder, PAIN_LOWEST, 4, discharge, "", &strong));
    }
    let loaded = "activity = { kind = \"strength\", minutes = 20, pain_during = 0, pain_next_morning = 0 }\n\
                  decide = { discharge = true, reason = \"clinical_judgement\" }";
    let eccentric = "activities = { eccentric_exercise = { permission = \"allowed\", pain_max = 1 } }";
    let policy = "pain_limit = 2; pain_limit_strength = 1; pain_limit_running = 3";
    rows.push(row("hamstring-persistent", policy, 4, loaded, "", eccentric));
    rows
}

pub fn the_integrated_policy_lets_run_from_phase_3_on() -> Vec<Row> {
    let onset = "pain_onset_speed_kmh = 9";
    vec![
        row("hamstring-strain", "", 3, "", onset, "activities = { run = \"not_yet\" }"),
        row("hamstring-strain", "running = \"integrated\"", 3, "", onset, "activities = { run = \"allowed\" }"),
    ]
}
