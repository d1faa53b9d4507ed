//! The facts that criteria read besides measures; each is UNKNOWN where the record does not say.

use jiff::civil::Date;

use crate::ids::SessionId;
use crate::measure::MeasureCode;
use crate::protocol::fact::{DEGREES, Fact, MECHANISMS, MODALITY_RESULTS, PRESENTATIONS, RECURRENCES, SITES};
use crate::protocol::rule::Effect;
use crate::recommendation::{ReferralStanding, WhyUnknown};
use crate::record::codes::{Modality, RunningPolicy, TreatmentResult};
use crate::record::plan::Phase;
use crate::record::session::Session;
use crate::record::{self, Source};

use super::days;
use super::evaluator::{Evaluator, View};
use super::kleene::{Outcome, Tally};
use super::reading::Observation;
use super::series::{Window, pain_level};

/// A setback that never was lies this far back.
const NEVER_DAYS: i64 = 100_000;
const HOURS_A_DAY: i64 = 24;
/// A recurrence is early up to 2 months after the return, late up to 12 (Fuller 2006).
const EARLY_MONTHS_MAX: i64 = 2;
const LATE_MONTHS_MAX: i64 = 12;
/// Days for which the pain after a session counts.
const SESSION_PAIN_DAYS: i64 = 7;

impl Evaluator<'_> {
    /// A fact on the day of the view; of dated values only those from `counts_from` on, where the fact has such.
    pub(crate) fn observe_fact(&self, fact: Fact, view: &View, counts_from: Date) -> Observation {
        match fact {
            Fact::DaysSinceOnset | Fact::InjuryMonths | Fact::HoursSinceOnsetOrFlare | Fact::DaysSinceRegress => {
                self.time_fact(fact, view)
            }
            Fact::PainfreeWalkDay => self.painfree_walk_day(view),
            Fact::NotPainfreeWalking => of_outcome(self.not_painfree_walking(view, counts_from)),
            Fact::PatientAgeYears | Fact::Caution(_) => self.patient_fact(fact, view),
            Fact::Equipment(equipment) => finding(self.has_equipment(equipment), Source::Plan),
            Fact::Unrecorded(measure) => of_known(self.unrecorded(measure, view)),
            Fact::UnrecordedSessionPain => of_known(self.unrecorded_session_pain(view)),
            Fact::EntryDays(measure) => count(self.entry_days(measure, view), None),
            Fact::PhaseGateMet => of_outcome(self.phase_gate_met(view)),
            Fact::Referral(place) => self.referral_fact(place),
            Fact::Degree | Fact::ActivityDegree => self.degree_fact(fact, view),
            Fact::Recurrence
            | Fact::EarlierInjuries
            | Fact::Site
            | Fact::Mechanism
            | Fact::Presentation
            | Fact::EarlierTreatmentDays => self.injury_fact(fact, view),
            Fact::VisitsAttended
            | Fact::TreatmentDays
            | Fact::DaysSinceFirstVisit
            | Fact::AdverseEvents
            | Fact::SessionPain
            | Fact::Used(_)
            | Fact::ModalityResult => self.visit_fact(fact, view, counts_from),
            Fact::Phase | Fact::DaysOnStep | Fact::VisitsPerWeek | Fact::StretchingResumed | Fact::RunningAllowed => {
                self.plan_fact(fact, view)
            }
            Fact::GateLost => of_outcome(self.gate_lost(view, counts_from)),
            Fact::DischargeVisits => self.discharge_visits(view),
            Fact::FullSessionsSymptomFree => self.full_sessions_symptom_free(view),
            Fact::CrosstrainingCleanDays => self.crosstraining_clean_days(view),
            Fact::LoadingPain => self.loading_pain(view, counts_from),
            Fact::RunningStepPercent => self.running_step_percent(view),
            Fact::PainInActivity => self.pain_in_activity(view, counts_from),
        }
    }

    fn time_fact(&self, fact: Fact, view: &View) -> Observation {
        let since_onset = days::between(self.onset(), view.day);
        match fact {
            Fact::InjuryMonths => count(days::months_between(self.onset(), view.day), Some(Source::Injury)),
            Fact::HoursSinceOnsetOrFlare => {
                let setbacks = self.setbacks(view.day);
                let begin = setbacks.last.map_or(self.onset(), |last| last.max(self.onset()));
                let latest = setbacks.last_possible.map_or(begin, |possible| possible.max(begin));
                let hours = |from: Date| thousandths(days::between(from, view.day).saturating_mul(HOURS_A_DAY));
                Observation::between(hours(latest), hours(begin), WhyUnknown::NotMeasured)
            }
            Fact::DaysSinceRegress => self.days_since_regress(view),
            _ => count(since_onset, Some(Source::Injury)),
        }
    }

    fn days_since_regress(&self, view: &View) -> Observation {
        let setbacks = self.setbacks(view.day);
        match setbacks.today {
            Some(Outcome::Unknown { asked: true }) => return Observation::unknown(WhyUnknown::NotMeasured),
            Some(Outcome::Unknown { asked: false }) => return Observation::unknown(WhyUnknown::Missing),
            Some(Outcome::Met | Outcome::Unmet) | None => {}
        }
        let since = |date: Date| days::between(date, view.day);
        let high = setbacks.last.map_or(NEVER_DAYS, since);
        let low = setbacks.last_possible.map_or(high, |possible| since(possible).min(high));
        let between = Observation::between(thousandths(low), thousandths(high), WhyUnknown::NotMeasured);
        if setbacks.last.is_some() || low != high {
            return between;
        }
        // There never was one: it lies further back than the plan's first day.
        Observation { shown: Some(thousandths(since(self.plan_start()).max(0))), at_least: true, ..between }
    }

    fn patient_fact(&self, fact: Fact, view: &View) -> Observation {
        let patient = &self.record.patient;
        let Fact::Caution(caution) = fact else {
            return match patient.birth_date {
                Some(birth) => count(days::months_between(birth, view.day) / 12, Some(Source::Patient)),
                None => Observation::unknown(WhyUnknown::Missing),
            };
        };
        let reviewed = patient.cautions_reviewed_date.is_some_and(|date| date <= view.day);
        match (patient.cautions.contains(&caution), reviewed) {
            (true, _) => finding(true, Source::Patient),
            (false, true) => finding(false, Source::Patient),
            (false, false) => Observation::unknown(WhyUnknown::Missing),
        }
    }

    fn unrecorded(&self, measure: MeasureCode, view: &View) -> bool {
        let fresh = i64::from(measure.measure().fresh_days);
        let oldest = days::after(view.day, fresh.saturating_neg());
        let window = Window { from: oldest, to: view.day, site: None };
        self.book.at(self.protocol.place_of_measure(measure)).within(&window).is_empty()
    }

    fn unrecorded_session_pain(&self, view: &View) -> bool {
        let oldest = days::after(view.day, -SESSION_PAIN_DAYS);
        let noted = self.facts.visits_until(view.day).iter().filter(|visit| visit.content.pain_after.is_some());
        !noted.into_iter().any(|visit| visit.content.date >= oldest)
    }

    fn entry_days(&self, measure: MeasureCode, view: &View) -> i64 {
        let window = Window { from: Date::MIN, to: view.day, site: None };
        let seen = self.book.at(self.protocol.place_of_measure(measure)).within(&window);
        i64::try_from(seen.chunk_by(|one, next| one.date == next.date).count()).unwrap_or(i64::MAX)
    }

    /// Every gate of the phase in force and every progress rule; without a phase there is no gate.
    fn phase_gate_met(&self, view: &View) -> Outcome {
        let Some(phase) = self.timeline.on(view.day).phase else { return Outcome::Unmet };
        let gates = self.gates_outcome(phase, view).unwrap_or(Outcome::Unmet);
        let progress = self.outcome_of_all(view, |effect| *effect == Effect::Progress).unwrap_or(Outcome::Met);
        [gates, progress].into_iter().collect::<Tally>().all()
    }

    /// Open is true, what cannot be excluded is UNKNOWN.
    fn referral_fact(&self, place: usize) -> Observation {
        let standings = self.standings.get().map(Vec::as_slice).unwrap_or_default();
        let of_condition =
            standings.iter().filter(|standing| self.protocol.conditions.get(place) == Some(&standing.refer.condition));
        let outcomes = of_condition.map(|standing| match standing.standing {
            ReferralStanding::Open => Outcome::Met,
            ReferralStanding::CannotExclude => Outcome::Unknown { asked: false },
            ReferralStanding::Cleared => Outcome::Unmet,
        });
        of_outcome(outcomes.collect::<Tally>().any())
    }

    fn degree_fact(&self, fact: Fact, view: &View) -> Observation {
        let degree = self.grade(view.day).map(|(_, grade)| grade.degree.as_str());
        match (degree, fact) {
            (Some(degree), _) => code(DEGREES, degree, None),
            (None, Fact::ActivityDegree) => code(DEGREES, "second", None),
            (None, _) => Observation::unknown(WhyUnknown::Missing),
        }
    }

    fn injury_fact(&self, fact: Fact, view: &View) -> Observation {
        let injury = &self.record.injury.content;
        let source = Some(Source::Injury);
        match fact {
            Fact::Site => code(SITES, injury.site.code(), source),
            Fact::Mechanism => code(MECHANISMS, injury.mechanism.code(), source),
            Fact::Presentation => code(PRESENTATIONS, injury.presentation.code(), source),
            Fact::Recurrence => code(RECURRENCES, self.recurrence_kind(), source),
            Fact::EarlierInjuries => {
                let earlier = self.record.recurrence.as_ref().map_or(0, |recurrence| recurrence.earlier_count);
                count(i64::from(earlier), source)
            }
            _ => self.earlier_treatment_days(view),
        }
    }

    /// Early, late or delayed after the return (Fuller 2006); without a return an exacerbation (Fuller 2007).
    fn recurrence_kind(&self) -> &'static str {
        let Some(recurrence) = &self.record.recurrence else { return "none" };
        let Some(returned) = recurrence.return_date.filter(|returned| *returned <= self.onset()) else {
            return "exacerbation";
        };
        let months = days::months_between(returned, self.onset());
        let full_months_exactly = returned.day() == self.onset().day();
        let within = |most: i64| months < most || (months == most && full_months_exactly);
        if within(EARLY_MONTHS_MAX) {
            "early"
        } else if within(LATE_MONTHS_MAX) {
            "late"
        } else {
            "delayed"
        }
    }

    fn earlier_treatment_days(&self, view: &View) -> Observation {
        let treatments = &self.record.injury.content.earlier_treatments;
        let without_help = treatments
            .iter()
            .filter(|treatment| matches!(treatment.result, TreatmentResult::NoEffect | TreatmentResult::Worse));
        let (mut longest, mut undated) = (0, false);
        for treatment in without_help {
            match (treatment.from_date, treatment.to_date) {
                (Some(from), to) => longest = longest.max(days::between(from, to.unwrap_or(view.day).min(view.day))),
                (None, _) => undated = true,
            }
        }
        let high = if undated { NEVER_DAYS } else { longest };
        Observation {
            source: Some(Source::Injury),
            ..Observation::between(thousandths(longest), thousandths(high), WhyUnknown::Missing)
        }
    }

    fn visit_fact(&self, fact: Fact, view: &View, counts_from: Date) -> Observation {
        let visits = self.facts.visits_until(view.day);
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        match fact {
            Fact::VisitsAttended => count(number(visits.len()), None),
            Fact::TreatmentDays => {
                count(number(visits.chunk_by(|one, next| one.content.date == next.content.date).count()), None)
            }
            Fact::DaysSinceFirstVisit => visits.first().map_or(Observation::unknown(WhyUnknown::Missing), |visit| {
                count(days::between(visit.content.date, view.day), Some(Source::Session(visit.id.0)))
            }),
            Fact::AdverseEvents => {
                count(number(visits.iter().map(|visit| visit.content.adverse_events.len()).sum()), None)
            }
            Fact::SessionPain => self.session_pain(view, counts_from),
            Fact::Used(modality) => of_known(
                visits.iter().flat_map(|visit| &visit.content.treatments).any(|used| used.modality == modality),
            ),
            _ => self.modality_result(view),
        }
    }

    /// Pain after the latest attended session that noted it; of one day the worst.
    fn session_pain(&self, view: &View, counts_from: Date) -> Observation {
        let visits = self.facts.visits_until(view.day);
        let from = counts_from.max(view.seen_from());
        let noted = |visit: &&&record::Fact<SessionId, Session>| {
            visit.content.pain_after.is_some() && visit.content.date >= from
        };
        let Some(date) = visits.iter().rev().find(noted).map(|visit| visit.content.date) else {
            return Observation::unknown(WhyUnknown::Missing);
        };
        let of_day = visits.iter().filter(|visit| visit.content.date == date);
        let worst = of_day.max_by_key(|visit| (visit.content.pain_after, visit.id));
        let known = worst.and_then(|visit| visit.content.pain_after.map(|pain| (pain, Source::Session(visit.id.0))));
        let Some((pain, source)) = known else { return Observation::unknown(WhyUnknown::Missing) };
        let observation = Observation::known(pain_level(pain), Some(source), Some(date));
        if days::between(date, view.day) > SESSION_PAIN_DAYS {
            return Observation { range: None, why: WhyUnknown::TooOld, ..observation };
        }
        observation
    }

    /// The latest noted result of the modality that the rule is asked about; of one visit the worst.
    fn modality_result(&self, view: &View) -> Observation {
        let Some(modality) = view.modality else { return code(MODALITY_RESULTS, "none", None) };
        for visit in self.facts.visits_until(view.day).iter().rev() {
            let of_modality = visit.content.treatments.iter().filter(|used| used.modality == modality);
            let places =
                of_modality.filter_map(|used| used.result).filter_map(|result| place(MODALITY_RESULTS, result.code()));
            if let Some(worst) = places.max() {
                return Observation::known(worst, Some(Source::Session(visit.id.0)), Some(visit.content.date));
            }
        }
        code(MODALITY_RESULTS, "none", None)
    }

    /// Modalities with a noted result, each once.
    pub(super) fn modalities_tried(&self) -> Vec<Modality> {
        let mut tried = Vec::new();
        for used in self.facts.visits.iter().flat_map(|visit| &visit.content.treatments) {
            if used.result.is_some() && !tried.contains(&used.modality) {
                tried.push(used.modality);
            }
        }
        tried
    }

    fn plan_fact(&self, fact: Fact, view: &View) -> Observation {
        let in_force = self.timeline.on(view.day);
        let step = in_force.step.and_then(|step| self.ladder().get(step));
        match (fact, step) {
            (Fact::Phase, _) => in_force
                .phase
                .map_or(Observation::unknown(WhyUnknown::Missing), |phase| count(phase.number(), Some(Source::Plan))),
            (Fact::StretchingResumed, _) => of_known(in_force.stretching),
            (Fact::RunningAllowed, _) => of_outcome(self.running_allowed(view)),
            (_, None) => Observation::unknown(WhyUnknown::Missing),
            (Fact::DaysOnStep, Some(_)) => count(days::between(in_force.step_began, view.day), Some(Source::Plan)),
            (_, Some(step)) => count(i64::from(step.visits_per_week.get()), Some(Source::Plan)),
        }
    }

    /// In `conservative` from phase 4 on, in `integrated` once the gates of phase 2 are met.
    pub(crate) fn running_allowed(&self, view: &View) -> Outcome {
        let in_force = self.timeline.on(view.day);
        let policy = self.running_policy();
        match (policy, in_force.phase) {
            _ if in_force.discharged.is_some() => Outcome::Met,
            (RunningPolicy::Conservative, phase) => Outcome::known(phase == Some(Phase::Four)),
            (RunningPolicy::Integrated, Some(Phase::Three | Phase::Four)) => Outcome::Met,
            (RunningPolicy::Integrated, _) => self.gates_outcome(Phase::Two, view).unwrap_or(Outcome::Unmet),
        }
    }
}

/// A whole number as a level.
pub(crate) fn thousandths(number: i64) -> i64 {
    number.saturating_mul(1000)
}

/// A count as it was observed.
pub(crate) fn count(number: i64, source: Option<Source>) -> Observation {
    Observation::known(thousandths(number), source, None)
}

fn finding(is: bool, source: Source) -> Observation {
    Observation { source: Some(source), ..of_known(is) }
}

fn of_known(is: bool) -> Observation {
    Observation::known(i64::from(is), None, None)
}

fn of_outcome(outcome: Outcome) -> Observation {
    match outcome {
        Outcome::Met => of_known(true),
        Outcome::Unmet => of_known(false),
        Outcome::Unknown { asked: true } => Observation::unknown(WhyUnknown::NotMeasured),
        Outcome::Unknown { asked: false } => Observation::unknown(WhyUnknown::Missing),
    }
}

fn place(codes: &[&str], code: &str) -> Option<i64> {
    codes.iter().position(|known| *known == code).and_then(|place| i64::try_from(place).ok())
}

fn code(codes: &[&str], code: &str, source: Option<Source>) -> Observation {
    place(codes, code)
        .map_or(Observation::unknown(WhyUnknown::Missing), |level| Observation::known(level, source, None))
}
