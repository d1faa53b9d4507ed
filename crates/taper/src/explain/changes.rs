//! What would change the advice: the smallest sets of changes to the record, each with its earliest day.

use taper_api::google::r#type::Date;
use taper_api::v1::counterfactual_change::Change;
use taper_api::v1::counterfactual_stage::Stage;
use taper_api::v1::{
    ActivityNeeded, Counterfactual, CounterfactualChange, CounterfactualGoal, CounterfactualPath, CounterfactualReason,
    MeasureChangeNeeded, Recommendation, SeenValue, WhyUnknown,
};

use crate::page::{Piece, Rank, Section};
use crate::paper::Paper;
use crate::story::{criteria, words};

use super::{piece, screen};

/// Changes of one set that are told on one screen.
const CHANGES_TOLD: usize = 4;

/// Changes of one set that are told where the screen has no more room.
const CHANGES_TOLD_LEAST: usize = 2;

/// Goal after goal: the nearest way first, others after it.
pub(super) fn section(paper: Paper, advice: &Recommendation, is_all: bool) -> Section {
    let mut section = Section::new();
    let given: Vec<String> =
        advice.counterfactuals.iter().filter(|one| one.given).map(|one| goal(one.goal()).to_owned()).collect();
    let is_stopped = |one: &&Counterfactual| one.reason() == CounterfactualReason::StopReferralOpen;
    let stopped: Vec<&Counterfactual> = advice.counterfactuals.iter().filter(is_stopped).collect();
    if let Some(first) = stopped.first() {
        let goals: Vec<&str> = stopped.iter().map(|one| goal(one.goal())).collect();
        let told = format!("{}: {}", goals.join(", "), without_path(advice, first));
        section.push(piece(paper, Rank::Always, "stopped", &told));
    }
    for asked in advice.counterfactuals.iter().filter(|one| !one.given && !is_stopped(one)) {
        section.extend(one_goal(paper, advice, asked, if is_all { usize::MAX } else { CHANGES_TOLD }));
    }
    if !given.is_empty() {
        section.push(piece(paper, Rank::Aside, "already", &format!("advised now: {}", given.join(", "))));
    }
    if !section.is_empty() {
        section.insert(0, Piece::new(Rank::Always, paper.heading("WHAT WOULD CHANGE IT")));
        section.push(Piece::room());
    }
    section
}

fn goal(goal: CounterfactualGoal) -> &'static str {
    match goal {
        CounterfactualGoal::NextPhase => "next phase",
        CounterfactualGoal::NextStep => "next step",
        CounterfactualGoal::Discharge => "discharge",
        CounterfactualGoal::Running => "running",
        CounterfactualGoal::Stretching => "stretching",
        CounterfactualGoal::Unspecified => "advice",
    }
}

/// What is nearest weighs most: the next phase and the next rung, and discharge after the last of both.
fn one_goal(paper: Paper, advice: &Recommendation, asked: &Counterfactual, changes_told: usize) -> Section {
    let is_near = |goal| matches!(goal, CounterfactualGoal::NextPhase | CounterfactualGoal::NextStep);
    let has_near = advice.counterfactuals.iter().any(|one| is_near(one.goal()) && !one.paths.is_empty());
    let is_nearest = match asked.goal() {
        CounterfactualGoal::Discharge => !has_near,
        goal => is_near(goal),
    };
    let rank = if is_nearest { Rank::Reason } else { Rank::Ground };
    let label = goal(asked.goal());
    let mut paths: Vec<&CounterfactualPath> = asked.paths.iter().collect();
    paths.sort_by_key(|one| {
        (one.changes.len(), one.earliest_date.as_ref().map(|date| (date.year, date.month, date.day)))
    });
    let mut section = Section::new();
    for (place, one) in paths.into_iter().enumerate() {
        let told = path(advice, one, changes_told);
        match place {
            0 => {
                let short = paper.entry(label, &path(advice, one, CHANGES_TOLD_LEAST));
                section.push(piece(paper, rank, label, &told).or_shorter(Rank::Always, short));
            }
            // Of two long sets only the same beginning would be told.
            _ if one.changes.len() > changes_told => {}
            _ => section.push(piece(paper, Rank::Aside, "", &format!("or {told}"))),
        }
    }
    if section.is_empty() {
        section.push(piece(paper, Rank::Always, label, &without_path(advice, asked)));
    }
    section
}

/// Why there is no path, with the rules that the reason is about.
fn without_path(advice: &Recommendation, asked: &Counterfactual) -> String {
    let why = match asked.reason() {
        CounterfactualReason::StopReferralOpen => {
            "nothing before a person has cleared the referral, with the outcome of imaging or of a physician"
        }
        CounterfactualReason::Discharged => "the plan has ended",
        CounterfactualReason::PlanNotActive => "the plan is not active",
        CounterfactualReason::LastPhase => "this is the last phase; discharge comes next",
        CounterfactualReason::LastStep => "this is the last rung; discharge comes next",
        CounterfactualReason::DischargeAdvised => "discharge is advised, which ends the visits",
        CounterfactualReason::NoRule => "the protocol has no rule that gives it",
        CounterfactualReason::StagesAhead => return ahead(asked),
        CounterfactualReason::BaselineMissing => "measure first what later values are compared with",
        CounterfactualReason::BeyondAYear => "what is needed lies more than a year ahead",
        CounterfactualReason::NotFound | CounterfactualReason::Unspecified => {
            "no path was found; other changes than those that were tried may lead there"
        }
    };
    let rules: Vec<String> = asked.blocking_rule_ids.iter().map(|rule_id| rule(advice, rule_id)).collect();
    if rules.is_empty() { why.to_owned() } else { format!("{why}: {}", rules.join(" ")) }
}

/// A rule's sentence and its id.
fn rule(advice: &Recommendation, rule_id: &str) -> String {
    let rule = advice.rules.iter().find(|rule| rule.rule_id == rule_id);
    let text = rule.map(|rule| rule.text.clone()).unwrap_or_default();
    format!("{text} [{rule_id}]").trim().to_owned()
}

/// What comes first, and what then; no day is known for the whole.
fn ahead(asked: &Counterfactual) -> String {
    let mut stages: Vec<String> = Vec::new();
    let mut visits = 0_usize;
    for stage in asked.stages.iter().filter_map(|stage| stage.stage.as_ref()) {
        match stage {
            Stage::Phase(phase) => stages.push(format!("phase {phase}")),
            Stage::SessionCountPerWeek(count) => stages.push(words::visits_a_week(*count)),
            Stage::Visit(_) => visits = visits.saturating_add(1),
        }
    }
    if visits > 0 {
        stages.push(words::counted_items(visits, "visit"));
    }
    let Some((first, later)) = stages.split_first() else { return "no day can be told yet".to_owned() };
    let further = words::counted_items(later.len(), "further stage");
    format!(
        "first {first}; then {further} ({}), each with its own conditions: no day can be told yet",
        later.join(", ")
    )
}

/// One way: from which day, and what must then be on record. At most `changes_told` changes are named; those of one day
/// stand together, and the red-flag screen is one.
pub fn path(advice: &Recommendation, path: &CounterfactualPath, changes_told: usize) -> String {
    let earliest = path.earliest_date.as_ref().map(words::date).unwrap_or_else(|| "an unknown day".to_owned());
    if path.changes.is_empty() {
        return format!("from {earliest}: time alone, if nothing gets worse");
    }
    let items = items(advice, path);
    let mut told = String::new();
    let mut day = earliest.clone();
    // One more takes no more room than to say so.
    let shown = if items.len() == changes_told.saturating_add(1) { items.len() } else { changes_told };
    for one in items.iter().take(shown) {
        let date = one.date.as_ref().map(words::date).unwrap_or_else(|| earliest.clone());
        let joined = if told.is_empty() { "" } else { "; and " };
        let on = if date == day { String::new() } else { format!("on {date}, ") };
        told.push_str(&format!("{joined}{on}{}", one.text));
        day = date;
    }
    let more = items.len().saturating_sub(shown);
    if more > 0 {
        told.push_str(&format!("; and {}", words::counted_items(more, "more change")));
    }
    // What a path supposes is no prescription.
    let supposed = match items.iter().take(shown).filter(|one| one.is_activity).count() {
        0 => "",
        1 => ", if the therapist allows this activity",
        _ => ", if the therapist allows these activities",
    };
    format!("from {earliest}{supposed}: {told}")
}

/// What is told of a path: a change, or the whole red-flag screen.
struct Item {
    date: Option<Date>,
    text: String,
    is_activity: bool,
}

/// By date; on one day first the referral, before which nothing else may be done, and then the screen, as one thing.
fn items(advice: &Recommendation, path: &CounterfactualPath) -> Vec<Item> {
    let mut changes: Vec<&CounterfactualChange> = path.changes.iter().collect();
    let day_of = |one: &CounterfactualChange| one.date.as_ref().map(|date| (date.year, date.month, date.day));
    changes.sort_by_key(|one| {
        (day_of(one), !matches!(one.change, Some(Change::ReferralRuleId(_))), !screen::is_answer(one))
    });
    let mut items: Vec<Item> = Vec::new();
    for same in changes
        .chunk_by(|one, other| day_of(one) == day_of(other) && screen::is_answer(one) && screen::is_answer(other))
    {
        let Some(first) = same.first() else { continue };
        let text = match screen::is_answer(first) {
            true => screen::completed(same.len()),
            false => change(advice, first),
        };
        items.push(Item { date: first.date, text, is_activity: matches!(first.change, Some(Change::Activity(_))) });
    }
    items
}

/// One change in words.
pub fn change(advice: &Recommendation, change: &CounterfactualChange) -> String {
    match &change.change {
        Some(Change::Measure(needed)) => measure(needed, too_old(advice, change, needed)),
        Some(Change::Activity(needed)) => activity(needed),
        Some(Change::Visit(_)) => "one more visit attended".to_owned(),
        Some(Change::ReferralRuleId(rule_id)) => {
            let referral = advice.referrals.iter().find(|referral| referral.rule_id == *rule_id);
            let condition = referral.map_or_else(|| rule_id.clone(), |referral| words::spaced(&referral.condition));
            format!("the referral for {condition} cleared")
        }
        Some(Change::Phase(phase)) => format!("phase {phase} decided first"),
        Some(Change::SessionCountPerWeek(count)) => format!("{} decided first", words::visits_a_week(*count)),
        Some(Change::ResumeStretching(_)) => "the therapist's decision that stretching resumes".to_owned(),
        Some(Change::Fact(_)) if !change.text.is_empty() => change.text.clone(),
        Some(Change::Fact(code)) => format!("{} completed", words::spaced(code)),
        None => change.text.clone(),
    }
}

/// Whether the value is too old today, or only on the day of the change.
fn too_old(advice: &Recommendation, change: &CounterfactualChange, needed: &MeasureChangeNeeded) -> &'static str {
    let waits = |rule_id: &String| change.rule_ids.contains(rule_id);
    let mut criteria = advice.rules.iter().filter(|rule| waits(&rule.rule_id)).flat_map(|rule| &rule.criteria);
    let is_today = change.date == advice.as_of
        || criteria.any(|one| one.measure == needed.measure && one.why_unknown() == WhyUnknown::TooOld);
    if is_today { "too old" } else { "too old by then" }
}

fn measure(needed: &MeasureChangeNeeded, too_old: &str) -> String {
    let site = match needed.site {
        0 => String::new(),
        _ => format!(" ({})", words::value_name(needed.site().as_str_name(), "SITE_")),
    };
    let value = |seen: &SeenValue| criteria::value(seen, &needed.unit);
    let wanted = criteria::wanted(&needed.comparator, needed.needed.as_slice(), &needed.unit);
    let now = match (&needed.present, needed.why_unknown()) {
        (_, WhyUnknown::Missing) => " (measure it first)".to_owned(),
        (_, WhyUnknown::NotMeasured) => " (measure it first: not measured)".to_owned(),
        (Some(present), WhyUnknown::TooOld) => format!(" (now {}, {too_old}: measure it again)", value(present)),
        (None, WhyUnknown::TooOld) => format!(" (measure it again: {too_old})"),
        (_, WhyUnknown::OtherTester) => " (measure it again: the last value is another tester's)".to_owned(),
        (_, WhyUnknown::NoBaseline) => " (measure it first: nothing to compare it with)".to_owned(),
        (Some(present), WhyUnknown::Unspecified) => format!(" (now {})", value(present)),
        (None, WhyUnknown::Unspecified) => String::new(),
    };
    let tester = if needed.tester.is_empty() { "" } else { ", by the same tester" };
    format!("{}{site} {}{now}{tester}", words::measure(&needed.measure), wanted.trim())
}

fn activity(needed: &ActivityNeeded) -> String {
    let mut told = words::value_name(needed.activity().as_str_name(), "ACTIVITY_KIND_");
    told.extend(needed.minutes.map(|minutes| format!(" for {minutes} min")));
    told.extend(needed.effort_percent.map(|percent| format!(" at {percent}% effort")));
    let (during, next) = (needed.pain_during_max_nprs, needed.pain_next_morning_max_nprs);
    format!("{told} with pain at most {during}/10, and at most {next}/10 the next morning")
}
