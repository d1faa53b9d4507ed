//! Values that count only within their window: the days of a grade, since the phase began, and while they are fresh.

use super::story::{FOLDERS, Row, Story, injury_of};

pub fn a_grade_by_knee_extension_is_one_of_days_2_to_5() -> Vec<Row> {
    let (i, ii, iii, iv) = ("GRADE-M-I", "GRADE-M-II", "GRADE-M-III", "GRADE-M-IV");
    let rules = [i, ii, iii, iv];
    // Degrees, and the rule that they meet.
    let table = [
        ("5", i),
        ("9.9", i),
        ("10", ii),
        ("15", ii),
        ("19.9", ii),
        ("20", iii),
        ("25", iii),
        ("29.9", iii),
        ("30", iv),
    ];
    let mut rows = Vec::new();
    for (degrees, grade) in table {
        for day in [1, 2, 5, 6] {
            let value = format!("knee_extension_deficit_deg = {degrees}");
            let expect = if day == 2 || day == 5 {
                let other: Vec<String> =
                    rules.iter().filter(|rule| **rule != grade).map(|rule| format!("\"{rule}\"")).collect();
                format!("met = [\"{grade}\"]; unmet = [{}]", other.join(", "))
            } else {
                format!("unknown = {rules:?}")
            };
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
    }
    rows
}

pub fn a_first_degree_by_findings_needs_range_and_strength() -> Vec<Row> {
    let strong = "strength_outer_percent = 75; manual_resistance_90 = \"weaker\"";
    let table = [
        ("knee_extension_deficit_deg = 9.9".to_owned(), "met"),
        ("knee_extension_deficit_deg = 10".to_owned(), "unknown"),
        (strong.to_owned(), "met"),
        (strong.replace("75", "75.1"), "met"),
        (strong.replace("75", "74.9"), "unmet"),
        (strong.replace("75", "74.9").replace("weaker", "equal_painful"), "met"),
        (strong.replace("75", "74.9").replace("weaker", "equal_painless"), "met"),
    ];
    let mut rows = Vec::new();
    for (before, verdict) in table {
        let expect = format!("{verdict} = [\"GRADE-F-FIRST\"]");
        let story = Story { before: &before, expect: &expect, ..Story::default() };
        rows.push(story.row(before.clone()));
    }
    rows
}

pub fn what_was_before_the_phase_does_not_send_back_again() -> Vec<Row> {
    let knee = "knee_extension_deficit_deg";
    let table = [
        ("U-REGRESS-1", "gait", "gait = \"limp\"", "unknown"),
        ("U-REGRESS-1", "swelling", "swelling = \"mild\"", "unknown"),
        ("U-REGRESS-1", "pain_daily_life", "pain_daily_life = 4", "unknown"),
        ("U-REGRESS-2", "pain_activity", "pain_activity = 5", "unknown"),
        ("U-REGRESS-3", "pain_next_morning", "pain_next_morning = 2", "unknown"),
        ("U-REGRESS-4", "gait", "gait = \"limp\"", "unknown"),
        ("U-REGRESS-5", knee, "knee_extension_deficit_deg = 17", "unknown"),
    ];
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, code, bad, verdict) in table {
            let between = format!(
                "[[step]]\nday = 22\n[step.assess]\ntester = \"A\"\n{bad}\n\
                 [[step]]\nday = 24\ndecide = {{ phase = 3, reason = \"clinical_judgement\" }}\n"
            );
            let expect = format!("phase = 3; {verdict} = [\"{rule}\"]");
            let story = Story {
                folder,
                injury: injury_of(folder),
                last_day: 27,
                between: &between,
                now_without: &[code],
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, {rule}: {bad} before the phase")));
        }
    }
    rows
}

pub fn a_gate_lost_before_the_phase_does_not_send_back_again() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (day, verdict) in [(22, "unmet"), (25, "met")] {
            let squat =
                format!("[[step]]\nday = {day}\n[step.assess]\ntester = \"A\"\nsingle_leg_squat = \"painful\"\n");
            let decide = "[[step]]\nday = 24\ndecide = { phase = 3, reason = \"clinical_judgement\" }\n";
            let between = if day < 24 { format!("{squat}{decide}") } else { format!("{decide}{squat}") };
            let expect = format!("phase = 3; {verdict} = [\"U-REGRESS-6\"]");
            let story = Story {
                folder,
                injury: injury_of(folder),
                last_day: 27,
                between: &between,
                now_without: &["single_leg_squat"],
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, a painful squat on day {day}")));
        }
    }
    rows
}

pub fn one_value_is_no_return_of_a_limp_and_no_loss_of_range() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let injury = injury_of(folder);
        for (rule, code, now) in [
            ("U-REGRESS-4", "gait", "gait = \"limp\""),
            ("U-REGRESS-5", "knee_extension_deficit_deg", "knee_extension_deficit_deg = 40"),
        ] {
            let expect = format!("unmet = [\"{rule}\"]");
            let story = Story { folder, injury, before_without: &[code], now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, the first {code}")));
        }
    }
    rows
}

pub fn another_tester_needs_the_error_between_testers() -> Vec<Row> {
    let before = "knee_extension_deficit_deg = 5";
    let by = |degrees: &str| format!("knee_extension_deficit_deg = {{ value = {degrees}, tester = \"B\" }}");
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (degrees, verdict) in [("14.9", "unmet"), ("15", "unknown"), ("19.9", "unknown"), ("20", "met")] {
            let now = by(degrees);
            let expect = format!("{verdict} = [\"U-REGRESS-5\"]");
            let injury = injury_of(folder);
            let story = Story { folder, injury, before, now: &now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {degrees} degrees by another tester")));
        }
        for (rule, phase) in [("P2-PROG-1", 2), ("P4-DIS-2", 4)] {
            let now = by("1");
            let expect = format!("unknown = [\"{rule}\"]");
            let injury = injury_of(folder);
            let story = Story { folder, injury, phase: Some(phase), now: &now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {rule} by another tester")));
        }
    }
    rows
}

pub fn tight_quadriceps_count_for_120_days() -> Vec<Row> {
    let mut rows = Vec::new();
    let discharge = "decide = { discharge = true, reason = \"clinical_judgement\" }";
    for folder in FOLDERS {
        for (rule, step) in [("RISK-QUADRICEPS", ""), ("RISK-QUADRICEPS-DISCHARGED", discharge)] {
            for (before, last_day, verdict) in [
                ("quadriceps_tightness = \"mild\"", 20 + 120, "met"),
                ("quadriceps_tightness = \"mild\"", 20 + 121, "unknown"),
                ("quadriceps_tightness = \"none\"", 30, "unmet"),
            ] {
                let expect = format!("{verdict} = [\"{rule}\"]");
                let injury = injury_of(folder);
                let story = Story {
                    folder,
                    injury,
                    phase: Some(4),
                    before,
                    step,
                    last_day,
                    expect: &expect,
                    ..Story::default()
                };
                rows.push(story.row(format!("{folder}, {rule}: {before} until day {last_day}")));
            }
        }
    }
    rows
}

/// Codes of each freshness, one criterion that reads them, and a good value.
pub fn a_value_counts_until_the_last_day_of_its_freshness() -> Vec<Row> {
    let table = [
        ("P1-PROG-1", 1, "gait", 7),
        ("P1-PROG-1", 1, "pain_walking", 7),
        ("P1-PROG-2", 1, "pain_isometric", 7),
        ("P2-PROG-2", 2, "straight_leg_raise_percent", 14),
        ("P2-PROG-5", 2, "jog_very_slow", 14),
        ("P3-PROG-1", 3, "strength_outer_percent", 21),
        ("P4-DIS-3", 4, "isometric_15_percent", 21),
    ];
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, phase, code, days) in table {
            for (last_day, verdict) in [(20 + days, "met"), (21 + days, "unknown")] {
                let expect = format!("{verdict} = [\"{rule}\"]");
                let story = Story {
                    folder,
                    injury: injury_of(folder),
                    phase: Some(phase),
                    last_day,
                    now_without: &[code],
                    expect: &expect,
                    ..Story::default()
                };
                rows.push(story.row(format!("{folder}, {code} of day 20 on day {last_day}")));
            }
        }
    }
    rows
}
