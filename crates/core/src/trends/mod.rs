//! The course of each measure with changes told apart by their error, and what did not respond to what.

mod mark;
mod overrides;
mod plateau;
mod red_flags;
mod response;
mod series;
mod tried;

use jiff::civil::Date;

use crate::ids::{DecisionId, TherapistId};
use crate::measure::MeasureCode;
use crate::protocol::Protocol;
use crate::recommendation::Seen;
use crate::record::codes::{Area, Modality, ModalityResult, OverrideReason, Site};
use crate::record::plan::Phase;
use crate::record::{Record, Source};
use crate::value::Thousandths;

/// The course of a plan up to a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trends {
    /// Each finding of the red-flag screen that was ever present within the plan: those present at the latest look first,
    /// of these the ones that had been absent before, the latest first.
    pub red_flags: Vec<RedFlagCourse>,
    /// One series a measure and site, in the order of the catalogue; none without a value.
    pub series: Vec<Series>,
    /// Set when the case does not respond on the day.
    pub non_response: Option<NonResponseCourse>,
    /// Decisions against the advice, the oldest first.
    pub overrides: Vec<OverrideCourse>,
    /// How many of them for each reason, in the order of the reasons' list.
    pub override_count_by_reason: Vec<(OverrideReason, u32)>,
    /// How many of them against each rule, by the rule's id.
    pub override_count_by_rule: Vec<(String, u32)>,
}

/// A red flag that was found within the plan: the latest time of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedFlagCourse {
    /// Which finding.
    pub measure: MeasureCode,
    /// The first day on which it was present.
    pub present_since: Date,
    /// The last day before on which it was looked for and absent; none when it was never found absent before.
    pub absent_until: Option<Date>,
    /// The first day after on which it was looked for and absent; none while it is present.
    pub absent_since: Option<Date>,
}

/// The course of one measure at one site, from the plan's first day on.
///
/// Of several values on one day the worse one is the point. Where the tester's hand matters, values of two testers are
/// never mixed: each tester has a point of that day, and is compared with the tester's own first value only. What was
/// asked for and not measured makes no point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Which measure.
    pub measure: MeasureCode,
    /// Where, as it was recorded.
    pub site: Option<Site>,
    /// Unit of every number here; empty for findings and codes.
    pub unit: &'static str,
    /// Smallest change beyond the error of measurement; none when none is published.
    pub detectable: Option<Thousandths>,
    /// Smallest change that matters to patients; none when none is published.
    pub meaningful: Option<Thousandths>,
    /// The points by date.
    pub points: Vec<Point>,
    /// The first day of the plateau that the latest value lies on, see [`Point::plateau`]; of several testers on the
    /// latest day, none unless each has one.
    pub plateau_since: Option<Date>,
}

/// One value of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The day that it counts for.
    pub date: Date,
    /// The value.
    pub value: Seen,
    /// The true value lies above it: a staged run without pain.
    pub observed_at_least: bool,
    /// Who measured.
    pub tester: Option<TherapistId>,
    /// The record that it is from.
    pub source: Source,
    /// The day of the value that it is compared with: the baseline, or where the tester's hand matters this tester's
    /// own first value. None where it is compared with nothing.
    pub compared_with: Option<Date>,
    /// Value less the one that it is compared with, in the unit; none for findings and codes, and where that one is a
    /// bound.
    pub change_from_baseline: Option<Thousandths>,
    /// What the change is worth.
    pub mark: Mark,
    /// DERIVED: the point ends at least 14 days, and at least three values, that differ from each other by less than
    /// the detectable change, and is further from the best value of the measure than that: where no improvement could
    /// be detected, none is missed. Where the tester's hand matters, only values of one tester count. Without a
    /// published error no plateau can be told.
    pub plateau: bool,
}

/// How a point stands to the first value of the plan; where the tester's hand matters, to the tester's own first value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// It is the first value of the plan.
    Baseline,
    /// A number within the error of its measure: never progress, never loss.
    NoDetectableChange,
    /// Better by the detectable change or more.
    BetterDetectable,
    /// Better by the meaningful change or more, and by the detectable one.
    BetterMeaningful,
    /// Worse by the detectable change or more.
    WorseDetectable,
    /// Worse by the meaningful change or more, and by the detectable one. Of pain the meaningful change is 2 points; the
    /// "or 30 percent" of its source (S50) adds nothing: below 2 whole points no change of pain is detectable.
    WorseMeaningful,
    /// Where the tester's hand matters: the first value of a further tester, or one whose tester is not named.
    NotComparable,
    /// No error is published for this number, so that no change of it is called progress or loss.
    ErrorNotPublished,
    /// A finding or a code that is as it was.
    Unchanged,
    /// A finding or a code that is another one, on the better side by the catalogue.
    ChangedForBetter,
    /// A finding or a code that is another one, on the worse side by the catalogue.
    ChangedForWorse,
}

/// The case does not respond: since when, on which figures, what was tried, and what to try next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonResponseCourse {
    /// The first day from which the rules have said so without a response in between.
    pub since: Date,
    /// Visits attended.
    pub visits_attended: u32,
    /// Days since the first visit.
    pub days_since_first_visit: i64,
    /// Pain and function as the rules read them: worst pain in 24 hours, LEFS. One without a value is left out.
    pub figures: Vec<Figure>,
    /// What was tried, the most sessions first.
    pub tried: Vec<Tried>,
    /// Attended sessions that say nothing of what was done.
    pub sessions_without_treatment: u32,
    /// What to try next: the codes of the rules, for example `reconsider_diagnosis`, `another_therapist`,
    /// `another_technique`; then `imaging`, unless a clearance on record rests on it. DERIVED: a diagnosis that has to
    /// be thought over and was never looked at.
    pub next: Vec<String>,
    /// The rules that say so.
    pub rule_ids: Vec<String>,
}

/// First and latest value of a measure within the plan; of several on one day the worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Which measure.
    pub measure: MeasureCode,
    /// The first value.
    pub baseline: Thousandths,
    /// Its day.
    pub baseline_date: Date,
    /// The latest value.
    pub latest: Thousandths,
    /// Its day; that of the baseline when there is only one value.
    pub latest_date: Date,
}

/// A modality as it was used in attended sessions of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub modality: Modality,
    /// Sessions with it.
    pub sessions: u32,
    /// Minutes in all, where they are on record.
    pub minutes: u32,
    /// Sessions whose minutes of it are not on record.
    pub sessions_without_minutes: u32,
    /// Minutes a week, from the first of these sessions to the latest, at least over one week; none when minutes are
    /// missing.
    pub minutes_per_week: Option<Thousandths>,
    /// Hands-on minutes by area; only for massage.
    pub areas: Vec<(Area, u32)>,
    /// The therapists who used it, each once, the first first.
    pub therapists: Vec<TherapistId>,
    /// The results that were recorded, by date.
    pub results: Vec<ModalityResult>,
}

/// A decision against the advice, and how the case went on.
///
/// The advice is that of the decision's date, on the record as it now stands without this and later decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideCourse {
    /// The decision.
    pub decision: DecisionId,
    /// The day from which it counts.
    pub date: Date,
    /// Who decided.
    pub therapist: TherapistId,
    /// Why.
    pub reason: OverrideReason,
    /// Whether the reason is also given in words.
    pub has_note: bool,
    /// The rules that it went against.
    pub rule_ids: Vec<String>,
    /// Days after it that are over, at most 21.
    pub outcome_days: i64,
    /// A setback in the 21 days after it: a regress rule was met, or an earlier phase was decided. None while these
    /// days are not over and there was none.
    pub regressed_within_21_days: Option<bool>,
    /// The phase in force 21 days later; none while these days are not over, after a discharge, and in a draft.
    pub phase_after_21_days: Option<Phase>,
    /// Whether the plan had ended with a discharge 21 days later; none while these days are not over.
    pub discharged_after_21_days: Option<bool>,
}

/// The course of a plan up to a day. Facts dated later or entered in error are not seen.
pub fn trends(protocol: &Protocol, record: &Record, as_of: Date) -> Trends {
    let overrides = overrides::courses(protocol, record, as_of);
    let series = series::all(record, as_of);
    Trends {
        red_flags: red_flags::courses(&series),
        series,
        non_response: response::course(protocol, record, as_of),
        override_count_by_reason: overrides::count_by_reason(&overrides),
        override_count_by_rule: overrides::count_by_rule(&overrides),
        overrides,
    }
}
