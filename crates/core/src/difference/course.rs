//! Differences in the course of the case: phase, visits, grade, referrals, response.

use crate::recommendation::{FrequencyAdvice, GradeAdvice, NonResponse, Recommendation, ReferralAdvice};
use crate::record::plan::{FrequencyStep, Phase};

use super::{Direction, Found, code, way};

/// Degrees from mild to severe.
const DEGREES: [&str; 3] = ["first", "second", "third"];

pub(super) fn compare(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    actions(found, before, after);
    in_force(found, before, after);
    referrals(found, before, after);
    let range = |advice: &Recommendation| advice.frequency.as_ref().map(visits_range);
    let visits = |advice: &FrequencyAdvice| (advice.visits_per_week_max, advice.visits_per_week_min);
    let fewer = way::up_if_both(after.frequency.as_ref().map(visits), before.frequency.as_ref().map(visits));
    found.note("frequency", range(before), range(after), fewer);
    let grade = |advice: &Recommendation| advice.grade.as_ref().map(graded);
    let severer = way::up_if_both(after.grade.as_ref().and_then(degree), before.grade.as_ref().and_then(degree));
    found.note("grade", grade(before), grade(after), severer);
    non_response(found, before, after);
}

fn actions(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    let way = way::up(way::phase_rank(before.phase_action), way::phase_rank(after.phase_action));
    found.note("phase_action", Some(code(&before.phase_action)), Some(code(&after.phase_action)), way);
    let way = way::up_if_both(before.phase_target, after.phase_target);
    found.note("phase_target", before.phase_target.map(number), after.phase_target.map(number), way);
    let way = way::up(way::taper_rank(before.taper_action), way::taper_rank(after.taper_action));
    found.note("taper_action", Some(code(&before.taper_action)), Some(code(&after.taper_action)), way);
    let way = way::rung(before.taper_target, after.taper_target);
    found.note("taper_target", before.taper_target.map(visits), after.taper_target.map(visits), way);
}

fn in_force(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    let state = |advice: &Recommendation| Some(code(&advice.plan_state));
    found.note("plan_state", state(before), state(after), Direction::Neither);
    let way = way::up_if_both(before.phase, after.phase);
    found.note("phase", before.phase.map(number), after.phase.map(number), way);
    let discharged = |advice: &Recommendation| Some(advice.discharged.to_string());
    found.note("discharged", discharged(before), discharged(after), way::up(before.discharged, after.discharged));
    // A plan that is not a draft has no entry phase: only between drafts does the lack of one hold back.
    let drafts = before.phase.is_none() && after.phase.is_none();
    let way = if drafts { way::up(before.entry_phase, after.entry_phase) } else { Direction::Neither };
    found.note("entry_phase", before.entry_phase.map(number), after.entry_phase.map(number), way);
    found.note("step", before.step.map(visits), after.step.map(visits), way::rung(before.step, after.step));
}

/// Those of the first in its order, then those that only the second has.
fn referrals(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    let of_both = before.referrals.iter().chain(after.referrals.iter());
    let mut seen: Vec<&str> = Vec::new();
    for rule_id in of_both.map(|referral| &*referral.rule_id) {
        if seen.contains(&rule_id) {
            continue;
        }
        seen.push(rule_id);
        let one = before.referrals.iter().find(|referral| &*referral.rule_id == rule_id);
        let other = after.referrals.iter().find(|referral| &*referral.rule_id == rule_id);
        let (standing, next) = (one.map(|referral| referral.standing), other.map(|referral| referral.standing));
        let way = way::down(way::standing_rank(standing), way::standing_rank(next));
        found.note(format!("referrals[{rule_id}].standing"), standing.map(|s| code(&s)), next.map(|s| code(&s)), way);
        let (Some(one), Some(other)) = (one, other) else { continue };
        let more_pressing = way::up(one.class, other.class);
        found.note(
            format!("referrals[{rule_id}].class"),
            Some(code(&one.class)),
            Some(code(&other.class)),
            more_pressing,
        );
        let stops = way::up(one.mode, other.mode);
        found.note(format!("referrals[{rule_id}].mode"), Some(code(&one.mode)), Some(code(&other.mode)), stops);
        let told = |referral: &ReferralAdvice| {
            let since = referral.since.map(|day| day.to_string());
            [
                ("condition", Some(referral.condition.to_string())),
                ("since", since),
                ("clearances", cleared_on(referral)),
            ]
        };
        for ((field, before), (_, after)) in told(one).into_iter().zip(told(other)) {
            found.note(format!("referrals[{rule_id}].{field}"), before, after, Direction::Neither);
        }
    }
}

/// The days of the clearances.
fn cleared_on(referral: &ReferralAdvice) -> Option<String> {
    let dates: Vec<String> = referral.clearances.iter().map(|clearance| clearance.date.to_string()).collect();
    (!dates.is_empty()).then(|| dates.join(", "))
}

fn non_response(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    let next = |advice: &Recommendation| advice.non_response.as_ref().map(to_try);
    let way = way::down(before.non_response.is_some(), after.non_response.is_some());
    found.note("non_response", next(before), next(after), way);
}

fn to_try(case: &NonResponse) -> String {
    let codes: Vec<String> = case.next.iter().map(ToString::to_string).collect();
    codes.join(", ")
}

fn number(phase: Phase) -> String {
    phase.number().to_string()
}

fn visits(step: FrequencyStep) -> String {
    format!("{} a week of {} minutes", step.visits_per_week.get(), step.minutes.get())
}

fn visits_range(advice: &FrequencyAdvice) -> String {
    let minutes = advice.visit_minutes.map_or_else(String::new, |minutes| format!(" of {minutes} minutes"));
    match (advice.visits_per_week_min, advice.visits_per_week_max) {
        (min, max) if min == max => format!("{min} a week{minutes}"),
        (min, max) => format!("{min} to {max} a week{minutes}"),
    }
}

fn graded(grade: &GradeAdvice) -> String {
    format!("{} {} ({} degree)", grade.system, grade.grade, grade.degree)
}

fn degree(grade: &GradeAdvice) -> Option<usize> {
    DEGREES.iter().position(|known| *known == &*grade.degree)
}
