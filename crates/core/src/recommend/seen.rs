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
        let mut assessments: Vec<_> =
            record.assessments.iter().filter(|fact| !fact.entered_in_error && fact.content.date <= as_of).collect();
        let mut activities: Vec<_> =
            record.activities.iter().filter(|fact| !fact.entered_in_error && fact.content.date <= as_of).collect();
        let attended = |fact: &&Fact<SessionId, Session>| {
            !fact.entered_in_error && fact.content.date <= as_of && fact.content.state == SessionState::Attended
        };
        let mut visits: Vec<_> = record.sessions.iter().filter(attended).collect();
        let mut decisions: Vec<_> =
            record.decisions.iter().filter(|fact| !fact.entered_in_error && fact.content.date <= as_of).collect();
        assessments.sort_by_key(|fact| (fact.content.date, fact.id, fact.revision));
        activities.sort_by_key(|fact| (fact.content.date, fact.id, fact.revision));
        visits.sort_by_key(|fact| (fact.content.date, fact.content.start, fact.id, fact.revision));
        decisions.sort_by_key(|fact| (fact.content.date, fact.content.decided_at, fact.id, fact.revision));
        Self { assessments, activities, visits, decisions }
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
