//! Text for people: lines that fit a terminal, under short labels, in colour only where a terminal shows it.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// Characters of a line at most, where nothing else is asked for; a single longer word stays whole.
const WIDTH: usize = 96;

/// Where the text of a labelled line begins.
const INDENT: usize = 13;

/// Prints a line; a reader that has gone is an error, not a panic.
pub fn say(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// How text is laid out for one kind of reader.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    is_coloured: bool,
    width: usize,
}

impl Paper {
    /// For stdout: coloured when it is a terminal, unless NO_COLOR is set (no-color.org).
    pub fn of_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { is_coloured: io::stdout().is_terminal() && !unwanted, width: WIDTH }
    }

    /// Without colour.
    pub fn plain() -> Self {
        Self { is_coloured: false, width: WIDTH }
    }

    /// The same, for lines of this many characters.
    pub fn as_wide_as(self, width: usize) -> Self {
        Self { width, ..self }
    }

    /// Characters of a line at most.
    pub fn width(self) -> usize {
        self.width
    }

    /// A heading: bold.
    pub fn heading(self, text: &str) -> String {
        self.painted("1", text)
    }

    /// What must not be overlooked: bold and red.
    pub fn alarm(self, text: &str) -> String {
        self.painted("1;31", text)
    }

    /// A label and its text, wrapped; the lines after the first stand under the text. The label may be empty.
    pub fn entry(self, label: &str, text: &str) -> String {
        let mut lines = wrapped(text, self.width.saturating_sub(INDENT)).into_iter();
        let first = lines.next().unwrap_or_default();
        let label = format!("  {label:<width$}", width = INDENT - 2);
        let mut entry = format!("{}{first}", self.painted("36", &label));
        for line in lines {
            entry.push_str(&format!("\n{:INDENT$}{line}", ""));
        }
        entry
    }

    fn painted(self, code: &str, text: &str) -> String {
        match self.is_coloured {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

/// Breaks at spaces. Spaces at the beginning indent every line; `\n` begins a new one.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let words = paragraph.trim_start_matches(' ');
        let indent = " ".repeat(paragraph.len() - words.len());
        let mut line = indent.clone();
        for word in words.split_whitespace() {
            let is_first = line.len() == indent.len();
            if !is_first && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::replace(&mut line, format!("{indent}  {word}")));
                continue;
            }
            if !is_first {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_broken_at_spaces_and_stands_under_its_beginning() {
        let text = "word ".repeat(40);
        let entry = Paper::plain().entry("Phase", &text);
        assert!(entry.lines().count() > 1 && entry.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(entry.starts_with("  Phase      word word"));
        assert!(entry.lines().skip(1).all(|line| line.starts_with(&format!("{:INDENT$}  word", ""))));
        assert_eq!(entry.split_whitespace().count(), 41);
    }

    #[test]
    fn a_wider_paper_takes_longer_lines() {
        let entry = Paper::plain().as_wide_as(60).entry("Phase", &"word ".repeat(40));
        assert!(entry.lines().all(|line| line.chars().count() <= 60), "{entry}");
    }

    #[test]
    fn an_indent_and_new_lines_are_kept() {
        assert_eq!(wrapped("one\n  two three", 7), ["one", "  two", "    three"]);
    }

    #[test]
    fn a_word_longer_than_the_line_stays_whole() {
        assert_eq!(wrapped("a bbbbbbbbbb c", 4), ["a", "  bbbbbbbbbb", "  c"]);
    }

    #[test]
    fn there_is_no_colour_on_plain_paper() {
        assert_eq!(Paper::plain().heading("2026-03-02"), "2026-03-02");
        assert_eq!(Paper { is_coloured: true, ..Paper::plain() }.heading("x"), "\u{1b}[1mx\u{1b}[0m");
    }
}
