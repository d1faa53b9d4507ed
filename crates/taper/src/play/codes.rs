//! Enums of the contract as the rules' own; a value that is not given is an error.

use anyhow::{Context, bail};
use taper_api::v1;
use taper_core::recommendation::{
    EvidenceLevel, Permission, PhaseAction, ReferralClass, ReferralMode, ReferralStanding, TaperAction, Verdict,
    WhyUnknown,
};

/// A code of one of core's lists, by the name of the contract's value.
pub(super) fn listed<T>(name: &str, prefix: &str, parse: fn(&str) -> Option<T>) -> anyhow::Result<T> {
    let code = name.strip_prefix(prefix).unwrap_or(name).to_lowercase();
    parse(&code).with_context(|| format!("{name} is no code of the record"))
}

pub(super) fn phase_action(action: v1::PhaseAction) -> anyhow::Result<PhaseAction> {
    Ok(match action {
        v1::PhaseAction::Advance => PhaseAction::Advance,
        v1::PhaseAction::Hold => PhaseAction::Hold,
        v1::PhaseAction::Regress => PhaseAction::Regress,
        v1::PhaseAction::Stop => PhaseAction::Stop,
        v1::PhaseAction::Discharge => PhaseAction::Discharge,
        v1::PhaseAction::Unspecified => bail!("phase_action is not given"),
    })
}

pub(super) fn taper_action(action: v1::TaperAction) -> anyhow::Result<TaperAction> {
    Ok(match action {
        v1::TaperAction::StepDown => TaperAction::StepDown,
        v1::TaperAction::Hold => TaperAction::Hold,
        v1::TaperAction::StepBack => TaperAction::StepBack,
        v1::TaperAction::ReEvaluate => TaperAction::ReEvaluate,
        v1::TaperAction::Discharge => TaperAction::Discharge,
        v1::TaperAction::Unspecified => bail!("taper_action is not given"),
    })
}

pub(super) fn verdict(verdict: v1::Verdict) -> anyhow::Result<Verdict> {
    Ok(match verdict {
        v1::Verdict::Met => Verdict::Met,
        v1::Verdict::Unmet => Verdict::Unmet,
        v1::Verdict::Unknown => Verdict::Unknown,
        v1::Verdict::Unspecified => bail!("a verdict is not given"),
    })
}

/// None where the contract's value is not given, as for every criterion that is known.
pub(super) fn why_unknown(why: v1::WhyUnknown) -> Option<WhyUnknown> {
    match why {
        v1::WhyUnknown::Missing => Some(WhyUnknown::Missing),
        v1::WhyUnknown::NotMeasured => Some(WhyUnknown::NotMeasured),
        v1::WhyUnknown::TooOld => Some(WhyUnknown::TooOld),
        v1::WhyUnknown::OtherTester => Some(WhyUnknown::OtherTester),
        v1::WhyUnknown::NoBaseline => Some(WhyUnknown::NoBaseline),
        v1::WhyUnknown::Unspecified => None,
    }
}

pub(super) fn permission(permission: v1::Permission) -> anyhow::Result<Permission> {
    Ok(match permission {
        v1::Permission::Allowed => Permission::Allowed,
        v1::Permission::CheckFirst => Permission::CheckFirst,
        v1::Permission::NotYet => Permission::NotYet,
        v1::Permission::NotRepeated => Permission::NotRepeated,
        v1::Permission::Blocked => Permission::Blocked,
        v1::Permission::Unspecified => bail!("a permission is not given"),
    })
}

pub(super) fn referral_class(class: v1::ReferralClass) -> anyhow::Result<ReferralClass> {
    Ok(match class {
        v1::ReferralClass::Emergency => ReferralClass::Emergency,
        v1::ReferralClass::SameDay => ReferralClass::SameDay,
        v1::ReferralClass::Urgent => ReferralClass::Urgent,
        v1::ReferralClass::Routine => ReferralClass::Routine,
        v1::ReferralClass::Unspecified => bail!("a referral's class is not given"),
    })
}

pub(super) fn referral_mode(mode: v1::ReferralMode) -> anyhow::Result<ReferralMode> {
    Ok(match mode {
        v1::ReferralMode::Stop => ReferralMode::Stop,
        v1::ReferralMode::InParallel => ReferralMode::InParallel,
        v1::ReferralMode::Unspecified => bail!("a referral's mode is not given"),
    })
}

pub(super) fn referral_standing(standing: v1::ReferralStanding) -> anyhow::Result<ReferralStanding> {
    Ok(match standing {
        v1::ReferralStanding::Open => ReferralStanding::Open,
        v1::ReferralStanding::CannotExclude => ReferralStanding::CannotExclude,
        v1::ReferralStanding::Cleared => ReferralStanding::Cleared,
        v1::ReferralStanding::Unspecified => bail!("a referral's standing is not given"),
    })
}

pub(super) fn evidence_level(level: v1::EvidenceLevel) -> anyhow::Result<EvidenceLevel> {
    Ok(match level {
        v1::EvidenceLevel::Review => EvidenceLevel::Review,
        v1::EvidenceLevel::Trial => EvidenceLevel::Trial,
        v1::EvidenceLevel::Cohort => EvidenceLevel::Cohort,
        v1::EvidenceLevel::Series => EvidenceLevel::Series,
        v1::EvidenceLevel::Consensus => EvidenceLevel::Consensus,
        v1::EvidenceLevel::Anecdote => EvidenceLevel::Anecdote,
        v1::EvidenceLevel::Derived => EvidenceLevel::Derived,
        v1::EvidenceLevel::Unspecified => bail!("an evidence level is not given"),
    })
}
