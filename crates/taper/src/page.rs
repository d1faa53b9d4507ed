//! A page that fits one screen: what weighs least is left out first, and how much was left out is said.

/// How soon a piece is left out; what comes first stays longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Never left out: referrals, the advice itself, who decides.
    Always,
    /// Why, in a sentence, and what would change it.
    Reason,
    /// The figures behind it, and what is due.
    Ground,
    /// Other ways, and what is met already.
    Aside,
    /// References, and room between.
    Room,
}

/// Lines that stay together.
#[derive(Clone, Debug)]
pub struct Piece {
    rank: Rank,
    lines: Vec<String>,
}

impl Piece {
    /// Text of one or more lines.
    pub fn new(rank: Rank, text: impl AsRef<str>) -> Self {
        Self { rank, lines: text.as_ref().split('\n').map(str::to_owned).collect() }
    }

    /// An empty line.
    pub fn room() -> Self {
        Self::new(Rank::Room, "")
    }
}

/// Pieces that belong together; what is left out of them is counted at their end.
pub type Section = Vec<Piece>;

/// The page in lines: at most `lines_max` of them, as far as what is never left out allows; all when absent.
pub fn fitted(sections: Vec<Section>, lines_max: Option<usize>) -> Vec<String> {
    let mut sections: Vec<(Section, usize)> = sections.into_iter().map(|section| (section, 0)).collect();
    while lines_max.is_some_and(|most| length(&sections) > most) {
        if !leave_one_out(&mut sections) {
            break;
        }
    }
    let mut lines = Vec::new();
    for (section, left_out) in sections {
        lines.extend(section.into_iter().flat_map(|piece| piece.lines));
        lines.extend(notice(left_out));
    }
    lines
}

fn length(sections: &[(Section, usize)]) -> usize {
    let of_section = |(section, left_out): &(Section, usize)| {
        let lines: usize = section.iter().map(|piece| piece.lines.len()).sum();
        lines.saturating_add(usize::from(*left_out > 0))
    };
    sections.iter().map(of_section).sum()
}

/// The last piece of those that weigh least; false when nothing may be left out any more.
fn leave_one_out(sections: &mut [(Section, usize)]) -> bool {
    let ranks = sections.iter().flat_map(|(section, _)| section.iter().map(|piece| piece.rank));
    let Some(least) = ranks.max().filter(|rank| *rank > Rank::Always) else { return false };
    for (section, left_out) in sections.iter_mut().rev() {
        if let Some(place) = section.iter().rposition(|piece| piece.rank == least) {
            section.remove(place);
            // Room is nobody's loss.
            *left_out = left_out.saturating_add(usize::from(least < Rank::Room));
            return true;
        }
    }
    false
}

fn notice(left_out: usize) -> Option<String> {
    (left_out > 0).then(|| format!("{:13}({left_out} more with --all)", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        vec![
            vec![Piece::new(Rank::Always, "referral"), Piece::room()],
            vec![Piece::new(Rank::Always, "phase"), Piece::new(Rank::Ground, "figure\n  more of it"), Piece::room()],
            vec![Piece::new(Rank::Reason, "path"), Piece::new(Rank::Aside, "other path")],
        ]
    }

    #[test]
    fn a_page_that_fits_is_whole() {
        let whole = ["referral", "", "phase", "figure", "  more of it", "", "path", "other path"];
        assert_eq!(fitted(sections(), Some(8)), whole);
        assert_eq!(fitted(sections(), None), whole);
    }

    #[test]
    fn what_weighs_least_goes_first_and_is_counted() {
        let seven = ["referral", "", "phase", "figure", "  more of it", "path", "other path"];
        assert_eq!(fitted(sections(), Some(7)), seven, "the last empty line went");
        let six = fitted(sections(), Some(6));
        assert_eq!(six, ["referral", "phase", "figure", "  more of it", "path", "other path"]);
        let few = fitted(sections(), Some(5));
        assert_eq!(
            few,
            ["referral", "phase", "             (1 more with --all)", "path", "             (1 more with --all)"]
        );
    }

    #[test]
    fn what_is_never_left_out_stays_even_where_the_page_grows_too_long() {
        assert_eq!(fitted(sections(), Some(1)).first().map(String::as_str), Some("referral"));
        assert!(fitted(sections(), Some(1)).contains(&"phase".to_owned()));
    }
}
