//! A page that fits one screen: what weighs least is left out first, and how much was left out is said.

/// How soon a piece gives way; what comes first stays longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Never: referrals, the advice itself, what holds it in a line, who decides.
    Always,
    /// Why, in a sentence, and every change that would change it.
    Reason,
    /// What is noted besides.
    Notice,
    /// The further figures behind it, and what to measure.
    Ground,
    /// Other ways, and what is met already.
    Aside,
    /// References, and what is due later.
    Reference,
    /// Room between.
    Room,
}

/// Lines that stay together. They give way to a shorter form, and the last form to nothing.
#[derive(Clone, Debug)]
pub struct Piece {
    forms: Vec<(Rank, Vec<String>)>,
    /// Which of the forms is told; none of them beyond the last.
    told: usize,
}

impl Piece {
    /// Text of one or more lines.
    pub fn new(rank: Rank, text: impl AsRef<str>) -> Self {
        Self { forms: vec![form(rank, text)], told: 0 }
    }

    /// The same, in a shorter form where there is less room.
    pub fn or_shorter(mut self, rank: Rank, text: impl AsRef<str>) -> Self {
        self.forms.push(form(rank, text));
        self
    }

    /// An empty line.
    pub fn room() -> Self {
        Self::new(Rank::Room, "")
    }

    fn rank(&self) -> Option<Rank> {
        self.forms.get(self.told).map(|(rank, _)| *rank)
    }

    fn lines(&self) -> &[String] {
        self.forms.get(self.told).map_or(&[], |(_, lines)| lines)
    }

    /// Forms that gave way. Room is nobody's loss.
    fn left_out(&self) -> usize {
        self.forms.iter().take(self.told).filter(|(rank, _)| *rank < Rank::Room).count()
    }
}

fn form(rank: Rank, text: impl AsRef<str>) -> (Rank, Vec<String>) {
    (rank, text.as_ref().split('\n').map(str::to_owned).collect())
}

/// Pieces that belong together.
pub type Section = Vec<Piece>;

/// The page in lines: at most `lines_max` of them, as far as what is never left out allows; all when absent. How much was
/// left out is said before the last section.
pub fn fitted(mut sections: Vec<Section>, lines_max: Option<usize>) -> Vec<String> {
    if let Some(most) = lines_max {
        fit(&mut sections, most);
    }
    let left_out = left_out(&sections);
    let last = sections.pop().unwrap_or_default();
    let mut lines: Vec<String> = sections.iter().flatten().flat_map(|piece| piece.lines()).cloned().collect();
    lines.extend(notice(left_out));
    lines.extend(last.iter().flat_map(|piece| piece.lines()).cloned());
    lines
}

/// Of what weighs least the last gives way first; what there is room for in the end comes back, the weightiest first.
fn fit(sections: &mut [Section], most: usize) {
    let mut places: Vec<(usize, usize)> = Vec::new();
    while length(sections) > most {
        let Some(place) = least(sections) else { break };
        turn(sections, place, 1);
        places.push(place);
    }
    for place in places.into_iter().rev() {
        turn(sections, place, -1);
        if length(sections) > most {
            turn(sections, place, 1);
        }
    }
}

/// Makes a piece shorter (1) or longer again (-1).
fn turn(sections: &mut [Section], (section, piece): (usize, usize), by: isize) {
    if let Some(piece) = sections.get_mut(section).and_then(|section| section.get_mut(piece)) {
        piece.told = piece.told.saturating_add_signed(by);
    }
}

fn length(sections: &[Section]) -> usize {
    let lines: usize = sections.iter().flatten().map(|piece| piece.lines().len()).sum();
    lines.saturating_add(usize::from(left_out(sections) > 0))
}

fn left_out(sections: &[Section]) -> usize {
    sections.iter().flatten().map(Piece::left_out).sum()
}

/// The last piece of those that weigh least; none when nothing may give way any more.
fn least(sections: &[Section]) -> Option<(usize, usize)> {
    let pieces = sections.iter().enumerate().flat_map(|(place, section)| {
        section.iter().enumerate().filter_map(move |(piece, told)| Some((told.rank()?, (place, piece))))
    });
    let weighed = pieces.filter(|(rank, _)| *rank > Rank::Always);
    weighed.max_by_key(|(rank, _)| *rank).map(|(_, place)| place)
}

fn notice(left_out: usize) -> Option<String> {
    let things = if left_out == 1 { "thing is" } else { "things are" };
    (left_out > 0).then(|| format!("({left_out} {things} left out or cut short here; all of it with --all)"))
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
        let few = fitted(sections(), Some(4));
        let said = "(2 things are left out or cut short here; all of it with --all)";
        assert_eq!(few, ["referral", "phase", said, "path"]);
    }

    #[test]
    fn what_has_a_shorter_form_takes_that_before_it_goes() {
        let hold = Piece::new(Rank::Aside, "heading\nwhy\nrow").or_shorter(Rank::Reason, "why\nrow");
        let sections = vec![
            vec![hold.or_shorter(Rank::Always, "in a line")],
            vec![Piece::new(Rank::Reference, "one\ntwo").or_shorter(Rank::Ground, "one")],
            vec![Piece::new(Rank::Always, "last")],
        ];
        let page = |lines_max| fitted(sections.clone(), Some(lines_max)).join(" ");
        assert_eq!(page(6), "heading why row one two last");
        let said = |count| format!("({count} things are left out or cut short here; all of it with --all)");
        assert_eq!(page(5), format!("why row one {} last", said(2)));
        assert_eq!(page(4), format!("why row {} last", said(3)));
        assert_eq!(page(3), format!("in a line {} last", said(4)));
        assert_eq!(page(1), page(3), "nothing more gives way");
    }

    #[test]
    fn what_there_is_room_for_in_the_end_comes_back() {
        let long = Piece::new(Rank::Reason, "a\nb\nc\nd").or_shorter(Rank::Always, "in a line");
        let sections = vec![
            vec![long, Piece::new(Rank::Ground, "figure"), Piece::new(Rank::Notice, "notice")],
            vec![Piece::new(Rank::Always, "last")],
        ];
        let said = "(1 thing is left out or cut short here; all of it with --all)";
        assert_eq!(fitted(sections, Some(5)), ["in a line", "figure", "notice", said, "last"]);
    }

    #[test]
    fn what_is_never_left_out_stays_even_where_the_page_grows_too_long() {
        assert_eq!(fitted(sections(), Some(1)).first().map(String::as_str), Some("referral"));
        assert!(fitted(sections(), Some(1)).contains(&"phase".to_owned()));
    }
}
