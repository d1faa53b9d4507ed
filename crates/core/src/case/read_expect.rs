//! What a case expects, each code checked.

use toml::Spanned;

use crate::protocol::{DocumentFault, Text};
use crate::recommendation::{Limits, Permission, PhaseAction, ReferralClass, TaperAction};
use crate::value::Thousandths;

use super::document::{RawExpect, RawLimited, RawPermit, RawReferral};
use super::expect::{Expect, ExpectPermit, ExpectReferral};

/// Reads the expectation of a step.
pub(super) fn read(text: Text<'_>, raw: &Spanned<RawExpect>) -> Result<Expect, DocumentFault> {
    let (span, expect) = (raw.span(), raw.get_ref());
    let unknown = |what: &str, code: &str| text.fault(&span, format!("{what} `{code}` does not exist"));
    let phase_action = expect.phase_action.as_deref();
    let taper_action = expect.taper_action.as_deref();
    let permit = |permit: &RawPermit| read_permit(permit).map_err(|reason| text.fault(&span, reason));
    let mut read = Expect {
        line: text.line(&span),
        phase: expect.phase,
        discharged: expect.discharged,
        entry_phase: expect.entry_phase,
        phase_action: phase_action
            .map(|code| parse_phase_action(code).ok_or_else(|| unknown("phase_action", code)))
            .transpose()?,
        phase_target: expect.phase_target,
        taper_action: taper_action
            .map(|code| parse_taper_action(code).ok_or_else(|| unknown("taper_action", code)))
            .transpose()?,
        taper_target: expect.taper_target,
        frequency: expect.frequency,
        met: expect.met.clone(),
        unmet: expect.unmet.clone(),
        unknown: expect.unknown.clone(),
        no_open_stop: expect.no_open_stop,
        focus: expect.focus.clone(),
        grade: expect.grade.as_ref().map(|grade| (grade.system.clone(), grade.grade.clone())),
        flags: expect.flags.clone(),
        home: expect.home.clone(),
        prevention: expect.prevention.clone(),
        risk: expect.risk.clone(),
        reviews: expect.reviews.clone(),
        non_response: expect.non_response,
        non_response_next: expect.non_response_next.clone(),
        missing: expect.missing.clone(),
        ..Expect::default()
    };
    for (rule_id, written) in &expect.referrals {
        let referral = read_referral(written).map_err(|reason| text.fault(&span, reason))?;
        read.referrals.insert(rule_id.clone(), referral);
    }
    for (modality, written) in &expect.modalities {
        read.modalities.insert(*modality, permit(written)?);
    }
    for (activity, written) in &expect.activities {
        read.activities.insert(*activity, permit(written)?);
    }
    Ok(read)
}

fn parse_phase_action(code: &str) -> Option<PhaseAction> {
    match code {
        "advance" => Some(PhaseAction::Advance),
        "hold" => Some(PhaseAction::Hold),
        "regress" => Some(PhaseAction::Regress),
        "stop" => Some(PhaseAction::Stop),
        "discharge" => Some(PhaseAction::Discharge),
        _ => None,
    }
}

fn parse_taper_action(code: &str) -> Option<TaperAction> {
    match code {
        "step_down" => Some(TaperAction::StepDown),
        "hold" => Some(TaperAction::Hold),
        "step_back" => Some(TaperAction::StepBack),
        "re_evaluate" => Some(TaperAction::ReEvaluate),
        "discharge" => Some(TaperAction::Discharge),
        _ => None,
    }
}

fn read_referral(raw: &RawReferral) -> Result<ExpectReferral, String> {
    match raw {
        RawReferral::Standing(standing) => Ok(ExpectReferral { standing: *standing, class: None }),
        RawReferral::Classed(classed) => {
            Ok(ExpectReferral { standing: classed.standing, class: Some(parse_class(&classed.class)?) })
        }
    }
}

fn parse_class(code: &str) -> Result<ReferralClass, String> {
    match code {
        "emergency" => Ok(ReferralClass::Emergency),
        "same_day" => Ok(ReferralClass::SameDay),
        "urgent" => Ok(ReferralClass::Urgent),
        "routine" => Ok(ReferralClass::Routine),
        _ => Err(format!("class `{code}` does not exist")),
    }
}

fn parse_permission(code: &str) -> Result<Permission, String> {
    match code {
        "allowed" => Ok(Permission::Allowed),
        "check_first" => Ok(Permission::CheckFirst),
        "not_yet" => Ok(Permission::NotYet),
        "not_repeated" => Ok(Permission::NotRepeated),
        "blocked" => Ok(Permission::Blocked),
        _ => Err(format!("permission `{code}` does not exist")),
    }
}

fn read_permit(raw: &RawPermit) -> Result<ExpectPermit, String> {
    match raw {
        RawPermit::Permission(code) => {
            let permission = parse_permission(code)?;
            Ok(ExpectPermit { permission, limits: Limits::default(), notices: Vec::new() })
        }
        RawPermit::Limited(limited) => read_limited(limited),
    }
}

fn read_limited(raw: &RawLimited) -> Result<ExpectPermit, String> {
    let speed =
        |number: Option<f64>| number.map(Thousandths::from_f64).transpose().map_err(|reason| format!("speed {reason}"));
    let limits = Limits {
        minutes_min: raw.minutes_min,
        minutes_max: raw.minutes_max,
        times_per_day_max: raw.times_per_day_max,
        times_per_week_max: raw.times_per_week_max,
        pain_max: raw.pain_max,
        speed_kmh_below: speed(raw.speed_kmh_below)?,
        speed_kmh_max: speed(raw.speed_kmh_max)?,
        effort_percent_max: raw.effort_percent_max,
        areas: raw.areas.clone(),
        conditions: raw.conditions.clone(),
    };
    Ok(ExpectPermit { permission: parse_permission(&raw.permission)?, limits, notices: raw.notices.clone() })
}
