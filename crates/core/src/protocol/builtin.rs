//! The protocols that are built in, with their golden cases.

use std::sync::LazyLock;

use super::{Protocol, read};

/// A document of the folder `protocols`, with the golden cases beside it.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Folder under `protocols`.
    pub folder: &'static str,
    /// The text.
    pub text: &'static str,
    /// File name and text of each golden case.
    pub cases: &'static [(&'static str, &'static str)],
}

macro_rules! documents {
    ($($folder:literal: [$($case:literal),* $(,)?];)*) => {
        &[$(Document {
            folder: $folder,
            text: include_str!(concat!("../../protocols/", $folder, "/protocol.toml")),
            cases: &[$(($case, include_str!(concat!("../../protocols/", $folder, "/cases/", $case)))),*],
        }),*]
    };
}

/// Every document of the folder; a test compares this list with the folder.
pub const DOCUMENTS: &[Document] = documents! {
};

/// The built-in documents that parse; a test holds that all of them do, with their golden cases.
static BUILTIN: LazyLock<Vec<Protocol>> =
    LazyLock::new(|| DOCUMENTS.iter().filter_map(|document| read::read(document.text).ok()).collect());

/// Every built-in protocol.
pub(super) fn all() -> &'static [Protocol] {
    &BUILTIN
}
