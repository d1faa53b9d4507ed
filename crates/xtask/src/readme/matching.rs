//! Whether a program said what the README shows; a line `...` there stands for any number of lines.

use super::normal::normalised;

const ANY_LINES: &str = "...";

/// Nothing when the output is as expected; otherwise the first expected line that was not found, and where.
pub fn difference(expected: &str, actual: &str) -> Option<String> {
    let expected = lines(expected);
    let actual = lines(actual);
    if matches(&expected, &actual) {
        return None;
    }
    let agreed = longest_agreement(&expected, &actual);
    let wanted = expected.get(agreed).map_or("the end of the output", String::as_str);
    Some(format!("expected line {} not found where it should be: {wanted}", agreed + 1))
}

/// Normalised, without cargo's own lines, without blank lines at both ends.
fn lines(text: &str) -> Vec<String> {
    let kept: Vec<String> = text.lines().filter(|line| !is_from_cargo(line)).map(normalised).collect();
    let first = kept.iter().position(|line| !line.is_empty()).unwrap_or(kept.len());
    let end = kept.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    kept.into_iter().take(end).skip(first).collect()
}

/// Cargo right-aligns its verbs: "   Compiling taper v0.1.0", "    Finished `release` profile".
fn is_from_cargo(line: &str) -> bool {
    let verbs =
        ["Compiling", "Finished", "Running", "Updating", "Downloading", "Downloaded", "Blocking", "Locking", "Adding"];
    let unindented = line.trim_start();
    unindented.len() < line.len() && verbs.iter().any(|verb| unindented.starts_with(&format!("{verb} ")))
}

/// Whether the lines fit the pattern: the usual two-pointer match, going back to the last `...` when a line differs.
fn matches(pattern: &[String], lines: &[String]) -> bool {
    let (mut at_pattern, mut at_line) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(line) = lines.get(at_line) {
        match pattern.get(at_pattern) {
            Some(wanted) if wanted == ANY_LINES => {
                back = Some((at_pattern + 1, at_line));
                at_pattern += 1;
            }
            Some(wanted) if wanted == line => {
                at_pattern += 1;
                at_line += 1;
            }
            _ => match back {
                Some((after_any, swallowed)) => {
                    back = Some((after_any, swallowed + 1));
                    at_pattern = after_any;
                    at_line = swallowed + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at_pattern).all(|wanted| wanted == ANY_LINES)
}

/// How many lines of the pattern, from its start, fit some beginning of the output.
fn longest_agreement(pattern: &[String], lines: &[String]) -> usize {
    let any_end = [ANY_LINES.to_owned()];
    let fits = |count: &usize| {
        let beginning: Vec<String> = pattern.iter().take(*count).chain(&any_end).cloned().collect();
        matches(&beginning, lines)
    };
    (0..=pattern.len()).take_while(fits).last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_lines_agree_whatever_their_blank_ends() {
        assert_eq!(difference("a\nb\n", "\na\nb\n\n"), None);
    }

    #[test]
    fn a_missing_an_extra_and_a_changed_line_are_seen() {
        assert!(difference("a\nb", "a").unwrap().contains("line 2"));
        assert!(difference("a", "a\nb").unwrap().contains("the end of the output"));
        assert!(difference("a\nb\nc", "a\nx\nc").unwrap().ends_with(": b"));
    }

    #[test]
    fn three_dots_stand_for_any_number_of_lines() {
        assert_eq!(difference("...\nb", "b"), None);
        assert_eq!(difference("...\nb", "x\nb\ny\nb"), None);
        assert_eq!(difference("a\n...\nb\n...", "a\nb"), None);
        assert_eq!(difference("a\n...\nb\n...\nc", "a\nb\nx\nb\nc"), None);
        assert!(difference("a\n...\nb", "a\nc").is_some());
        assert!(difference("a\n...\nb", "a\nb\nc").is_some());
    }

    #[test]
    fn what_cargo_says_before_the_program_does_not_count() {
        let said = "   Compiling taper v0.1.0 (/x)\n    Finished `release` profile\n     Running `taper demo`\nhello\n";
        assert_eq!(difference("hello", said), None);
        assert!(difference("hello", "Running is allowed\nhello").is_some());
    }

    #[test]
    fn what_differs_from_run_to_run_is_normalised_on_both_sides() {
        assert_eq!(difference("at 2026-11-01 on 127.0.0.1:50051", "at 2027-01-31 on 127.0.0.1:4711"), None);
    }
}
