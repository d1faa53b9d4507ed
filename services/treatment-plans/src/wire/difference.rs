//! Differences between two recommendations on the wire.

use taper_api::v1;
use taper_core::difference::{Difference, Direction};

/// Each point in which they differ.
pub(crate) fn differences(found: &[Difference]) -> Vec<v1::Difference> {
    let one = |found: &Difference| v1::Difference {
        path: found.path.clone(),
        before: found.before.clone().unwrap_or_default(),
        after: found.after.clone().unwrap_or_default(),
        direction: direction(found.direction),
    };
    found.iter().map(one).collect()
}

/// Which way an advice differs.
pub(crate) fn direction(direction: Direction) -> i32 {
    let direction = match direction {
        Direction::Advances => v1::Direction::Advances,
        Direction::HoldsBack => v1::Direction::HoldsBack,
        Direction::Neither => v1::Direction::Neither,
    };
    direction.into()
}
