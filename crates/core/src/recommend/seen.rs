//! The part of a record that the rules see on a day, in one canonical order whatever the order of recording.

use jiff::civil::Date;

use crate::ids::{ActivityId, AssessmentId, DecisionId, SessionId};
use crate::record::activity::Activity;
use crate::record::assessment::Assessment;
use crate::record::codes::SessionState;
use crate::record::decision::Decision;
use crate::record::session::Session;
use crate::record::{Fact, Record};

/// Facts up to a day that were not entered in error, by date; of the sessions only those attended.
pub(crate) struct Facts<'a> {
    pub assessments: Vec<&'a Fact<AssessmentId, Assessment>>,
    pub activities: Vec<&'a Fact<ActivityId, Activity>>,
    pub visits: Vec<&'a Fact<SessionId, Session>>,
    pub decisions: Vec<&'a Fact<DecisionId, Decision>>,
}

impl<'a> Facts<'a> {
    /// What is seen of the record on a day.
    pub(crate) fn of(record: &'a Record, as_of: Date) -> Self {
        let mut seen = Self {
            assessments: Vec::with_capacity(record.assessments.len()),
            activities: Vec::with_capacity(record.activities.len()),
            visits: Vec::with_capacity(record.sessions.len()),
            decisions: Vec::with_capacity(record.decisions.len()),
        };
        let attended = |fact: &&Fact<SessionId, Session>| fact.content.state == SessionState::Attended;
        seen.assessments.extend(record.assessments.iter().filter(|fact| is_seen(fact, fact.content.date, as_of)));
        seen.activities.extend(record.activities.iter().filter(|fact| is_seen(fact, fact.content.date, as_of)));
        let visits = record.sessions.iter().filter(attended);
        seen.visits.extend(visits.filter(|fact| is_seen(fact, fact.content.date, as_of)));
        seen.decisions.extend(record.decisions.iter().filter(|fact| is_seen(fact, fact.content.date, as_of)));
        seen.put_in_order();
        seen
    }

    /// Leaves out what is dated after a day.
    pub(super) fn cut(&mut self, day: Date) {
        self.assessments.truncate(self.assessments.partition_point(|fact| fact.content.date <= day));
        self.activities.truncate(self.activities.partition_point(|fact| fact.content.date <= day));
        self.visits.truncate(self.visits.partition_point(|fact| fact.content.date <= day));
        self.decisions.truncate(self.decisions.partition_point(|fact| fact.content.date <= day));
    }

    /// These facts and further ones.
    pub(crate) fn with(&self, further: &Self) -> Self {
        let mut all = Self {
            assessments: [self.assessments.as_slice(), &further.assessments].concat(),
            activities: [self.activities.as_slice(), &further.activities].concat(),
            visits: [self.visits.as_slice(), &further.visits].concat(),
            decisions: [self.decisions.as_slice(), &further.decisions].concat(),
        };
        all.put_in_order();
        all
    }

    fn put_in_order(&mut self) {
        self.assessments.sort_by_key(|fact| (fact.content.date, fact.id, fact.revision));
        self.activities.sort_by_key(|fact| (fact.content.date, fact.id, fact.revision));
        self.visits.sort_by_key(|fact| (fact.content.date, fact.content.start, fact.id, fact.revision));
        self.decisions.sort_by_key(|fact| (fact.content.date, fact.content.decided_at, fact.id, fact.revision));
    }

    /// Attended visits up to a day.
    pub(crate) fn visits_until(&self, day: Date) -> &[&'a Fact<SessionId, Session>] {
        let end = self.visits.partition_point(|fact| fact.content.date <= day);
        self.visits.get(..end).unwrap_or_default()
    }

    /// Activities up to a day.
    pub(crate) fn activities_until(&self, day: Date) -> &[&'a Fact<ActivityId, Activity>] {
        let end = self.activities.partition_point(|fact| fact.content.date <= day);
        self.activities.get(..end).unwrap_or_default()
    }
}

fn is_seen<I, T>(fact: &Fact<I, T>, date: Date, as_of: Date) -> bool {
    !fact.entered_in_error && date <= as_of
}
