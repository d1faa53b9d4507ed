//! What a protocol says about a record on a day: a pure function that always answers, and always the same.

pub(crate) mod criterion;
pub(crate) mod days;
pub(crate) mod evaluator;
mod exercise;
pub(crate) mod facts;
mod gate_lost;
mod grade;
pub(crate) mod kleene;
pub(crate) mod past;
mod permission;
mod phase;
mod possible;
mod programme;
pub(crate) mod reading;
pub(crate) mod referrals;
mod rules;
pub(crate) mod seen;
pub(crate) mod series;
pub(crate) mod setbacks;
pub(crate) mod taper;
pub(crate) mod timeline;
pub(crate) mod walking;

use jiff::civil::Date;

use crate::difference::Noticed;
use crate::protocol::Protocol;
use crate::protocol::rule::ItemList;
use crate::recommendation::{Outline, Recommendation};
use crate::record::Record;

use self::evaluator::Evaluator;
use self::referrals::Standing;
use self::rules::Detail;

/// What [`recommend`] advises about phase and visits, and nothing else: for going over many dates of many records.
pub fn outline(protocol: &Protocol, record: &Record, as_of: Date) -> Outline {
    let evaluator = Evaluator::new(protocol, record, as_of);
    let standings = evaluator.standings.get_or_init(|| evaluator.find_referrals());
    let evaluation = evaluator.evaluate(Detail::Outcome, rules::is_about_phase_or_visits);
    let phase = phase::advise(&evaluator, &evaluation, standings);
    let taper = taper::advise(&evaluator, &evaluation, standings, &phase);
    Outline {
        phase_action: phase.action,
        phase_target: phase.target,
        taper_action: taper.action,
        taper_target: taper.target,
        stopped: standings.iter().any(Standing::is_open_stop),
    }
}

/// What of [`recommend`] a patient would notice, and nothing else.
pub fn noticed(protocol: &Protocol, record: &Record, as_of: Date) -> Noticed {
    noticed_by(&Evaluator::new(protocol, record, as_of))
}

fn noticed_by(evaluator: &Evaluator<'_>) -> Noticed {
    let standings = evaluator.standings.get_or_init(|| evaluator.find_referrals());
    let evaluation = evaluator.evaluate(Detail::Outcome, rules::is_noticed);
    let phase = phase::advise(evaluator, &evaluation, standings);
    let taper = taper::advise(evaluator, &evaluation, standings, &phase);
    Noticed {
        phase_action: phase.action,
        phase_target: phase.target,
        taper_action: taper.action,
        taper_target: taper.target,
        referrals: standings.iter().filter_map(Standing::waiting).collect(),
        modalities: permission::of_modalities(evaluator, &evaluation, standings),
        activities: permission::of_activities(evaluator, &evaluation, standings),
    }
}

/// The whole advice for one plan on one day. Facts dated later, or entered in error, are not seen; the order in which
/// facts stand in the record does not matter.
pub fn recommend(protocol: &Protocol, record: &Record, as_of: Date) -> Recommendation {
    let evaluator = Evaluator::new(protocol, record, as_of);
    let standings = evaluator.standings.get_or_init(|| evaluator.find_referrals());
    let evaluation = evaluator.evaluate(Detail::Criteria, |_| true);
    let stopped = standings.iter().any(Standing::is_open_stop);
    let phase = phase::advise(&evaluator, &evaluation, standings);
    let mut taper = taper::advise(&evaluator, &evaluation, standings, &phase);
    let frequency = if stopped { None } else { taper::frequency(&evaluator, &evaluation, &taper) };
    taper.name_fewer_visits(&evaluator, frequency.as_ref());
    let modalities = permission::modalities(&evaluator, &evaluation, standings);
    let focus = if stopped { Vec::new() } else { programme::focus(&evaluator, &modalities) };
    let home_programme = if stopped { Vec::new() } else { programme::items(&evaluation, ItemList::Home) };
    Recommendation {
        protocol: protocol.reference.clone(),
        protocol_sha256: protocol.sha256.clone(),
        as_of,
        plan_state: evaluator.plan_state(as_of),
        phase: evaluator.today().phase,
        discharged: evaluator.today().discharged.is_some(),
        entry_phase: if stopped { None } else { evaluation.entry_phase },
        step: evaluator.step(),
        phase_action: phase.action,
        phase_target: phase.target,
        phase_rule_ids: phase.rule_ids,
        taper_action: taper.action,
        taper_target: taper.target,
        taper_rule_ids: taper.rule_ids,
        frequency,
        grade: evaluator.grade_advice(),
        referrals: standings.iter().map(|standing| standing.advice(&evaluator)).collect(),
        modalities,
        focus,
        activities: permission::activities(&evaluator, &evaluation, standings),
        home_programme,
        prevention: programme::items(&evaluation, ItemList::Prevention),
        risk_factors: programme::items(&evaluation, ItemList::Risk),
        reviews: programme::reviews(&evaluator, &evaluation),
        non_response: taper::non_response(&evaluator, &evaluation),
        flags: programme::items(&evaluation, ItemList::Flag),
        missing: programme::missing(&evaluator, &evaluation),
        rules: evaluation.rules.into_iter().map(|evaluated| evaluated.result).collect(),
    }
}
