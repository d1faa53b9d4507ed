//! Text that a person typed: bounded, and without characters that a database or a screen chokes on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits;

/// Why a text is refused; the text itself is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing, or only white space.
    #[error("is required: give at least one visible character")]
    Empty,
    /// Too long.
    #[error("is too long: {found} characters, at most {max} are kept")]
    TooLong {
        /// Characters found.
        found: usize,
        /// Characters allowed.
        max: u64,
    },
    /// NUL, another control character, or an unpaired direction mark.
    #[error("holds a control character (code point U+{0:04X}); remove it")]
    Control(u32),
}

/// One line: a name, a code, a device. 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// Free text of several lines; may be empty. At most 10,000 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

impl Line {
    /// Checks and keeps a line; white space at the ends is dropped.
    pub fn parse(text: &str) -> Result<Self, TextFault> {
        let trimmed = text.trim_matches(|c: char| c == ' ');
        if trimmed.trim().is_empty() && !trimmed.chars().any(char::is_control) {
            return Err(TextFault::Empty);
        }
        check(trimmed, limits::NAME_CHARACTERS_MAX, |_| false)?;
        Ok(Self(trimmed.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Note {
    /// Checks and keeps a note; new lines and tabs are allowed.
    pub fn parse(text: &str) -> Result<Self, TextFault> {
        check(text, limits::NOTE_CHARACTERS_MAX, |c| c == '\n' || c == '\t' || c == '\r')?;
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn check(text: &str, max: u64, allowed_control: fn(char) -> bool) -> Result<(), TextFault> {
    let found = text.chars().count();
    if found as u64 > max {
        return Err(TextFault::TooLong { found, max });
    }
    let direction_override = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    match text.chars().find(|&c| (c.is_control() && !allowed_control(c)) || direction_override(c)) {
        Some(c) => Err(TextFault::Control(u32::from(c))),
        None => Ok(()),
    }
}

macro_rules! text_conversions {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = TextFault;

            fn try_from(text: String) -> Result<Self, TextFault> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_conversions!(Line, Note);
