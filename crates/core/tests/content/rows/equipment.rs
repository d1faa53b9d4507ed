//! What stands in for an ergometer, a goniometer and a dynamometer, and only for these.

use super::story::{FOLDERS, Row, Story, injury_of};

/// Rule, phase, what the instrument measures with a bad value, and what stands in with a good and a bad value.
const TABLE: [(&str, u8, &str, &str, &str, &str, &str); 6] = [
    ("P1-PROG-3", 1, "bike_test_150w", "\"painful\"", "bike_test_moderate", "painless", "painful"),
    ("P2-PROG-1", 2, "knee_extension_deficit_deg", "20", "knee_extension_judged", "full", "lacking"),
    ("P2-PROG-2", 2, "straight_leg_raise_percent", "50", "straight_leg_raise_judged", "full", "lacking"),
    ("P3-PROG-1", 3, "strength_outer_percent", "50", "manual_resistance_outer", "equal_painless", "equal_painful"),
    ("P4-DIS-2", 4, "knee_extension_deficit_deg", "20", "knee_extension_judged", "full", "lacking"),
    ("P4-DIS-3", 4, "isometric_15_percent", "50", "manual_resistance_15", "equal_painless", "equal_painful"),
];

pub fn a_hand_or_an_eye_stands_in_for_what_is_not_at_hand() -> Vec<Row> {
    let all = "equipment = [\"ergometer\", \"goniometer\", \"dynamometer\"]";
    let none = "equipment = []";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, phase, code, bad, other, good_other, bad_other) in TABLE {
            let (measured, good, poor) = (
                format!("{code} = {bad}"),
                format!("{other} = \"{good_other}\""),
                format!("{other} = \"{bad_other}\""),
            );
            let cases: [(&str, bool, String, &str); 5] = [
                (none, true, format!("{measured}; {good}"), "met"),
                (none, true, format!("{measured}; {poor}"), "unmet"),
                (all, true, format!("{measured}; {good}"), "unmet"),
                (all, false, good.clone(), "met"),
                (all, false, poor.clone(), "unknown"),
            ];
            for (policy, recorded, now, verdict) in cases {
                let without: &[&str] = if recorded { &[] } else { &[code] };
                let expect = format!("{verdict} = [\"{rule}\"]");
                let story = Story {
                    folder,
                    injury: injury_of(folder),
                    policy,
                    phase: Some(phase),
                    before_without: without,
                    now_without: without,
                    now: &now,
                    expect: &expect,
                    ..Story::default()
                };
                rows.push(story.row(format!("{folder}, {rule} with {policy}: {now}")));
            }
        }
    }
    rows
}

pub fn no_painful_length_stands_in_for_palpation_only_where_that_is_not_recorded() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let injury = injury_of(folder);
        for (without, now, verdict) in [
            (&["palpation_pain"][..], "palpation_length_cm = 0", "met"),
            (&["palpation_pain"], "palpation_length_cm = 0.1", "unknown"),
            (&[], "palpation_pain = true", "unmet"),
        ] {
            let expect = format!("{verdict} = [\"P4-DIS-1\"]");
            let story = Story {
                folder,
                injury,
                phase: Some(4),
                before_without: without,
                now_without: without,
                now,
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, {now} without {without:?}")));
        }
    }
    rows
}
