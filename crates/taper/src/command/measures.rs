//! `taper measures`: the catalogue of measures, without a server: code, values, unit, name.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use taper_core::measure::{ALL, Measure, Shape};

use crate::columns::{Columns, Row, row};
use crate::command::arguments::Width;
use crate::paper::say;

/// Lists the measures that can be recorded: each code with its values, their unit, and its name.
#[derive(Debug, Args)]
pub struct Measures {
    /// Only measures with this word in their code or name
    #[arg(value_name = "WORD", default_value = "", hide_default_value = true)]
    word: String,

    #[command(flatten)]
    width: Width,
}

impl Measures {
    /// Prints the list.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let word = self.word.to_lowercase();
        let is_such = |measure: &&Measure| measure.code.contains(&word) || measure.name.to_lowercase().contains(&word);
        let found: Vec<&Measure> = ALL.iter().filter(is_such).collect();
        if found.is_empty() {
            bail!("no measure has {:?} in its code or name; `taper measures` lists all", self.word);
        }
        let mut rows = vec![row(["code", "values", "unit", "name"])];
        rows.extend(found.into_iter().map(told));
        say(Columns::table(&rows, 0, self.width.paper().width()).join("\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn told(measure: &Measure) -> Row {
    let (values, unit) = match measure.shape {
        Shape::Number { unit, min, max, .. } => (format!("{min} to {max}"), unit.trim_matches(['{', '}'])),
        Shape::Finding => ("present, absent".to_owned(), ""),
        Shape::Code(codes) => (codes.join(", "), ""),
    };
    vec![measure.code.to_owned(), values, unit.to_owned(), measure.name.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_told_by_code_values_unit_and_name() {
        let row = |code: &str| told(ALL.iter().find(|measure| measure.code == code).unwrap());
        assert_eq!(row("pain_worst_24h"), ["pain_worst_24h", "0 to 10", "NPRS", "Worst pain in 24 hours"]);
        assert_eq!(row("palpation_length_cm")[1..3], ["0 to 40", "cm"]);
        assert_eq!(row("palpable_gap")[1..3], ["present, absent", ""]);
        assert!(row("gait")[1].starts_with("normal, "), "{:?}", row("gait"));
    }
}
