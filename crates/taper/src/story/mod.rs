//! A patient's story for people to read: day by day what was recorded, and what the rules say then.

pub(crate) mod advice;
pub(crate) mod criteria;
pub mod findings;
pub mod told;
mod tree;
pub(crate) mod words;

use jiff::civil::Date;
use taper_api::v1::Recommendation;
use taper_core::case::Case;

use crate::paper::Paper;

use self::advice::Line;

/// One step of a story; several may be of one day.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Days since the onset of the first injury, which is day 0.
    pub number: i64,
    /// What was recorded, a sentence each.
    pub recorded: Vec<String>,
    /// What the rules say then.
    pub advice: Recommendation,
}

/// A story that is being told. What has not changed since the step before is not said again.
#[derive(Debug)]
pub struct Story {
    paper: Paper,
    date_before: Option<Date>,
    lines_before: Vec<Line>,
}

impl Story {
    /// A story on this paper.
    pub fn on(paper: Paper) -> Self {
        Self { paper, date_before: None, lines_before: Vec::new() }
    }

    /// Who and what it is about.
    pub fn opening(&self, case: &Case) -> String {
        let patient = &case.patient;
        let given_name = patient.given_name.as_ref().map(|name| format!("{} ", name.as_str()));
        let born = patient.birth_date.map(|date| format!(", born {date}"));
        let who =
            format!("{}{}{}", given_name.unwrap_or_default(), patient.family_name.as_str(), born.unwrap_or_default());
        let injury = &case.injury;
        let (side, site) = (words::spaced(injury.side.code()), words::spaced(injury.site.code()));
        let how = format!("{}, {}", words::spaced(injury.mechanism.code()), injury.presentation.code());
        let protocol = &case.plan.protocol;
        [
            self.paper.heading(&format!("{}: {}", case.id, case.title)),
            self.paper.entry("Patient", &who),
            self.paper.entry("Injury", &format!("{side} hamstring, {site}; {how}; day 0 is {}", case.onset)),
            self.paper.entry("Protocol", &format!("{}, version {}", protocol.protocol, protocol.version)),
        ]
        .join("\n")
    }

    /// The next step in lines, without a new line at the end.
    pub fn told(&mut self, day: &Day) -> String {
        let is_same_day = self.date_before == Some(day.date);
        let heading = match is_same_day {
            true => format!("{}, then", day.date),
            false => format!("{}, day {} (week {})", day.date, day.number, day.number / 7 + 1),
        };
        let mut told = vec![self.paper.heading(&heading)];
        for (index, sentence) in day.recorded.iter().enumerate() {
            told.push(self.paper.entry(if index == 0 { "Recorded" } else { "" }, sentence));
        }
        let lines = advice::lines(&day.advice);
        let is_new = |line: &&Line| (line.is_told_daily && !is_same_day) || !self.lines_before.contains(line);
        told.extend(lines.iter().filter(is_new).map(|line| self.paper.entry(line.label, &line.text)));
        self.date_before = Some(day.date);
        self.lines_before = lines;
        told.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use taper_api::v1::{AdviceItem, PhaseAction};

    use super::*;

    #[test]
    fn what_has_not_changed_is_told_once_but_the_phase_is_told_every_day() {
        let day = |day: i8| Day {
            date: jiff::civil::date(2026, 3, day),
            number: i64::from(day),
            recorded: vec!["Nothing new".to_owned()],
            advice: Recommendation {
                phase: 1,
                phase_action: PhaseAction::Hold.into(),
                home_programme: vec![AdviceItem { code: "painless_walking".to_owned(), ..Default::default() }],
                ..Default::default()
            },
        };
        let mut story = Story::on(Paper::plain());
        let first = story.told(&day(2));
        assert!(first.starts_with("2026-03-02, day 2 (week 1)\n  Recorded   Nothing new\n"), "{first}");
        assert!(first.contains("  Phase      1") && first.contains("  Home       painless walking"), "{first}");
        let later_that_day = story.told(&day(2));
        assert_eq!(later_that_day, "2026-03-02, then\n  Recorded   Nothing new");
        let next_day = story.told(&day(3));
        assert!(next_day.contains("  Phase      1") && !next_day.contains("Home"), "{next_day}");
    }
}
