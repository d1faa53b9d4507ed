//! Lines that the other tables leave open: visits, grades and sites, and permits.

use super::story::{FOLDERS, Row, Story, injury_of};
use super::thresholds::{Line, both, from, line, sides};

pub fn how_many_visits_to_begin_with() -> Vec<Row> {
    let mut rows = Vec::new();
    for (pain, expect) in [
        (1, "met = [\"T1-FIRST-DEGREE\"]; unmet = [\"T1\"]; frequency = [1, 2]"),
        (2, "met = [\"T1-FIRST-DEGREE\"]; unmet = [\"T1\"]; frequency = [1, 2]"),
        (3, "met = [\"T1\"]; unmet = [\"T1-FIRST-DEGREE\"]; frequency = [2, 3]"),
    ] {
        let now = format!("pain_worst_24h = {pain}");
        rows.push(Story { phase: Some(1), now: &now, expect, ..Story::default() }.row(now.clone()));
    }
    rows
}

/// A step on a day in between, with a setback.
fn flare(day: u16) -> String {
    format!("[[step]]\nday = {day}\n[step.assess]\ntester = \"A\"\npain_activity = 5\n")
}

pub fn fewer_visits_need_a_week_without_setback() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (day, verdict) in [(22, "met"), (23, "met"), (24, "unmet")] {
            let (between, expect) = (flare(day), format!("{verdict} = [\"T2\"]"));
            let story = Story {
                folder,
                injury: injury_of(folder),
                before: "pain_worst_24h = 6",
                between: &between,
                now: "pain_worst_24h = 2; pain_activity = 0",
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, a setback on day {day}")));
        }
    }
    rows
}

pub fn at_two_visits_the_rule_from_three_to_two_is_no_condition_any_more() -> Vec<Row> {
    let mut rows = Vec::new();
    let between = flare(24);
    for (folder, before) in [
        ("hamstring-strain", "pain_worst_24h = 4; lefs = 50"),
        ("hamstring-persistent", "pain_worst_24h = 4; lefs = 50; pain_onset_speed_kmh = 9"),
    ] {
        let story = Story {
            folder,
            injury: injury_of(folder),
            phase: Some(3),
            visits_per_week: 2,
            before,
            between: &between,
            now: "pain_worst_24h = 2; lefs = 60; pain_activity = 0",
            expect: "met = [\"T3\"]; taper_action = \"step_down\"; taper_target = 1",
            ..Story::default()
        };
        rows.push(story.row(format!("{folder}, from two to one")));
    }
    rows
}

pub fn fewer_visits_need_a_fall_of_pain_and_phase_2_and_seven_days_on_the_rung() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let well = Story { folder, injury: injury_of(folder), ..Story::default() };
        let none_to_lose = Story { expect: "unmet = [\"T2\"]", ..well };
        rows.push(none_to_lose.row(format!("{folder}, no pain at either end")));
        let fallen = Story { before: "pain_worst_24h = 6", now: "pain_worst_24h = 2", ..well };
        let early = Story { phase: Some(1), expect: "unmet = [\"T2\"]", ..fallen };
        rows.push(early.row(format!("{folder}, not in phase 1")));
        for (last_day, action) in [(26, "hold"), (27, "step_down")] {
            let expect = format!("met = [\"T2\"]; taper_action = \"{action}\"");
            let story = Story { last_day, expect: &expect, ..fallen };
            rows.push(story.row(format!("{folder}, day {last_day} of a rung begun on day 20")));
        }
    }
    rows
}

pub fn the_last_figures_of_fewer_visits() -> Vec<Row> {
    let before = "pain_worst_24h = 4; lefs = 50; pain_onset_speed_kmh = 9; full_speed_running = \"painful\"";
    let faster = "pain_worst_24h = 2; lefs = 60; pain_onset_speed_kmh = 9.001; full_speed_running = \"painful\"";
    let same = "pain_worst_24h = 2; lefs = 60; pain_onset_speed_kmh = 9; full_speed_running = \"painful\"";
    let slower = "pain_worst_24h = 2; lefs = 60; pain_onset_speed_kmh = 8.999; full_speed_running = \"painful\"";
    let painless = "pain_worst_24h = 2; lefs = 60; pain_onset_speed_kmh = 9; full_speed_running = \"painless\"";
    both(&[
        from("T3", 4, before, faster, same),
        from("T3", 4, before, faster, slower),
        from("T3", 4, before, painless, same),
        from("T2", 2, "pain_worst_24h = 10", "pain_worst_24h = 7", "pain_worst_24h = 8"),
        from("P2-PROG-3", 2, "palpation_length_cm = 10", "palpation_length_cm = 5", "palpation_length_cm = 5.1"),
    ])
}

pub fn discharge_tests_that_hang_on_the_site() -> Vec<Row> {
    let now = "puranen_orava = true";
    let mut rows = Vec::new();
    for (injury, verdict) in [
        ("site = \"belly\"", "met"),
        ("site = \"distal\"", "met"),
        ("site = \"tie_in\"", "unmet"),
        ("site = \"unknown\"", "unmet"),
        ("site = \"belly\"; presentation = \"persistent\"", "unmet"),
    ] {
        let expect = format!("{verdict} = [\"P4-DIS-8\"]");
        rows.push(Story { injury, phase: Some(4), now, expect: &expect, ..Story::default() }.row(injury));
    }
    rows
}

pub fn one_full_session_is_not_two_and_one_clean_day_is_not_two() -> Vec<Row> {
    let done = |kind: &str, days: &[u16]| {
        let list: Vec<String> = days
            .iter()
            .map(|day| {
                format!("{{ day = {day}, kind = \"{kind}\", minutes = 30, pain_during = 0, pain_next_morning = 0 }}")
            })
            .collect();
        format!("activities = [{}]", list.join(", "))
    };
    let painful_jog = "jog_50_percent = \"painful\"";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, phase, step, now, verdict) in [
            ("P4-DIS-7", 4, done("full_training", &[27]), "", "unmet"),
            ("P4-DIS-7", 4, done("full_training", &[24, 27]), "", "met"),
            ("P3-PROG-4", 3, done("elliptical", &[29]), painful_jog, "unmet"),
            ("P3-PROG-4", 3, done("elliptical", &[28, 29]), painful_jog, "met"),
        ] {
            let expect = format!("{verdict} = [\"{rule}\"]");
            let injury = injury_of(folder);
            let story =
                Story { folder, injury, phase: Some(phase), step: &step, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {rule}: {step}")));
        }
    }
    rows
}

pub fn walking_is_allowed_with_a_limp_and_not_when_unable() -> Vec<Row> {
    both(&[
        line("ACT-WALK", 1, "gait = \"normal\"", "gait = \"unable\""),
        line("ACT-WALK", 1, "gait = \"limp\"", "gait = \"unable\""),
    ])
}

pub fn running_needs_an_onset_above_nothing() -> Vec<Row> {
    let none = "pain_onset_speed_kmh = 0; full_speed_running = \"painful\"";
    let least = "pain_onset_speed_kmh = 0.001; full_speed_running = \"painful\"";
    let mut rows =
        sides("hamstring-strain", &[line("RUN-CONSERVATIVE", 4, least, none), line("RUN-FULL-SPEED", 4, least, none)]);
    rows.extend(sides(
        "hamstring-persistent",
        &[line("RUN-BELOW-ONSET", 2, least, none), line("RUN-FULL-SPEED", 4, least, none)],
    ));
    for (now, verdict) in [(least, "met"), (none, "unmet")] {
        let expect = format!("{verdict} = [\"RUN-INTEGRATED\"]");
        let policy = "running = \"integrated\"";
        rows.push(
            Story { policy, phase: Some(3), now, expect: &expect, ..Story::default() }
                .row(format!("integrated, {now}")),
        );
    }
    rows
}

pub fn each_step_of_running_opens_the_next() -> Vec<Row> {
    let done = |effort: u8| {
        format!(
            "activities = [{{ day = 22, kind = \"run\", minutes = 20, effort_percent = {effort}, pain_during = 0, pain_next_morning = 0 }}, \
             {{ day = 24, kind = \"run\", minutes = 20, effort_percent = {effort}, pain_during = 0, pain_next_morning = 0 }}]"
        )
    };
    let mut rows = Vec::new();
    for (effort, expect) in [
        (24, "met = [\"P4-STEP-25\", \"P4-STEP-70\"]"),
        (25, "unmet = [\"P4-STEP-25\"]; met = [\"P4-STEP-70\"]"),
        (69, "unmet = [\"P4-STEP-25\"]; met = [\"P4-STEP-70\"]"),
        (70, "unmet = [\"P4-STEP-25\", \"P4-STEP-70\"]"),
        (100, "unmet = [\"P4-STEP-25\", \"P4-STEP-70\"]"),
    ] {
        let step = done(effort);
        rows.push(
            Story { phase: Some(4), step: &step, expect, ..Story::default() }.row(format!("{effort} percent, twice")),
        );
    }
    rows
}

pub fn machines_by_degree() -> Vec<Row> {
    let clean = "activities = [{ day = 28, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }, \
                 { day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]";
    let cleared = "decide = { clear = \"RF-THIRD-DEGREE\", outcome = \"imaging_negative\" }";
    let third = "clinical_degree = \"third\"";
    let firsts = "\"ACT-ELLIPTICAL-FIRST\", \"ACT-STAIRCASE-FIRST\", \"ACT-STEPPER-FIRST\"";
    let seconds = "\"ACT-ELLIPTICAL-SECOND\", \"ACT-STAIRCASE-SECOND\", \"ACT-STEPPER-SECOND\"";
    let (first, second) =
        (format!("met = [{firsts}]; unmet = [{seconds}]"), format!("met = [{seconds}]; unmet = [{firsts}]"));
    let both_steps = format!("{clean}; {cleared}");
    vec![
        Story { step: clean, expect: &first, ..Story::default() }.row("first degree"),
        Story { before: "bruising = \"local\"", step: clean, expect: &second, ..Story::default() }.row("second degree"),
        Story { before: third, now: third, step: &both_steps, expect: &second, ..Story::default() }
            .row("third degree, cleared"),
    ]
}

pub fn limits_of_ice_and_massage() -> Vec<Row> {
    vec![
        Story {
            now: "pain_worst_24h = 1",
            expect: "modalities = { ice = { permission = \"allowed\", minutes_min = 10, minutes_max = 20, times_per_day_max = 3 } }",
            ..Story::default()
        }
        .row("ice"),
        Story {
            expect: "modalities = { massage = { permission = \"allowed\", areas = [\"injured_area\"], pain_max = 4 } }",
            ..Story::default()
        }
        .row("massage on the site"),
        Story {
            folder: "hamstring-persistent",
            injury: "presentation = \"persistent\"",
            expect: "modalities = { massage = { permission = \"allowed\", areas = [\"tie_in_and_belly\"], pain_max = 4, minutes_max = 30, times_per_week_max = 3 } }",
            ..Story::default()
        }
        .row("massage beside loading"),
    ]
}

pub fn massage_on_the_site_begins_at_72_hours() -> Vec<Row> {
    let mut rows = Vec::new();
    for (last_day, expect) in [
        (2, "met = [\"MAS-72H\"]; unmet = [\"MAS-PHASE-2\"]"),
        (3, "met = [\"MAS-PHASE-2\"]; unmet = [\"MAS-72H\"]"),
        (4, "met = [\"MAS-PHASE-2\"]; unmet = [\"MAS-72H\"]"),
    ] {
        let patient = "birth_date = \"1980-01-10\"; cautions = []; cautions_reviewed_day = 1";
        rows.push(Story { patient, first_day: 1, last_day, expect, ..Story::default() }.row(format!("day {last_day}")));
    }
    rows
}

pub fn ultrasound_keeps_off_swelling_in_phase_1_too() -> Vec<Row> {
    both(&[line("ULTRASOUND-BLOCK", 1, "swelling = \"mild\"", "swelling = \"none\"")])
}

/// Setbacks of the persistent protocol that the tables of both do not reach.
const SETBACKS: [Line<'static>; 3] = [
    line("U-REGRESS-1", 3, "gait = \"limp\"", "gait = \"normal\""),
    line("U-REGRESS-1", 3, "swelling = \"mild\"", "swelling = \"none\""),
    line("U-REGRESS-2", 3, "pain_activity = 5", "pain_running = 4"),
];

pub fn setbacks_in_phase_3() -> Vec<Row> {
    both(&SETBACKS)
}
