//! What `taper plans explain` tells of what holds the advice, from outside.

use taper_core::case::Case;

use super::{DAY, asked, demo, played_cases};
use crate::running::{succeeded, taper};

#[test]
fn nothing_that_holds_the_demos_case_and_no_change_is_missing_on_its_screens() {
    let _demo = demo();
    for (day, parts) in [
        ("03-02", &["holds Activity hurt above the pain limit", "pain in activity 4/10 above 3/10"][..]),
        ("03-23", &["phase in force 2 at least 3", "next step from 2026-03-30: on 2026-03-24, "]),
        ("04-27", &["worst pain in 24 hours unknown at most 3/10 too old", "fall of worst pain in 24 hours unknown"]),
        ("05-04", &["next step this is the last rung; discharge comes next", "discharge from 2026-05-12: "]),
        (
            "06-01",
            &["weekly visits in a row that met the discharge gates", "discharge from 2026-06-09, if the therapist"],
        ),
    ] {
        let told = succeeded(asked("explain", &["--as-of", &format!("2026-{day}")]));
        let squeezed = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(squeezed.contains(part), "{day}: {part:?} is missing in:\n{told}");
        }
    }
    let told = succeeded(asked("explain", &["--as-of", DAY]));
    assert!(!told.contains("at least 71") && !told.contains("running at full speed"), "{told}");
    let told = succeeded(asked("explain", &["--as-of", "2026-04-27"]));
    assert!(!told.contains("by then") && !told.contains("(now 2/10)"), "{told}");
    let all = succeeded(asked("explain", &["--as-of", DAY, "--all"]));
    for part in ["exactly absent", "Not recorded", "no trial,", "massage no trial", "activity degree", ".  "] {
        assert!(!all.contains(part), "{part:?} in:\n{all}");
    }
}

#[test]
fn an_incomplete_screen_is_completed_at_once_before_the_rest() {
    let demo = demo();
    let address = demo.server.address.as_str();
    let text = std::fs::read_to_string("../core/protocols/hamstring-strain/cases/c1.case.toml").unwrap();
    // The first step alone, without the screen.
    let first_step = text.splitn(3, "[[step]]").take(2).collect::<Vec<_>>().join("[[step]]");
    let unasked: Vec<&str> = first_step.lines().filter(|line| !line.starts_with("red_flag_")).collect();
    let case = Case::parse(&unasked.join("\n")).unwrap();
    let day = case.steps[0].date.to_string();
    played_cases(address, "screened", vec![case]);
    let explain = ["plans", "explain", "--clinic", "screened", "--as-of", &day, "--server", address];
    let told = succeeded(taper(&explain));
    let squeezed = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(squeezed.contains(": complete the red-flag screen ("), "{told}");
    assert!(squeezed.contains(" answers), with no red flag found"), "{told}");
    assert!(!told.contains("chest pain absent"), "{told}");
}
