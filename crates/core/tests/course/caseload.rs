//! What a plan needs next, on the golden cases and on small records.

use taper_core::caseload::{Attention, Standing, standing};
use taper_core::recommendation::{PhaseAction, TaperAction};
use taper_core::record::codes::SessionState;
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;

use crate::document::{Story, day, protocol, rule, tester};
use crate::played;

fn of(case_id: &str, on: i64) -> Standing {
    let step = played::at(case_id, on);
    standing(step.protocol, &step.record, step.advice.as_of)
}

#[test]
fn attention_comes_in_the_order_of_urgency() {
    let order = [
        Attention::Stopped,
        Attention::ReferralOpen,
        Attention::SetBack,
        Attention::NotResponding,
        Attention::ReviewDue,
        Attention::ReadyToStepDown,
        Attention::BehindOnVisits,
        Attention::ReadyToAdvance,
        Attention::ReadyForDischarge,
    ];
    assert!(order.is_sorted());
    for step in played::all() {
        let attention = standing(step.protocol, &step.record, step.advice.as_of).attention;
        assert!(attention.is_sorted(), "{} day {}: {attention:?}", step.case_id, step.day);
    }
}

#[test]
fn the_article_is_ready_to_step_down_at_week_three() {
    let week_three = of("ARTICLE", 811);
    // That day the step down was advised, and then decided: what is left are the reviews.
    assert_eq!(week_three.phase, Some(Phase::Two));
    assert_eq!(week_three.step.unwrap().visits_per_week.get(), 2);
    assert_eq!(week_three.days_on_step, Some(0));
    let all = played::all();
    let before = all.iter().find(|step| step.case_id == "ARTICLE" && step.day == 811).unwrap();
    let before = standing(before.protocol, &before.record, before.advice.as_of);
    assert!(before.attention.contains(&Attention::ReadyToStepDown), "{:?}", before.attention);
    assert_eq!(before.days_on_step, Some(21));
    assert_eq!(
        before.last_visit,
        Some(jiff::civil::date(2024, 1, 2).checked_add(jiff::SignedDuration::from_hours(24 * 811)).unwrap())
    );
}

#[test]
fn the_article_is_ready_for_discharge_at_the_end() {
    let all = played::all();
    let last = all.iter().find(|step| step.case_id == "ARTICLE" && step.day == 951).unwrap();
    let ready = standing(last.protocol, &last.record, last.advice.as_of);
    assert!(ready.attention.contains(&Attention::ReadyForDischarge), "{:?}", ready.attention);
    let discharged = of("ARTICLE", 951);
    assert!(!discharged.attention.contains(&Attention::ReadyForDischarge));
    assert_eq!((discharged.phase, discharged.step, discharged.days_on_step), (None, None, None));
}

#[test]
fn the_non_responder_and_the_stopped_need_attention_first() {
    let (mut stopped, mut not_responding) = (0, 0);
    for step in played::all() {
        let attention = standing(step.protocol, &step.record, step.advice.as_of).attention;
        match step.case_id.as_str() {
            "C6" if step.advice.non_response.is_some() => {
                not_responding += 1;
                let mut besides = attention.iter().filter(|one| **one != Attention::ReferralOpen);
                assert_eq!(besides.next(), Some(&Attention::NotResponding), "{attention:?}");
                assert!(!attention.contains(&Attention::ReadyToStepDown));
            }
            _ => {}
        }
        let has_stop = attention.contains(&Attention::Stopped);
        if has_stop {
            stopped += 1;
            assert_eq!(attention[0], Attention::Stopped);
            assert!(
                !attention.contains(&Attention::ReadyToAdvance) && !attention.contains(&Attention::ReadyToStepDown)
            );
        }
    }
    assert!(stopped > 0 && not_responding > 0, "{stopped} {not_responding}");
}

#[test]
fn who_has_to_go_back_or_is_referred_needs_attention() {
    let mut set_back = 0;
    for step in played::all() {
        let advice = &step.advice;
        let goes_back = advice.phase_action == PhaseAction::Regress || advice.taper_action == TaperAction::StepBack;
        let attention = standing(step.protocol, &step.record, advice.as_of).attention;
        assert_eq!(attention.contains(&Attention::SetBack), goes_back, "{} day {}", step.case_id, step.day);
        set_back += usize::from(goes_back);
    }
    assert!(set_back > 2, "{set_back}");
    // Persistent pain is referred beside the treatment, until somebody has cleared it.
    assert!(of("ARTICLE", 811).attention.contains(&Attention::ReferralOpen));
    assert!(!of("ODD-2", 3).attention.contains(&Attention::ReferralOpen));
}

#[test]
fn a_plan_behind_on_its_visits_or_due_for_review_is_told() {
    let small = protocol("");
    let visits = |dates: &[i64]| dates.iter().fold(Story::active(Phase::One), |story, date| story.visit(*date, |_| {}));
    let attention = |story: &Story| standing(&small, &story.record, day(14)).attention;
    assert_eq!(attention(&visits(&[0, 2, 4, 7, 9])), [Attention::BehindOnVisits]);
    assert_eq!(attention(&visits(&[0, 2, 4, 7, 9, 11])), []);
    let strain = played::protocol("hamstring-strain");
    let story = visits(&[2, 4, 7, 9, 11, 14]).number(12, "pain_rest", 1);
    let due = |as_of: i64| standing(strain, &story.record, day(as_of)).attention.contains(&Attention::ReviewDue);
    assert!(!due(13));
    assert!(due(14), "six visits");
    let next = standing(strain, &story.record, day(14)).next_review;
    assert_eq!(next, Some(day(14)));
    assert_eq!(standing(&small, &story.record, day(14)).next_review, None);
}

#[test]
fn the_therapist_is_that_of_the_latest_session_that_names_one() {
    let small = protocol("");
    let by = |story: Story, date: i64, state: SessionState, therapist: u64| {
        story.visit(date, |session| {
            session.state = state;
            session.therapist = Some(tester(therapist));
        })
    };
    let therapist = |story: &Story| standing(&small, &story.record, day(10)).therapist;
    let story = by(by(Story::active(Phase::One), 8, SessionState::Attended, 1), 5, SessionState::Attended, 2);
    assert_eq!(therapist(&story), Some(tester(1)));
    assert_eq!(therapist(&by(story.clone(), 12, SessionState::Planned, 3)), Some(tester(3)));
    assert_eq!(therapist(&by(story.clone(), 12, SessionState::Attended, 3)), Some(tester(1)), "not yet attended");
    assert_eq!(therapist(&by(story.clone(), 9, SessionState::NoShow, 3)), Some(tester(1)));
    assert_eq!(therapist(&by(story.clone(), 9, SessionState::Cancelled, 3)), Some(tester(1)));
    assert_eq!(therapist(&story.visit(9, |_| {})), Some(tester(1)), "nobody is named on day 9");
    assert_eq!(therapist(&Story::draft()), None);
}

#[test]
fn a_discharge_is_told_although_the_visits_are_thought_over_first() {
    let visited = r#"{ fact = "visits_attended", op = ">=", value = 2, unit = "{count}" }"#;
    let rules = [
        rule("T4", r#"{ kind = "taper_discharge" }"#, visited),
        rule("T6", r#"{ kind = "re_evaluate", next = ["known_code"] }"#, visited),
    ];
    let story = Story::active(Phase::Four).decide(0, Decided::TaperStep(2)).finding(10, "athlete_ready", true);
    let story = story.visit(3, |_| {}).visit(10, |_| {});
    let attention = standing(&protocol(&rules.concat()), &story.record, day(10)).attention;
    assert_eq!(attention, [Attention::NotResponding, Attention::ReadyForDischarge]);
}
