//! A case played through gRPC: its facts recorded step by step, its expectations held against the answers.

mod calls;
mod codes;
mod compare;
pub(crate) mod messages;
mod player;
mod reading;
mod sentences;
pub(crate) mod wire;

use taper_core::case::Case;
use taper_core::record::clinic::TimeZoneName;
use tonic::transport::Channel;

use crate::story::Day;

use self::player::Player;
pub use self::sentences::sentences;

/// Where a case is played.
#[derive(Clone, Debug)]
pub struct Clinic {
    name: String,
    time_zone: TimeZoneName,
}

impl Clinic {
    /// A clinic that is there already, by its slug.
    pub fn existing(slug: &str, time_zone: &TimeZoneName) -> Self {
        Self { name: format!("clinics/{slug}"), time_zone: time_zone.clone() }
    }

    /// A new clinic.
    pub async fn create(channel: Channel, slug: &str, time_zone: &TimeZoneName) -> anyhow::Result<Self> {
        player::create_clinic(channel, slug, time_zone).await?;
        Ok(Self::existing(slug, time_zone))
    }
}

/// How a case went.
#[derive(Clone, Debug)]
pub struct Played {
    /// The name of the plan that was last in question.
    pub plan: String,
    /// Recommendations that were asked for, one a step.
    pub asked: usize,
    /// Every way in which an answer was not what the case expects, or not what the rules say without a server.
    pub mismatches: Vec<String>,
}

/// Creates therapists, patient, injury and plan, then takes each step: records what happened, asks for the
/// recommendation as of the step's day, checks it, and hands the day to `told`.
///
/// An error is a call that was refused; what the answers say wrongly is in [`Played::mismatches`].
pub async fn play(
    channel: Channel,
    clinic: &Clinic,
    case: &Case,
    mut told: impl FnMut(&Day) -> anyhow::Result<()>,
) -> anyhow::Result<Played> {
    let mut player = Player::admit(channel, clinic, case).await?;
    let mut played = Played { plan: player.plan().to_owned(), asked: 0, mismatches: Vec::new() };
    for (step, alone) in case.steps.iter().zip(case.play()) {
        player.record(step).await?;
        let advice = player.advice(step.date).await?;
        played.asked += 1;
        played.plan = player.plan().to_owned();
        played.mismatches.extend(compare::differences(step, &advice, &alone.recommendation)?);
        told(&Day { date: step.date, number: step.day, recorded: sentences(case, step)?, advice })?;
    }
    Ok(played)
}
