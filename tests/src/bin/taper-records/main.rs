//! Makes random records in the exchange format (one JSON object a line): `taper-records --count 100000 --seed 1`.

mod case;
mod course;
mod dice;
mod facts;
mod known;
mod values;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use taper_core::protocol;
use taper_core::record::Record;

use self::dice::Dice;
use self::known::Known;

#[derive(Serialize)]
struct Question<'a> {
    protocol: &'a str,
    record: &'a Record,
    as_of: Date,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let made = number(&arguments, "--count", 1000).and_then(|count| {
        let (seed, from) = (number(&arguments, "--seed", 1)?, number(&arguments, "--from", 0)?);
        write_all(seed, from, count, BufWriter::new(io::stdout().lock())).map_err(|fault| fault.to_string())
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}\ntaper-records [--count N] [--seed N] [--from N]");
            ExitCode::from(2)
        }
    }
}

/// The number after a name of the command line.
fn number(arguments: &[String], name: &str, default: u64) -> Result<u64, String> {
    let Some(place) = arguments.iter().position(|argument| argument == name) else { return Ok(default) };
    let text = arguments.get(place.saturating_add(1)).ok_or_else(|| format!("{name} needs a number"))?;
    text.parse().map_err(|_| format!("{name} needs a number, not `{text}`"))
}

/// An absent key says the same as null, and is shorter.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|_, entry| !entry.is_null());
            entries.values_mut().for_each(drop_nulls);
        }
        Value::Array(entries) => entries.iter_mut().for_each(drop_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Record `number` of a seed is always the same, whatever the count.
fn write_all(seed: u64, from: u64, count: u64, mut output: impl Write) -> io::Result<()> {
    let known: Vec<Known> = protocol::builtin().iter().map(Known::of).collect();
    for number in from..from.saturating_add(count) {
        let mut dice = Dice::new(seed, number);
        let known = &known[dice.between(0, known.len() as i64 - 1) as usize];
        let (record, as_of) = case::make(&mut dice, known);
        let protocol = &known.protocol.reference.protocol;
        let mut question = serde_json::to_value(Question { protocol, record: &record, as_of })?;
        drop_nulls(&mut question);
        serde_json::to_writer(&mut output, &question)?;
        output.write_all(b"\n")?;
    }
    output.flush()
}
