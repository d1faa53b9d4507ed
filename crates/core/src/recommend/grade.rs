//! The grade of the injury: the first grade rule that is met, by their order.

use jiff::civil::Date;

use crate::protocol::rule::{Effect, GradeEffect, Rule};
use crate::recommendation::GradeAdvice;

use super::evaluator::{Evaluator, View};
use super::kleene::Outcome;

impl<'a> Evaluator<'a> {
    /// The grade on a day, with the rule that made it. Rules that are UNKNOWN are passed over: a grade by findings
    /// stands in for one by measurement, and the answer names the system.
    pub(super) fn grade(&self, day: Date) -> Option<(&'a Rule, &'a GradeEffect)> {
        if day == self.as_of {
            return *self.grade_today.get_or_init(|| self.find_grade(day));
        }
        self.find_grade(day)
    }

    fn find_grade(&self, day: Date) -> Option<(&'a Rule, &'a GradeEffect)> {
        let mut best: Option<(&'a Rule, &'a GradeEffect)> = None;
        for rule in &self.protocol.rules {
            let Effect::Grade(grade) = &rule.effect else { continue };
            let earlier = best.is_none_or(|(_, known)| grade.order < known.order);
            if earlier && self.applies(rule, day, None) && self.outcome(rule, &View::on(day)) == Outcome::Met {
                best = Some((rule, grade));
            }
        }
        best
    }

    /// The grade as advice.
    pub(super) fn grade_advice(&self) -> Option<GradeAdvice> {
        let (rule, grade) = self.grade(self.as_of)?;
        Some(GradeAdvice {
            system: grade.system.clone(),
            grade: grade.grade.clone(),
            degree: grade.degree.clone(),
            rule_ids: vec![rule.id.clone()],
        })
    }
}
