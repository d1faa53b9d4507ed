//! A session: one physiotherapy or massage visit of a plan.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::{AdverseEventKind, Area, Modality, ModalityResult, SessionKind, SessionState};
use crate::ids::TherapistId;
use crate::text::Note;
use crate::value::{Minutes, Money, Nprs, SessionMinutes};

/// Minutes of hands-on work on one area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Focus {
    /// Where.
    pub area: Area,
    /// How long.
    pub minutes: Minutes,
}

/// A modality or technique that was used, and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treatment {
    /// What was used.
    pub modality: Modality,
    /// How long.
    pub minutes: Option<Minutes>,
    /// How it went for this patient.
    pub result: Option<ModalityResult>,
    /// Technique, settings.
    pub note: Note,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdverseEvent {
    /// What happened.
    pub kind: AdverseEventKind,
    /// Free text.
    pub note: Note,
}

/// One revision of a session. The minutes of the focus areas never exceed the session's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Physiotherapy or massage.
    pub kind: SessionKind,
    /// Planned, attended, cancelled or no-show.
    pub state: SessionState,
    /// When it starts; in the future only while planned.
    pub start: Timestamp,
    /// The civil date of the start in the clinic's time zone.
    pub date: Date,
    /// How long.
    pub minutes: SessionMinutes,
    /// Who treats.
    pub therapist: Option<TherapistId>,
    /// Hands-on work by area.
    pub focus: Vec<Focus>,
    /// Modalities and techniques.
    pub treatments: Vec<Treatment>,
    /// Pain right before.
    pub pain_before: Option<Nprs>,
    /// Worst pain during or right after.
    pub pain_after: Option<Nprs>,
    /// Pain the next morning; it counts for the day after.
    pub pain_next_morning: Option<Nprs>,
    /// What went wrong.
    pub adverse_events: Vec<AdverseEvent>,
    /// Free text.
    pub note: Note,
    /// Price of the session.
    pub charge: Option<Money>,
}
