//! What a draft is told: the programme of its entry phase, and of no other phase.

use taper_core::protocol::{Protocol, builtin};
use taper_core::recommendation::{Item, Permission, Recommendation};
use taper_core::record::codes::{ActivityKind, Modality, Presentation};
use taper_core::record::decision::Decided;
use taper_core::record::plan::Phase;

use crate::document::{Story, document, protocol, rule};

fn built_in(id: &str) -> &'static Protocol {
    builtin().iter().find(|known| known.reference.protocol == id).unwrap()
}

/// Everything that the gates of phase 1 of both built-in protocols ask for, on day 5.
fn through_phase_1(story: Story) -> Story {
    story
        .code(5, "gait", "normal")
        .number(5, "pain_walking", 0)
        .number(5, "pain_isometric", 1)
        .code(5, "single_leg_squat", "painless")
        .code(5, "bike_test_150w", "painless")
        .code(5, "full_knee_extension_supine", "full")
}

fn codes(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.code.as_str()).collect()
}

fn stretching(advice: &Recommendation) -> [Permission; 2] {
    let at_home = advice.activities.iter().find(|advice| advice.activity == ActivityKind::Stretching).unwrap();
    let by_hand = advice.modalities.iter().find(|advice| advice.modality == Modality::Stretching).unwrap();
    [at_home.permission, by_hand.permission]
}

/// Home programme, focus and stretching are those of a plan that was activated in the entry phase on that day.
#[track_caller]
fn check(protocol: &Protocol, story: &Story, entry_phase: Phase) {
    let draft = story.advice(protocol, 5);
    assert_eq!(draft.entry_phase, Some(entry_phase));
    let activated = story.clone().decide(5, Decided::Activation { phase: entry_phase, step: 0 }).advice(protocol, 5);
    assert!(!draft.home_programme.is_empty());
    assert_eq!(codes(&draft.home_programme), codes(&activated.home_programme));
    assert_eq!(draft.focus, activated.focus);
    assert_eq!(stretching(&draft), stretching(&activated));
}

#[test]
fn a_draft_has_the_programme_of_its_entry_phase_and_of_no_other() {
    let strain = built_in("hamstring-strain");
    check(strain, &Story::draft(), Phase::One);
    check(strain, &through_phase_1(Story::draft()), Phase::Two);
    let persistent = built_in("hamstring-persistent");
    let story = Story::draft().with(|record| record.injury.content.presentation = Presentation::Persistent);
    check(persistent, &story, Phase::One);
    check(persistent, &through_phase_1(story), Phase::Two);
}

#[test]
fn draft_on_a_rule_of_the_programme_is_refused_with_its_line() {
    let faults = |effect: &str| {
        let rules = format!("{}when = {{ phase = [1], draft = true }}\n", rule("X", effect, ""));
        let text = document(&rules);
        let line = text.lines().position(|line| line.contains("draft = true")).unwrap() + 1;
        let found = Protocol::check(&text).err().unwrap_or_default();
        found.into_iter().map(|fault| (fault.line == line, fault.reason.contains("entry phase"))).collect::<Vec<_>>()
    };
    for kind in ["home", "prevention", "risk", "flag"] {
        assert_eq!(faults(&format!(r#"{{ kind = "{kind}", item = "known_code" }}"#)), [(true, true)], "{kind}");
    }
    assert_eq!(faults(r#"{ kind = "modality", modality = "ice", verdict = "use" }"#), [(true, true)]);
    assert_eq!(faults(r#"{ kind = "activity", activity = "walk", verdict = "block" }"#), [(true, true)]);
    assert_eq!(faults(r#"{ kind = "review", item = "known_code" }"#), []);
    assert_eq!(faults(r#"{ kind = "taper_start", visits_per_week_min = 1, visits_per_week_max = 2 }"#), []);
}

#[test]
fn a_rule_of_the_start_that_counts_in_every_draft_counts_in_phase_2_too() {
    let start = rule("START", r#"{ kind = "taper_start", visits_per_week_min = 1, visits_per_week_max = 2 }"#, "");
    let of_one = protocol(&format!("{start}when = {{ phase = [1] }}\n"));
    let of_drafts = protocol(&format!("{start}when = {{ phase = [1], draft = true }}\n"));
    let story = Story::draft().number(5, "pain_rest", 0);
    assert_eq!(story.advice(&of_one, 5).entry_phase, Some(Phase::Two));
    assert_eq!(story.advice(&of_one, 5).frequency, None);
    assert_eq!(story.advice(&of_drafts, 5).frequency.unwrap().visits_per_week_max, 2);
}
