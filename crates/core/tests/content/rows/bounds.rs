//! The last values on either side of what the other tables leave open: fallbacks, single entries, days, ages, sites.

use super::story::{Row, Story};

/// Rows of one table, each with its story, the rules it is about and what they must come out as.
fn judged(stories: Vec<(&str, &str, Story<'_>)>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (verdict, rules, story) in stories {
        let quoted: Vec<String> = rules.split(' ').map(|rule| format!("\"{rule}\"")).collect();
        let expect = format!("{verdict} = [{}]", quoted.join(", "));
        let what = format!(
            "{verdict} {rules}: {} {} {} {} {}",
            story.injury,
            story.before,
            story.now,
            story.before_without.join(" "),
            story.now_without.join(" ")
        );
        let story = Story { expect: &expect, ..story };
        rows.push(story.row(format!("{what} day {} {}{}", story.last_day, story.patient, story.step)));
    }
    rows
}

fn now(phase: u8, now: &str) -> Story<'_> {
    Story { phase: Some(phase), now, ..Story::default() }
}

fn without<'a>(phase: u8, missing: &'a [&'a str], now: &'a str) -> Story<'a> {
    Story { phase: Some(phase), now, now_without: missing, before_without: missing, ..Story::default() }
}

pub fn what_stands_in_when_a_measure_is_missing() -> Vec<Row> {
    const KNEE: &[&str] = &["knee_extension_deficit_deg"];
    const RAISE: &[&str] = &["straight_leg_raise_percent"];
    judged(vec![
        ("met", "P1-PROG-3", without(1, &["bike_test_150w"], "bike_test_moderate = \"painless\"")),
        ("met", "P2-PROG-1", without(2, KNEE, "knee_extension_judged = \"full\"")),
        ("met", "P4-DIS-2", without(4, KNEE, "knee_extension_judged = \"full\"")),
        ("met", "P2-PROG-2", without(2, RAISE, "straight_leg_raise_judged = \"full\"")),
        ("met", "P3-PROG-1", without(3, &["strength_outer_percent"], "manual_resistance_outer = \"equal_painless\"")),
        ("met", "P4-DIS-3", without(4, &["isometric_15_percent"], "manual_resistance_15 = \"equal_painless\"")),
        ("met", "P4-DIS-1", without(4, &["palpation_pain"], "palpation_length_cm = 0")),
    ])
}

pub fn what_stands_in_must_be_well_too() -> Vec<Row> {
    let at_hand = |phase, values| Story { policy: "equipment = []", ..now(phase, values) };
    let bike = "bike_test_150w = \"painful\"; bike_test_moderate = \"painful\"";
    let knee = "knee_extension_deficit_deg = 15; knee_extension_judged = \"lacking\"";
    let raise = "straight_leg_raise_percent = 60; straight_leg_raise_judged = \"lacking\"";
    let outer = "strength_outer_percent = 60; manual_resistance_outer = \"equal_painful\"";
    let isometric = "isometric_15_percent = 60; manual_resistance_15 = \"equal_painful\"";
    judged(vec![
        ("unmet", "P1-PROG-3", at_hand(1, bike)),
        ("unmet", "P2-PROG-1", at_hand(2, knee)),
        ("unmet", "P4-DIS-2", at_hand(4, knee)),
        ("unmet", "P2-PROG-2", at_hand(2, raise)),
        ("unmet", "P3-PROG-1", at_hand(3, outer)),
        ("unmet", "P4-DIS-3", at_hand(4, isometric)),
    ])
}

pub fn one_entry_is_no_change() -> Vec<Row> {
    const RESPONSE: &str = "T6 T7 NON-RESPONSE RF-NO-PROGRESS";
    let visit = "session = { kind = \"massage\", minutes = 30, pain_after = 0 }";
    let ill = "pain_worst_24h = 6; lefs = 50";
    let once = |missing| Story {
        last_day: 41,
        before_step: visit,
        before: "lefs = 50",
        before_without: missing,
        now: ill,
        ..Story::default()
    };
    let pain_once = Story { before: "lefs = 50", ..once(&["pain_worst_24h"]) };
    let function_once = Story { before: "pain_worst_24h = 6", ..once(&["lefs"]) };
    let day = |last_day| Story { last_day, before_step: visit, before: ill, now: ill, ..Story::default() };
    let lefs_once = |last_day| Story { last_day, before_step: visit, now_without: &["lefs"], ..Story::default() };
    judged(vec![
        ("unmet", RESPONSE, pain_once),
        ("unmet", RESPONSE, function_once),
        ("unmet", RESPONSE, day(40)),
        ("met", RESPONSE, day(41)),
        ("unmet", "U-REEVAL-LEFS", lefs_once(40)),
        ("met", "U-REEVAL-LEFS", lefs_once(41)),
        ("unmet", "U-REEVAL-LEFS", Story { last_day: 41, before_step: visit, ..Story::default() }),
        ("unmet", "U-REGRESS-4", Story { before_without: &["gait"], now: "gait = \"limp\"", ..Story::default() }),
        (
            "unmet",
            "U-REGRESS-5",
            Story {
                before_without: &["knee_extension_deficit_deg"],
                now: "knee_extension_deficit_deg = 25",
                ..Story::default()
            },
        ),
    ])
}

pub fn six_visits_without_function_ask_for_it() -> Vec<Row> {
    let mut rows = Vec::new();
    for (count, verdict) in [(5, "unmet"), (6, "met")] {
        let days: Vec<String> =
            (21..21 + count).map(|day| format!("{{ day = {day}, kind = \"massage\", minutes = 30 }}")).collect();
        let step = format!("sessions = [{}]", days.join(", "));
        let story = Story { step: &step, now_without: &["lefs"], ..Story::default() };
        rows.extend(judged(vec![(verdict, "U-REEVAL-LEFS", story)]));
    }
    rows
}

pub fn knee_extension_of_another_tester_counts_from_15_degrees() -> Vec<Row> {
    let by_another = |now| Story { before: "knee_extension_deficit_deg = 5", now, ..Story::default() };
    judged(vec![
        ("met", "U-REGRESS-5", by_another("knee_extension_deficit_deg = { value = 20, tester = \"B\" }")),
        ("unknown", "U-REGRESS-5", by_another("knee_extension_deficit_deg = { value = 19.9, tester = \"B\" }")),
        ("unknown", "U-REGRESS-5", by_another("knee_extension_deficit_deg = { value = 15, tester = \"B\" }")),
        ("unmet", "U-REGRESS-5", by_another("knee_extension_deficit_deg = { value = 14.9, tester = \"B\" }")),
    ])
}

pub fn grades_begin_at_their_lower_bound() -> Vec<Row> {
    let early = |before| Story { phase: Some(1), first_day: 3, last_day: 10, before, ..Story::default() };
    let first = |before| Story { before, ..Story::default() };
    judged(vec![
        ("unmet", "GRADE-M-III", early("knee_extension_deficit_deg = 30")),
        ("unmet", "GRADE-M-II", early("knee_extension_deficit_deg = 20")),
        ("unmet", "GRADE-M-I", early("knee_extension_deficit_deg = 10")),
        ("met", "GRADE-F-FIRST", first("knee_extension_deficit_deg = 9.9")),
        ("unmet", "GRADE-F-FIRST", first("knee_extension_deficit_deg = 10; knee_extension_judged = \"lacking\"")),
        ("met", "GRADE-F-FIRST", first("strength_outer_percent = 75; manual_resistance_90 = \"weaker\"")),
        ("unmet", "GRADE-F-FIRST", first("strength_outer_percent = 74.9; manual_resistance_90 = \"weaker\"")),
        ("met", "GRADE-F-FIRST", first("strength_outer_percent = 60; manual_resistance_90 = \"equal_painful\"")),
    ])
}

pub fn degrees_open_their_own_machines() -> Vec<Row> {
    let clean = "activities = [{ day = 28, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }, \
                 { day = 29, kind = \"elliptical\", minutes = 20, pain_during = 0, pain_next_morning = 0 }]";
    let third = "clinical_degree = \"third\"";
    let machines = "ACT-STAIRCASE-SECOND ACT-STEPPER-SECOND";
    let start = |now| Story { phase: Some(1), now, ..Story::default() };
    judged(vec![
        ("unmet", "ACT-ELLIPTICAL-SECOND", now(2, "")),
        ("unmet", machines, Story { step: clean, ..Story::default() }),
        ("met", machines, Story { step: clean, before: third, now: third, ..Story::default() }),
        ("unmet", "T1", start("pain_worst_24h = 2")),
        ("met", "T1-FIRST-DEGREE", start("pain_worst_24h = 2")),
        ("unmet", "T1-FIRST-DEGREE", start("pain_worst_24h = 3")),
    ])
}

pub fn hands_go_onto_the_site_at_72_hours() -> Vec<Row> {
    let patient = "birth_date = \"1980-01-10\"; cautions = []; cautions_reviewed_day = 1";
    let day = |last_day| Story { patient, first_day: 1, last_day, ..Story::default() };
    judged(vec![
        ("met", "MAS-72H", day(2)),
        ("unmet", "MAS-PHASE-2", day(2)),
        ("unmet", "MAS-72H", day(3)),
        ("met", "MAS-PHASE-2", day(3)),
    ])
}

pub fn walking_and_running_need_something_to_go_by() -> Vec<Row> {
    let no_speed = "pain_onset_speed_kmh = 0; full_speed_running = \"painful\"";
    let integrated = Story { policy: "running = \"integrated\"", ..now(4, no_speed) };
    judged(vec![
        ("met", "ACT-WALK", now(2, "gait = \"normal\"")),
        ("met", "ACT-WALK", now(2, "gait = \"limp\"")),
        ("unmet", "ACT-WALK", now(2, "gait = \"unable\"")),
        ("unmet", "RUN-CONSERVATIVE RUN-FULL-SPEED", now(4, no_speed)),
        ("unmet", "RUN-INTEGRATED RUN-FULL-SPEED", integrated),
        ("unmet", "RUN-BELOW-ONSET RUN-FULL-SPEED", persistent(now(4, no_speed))),
    ])
}

fn persistent(story: Story<'_>) -> Story<'_> {
    Story { folder: "hamstring-persistent", injury: "presentation = \"persistent\"", ..story }
}

pub fn what_was_felt_counts_to_the_point() -> Vec<Row> {
    let training =
        "activity = { day = 27, kind = \"full_training\", minutes = 60, pain_during = 0, pain_next_morning = 0 }";
    let flare = |day: u8| format!("activity = {{ day = {day}, kind = \"elliptical\", minutes = 20, pain_during = 5 }}");
    let (six, seven) = (flare(24), flare(23));
    let fall = |step| Story { step, before: "pain_worst_24h = 6", now: "pain_worst_24h = 2", ..Story::default() };
    judged(vec![
        ("unmet", "P4-DIS-7", Story { phase: Some(4), step: training, ..Story::default() }),
        ("met", "T1", now(1, "pain_worst_24h = 3")),
        ("unmet", "T2", fall(&six)),
        ("met", "T2", fall(&seven)),
        ("unmet", "P2-HOLD", Story { now: "pain_worst_24h = 0", ..Story::default() }),
    ])
}

pub fn the_site_decides_on_the_stretch_tests_and_on_the_proximal_tendon() -> Vec<Row> {
    let positive = |injury| Story { injury, ..now(4, "puranen_orava = true") };
    let late = |injury| Story { injury, first_day: 85, last_day: 100, ..Story::default() };
    let flag = "FLAG-PROXIMAL-NOT-EXCLUDED";
    judged(vec![
        ("met", "P4-DIS-8", positive("site = \"belly\"")),
        ("met", "P4-DIS-8", positive("site = \"distal\"")),
        ("unmet", "P4-DIS-8", positive("site = \"unknown\"")),
        ("unmet", "P4-DIS-8", positive("presentation = \"persistent\"")),
        ("met", flag, late("site = \"tie_in\"")),
        ("met", flag, late("site = \"unknown\"")),
        ("unmet", flag, late("site = \"belly\"")),
        ("unmet", flag, late("site = \"distal\"")),
        ("met", flag, Story { now: "red_flag_sitting_pain = true", ..late("site = \"belly\"") }),
        ("unmet", flag, Story { injury: "site = \"tie_in\"", ..Story::default() }),
        ("met", flag, persistent(now(2, "red_flag_sitting_pain = true"))),
    ])
}

pub fn ages_mechanisms_and_earlier_treatment() -> Vec<Row> {
    let young = "birth_date = \"2006-01-10\"; cautions = []; cautions_reviewed_day = 20";
    let tender = |injury| Story { patient: young, injury, ..now(2, "red_flag_ischial_tenderness = true") };
    let grown = "birth_date = \"2008-04-01\"; cautions = []; cautions_reviewed_day = 20";
    let minor = "birth_date = \"2008-04-02\"; cautions = []; cautions_reviewed_day = 20";
    let ultrasound = "session = { kind = \"physio\", minutes = 30, treatments = [{ modality = \"ultrasound\" }] }";
    let aged = |patient| Story { patient, step: ultrasound, ..Story::default() };
    let treated = |injury| Story { injury, ..Story::default() };
    judged(vec![
        ("met", "RF-ADOLESCENT", tender("mechanism = \"direct_blow\"")),
        ("met", "RF-ADOLESCENT", tender("mechanism = \"other\"")),
        ("met", "FLAG-ULTRASOUND-GROWTH-PLATE", aged(minor)),
        ("unmet", "FLAG-ULTRASOUND-GROWTH-PLATE", aged(grown)),
        (
            "met",
            "FLAG-EARLIER-TREATMENT",
            treated(
                "earlier_treatments = [{ kind = \"rest\", from_day = -100, to_day = -10, result = \"no_effect\" }]",
            ),
        ),
        (
            "unmet",
            "FLAG-EARLIER-TREATMENT",
            treated(
                "earlier_treatments = [{ kind = \"rest\", from_day = -100, to_day = -11, result = \"no_effect\" }]",
            ),
        ),
    ])
}

pub fn an_earlier_injury_is_a_risk_also_after_discharge() -> Vec<Row> {
    let discharge = "decide = { discharge = true, reason = \"clinical_judgement\" }";
    let back = "return_to_sport = true";
    let again = "recurrence = { mechanism = \"sprint\" }; activate = { phase = 4, visits_per_week = 3 }";
    let again_discharged = format!("{again}; {discharge}");
    let on = |last_day, step| Story { last_day, before_step: back, step, ..now(4, "") };
    judged(vec![
        ("unmet", "RISK-EARLIER-INJURY RISK-QUADRICEPS", now(4, "quadriceps_tightness = \"none\"")),
        (
            "unmet",
            "RISK-EARLIER-INJURY-DISCHARGED RISK-QUADRICEPS-DISCHARGED",
            Story { step: discharge, ..now(4, "quadriceps_tightness = \"none\"") },
        ),
        ("met", "RISK-EARLIER-INJURY RF-RECURRENCE", on(40, again)),
        ("met", "RISK-EARLIER-INJURY", on(140, again)),
        ("unmet", "RF-RECURRENCE", on(140, again)),
        ("met", "RISK-EARLIER-INJURY-DISCHARGED", on(140, &again_discharged)),
    ])
}

pub fn illness_keeps_lymph_drainage_away() -> Vec<Row> {
    judged(vec![
        ("met", "LYMPH-BLOCK", now(2, "red_flag_fever = true")),
        ("met", "LYMPH-BLOCK", now(2, "red_flag_dvt_suspected = true")),
        ("unmet", "LYMPH-BLOCK", now(2, "")),
        ("met", "ULTRASOUND-BLOCK", Story { phase: None, ..now(2, "swelling = \"mild\"") }),
    ])
}

pub fn the_persistent_limits_are_three() -> Vec<Row> {
    let massage = |pain: u8| format!("session = {{ kind = \"massage\", minutes = 30, pain_after = {pain} }}");
    let (three, four) = (massage(3), massage(4));
    let eccentric = |pain: u8| {
        format!(
            "activity = {{ kind = \"eccentric_exercise\", minutes = 20, pain_during = {pain}, pain_next_morning = 0 }}"
        )
    };
    let (loaded, overloaded) = (eccentric(3), eccentric(4));
    let done = |phase, step| persistent(Story { step, ..now(phase, "") });
    judged(vec![
        ("unmet", "P2-HOLD", done(2, &three)),
        ("met", "P2-HOLD", done(2, &four)),
        ("met", "P3-PROG-5", done(3, &loaded)),
        ("unmet", "P3-PROG-5", done(3, &overloaded)),
        ("unmet", "U-HOLD", persistent(now(2, "pain_activity = 3"))),
        ("met", "U-HOLD", persistent(now(2, "pain_activity = 4"))),
        ("unmet", "U-HOLD", persistent(now(2, "pain_running = 2"))),
        ("met", "U-HOLD", persistent(now(2, "pain_running = 3"))),
    ])
}
