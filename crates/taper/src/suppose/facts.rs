//! Facts that are only supposed: read from a file in the style of the golden cases, or from the command line.
//!
//! Every entry is put into a case of one step, so that the reader of cases checks it, its measures and its ranges.

use anyhow::{Context, bail};
use jiff::civil::Date;
use taper_api::v1;
use taper_api::v1::hypothetical_fact::Fact;
use taper_core::case::{Case, Step};
use taper_core::measure::{MeasureCode, Shape};
use taper_core::record::clinic::TimeZoneName;
use taper_core::record::plan::FrequencyStep;
use toml::{Table, Value};

use crate::play::{messages, wire};
use crate::story::{findings, told};

/// What the facts belong to.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The injury's onset, day 0.
    pub onset: Date,
    /// The day that is asked for; facts without a date are of this day.
    pub on: Date,
    /// Resource name of who measured and decides, where an entry names nobody.
    pub therapist: String,
    /// The plan's ladder, from most visits a week to fewest.
    pub ladder: Vec<FrequencyStep>,
    /// The clinic's.
    pub time_zone: TimeZoneName,
}

/// A fact with the sentence that tells it.
#[derive(Clone, Debug)]
pub struct Supposed {
    /// For the request.
    pub fact: v1::HypotheticalFact,
    /// For people.
    pub sentence: String,
    /// The day it is dated.
    pub date: Date,
}

/// The tables of a file, with the key under which a step of a case holds one.
const KINDS: [&str; 4] = ["assess", "session", "activity", "decide"];

/// Reads `[[assess]]`, `[[session]]`, `[[activity]]` and `[[decide]]`; each has a `date` or a `day` since the onset.
pub fn read(text: &str, around: &Surroundings) -> anyhow::Result<Vec<Supposed>> {
    let document: Table = toml::from_str(text).map_err(|fault| anyhow::anyhow!("{}", fault.message()))?;
    if let Some(other) = document.keys().find(|key| !KINDS.contains(&key.as_str())) {
        bail!("`{other}` is not a kind of fact; there are {}", KINDS.map(|kind| format!("[[{kind}]]")).join(", "));
    }
    let mut supposed = Vec::new();
    for kind in KINDS {
        let Some(entries) = document.get(kind) else { continue };
        let entries = entries.as_array().with_context(|| format!("write [[{kind}]], with two brackets"))?;
        for (place, entry) in entries.iter().enumerate() {
            let which = || format!("[[{kind}]] {}", place.saturating_add(1));
            let entry = entry.as_table().with_context(which)?;
            supposed.extend(one(kind, entry.clone(), around).with_context(which)?);
        }
    }
    if supposed.is_empty() {
        bail!("there is no fact in it");
    }
    Ok(supposed)
}

/// Reads `code=value` or `code=value@site`, one measure each, into one assessment.
pub fn measured(arguments: &[String], around: &Surroundings) -> anyhow::Result<Vec<Supposed>> {
    let mut entry = Table::new();
    for argument in arguments {
        let (code, rest) = argument.split_once('=').with_context(|| format!("{argument:?} must be code=value"))?;
        let (value, site) = rest.split_once('@').map_or((rest, None), |(value, site)| (value, Some(site)));
        let value = measure_value(code, value)?;
        let written = match site {
            None => value,
            Some(site) => Value::Table(Table::from_iter([
                ("value".to_owned(), value),
                ("site".to_owned(), Value::String(site.to_owned())),
            ])),
        };
        let earlier = entry.insert(code.to_owned(), written.clone());
        match earlier {
            // The same measure at another site.
            Some(earlier) if site.is_some() => {
                entry.insert(code.to_owned(), Value::Array(vec![earlier, written]));
            }
            Some(_) => bail!("{code} is given twice"),
            None => {}
        }
    }
    if entry.is_empty() {
        return Ok(Vec::new());
    }
    one("assess", entry, around)
}

fn measure_value(code: &str, value: &str) -> anyhow::Result<Value> {
    let measure = MeasureCode::parse(code).map_err(|fault| anyhow::anyhow!("{code:?} {fault}"))?;
    let number = || value.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Float);
    Ok(match (measure.measure().shape, value) {
        (_, "not_measured") => Value::String(value.to_owned()),
        (Shape::Finding, "true" | "present" | "positive" | "yes") => Value::Boolean(true),
        (Shape::Finding, "false" | "absent" | "negative" | "no") => Value::Boolean(false),
        (Shape::Finding, other) => bail!("{code} is present or absent, not {other:?}"),
        (Shape::Number { unit, .. }, other) => {
            number().with_context(|| format!("{code} is a number in {unit}, not {other:?}"))?
        }
        (Shape::Code(_), code) => Value::String(code.to_owned()),
    })
}

/// One entry, which becomes one fact.
fn one(kind: &str, mut entry: Table, around: &Surroundings) -> anyhow::Result<Vec<Supposed>> {
    let date = take_date(&mut entry, around)?;
    let therapist = match entry.remove("tester").or_else(|| entry.remove("therapist")) {
        None => around.therapist.clone(),
        Some(Value::String(name)) if name.starts_with("clinics/") => name,
        Some(other) => bail!("{other} is not the name of a therapist, clinics/{{clinic}}/therapists/{{therapist}}"),
    };
    let case =
        Case::parse(&case_of(kind, entry, date, around)?).map_err(|fault| anyhow::anyhow!("{}", fault.reason))?;
    let step = case.steps.first().context("the entry holds no fact")?;
    facts(step, &therapist, around)
}

/// The day of the fact: `date`, or `day` since the onset, or else the day that is asked for.
fn take_date(entry: &mut Table, around: &Surroundings) -> anyhow::Result<Date> {
    match (entry.remove("date"), entry.remove("day")) {
        (Some(_), Some(_)) => bail!("give a date or a day, not both"),
        (None, None) => Ok(around.on),
        (Some(date), None) => {
            let text = date.as_str().map(str::to_owned).unwrap_or_else(|| date.to_string());
            text.parse().ok().with_context(|| format!("{text} is no date, for example \"2026-03-25\""))
        }
        (None, Some(day)) => {
            let day = day.as_integer().context("a day is a whole number of days since the onset")?;
            let span = jiff::Span::new().try_days(day).context("the day is out of range")?;
            around.onset.checked_add(span).context("the day is out of range")
        }
    }
}

/// A case of one step around the entry. Who it is about does not matter, since only the facts are read back.
fn case_of(kind: &str, entry: Table, date: Date, around: &Surroundings) -> anyhow::Result<String> {
    let day = (date - around.onset).get_days();
    let text = |text: &str| Value::String(text.to_owned());
    let table = |pairs: Vec<(&str, Value)>| {
        Value::Table(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let rungs = around.ladder.iter().map(|step| {
        let (count, minutes) = (step.visits_per_week.get().into(), step.minutes.get().into());
        table(vec![("visits_per_week", Value::Integer(count)), ("minutes", Value::Integer(minutes))])
    });
    let protocol = taper_core::protocol::builtin().first().context("no protocol is built in")?;
    let injury = vec![
        ("side", text("left")),
        ("site", text("belly")),
        ("mechanism", text("sprint")),
        ("presentation", text("acute")),
    ];
    let document = table(vec![
        ("id", text("SUPPOSED")),
        ("title", text("supposed")),
        ("protocol", text(&protocol.reference.protocol)),
        ("onset", text(&around.onset.to_string())),
        ("patient", table(vec![("family_name", text("supposed"))])),
        ("injury", table(injury)),
        ("plan", table(vec![("start_day", Value::Integer(0)), ("steps", Value::Array(rungs.collect()))])),
        ("step", Value::Array(vec![table(vec![("day", Value::Integer(day.into())), (kind, Value::Table(entry))])])),
    ]);
    Ok(toml::to_string(&document)?)
}

fn facts(step: &Step, therapist: &str, around: &Surroundings) -> anyhow::Result<Vec<Supposed>> {
    let name = |_| therapist.to_owned();
    let mut supposed = Vec::new();
    let mut add = |fact: Fact, sentence: String, date: Date| {
        let on = if date == around.on { String::new() } else { format!(" [{date}]") };
        let fact = v1::HypotheticalFact { fact: Some(fact) };
        supposed.push(Supposed { fact, sentence: format!("{sentence}{on}"), date });
    };
    for one in &step.assessments {
        let mut message = messages::assessment(one, &name);
        message.therapist = therapist.to_owned();
        let sentence = findings::told(&message, &findings::Known::default());
        add(Fact::Assessment(message), sentence, one.date);
    }
    for one in &step.sessions {
        let mut message = messages::session(one, &name);
        message.start_time = Some(wire::session_start(one.date, &around.time_zone)?);
        message.therapist = therapist.to_owned();
        let sentence = told::sessions(one.date, &[(one.date, message.clone())]).join("; ");
        add(Fact::Session(message), sentence, one.date);
    }
    for one in &step.activities {
        let message = messages::activity(one);
        let sentence = told::activity(one.date, one.date, &message);
        add(Fact::Activity(message), sentence, one.date);
    }
    for one in &step.decisions {
        let mut message = messages::decision(one, &around.ladder)?;
        message.therapist = therapist.to_owned();
        let sentence = told::decision(&message);
        add(Fact::Decision(message), sentence, one.date);
    }
    Ok(supposed)
}

#[cfg(test)]
mod tests;
