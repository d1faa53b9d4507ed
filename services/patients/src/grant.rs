//! What a caller may grant to others: no more than it has itself; and an operator a clinic's first administrator only.

use taper_core::access::{Known, Principal, Role, Scopes};
use taper_core::refusal::{Reason, Refusal};
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_store::{Write, keys};

/// Notes scopes that go beyond the caller's own. A caller without any has its role's whole right and may give it on.
pub fn check_scopes(fields: &mut Fields, field: &str, caller: &Principal, given: &Scopes) {
    let Principal::Known(Known { scopes: Some(own), .. }) = caller else { return };
    if given.is_empty() {
        fields.fault(field, "is required: whoever has scopes may grant some of them, and no whole role");
    } else if !own.cover(given) {
        fields.fault(field, "must be within your own scopes");
    }
}

/// Notes a key without a certificate, made by a caller that opens nothing without one.
pub fn check_certificate(fields: &mut Fields, caller: &Principal, given: Option<[u8; 32]>) {
    if matches!(caller, Principal::Known(Known { certificate: Some(_), .. })) && given.is_none() {
        let why = "is required: whoever is bound to a client certificate makes keys that are bound to one";
        fields.fault("api_key.certificate_sha256", why);
    }
}

/// Refuses an operator that would let in anybody but an administrator of a clinic that has none.
///
/// Else it could make itself a key that opens the records of any clinic. Of two at once one waits, and is refused.
pub async fn check_first_administrator(tx: &Write, call: &Call, role: Role) -> Result<(), Refusal> {
    if call.principal().role() != Some(Role::Operator) {
        return Ok(());
    }
    if role == Role::ClinicAdmin && !keys::has_administrator(tx, call.now).await? {
        return Ok(());
    }
    Err(Refusal::new(
        Reason::PermissionDenied,
        "An operator lets in a clinic's first clinic_admin, while it has none, and nobody else. Ask an administrator of \
         the clinic, or use `taper keys create` on the database.",
    ))
}

/// Refuses an operator that would end an administrator, and could then be the one who makes the next.
pub fn check_end(call: &Call, role: Role) -> Result<(), Refusal> {
    if call.principal().role() != Some(Role::Operator) || role != Role::ClinicAdmin {
        return Ok(());
    }
    Err(Refusal::new(
        Reason::PermissionDenied,
        "An operator does not end a clinic_admin. Ask an administrator of the clinic, or use `taper keys revoke` on the \
         database.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(scopes: Option<&str>, certificate: Option<[u8; 32]>) -> Principal {
        Principal::Known(Known {
            subject: "key:k".into(),
            role: Role::ClinicAdmin,
            clinic: Some("here".parse().unwrap()),
            scopes: scopes.map(|scopes| Scopes::parse(scopes).unwrap()),
            therapist: None,
            certificate,
            expires_at: None,
        })
    }

    #[test]
    fn a_caller_that_is_bound_to_a_certificate_makes_bound_keys_only() {
        let noted = |caller: &Principal, given: Option<[u8; 32]>| {
            let mut fields = Fields::new();
            check_certificate(&mut fields, caller, given);
            let refused = fields.finish(Some(())).err();
            refused.map(|refusal| refusal.violations.into_iter().map(|one| one.field).collect::<Vec<_>>())
        };
        let (bound, free) = (caller(None, Some([7; 32])), caller(None, None));
        assert_eq!(noted(&bound, None), Some(vec!["api_key.certificate_sha256".to_owned()]));
        for (caller, given) in
            [(&bound, Some([8; 32])), (&free, None), (&free, Some([8; 32])), (&Principal::Open, None)]
        {
            assert_eq!(noted(caller, given), None, "{caller:?} {given:?}");
        }
    }

    #[test]
    fn a_caller_with_scopes_gives_on_some_of_them_and_no_whole_role() {
        let noted = |own: Option<&str>, given: &str| {
            let mut fields = Fields::new();
            check_scopes(&mut fields, "api_key.scopes", &caller(own, None), &Scopes::parse(given).unwrap());
            fields.finish(Some(())).is_err()
        };
        for (own, given) in
            [("system/ApiKey.c", ""), ("system/ApiKey.c", "system/*.c"), ("", "system/ApiKey.c"), ("", "")]
        {
            assert!(noted(Some(own), given), "{own:?} gives {given:?}");
        }
        assert!(!noted(Some("system/ApiKey.cr system/Patient.r"), "system/Patient.r system/ApiKey.c"));
        assert!(!noted(None, "") && !noted(None, "system/*.cruds"));
    }
}
