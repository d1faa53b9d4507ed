//! What was tried in the attended sessions, at which dose, and how it went.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::ids::TherapistId;
use crate::recommend::days;
use crate::record::Record;
use crate::record::codes::{Area, Modality, ModalityResult, SessionKind, SessionState};
use crate::record::session::{Session, Treatment};
use crate::value::Thousandths;

use super::Tried;

const WEEK_DAYS: i64 = 7;

/// What was noted of one modality so far.
struct Course {
    first: Date,
    last: Date,
    sessions: u32,
    minutes: u32,
    sessions_without_minutes: u32,
    areas: BTreeMap<Area, u32>,
    therapists: Vec<TherapistId>,
    results: Vec<ModalityResult>,
}

/// Every modality of the attended sessions up to a day, the most sessions first; and how many sessions name none.
pub(super) fn in_sessions(record: &Record, as_of: Date) -> (Vec<Tried>, u32) {
    let attended = |session: &Session| session.state == SessionState::Attended && session.date <= as_of;
    let mut facts: Vec<_> =
        record.sessions.iter().filter(|fact| !fact.entered_in_error && attended(&fact.content)).collect();
    facts.sort_by_key(|fact| (fact.content.date, fact.content.start, fact.id, fact.revision));
    let mut courses: BTreeMap<Modality, Course> = BTreeMap::new();
    let mut without_treatment = 0_u32;
    for session in facts.into_iter().map(|fact| &fact.content) {
        let modalities = modalities(session);
        if modalities.is_empty() {
            without_treatment = without_treatment.saturating_add(1);
        }
        for modality in modalities {
            courses.entry(modality).or_insert_with(|| Course::begun(session.date)).add(session, modality);
        }
    }
    let mut tried: Vec<Tried> = courses.into_iter().map(|(modality, course)| course.told(modality)).collect();
    tried.sort_by_key(|tried| std::cmp::Reverse(tried.sessions));
    (tried, without_treatment)
}

/// Each modality of a session once. A massage session, and hands-on work by area, is massage even where the list of
/// treatments does not say so.
fn modalities(session: &Session) -> Vec<Modality> {
    let mut modalities: Vec<Modality> = session.treatments.iter().map(|used| used.modality).collect();
    if session.kind == SessionKind::Massage || !session.focus.is_empty() {
        modalities.push(Modality::Massage);
    }
    modalities.sort_unstable();
    modalities.dedup();
    modalities
}

/// Minutes of one modality in a session: as noted with the treatment; of massage else those by area, and else the whole
/// session where nothing but massage was done in a massage session.
fn minutes(session: &Session, modality: Modality) -> Option<u32> {
    let used: Vec<&Treatment> = session.treatments.iter().filter(|used| used.modality == modality).collect();
    let noted: Vec<u32> = used.iter().filter_map(|used| used.minutes).map(|minutes| u32::from(minutes.get())).collect();
    if !used.is_empty() && noted.len() == used.len() {
        return Some(noted.into_iter().fold(0, u32::saturating_add));
    }
    if modality != Modality::Massage {
        return None;
    }
    if !session.focus.is_empty() {
        return Some(session.focus.iter().fold(0, |sum, part| sum.saturating_add(u32::from(part.minutes.get()))));
    }
    let only_massage = session.treatments.iter().all(|used| used.modality == Modality::Massage);
    (session.kind == SessionKind::Massage && only_massage).then(|| u32::from(session.minutes.get()))
}

impl Course {
    fn begun(first: Date) -> Self {
        Self {
            first,
            last: first,
            sessions: 0,
            minutes: 0,
            sessions_without_minutes: 0,
            areas: BTreeMap::new(),
            therapists: Vec::new(),
            results: Vec::new(),
        }
    }

    fn add(&mut self, session: &Session, modality: Modality) {
        self.last = session.date;
        self.sessions = self.sessions.saturating_add(1);
        match minutes(session, modality) {
            Some(minutes) => self.minutes = self.minutes.saturating_add(minutes),
            None => self.sessions_without_minutes = self.sessions_without_minutes.saturating_add(1),
        }
        if modality == Modality::Massage {
            for part in &session.focus {
                let minutes = self.areas.entry(part.area).or_insert(0);
                *minutes = minutes.saturating_add(u32::from(part.minutes.get()));
            }
        }
        if let Some(therapist) = session.therapist
            && !self.therapists.contains(&therapist)
        {
            self.therapists.push(therapist);
        }
        let used = session.treatments.iter().filter(|used| used.modality == modality);
        self.results.extend(used.filter_map(|used| used.result));
    }

    fn told(self, modality: Modality) -> Tried {
        // Weeks begun, counted from the first of these sessions: three a week for three weeks are three weeks.
        let weeks = (days::between(self.first, self.last) / WEEK_DAYS).saturating_add(1);
        let all_known = self.sessions_without_minutes == 0;
        let a_week = i64::from(self.minutes).saturating_mul(1000).checked_div(weeks);
        Tried {
            modality,
            sessions: self.sessions,
            minutes: self.minutes,
            sessions_without_minutes: self.sessions_without_minutes,
            minutes_per_week: a_week.filter(|_| all_known).map(Thousandths),
            areas: self.areas.into_iter().collect(),
            therapists: self.therapists,
            results: self.results,
        }
    }
}
