//! The clinic's active plans as a table: what each needs next, the most pressing first in its row.

use std::collections::BTreeMap;

use taper_api::v1::{Attention, CaseloadEntry, Rung};

use crate::columns::{Columns, Row, row};
use crate::paper::Paper;
use crate::story::words;

/// One page of plans; the names stand last, to be copied. Of a therapist who is not among `therapists`, by resource name,
/// the id is told.
pub fn page(paper: Paper, entries: &[CaseloadEntry], therapists: &BTreeMap<String, String>, is_first: bool) -> String {
    let mut rows = Vec::new();
    if is_first {
        rows.push(row(["needs", "phase", "visits", "on it", "last visit", "next review", "therapist"]));
    }
    rows.extend(entries.iter().map(|entry| one(entry, therapists)));
    let columns = Columns::of(&rows, 0, paper.width());
    let mut lines = Vec::new();
    let mut rows = rows.iter();
    if is_first {
        lines.extend(rows.next().map(|heading| columns.lines(heading).join("\n")));
    }
    for (cells, entry) in rows.zip(entries) {
        lines.extend(columns.lines(cells));
        lines.push(format!("  {}", entry.treatment_plan));
    }
    lines.join("\n")
}

fn one(entry: &CaseloadEntry, therapists: &BTreeMap<String, String>) -> Row {
    let needs: Vec<&str> = entry.attentions().map(attention).collect();
    let date =
        |date: &Option<taper_api::google::r#type::Date>| date.as_ref().map_or_else(|| "-".to_owned(), words::date);
    vec![
        if needs.is_empty() { "nothing now".to_owned() } else { needs.join(", ") },
        entry.phase.to_string(),
        entry.rung.as_ref().map_or_else(|| "-".to_owned(), rung),
        words::counted(f64::from(entry.days_on_rung), "day"),
        date(&entry.last_visit_date),
        date(&entry.next_review_date),
        match (entry.therapist.as_str(), therapists.get(&entry.therapist)) {
            ("", _) => "-".to_owned(),
            (_, Some(display_name)) => display_name.clone(),
            (name, None) => words::last_part(name).to_owned(),
        },
    ]
}

fn rung(rung: &Rung) -> String {
    format!("{} a week", rung.session_count_per_week)
}

/// What a plan needs, in words.
pub fn attention(attention: Attention) -> &'static str {
    match attention {
        Attention::Stopped => "STOPPED by a referral",
        Attention::ReferralOpen => "referral open",
        Attention::SetBack => "GO BACK",
        Attention::NotResponding => "NOT RESPONDING",
        Attention::ReviewDue => "review due",
        Attention::ReadyToStepDown => "ready for fewer visits",
        Attention::BehindOnVisits => "behind on visits",
        Attention::ReadyToAdvance => "ready to advance",
        Attention::ReadyForDischarge => "ready for discharge",
        Attention::Unspecified => "-",
    }
}

#[cfg(test)]
mod tests {
    use taper_api::google::r#type::Date;

    use super::*;

    fn entry(attentions: &[Attention]) -> CaseloadEntry {
        CaseloadEntry {
            treatment_plan: "clinics/default/patients/p/injuries/i/treatmentPlans/t".to_owned(),
            therapist: "clinics/default/therapists/x".to_owned(),
            phase: 2,
            rung: Some(Rung { session_count_per_week: 3, minutes: 30 }),
            attentions: attentions.iter().map(|one| i32::from(*one)).collect(),
            last_visit_date: Some(Date { year: 2026, month: 3, day: 23 }),
            days_on_rung: 21,
            ..Default::default()
        }
    }

    #[test]
    fn a_page_has_a_heading_and_two_lines_a_plan_the_name_on_its_own() {
        let entries = [entry(&[Attention::Stopped, Attention::ReviewDue]), entry(&[])];
        let therapists = BTreeMap::from([("clinics/default/therapists/x".to_owned(), "Therese".to_owned())]);
        let page = page(Paper::plain().as_wide_as(120), &entries, &therapists, true);
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines.len(), 5, "{page}");
        assert!(lines[0].starts_with("needs") && lines[0].contains("next review"), "{page}");
        assert!(lines[1].starts_with("STOPPED by a referral, review due  2      3 a week  21 days"), "{page}");
        assert!(lines[1].ends_with("  Therese"), "{page}");
        assert_eq!(lines[2], "  clinics/default/patients/p/injuries/i/treatmentPlans/t");
        assert!(lines[3].starts_with("nothing now") && lines[3].contains("2026-03-23  -"), "{page}");
    }

    #[test]
    fn later_pages_have_no_heading() {
        assert!(!page(Paper::plain(), &[entry(&[])], &BTreeMap::new(), false).contains("next review"));
    }
}
