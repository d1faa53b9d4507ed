//! From the written form of an effect to the checked one.

use std::ops::Range;

use toml::Spanned;

use crate::recommendation::{Limits, ReferralClass, ReferralMode};
use crate::record::codes::{ActivityKind, Modality};
use crate::record::plan::Phase;
use crate::value::{Minutes, Nprs, Percent, VisitsPerWeek};

use super::criterion::Setting;
use super::document::RawEffect;
use super::fact::DEGREES;
use super::fault::{DocumentFault, Text};
use super::rule::{Anchor, Effect, GradeEffect, ItemList, Permit, Refer, RegressTo, Target, Verb};

/// Reads one effect.
pub(super) struct EffectReader<'a> {
    pub text: Text<'a>,
    pub raw: &'a RawEffect,
    pub span: Range<usize>,
}

impl EffectReader<'_> {
    /// Reads the effect by its kind.
    pub fn read(&self) -> Result<Effect, DocumentFault> {
        let kind = &self.raw.kind;
        Ok(match kind.get_ref().as_str() {
            "gate" => Effect::Gate(self.phase()?),
            "progress" => Effect::Progress,
            "hold" => Effect::Hold,
            "regress" => Effect::Regress(self.regress_to()?),
            "refer" => Effect::Refer(self.refer()?),
            "grade" => Effect::Grade(self.grade()?),
            "taper_start" => self.taper_start()?,
            "step_down" => self.step_down()?,
            "taper_discharge" => Effect::TaperDischarge,
            "step_back" => Effect::StepBack,
            "re_evaluate" => Effect::ReEvaluate(codes(self.raw.next.as_deref())),
            "non_response" => Effect::NonResponse(codes(self.raw.next.as_deref())),
            "modality" => Effect::Permit(self.permit(self.modality()?)?),
            "activity" => Effect::Permit(self.permit(self.activity()?)?),
            "home" => self.item(ItemList::Home)?,
            "prevention" => self.item(ItemList::Prevention)?,
            "risk" => self.item(ItemList::Risk)?,
            "flag" => self.item(ItemList::Flag)?,
            "review" => self.review()?,
            unknown => return Err(self.text.fault(&kind.span(), format!("effect kind `{unknown}` does not exist"))),
        })
    }

    fn fault(&self, reason: impl Into<String>) -> DocumentFault {
        self.text.fault(&self.span, reason)
    }

    fn required<'v, T>(&self, name: &str, value: &'v Option<T>) -> Result<&'v T, DocumentFault> {
        value.as_ref().ok_or_else(|| self.fault(format!("this effect needs `{name}`")))
    }

    fn phase(&self) -> Result<Phase, DocumentFault> {
        let number = *self.required("phase", &self.raw.phase)?;
        Phase::try_from(number).map_err(|_| self.fault(format!("phase {number} does not exist: 1 to 4")))
    }

    fn regress_to(&self) -> Result<RegressTo, DocumentFault> {
        let to = self.required("to", &self.raw.to)?;
        match to.get_ref().as_str() {
            Some("previous") => Ok(RegressTo::Previous),
            Some("first") => Ok(RegressTo::First),
            _ => Err(self.text.fault(&to.span(), "a regress goes to \"previous\" or \"first\"")),
        }
    }

    fn refer(&self) -> Result<Refer, DocumentFault> {
        let class = self.required("class", &self.raw.class)?;
        let mode = self.required("mode", &self.raw.mode)?;
        Ok(Refer {
            condition: self.required("condition", &self.raw.condition)?.get_ref().clone(),
            class: match class.get_ref().as_str() {
                "emergency" => ReferralClass::Emergency,
                "same_day" => ReferralClass::SameDay,
                "urgent" => ReferralClass::Urgent,
                "routine" => ReferralClass::Routine,
                _ => return Err(self.text.fault(&class.span(), "class is emergency, same_day, urgent or routine")),
            },
            mode: match mode.get_ref().as_str() {
                "stop" => ReferralMode::Stop,
                "in_parallel" => ReferralMode::InParallel,
                _ => return Err(self.text.fault(&mode.span(), "mode is stop or in_parallel")),
            },
            latched: *self.required("latched", &self.raw.latched)?,
        })
    }

    fn grade(&self) -> Result<GradeEffect, DocumentFault> {
        let degree = self.required("degree", &self.raw.degree)?;
        if !DEGREES.contains(&degree.get_ref().as_str()) {
            return Err(self.text.fault(&degree.span(), "degree is first, second or third"));
        }
        Ok(GradeEffect {
            system: self.required("system", &self.raw.system)?.clone(),
            grade: self.required("grade", &self.raw.grade)?.clone(),
            degree: degree.get_ref().clone(),
            order: self.small("order", *self.required("order", &self.raw.order)?)?,
        })
    }

    fn small(&self, name: &str, number: i64) -> Result<u16, DocumentFault> {
        u16::try_from(number).map_err(|_| self.fault(format!("{name} is {number}; allowed is 0 to 65535")))
    }

    fn visits(&self, name: &str, number: i64) -> Result<u8, DocumentFault> {
        VisitsPerWeek::new(number).map(VisitsPerWeek::get).map_err(|fault| self.fault(format!("{name} {fault}")))
    }

    fn taper_start(&self) -> Result<Effect, DocumentFault> {
        let least = *self.required("visits_per_week_min", &self.raw.visits_per_week_min)?;
        let most = *self.required("visits_per_week_max", &self.raw.visits_per_week_max)?;
        if least > most {
            return Err(self.fault("visits_per_week_min is above visits_per_week_max"));
        }
        Ok(Effect::TaperStart {
            visits_per_week_min: self.visits("visits_per_week_min", least)?,
            visits_per_week_max: self.visits("visits_per_week_max", most)?,
        })
    }

    fn step_down(&self) -> Result<Effect, DocumentFault> {
        let from = *self.required("from", &self.raw.from)?;
        let to = self.required("to", &self.raw.to)?;
        let to = to.get_ref().as_integer().ok_or_else(|| self.text.fault(&to.span(), "`to` is visits a week"))?;
        if to >= from {
            return Err(self.fault("a step down goes to fewer visits a week"));
        }
        Ok(Effect::StepDown { from: self.visits("from", from)?, to: self.visits("to", to)? })
    }

    fn item(&self, list: ItemList) -> Result<Effect, DocumentFault> {
        let code = self.required("item", &self.raw.item)?.get_ref().clone();
        Ok(Effect::Item { list, code })
    }

    fn review(&self) -> Result<Effect, DocumentFault> {
        let code = self.required("item", &self.raw.item)?.get_ref().clone();
        let Some(due) = &self.raw.due_days_after else {
            return Ok(Effect::Review { code, due: None });
        };
        let anchor = match due.get_ref().anchor.as_str() {
            "onset" => Anchor::Onset,
            "first_visit" => Anchor::FirstVisit,
            "plan_start" => Anchor::PlanStart,
            "phase_start" => Anchor::PhaseStart,
            "discharge" => Anchor::Discharge,
            "return" => Anchor::Return,
            "last_review" => Anchor::LastReview,
            unknown => return Err(self.text.fault(&due.span(), format!("anchor `{unknown}` does not exist"))),
        };
        Ok(Effect::Review { code, due: Some((anchor, self.small("days", due.get_ref().days)?)) })
    }

    fn modality(&self) -> Result<Target, DocumentFault> {
        let code = self.required("modality", &self.raw.modality)?;
        if code.get_ref() == "*" {
            return Ok(Target::Modality(None));
        }
        let known = Modality::parse(code.get_ref());
        let modality = known
            .ok_or_else(|| self.text.fault(&code.span(), format!("modality `{}` does not exist", code.get_ref())))?;
        Ok(Target::Modality(Some(modality)))
    }

    fn activity(&self) -> Result<Target, DocumentFault> {
        let code = self.required("activity", &self.raw.activity)?;
        if code.get_ref() == "*" {
            return Ok(Target::Activity(None));
        }
        let known = ActivityKind::parse(code.get_ref());
        let activity = known
            .ok_or_else(|| self.text.fault(&code.span(), format!("activity `{}` does not exist", code.get_ref())))?;
        Ok(Target::Activity(Some(activity)))
    }

    fn permit(&self, target: Target) -> Result<Permit, DocumentFault> {
        let verdict = self.required("verdict", &self.raw.verdict)?;
        let verb = match (target, verdict.get_ref().as_str()) {
            (Target::Modality(_), "use") | (_, "allow") => Verb::Allow,
            (_, "limit") => Verb::Limit,
            (_, "block") => Verb::Block,
            (Target::Modality(_), "drop") => Verb::Drop,
            (_, "notice") => Verb::Notice,
            (_, unknown) => {
                return Err(self.text.fault(&verdict.span(), format!("verdict `{unknown}` does not exist here")));
            }
        };
        let pain_max_setting = match &self.raw.pain_max_setting {
            None => None,
            Some(code) => Some(Setting::parse(code.get_ref()).ok_or_else(|| {
                self.text.fault(&code.span(), format!("setting `{}` does not exist", code.get_ref()))
            })?),
        };
        let notices = codes(self.raw.notices.as_deref());
        let below_pain_onset = self.raw.below_pain_onset;
        Ok(Permit { target, verb, limits: self.limits()?, pain_max_setting, below_pain_onset, notices })
    }

    fn limits(&self) -> Result<Limits, DocumentFault> {
        let raw = self.raw;
        let minutes = |name: &str, value: Option<i64>| {
            value
                .map(Minutes::new)
                .transpose()
                .map(|m| m.map(Minutes::get))
                .map_err(|fault| self.fault(format!("{name} {fault}")))
        };
        let times = |name: &str, value: Option<i64>| value.map(|number| self.small(name, number)).transpose();
        let pain_max =
            raw.pain_max.map(Nprs::new).transpose().map_err(|fault| self.fault(format!("pain_max {fault}")))?;
        let effort = raw.effort_percent_max.map(Percent::new).transpose();
        let effort = effort.map_err(|fault| self.fault(format!("effort_percent_max {fault}")))?;
        Ok(Limits {
            minutes_min: minutes("minutes_min", raw.minutes_min)?,
            minutes_max: minutes("minutes_max", raw.minutes_max)?,
            times_per_day_max: times("times_per_day_max", raw.times_per_day_max)?,
            times_per_week_max: times("times_per_week_max", raw.times_per_week_max)?,
            pain_max: pain_max.map(Nprs::get),
            speed_kmh_below: None,
            speed_kmh_max: None,
            effort_percent_max: effort.map(Percent::get),
            areas: codes(raw.areas.as_deref()),
            conditions: codes(raw.conditions.as_deref()),
        })
    }
}

fn codes(written: Option<&[Spanned<String>]>) -> Vec<String> {
    written.unwrap_or_default().iter().map(|code| code.get_ref().clone()).collect()
}
