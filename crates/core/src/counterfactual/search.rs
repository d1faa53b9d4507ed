//! From the ways to an advice to the smallest sets: nothing that is not needed, no day later than it must be.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::recommendation::WhyUnknown;
use crate::record::Record;

use super::goal::{Aim, needs};
use super::needed::missed;
use super::set::Key;
use super::stages::{Search, ahead, horizon, lead};
use super::world::{World, is_decision};
use super::{Change, ChangeKind, Counterfactual, Goal, PATHS_MAX, Path, Reason};

/// Other ways are looked for from so many later days.
const LATER_MAX: usize = 2;

/// What would give each goal.
pub(super) fn counterfactuals(protocol: &Protocol, record: &Record, as_of: Date) -> Vec<Counterfactual> {
    let mut world = World::new(protocol, record, as_of);
    let given =
        world.ask(&[], as_of, |situation| Goal::ALL.map(|goal| (goal, needs(situation, Aim::Advice(goal)).is_empty())));
    let stops = open_stops(&mut world);
    let found = |(goal, given): (Goal, bool)| match given {
        true => Counterfactual { given, ..without_path(goal, None, Vec::new()) },
        false if !stops.is_empty() => without_path(goal, Some(Reason::StopReferralOpen), stops.clone()),
        false => counterfactual(&mut world, goal),
    };
    given.into_iter().map(found).collect()
}

/// The rules of the referrals that are open and stop the treatment, the most pressing first: only a person clears them.
fn open_stops(world: &mut World<'_>) -> Vec<String> {
    world.ask(&[], world.as_of, |situation| {
        let standings = situation.evaluator.standings.get().map(Vec::as_slice).unwrap_or_default();
        let mut open: Vec<_> = standings.iter().filter(|standing| standing.is_open_stop()).collect();
        open.sort_by_key(|standing| standing.refer.class);
        open.into_iter().map(|standing| standing.rule.id.to_string()).collect()
    })
}

fn without_path(goal: Goal, reason: Option<Reason>, rule_ids: Vec<String>) -> Counterfactual {
    Counterfactual { goal, given: false, paths: Vec::new(), reason, rule_ids, stages: Vec::new() }
}

fn counterfactual(world: &mut World<'_>, goal: Goal) -> Counterfactual {
    let stages = world.ask(&[], world.as_of, |situation| ahead(&situation.evaluator, goal));
    if stages.iter().filter(|stage| stage.is_decision()).count() > 1 {
        return Counterfactual { stages, ..without_path(goal, Some(Reason::StagesAhead), Vec::new()) };
    }
    let mut first = lead(world, goal, Search::on(world.as_of));
    let mut starts = std::mem::take(&mut first.others);
    first.later.retain(|date| *date <= horizon(world));
    first.later.sort_unstable();
    first.later.dedup();
    starts.extend(std::mem::take(&mut first.later).into_iter().take(LATER_MAX).map(Search::on));
    let mut ways: Vec<Path> = first.path.take().into_iter().collect();
    // Beside a way of several stages there is no other: those of its first stage are those of the phase or rung.
    if ways.is_empty() || !first.has_stages {
        for start in starts {
            let led = lead(world, goal, start);
            ways.extend(led.path);
            ways.extend(led.others.into_iter().filter_map(|other| lead(world, goal, other).path));
        }
    }
    let mut paths: Vec<Path> = Vec::new();
    for mut way in ways {
        way.changes.sort_by_key(|change| change.date);
        let is_advised_upon =
            |change: &Change| is_decision(&change.kind) || matches!(change.kind, ChangeKind::Activity { .. });
        if !way.changes.iter().any(is_advised_upon) || world.reaches(&way.changes, Date::MIN, way.earliest, goal) {
            paths.push(smallest(world, way, goal));
        }
    }
    let mut paths = kept(paths);
    for change in paths.iter_mut().flat_map(|path| &mut path.changes) {
        tell_present(world, change);
    }
    if paths.is_empty() {
        let (reason, rule_ids) = first.why();
        return without_path(goal, Some(reason), rule_ids);
    }
    Counterfactual { paths, ..without_path(goal, None, Vec::new()) }
}

/// The fewest changes first, then the earliest; none that asks for all that another asks for, and more or later.
fn kept(mut paths: Vec<Path>) -> Vec<Path> {
    paths.sort_by_key(|path| (path.changes.len(), path.earliest));
    let mut kept: Vec<Path> = Vec::new();
    for path in paths {
        let own = keys(&path);
        let is_worse = |other: &Path| keys(other).iter().all(|key| own.contains(key));
        if kept.len() < PATHS_MAX && !kept.iter().any(|other| is_worse(other) && other.earliest <= path.earliest) {
            kept.push(path);
        }
    }
    kept
}

fn keys(path: &Path) -> Vec<Key> {
    path.changes.iter().map(|change| Key::of(&change.kind)).collect()
}

/// The present value is the one on record on the day itself, not one that a path supposes; without one it is to be
/// measured first.
fn tell_present(world: &mut World<'_>, change: &mut Change) {
    if let ChangeKind::Measure { measure, site, present, why_unknown, .. } = &mut change.kind {
        *present = world.present(*measure, *site);
        if present.is_none() {
            *why_unknown = why_unknown.or(Some(WhyUnknown::Missing));
        }
    }
}

/// Nothing that is not needed, and no later than it must be; what is made earlier may need less again.
fn smallest(world: &mut World<'_>, mut path: Path, goal: Goal) -> Path {
    loop {
        let changes = only_needed(world, path.changes, path.earliest, goal);
        let found = earliest(world, changes, path.earliest, goal);
        if found.earliest == path.earliest {
            return found;
        }
        path = found;
    }
}

/// Leaves out every change without which the advice is reached all the same.
fn only_needed(world: &mut World<'_>, mut changes: Vec<Change>, day: Date, goal: Goal) -> Vec<Change> {
    let mut needed = missed(world, &changes, day, goal);
    let mut place = changes.len();
    while let Some(before) = place.checked_sub(1) {
        place = before;
        if needed.get(place).copied().unwrap_or_default() {
            continue;
        }
        let mut fewer = changes.clone();
        let left_out = fewer.remove(place);
        // What was decided before its day was advised without it.
        if world.reaches(&fewer, left_out.date, day, goal) {
            changes = fewer;
            // What was needed beside it may not be any more, and the other way round.
            needed = missed(world, &changes, day, goal);
            place = changes.len();
        }
    }
    changes
}

/// The same changes, made earlier as long as they lead there.
fn earliest(world: &mut World<'_>, mut changes: Vec<Change>, mut day: Date, goal: Goal) -> Path {
    while let Some((before, sooner)) = a_day_earlier(&changes, day, world.as_of) {
        if !world.reaches(&sooner, Date::MIN, before, goal) {
            break;
        }
        (changes, day) = (sooner, before);
    }
    Path { changes, earliest: day }
}

/// Every change that is not made on the first day a day earlier; none where two of a kind would fall on one day.
fn a_day_earlier(changes: &[Change], day: Date, as_of: Date) -> Option<(Date, Vec<Change>)> {
    let before = day.yesterday().ok().filter(|before| *before >= as_of)?;
    let mut sooner: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        let date = change.date.yesterday().ok().filter(|date| *date >= as_of).unwrap_or(change.date);
        let key = Key::of(&change.kind);
        if sooner.iter().any(|other| other.date == date && Key::of(&other.kind) == key) {
            return None;
        }
        sooner.push(Change { date, ..change.clone() });
    }
    Some((before, sooner))
}
