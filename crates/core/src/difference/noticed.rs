//! What of the advice a patient would notice; two versions of a protocol differ where this differs.

use std::collections::BTreeMap;

use crate::recommendation::{
    Permission, PhaseAction, Recommendation, ReferralClass, ReferralMode, ReferralStanding, RuleId, TaperAction,
};
use crate::record::codes::{ActivityKind, Modality};
use crate::record::plan::{FrequencyStep, Phase};

/// Actions and targets for the phase and the visits, referrals that are not cleared, and what may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// What to do about the phase.
    pub phase_action: PhaseAction,
    /// The phase to go to, with ADVANCE and REGRESS.
    pub phase_target: Option<Phase>,
    /// What to do about the visits.
    pub taper_action: TaperAction,
    /// The rung to go to, with STEP_DOWN and STEP_BACK.
    pub taper_target: Option<FrequencyStep>,
    /// Referrals that are open or cannot be excluded, by their rule.
    pub referrals: BTreeMap<RuleId, Waiting>,
    /// Whether each modality of the protocol may be used, in the order of the list of codes.
    pub modalities: Vec<(Modality, Permission)>,
    /// Whether each activity of the protocol may be done, in the order of the list of codes.
    pub activities: Vec<(ActivityKind, Permission)>,
}

/// A referral that is not cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Open, or not to be excluded.
    pub standing: ReferralStanding,
    /// How pressing it is.
    pub class: ReferralClass,
    /// Whether the treatment stops for it.
    pub mode: ReferralMode,
}

impl Noticed {
    /// Of the whole advice.
    pub fn of(advice: &Recommendation) -> Self {
        let waiting = advice.referrals.iter().filter(|referral| referral.standing != ReferralStanding::Cleared);
        let mut referrals = BTreeMap::new();
        for referral in waiting {
            let waiting = Waiting { standing: referral.standing, class: referral.class, mode: referral.mode };
            referrals.insert(referral.rule_id.clone(), waiting);
        }
        let mut modalities: Vec<_> = advice.modalities.iter().map(|of| (of.modality, of.permission)).collect();
        let mut activities: Vec<_> = advice.activities.iter().map(|of| (of.activity, of.permission)).collect();
        modalities.sort_unstable();
        activities.sort_unstable();
        Self {
            phase_action: advice.phase_action,
            phase_target: advice.phase_target,
            taper_action: advice.taper_action,
            taper_target: advice.taper_target,
            referrals,
            modalities,
            activities,
        }
    }
}
