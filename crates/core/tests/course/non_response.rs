//! Non-response: when it could have been seen, what had been tried, and what to try next.

use taper_core::case::Case;
use taper_core::record::codes::{
    Area, ClearanceOutcome, ClearedBy, Modality, ModalityResult, SessionKind, SessionState,
};
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;
use taper_core::record::session::{Focus, Session, Treatment};
use taper_core::text::Note;
use taper_core::trends::{NonResponseCourse, Tried, trends};
use taper_core::value::{Minutes, Thousandths};

use crate::document::{Story, day, protocol, rule, tester};
use crate::played;

/// The article's first therapist: massage of the whole leg, three times a week, and the pain stays.
const FIRST_THERAPIST: &str = include_str!("first_therapist.case.toml");

fn course(step: &played::Played) -> Option<NonResponseCourse> {
    trends(step.protocol, &step.record, step.advice.as_of).non_response
}

#[test]
fn the_case_of_the_first_therapist_passes_as_a_golden_case_does() {
    let protocol = played::protocol("hamstring-persistent");
    let mismatches = Case::parse_for(FIRST_THERAPIST, protocol).unwrap().check_with(protocol);
    assert_eq!(mismatches, []);
}

#[test]
fn the_articles_first_therapist_is_found_out_at_week_three() {
    let mut steps = played::play(FIRST_THERAPIST, played::protocol("hamstring-persistent"));
    for step in &mut steps {
        step.record.sessions.iter_mut().for_each(|fact| fact.content.therapist = Some(tester(1)));
    }
    let at = |on: i64| steps.iter().rfind(|step| step.day == on).unwrap();
    let began = 100;
    assert_eq!(course(at(began)), None);
    assert_eq!(course(at(began + 9)), None, "five visits and nine days are too early to tell");
    let week_three = course(at(began + 21)).expect("ten months would have been lost");
    let first_day = at(began).advice.as_of;
    assert_eq!((week_three.visits_attended, week_three.days_since_first_visit), (10, 21));
    assert_eq!(week_three.since, at(began + 21).advice.as_of);
    let figures: Vec<_> =
        week_three.figures.iter().map(|f| (f.measure.as_str(), f.baseline, f.latest, f.baseline_date)).collect();
    let whole = Thousandths::whole;
    assert_eq!(figures, [("pain_worst_24h", whole(5), whole(5), first_day), ("lefs", whole(55), whole(57), first_day)]);
    let massage = Tried {
        modality: Modality::Massage,
        sessions: 10,
        minutes: 300,
        sessions_without_minutes: 0,
        minutes_per_week: Some(whole(75)),
        areas: vec![(Area::Calf, 150), (Area::Other, 150)],
        therapists: vec![tester(1)],
        results: vec![ModalityResult::NoEffect],
    };
    assert_eq!(week_three.tried, [massage]);
    for code in ["reconsider_diagnosis", "another_therapist", "another_technique", "imaging"] {
        assert!(week_three.next.iter().any(|next| next == code), "{code} in {:?}", week_three.next);
    }
    assert!(week_three.rule_ids.iter().any(|id| id == "T6"), "{:?}", week_three.rule_ids);
    let week_six = course(at(began + 42)).unwrap();
    assert_eq!(week_six.since, week_three.since, "it began at week three");
    assert_eq!(course(at(began + 49)), None, "two points less of pain are a response");
}

#[test]
fn the_non_responder_of_the_cases_is_told_with_its_figures() {
    let mut found = 0;
    for step in played::all() {
        let course = course(&step);
        assert_eq!(course.is_some(), step.advice.non_response.is_some(), "{} day {}", step.case_id, step.day);
        if let Some(course) = course {
            found += 1;
            assert!(course.since <= step.advice.as_of);
            assert_eq!(course.figures.len(), 2);
            assert!(!course.tried.is_empty(), "{} day {}", step.case_id, step.day);
        }
    }
    assert!(found > 0);
}

#[test]
fn imaging_is_not_proposed_to_whom_it_was_done() {
    let cleared = |outcome| Decided::ClearReferral {
        rule_id: "RF-AVULSION".into(),
        outcome,
        cleared_by: ClearedBy::Specialist,
        note: Note::default(),
    };
    let proposed = |story: &Story| {
        let protocol = played::protocol("hamstring-strain");
        let course = trends(protocol, &story.record, day(22)).non_response.unwrap();
        course.next.iter().any(|code| code == "imaging")
    };
    let story = unresponsive();
    assert!(proposed(&story));
    assert!(proposed(&story.clone().decide(5, cleared(ClearanceOutcome::ExcludedByPhysician))));
    assert!(!proposed(&story.clone().decide(5, cleared(ClearanceOutcome::ImagingNegative))));
    assert!(!proposed(&story.decide(5, cleared(ClearanceOutcome::ImagingPositive))));
}

/// Three weeks of visits without any change.
fn unresponsive() -> Story {
    let story = Story::active(Phase::Two).number(1, "pain_worst_24h", 6).number(1, "lefs", 40);
    story.visit(1, |_| {}).number(22, "pain_worst_24h", 5).number(22, "lefs", 48)
}

#[test]
fn what_was_tried_is_told_with_its_dose() {
    let used = |modality, minutes: Option<i64>, result| Treatment {
        modality,
        minutes: minutes.map(|minutes| Minutes::new(minutes).unwrap()),
        result,
        note: Note::default(),
    };
    let part = |area, minutes| Focus { area, minutes: Minutes::new(minutes).unwrap() };
    let (ultrasound, massage, exercise) = (Modality::Ultrasound, Modality::Massage, Modality::Exercise);
    let story = unresponsive()
        // Nothing but massage was done: the whole session.
        .visit(2, |session| session.therapist = Some(tester(2)))
        // Hands-on minutes by area; the minutes of ultrasound are not known.
        .visit(4, |session| {
            session.therapist = Some(tester(1));
            session.focus = vec![part(Area::Belly, 10), part(Area::TieIn, 8)];
            session.treatments = vec![used(ultrasound, None, Some(ModalityResult::Helped))];
        })
        .visit(9, |session| {
            session.kind = SessionKind::Physio;
            session.therapist = Some(tester(2));
            session.treatments = vec![
                used(ultrasound, Some(5), None),
                used(ultrasound, Some(3), Some(ModalityResult::NoEffect)),
                used(exercise, Some(20), None),
            ];
        })
        // Nothing is said of this one.
        .visit(16, |session| session.kind = SessionKind::Physio);
    let course = trends(played::protocol("hamstring-strain"), &story.record, day(22)).non_response.unwrap();
    assert_eq!(course.sessions_without_treatment, 1);
    let row = |tried: &Tried| {
        (tried.modality, tried.sessions, tried.minutes, tried.sessions_without_minutes, tried.minutes_per_week)
    };
    let expected = [
        // 30 + 30 + 18 minutes on days 1 to 4, one week.
        (massage, 3, 78, 0, Some(Thousandths::whole(78))),
        (ultrasound, 2, 8, 1, None),
        (exercise, 1, 20, 0, Some(Thousandths::whole(20))),
    ];
    assert_eq!(course.tried.iter().map(row).collect::<Vec<_>>(), expected);
    assert_eq!(course.tried[0].areas, [(Area::TieIn, 8), (Area::Belly, 10)]);
    assert_eq!(course.tried[0].therapists, [tester(2), tester(1)]);
    assert_eq!(course.tried[1].results, [ModalityResult::Helped, ModalityResult::NoEffect]);
    assert_eq!(course.tried[1].areas, [], "areas are where the hands were");
}

#[test]
fn what_comes_after_the_day_does_not_move_its_beginning() {
    let steps = played::play(FIRST_THERAPIST, played::protocol("hamstring-persistent"));
    let at = |on: i64| steps.iter().rfind(|step| step.day == on).unwrap();
    let (week_three, week_six, responded) = (at(121), at(142), at(149));
    let told = trends(responded.protocol, &responded.record, week_six.advice.as_of).non_response.unwrap();
    assert_eq!(told.since, week_three.advice.as_of, "the response of week seven is not seen at week six");
}

#[test]
fn only_what_was_done_up_to_the_day_was_tried() {
    let ultrasound = |session: &mut Session| {
        session.treatments =
            vec![Treatment { modality: Modality::Ultrasound, minutes: None, result: None, note: Note::default() }];
    };
    let story = unresponsive()
        .visit(10, |session| {
            session.state = SessionState::Cancelled;
            ultrasound(session);
        })
        .visit(23, ultrasound)
        .visit(11, ultrasound)
        .with(|record| record.sessions.last_mut().unwrap().entered_in_error = true);
    let course = trends(played::protocol("hamstring-strain"), &story.record, day(22)).non_response.unwrap();
    let tried: Vec<_> = course.tried.iter().map(|tried| (tried.modality, tried.sessions)).collect();
    assert_eq!(tried, [(Modality::Massage, 1)]);
}

#[test]
fn a_massage_session_was_massage_throughout_only_where_nothing_else_was_done() {
    let minutes = |modality| {
        let story = unresponsive().visit(4, |session| {
            session.treatments = vec![Treatment { modality, minutes: None, result: None, note: Note::default() }];
        });
        let course = trends(played::protocol("hamstring-strain"), &story.record, day(22)).non_response.unwrap();
        let massage = course.tried.iter().find(|tried| tried.modality == Modality::Massage).unwrap();
        (massage.minutes, massage.sessions_without_minutes)
    };
    assert_eq!(minutes(Modality::Massage), (60, 0));
    assert_eq!(minutes(Modality::Ultrasound), (30, 1));
}

#[test]
fn it_begins_on_the_day_that_a_rule_counts_to_although_nothing_was_noted_on_it() {
    let counted = r#"{ all = [{ fact = "days_since_first_visit", op = ">=", value = 14, unit = "d" }, { measure = "lefs", stat = "fall", op = "<", value = 9, unit = "{score}" }] }"#;
    let protocol = protocol(&rule("T6", r#"{ kind = "re_evaluate", next = ["known_code"] }"#, counted));
    let story = Story::active(Phase::Two).number(1, "lefs", 40).visit(1, |_| {}).number(10, "lefs", 42);
    assert_eq!(trends(&protocol, &story.record, day(14)).non_response, None);
    let course = trends(&protocol, &story.record, day(20)).non_response.unwrap();
    assert_eq!(course.since, day(15));
}
