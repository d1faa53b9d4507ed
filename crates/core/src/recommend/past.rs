//! One record on many days, from the last to the first: what was read for a day is cut for an earlier one, not read again.

use jiff::civil::Date;

use crate::difference::Noticed;
use crate::ids::DecisionId;
use crate::protocol::Protocol;
use crate::record::decision::Decision;
use crate::record::{Fact, Record};

use super::evaluator::Evaluator;
use super::noticed_by;
use super::seen::Facts;
use super::series::Book;

/// A record up to a day that goes back in time.
pub(crate) struct Past<'a> {
    protocol: &'a Protocol,
    /// Patient, injury and plan.
    frame: &'a Record,
    facts: Facts<'a>,
    book: Book,
    /// Every decision up to the first day that is asked for.
    decisions: Vec<&'a Fact<DecisionId, Decision>>,
}

impl<'a> Past<'a> {
    /// Reads the facts of a record up to a day; patient, injury and plan are those of the frame.
    pub(crate) fn until(last_day: Date, protocol: &'a Protocol, frame: &'a Record, record: &'a Record) -> Self {
        let mut facts = Facts::of(record, last_day);
        let book = Book::of(protocol, &facts, last_day);
        let decisions = std::mem::take(&mut facts.decisions);
        Self { protocol, frame, facts, book, decisions }
    }

    /// What is noticed on a day, which may not be later than the day asked for before; of the decisions up to the day
    /// only those that count.
    pub(crate) fn noticed(self, as_of: Date, counts: impl Fn(&Decision) -> bool) -> (Noticed, Self) {
        let Self { protocol, frame, mut facts, mut book, mut decisions } = self;
        decisions.truncate(decisions.partition_point(|decision| decision.content.date <= as_of));
        facts.cut(as_of);
        facts.decisions = decisions.iter().filter(|decision| counts(&decision.content)).copied().collect();
        book.cut(as_of);
        let evaluator = Evaluator::over(protocol, frame, as_of, facts, book);
        let noticed = noticed_by(&evaluator);
        let Evaluator { facts, book, .. } = evaluator;
        (noticed, Self { protocol, frame, facts, book, decisions })
    }
}
