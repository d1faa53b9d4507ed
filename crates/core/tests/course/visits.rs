//! Visits by the one definition: what counts, what was prescribed, who is behind.

use taper_core::protocol::Protocol;
use taper_core::record::codes::{Area, PlanState, SessionState};
use taper_core::record::decision::Decided;
use taper_core::record::plan::{FocusShare, Phase};
use taper_core::record::session::Focus;
use taper_core::value::{Minutes, Percent, Thousandths};
use taper_core::visits::{DEFINITION, FocusAdherence, Visits, reviews, visits};

use crate::document::{Story, day, protocol, rule};

/// The small protocol's ladder is 3, 2, 1 visits a week.
fn small() -> Protocol {
    protocol("")
}

fn on(story: &Story, as_of: i64) -> Visits {
    visits(&small(), &story.record, day(as_of))
}

fn in_state(story: Story, date: i64, state: SessionState) -> Story {
    story.visit(date, |session| session.state = state)
}

fn attended(story: Story, dates: &[i64]) -> Story {
    dates.iter().fold(story, |story, date| story.visit(*date, |_| {}))
}

#[test]
fn each_state_counts_by_itself_up_to_the_day() {
    let mut story = Story::active(Phase::One);
    for (date, state) in [
        (3, SessionState::Attended),
        (4, SessionState::Cancelled),
        (4, SessionState::Cancelled),
        (5, SessionState::NoShow),
        (6, SessionState::Planned),
        (7, SessionState::Planned),
        (9, SessionState::Planned),
        (8, SessionState::Attended),
        (8, SessionState::Cancelled),
        (8, SessionState::NoShow),
    ] {
        story = in_state(story, date, state);
    }
    let seen = on(&story, 7);
    assert_eq!((seen.attended, seen.cancelled, seen.no_show), (1, 2, 1), "what is dated later is not seen");
    assert_eq!((seen.overdue_planned, seen.planned), (1, 2), "the day itself is not past");
    let later = on(&story, 8);
    assert_eq!((later.attended, later.cancelled, later.no_show), (2, 3, 2));
    assert_eq!((later.overdue_planned, later.planned), (2, 1));
    let in_error = story.with(|record| record.sessions.iter_mut().for_each(|fact| fact.entered_in_error = true));
    let none = on(&in_error, 8);
    assert_eq!((none.attended, none.cancelled, none.no_show, none.overdue_planned, none.planned), (0, 0, 0, 0, 0));
}

#[test]
fn a_rung_prescribes_visits_a_week_times_days_by_seven_rounded_down() {
    let story = Story::active(Phase::One);
    for (as_of, prescribed) in [(0, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (9, 3), (10, 4), (14, 6)] {
        assert_eq!(on(&story, as_of).prescribed, prescribed, "day {as_of}");
    }
    // Three days on 3 a week are 9/7, four days on 2 a week 8/7: one visit each, then two a week.
    let stepped = story.decide(3, Decided::TaperStep(1));
    for (as_of, prescribed) in [(3, 1), (6, 1), (7, 2), (10, 2), (11, 3), (14, 4)] {
        assert_eq!(on(&stepped, as_of).prescribed, prescribed, "day {as_of}");
    }
    // A decision for the rung in force, or for a phase, does not cut its days.
    let confirmed = Story::active(Phase::One).decide(2, Decided::TaperStep(0)).decide(4, Decided::Phase(Phase::Two));
    assert_eq!(on(&confirmed, 7).prescribed, 3);
    // One that was entered in error changes no rung.
    let in_error = Story::active(Phase::One).decide(2, Decided::TaperStep(2));
    let in_error = in_error.with(|record| record.decisions.last_mut().unwrap().entered_in_error = true);
    assert_eq!(on(&in_error, 7).prescribed, 3);
}

#[test]
fn weeks_begin_with_the_activation() {
    let story = Story::draft().decide(2, Decided::Activation { phase: Phase::One, step: 2 });
    let story = attended(story, &[1, 2, 8, 9]);
    let story = in_state(in_state(story, 8, SessionState::Cancelled), 9, SessionState::NoShow);
    let weeks = on(&story, 9).weeks;
    let told: Vec<_> =
        weeks.iter().map(|week| (week.start, week.prescribed, week.attended, week.cancelled, week.no_show)).collect();
    assert_eq!(told, [(day(2), 1, 2, 1, 0), (day(9), 0, 1, 0, 1)]);
    assert_eq!(on(&story, 9).attended, 4, "the visit before the activation counts, but in no week");
    assert_eq!(on(&story, 8).weeks.len(), 1);
    assert!(on(&story, 1).weeks.is_empty(), "a draft has no weeks");
}

#[test]
fn adherence_is_attended_of_prescribed_and_at_most_all_of_it() {
    let story = Story::active(Phase::One);
    assert_eq!(on(&attended(story.clone(), &[0]), 2).adherence_percent, None, "nothing was prescribed yet");
    let percent = |dates: &[i64], as_of: i64| on(&attended(story.clone(), dates), as_of).adherence_percent;
    assert_eq!(percent(&[], 7), Some(Thousandths(0)));
    assert_eq!(percent(&[0, 2], 7), Some(Thousandths(66_666)));
    assert_eq!(percent(&[0, 2, 4], 7), Some(Thousandths::whole(100)));
    assert_eq!(percent(&[0, 2, 4, 6], 7), Some(Thousandths::whole(100)), "more visits are not better");
}

#[test]
fn a_plan_is_behind_by_what_is_missing_in_the_last_fourteen_days() {
    let story = Story::active(Phase::One);
    let behind = |dates: &[i64]| on(&attended(story.clone(), dates), 28).behind;
    assert_eq!(behind(&[]), 6);
    assert_eq!(behind(&[14, 16, 18, 21, 23]), 1);
    assert_eq!(behind(&[14, 16, 18, 21, 23, 25]), 0);
    assert_eq!(behind(&[13, 16, 18, 21, 23, 25]), 1, "the first of the days is the fourteenth before");
    assert_eq!(behind(&[14, 16, 18, 21, 23, 28]), 0, "a visit of the day itself counts");
    assert_eq!(behind(&[14, 15, 16, 18, 21, 23, 25, 26]), 0);
    let overdue = in_state(attended(story.clone(), &[14, 16, 18, 21, 23]), 25, SessionState::Planned);
    assert_eq!((on(&overdue, 28).behind, on(&overdue, 28).overdue_planned), (1, 1));
    let suspended = story.clone().with(|record| record.plan.content.state = PlanState::Suspended);
    assert_eq!(on(&suspended, 28).behind, 0);
}

#[test]
fn nothing_is_prescribed_after_the_discharge() {
    let story = attended(Story::active(Phase::Four), &[0, 2, 4, 20]).decide(7, Decided::Discharge);
    let after = on(&story, 28);
    assert_eq!((after.prescribed, after.behind), (3, 0));
    assert_eq!(after.weeks.iter().map(|week| week.prescribed).collect::<Vec<_>>(), [3, 0, 0, 0, 0]);
    assert_eq!(on(&Story::draft(), 28).prescribed, 0);
}

#[test]
fn minutes_by_area_stand_against_the_shares_of_the_plan() {
    let part = |area, minutes| Focus { area, minutes: Minutes::new(minutes).unwrap() };
    let story = Story::active(Phase::Two)
        .visit(1, |session| session.focus = vec![part(Area::TieIn, 10), part(Area::Belly, 10)])
        .visit(3, |session| session.focus = vec![part(Area::TieIn, 20), part(Area::Calf, 5)])
        .visit(3, |session| {
            session.state = SessionState::NoShow;
            session.focus = vec![part(Area::Belly, 100)];
        })
        .visit(9, |session| session.focus = vec![part(Area::Belly, 100)]);
    let row = |area, minutes, share: i64, prescribed_percent| FocusAdherence {
        area,
        minutes,
        share_percent: Some(Thousandths(share)),
        prescribed_percent,
    };
    let expected = [row(Area::TieIn, 30, 66_666, 60), row(Area::Belly, 10, 22_222, 40), row(Area::Calf, 5, 11_111, 0)];
    assert_eq!(on(&story, 3).focus, expected);
    // Areas that no share names come last, by their list and not by their sessions.
    let more = story.clone().visit(2, |session| {
        session.focus = vec![part(Area::LowerBack, 1), part(Area::Gluteal, 1)];
    });
    let areas: Vec<Area> = on(&more, 3).focus.iter().map(|area| area.area).collect();
    assert_eq!(areas, [Area::TieIn, Area::Belly, Area::Gluteal, Area::Calf, Area::LowerBack]);
    let own = story.with(|record| {
        record.plan.content.focus = vec![FocusShare { area: Area::Belly, percent: Percent::new(100).unwrap() }];
    });
    assert_eq!(on(&own, 3).focus[0], row(Area::Belly, 10, 22_222, 100));
    let untouched = on(&Story::active(Phase::Two), 3).focus;
    assert_eq!(untouched.iter().map(|area| area.share_percent).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn the_definition_names_every_state_and_the_fourteen_days() {
    for word in
        ["attended", "cancelled", "no-show", "planned", "overdue", "entered in error", "14 days", "rounded down"]
    {
        assert!(DEFINITION.contains(word), "{word}");
    }
}

#[test]
fn a_review_after_so_many_visits_falls_due_with_the_visit_that_was_attended() {
    let visited = r#"{ fact = "visits_attended", op = ">=", value = 2, unit = "{count}" }"#;
    let protocol = protocol(&rule("SIX", r#"{ kind = "review", item = "known_code" }"#, visited));
    let story = in_state(attended(Story::active(Phase::One), &[4, 6]), 2, SessionState::Cancelled);
    let due: Vec<_> = reviews(&protocol, &story.record, day(9)).iter().map(|review| review.due).collect();
    assert_eq!(due, [day(6)]);
}
