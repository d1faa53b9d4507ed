//! What is asked: the calls that make a clinic, and one valid request of every method on what they made.
//!
//! `{word}` is a name that an earlier call answered, `@12` the date of twelve days ago, `{at}` an instant of yesterday,
//! `{mark}` the clinic's sentinel and `{secret}` its patients'. Every request_id and page_token is added by the test.

/// The word for the name that the answer gives, the method, the message.
pub const MADE: &[(&str, &str, &str)] = &[
    (
        "clinic",
        "CreateClinic",
        r#"{"clinic_id": "{slug}", "clinic": {"display_name": "{mark}", "time_zone": "Etc/UTC"}}"#,
    ),
    ("therapist", "CreateTherapist", THERAPIST),
    ("", "CreateTherapist", THERAPIST),
    (
        "patient",
        "CreatePatient",
        r#"{"parent": "{clinic}", "patient": {"family_name": "{secret}", "given_name": "{secret}",
            "birth_date": @12000, "external_ids": [{"system": "mrn", "value": "{secret}-1"}]}}"#,
    ),
    ("left", "CreatePatient", REGISTERED),
    ("back", "CreatePatient", REGISTERED),
    ("", "DeletePatient", r#"{"name": "{back}"}"#),
    ("erased", "CreatePatient", REGISTERED),
    ("", "DeletePatient", r#"{"name": "{erased}"}"#),
    ("injury", "CreateInjury", INJURY),
    ("earlier", "CreateInjury", INJURY),
    ("plan", "CreateTreatmentPlan", PLAN),
    ("", "CreateTreatmentPlan", PLAN),
    (
        "draft",
        "CreateTreatmentPlan",
        r#"{"parent": "{earlier}", "treatment_plan": {"start_date": @28, "protocol": "{strain}"}}"#,
    ),
    ("", "ActivateTreatmentPlan", r#"{"name": "{plan}", "phase": 1, "therapist": "{therapist}", "date": @28}"#),
    ("assessment", "CreateAssessment", ASSESSMENT),
    ("", "CreateAssessment", ASSESSMENT),
    ("activity", "CreateActivity", ACTIVITY),
    ("", "CreateActivity", ACTIVITY),
    ("session", "CreateSession", SESSION),
    ("to_complete", "CreateSession", PLANNED),
    ("to_cancel", "CreateSession", PLANNED),
    ("", "CreateSession", SESSION),
    (
        "",
        "CreateSession",
        r#"{"parent": "{draft}", "session": {"kind": "SESSION_KIND_MASSAGE", "state": "SESSION_STATE_ATTENDED",
            "start_time": "{at}", "minutes": 30, "therapist": "{therapist}"}}"#,
    ),
    ("decision", "CreateDecision", DECISION),
    ("receipt", "IssueRecommendation", r#"{"name": "{plan}", "include_text": true}"#),
    ("", "IssueRecommendation", r#"{"name": "{plan}"}"#),
    ("protocol", "CreateProtocolVersion", r#"{"parent": "{clinic}", "document": "{document:1}"}"#),
    ("", "CreateProtocolVersion", r#"{"parent": "{clinic}", "document": "{document:2}"}"#),
    ("", "UpdateClinicPolicy", POLICY),
    ("", "UpdateClinicPolicy", POLICY),
    ("key", "CreateApiKey", KEY),
    ("", "CreateApiKey", KEY),
    ("member", "CreateMember", MEMBER),
    (
        "",
        "CreateMember",
        r#"{"parent": "{clinic}", "member": {"issuer": "i", "subject": "s", "role": "ROLE_AUDITOR"}}"#,
    ),
];

const THERAPIST: &str = r#"{"parent": "{clinic}",
    "therapist": {"display_name": "{mark}", "discipline": "DISCIPLINE_PHYSIOTHERAPIST"}}"#;
const REGISTERED: &str = r#"{"parent": "{clinic}", "patient": {"family_name": "{secret}"}}"#;
const INJURY: &str = r#"{"parent": "{patient}", "injury": {"side": "SIDE_LEFT", "site": "SITE_BELLY",
    "onset_date": @30, "mechanism": "MECHANISM_SPRINT", "presentation": "PRESENTATION_ACUTE", "note": "{secret}"}}"#;
const PLAN: &str = r#"{"parent": "{injury}", "treatment_plan": {"start_date": @28, "protocol": "{strain}"}}"#;
const ASSESSMENT: &str = r#"{"parent": "{injury}", "assessment": {"date": @2, "therapist": "{therapist}",
    "note": "{secret}", "observations": [{"measure": "pain_worst_24h", "number": 3, "tester": "{therapist}"}]}}"#;
const ACTIVITY: &str = r#"{"parent": "{injury}", "activity": {"date": @2, "kind": "ACTIVITY_KIND_RUN",
    "reported_by": "REPORTER_PATIENT", "note": "{secret}"}}"#;
const SESSION: &str = r#"{"parent": "{plan}", "session": {"kind": "SESSION_KIND_MASSAGE",
    "state": "SESSION_STATE_ATTENDED", "start_time": "{at}", "minutes": 30, "therapist": "{therapist}",
    "note": "{secret}"}}"#;
const PLANNED: &str = r#"{"parent": "{plan}", "session": {"kind": "SESSION_KIND_MASSAGE",
    "state": "SESSION_STATE_PLANNED", "start_time": "{at}", "minutes": 30, "therapist": "{therapist}"}}"#;
const DECISION: &str = r#"{"parent": "{plan}", "etag": "{etag}", "decision": {"therapist": "{therapist}", "phase": 2,
    "override_reason": "OVERRIDE_REASON_CLINICAL_JUDGEMENT", "note": "{secret}"}}"#;
const POLICY: &str = r#"{"clinic_policy": {"name": "{clinic}/policy", "policy": {"pain_limit_nprs": 2}},
    "reason": "{mark}", "therapist": "{therapist}"}"#;
const KEY: &str = r#"{"parent": "{clinic}", "api_key": {"client": "{mark}", "role": "ROLE_AUDITOR"}}"#;
const MEMBER: &str = r#"{"parent": "{clinic}",
    "member": {"issuer": "https://login.example", "subject": "{mark}", "role": "ROLE_AUDITOR"}}"#;

/// One valid request of every method of the contract, in this order: what is asked of the audit comes first, before
/// the other calls are written into it.
pub const ASKED: &[(&str, &str)] = &[
    ("ListAuditEvents", r#"{"parent": "{clinic}", "page_size": 1}"#),
    ("VerifyAudit", r#"{"parent": "{clinic}"}"#),
    ("BreakGlass", r#"{"parent": "{clinic}", "reason": "An emergency at night."}"#),
    (
        "CreateApiKey",
        r#"{"parent": "{clinic}", "api_key": {"client": "{mark} {n}", "role": "ROLE_PHYSIOTHERAPIST",
        "therapist": "{therapist}"}}"#,
    ),
    ("ListApiKeys", r#"{"parent": "{clinic}", "page_size": 1}"#),
    ("RevokeApiKey", r#"{"name": "{key}"}"#),
    (
        "CreateMember",
        r#"{"parent": "{clinic}", "member": {"issuer": "https://login.example", "subject": "{mark} {n}",
        "role": "ROLE_PHYSIOTHERAPIST", "therapist": "{therapist}"}}"#,
    ),
    ("ListMembers", r#"{"parent": "{clinic}", "page_size": 1}"#),
    ("DisableMember", r#"{"name": "{member}"}"#),
    ("CreateClinic", r#"{"clinic_id": "{slug}", "clinic": {"display_name": "{mark}", "time_zone": "Etc/UTC"}}"#),
    ("GetClinic", r#"{"name": "{clinic}"}"#),
    ("ListClinics", r#"{"page_size": 1}"#),
    ("CreateTherapist", THERAPIST),
    ("GetTherapist", r#"{"name": "{therapist}"}"#),
    ("ListTherapists", r#"{"parent": "{clinic}", "page_size": 1}"#),
    (
        "CreatePatient",
        r#"{"parent": "{clinic}", "patient": {"family_name": "{secret}",
        "external_ids": [{"system": "mrn", "value": "{secret}-{n}"}]}}"#,
    ),
    ("GetPatient", r#"{"name": "{patient}"}"#),
    ("ListPatients", r#"{"parent": "{clinic}", "page_size": 1}"#),
    (
        "UpdatePatient",
        r#"{"patient": {"name": "{patient}", "given_name": "{secret}",
        "external_ids": [{"system": "mrn", "value": "{secret}-2"}]}, "update_mask": "givenName,externalIds"}"#,
    ),
    ("DeletePatient", r#"{"name": "{left}"}"#),
    ("UndeletePatient", r#"{"name": "{back}"}"#),
    ("PurgePatient", r#"{"name": "{erased}", "etag": "2"}"#),
    ("ExportPatient", r#"{"name": "{patient}"}"#),
    ("CreateInjury", INJURY),
    ("GetInjury", r#"{"name": "{injury}"}"#),
    ("ListInjuries", r#"{"parent": "{patient}", "page_size": 1}"#),
    ("RecordReturn", r#"{"name": "{earlier}", "return_date": @20}"#),
    (
        "RecordRecurrence",
        r#"{"name": "{earlier}", "injury": {"side": "SIDE_LEFT", "site": "SITE_BELLY",
        "onset_date": @10, "mechanism": "MECHANISM_SPRINT", "presentation": "PRESENTATION_ACUTE"}}"#,
    ),
    ("GetClinicPolicy", r#"{"name": "{clinic}/policy"}"#),
    ("UpdateClinicPolicy", POLICY),
    ("ListClinicPolicyRevisions", r#"{"name": "{clinic}/policy", "page_size": 1}"#),
    ("CreateAssessment", ASSESSMENT),
    ("GetAssessment", r#"{"name": "{assessment}"}"#),
    ("ListAssessments", r#"{"parent": "{injury}", "page_size": 1}"#),
    (
        "AmendAssessment",
        r#"{"assessment": {"name": "{assessment}", "date": @2, "therapist": "{therapist}",
        "observations": [{"measure": "pain_worst_24h", "number": 4, "tester": "{therapist}"}]}, "reason": "Misread."}"#,
    ),
    ("CreateActivity", ACTIVITY),
    ("GetActivity", r#"{"name": "{activity}"}"#),
    ("ListActivities", r#"{"parent": "{injury}", "page_size": 1}"#),
    (
        "AmendActivity",
        r#"{"activity": {"name": "{activity}", "date": @2, "kind": "ACTIVITY_KIND_RUN",
        "reported_by": "REPORTER_PATIENT", "note": "{secret}"}, "reason": "Misread."}"#,
    ),
    ("ListMeasures", r#"{"page_size": 1}"#),
    ("GetTrends", r#"{"treatment_plan": "{plan}"}"#),
    ("GetProtocol", r#"{"name": "{protocol}"}"#),
    ("ListProtocols", r#"{"parent": "{clinic}", "page_size": 1}"#),
    ("ValidateProtocol", r#"{"document": "{document:3}"}"#),
    ("CreateProtocolVersion", r#"{"parent": "{clinic}", "document": "{document:3}"}"#),
    ("TestProtocol", r#"{"name": "{protocol}", "cases": ["{case}"]}"#),
    ("ReplayProtocol", r#"{"parent": "{clinic}", "protocol": "{protocol}", "include_differences": true}"#),
    // Who sees no findings may record none: one that everybody may plan.
    ("CreateSession", PLANNED),
    ("GetSession", r#"{"name": "{session}"}"#),
    ("ListSessions", r#"{"parent": "{plan}", "page_size": 1}"#),
    (
        "AmendSession",
        r#"{"session": {"name": "{session}", "kind": "SESSION_KIND_MASSAGE",
        "state": "SESSION_STATE_ATTENDED", "start_time": "{at}", "minutes": 20, "therapist": "{therapist}"},
        "reason": "Misread."}"#,
    ),
    ("CompleteSession", r#"{"name": "{to_complete}", "therapist": "{therapist}", "note": "{secret}"}"#),
    ("CancelSession", r#"{"name": "{to_cancel}", "no_show": true, "reason": "{secret}"}"#),
    ("GetVisitSummary", r#"{"name": "{plan}"}"#),
    (
        "CreateTreatmentPlan",
        r#"{"parent": "{injury}", "treatment_plan": {"start_date": @28, "protocol": "{protocol}"}}"#,
    ),
    ("GetTreatmentPlan", r#"{"name": "{plan}"}"#),
    ("ListTreatmentPlans", r#"{"parent": "{injury}", "page_size": 1}"#),
    ("ActivateTreatmentPlan", r#"{"name": "{draft}", "phase": 1, "therapist": "{therapist}", "date": @28}"#),
    (
        "CreateDecision",
        r#"{"parent": "{plan}", "etag": "{etag}", "decision": {"therapist": "{therapist}", "phase": 1,
        "override_reason": "OVERRIDE_REASON_CLINICAL_JUDGEMENT", "note": "{secret}", "recommendation": "{receipt}"}}"#,
    ),
    ("GetDecision", r#"{"name": "{decision}"}"#),
    ("ListDecisions", r#"{"parent": "{plan}", "page_size": 1}"#),
    ("GetRecommendation", r#"{"name": "{plan}", "include_text": true}"#),
    (
        "SimulateRecommendation",
        r#"{"name": "{plan}", "facts": [
        {"assessment": {"date": @1, "therapist": "{therapist}",
            "observations": [{"measure": "pain_worst_24h", "number": 3, "tester": "{therapist}"}]}},
        {"activity": {"date": @1, "kind": "ACTIVITY_KIND_RUN", "reported_by": "REPORTER_PATIENT"}},
        {"session": {"kind": "SESSION_KIND_MASSAGE", "state": "SESSION_STATE_ATTENDED", "start_time": "{at}",
            "minutes": 20, "therapist": "{therapist}"}},
        {"decision": {"therapist": "{therapist}", "phase": 2, "date": @1}}]}"#,
    ),
    ("IssueRecommendation", r#"{"name": "{plan}"}"#),
    ("GetRecommendationReceipt", r#"{"name": "{receipt}"}"#),
    ("ListRecommendationReceipts", r#"{"parent": "{plan}", "page_size": 1}"#),
    ("VerifyRecommendation", r#"{"name": "{receipt}"}"#),
    ("ForecastTaper", r#"{"name": "{plan}"}"#),
    ("MigrateTreatmentPlan", r#"{"name": "{plan}", "protocol": "{protocol}", "validate_only": true}"#),
    ("ListCaseload", r#"{"parent": "{clinic}", "therapist": "{therapist}", "page_size": 1}"#),
];

/// Fields of text that bear no id: what else is a text or bytes is replaced by another clinic's.
pub const NO_IDS: &[&str] = &[
    "amend_reason",
    "cases",
    "code",
    "device",
    "display_name",
    "document",
    "family_name",
    "given_name",
    "issuer",
    "kind",
    "measure",
    "measures",
    "note",
    "reason",
    "rule_id",
    "scopes",
    "system",
    "time_zone",
];
