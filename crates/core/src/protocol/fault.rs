//! Why a protocol document is refused: the line, and the reason in words.

use std::fmt;
use std::ops::Range;

/// A fault of a protocol document, or of one of its golden cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFault {
    /// The golden case's name; none when the fault is in the protocol document itself.
    pub case: Option<String>,
    /// Line of the text, counted from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl fmt::Display for DocumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.case {
            Some(case) => write!(f, "{case}, line {}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

impl std::error::Error for DocumentFault {}

/// The text of a document, to tell lines from byte offsets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a>(pub &'a str);

impl Text<'_> {
    /// The line on which a span begins, counted from 1.
    pub(crate) fn line(self, span: &Range<usize>) -> usize {
        let before = self.0.get(..span.start).unwrap_or(self.0);
        before.matches('\n').count() + 1
    }

    /// A fault on the line where the span begins.
    pub(crate) fn fault(self, span: &Range<usize>, reason: impl Into<String>) -> DocumentFault {
        DocumentFault { case: None, line: self.line(span), reason: reason.into() }
    }

    /// A fault that the TOML parser found.
    pub(crate) fn toml_fault(self, error: &toml::de::Error) -> DocumentFault {
        let message = error.message();
        // The parser's own words for it say nothing of the document.
        let reason = if message.contains("recurs") { "groups are nested too deeply here" } else { message };
        self.fault(&error.span().unwrap_or(0..0), reason)
    }
}
