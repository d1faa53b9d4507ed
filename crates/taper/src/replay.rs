//! A replay in words: each case that would have been advised differently, and the manifest at the end.

use taper_api::v1::{Direction, Recommendation, ReplayManifest, ReplayedCase};

use crate::columns::{Columns, Row};
use crate::paper::Paper;
use crate::story::words;
use crate::suppose;

/// One case in a few lines: from which day, which way, on how many days, and in what.
pub fn case(paper: Paper, found: &ReplayedCase) -> String {
    let from = found.first_date.as_ref().map(words::date).unwrap_or_default();
    let way = match found.direction() {
        Direction::Advances => "advanced sooner",
        Direction::HoldsBack => "held back",
        Direction::Neither | Direction::Unspecified => "otherwise",
    };
    let (differing, compared) = (found.differing_date_count, found.date_count);
    let mut lines = vec![
        format!(
            "{from}  {way:15}  {differing} of {compared} sampled days differ; pinned to {}",
            words::protocol(&found.protocol)
        ),
        format!("  {}", found.treatment_plan),
    ];
    let nothing = Recommendation::default();
    let rows: Vec<Row> = found.differences.iter().map(|one| suppose::difference(&nothing, one)).collect();
    lines.extend(Columns::table(&rows, 4, paper.width()));
    lines.join("\n")
}

/// What was compared, and how it came out.
pub fn manifest(paper: Paper, manifest: &ReplayManifest) -> String {
    let entry = |label: &str, text: String| paper.entry(label, &text);
    let lines = [
        paper.heading("Manifest"),
        entry("Cases", manifest.case_count.to_string()),
        entry("Not meant", format!("{} of another presentation, not compared", manifest.other_presentation_count)),
        entry("Days", format!("{} sampled", manifest.date_count)),
        entry(
            "Different",
            format!(
                "{}: {} advanced sooner, {} held back, {} otherwise",
                words::counted_items(usize::try_from(manifest.differing_case_count).unwrap_or(usize::MAX), "case"),
                manifest.advances_count,
                manifest.holds_back_count,
                manifest.neither_count
            ),
        ),
        entry("SHA-256", manifest.sha256.clone()),
    ];
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use taper_api::google::r#type::Date;
    use taper_api::v1::Difference;

    use super::*;

    #[test]
    fn a_case_tells_day_way_and_differences() {
        let difference = Difference {
            path: "phase_action".to_owned(),
            before: "hold".to_owned(),
            after: "advance".to_owned(),
            direction: 1,
        };
        let found = ReplayedCase {
            treatment_plan: "clinics/default/patients/p/injuries/i/treatmentPlans/t".to_owned(),
            protocol: "protocols/hamstring-strain/versions/1".to_owned(),
            first_date: Some(Date { year: 2026, month: 3, day: 23 }),
            differing_date_count: 4,
            date_count: 20,
            direction: Direction::HoldsBack.into(),
            differences: vec![difference],
        };
        let told = case(Paper::plain(), &found);
        let expected = "2026-03-23  held back        4 of 20 sampled days differ; pinned to hamstring-strain, version 1\n  \
                        clinics/default/patients/p/injuries/i/treatmentPlans/t\n    \
                        phase action  hold -> advance  more load or fewer visits";
        assert_eq!(told, expected);
    }

    #[test]
    fn the_manifest_counts_every_way() {
        let counts = ReplayManifest {
            case_count: 100,
            date_count: 2_000,
            differing_case_count: 6,
            advances_count: 3,
            holds_back_count: 2,
            neither_count: 1,
            sha256: "ab".to_owned(),
            other_presentation_count: 7,
        };
        let told = manifest(Paper::plain(), &counts);
        assert!(told.contains("  Different  6 cases: 3 advanced sooner, 2 held back, 1 otherwise"), "{told}");
        assert!(told.contains("  Days       2000 sampled"), "{told}");
        assert!(told.contains("  Not meant  7 of another presentation"), "{told}");
    }
}
