//! Thresholds of progress, setbacks, tapering and activities: what changed since the first value, or was done.

use super::story::{Row, Story};
use super::thresholds::{both, from, line, sides};

pub fn progress_and_setbacks() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(sides("hamstring-strain", &[line("U-PROGRESS", 2, "pain_worst_24h = 2", "pain_worst_24h = 3")]));
    rows.extend(both(&[
        from("U-PROGRESS", 2, "pain_next_morning = 2", "pain_next_morning = 2", "pain_next_morning = 3"),
        line("U-REGRESS-1", 2, "pain_daily_life = 4", "pain_daily_life = 3"),
        line("U-REGRESS-1", 2, "gait = \"limp\"", "gait = \"normal\""),
        line("U-REGRESS-1", 2, "swelling = \"mild\"", "swelling = \"none\""),
        line("U-REGRESS-2", 2, "pain_activity = 5", "pain_activity = 4"),
        line("U-REGRESS-2", 2, "pain_running = 5", "pain_running = 4"),
        from("U-REGRESS-3", 2, "pain_next_morning = 1", "pain_next_morning = 3", "pain_next_morning = 2"),
        line("U-REGRESS-4", 2, "gait = \"limp\"", "gait = \"normal\""),
        from(
            "U-REGRESS-5",
            2,
            "knee_extension_deficit_deg = 5",
            "knee_extension_deficit_deg = 15",
            "knee_extension_deficit_deg = 14.9",
        ),
        from(
            "U-REGRESS-5",
            2,
            "knee_extension_deficit_deg = 5",
            "knee_extension_deficit_deg = { value = 20, tester = \"B\" }",
            "knee_extension_deficit_deg = { value = 14, tester = \"B\" }",
        ),
    ]));
    rows
}

pub fn holds_and_lost_gates() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(sides(
        "hamstring-strain",
        &[
            line("U-HOLD", 2, "pain_activity = 3", "pain_activity = 2"),
            line(
                "U-HOLD",
                2,
                "clinical_degree = \"third\"; pain_worst_24h = 1",
                "clinical_degree = \"third\"; pain_worst_24h = 2",
            ),
            line("U-HOLD", 2, "clinical_degree = \"third\"", "clinical_degree = \"second\""),
            line("U-REGRESS-6", 3, "pain_stretch = 4", "pain_stretch = 3"),
        ],
    ));
    rows.extend(both(&[
        line("P1-HOLD", 1, "pain_walking = 1", "pain_walking = 0"),
        line("U-REGRESS-6", 3, "knee_extension_deficit_deg = 25", "knee_extension_deficit_deg = 24.9"),
        line("U-REGRESS-6", 3, "single_leg_squat = \"painful\"", "single_leg_squat = \"painless\""),
        line("U-REGRESS-6", 2, "single_leg_squat = \"painful\"", "jog_very_slow = \"painful\""),
    ]));
    rows
}

pub fn the_clock_of_phase_1_starts_again_with_a_flare() -> Vec<Row> {
    let mut rows = Vec::new();
    for (day, verdict) in [(27, "met"), (28, "unmet")] {
        let step = format!("activity = {{ day = {day}, kind = \"elliptical\", minutes = 20, pain_during = 5 }}");
        let expect = format!("{verdict} = [\"P1-PROG-4\"]");
        let story = Story {
            phase: Some(1),
            step: &step,
            now: "pain_activity = 0; knee_extension_deficit_deg = 10",
            expect: &expect,
            ..Story::default()
        };
        rows.push(story.row(format!("a flare on day {day}")));
    }
    rows
}

pub fn walking_with_pain_refers_from_day_7_on() -> Vec<Row> {
    let mut rows = Vec::new();
    for (last_day, verdict) in [(6, "unmet"), (7, "met")] {
        let expect = format!("{verdict} = [\"P1-REFER\"]");
        let now = "pain_walking = 1";
        let story = Story { phase: Some(1), first_day: 3, last_day, now, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("day {last_day}")));
    }
    rows
}

pub fn between_10_and_15_degrees_another_tester_leaves_it_open() -> Vec<Row> {
    let mut rows = Vec::new();
    let story = Story {
        before: "knee_extension_deficit_deg = 5",
        now: "knee_extension_deficit_deg = { value = 17, tester = \"B\" }",
        expect: "unknown = [\"U-REGRESS-5\", \"P2-PROG-1\"]",
        ..Story::default()
    };
    rows.push(story.row("between 10 and 15 degrees another tester leaves it open"));
    rows
}

pub fn pain_limits_of_the_persistent_protocol_are_one_point_higher() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(sides(
        "hamstring-persistent",
        &[
            line("P1-PROG-2", 1, "pain_isometric = 3", "pain_isometric = 4"),
            line("P2-PROG-4", 2, "pain_stretch = 3", "pain_stretch = 4"),
            line("U-PROGRESS", 2, "pain_worst_24h = 3", "pain_worst_24h = 4"),
        ],
    ));
    rows
}

pub fn from_three_visits_to_two() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(both(&[
        from("T2", 2, "pain_worst_24h = 10", "pain_worst_24h = 7", "pain_worst_24h = 8"),
        from("T2", 2, "pain_worst_24h = 6", "pain_worst_24h = 4", "pain_worst_24h = 5"),
        from("T2", 2, "pain_worst_24h = 5", "pain_worst_24h = 3", "pain_worst_24h = 4"),
        from("T2", 2, "pain_worst_24h = 3", "pain_worst_24h = 2", "pain_worst_24h = 3"),
        from("T2", 2, "pain_worst_24h = 4", "pain_worst_24h = 2", "pain_worst_24h = 3"),
    ]));
    let early = Story {
        phase: Some(1),
        before: "pain_worst_24h = 6",
        now: "pain_worst_24h = 2",
        expect: "unmet = [\"T2\"]",
        ..Story::default()
    };
    rows.push(early.row("not in phase 1"));
    rows
}

pub fn from_two_visits_to_one() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(both(&[
        from(
            "T3",
            3,
            "pain_worst_24h = 4; lefs = 50",
            "pain_worst_24h = 2; lefs = 59",
            "pain_worst_24h = 3; lefs = 59",
        ),
        from(
            "T3",
            3,
            "pain_worst_24h = 4; lefs = 50",
            "pain_worst_24h = 2; lefs = 59",
            "pain_worst_24h = 2; lefs = 58",
        ),
        from(
            "T3",
            3,
            "pain_worst_24h = 4; lefs = 68",
            "pain_worst_24h = 2; lefs = 71",
            "pain_worst_24h = 2; lefs = 70",
        ),
    ]));
    let before = "pain_worst_24h = 4; lefs = 50; pain_onset_speed_kmh = 9; full_speed_running = \"painful\"";
    rows.extend(both(&[from(
        "T3",
        4,
        before,
        "pain_worst_24h = 2; lefs = 60; pain_onset_speed_kmh = 9.1; full_speed_running = \"painful\"",
        "pain_worst_24h = 2; lefs = 60; pain_onset_speed_kmh = 9; full_speed_running = \"painful\"",
    )]));
    rows
}

pub fn without_response() -> Vec<Row> {
    let mut rows = Vec::new();
    let visits = |count: usize| -> String {
        let days = ["21", "22", "23", "24", "25", "26"];
        let list: Vec<String> = days
            .iter()
            .take(count)
            .map(|day| format!("{{ day = {day}, kind = \"massage\", minutes = 30, pain_after = 0 }}"))
            .collect();
        format!("sessions = [{}]", list.join(", "))
    };
    let before = "pain_worst_24h = 6; lefs = 50";
    let table = [
        (6, "pain_worst_24h = 5; lefs = 58", "met"),
        (5, "pain_worst_24h = 5; lefs = 58", "unmet"),
        (6, "pain_worst_24h = 4; lefs = 58", "unmet"),
        (6, "pain_worst_24h = 5; lefs = 59", "unmet"),
    ];
    for (count, now, verdict) in table {
        let step = visits(count);
        let expect = format!("{verdict} = [\"T6\", \"T7\", \"NON-RESPONSE\", \"RF-NO-PROGRESS\"]");
        let story = Story { before, step: &step, now, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("{count} visits, {now}")));
    }
    rows
}

pub fn nearly_well_is_not_without_response() -> Vec<Row> {
    let mut rows = Vec::new();
    let step = "session = { kind = \"massage\", minutes = 30, pain_after = 0 }";
    let sessions = "sessions = [{ day = 21, kind = \"massage\", minutes = 30 }, { day = 22, kind = \"massage\", minutes = 30 }, \
                    { day = 23, kind = \"massage\", minutes = 30 }, { day = 24, kind = \"massage\", minutes = 30 }, \
                    { day = 25, kind = \"massage\", minutes = 30 }, { day = 26, kind = \"massage\", minutes = 30 }]";
    let story = Story { before_step: step, step: sessions, expect: "unmet = [\"T6\"]", ..Story::default() };
    rows.push(story.row("nearly well is not without response"));
    rows
}

pub fn what_was_done_counts_as_it_was_felt() -> Vec<Row> {
    let mut rows = Vec::new();
    let loading = |pain: u8| {
        format!(
            "activity = {{ kind = \"eccentric_exercise\", minutes = 20, pain_during = {pain}, pain_next_morning = 0 }}"
        )
    };
    let training = |next_morning: u8| {
        format!(
            "activities = [{{ day = 24, kind = \"full_training\", minutes = 60, pain_during = 0, pain_next_morning = 0 }}, \
             {{ day = 27, kind = \"full_training\", minutes = 60, pain_during = 0, pain_next_morning = {next_morning} }}]"
        )
    };
    let machine = |minutes: u8| {
        format!(
            "activities = [{{ day = 28, kind = \"elliptical\", minutes = {minutes}, pain_during = 0, pain_next_morning = 0 }}, \
             {{ day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }}]"
        )
    };
    let session = |pain: u8| format!("session = {{ kind = \"massage\", minutes = 30, pain_after = {pain} }}");
    let painful_jog = "jog_50_percent = \"painful\"";
    let table = [
        ("P2-HOLD", 2, session(3), "", "met"),
        ("P2-HOLD", 2, session(2), "", "unmet"),
        ("P3-PROG-5", 3, loading(4), "", "met"),
        ("P3-PROG-5", 3, loading(5), "", "unmet"),
        ("P4-DIS-7", 4, training(0), "", "met"),
        ("P4-DIS-7", 4, training(1), "", "unmet"),
        ("P3-PROG-4", 3, machine(20), painful_jog, "met"),
        ("P3-PROG-4", 3, machine(19), painful_jog, "unmet"),
    ];
    for (rule, phase, step, now, verdict) in table {
        let expect = format!("{verdict} = [\"{rule}\"]");
        let story = Story { phase: Some(phase), step: &step, now, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("{rule} with {step}")));
    }
    rows
}
