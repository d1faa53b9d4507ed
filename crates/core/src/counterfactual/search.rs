//! From one way to an advice to the smallest sets: nothing that is not needed, no day later than it must be.

use jiff::civil::Date;

use crate::protocol::Protocol;
use crate::record::Record;

use super::fix::Key;
use super::needed::missed;
use super::stages::Solver;
use super::world::World;
use super::{Change, Counterfactual, Goal, PATHS_MAX, Path};

/// Other ways are looked for around so many choices.
const CHOICES_MAX: usize = 4;
/// And on so many later days.
const LATER_MAX: usize = 2;
/// Of a longer way no variants are looked for: what is next to do is on it already.
const VARIED_CHANGES_MAX: usize = 16;

/// The ways that were looked at did not lead there; that there is none is not said.
const NOT_FOUND: &str = "not_found";

/// What would give each goal.
pub(super) fn counterfactuals(protocol: &Protocol, record: &Record, as_of: Date) -> Vec<Counterfactual> {
    let mut world = World::new(protocol, record, as_of);
    Goal::ALL.iter().map(|goal| counterfactual(&mut world, *goal)).collect()
}

fn counterfactual(world: &mut World<'_>, goal: Goal) -> Counterfactual {
    let as_of = world.as_of;
    if world.gives(&[], as_of, goal) {
        return Counterfactual { goal, given: true, paths: Vec::new(), nothing_helps: Vec::new() };
    }
    let mut found = Found::default();
    let (choices, later) = found.look(world, goal, as_of, &[]);
    let is_long = found.paths.iter().any(|path| path.changes.len() > VARIED_CHANGES_MAX);
    let (choices, later) = if is_long { (Vec::new(), Vec::new()) } else { (choices, later) };
    for key in distinct(choices).into_iter().take(CHOICES_MAX) {
        found.look(world, goal, as_of, &[key]);
    }
    for date in distinct(later).into_iter().take(LATER_MAX) {
        found.look(world, goal, date, &[]);
    }
    let paths = found.smallest();
    let nothing_helps = match (paths.is_empty(), found.blocking.is_empty()) {
        (true, false) => distinct(found.blocking),
        (true, true) => vec![NOT_FOUND.to_owned()],
        (false, _) => Vec::new(),
    };
    Counterfactual { goal, given: false, paths, nothing_helps }
}

/// The paths found so far.
#[derive(Default)]
struct Found {
    paths: Vec<Path>,
    blocking: Vec<String>,
}

impl Found {
    /// Looks for a way from a day on; gives what was chosen where there was another, and later days worth a look.
    fn look(&mut self, world: &mut World<'_>, goal: Goal, day: Date, banned: &[Key]) -> (Vec<Key>, Vec<Date>) {
        let mut solver = Solver::new(world, goal, day, banned);
        let solved = solver.solve();
        let (mut changes, day) = (std::mem::take(&mut solver.changes), solver.day);
        let (choices, later) = (std::mem::take(&mut solver.choices), std::mem::take(&mut solver.later));
        if !solved {
            if banned.is_empty() {
                self.blocking.append(&mut solver.blocking);
            }
            return (choices, later);
        }
        changes.sort_by_key(|change| change.date);
        if world.reaches(&changes, day, goal) {
            self.paths.push(smallest(world, Path { changes, earliest: day }, goal));
        }
        (choices, later)
    }

    /// The fewest changes first, then the earliest; none that asks for all that another asks for, and more or later.
    fn smallest(&mut self) -> Vec<Path> {
        self.paths.sort_by_key(|path| (path.changes.len(), path.earliest));
        let mut kept: Vec<Path> = Vec::new();
        for path in self.paths.drain(..) {
            let own = keys(&path);
            let is_worse = |other: &Path| keys(other).iter().all(|key| own.contains(key));
            if kept.len() < PATHS_MAX && !kept.iter().any(|other| is_worse(other) && other.earliest <= path.earliest) {
                kept.push(path);
            }
        }
        kept
    }
}

fn keys(path: &Path) -> Vec<Key> {
    path.changes.iter().map(|change| Key::of(&change.kind)).collect()
}

fn distinct<T: Ord + Clone>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items.dedup();
    items
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
        fewer.remove(place);
        if world.reaches(&fewer, day, goal) {
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
        if !world.reaches(&sooner, before, goal) {
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
