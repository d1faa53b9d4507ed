//! What a case expects of a recommendation, and how the recommendation differs from it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::recommendation::{
    Item, Limits, Permission, PhaseAction, Recommendation, ReferralClass, ReferralMode, ReferralStanding, RuleId,
    TaperAction, Verdict,
};
use crate::record::codes::{ActivityKind, Area, Modality};

use super::differ::Differ;

/// What is expected; whatever is absent or empty is not checked, and lists need only be contained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// Line of the case, counted from 1.
    pub line: usize,
    /// Phase in force, 1 to 4.
    pub phase: Option<i64>,
    /// The plan was discharged.
    pub discharged: Option<bool>,
    /// Entry phase of a draft, 1 to 4.
    pub entry_phase: Option<i64>,
    /// What to do about the phase.
    pub phase_action: Option<PhaseAction>,
    /// The phase to go to, 1 to 4.
    pub phase_target: Option<i64>,
    /// What to do about the visits.
    pub taper_action: Option<TaperAction>,
    /// Visits a week of the rung to go to.
    pub taper_target: Option<u8>,
    /// Least and most visits a week.
    pub frequency: Option<(u8, u8)>,
    /// Rules that must be MET.
    pub met: Vec<String>,
    /// Rules that must be UNMET.
    pub unmet: Vec<String>,
    /// Rules that must be UNKNOWN.
    pub unknown: Vec<String>,
    /// Where referrals must stand, by rule id.
    pub referrals: BTreeMap<String, ExpectReferral>,
    /// No referral that stops the treatment may be open.
    pub no_open_stop: bool,
    /// Modalities.
    pub modalities: BTreeMap<Modality, ExpectPermit>,
    /// Activities.
    pub activities: BTreeMap<ActivityKind, ExpectPermit>,
    /// Minutes by area.
    pub focus: BTreeMap<Area, u16>,
    /// System and grade.
    pub grade: Option<(String, String)>,
    /// Codes of flags.
    pub flags: Vec<String>,
    /// Codes of the home programme.
    pub home: Vec<String>,
    /// Codes of prevention.
    pub prevention: Vec<String>,
    /// Codes of risk factors.
    pub risk: Vec<String>,
    /// Codes of reviews.
    pub reviews: Vec<String>,
    /// Whether non-response is said.
    pub non_response: Option<bool>,
    /// Codes of what to try instead.
    pub non_response_next: Vec<String>,
    /// Measures or facts that are missing.
    pub missing: Vec<String>,
}

/// Where a referral must stand; `absent` when it must not be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedStanding {
    /// Open.
    Open,
    /// Cannot be excluded.
    CannotExclude,
    /// Cleared.
    Cleared,
    /// Not listed.
    Absent,
}

/// What is expected of a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectReferral {
    /// Where it stands.
    pub standing: ExpectedStanding,
    /// How soon, where that is expected too.
    pub class: Option<ReferralClass>,
}

/// What is expected of a modality or an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectPermit {
    /// Whether.
    pub permission: Permission,
    /// Limits that must be just so, where given; areas and conditions that must be among those of the answer.
    pub limits: Limits,
    /// Notices that must be among those of the answer.
    pub notices: Vec<String>,
}

/// One difference, with the rules that explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Line of the case, counted from 1.
    pub line: usize,
    /// Day since the onset; none when it is not from a step.
    pub day: Option<i64>,
    /// What differs, for example `phase_action`.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The rules behind it, in words.
    pub because: Vec<String>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.day.map_or_else(String::new, |day| format!("day {day}, "));
        write!(f, "{day}{}: expected {}, found {}", self.what, self.expected, self.found)?;
        for reason in &self.because {
            write!(f, "\n    {reason}")?;
        }
        Ok(())
    }
}

/// Every way in which a recommendation differs from what is expected.
pub fn check_expectation(expect: &Expect, found: &Recommendation) -> Vec<Mismatch> {
    let mut differ = Differ::new(expect.line, found);
    check_actions(&mut differ, expect, found);
    for (ids, verdict) in
        [(&expect.met, Verdict::Met), (&expect.unmet, Verdict::Unmet), (&expect.unknown, Verdict::Unknown)]
    {
        for id in ids {
            differ.rule(id, verdict);
        }
    }
    check_referrals(&mut differ, expect, found);
    for (modality, permit) in &expect.modalities {
        let advice = found.modalities.iter().find(|advice| advice.modality == *modality);
        let what = format!("modality {modality}");
        differ.permit(
            &what,
            permit,
            advice.map(|advice| {
                (advice.permission, &advice.limits, advice.notices.as_slice(), advice.rule_ids.as_slice())
            }),
        );
    }
    for (activity, permit) in &expect.activities {
        let advice = found.activities.iter().find(|advice| advice.activity == *activity);
        let what = format!("activity {activity}");
        differ.permit(
            &what,
            permit,
            advice.map(|advice| {
                (advice.permission, &advice.limits, advice.limits.conditions.as_slice(), advice.rule_ids.as_slice())
            }),
        );
    }
    check_programme(&mut differ, expect, found);
    differ.mismatches
}

fn check_actions(differ: &mut Differ<'_>, expect: &Expect, found: &Recommendation) {
    let number = |phase: Option<crate::record::plan::Phase>| phase.map(crate::record::plan::Phase::number);
    differ.value("phase", expect.phase.map(Some), number(found.phase), &[]);
    differ.value("discharged", expect.discharged, found.discharged, &[]);
    differ.value("entry_phase", expect.entry_phase.map(Some), number(found.entry_phase), &found.phase_rule_ids);
    differ.value("phase_action", expect.phase_action, found.phase_action, &found.phase_rule_ids);
    differ.value("phase_target", expect.phase_target.map(Some), number(found.phase_target), &found.phase_rule_ids);
    differ.value("taper_action", expect.taper_action, found.taper_action, &found.taper_rule_ids);
    let target = found.taper_target.map(|step| step.visits_per_week.get());
    differ.value("taper_target", expect.taper_target.map(Some), target, &found.taper_rule_ids);
    let frequency = found.frequency.as_ref();
    let range = frequency.map(|advice| (advice.visits_per_week_min, advice.visits_per_week_max));
    let rule_ids = frequency.map_or(&[][..], |advice| advice.rule_ids.as_slice());
    differ.value("frequency", expect.frequency.map(Some), range, rule_ids);
    let grade = found.grade.as_ref().map(|grade| (grade.system.clone(), grade.grade.clone()));
    differ.value("grade", expect.grade.clone().map(Some), grade, &[]);
    differ.value("non_response", expect.non_response, found.non_response.is_some(), &found.taper_rule_ids);
}

fn check_referrals(differ: &mut Differ<'_>, expect: &Expect, found: &Recommendation) {
    for (rule_id, expected) in &expect.referrals {
        let listed = found.referrals.iter().find(|referral| referral.rule_id == *rule_id);
        let stands = listed.map_or(ExpectedStanding::Absent, |referral| match referral.standing {
            ReferralStanding::Open => ExpectedStanding::Open,
            ReferralStanding::CannotExclude => ExpectedStanding::CannotExclude,
            ReferralStanding::Cleared => ExpectedStanding::Cleared,
        });
        let rule_ids = &[rule_id.as_str().into()];
        differ.value(&format!("referral {rule_id}"), Some(expected.standing), stands, rule_ids);
        let class = listed.map(|referral| referral.class);
        differ.value(&format!("referral {rule_id}, class"), expected.class.map(Some), class, rule_ids);
    }
    if expect.no_open_stop {
        let is_open_stop = |referral: &&crate::recommendation::ReferralAdvice| {
            referral.mode == ReferralMode::Stop && referral.standing == ReferralStanding::Open
        };
        let open: Vec<RuleId> =
            found.referrals.iter().filter(is_open_stop).map(|referral| referral.rule_id.clone()).collect();
        differ.value("open STOP referrals", Some(Vec::new()), open.clone(), &open);
    }
}

fn check_programme(differ: &mut Differ<'_>, expect: &Expect, found: &Recommendation) {
    for (area, minutes) in &expect.focus {
        let advised = found.focus.iter().find(|focus| focus.area == *area).map(|focus| focus.minutes);
        differ.value(&format!("focus {area}"), Some(Some(*minutes)), advised, &[]);
    }
    let lists: [(&str, &[String], &[Item]); 5] = [
        ("flags", &expect.flags, &found.flags),
        ("home", &expect.home, &found.home_programme),
        ("prevention", &expect.prevention, &found.prevention),
        ("risk", &expect.risk, &found.risk_factors),
        ("reviews", &expect.reviews, &found.reviews),
    ];
    for (what, expected, items) in lists {
        let codes: Vec<String> = items.iter().map(|item| item.code.clone()).collect();
        differ.contains(what, expected, &codes, &[]);
    }
    let next = found.non_response.as_ref().map_or(&[][..], |non_response| non_response.next.as_slice());
    differ.contains("non_response_next", &expect.non_response_next, next, &[]);
    let missing: Vec<String> = found.missing.iter().map(|missing| missing.what.clone()).collect();
    differ.contains("missing", &expect.missing, &missing, &[]);
}
