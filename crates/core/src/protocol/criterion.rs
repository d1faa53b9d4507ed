//! A test as a tree of criteria; every criterion compares one quantity of the record with a threshold.

use std::sync::Arc;

use crate::measure::{MeasureCode, Worse};
use crate::recommendation::{Comparison, Seen};
use crate::record::codes::Site;
use crate::value::Thousandths;

use super::fact::Fact;

/// A test: Kleene's three values are combined along the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Every part.
    All(Vec<Test>),
    /// Some part.
    Any(Vec<Test>),
    /// At least this many parts.
    AtLeast(usize, Vec<Test>),
    /// The opposite.
    Not(Box<Test>),
    /// One comparison.
    Criterion(Box<Criterion>),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// How answers state it; with a setting the threshold is the default.
    pub comparison: Arc<Comparison>,
    /// What is compared.
    pub quantity: Quantity,
    /// How.
    pub comparator: Comparator,
    /// With what.
    pub threshold: Threshold,
    /// How levels are shown.
    pub scale: Scale,
    /// Days after which a value does not count; none when age does not matter.
    pub fresh_days: Option<u16>,
    /// Only values since the phase in force began.
    pub since_phase: bool,
    /// The threshold or this form of the test is ours.
    pub derived: bool,
    /// Line of the document.
    pub line: usize,
}

/// What a criterion compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A figure of one measure.
    Measure(MeasureQuantity),
    /// A fact of the record.
    Fact(Fact),
}

/// A figure of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureQuantity {
    /// Which measure.
    pub code: MeasureCode,
    /// Its place in the protocol's list of measures.
    pub place: usize,
    /// Which way is worse.
    pub worse: Worse,
    /// What one level counts in a change: 1 for numbers, 1000 for the steps of a code.
    pub thousandths_a_level: i64,
    /// Smallest change that exceeds the error of measurement, in thousandths; for findings and codes none.
    pub detectable: Option<i64>,
    /// Which figure.
    pub stat: Stat,
    /// Only values of this site.
    pub site: Option<Site>,
    /// The tester must be the one of the value that it is compared with.
    pub same_tester: bool,
    /// Only values dated within these days from the onset, both included.
    pub days: Option<(u16, u16)>,
}

/// A figure of the values of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stat {
    /// The value of the latest day.
    Latest,
    /// The worst value within the freshness.
    MaxInFresh,
    /// Latest in percent of the baseline.
    PercentOfBaseline,
    /// Baseline to latest; positive is better.
    Fall,
    /// The fall in percent of the baseline.
    FallPercent,
    /// Baseline to latest; positive is worse.
    RiseFromBaseline,
    /// Value of the latest earlier day to latest; positive is worse.
    RiseFromPrevious,
    /// The baseline: the first value of the plan.
    FirstValue,
}

impl Stat {
    /// Every stat with its code.
    pub const ALL: [(Stat, &'static str); 8] = [
        (Stat::Latest, "latest"),
        (Stat::MaxInFresh, "max_in_fresh"),
        (Stat::PercentOfBaseline, "percent_of_baseline"),
        (Stat::Fall, "fall"),
        (Stat::FallPercent, "fall_percent"),
        (Stat::RiseFromBaseline, "rise_from_baseline"),
        (Stat::RiseFromPrevious, "rise_from_previous"),
        (Stat::FirstValue, "first_value"),
    ];

    /// Finds a stat by its code.
    pub fn parse(code: &str) -> Option<Stat> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(stat, _)| *stat)
    }

    /// Whether the figure is a percentage.
    pub fn is_percent(self) -> bool {
        matches!(self, Stat::PercentOfBaseline | Stat::FallPercent)
    }

    /// Whether the figure is a value as it was observed, so that it can be a finding or a code.
    pub fn is_a_value(self) -> bool {
        matches!(self, Stat::Latest | Stat::MaxInFresh | Stat::FirstValue)
    }
}

/// How a level is shown: numbers in thousandths, findings as 0 and 1, codes as their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Thousandths of the unit.
    Number,
    /// Absent is 0, present is 1.
    Finding,
    /// Place in the list.
    Code(&'static [&'static str]),
}

impl Scale {
    /// A level as it is shown; none where the place has no code.
    pub fn seen(self, level: i64) -> Option<Seen> {
        match self {
            Scale::Number => Some(Seen::Number(Thousandths(level))),
            Scale::Finding => Some(Seen::Finding(level != 0)),
            Scale::Code(codes) => {
                let place = usize::try_from(level).ok()?;
                codes.get(place).map(|code| Seen::Code((*code).to_owned()))
            }
        }
    }
}

/// How a quantity is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
}

impl Comparator {
    /// Every comparator with its sign.
    pub const ALL: [(Comparator, &'static str); 7] = [
        (Comparator::Less, "<"),
        (Comparator::AtMost, "<="),
        (Comparator::Equal, "="),
        (Comparator::NotEqual, "!="),
        (Comparator::Greater, ">"),
        (Comparator::AtLeast, ">="),
        (Comparator::In, "in"),
    ];

    /// Finds a comparator by its sign.
    pub fn parse(sign: &str) -> Option<Comparator> {
        Self::ALL.iter().find(|(_, known)| *known == sign).map(|(comparator, _)| *comparator)
    }

    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Comparator::Less => "<",
            Comparator::AtMost => "<=",
            Comparator::Equal => "=",
            Comparator::NotEqual => "!=",
            Comparator::Greater => ">",
            Comparator::AtLeast => ">=",
            Comparator::In => "in",
        }
    }

    /// Whether it needs an order, so that a finding or an unordered code cannot be compared with it.
    pub fn needs_order(self) -> bool {
        matches!(self, Comparator::Less | Comparator::AtMost | Comparator::Greater | Comparator::AtLeast)
    }
}

/// What a quantity is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// Levels of the criterion's scale; one, except with `in`.
    Levels(Vec<i64>),
    /// A setting that the clinic may choose.
    Setting(Setting),
}

/// A number that a clinic may choose within the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Worst pain with which progress is advised.
    PainLimit,
    /// Worst pain in strength work.
    PainLimitStrength,
    /// Worst pain in running.
    PainLimitRunning,
}

impl Setting {
    /// Finds a setting by its code.
    pub fn parse(code: &str) -> Option<Setting> {
        match code {
            "pain_limit" => Some(Setting::PainLimit),
            "pain_limit_strength" => Some(Setting::PainLimitStrength),
            "pain_limit_running" => Some(Setting::PainLimitRunning),
            _ => None,
        }
    }
}

impl Test {
    /// Every criterion, in the order of the document.
    pub fn criteria(&self) -> Vec<&Criterion> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    /// How many criteria there are.
    pub fn count(&self) -> usize {
        match self {
            Test::All(parts) | Test::Any(parts) | Test::AtLeast(_, parts) => parts.iter().map(Test::count).sum(),
            Test::Not(part) => part.count(),
            Test::Criterion(_) => 1,
        }
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a Criterion>) {
        match self {
            Test::All(parts) | Test::Any(parts) | Test::AtLeast(_, parts) => {
                for part in parts {
                    part.collect(found);
                }
            }
            Test::Not(part) => part.collect(found),
            Test::Criterion(criterion) => found.push(criterion),
        }
    }
}
