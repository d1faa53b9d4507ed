//! The last value that meets a threshold, and the first that does not.

use super::story::{FOLDERS, Row, Story, injury_of};

/// A threshold: rule, phase in force, and the same record with one thing on either side of the line.
pub struct Line<'a> {
    rule: &'a str,
    phase: u8,
    before: &'a str,
    met: &'a str,
    unmet: &'a str,
}

/// A threshold of the latest value.
pub const fn line<'a>(rule: &'a str, phase: u8, met: &'a str, unmet: &'a str) -> Line<'a> {
    Line { rule, phase, before: "", met, unmet }
}

/// A threshold of a change from the first value.
pub const fn from<'a>(rule: &'a str, phase: u8, before: &'a str, met: &'a str, unmet: &'a str) -> Line<'a> {
    Line { rule, phase, before, met, unmet }
}

/// Both sides of each line, in one protocol.
pub fn sides(folder: &str, lines: &[Line<'_>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for line in lines {
        for (now, verdict) in [(line.met, "met"), (line.unmet, "unmet")] {
            let expect = format!("{verdict} = [\"{}\"]", line.rule);
            let injury = injury_of(folder);
            let story = Story {
                folder,
                injury,
                phase: Some(line.phase),
                before: line.before,
                now,
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, {} with {now}", line.rule)));
        }
    }
    rows
}

/// Both sides of each line, in both protocols.
pub fn both(lines: &[Line<'_>]) -> Vec<Row> {
    FOLDERS.iter().flat_map(|folder| sides(folder, lines)).collect()
}

pub fn gates_of_phase_1() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(both(&[
        line("P1-PROG-1", 1, "pain_walking = 0", "pain_walking = 1"),
        line("P1-PROG-1", 1, "gait = \"normal\"", "gait = \"limp\""),
        line("P1-PROG-3", 1, "single_leg_squat = \"painless\"", "single_leg_squat = \"painful\""),
        line("P1-PROG-3", 1, "bike_test_150w = \"painless\"", "bike_test_150w = \"painful\""),
        line(
            "P1-PROG-3",
            1,
            "bike_test_150w = \"painless\"",
            "bike_test_150w = \"painful\"; bike_test_moderate = \"painless\"",
        ),
        line("P1-PROG-3", 1, "full_knee_extension_supine = \"full\"", "full_knee_extension_supine = \"lacking\""),
    ]));
    rows
}

pub fn what_only_an_acute_strain_has() -> Vec<Row> {
    sides(
        "hamstring-strain",
        &[
            line("P1-PROG-2", 1, "pain_isometric = 2", "pain_isometric = 3"),
            line("P1-REFER", 1, "knee_extension_deficit_deg = 30", "knee_extension_deficit_deg = 29.9"),
            line("P1-REFER", 1, "strength_outer_percent = 49.9", "strength_outer_percent = 50"),
            line("P1-REFER", 1, "strength_mid_percent = 49.9", "strength_mid_percent = 50"),
            line("P1-REFER", 1, "strength_inner_percent = 49.9", "strength_inner_percent = 50"),
            line("P2-PROG-4", 2, "pain_stretch = 2", "pain_stretch = 3"),
        ],
    )
}

pub fn gates_of_phase_2() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(both(&[
        line("P2-PROG-1", 2, "knee_extension_deficit_deg = 9.9", "knee_extension_deficit_deg = 10"),
        line("P2-PROG-2", 2, "straight_leg_raise_percent = 75", "straight_leg_raise_percent = 74.9"),
        from("P2-PROG-3", 2, "palpation_length_cm = 10", "palpation_length_cm = 5", "palpation_length_cm = 5.1"),
        from("P2-PROG-3", 2, "palpation_length_cm = 0.1", "palpation_length_cm = 0", "palpation_length_cm = 0.1"),
        line("P2-PROG-5", 2, "jog_very_slow = \"painless\"", "jog_very_slow = \"painful\""),
    ]));
    rows
}

pub fn gates_of_phase_3() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(both(&[
        line("P3-PROG-1", 3, "strength_outer_percent = 75", "strength_outer_percent = 74.9"),
        line("P3-PROG-2", 3, "max_effort_90_pain = 0", "max_effort_90_pain = 1"),
        line("P3-PROG-2", 3, "manual_resistance_90 = \"equal_painful\"", "manual_resistance_90 = \"weaker\""),
        line("P3-PROG-3", 3, "single_leg_bridge = \"painless\"", "single_leg_bridge = \"painful\""),
    ]));
    rows
}

pub fn gates_of_discharge() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(both(&[
        line("P4-DIS-1", 4, "palpation_pain = false", "palpation_pain = true"),
        line("P4-DIS-2", 4, "knee_extension_deficit_deg = 5", "knee_extension_deficit_deg = 5.1"),
        line("P4-DIS-3", 4, "isometric_15_percent = 90", "isometric_15_percent = 89.9"),
        line("P4-DIS-4", 4, "full_speed_running = \"painless\"", "full_speed_running = \"painful\""),
        line(
            "P4-DIS-5",
            4,
            "h_test_insecurity = 0; h_test_pain = false",
            "h_test_insecurity = 0.1; h_test_pain = false",
        ),
        line("P4-DIS-5", 4, "apprehension = false", "h_test_insecurity = 0; h_test_pain = true"),
        line("P4-DIS-6", 4, "athlete_ready = true", "athlete_ready = false"),
        line("P4-DIS-6", 4, "apprehension = false", "apprehension = true"),
    ]));
    let stretch_tests = ["puranen_orava", "bent_knee_stretch", "modified_bent_knee_stretch"];
    for test in stretch_tests {
        let (met, unmet) = (format!("{test} = false"), format!("{test} = true"));
        rows.extend(sides("hamstring-persistent", &[line("P4-DIS-8", 4, &met, &unmet)]));
        for (now, verdict) in [(&met, "met"), (&unmet, "unmet")] {
            let expect = format!("{verdict} = [\"P4-DIS-8\"]");
            let proximal =
                Story { injury: "site = \"tie_in\"", phase: Some(4), now, expect: &expect, ..Story::default() };
            rows.push(proximal.row(format!("an acute injury at the tie-in: {now}")));
        }
    }
    rows
}
