//! Golden cases of a request: played on a version, with what was expected and what was found.

use taper_api::v1;
use taper_core::case::{Case, EXPECTS_NOTHING};
use taper_core::limits;
use taper_core::protocol::Protocol;
use taper_kit::fields::Fields;

use crate::wire::protocol::document_fault;

/// A document of a request; every fault is noted with its line.
pub(crate) fn document(field: &str, text: &str, fields: &mut Fields) -> Option<Protocol> {
    if text.is_empty() {
        fields.fault(field, "is required: a protocol document in TOML");
        return None;
    }
    match Protocol::check(text) {
        Ok(protocol) => Some(protocol),
        Err(faults) => {
            for fault in faults {
                fields.fault(field, format!("line {}: {}", fault.line, fault.reason));
            }
            None
        }
    }
}

/// Notes more cases than one request may have.
pub(crate) fn within_max(cases: &[String], fields: &mut Fields) {
    let max = limits::GOLDEN_CASES_MAX;
    if cases.len() as u64 > max {
        fields.fault("cases", format!("has {} items; at most {max} are possible", cases.len()));
    }
}

/// How a case comes out on a protocol.
pub(crate) fn result(protocol: &Protocol, text: &str) -> v1::CaseResult {
    let case = match Case::parse_for(text, protocol) {
        Ok(case) => case,
        Err(fault) => {
            return v1::CaseResult { faults: vec![document_fault(&fault)], ..v1::CaseResult::default() };
        }
    };
    if case.expects_nothing() {
        let fault = v1::DocumentFault { line: 0, reason: EXPECTS_NOTHING.to_owned() };
        return v1::CaseResult { case_id: case.id, display_name: case.title, passed: false, faults: vec![fault] };
    }
    let mismatches = case.check_with(protocol);
    let fault = |mismatch: &taper_core::case::Mismatch| v1::DocumentFault {
        line: i32::try_from(mismatch.line).unwrap_or(i32::MAX),
        reason: mismatch.to_string(),
    };
    v1::CaseResult {
        case_id: case.id.clone(),
        display_name: case.title.clone(),
        passed: mismatches.is_empty(),
        faults: mismatches.iter().map(fault).collect(),
    }
}
