//! Where an active plan stands on a day: what a therapist has to look at next.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::TherapistId;
use crate::protocol::Protocol;
use crate::recommend::{days, recommend};
use crate::recommendation::{PhaseAction, Recommendation, ReferralAdvice, ReferralMode, ReferralStanding, TaperAction};
use crate::record::Record;
use crate::record::codes::SessionState;
use crate::record::plan::{FrequencyStep, Phase};
use crate::visits::{self, ReviewDue};

/// What a plan needs next, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// An open referral stops the treatment.
    Stopped,
    /// A referral is open that stops nothing.
    ReferralOpen,
    /// Going back a phase or a rung is advised.
    SetBack,
    /// The case does not respond.
    NotResponding,
    /// A review is due.
    ReviewDue,
    /// The next rung is advised.
    ReadyToStepDown,
    /// Fewer visits than prescribed in the last 14 days.
    BehindOnVisits,
    /// The next phase is advised.
    ReadyToAdvance,
    /// Discharge is advised.
    ReadyForDischarge,
}

/// Where a plan stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The phase in force; none in a draft and after discharge.
    pub phase: Option<Phase>,
    /// The rung in force; none in a draft and after discharge.
    pub step: Option<FrequencyStep>,
    /// What it needs, the most pressing first; empty when nothing does.
    pub attention: Vec<Attention>,
    /// The latest attended visit up to the day.
    pub last_visit: Option<Date>,
    /// The next review, past when it is overdue.
    pub next_review: Option<Date>,
    /// Of the latest session that names a therapist, attended up to the day or planned.
    pub therapist: Option<TherapistId>,
    /// Days since the rung in force began; none without a rung.
    pub days_on_step: Option<i64>,
}

/// Where a plan stands on a day: one recommendation, and the visits by [`visits::DEFINITION`].
pub fn standing(protocol: &Protocol, record: &Record, as_of: Date) -> Standing {
    let advice = recommend(protocol, record, as_of);
    let reviews = visits::reviews_of(protocol, record, &advice);
    let behind = visits::visits(protocol, record, as_of).behind > 0;
    let step_began = visits::in_force(protocol, record, as_of).on(as_of).step_began;
    Standing {
        phase: advice.phase,
        step: advice.step,
        attention: attention(&advice, &reviews, behind),
        last_visit: last_visit(record, as_of),
        next_review: reviews.first().map(|review| review.due),
        therapist: therapist(record, as_of),
        days_on_step: advice.step.map(|_| days::between(step_began, as_of)),
    }
}

/// In the order of urgency.
fn attention(advice: &Recommendation, reviews: &[ReviewDue], behind: bool) -> Vec<Attention> {
    let not_responding = advice.taper_action == TaperAction::ReEvaluate || advice.non_response.is_some();
    let set_back = advice.phase_action == PhaseAction::Regress || advice.taper_action == TaperAction::StepBack;
    let discharge = advice.phase_action == PhaseAction::Discharge || advice.taper_action == TaperAction::Discharge;
    let needs = [
        (Attention::Stopped, advice.phase_action == PhaseAction::Stop),
        (Attention::ReferralOpen, advice.referrals.iter().any(is_open_beside)),
        (Attention::SetBack, set_back),
        (Attention::NotResponding, not_responding),
        (Attention::ReviewDue, reviews.iter().any(|review| review.due <= advice.as_of)),
        (Attention::ReadyToStepDown, advice.taper_action == TaperAction::StepDown),
        (Attention::BehindOnVisits, behind),
        (Attention::ReadyToAdvance, advice.phase_action == PhaseAction::Advance),
        (Attention::ReadyForDischarge, discharge),
    ];
    needs.into_iter().filter(|(_, needed)| *needed).map(|(attention, _)| attention).collect()
}

fn is_open_beside(referral: &ReferralAdvice) -> bool {
    referral.standing == ReferralStanding::Open && referral.mode != ReferralMode::Stop
}

fn last_visit(record: &Record, as_of: Date) -> Option<Date> {
    let attended = |state: SessionState, date: Date| state == SessionState::Attended && date <= as_of;
    let visits = visits::sessions(record).filter(|session| attended(session.state, session.date));
    visits.map(|session| session.date).max()
}

fn therapist(record: &Record, as_of: Date) -> Option<TherapistId> {
    let counts = |state: SessionState, date: Date| match state {
        SessionState::Attended => date <= as_of,
        SessionState::Planned => true,
        SessionState::Cancelled | SessionState::NoShow => false,
    };
    let named = visits::sessions(record)
        .filter(|session| counts(session.state, session.date))
        .filter_map(|session| session.therapist.map(|therapist| (session.date, session.start, therapist)));
    named.max().map(|(_, _, therapist)| therapist)
}
