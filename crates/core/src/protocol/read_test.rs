//! From the written form of a test to the checked one: every measure, fact, unit, range and code must exist and fit.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use crate::measure::{Measure, MeasureCode, Shape, Worse};
use crate::recommendation::Comparison;
use crate::record::codes::Site;
use crate::value::Thousandths;

use super::PolicyRange;
use super::criterion::{Comparator, Criterion, MeasureQuantity, Quantity, Scale, Setting, Stat, Test, Threshold};
use super::document::RawTest;
use super::fact::{Fact, FactEntry, FactShape, Reach};
use super::fault::{DocumentFault, Text};

mod faults;

/// What reading a test needs to know of its document and its rule.
pub(super) struct TestReader<'a> {
    pub text: Text<'a>,
    /// Conditions of the document's referrals.
    pub conditions: &'a [String],
    /// What the clinic may choose.
    pub policy: &'a PolicyRange,
    /// How far the rule's facts may reach.
    pub reach: Reach,
    /// Measures that the document reads; grows while reading.
    pub measures: &'a mut Vec<MeasureCode>,
}

/// The legal levels of a quantity, and how they are shown.
struct Form {
    scale: Scale,
    unit: &'static str,
    min: i64,
    max: i64,
    ordered: bool,
}

impl TestReader<'_> {
    /// Reads one node and everything below it.
    pub fn read(&mut self, raw: &Spanned<RawTest>, path: &str) -> Result<Test, DocumentFault> {
        let (span, node) = (raw.span(), raw.get_ref());
        let is_leaf = node.measure.is_some() || node.fact.is_some();
        let kinds = [
            is_leaf,
            node.all.is_some(),
            node.any.is_some(),
            node.at_least.is_some() || node.of.is_some(),
            node.not.is_some(),
        ];
        if kinds.iter().filter(|is| **is).count() != 1 {
            let reason =
                "a test is exactly one of: all, any, at_least with of, not, or a criterion with measure or fact";
            return Err(self.text.fault(&span, reason));
        }
        if let Some(parts) = &node.all {
            return Ok(Test::All(self.read_parts(parts, path, "all", &span)?));
        }
        if let Some(parts) = &node.any {
            return Ok(Test::Any(self.read_parts(parts, path, "any", &span)?));
        }
        if let Some(part) = &node.not {
            return Ok(Test::Not(Box::new(self.read(part, &joined(path, "not"))?)));
        }
        if is_leaf {
            return Ok(Test::Criterion(Box::new(self.read_criterion(node, &span, path)?)));
        }
        let (Some(least), Some(parts)) = (node.at_least, &node.of) else {
            return Err(self.text.fault(&span, "at_least and of belong together"));
        };
        let parts = self.read_parts(parts, path, "of", &span)?;
        match usize::try_from(least) {
            Ok(least) if least >= 1 && least <= parts.len() => Ok(Test::AtLeast(least, parts)),
            _ => Err(self.text.fault(&span, format!("at_least is {least}; allowed is 1 to the number of parts"))),
        }
    }

    fn read_parts(
        &mut self,
        parts: &[Spanned<RawTest>],
        path: &str,
        kind: &str,
        span: &Range<usize>,
    ) -> Result<Vec<Test>, DocumentFault> {
        if parts.is_empty() {
            return Err(self.text.fault(span, format!("{kind} has no parts")));
        }
        let mut read = Vec::with_capacity(parts.len());
        for (place, part) in parts.iter().enumerate() {
            read.push(self.read(part, &joined(path, &format!("{kind}[{place}]")))?);
        }
        Ok(read)
    }

    fn read_criterion(&mut self, raw: &RawTest, span: &Range<usize>, path: &str) -> Result<Criterion, DocumentFault> {
        let (quantity, quantity_code, form, fresh) = match (&raw.measure, &raw.fact) {
            (Some(code), None) => self.read_measure(raw, code)?,
            (None, Some(code)) => self.read_fact(raw, code)?,
            _ => return Err(self.text.fault(span, "a criterion has either measure or fact")),
        };
        let comparator = self.read_comparator(raw, span, &form)?;
        let threshold = self.read_threshold(raw, span, comparator, &form)?;
        self.check_unit(raw, span, &form)?;
        let fresh_days = self.read_fresh_days(raw, span)?.or(fresh);
        let levels = match &threshold {
            Threshold::Levels(levels) => levels.clone(),
            Threshold::Setting(setting) => {
                vec![Thousandths::whole(i64::from(self.policy.setting(*setting).default.get())).0]
            }
        };
        let comparison = Comparison {
            path: path.to_owned(),
            measure: raw.measure.as_ref().map(|code| code.get_ref().clone()),
            quantity: quantity_code,
            comparator: comparator.sign().to_owned(),
            threshold: levels.iter().filter_map(|level| form.scale.seen(*level)).collect(),
            unit: form.unit.to_owned(),
        };
        Ok(Criterion {
            comparison: Arc::new(comparison),
            quantity,
            comparator,
            threshold,
            scale: form.scale,
            fresh_days: if raw.days.is_some() { None } else { fresh_days },
            since_phase: raw.since_phase,
            derived: raw.derived,
            line: self.text.line(span),
        })
    }

    fn read_measure(
        &mut self,
        raw: &RawTest,
        code: &Spanned<String>,
    ) -> Result<(Quantity, String, Form, Option<u16>), DocumentFault> {
        let known = MeasureCode::parse(code.get_ref()).map_err(|_| {
            self.text.fault(&code.span(), format!("measure `{}` is not in the catalogue", code.get_ref()))
        })?;
        let measure = known.measure();
        let stat = self.read_stat(raw)?;
        let form = form_of_measure(measure, stat).ok_or_else(|| {
            self.text.fault(&code.span(), format!("`{}` has no numbers; this stat needs them", measure.code))
        })?;
        let is_code = matches!(measure.shape, Shape::Code(_));
        let quantity = MeasureQuantity {
            code: known,
            place: self.place_of(known),
            worse: if is_code { Worse::Higher } else { measure.worse },
            thousandths_a_level: if is_code { 1000 } else { 1 },
            detectable: measure.detectable.map(|change| change.size.0),
            stat,
            site: self.read_site(raw, measure)?,
            same_tester: raw.same_tester,
            days: self.read_days(raw, code)?,
        };
        let stat_code = Stat::ALL.iter().find(|(known, _)| *known == stat).map_or("latest", |(_, code)| *code);
        // The first value of a plan does not age.
        let fresh = (stat != Stat::FirstValue).then_some(measure.fresh_days);
        Ok((Quantity::Measure(quantity), stat_code.to_owned(), form, fresh))
    }

    fn read_fresh_days(&self, raw: &RawTest, span: &Range<usize>) -> Result<Option<u16>, DocumentFault> {
        let days = raw.fresh_days.map(u16::try_from).transpose();
        days.map_err(|_| self.text.fault(span, "fresh_days must be 0 to 65535"))
    }

    fn place_of(&mut self, code: MeasureCode) -> usize {
        if let Some(place) = self.measures.iter().position(|known| *known == code) {
            return place;
        }
        self.measures.push(code);
        self.measures.len().saturating_sub(1)
    }

    fn read_stat(&self, raw: &RawTest) -> Result<Stat, DocumentFault> {
        let Some(stat) = &raw.stat else { return Ok(Stat::Latest) };
        Stat::parse(stat.get_ref())
            .ok_or_else(|| self.text.fault(&stat.span(), format!("stat `{}` does not exist", stat.get_ref())))
    }

    fn read_site(&self, raw: &RawTest, measure: &Measure) -> Result<Option<Site>, DocumentFault> {
        let Some(code) = &raw.site else { return Ok(None) };
        if !measure.sited {
            return Err(self.text.fault(&code.span(), format!("`{}` carries no site", measure.code)));
        }
        let site = Site::parse(code.get_ref());
        site.map(Some).ok_or_else(|| self.text.fault(&code.span(), format!("site `{}` does not exist", code.get_ref())))
    }

    fn read_days(&self, raw: &RawTest, code: &Spanned<String>) -> Result<Option<(u16, u16)>, DocumentFault> {
        let Some((from, to)) = raw.days else { return Ok(None) };
        match (u16::try_from(from), u16::try_from(to)) {
            (Ok(from), Ok(to)) if from <= to => Ok(Some((from, to))),
            _ => Err(self.text.fault(&code.span(), "days must be [first, last], 0 or more, in order")),
        }
    }

    fn read_fact(
        &mut self,
        raw: &RawTest,
        code: &Spanned<String>,
    ) -> Result<(Quantity, String, Form, Option<u16>), DocumentFault> {
        let entry = FactEntry::find(code.get_ref(), self.conditions)
            .ok_or_else(|| self.text.fault(&code.span(), format!("fact `{}` does not exist", code.get_ref())))?;
        if entry.reach > self.reach {
            let reason =
                format!("a rule of this kind may not read `{}`: the fact depends on such rules", code.get_ref());
            return Err(self.text.fault(&code.span(), reason));
        }
        if raw.stat.is_some() || raw.same_tester || raw.site.is_some() || raw.days.is_some() {
            return Err(self
                .text
                .fault(&code.span(), "stat, same_tester, site and days belong to a measure, not to a fact"));
        }
        if let Fact::Unrecorded(measure) | Fact::EntryDays(measure) = entry.fact {
            self.place_of(measure);
        }
        Ok((Quantity::Fact(entry.fact), code.get_ref().clone(), form_of_fact(entry.shape), None))
    }

    fn read_comparator(&self, raw: &RawTest, span: &Range<usize>, form: &Form) -> Result<Comparator, DocumentFault> {
        let Some(sign) = &raw.op else {
            return Err(self.text.fault(span, "op is missing: one of < <= = != > >= in"));
        };
        let comparator = Comparator::parse(sign.get_ref()).ok_or_else(|| {
            self.text.fault(&sign.span(), format!("op `{}` is none of < <= = != > >= in", sign.get_ref()))
        })?;
        if comparator.needs_order() && !form.ordered {
            return Err(self
                .text
                .fault(&sign.span(), format!("`{}` needs an order, which these values have not", sign.get_ref())));
        }
        Ok(comparator)
    }

    fn read_threshold(
        &self,
        raw: &RawTest,
        span: &Range<usize>,
        comparator: Comparator,
        form: &Form,
    ) -> Result<Threshold, DocumentFault> {
        match (&raw.value, &raw.setting) {
            (None, Some(code)) => {
                let setting = Setting::parse(code.get_ref()).ok_or_else(|| {
                    self.text.fault(&code.span(), format!("setting `{}` does not exist", code.get_ref()))
                })?;
                if form.unit != "{NPRS}" || comparator == Comparator::In {
                    return Err(self.text.fault(&code.span(), "a pain limit is compared with pain in {NPRS} only"));
                }
                Ok(Threshold::Setting(setting))
            }
            (Some(value), None) => {
                let span = value.span();
                let levels = match (comparator, value.get_ref()) {
                    (Comparator::In, toml::Value::Array(values)) if !values.is_empty() => {
                        values.iter().map(|value| self.level(value, &span, form)).collect::<Result<Vec<i64>, _>>()?
                    }
                    (Comparator::In, _) => return Err(self.text.fault(&span, "`in` needs a list of values")),
                    (_, value) => vec![self.level(value, &span, form)?],
                };
                Ok(Threshold::Levels(levels))
            }
            _ => Err(self.text.fault(span, "a criterion has either value or setting")),
        }
    }

    fn level(&self, value: &toml::Value, span: &Range<usize>, form: &Form) -> Result<i64, DocumentFault> {
        match (form.scale, value) {
            (Scale::Finding, toml::Value::Boolean(present)) => Ok(i64::from(*present)),
            (Scale::Finding, _) => Err(self.text.fault(span, "the value must be true or false")),
            (Scale::Code(codes), toml::Value::String(code)) => {
                let place = codes.iter().position(|known| known == code).and_then(|place| i64::try_from(place).ok());
                place.ok_or_else(|| self.text.fault(span, format!("`{code}` is none of: {}", codes.join(", "))))
            }
            (Scale::Code(codes), _) => {
                Err(self.text.fault(span, format!("the value must be one of: {}", codes.join(", "))))
            }
            (Scale::Number, _) => {
                let number = number(value).ok_or_else(|| {
                    self.text.fault(span, format!("`{value}` is no number with at most three decimals"))
                })?;
                if number.0 < form.min || number.0 > form.max {
                    let (min, max) = (Thousandths(form.min), Thousandths(form.max));
                    let reason = format!("the threshold {number} is out of range: {min} to {max} {}", form.unit);
                    return Err(self.text.fault(span, reason));
                }
                Ok(number.0)
            }
        }
    }

    fn check_unit(&self, raw: &RawTest, span: &Range<usize>, form: &Form) -> Result<(), DocumentFault> {
        let written = raw.unit.as_ref().map_or("", |unit| unit.get_ref().as_str());
        if written == form.unit {
            return Ok(());
        }
        let span = raw.unit.as_ref().map_or(span.clone(), Spanned::span);
        Err(self.text.fault(&span, format!("the unit is `{written}`, but these values are in `{}`", form.unit)))
    }
}

fn joined(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}

fn number(value: &toml::Value) -> Option<Thousandths> {
    match value {
        toml::Value::Integer(whole) => Some(Thousandths::whole(*whole)),
        toml::Value::Float(number) => Thousandths::from_f64(*number).ok(),
        _ => None,
    }
}

fn form_of_measure(measure: &Measure, stat: Stat) -> Option<Form> {
    match measure.shape {
        Shape::Number { unit, min, max, .. } => {
            let width = max.0.saturating_sub(min.0);
            let (unit, min, max) = match stat {
                Stat::Latest | Stat::MaxInFresh | Stat::FirstValue => (unit, min.0, max.0),
                Stat::Fall | Stat::RiseFromBaseline | Stat::RiseFromPrevious => (unit, width.saturating_neg(), width),
                Stat::PercentOfBaseline | Stat::FallPercent => ("%", -1_000_000, 1_000_000),
            };
            Some(Form { scale: Scale::Number, unit, min, max, ordered: true })
        }
        // The rise of a code is counted in steps of its severity.
        Shape::Code(codes) if stat == Stat::RiseFromPrevious => {
            let most = i64::try_from(codes.len()).unwrap_or(i64::MAX).saturating_mul(1000);
            Some(Form { scale: Scale::Number, unit: "{step}", min: most.saturating_neg(), max: most, ordered: true })
        }
        Shape::Finding | Shape::Code(_) if !stat.is_a_value() => None,
        Shape::Finding => Some(Form { scale: Scale::Finding, unit: "", min: 0, max: 1, ordered: false }),
        Shape::Code(codes) => Some(Form { scale: Scale::Code(codes), unit: "", min: 0, max: i64::MAX, ordered: true }),
    }
}

fn form_of_fact(shape: FactShape) -> Form {
    let unit = shape.unit();
    let (scale, ordered) = match shape {
        FactShape::Number(_) => (Scale::Number, true),
        FactShape::Finding => (Scale::Finding, false),
        FactShape::Code(codes) => (Scale::Code(codes), false),
        FactShape::OrderedCode(codes) => (Scale::Code(codes), true),
    };
    let max = match unit {
        "{NPRS}" => 10_000,
        "%" => 100_000,
        "a" => 150_000,
        _ => 100_000_000,
    };
    Form { scale, unit, min: 0, max, ordered }
}
