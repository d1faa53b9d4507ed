//! The visits of a plan in words: how many of each kind, adherence to frequency and focus, and the reviews due.

use taper_api::v1::{FocusAdherence, ReviewDue, VisitSummary, VisitWeek};

use crate::columns::{Columns, Row, row};
use crate::paper::{Paper, wrapped};
use crate::story::words;

/// The latest weeks that are told, unless all are asked for.
const WEEKS_TOLD: usize = 8;

/// Reviews first, then the counts, the weeks and the focus.
pub fn told(paper: Paper, summary: &VisitSummary, is_all: bool) -> String {
    let plan = words::last_part(&summary.treatment_plan);
    let date = summary.as_of.as_ref().map(words::date).unwrap_or_default();
    let mut lines = vec![paper.heading(&format!("Plan {plan} on {date}: its visits"))];
    for (place, review) in summary.reviews.iter().enumerate() {
        lines.push(paper.entry(if place == 0 { "Reviews" } else { "" }, &told_review(review)));
    }
    let adherence = match summary.attended_count > summary.prescribed_count {
        // Nobody keeps more than all of a prescription: its share ends at 100%.
        true => Some(", more than prescribed".to_owned()),
        false => summary.adherence_percent.map(|percent| format!(", {}", words::number(percent, "%"))),
    };
    let behind = match summary.behind_count {
        0 => String::new(),
        behind => format!("; {behind} behind in the last 14 days"),
    };
    let attended = format!(
        "{} of {} prescribed{}{behind}",
        summary.attended_count,
        summary.prescribed_count,
        adherence.unwrap_or_default()
    );
    lines.push(paper.entry("Attended", &attended));
    let overdue = match summary.overdue_planned_count {
        0 => String::new(),
        overdue => format!("; {overdue} planned for a day that is past, and never resolved"),
    };
    let (cancelled, no_show) = (summary.cancelled_count, summary.no_show_count);
    lines.push(paper.entry("Missed", &format!("{cancelled} cancelled, {no_show} no-shows")));
    lines.push(paper.entry("Planned", &format!("{} ahead{overdue}", summary.planned_count)));
    lines.extend(weeks(paper, summary, is_all));
    lines.extend(focus(paper, &summary.focus));
    lines.push(String::new());
    let definition = if is_all { summary.definition.as_str() } else { "see --all" };
    lines.extend(wrapped(&format!("How visits are counted: {definition}"), paper.width()));
    lines.join("\n")
}

fn told_review(review: &ReviewDue) -> String {
    let due = review.due_date.as_ref().map(words::date).unwrap_or_default();
    let days = |days: i32| words::counted(f64::from(days), "day");
    let when = match review.overdue_days {
        0 => format!("due today, {due}"),
        late if late > 0 => format!("OVERDUE since {due}, {}", days(late)),
        ahead => format!("due {due}, in {}", days(ahead.saturating_abs())),
    };
    format!("{}: {when} [{}]", words::spaced(&review.code), review.rule_id)
}

fn weeks(paper: Paper, summary: &VisitSummary, is_all: bool) -> Vec<String> {
    if summary.weeks.is_empty() {
        return Vec::new();
    }
    // After the end of a plan week follows week with nothing in it.
    let is_empty = |week: &&VisitWeek| {
        week.prescribed_count + week.attended_count + week.cancelled_count + week.no_show_count == 0
    };
    let empty = if is_all { 0 } else { summary.weeks.iter().rev().take_while(is_empty).count() };
    let told = summary.weeks.len().saturating_sub(empty);
    let earlier = if is_all { 0 } else { told.saturating_sub(WEEKS_TOLD) };
    let mut rows = vec![row(["week from", "prescribed", "attended", "cancelled", "no-shows"])];
    for week in summary.weeks.iter().take(told).skip(earlier) {
        let from = week.start_date.as_ref().map(words::date).unwrap_or_default();
        let counts = [week.prescribed_count, week.attended_count, week.cancelled_count, week.no_show_count];
        rows.push(std::iter::once(from).chain(counts.map(|count| count.to_string())).collect());
    }
    let mut lines = vec![String::new()];
    lines.extend(Columns::table(&rows, 2, paper.width()));
    if earlier > 0 {
        lines.push(format!("  ({} before with --all)", words::counted_items(earlier, "week")));
    }
    if empty > 0 {
        lines.push(format!("  since then {} without a visit prescribed or held", words::counted_items(empty, "week")));
    }
    lines
}

fn focus(paper: Paper, focus: &[FocusAdherence]) -> Vec<String> {
    if focus.is_empty() {
        return Vec::new();
    }
    let mut rows: Vec<Row> = vec![row(["hands-on work", "minutes", "share", "prescribed"])];
    for one in focus {
        let prescribed = match one.prescribed_percent {
            0 => "not prescribed".to_owned(),
            percent => format!("{percent}%"),
        };
        let share = one.share_percent.map_or_else(|| "-".to_owned(), |share| words::number(share, "%"));
        rows.push(vec![
            words::value_name(one.area().as_str_name(), "AREA_"),
            one.minutes.to_string(),
            share,
            prescribed,
        ]);
    }
    let mut lines = vec![String::new()];
    lines.extend(Columns::table(&rows, 2, paper.width()));
    lines
}

#[cfg(test)]
mod tests {
    use taper_api::google::r#type::Date;
    use taper_api::v1::Area;

    use super::*;

    fn date(day: i32) -> Option<Date> {
        Some(Date { year: 2026, month: 3, day })
    }

    #[test]
    fn the_empty_weeks_after_the_end_are_told_in_a_line() {
        let week = |day: i32, prescribed_count: i32| VisitWeek {
            start_date: date(day),
            prescribed_count,
            ..Default::default()
        };
        let weeks = vec![week(2, 3), week(9, 0), week(16, 1), week(23, 0), week(30, 0)];
        let summary = VisitSummary { weeks, ..Default::default() };
        let text = told(Paper::plain(), &summary, false);
        assert!(text.contains("  2026-03-09  0") && text.contains("  2026-03-16  1"), "{text}");
        assert!(!text.contains("2026-03-23") && text.contains("  since then 2 weeks without a visit"), "{text}");
        assert!(told(Paper::plain(), &summary, true).contains("  2026-03-30  0"));
    }

    #[test]
    fn more_visits_than_prescribed_are_told_as_that_and_not_as_all_of_them() {
        let summary = VisitSummary {
            attended_count: 22,
            prescribed_count: 21,
            adherence_percent: Some(100.0),
            ..Default::default()
        };
        let text = told(Paper::plain(), &summary, false);
        assert!(text.contains("  Attended   22 of 21 prescribed, more than prescribed\n"), "{text}");
        let text = told(Paper::plain(), &VisitSummary { attended_count: 21, ..summary }, false);
        assert!(text.contains("  Attended   21 of 21 prescribed, 100%\n"), "{text}");
    }

    #[test]
    fn a_summary_tells_reviews_counts_weeks_and_focus() {
        let review = |code: &str, day: i32, overdue_days: i32| ReviewDue {
            code: code.to_owned(),
            due_date: date(day),
            overdue_days,
            rule_id: "REV-1".to_owned(),
        };
        let area = |area: Area, minutes: i32, share: f64, prescribed_percent: i32| FocusAdherence {
            area: area.into(),
            minutes,
            share_percent: Some(share),
            prescribed_percent,
        };
        let week = |day: i32| VisitWeek {
            start_date: date(day),
            prescribed_count: 3,
            attended_count: 2,
            ..Default::default()
        };
        let summary = VisitSummary {
            as_of: date(23),
            planned_count: 2,
            overdue_planned_count: 1,
            attended_count: 7,
            cancelled_count: 1,
            no_show_count: 2,
            prescribed_count: 9,
            adherence_percent: Some(77.777),
            behind_count: 2,
            weeks: (1..=20).map(week).collect(),
            focus: vec![area(Area::TieIn, 126, 60.0, 60), area(Area::Calf, 4, 1.9, 0)],
            reviews: vec![
                review("review_2_to_3_weeks", 20, 3),
                review("review_6_visits", 23, 0),
                review("later", 30, -7),
            ],
            definition: "A visit counts on its day.".to_owned(),
            ..Default::default()
        };
        let text = told(Paper::plain().as_wide_as(100), &summary, false);
        for part in [
            "  Reviews    review 2 to 3 weeks: OVERDUE since 2026-03-20, 3 days [REV-1]\n",
            "review 6 visits: due today, 2026-03-23",
            "later: due 2026-03-30, in 7 days",
            "  Attended   7 of 9 prescribed, 77.8%; 2 behind in the last 14 days\n",
            "1 cancelled, 2 no-shows",
            "2 ahead; 1 planned for a day that is past",
            "  (12 weeks before with --all)",
            "  tie-in         126      60%    60%",
            "  calf           4        1.9%   not prescribed",
            "How visits are counted: see --all",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        let all = told(Paper::plain().as_wide_as(100), &summary, true);
        assert!(all.contains("How visits are counted: A visit counts on its day."), "{all}");
        assert!(all.contains("  2026-03-01  3") && !all.contains("with --all"), "{all}");
    }
}
