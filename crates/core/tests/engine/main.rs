//! The rules engine from outside: documents, golden cases, advice, and properties that hold for any record.

mod advice;
mod document;
mod documents;
mod facts;
mod golden_cases;
mod naive;
mod properties;
mod records;
mod stats;
