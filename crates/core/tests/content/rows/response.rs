//! Non-response, reviews and follow-up: counts of visits and days on either side of each line, in both protocols.

use super::story::{FOLDERS, Row, Story, injury_of};

const NON_RESPONSE: &str = "\"T6\", \"T7\", \"NON-RESPONSE\", \"RF-NO-PROGRESS\"";

/// A list of massages, one a day from day 21 on.
fn visits(count: u16) -> String {
    let list: Vec<String> = (21..21 + count)
        .map(|day| format!("{{ day = {day}, kind = \"massage\", minutes = 30, pain_after = 0 }}"))
        .collect();
    format!("sessions = [{}]", list.join(", "))
}

pub fn non_response_needs_six_visits_two_values_and_something_left_to_gain() -> Vec<Row> {
    let before = "pain_worst_24h = 6; lefs = 50";
    let table = [
        (6, before, "pain_worst_24h = 5; lefs = 58", "met"),
        (5, before, "pain_worst_24h = 5; lefs = 58", "unmet"),
        (6, before, "pain_worst_24h = 4; lefs = 58", "unmet"),
        (6, before, "pain_worst_24h = 5; lefs = 59", "unmet"),
        (6, "pain_worst_24h = 1; lefs = 71", "pain_worst_24h = 1; lefs = 71", "unmet"),
        (6, "pain_worst_24h = 2; lefs = 71", "pain_worst_24h = 2; lefs = 71", "met"),
        (6, "pain_worst_24h = 1; lefs = 70", "pain_worst_24h = 1; lefs = 70", "met"),
        (6, "pain_worst_24h = 1; lefs = 75", "pain_worst_24h = 1; lefs = 75", "unmet"),
    ];
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let injury = injury_of(folder);
        for (count, before, now, verdict) in table {
            let step = visits(count);
            let expect = format!("{verdict} = [{NON_RESPONSE}]");
            let story = Story { folder, injury, before, step: &step, now, expect: &expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {count} visits, {before}, then {now}")));
        }
    }
    rows
}

pub fn non_response_is_seen_after_three_weeks_whatever_the_visits() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (last_day, verdict) in [(40, "unmet"), (41, "met"), (42, "met")] {
            let expect = format!("{verdict} = [{NON_RESPONSE}]");
            let story = Story {
                folder,
                injury: injury_of(folder),
                last_day,
                before_step: "session = { kind = \"massage\", minutes = 30, pain_after = 0 }",
                before: "pain_worst_24h = 6; lefs = 50",
                now: "pain_worst_24h = 5; lefs = 52",
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, day {last_day}")));
        }
    }
    rows
}

pub fn one_value_is_no_change() -> Vec<Row> {
    let mut rows = Vec::new();
    let step = visits(6);
    for folder in FOLDERS {
        for code in ["pain_worst_24h", "lefs"] {
            let expect = format!("unmet = [{NON_RESPONSE}]");
            let story = Story {
                folder,
                injury: injury_of(folder),
                last_day: 27,
                before: "pain_worst_24h = 6; lefs = 50",
                now: if code == "lefs" { "pain_worst_24h = 6" } else { "lefs = 50" },
                now_without: &[code],
                step: &step,
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, one value of {code}")));
        }
    }
    rows
}

pub fn function_must_be_measured_a_second_time() -> Vec<Row> {
    let mut rows = Vec::new();
    let first = "session = { kind = \"massage\", minutes = 30, pain_after = 0 }";
    let table: [(&str, u16, u16, &[&str], &str); 7] = [
        ("", 6, 27, &["lefs"], "met"),
        ("", 5, 27, &["lefs"], "unmet"),
        ("", 7, 28, &["lefs"], "met"),
        ("", 6, 27, &[], "unmet"),
        (first, 0, 40, &["lefs"], "unmet"),
        (first, 0, 41, &["lefs"], "met"),
        (first, 0, 42, &["lefs"], "met"),
    ];
    for folder in FOLDERS {
        for (before_step, count, last_day, now_without, verdict) in table {
            let step = if count == 0 { String::new() } else { visits(count) };
            let expect = format!("{verdict} = [\"U-REEVAL-LEFS\"]");
            let injury = injury_of(folder);
            let story = Story {
                folder,
                injury,
                before_step,
                step: &step,
                last_day,
                now_without,
                expect: &expect,
                ..Story::default()
            };
            rows.push(story.row(format!("{folder}, {count} visits by day {last_day}, without {now_without:?}")));
        }
        let never = Story {
            folder,
            injury: injury_of(folder),
            step: &visits(6),
            last_day: 27,
            before_without: &["lefs"],
            now_without: &["lefs"],
            expect: "met = [\"U-REEVAL-LEFS\"]",
            ..Story::default()
        };
        rows.push(never.row(format!("{folder}, function never measured")));
    }
    rows
}

pub fn reviews_come_after_six_visits_and_ten_treatment_days() -> Vec<Row> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for (count, expect) in [
            (5, "unmet = [\"U-REEVAL-6-VISITS\", \"U-REEVAL-10-DAYS\"]"),
            (6, "met = [\"U-REEVAL-6-VISITS\"]; unmet = [\"U-REEVAL-10-DAYS\"]"),
            (9, "met = [\"U-REEVAL-6-VISITS\"]; unmet = [\"U-REEVAL-10-DAYS\"]"),
            (10, "met = [\"U-REEVAL-6-VISITS\", \"U-REEVAL-10-DAYS\"]"),
        ] {
            let step = visits(count);
            let injury = injury_of(folder);
            let story = Story { folder, injury, step: &step, expect, ..Story::default() };
            rows.push(story.row(format!("{folder}, {count} visits")));
        }
    }
    rows
}

pub fn reviews_and_follow_up_are_due_on_their_day() -> Vec<Row> {
    let first = "session = { kind = \"massage\", minutes = 30, pain_after = 0 }";
    let discharge = "decide = { discharge = true, reason = \"clinical_judgement\" }";
    let mut rows = Vec::new();
    for folder in FOLDERS {
        let injury = injury_of(folder);
        let begun =
            Story { folder, injury, before_step: first, due: &[("review_2_to_3_weeks", 20 + 21)], ..Story::default() };
        rows.push(begun.row(format!("{folder}, three weeks after the first visit")));
        let reviewed = Story {
            folder,
            injury,
            before_step: first,
            last_day: 41,
            due: &[("review_every_3_to_4_weeks", 41 + 28)],
            ..Story::default()
        };
        rows.push(reviewed.row(format!("{folder}, four weeks after the last review")));
        let discharged = Story {
            folder,
            injury,
            phase: Some(4),
            step: discharge,
            due: &[
                ("follow_up_2_weeks", 30 + 14),
                ("follow_up_4_weeks", 30 + 28),
                ("follow_up_8_weeks", 30 + 56),
                ("follow_up_12_months", 30 + 365),
            ],
            ..Story::default()
        };
        rows.push(discharged.row(format!("{folder}, follow-up after discharge")));
    }
    let day_7 = Story { phase: Some(1), first_day: 3, last_day: 6, due: &[("review_day_7", 7)], ..Story::default() };
    rows.push(day_7.row("examined again on day 7"));
    rows
}
