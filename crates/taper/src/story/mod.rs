//! A patient's story for people to read: day by day what was recorded, and what the rules say then.

mod advice;
mod criteria;
pub mod told;
mod words;

use jiff::civil::Date;
use taper_api::v1::Recommendation;

use crate::paper::Paper;

/// One day of a story.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Days since the onset of the first injury, which is day 0.
    pub number: i64,
    /// More of the day before this one, with advice in between.
    pub is_continued: bool,
    /// What was recorded, a sentence each.
    pub recorded: Vec<String>,
    /// What the rules say then, where it was asked.
    pub advice: Option<Recommendation>,
}

impl Day {
    /// The day in lines, without a new line at the end.
    pub fn printed(&self, paper: Paper) -> String {
        let heading = match self.is_continued {
            true => format!("{}, then", self.date),
            false => format!("{}, day {} (week {})", self.date, self.number, self.number / 7 + 1),
        };
        let mut lines = vec![paper.heading(&heading)];
        for (index, sentence) in self.recorded.iter().enumerate() {
            lines.push(paper.entry(if index == 0 { "Recorded" } else { "" }, sentence));
        }
        if let Some(advice) = &self.advice {
            lines.extend(
                advice::lines(advice)
                    .iter()
                    .map(|line| paper.entry(line.label, &line.text)),
            );
        }
        lines.join("\n")
    }
}
