//! Replays of golden cases, with a version that is stricter in one threshold.

use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::case::Case;
use crate::difference::advice_differs;
use crate::protocol::builtin;

const STRAIN: &str = include_str!("../../protocols/hamstring-strain/protocol.toml");
const C1: &str = include_str!("../../protocols/hamstring-strain/cases/c1.case.toml");
const C2: &str = include_str!("../../protocols/hamstring-strain/cases/c2.case.toml");

/// The same document as version 2, with P1-PROG-4's exception after 72 instead of 48 hours.
fn stricter() -> Protocol {
    let clock = r#"fact = "hours_since_onset_or_flare", op = ">=", value = 48"#;
    assert_eq!(STRAIN.matches(clock).count(), 1);
    let document = STRAIN.replace("version = \"1\"", "version = \"2\"");
    Protocol::parse(&document.replace(clock, &clock.replace("48", "72")), &[]).unwrap()
}

fn strain() -> &'static Protocol {
    builtin().iter().find(|protocol| protocol.reference.protocol == "hamstring-strain").unwrap()
}

/// The record at the end of a golden case.
fn played(text: &str) -> Record {
    Case::parse(text).unwrap().play().pop().unwrap().record
}

fn whole(record: &Record, pinned: &Protocol, other: &Protocol) -> CaseReplay {
    case(pinned, other, record, date(2027, 1, 1))
}

#[test]
fn the_same_version_differs_on_no_date() {
    for (text, dates) in [(C1, 2), (C2, 0)] {
        let record = played(text);
        let replay = whole(&record, strain(), strain());
        assert_eq!((replay.differing, replay.first), (0, None));
        assert!(replay.dates >= 2 && (dates == 0 || replay.dates == dates), "{}", replay.dates);
    }
}

#[test]
fn the_same_rules_under_another_version_differ_on_no_date() {
    let renamed = Protocol::parse(&STRAIN.replace("version = \"1\"", "version = \"2\""), &[]).unwrap();
    assert_ne!(renamed.sha256, strain().sha256);
    for text in [C1, C2] {
        assert_eq!(whole(&played(text), strain(), &renamed).first, None);
    }
}

/// C1 (onset on 2 March) goes to phase 2 on its day 2, 48 hours after the injury, by the exception alone.
#[test]
fn a_stricter_clock_holds_back_the_case_that_passed_by_it_and_no_other() {
    let held = whole(&played(C1), strain(), &stricter());
    let first = held.first.unwrap();
    assert_eq!((held.dates, held.differing), (2, 1));
    assert_eq!((first.date, first.direction), (date(2026, 3, 4), Direction::HoldsBack));
    let action = first.differences.iter().find(|difference| difference.path == "phase_action").unwrap();
    assert_eq!((action.before.as_deref(), action.after.as_deref()), (Some("advance"), Some("hold")));
    // C2 left phase 1 on day 10.
    let same = whole(&played(C2), strain(), &stricter());
    assert_eq!((same.differing, same.first), (0, None));
    assert!(same.dates >= 4);
}

#[test]
fn the_other_way_round_the_case_advances() {
    let mut record = played(C1);
    let pinned = stricter();
    record.plan.content.protocol = pinned.reference.clone();
    let first = whole(&record, &pinned, strain()).first.unwrap();
    assert_eq!((first.date, first.direction), (date(2026, 3, 4), Direction::Advances));
}

#[test]
fn dates_after_the_last_day_are_not_compared() {
    let replay = case(strain(), &stricter(), &played(C1), date(2026, 3, 3));
    assert_eq!((replay.dates, replay.first), (1, None));
}

#[test]
fn what_was_entered_in_error_or_planned_is_no_date() {
    let mut record = played(C2);
    let all = whole(&record, strain(), strain()).dates;
    let last = record.assessments.iter().map(|fact| fact.content.date).max().unwrap();
    let mut late = record.assessments[0].clone();
    late.content.date = last.checked_add(3.days()).unwrap();
    late.entered_in_error = true;
    record.assessments.push(late);
    let mut planned = record.sessions[0].clone();
    planned.content.date = last.checked_add(4.days()).unwrap();
    planned.content.state = crate::record::codes::SessionState::Planned;
    record.sessions.push(planned);
    assert_eq!(whole(&record, strain(), strain()).dates, all);
}

#[test]
fn a_version_for_another_presentation_is_not_compared() {
    let persistent = builtin().iter().find(|other| other.reference.protocol == "hamstring-persistent").unwrap();
    let replay = whole(&played(C1), strain(), persistent);
    assert!(replay.is_of_another_presentation);
    assert_eq!((replay.dates, replay.differing, replay.first), (0, 0, None));
    let mut any = persistent.clone();
    any.presentation = None;
    let replay = whole(&played(C1), strain(), &any);
    assert!(!replay.is_of_another_presentation && replay.differing > 0);
}

#[test]
fn a_day_of_an_activity_alone_is_compared() {
    let mut record = played(C1);
    let before = whole(&record, strain(), strain()).dates;
    let mut activity = played(include_str!("../../protocols/hamstring-strain/cases/c8.case.toml")).activities.remove(0);
    activity.content.date = date(2026, 5, 1);
    record.activities.push(activity);
    assert_eq!(whole(&record, strain(), strain()).dates, before + 1);
}

#[test]
fn a_record_before_the_plan_counts_on_its_first_day() {
    let mut record = played(C1);
    record.plan.content.start_date = date(2026, 3, 4);
    assert_eq!(whole(&record, strain(), strain()).dates, 1);
    assert_eq!(whole(&record, strain(), &stricter()).first.unwrap().date, date(2026, 3, 4));
}

#[test]
fn a_choice_that_the_other_version_does_not_allow_follows_its_default() {
    let narrow = STRAIN
        .replace("version = \"1\"", "version = \"2\"")
        .replace("pain_limit = { default = 2, min = 0, max = 4 }", "pain_limit = { default = 2, min = 2, max = 2 }");
    let narrow = Protocol::parse(&narrow, &[]).unwrap();
    let mut chosen = played(C1);
    chosen.plan.content.policy.pain_limit = Some(crate::value::Nprs::new(4).unwrap());
    let mut by_default = chosen.clone();
    by_default.plan.content.policy.pain_limit = None;
    let from_default = whole(&by_default, strain(), &narrow);
    assert_eq!(from_default.first, None, "the default is the same in both versions");
    let (pinned, other) = (strain(), &narrow);
    let first_day = date(2026, 3, 3);
    let mut after = chosen.clone();
    after.plan.content.policy = other.allowed(&chosen.plan.content.policy);
    let expected = advice_differs(&recommend(pinned, &chosen, first_day), &recommend(other, &after, first_day));
    assert_eq!(case(pinned, other, &chosen, first_day).differing, u32::from(expected));
    assert_eq!(after.plan.content.policy.pain_limit, None);
}

/// The plain way: the whole advice of both versions on each date, on a copy of the record.
fn plainly(pinned: &Protocol, other: &Protocol, record: &Record, last_day: Date) -> CaseReplay {
    let dates = dates::compared(record, last_day);
    let mut found = CaseReplay {
        dates: u32::try_from(dates.len()).unwrap(),
        differing: 0,
        first: None,
        is_of_another_presentation: false,
    };
    let frame = under(other, record);
    for date in dates {
        let (was, would_be) = (advice(pinned, record, record, date), advice(other, &frame, record, date));
        if advice_differs(&was, &would_be) {
            found.differing += 1;
            let differences = differences(&was, &would_be);
            let first = First { date, direction: way(&differences), differences };
            found.first = found.first.or(Some(first));
        }
    }
    found
}

#[test]
fn every_golden_case_is_compared_as_its_whole_advice_would_be() {
    let versions: Vec<&Protocol> = builtin().iter().collect();
    // Of each version one for any presentation, so that every case is compared with each.
    let others = [builtin()[0].clone(), builtin()[1].clone(), stricter()];
    let others = others.map(|version| Protocol { presentation: None, ..version });
    let (mut compared, mut differing) = (0, 0);
    for document in crate::protocol::builtin::DOCUMENTS {
        for (_, text) in document.cases {
            let record = played(text);
            let pinned = versions.iter().find(|version| version.reference == record.plan.content.protocol).unwrap();
            for other in others.iter().filter(|other| other.sha256 != pinned.sha256) {
                let found = whole(&record, pinned, other);
                assert_eq!(found, plainly(pinned, other, &record, date(2027, 1, 1)), "{:?}", record.plan.content);
                compared += found.dates;
                differing += found.differing;
            }
        }
    }
    assert!(compared > 100 && differing > 20 && differing < compared, "{differing} of {compared}");
}

#[test]
fn caution_comes_first_when_a_date_goes_both_ways() {
    let one = |direction| Difference { path: String::new(), before: None, after: None, direction };
    let (advances, holds, neither) = (Direction::Advances, Direction::HoldsBack, Direction::Neither);
    for (found, expected) in [
        (vec![advances, holds, neither], holds),
        (vec![neither, advances], advances),
        (vec![neither], neither),
        (vec![], neither),
    ] {
        let found: Vec<Difference> = found.into_iter().map(one).collect();
        assert_eq!(way(&found), expected);
    }
}
