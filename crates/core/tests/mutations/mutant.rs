//! Every change of one threshold, comparator, freshness, time or limit of a protocol document, as an edit of its text.

use std::fmt;
use std::ops::Range;

use taper_core::measure::Shape;
use taper_core::protocol::Protocol;
use taper_core::protocol::criterion::{Criterion, Quantity, Scale, Stat};
use taper_core::value::Thousandths;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Hours of a fact come in whole days: a date-only onset counts 24 hours a day.
const HOURS_STEP: i64 = 24_000;
/// One unit, one percent point or one day, in thousandths.
const ONE: i64 = 1000;

/// One change of a document.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Id of the rule; `policy` and `ladder` for what stands before the rules.
    pub rule: String,
    /// Where in the rule, for example `test.all[0].value`.
    pub place: String,
    /// What was written, and what is written instead.
    pub change: String,
    /// Words by which rows that may notice are found: measures, facts, modalities, activities.
    pub words: Vec<String>,
    /// Where in the text.
    pub span: Range<usize>,
    /// What to write there.
    pub text: String,
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {}", self.rule, self.place, self.change)
    }
}

/// Keys of an effect whose numbers are limits, with the least step that matters.
const LIMITS: [&str; 10] = [
    "from",
    "to",
    "minutes_min",
    "minutes_max",
    "times_per_day_max",
    "times_per_week_max",
    "pain_max",
    "effort_percent_max",
    "visits_per_week_min",
    "visits_per_week_max",
];
const SETTINGS: [&str; 3] = ["pain_limit", "pain_limit_strength", "pain_limit_running"];

/// Collects the changes of one document.
struct Lister<'a> {
    text: &'a str,
    rule: String,
    found: Vec<Mutant>,
}

/// Every change of the document that this protocol was read from.
pub fn all(protocol: &Protocol) -> Vec<Mutant> {
    let document = DeTable::parse(&protocol.document).unwrap_or_else(|fault| panic!("{fault}"));
    let mut lister = Lister { text: &protocol.document, rule: String::new(), found: Vec::new() };
    let table = document.get_ref();
    lister.policy(sub_table(table, "policy"));
    lister.ladder(sub_table(table, "ladder"));
    for (entry, rule) in array(table, "rule").iter().zip(&protocol.rules) {
        let entry = as_table(entry);
        lister.rule = rule.id.to_string();
        lister.effect(sub_table(entry, "effect"));
        let criteria = rule.test.as_ref().map(|test| test.criteria()).unwrap_or_default();
        let mut criteria = criteria.into_iter();
        if let Some(test) = entry.get("test") {
            lister.test(test, "test", &mut criteria);
        }
        assert!(criteria.next().is_none(), "{}: criteria that were not walked", rule.id);
    }
    lister.found
}

impl Lister<'_> {
    fn add(&mut self, place: &str, span: Range<usize>, text: String, words: &[&str]) {
        let written = self.text.get(span.clone()).unwrap_or_default();
        if written == text {
            return;
        }
        self.found.push(Mutant {
            rule: self.rule.clone(),
            place: place.to_owned(),
            change: format!("{written} -> {text}"),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            span,
            text,
        });
    }

    /// A number, one step less and one step more.
    fn number(&mut self, place: &str, value: &Spanned<DeValue<'_>>, step: i64, words: &[&str]) {
        let written = self.text.get(value.span()).unwrap_or_default();
        let number: f64 = written.parse().unwrap_or_else(|_| panic!("{place}: `{written}` is no number"));
        let level = Thousandths::from_f64(number).unwrap_or_else(|fault| panic!("{place}: {fault}")).0;
        for changed in [level - step, level + step] {
            self.add(place, value.span(), Thousandths(changed).to_string(), words);
        }
    }

    /// A string, in the place of which others could stand.
    fn codes(&mut self, place: &str, value: &Spanned<DeValue<'_>>, others: &[&str], words: &[&str]) {
        for other in others {
            self.add(place, value.span(), format!("\"{other}\""), words);
        }
    }

    fn policy(&mut self, policy: &DeTable<'_>) {
        "policy".clone_into(&mut self.rule);
        let running = sub_table(policy, "running");
        self.codes("running.default", &running["default"], &["conservative", "integrated"], &["running"]);
        self.list("running.choices", &running["choices"], &["conservative", "integrated"], &["running"]);
        for setting in SETTINGS {
            for key in ["default", "min", "max"] {
                let place = format!("{setting}.{key}");
                self.number(&place, &sub_table(policy, setting)[key], ONE, &[setting]);
            }
        }
    }

    fn ladder(&mut self, ladder: &DeTable<'_>) {
        "ladder".clone_into(&mut self.rule);
        for (index, step) in array(ladder, "steps").iter().enumerate() {
            for key in ["visits_per_week", "minutes"] {
                self.number(&format!("steps[{index}].{key}"), &as_table(step)[key], ONE, &[]);
            }
        }
        self.number("step_days_min", &ladder["step_days_min"], ONE, &[]);
        for (index, share) in array(ladder, "focus").iter().enumerate() {
            self.number(&format!("focus[{index}].percent"), &as_table(share)["percent"], ONE, &[]);
        }
    }

    fn effect(&mut self, effect: &DeTable<'_>) {
        let words: Vec<&str> = ["modality", "activity"]
            .iter()
            .filter_map(|key| effect.get(*key))
            .filter_map(|v| v.get_ref().as_str())
            .collect();
        for (key, value) in effect {
            let place = format!("effect.{}", key.get_ref());
            match (key.get_ref().as_ref(), value.get_ref()) {
                (key, DeValue::Integer(_)) if LIMITS.contains(&key) => self.number(&place, value, ONE, &words),
                ("pain_max_setting", _) => self.codes(&place, value, &SETTINGS, &words),
                ("below_pain_onset", DeValue::Boolean(_)) => self.flip(&place, value, &words),
                ("due_days_after", DeValue::Table(due)) => {
                    self.number(&format!("{place}.days"), &due["days"], ONE, &words);
                }
                _ => {}
            }
        }
    }

    fn flip(&mut self, place: &str, value: &Spanned<DeValue<'_>>, words: &[&str]) {
        let is = value.get_ref().as_bool().unwrap_or_default();
        self.add(place, value.span(), (!is).to_string(), words);
    }

    fn test<'c>(
        &mut self,
        test: &Spanned<DeValue<'_>>,
        place: &str,
        criteria: &mut impl Iterator<Item = &'c Criterion>,
    ) {
        let node = as_table(test);
        if let Some(least) = node.get("at_least") {
            self.number(&format!("{place}.at_least"), least, ONE, &[]);
        }
        for kind in ["all", "any", "of"] {
            if node.contains_key(kind) {
                for (index, part) in array(node, kind).iter().enumerate() {
                    self.test(part, &format!("{place}.{kind}[{index}]"), criteria);
                }
            }
        }
        if let Some(part) = node.get("not") {
            self.test(part, &format!("{place}.not"), criteria);
        }
        if node.contains_key("measure") || node.contains_key("fact") {
            let criterion = criteria.next().unwrap_or_else(|| panic!("{} {place}: no such criterion", self.rule));
            self.criterion(node, place, criterion);
        }
    }

    fn criterion(&mut self, node: &DeTable<'_>, place: &str, criterion: &Criterion) {
        let code = ["measure", "fact"].iter().find_map(|key| node.get(*key)).and_then(|code| code.get_ref().as_str());
        let word = code.unwrap_or_default().rsplit(':').next().unwrap_or_default();
        let words = [word];
        let value = node.get("value");
        let two_sided = match criterion.scale {
            Scale::Finding => true,
            Scale::Code(codes) => codes.len() == 2,
            Scale::Number => false,
        };
        // With two values the other value and the opposite comparator are one and the same change.
        let op = node.get("op").and_then(|op| op.get_ref().as_str()).unwrap_or_default();
        if !(two_sided && op == "=") {
            self.codes(&format!("{place}.op"), &node["op"], neighbours(op), &words);
        }
        if let Some(value) = value {
            let place = format!("{place}.value");
            match criterion.scale {
                Scale::Finding => self.flip(&place, value, &words),
                Scale::Number => self.number(&place, value, step(criterion), &words),
                Scale::Code(codes) if op == "in" => self.list(&place, value, codes, &words),
                Scale::Code(codes) => self.neighbouring_codes(&place, value, codes, &words),
            }
        }
        if let Some(setting) = node.get("setting") {
            self.codes(&format!("{place}.setting"), setting, &SETTINGS, &words);
        }
        if let Some(days) = node.get("fresh_days") {
            self.number(&format!("{place}.fresh_days"), days, ONE, &words);
        }
        if let Some(DeValue::Array(days)) = node.get("days").map(Spanned::get_ref) {
            for (index, day) in days.iter().enumerate() {
                self.number(&format!("{place}.days[{index}]"), day, ONE, &words);
            }
        }
        for key in ["same_tester", "since_phase"] {
            if let Some(value) = node.get(key) {
                self.flip(&format!("{place}.{key}"), value, &words);
            }
        }
    }

    /// The code before and the code after it in the list.
    fn neighbouring_codes(&mut self, place: &str, value: &Spanned<DeValue<'_>>, codes: &[&str], words: &[&str]) {
        let written = value.get_ref().as_str().unwrap_or_default();
        for pair in codes.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            if after == written {
                self.codes(place, value, &[before], words);
            }
            if before == written {
                self.codes(place, value, &[after], words);
            }
        }
    }

    /// A list with one code less, and with one code more.
    fn list(&mut self, place: &str, value: &Spanned<DeValue<'_>>, codes: &[&str], words: &[&str]) {
        let DeValue::Array(written) = value.get_ref() else { panic!("{} {place}: no list", self.rule) };
        let written: Vec<&str> = written.iter().filter_map(|code| code.get_ref().as_str()).collect();
        for code in codes {
            let mut changed: Vec<&str> = written.iter().copied().filter(|known| known != code).collect();
            if changed.len() == written.len() {
                changed.push(code);
            }
            let quoted: Vec<String> = changed.iter().map(|code| format!("\"{code}\"")).collect();
            self.add(place, value.span(), format!("[{}]", quoted.join(", ")), words);
        }
    }
}

fn neighbours(op: &str) -> &'static [&'static str] {
    match op {
        "<" => &["<="],
        "<=" => &["<"],
        ">" => &[">="],
        ">=" => &[">"],
        "=" => &["!="],
        "!=" => &["="],
        _ => &[],
    }
}

/// The smallest step that matters: a step of the measure's scale, one percent point, one day of hours, or one.
fn step(criterion: &Criterion) -> i64 {
    match &criterion.quantity {
        Quantity::Fact(_) if criterion.comparison.unit == "h" => HOURS_STEP,
        Quantity::Measure(quantity) if !quantity.stat.is_percent() && quantity.stat != Stat::RiseFromPrevious => {
            measure_step(quantity.code.measure().shape)
        }
        Quantity::Measure(quantity) if quantity.stat == Stat::RiseFromPrevious => {
            measure_step(quantity.code.measure().shape)
        }
        Quantity::Fact(_) | Quantity::Measure(_) => ONE,
    }
}

fn measure_step(shape: Shape) -> i64 {
    match shape {
        Shape::Number { step, .. } => step.0,
        Shape::Finding | Shape::Code(_) => ONE,
    }
}

fn as_table<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> &'t DeTable<'i> {
    match value.get_ref() {
        DeValue::Table(table) => table,
        _ => panic!("no table at {:?}", value.span()),
    }
}

fn sub_table<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> &'t DeTable<'i> {
    as_table(table.get(key).unwrap_or_else(|| panic!("no table `{key}`")))
}

fn array<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> &'t DeArray<'i> {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Array(array)) => array,
        _ => panic!("no list `{key}`"),
    }
}
