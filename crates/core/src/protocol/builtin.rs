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
    "hamstring-persistent": [
        "article.case.toml",
        "c4.case.toml",
        "c5.case.toml",
        "first-therapist.case.toml",
        "not-discharged-with-a-positive-test.case.toml",
    ];
    "hamstring-strain": [
        "adolescent.case.toml",
        "bilateral.case.toml",
        "blood-thinner.case.toml",
        "c1.case.toml",
        "c2.case.toml",
        "c3.case.toml",
        "c6.case.toml",
        "c7.case.toml",
        "c8.case.toml",
        "contradictory-entries.case.toml",
        "exacerbation.case.toml",
        "flare-steps-back.case.toml",
        "not-after-48-hours-with-painful-walking.case.toml",
        "not-before-phase-3.case.toml",
        "not-gates-missing-value.case.toml",
        "not-held-without-equipment.case.toml",
        "not-more-visits-for-non-response.case.toml",
        "not-on-with-a-limp.case.toml",
        "not-on-with-pain-of-5.case.toml",
        "not-run-before-phase-4.case.toml",
        "not-silently-cleared.case.toml",
        "not-without-a-second-lefs.case.toml",
        "odd-laser.case.toml",
        "odd-third-degree-beside-little-pain.case.toml",
        "odd-ultrasound-at-17.case.toml",
        "other-tester.case.toml",
        "stretch-type.case.toml",
        "thrombosis-signs.case.toml",
        "twice-recurred.case.toml",
    ];
};

/// The built-in documents that parse; a test holds that all of them do, with their golden cases.
static BUILTIN: LazyLock<Vec<Protocol>> =
    LazyLock::new(|| DOCUMENTS.iter().filter_map(|document| read::read(document.text).ok()).collect());

/// Every built-in protocol.
pub(super) fn all() -> &'static [Protocol] {
    &BUILTIN
}
