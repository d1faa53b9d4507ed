//! From the written form of a case to the checked one.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;

use crate::protocol::{DocumentFault, Protocol, Text};
use crate::record::codes::PlanState;
use crate::record::injury::{EarlierTreatment, Injury};
use crate::record::patient::Patient;
use crate::record::plan::{FocusShare, FrequencyStep, Phase, Plan, Policy, ProtocolRef};
use crate::text::{Line, Note};
use crate::value::{self, ValueFault};

use super::document::{RawActivate, RawCase, RawInjury, RawPatient, RawPlan, RawRecurrence, RawStep};
use super::{Activate, Case, Step, read_expect};

/// Days since the onset that a case may speak of.
const DAYS_MAX: i64 = 20_000;

/// Results by measure code, with their place.
pub(super) type Results = BTreeMap<String, Spanned<toml::Value>>;

/// What reading a step needs to know.
pub(super) struct Reader<'a> {
    pub text: Text<'a>,
    pub onset: Date,
    pub sets: &'a BTreeMap<String, Results>,
    pub ladder: &'a [FrequencyStep],
}

/// Reads a case; `find` gives the protocol of an id and, if named, a version.
pub(super) fn read<'p>(
    document: &str,
    find: impl Fn(&str, Option<&str>) -> Option<&'p Protocol>,
) -> Result<Case, DocumentFault> {
    let text = Text(document);
    let raw: RawCase = toml::from_str(document).map_err(|error| text.toml_fault(&error))?;
    let protocol = find(raw.protocol.get_ref(), raw.version.as_deref()).ok_or_else(|| {
        text.fault(&raw.protocol.span(), format!("protocol `{}` is not at hand", raw.protocol.get_ref()))
    })?;
    let onset = parse_date(text, &raw.onset)?;
    let dates = Reader { text, onset, sets: &raw.sets, ladder: &[] };
    let plan = dates.read_plan(raw.plan.get_ref(), &protocol.reference, &raw.plan.span())?;
    let ladder = if plan.steps.is_empty() { protocol.ladder.steps.as_slice() } else { plan.steps.as_slice() };
    let reader = Reader { ladder, ..dates };
    let injury = reader.read_injury(&raw.injury, &raw.plan.span())?;
    let mut steps: Vec<Step> = Vec::with_capacity(raw.step.len());
    for step in &raw.step {
        let read = reader.read_step(step.get_ref(), &step.span(), &injury, &plan)?;
        if steps.last().is_some_and(|before| before.day > read.day) {
            return Err(text.fault(&step.span(), "steps stand in the order of their days"));
        }
        steps.push(read);
    }
    let patient = reader.read_patient(&raw.patient)?;
    Ok(Case { id: raw.id, title: raw.title, onset, patient, injury, plan, steps })
}

fn parse_date(text: Text<'_>, written: &Spanned<String>) -> Result<Date, DocumentFault> {
    let parsed: Option<Date> = written.get_ref().parse().ok();
    let checked =
        parsed.and_then(|date: Date| value::date(date.year().into(), date.month().into(), date.day().into()).ok());
    checked.ok_or_else(|| text.fault(&written.span(), "must be a date, for example \"2026-03-02\""))
}

impl Reader<'_> {
    /// The date of a day since the onset.
    pub(super) fn date(&self, day: i64, span: &Range<usize>) -> Result<Date, DocumentFault> {
        let fault = || self.text.fault(span, format!("day {day} is out of range"));
        if day.abs() > DAYS_MAX {
            return Err(fault());
        }
        let date = self.onset.checked_add(jiff::SignedDuration::from_hours(day * 24)).map_err(|_| fault())?;
        value::date(date.year().into(), date.month().into(), date.day().into()).map_err(|_| fault())
    }

    /// A value that was checked, or a fault with its place.
    pub(super) fn checked<T>(&self, parsed: Result<T, ValueFault>, span: &Range<usize>) -> Result<T, DocumentFault> {
        parsed.map_err(|reason| self.text.fault(span, reason.to_string()))
    }

    fn read_patient(&self, raw: &RawPatient) -> Result<Patient, DocumentFault> {
        let span = raw.family_name.span();
        let line =
            |text: &str| Line::parse(text).map_err(|reason| self.text.fault(&span, format!("the name {reason}")));
        let birth_date = raw.birth_date.as_ref().map(|date| parse_date(self.text, date)).transpose()?;
        Ok(Patient {
            given_name: raw.given_name.as_deref().map(line).transpose()?,
            family_name: line(raw.family_name.get_ref())?,
            birth_date,
            external_ids: Vec::new(),
            cautions: raw.cautions.clone(),
            cautions_reviewed_date: raw.cautions_reviewed_day.map(|day| self.date(day, &span)).transpose()?,
            deleted_at: None,
        })
    }

    fn read_injury(&self, raw: &RawInjury, span: &Range<usize>) -> Result<Injury, DocumentFault> {
        let mut earlier_treatments = Vec::new();
        for treatment in &raw.earlier_treatments {
            let date = |day: Option<i64>| day.map(|day| self.date(day, span)).transpose();
            earlier_treatments.push(EarlierTreatment {
                kind: Note::parse(&treatment.kind).map_err(|reason| self.text.fault(span, format!("kind {reason}")))?,
                discipline: treatment.discipline,
                from_date: date(treatment.from_day)?,
                to_date: date(treatment.to_day)?,
                visit_count: treatment.visit_count,
                result: treatment.result,
            });
        }
        Ok(Injury {
            side: raw.side,
            site: raw.site,
            onset_date: self.onset,
            mechanism: raw.mechanism,
            presentation: raw.presentation,
            recurs_from: None,
            earlier_treatments,
            return_date: None,
            note: Note::default(),
        })
    }

    fn read_plan(&self, raw: &RawPlan, protocol: &ProtocolRef, span: &Range<usize>) -> Result<Plan, DocumentFault> {
        let step = |step: &super::document::RawFrequencyStep| FrequencyStep {
            visits_per_week: step.visits_per_week,
            minutes: step.minutes,
        };
        Ok(Plan {
            protocol: protocol.clone(),
            policy: Policy {
                running: raw.policy.running,
                pain_limit: raw.policy.pain_limit,
                pain_limit_strength: raw.policy.pain_limit_strength,
                pain_limit_running: raw.policy.pain_limit_running,
                equipment: raw.policy.equipment.clone(),
            },
            steps: raw.steps.iter().map(step).collect(),
            focus: raw.focus.iter().map(|share| FocusShare { area: share.area, percent: share.percent }).collect(),
            start_date: self.date(raw.start_day, span)?,
            state: PlanState::Draft,
        })
    }

    fn read_step(
        &self,
        raw: &RawStep,
        span: &Range<usize>,
        injury: &Injury,
        plan: &Plan,
    ) -> Result<Step, DocumentFault> {
        let date = self.date(raw.day, span)?;
        let assessment = raw.assess.as_ref().map(|results| self.read_assessment(results, date, span)).transpose()?;
        let sessions = raw.session.iter().chain(&raw.sessions);
        let activities = raw.activity.iter().chain(&raw.activities);
        let decisions = raw.decide.iter().chain(&raw.decisions).enumerate();
        Ok(Step {
            line: self.text.line(span),
            day: raw.day,
            date,
            recurrence: raw.recurrence.as_ref().map(|recurrence| recurred(recurrence, injury, plan, date)),
            return_to_sport: raw.return_to_sport,
            activate: raw.activate.as_ref().map(|activate| self.read_activate(activate, span)).transpose()?,
            assessments: assessment.into_iter().collect(),
            sessions: sessions.map(|session| self.read_session(session, raw.day)).collect::<Result<_, _>>()?,
            activities: activities.map(|activity| self.read_activity(activity, raw.day)).collect::<Result<_, _>>()?,
            decisions: decisions
                .map(|(place, decision)| self.read_decision(decision, date, place))
                .collect::<Result<_, _>>()?,
            expect: raw.expect.as_ref().map(|expect| read_expect::read(self.text, expect)).transpose()?,
        })
    }

    fn read_activate(&self, raw: &RawActivate, span: &Range<usize>) -> Result<Activate, DocumentFault> {
        let step = match raw.visits_per_week {
            None => 0,
            Some(visits_per_week) => self.rung(visits_per_week, span)?,
        };
        Ok(Activate { phase: self.phase(raw.phase, span)?, step, override_reason: raw.reason })
    }

    /// A phase by its number.
    pub(super) fn phase(&self, number: i64, span: &Range<usize>) -> Result<Phase, DocumentFault> {
        self.checked(Phase::try_from(number), span)
    }

    /// The place of a rung in the ladder.
    pub(super) fn rung(&self, visits_per_week: u8, span: &Range<usize>) -> Result<u8, DocumentFault> {
        let place = self.ladder.iter().position(|step| step.visits_per_week.get() == visits_per_week);
        place
            .and_then(|place| u8::try_from(place).ok())
            .ok_or_else(|| self.text.fault(span, format!("the ladder has no rung of {visits_per_week} visits a week")))
    }
}

/// The new injury and its plan: as the first ones, where the case says nothing else.
fn recurred(raw: &RawRecurrence, first: &Injury, plan: &Plan, date: Date) -> (Injury, Plan) {
    let injury = Injury {
        side: raw.side.unwrap_or(first.side),
        site: raw.site.unwrap_or(first.site),
        onset_date: date,
        mechanism: raw.mechanism.unwrap_or(first.mechanism),
        presentation: raw.presentation.unwrap_or(first.presentation),
        recurs_from: None,
        earlier_treatments: Vec::new(),
        return_date: None,
        note: Note::default(),
    };
    (injury, Plan { start_date: date, ..plan.clone() })
}
