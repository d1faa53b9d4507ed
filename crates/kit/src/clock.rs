//! Where time and new ids enter the system; below it both are values.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// The one source of time and of new ids, given when the server is built.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Microseconds since the Unix epoch.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is [`set`](Clock::set).
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.as_microsecond()))))
    }

    /// Moves a fixed clock, and all its clones. The machine's clock does not follow.
    pub fn set(&self, at: Timestamp) {
        if let Source::Fixed(microseconds) = &self.0 {
            microseconds.store(at.as_microsecond(), Ordering::SeqCst);
        }
    }

    /// The present instant in whole microseconds, which is what both databases keep.
    pub fn now(&self) -> Timestamp {
        let now = match &self.0 {
            Source::System => Timestamp::now(),
            Source::Fixed(microseconds) => {
                Timestamp::from_microsecond(microseconds.load(Ordering::SeqCst)).unwrap_or_default()
            }
        };
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// A new UUIDv7 of the present instant. The machine's clock gives ever larger ones within a process.
    pub fn new_id(&self) -> Uuid {
        match &self.0 {
            Source::System => Uuid::now_v7(),
            Source::Fixed(_) => {
                let now = self.now();
                let seconds = u64::try_from(now.as_second()).unwrap_or_default();
                let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
                Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_until_it_is_set() {
        let first: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
        let second: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let clock = Clock::fixed(first);
        let clone = clock.clone();
        assert_eq!(clock.now(), first);
        clock.set(second);
        assert_eq!(clone.now(), second);
    }

    #[test]
    fn the_clock_gives_whole_microseconds() {
        for _ in 0..100 {
            assert_eq!(Clock::system().now().as_nanosecond() % 1000, 0);
        }
    }

    #[test]
    fn an_id_carries_the_time_of_its_clock() {
        let clock = Clock::fixed("2026-03-01T08:00:00Z".parse().unwrap());
        let id = clock.new_id();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().unwrap().to_unix().0, 1_772_352_000);
        assert_ne!(id, clock.new_id());
    }
}
