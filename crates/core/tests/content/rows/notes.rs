//! Home programme, prevention, risk factors, reviews, flags, and referrals that hang on days and counts.

use super::story::{Row, Story};

fn written(table: &[(&str, Story<'_>)]) -> Vec<Row> {
    table.iter().map(|(what, story)| story.row(*what)).collect()
}

pub fn the_home_programme_follows_the_phase() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        (1, "relative_rest\", \"isometric_holds\", \"painless_walking"),
        (2, "isometric_holds\", \"active_range\", \"trunk_stability"),
        (3, "trunk_stability\", \"eccentric_loading\", \"agility_drills"),
        (4, "agility_drills\", \"running_ladder\", \"eccentric_maintenance"),
    ];
    for (phase, items) in table {
        let expect = format!("home = [\"{items}\"]");
        let story = Story { phase: Some(phase), expect: &expect, ..Story::default() };
        rows.push(story.row(format!("phase {phase}")));
    }
    rows
}

pub fn prevention_and_risk_factors_come_with_phase_4_and_stay_after_discharge() -> Vec<Row> {
    let mut rows = Vec::new();
    let expect = "prevention = [\"nordic_or_other_eccentric\", \"one_change_at_a_time\", \"careful_first_weeks\"]; \
                  risk = [\"quadriceps_tightness_low_ground\"]";
    let now = "quadriceps_tightness = \"mild\"";
    let discharge = "decide = { discharge = true, reason = \"clinical_judgement\" }";
    rows.extend(written(&[
        ("phase 4", Story { phase: Some(4), now, expect, ..Story::default() }),
        ("discharged", Story { phase: Some(4), now, step: discharge, expect, ..Story::default() }),
    ]));
    rows
}

pub fn reviews_fall_due() -> Vec<Row> {
    let mut rows = Vec::new();
    let visits = |count: usize| -> String {
        let list: Vec<String> =
            (21..21 + count).map(|day| format!("{{ day = {day}, kind = \"massage\", minutes = 30 }}")).collect();
        format!("sessions = [{}]", list.join(", "))
    };
    let (six, nine) = (visits(6), visits(9));
    let ten_visits = "session = { kind = \"massage\", minutes = 30 }";
    rows.extend(written(&[
        (
            "six",
            Story {
                step: &six,
                expect: "met = [\"U-REEVAL-6-VISITS\"]; unmet = [\"U-REEVAL-10-DAYS\"]",
                ..Story::default()
            },
        ),
        (
            "ten",
            Story { before_step: ten_visits, step: &nine, expect: "met = [\"U-REEVAL-10-DAYS\"]", ..Story::default() },
        ),
        ("nine", Story { step: &nine, expect: "unmet = [\"U-REEVAL-10-DAYS\"]", ..Story::default() }),
        (
            "first weeks",
            Story { before_step: ten_visits, expect: "reviews = [\"review_2_to_3_weeks\"]", ..Story::default() },
        ),
        (
            "day 7",
            Story {
                phase: Some(1),
                first_day: 3,
                last_day: 6,
                expect: "reviews = [\"review_day_7\"]",
                ..Story::default()
            },
        ),
    ]));
    rows
}

pub fn five_visits_are_not_six() -> Vec<Row> {
    let mut rows = Vec::new();
    let sessions = "sessions = [{ day = 21, kind = \"massage\", minutes = 30 }, { day = 22, kind = \"massage\", minutes = 30 }, \
                    { day = 23, kind = \"massage\", minutes = 30 }, { day = 24, kind = \"massage\", minutes = 30 }, \
                    { day = 25, kind = \"massage\", minutes = 30 }]";
    let story = Story { step: sessions, expect: "unmet = [\"U-REEVAL-6-VISITS\"]", ..Story::default() };
    rows.push(story.row("five visits are not six"));
    rows
}

pub fn what_should_not_have_been_used_is_flagged() -> Vec<Row> {
    let used = |modality: &str| {
        format!("session = {{ kind = \"physio\", minutes = 30, treatments = [{{ modality = \"{modality}\" }}] }}")
    };
    let (needling, laser, ultrasound) = (used("dry_needling"), used("laser"), used("ultrasound"));
    let bleeding = "birth_date = \"1980-01-10\"; cautions = [\"anticoagulant\"]; cautions_reviewed_day = 20";
    let plates = "birth_date = \"1980-01-10\"; cautions = [\"open_growth_plates\"]; cautions_reviewed_day = 20";
    let well = Story::default().patient;
    let table = [
        ("needling", bleeding, needling.as_str(), "flags = [\"needling_with_bleeding_risk\"]"),
        ("needling without risk", well, &needling, "unmet = [\"FLAG-NEEDLING-BLEEDING\"]"),
        ("laser", well, &laser, "flags = [\"laser_no_benefit_shown\"]"),
        ("no laser", well, "", "unmet = [\"FLAG-LASER\"]"),
        ("ultrasound", plates, &ultrasound, "flags = [\"ultrasound_over_growth_plate\"]"),
        ("ultrasound, grown up", well, &ultrasound, "unmet = [\"FLAG-ULTRASOUND-GROWTH-PLATE\"]"),
    ];
    let story = |patient, step, expect| Story { patient, step, expect, ..Story::default() };
    table.iter().map(|(what, patient, step, expect)| story(patient, step, expect).row(*what)).collect()
}

pub fn a_pattern_and_a_contradiction_are_flagged() -> Vec<Row> {
    let pattern = "flags = [\"stretch_pattern\"]";
    let contradiction = "flags = [\"contradiction_degree_and_pain\"]";
    let before = |before, expect| Story { before, expect, ..Story::default() };
    let now = |now, expect| Story { now, expect, ..Story::default() };
    written(&[
        ("slow stretch", Story { injury: "mechanism = \"stretch\"", expect: pattern, ..Story::default() }),
        ("near the sitting bone", before("tuberosity_distance_cm = 3", pattern)),
        ("further off", before("tuberosity_distance_cm = 3.1", "unmet = [\"FLAG-STRETCH-PATTERN\"]")),
        ("contradiction", now("clinical_degree = \"third\"; pain_worst_24h = 1", contradiction)),
        (
            "no contradiction",
            now("clinical_degree = \"third\"; pain_worst_24h = 2", "unmet = [\"FLAG-DEGREE-CONTRADICTION\"]"),
        ),
    ])
}

pub fn referrals_wait_for_their_day() -> Vec<Row> {
    let mut rows = Vec::new();
    let mass = "red_flag_firm_mass = true; red_flag_falling_range = true";
    for (last_day, verdict) in [(13, "unmet"), (14, "met")] {
        let expect = format!("{verdict} = [\"RF-MYOSITIS\"]");
        let story = Story { first_day: 10, last_day, now: mass, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("a firm mass on day {last_day}")));
    }
    for (last_day, verdict) in [(91, "unmet"), (92, "met")] {
        let expect = format!("{verdict} = [\"RF-PERSISTENT\"]");
        let story = Story { first_day: 85, last_day, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("day {last_day}")));
    }
    rows
}

pub fn pain_when_sitting_refers_at_any_site() -> Vec<Row> {
    let mut rows = Vec::new();
    let table = [
        ("site = \"tie_in\"", "red_flag_sitting_pain = true", "met"),
        ("site = \"tie_in\"", "", "unmet"),
        ("site = \"belly\"", "red_flag_sitting_pain = true", "met"),
        ("site = \"belly\"", "", "unmet"),
    ];
    for (injury, now, verdict) in table {
        let expect = format!("{verdict} = [\"RF-PERSISTENT\"]");
        let story = Story { injury, now, expect: &expect, ..Story::default() };
        rows.push(story.row(format!("{injury} {now}")));
    }
    rows
}

pub fn no_progress_needs_something_left_to_gain() -> Vec<Row> {
    let mut rows = Vec::new();
    let sessions = "sessions = [{ day = 21, kind = \"massage\", minutes = 30 }, { day = 22, kind = \"massage\", minutes = 30 }, \
                    { day = 23, kind = \"massage\", minutes = 30 }, { day = 24, kind = \"massage\", minutes = 30 }, \
                    { day = 25, kind = \"massage\", minutes = 30 }, { day = 26, kind = \"massage\", minutes = 30 }]";
    let table = [
        ("pain_worst_24h = 1; lefs = 71", "unmet"),
        ("pain_worst_24h = 2; lefs = 71", "met"),
        ("pain_worst_24h = 1; lefs = 70", "met"),
    ];
    for (now, verdict) in table {
        let expect = format!("{verdict} = [\"T6\", \"T7\", \"NON-RESPONSE\", \"RF-NO-PROGRESS\"]");
        let before = now;
        let story = Story { before, step: sessions, now, expect: &expect, ..Story::default() };
        rows.push(story.row(now));
    }
    rows
}
