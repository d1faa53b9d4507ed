//! Every fault of one criterion, not only the first: each of its keys is read for itself.

use std::ops::Range;

use crate::measure::MeasureCode;
use crate::protocol::criterion::{Comparator, Scale, Stat};
use crate::protocol::document::RawTest;
use crate::protocol::fact::FactEntry;
use crate::protocol::fault::DocumentFault;

use super::{Form, TestReader, form_of_fact, form_of_measure};

impl TestReader<'_> {
    /// Every fault of a criterion; a fault may be given twice. What depends on a key that is wrong is left out.
    pub fn faults_of_criterion(&mut self, raw: &RawTest, span: &Range<usize>) -> Vec<DocumentFault> {
        let mut faults: Vec<DocumentFault> = self.read_criterion(raw, span, "").err().into_iter().collect();
        if let Some(code) = &raw.measure {
            faults.extend(self.read_stat(raw).err());
            faults.extend(self.read_days(raw, code).err());
            let known = MeasureCode::parse(code.get_ref()).ok();
            faults.extend(known.and_then(|known| self.read_site(raw, known.measure()).err()));
        }
        faults.extend(self.read_fresh_days(raw, span).err());
        let Some(form) = self.form(raw) else {
            let any = Form { scale: Scale::Number, unit: "", min: i64::MIN, max: i64::MAX, ordered: true };
            faults.extend(self.read_comparator(raw, span, &any).err());
            return faults;
        };
        let meant = match raw.value.as_ref().map(toml::Spanned::get_ref) {
            Some(toml::Value::Array(_)) => Comparator::In,
            _ => Comparator::Equal,
        };
        let comparator = self.read_comparator(raw, span, &form).map_err(|fault| faults.push(fault)).unwrap_or(meant);
        faults.extend(self.read_threshold(raw, span, comparator, &form).err());
        faults.extend(self.check_unit(raw, span, &form).err());
        faults
    }

    /// The form of the values, where the criterion says well enough what they are.
    fn form(&self, raw: &RawTest) -> Option<Form> {
        match (&raw.measure, &raw.fact) {
            (Some(code), None) => {
                let stat: Stat = self.read_stat(raw).ok()?;
                form_of_measure(MeasureCode::parse(code.get_ref()).ok()?.measure(), stat)
            }
            (None, Some(code)) => {
                FactEntry::find(code.get_ref(), self.conditions).map(|entry| form_of_fact(entry.shape))
            }
            _ => None,
        }
    }
}
