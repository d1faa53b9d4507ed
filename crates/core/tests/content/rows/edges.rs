//! Lines that the other tables leave open: visits, grades and sites, permits, flags and risk factors.

use super::story::{FOLDERS, Row, Story, injury_of};
use super::thresholds::{Line, both, from, line, sides};

/// Expectations of both protocols on the same record.
fn in_both(table: &[(&str, Story<'_>)]) -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (what, story) in table {
            let injury = format!("{}; {}", injury_of(folder), story.injury);
            rows.push(Story { folder, injury: &injury, ..*story }.row(format!("{folder}, {what}")));
        }
    }
    rows
}

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

pub fn fewer_visits_need_a_week_without_setback_and_a_fall_of_pain() -> Vec<Row> {
    let mut rows = Vec::new();
    let flare = |day: u16| format!("[[step]]\nday = {day}\n[step.assess]\ntester = \"A\"\npain_activity = 5\n");
    for folder in FOLDERS {
        let injury = injury_of(folder);
        for (day, verdict) in [(22, "met"), (23, "met"), (24, "unmet")] {
            let between = flare(day);
            let expect = format!("{verdict} = [\"T2\"]");
            let story = Story {
                folder,
                injury,
                before: "pain_worst_24h = 6",
                between: &between,
                now: "pain_worst_24h = 2; pain_activity = 0",
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, a setback on day {day}")));
        }
        let none_to_lose = Story { folder, injury, expect: "unmet = [\"T2\"]", ..Story::default() };
        rows.push(none_to_lose.row(format!("{folder}, no pain at either end")));
        let early = Story {
            folder,
            injury,
            phase: Some(1),
            before: "pain_worst_24h = 6",
            now: "pain_worst_24h = 2",
            expect: "unmet = [\"T2\"]",
            ..Story::default()
        };
        rows.push(early.row(format!("{folder}, not in phase 1")));
        // At two visits the rule from three to two is no condition any more.
        let between = flare(24);
        let second = Story {
            folder,
            injury,
            phase: Some(3),
            visits_per_week: 2,
            before: "pain_worst_24h = 4; lefs = 50",
            between: &between,
            now: "pain_worst_24h = 2; lefs = 60; pain_activity = 0",
            expect: "met = [\"T3\"]; unmet = [\"T2\"]; taper_action = \"step_down\"; taper_target = 1",
            ..Story::default()
        };
        let persistent = Story { before: "pain_worst_24h = 4; lefs = 50; pain_onset_speed_kmh = 9", ..second };
        let second = if folder == "hamstring-persistent" { persistent } else { second };
        rows.push(second.row(format!("{folder}, from two to one")));
        for (last_day, action) in [(26, "hold"), (27, "step_down")] {
            let expect = format!("met = [\"T2\"]; taper_action = \"{action}\"");
            let story = Story {
                folder,
                injury,
                last_day,
                before: "pain_worst_24h = 6",
                now: "pain_worst_24h = 2",
                expect: &expect,
                ..Story::default()
            };
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

pub fn earlier_injuries_count() -> Vec<Row> {
    let mut rows = Vec::new();
    let again = "recurrence = { mechanism = \"sprint\" }; activate = { phase = 4, visits_per_week = 3, reason = \"clinical_judgement\" }";
    let discharged = "recurrence = { mechanism = \"sprint\" }; activate = { phase = 4, visits_per_week = 3, reason = \"clinical_judgement\" }; \
                      decide = { discharge = true, reason = \"clinical_judgement\" }";
    let discharge = "decide = { discharge = true, reason = \"clinical_judgement\" }";
    let back = "return_to_sport = true";
    let once = "[[step]]\nday = 25\nrecurrence = { mechanism = \"sprint\" }\n";
    rows.extend(in_both(&[
        (
            "no earlier injury",
            Story {
                phase: Some(4),
                expect: "unmet = [\"RISK-EARLIER-INJURY\", \"RF-RECURRENCE\"]",
                ..Story::default()
            },
        ),
        (
            "no earlier injury, discharged",
            Story {
                phase: Some(4),
                step: discharge,
                expect: "unmet = [\"RISK-EARLIER-INJURY-DISCHARGED\"]",
                ..Story::default()
            },
        ),
        (
            "one, not ended in a return",
            Story {
                step: again,
                expect: "met = [\"RISK-EARLIER-INJURY\"]; unmet = [\"RF-RECURRENCE\"]",
                ..Story::default()
            },
        ),
        (
            "one, discharged",
            Story { step: discharged, expect: "met = [\"RISK-EARLIER-INJURY-DISCHARGED\"]", ..Story::default() },
        ),
        (
            "one, ten days after the return",
            Story { before_step: back, step: again, expect: "met = [\"RF-RECURRENCE\"]", ..Story::default() },
        ),
        (
            "one, a hundred days after the return",
            Story {
                before_step: back,
                step: again,
                last_day: 120,
                expect: "unmet = [\"RF-RECURRENCE\"]",
                ..Story::default()
            },
        ),
        (
            "two",
            Story {
                between: once,
                step: again,
                expect: "met = [\"RF-RECURRENCE\", \"RISK-EARLIER-INJURY\"]",
                ..Story::default()
            },
        ),
    ]));
    rows
}

pub fn long_pain_and_late_bone_refer_in_both_protocols() -> Vec<Row> {
    let mass = "red_flag_firm_mass = true; red_flag_falling_range = true";
    let acute = "presentation = \"acute\"";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (last_day, verdict) in [(13, "unmet"), (14, "met"), (15, "met")] {
            let expect = format!("{verdict} = [\"RF-MYOSITIS\"]");
            let injury = injury_of(folder);
            let story =
                Story { folder, injury, first_day: 10, last_day, now: mass, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, a firm mass on day {last_day}")));
        }
        for (last_day, now, verdict) in [
            (91, "", "unmet"),
            (92, "", "met"),
            (93, "", "met"),
            (30, "red_flag_sitting_pain = true", "met"),
            (30, "", "unmet"),
        ] {
            let expect = format!("{verdict} = [\"RF-PERSISTENT\"]");
            let first_day = last_day - 6;
            let story = Story { folder, injury: acute, first_day, last_day, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, day {last_day} {now}")));
        }
    }
    rows
}

pub fn proximal_pain_is_flagged_by_site_or_by_sitting() -> Vec<Row> {
    let sitting = "red_flag_sitting_pain = true";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (site, before, now, verdict) in [
            ("tie_in", sitting, "", "met"),
            ("unknown", sitting, "", "met"),
            ("belly", sitting, "", "unmet"),
            ("distal", sitting, "", "unmet"),
            ("belly", sitting, sitting, "met"),
        ] {
            let injury = format!("{}; site = \"{site}\"", injury_of(folder));
            let expect =
                format!("{verdict} = [\"FLAG-PROXIMAL-NOT-EXCLUDED\"]; referrals = {{ \"RF-PERSISTENT\" = \"open\" }}");
            let story = Story { folder, injury: &injury, before, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {site}, {before} then {now}")));
        }
    }
    let no_referral =
        Story { injury: "site = \"tie_in\"", expect: "unmet = [\"FLAG-PROXIMAL-NOT-EXCLUDED\"]", ..Story::default() };
    rows.push(no_referral.row("the site alone is no flag"));
    rows
}

pub fn earlier_treatment_of_90_days_is_flagged() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (to_day, verdict) in [(89, "unmet"), (90, "met"), (91, "met")] {
            let injury = format!(
                "{}; earlier_treatments = [{{ kind = \"massage\", from_day = 0, to_day = {to_day}, result = \"no_effect\" }}]",
                injury_of(folder)
            );
            let expect = format!("{verdict} = [\"FLAG-EARLIER-TREATMENT\"]");
            let story =
                Story { folder, injury: &injury, first_day: 100, last_day: 110, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {to_day} days")));
        }
    }
    rows
}

pub fn flags_of_what_was_used() -> Vec<Row> {
    let used = |modality: &str| {
        format!("session = {{ kind = \"physio\", minutes = 30, treatments = [{{ modality = \"{modality}\" }}] }}")
    };
    let born = |date: &str| format!("birth_date = \"{date}\"; cautions = []; cautions_reviewed_day = 20");
    let with =
        |caution: &str| format!("birth_date = \"1980-01-10\"; cautions = [\"{caution}\"]; cautions_reviewed_day = 20");
    let table = [
        ("FLAG-LASER", with("pacemaker"), "laser", "met"),
        ("FLAG-LASER", with("pacemaker"), "heat", "unmet"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", born("2008-04-02"), "ultrasound", "met"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", born("2008-04-01"), "ultrasound", "unmet"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", with("open_growth_plates"), "ultrasound", "met"),
        ("FLAG-ULTRASOUND-GROWTH-PLATE", born("2008-04-02"), "laser", "unmet"),
        ("FLAG-NEEDLING-BLEEDING", with("anticoagulant"), "dry_needling", "met"),
        ("FLAG-NEEDLING-BLEEDING", with("bleeding_disorder"), "dry_needling", "met"),
        ("FLAG-NEEDLING-BLEEDING", with("pacemaker"), "dry_needling", "unmet"),
        ("FLAG-NEEDLING-BLEEDING", with("anticoagulant"), "laser", "unmet"),
        ("ULTRASOUND-BLOCK", born("2008-04-02"), "massage", "met"),
        ("ULTRASOUND-BLOCK", born("2008-04-01"), "massage", "unmet"),
    ];
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (rule, patient, modality, verdict) in &table {
            let (step, expect) = (used(modality), format!("{verdict} = [\"{rule}\"]"));
            let injury = injury_of(folder);
            let story = Story { folder, injury, patient, step: &step, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {rule}: {patient}, {modality}")));
        }
    }
    rows
}

/// Each finding or caution with the rules that it must make met; without it they are unmet.
const BLOCKS: [(&str, &str); 13] = [
    ("bruising = \"spreading\"", "\"HEAT-BLOCK\", \"NEEDLING-BLOCK\", \"MAS-NO-DEEP\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_firm_mass = true", "\"HEAT-BLOCK\", \"MAS-NO-DEEP\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_warm_firm_swelling = true", "\"NEEDLING-BLOCK\", \"MAS-NO-DEEP\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_open_wound = true", "\"MAS-BLOCK\", \"LYMPH-BLOCK\", \"ACT-SELF-MASSAGE-BLOCK\""),
    ("red_flag_skin_infection = true", "\"NEEDLING-BLOCK\", \"MAS-BLOCK\", \"LYMPH-BLOCK\""),
    ("red_flag_fever = true", "\"NEEDLING-BLOCK\", \"MAS-BLOCK\", \"LYMPH-BLOCK\""),
    ("red_flag_dvt_suspected = true", "\"MAS-BLOCK\", \"LYMPH-BLOCK\""),
    ("anticoagulant", "\"LASER-CAUTION\", \"NEEDLING-BLOCK\", \"MAS-NO-DEEP\""),
    ("bleeding_disorder", "\"NEEDLING-BLOCK\", \"MAS-NO-DEEP\""),
    ("steroid_use", "\"LASER-CAUTION\""),
    ("immunosuppression", "\"LASER-CAUTION\""),
    ("malignancy", "\"ULTRASOUND-BLOCK\", \"LASER-BLOCK\", \"MAS-CANCER\", \"HEAT-BLOCK\""),
    ("pacemaker", "\"ULTRASOUND-BLOCK\""),
];

pub fn each_finding_and_caution_meets_its_rules() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let injury = injury_of(folder);
        for (cause, rules) in BLOCKS {
            let finding = cause.contains('=');
            let cautions = if finding { String::new() } else { format!("\"{cause}\"") };
            let patient = format!("birth_date = \"1980-01-10\"; cautions = [{cautions}]; cautions_reviewed_day = 20");
            let now = if finding { cause } else { "" };
            let expect = format!("met = [{rules}]");
            let story = Story { folder, injury, patient: &patient, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {cause}")));
            let expect = format!("unmet = [{rules}]");
            let without = Story { folder, injury, now: "bruising = \"local\"", expect: &expect, ..Story::default() };
            rows.push(without.row(format!("{folder}, without {cause}")));
        }
        for caution in ["open_growth_plates", "earlier_thrombosis"] {
            let patient =
                format!("birth_date = \"1980-01-10\"; cautions = [\"{caution}\"]; cautions_reviewed_day = 20");
            let expect = "met = [\"ULTRASOUND-BLOCK\"]";
            rows.push(
                Story { folder, injury, patient: &patient, expect, ..Story::default() }
                    .row(format!("{folder}, {caution}")),
            );
        }
        for (result, permission) in [
            ("helped", "allowed"),
            ("no_effect", "not_repeated"),
            ("impractical", "not_repeated"),
            ("worse", "not_repeated"),
        ] {
            let step = format!(
                "session = {{ kind = \"massage\", minutes = 30, treatments = [{{ modality = \"laser\", result = \"{result}\" }}] }}"
            );
            let expect = format!("modalities = {{ laser = \"{permission}\" }}");
            let story = Story { folder, injury, step: &step, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, laser: {result}")));
        }
    }
    rows
}

pub fn a_positive_stretch_test_keeps_off_stretching_at_home() -> Vec<Row> {
    let rules = "\"ACT-STRETCH-BLOCK\", \"STRETCH-BLOCK\"";
    let tests = ["puranen_orava", "bent_knee_stretch", "modified_bent_knee_stretch"];
    let mut rows = Vec::new();
    for test in tests {
        for (is, verdict) in [(true, "met"), (false, "unmet")] {
            let (now, expect) = (format!("{test} = {is}"), format!("{verdict} = [{rules}]"));
            let folder = "hamstring-persistent";
            let story = Story { folder, injury: injury_of(folder), now: &now, expect: &expect, ..Story::default() };
            rows.push(story.row(now.clone()));
        }
    }
    for (before_step, verdict) in [("decide = { stretching = true }", "met"), ("", "unmet")] {
        let expect = format!("{verdict} = [\"ACT-STRETCH\", \"STRETCH-USE\"]");
        rows.extend(in_both(&[("the therapist's word", Story { before_step, expect: &expect, ..Story::default() })]));
    }
    rows
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
