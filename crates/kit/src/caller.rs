//! Who calls, and for which clinic; without login that is the clinic of the resource's name.

use std::fmt;

use taper_core::ids::ClinicId;
use taper_core::ids::PatientId;
use taper_core::refusal::Refusal;

use crate::call::Call;

/// Whether a name of another clinic is refused before the database is asked. See the feature `without_clinic_filter`.
const CHECKS_THE_OWNER: bool = !cfg!(feature = "without_clinic_filter");

/// What a call is about: something of a clinic, and perhaps of one of its patients.
pub trait Place: fmt::Display {
    /// The clinic that owns it.
    fn owner(&self) -> &ClinicId;

    /// The patient that it belongs to; none is the clinic itself or a list over its patients.
    fn about(&self) -> Option<PatientId> {
        None
    }
}

/// A place whose name is known as text only.
pub struct Spelled<'n> {
    /// The clinic that owns it.
    pub clinic: &'n ClinicId,
    /// Its whole name, as the caller wrote it.
    pub name: &'n str,
}

impl fmt::Display for Spelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Place for Spelled<'_> {
    fn owner(&self) -> &ClinicId {
        self.clinic
    }
}

/// The one who calls. Every transaction of the store is opened for its clinic and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The clinic whose rows the call may see and change.
    pub clinic: ClinicId,
}

impl Caller {
    /// The caller of this call on a resource of this clinic.
    ///
    /// Another clinic's resource gets the answer of one that does not exist, before anything is looked at. The clinic is
    /// the one that the caller belongs to, whatever the name says; only where it belongs to none (without login, and for
    /// operators) it is the name's.
    pub fn on(call: &Call, place: &impl Place) -> Result<Self, Refusal> {
        let owner = place.owner();
        if CHECKS_THE_OWNER && !call.principal().belongs_to(owner) {
            return Err(Refusal::not_found(&place.to_string()));
        }
        let clinic = call.principal().clinic().unwrap_or(owner);
        call.touches(clinic, place.about());
        call.names(&place.to_string());
        Ok(Self { clinic: clinic.clone() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use taper_core::access::{Known, Principal, Role};

    use super::*;
    use crate::clock::Clock;

    fn clinic(slug: &str) -> ClinicId {
        slug.parse().unwrap()
    }

    fn call_by(principal: Principal) -> Call {
        Call::new("one", Instant::now(), &Clock::system()).by(Arc::new(principal), None)
    }

    fn known(role: Role, clinic: Option<ClinicId>) -> Principal {
        let subject = "key:one".into();
        Principal::Known(Known {
            subject,
            role,
            clinic,
            scopes: None,
            certificate: None,
            therapist: None,
            expires_at: None,
        })
    }

    #[test]
    fn whoever_belongs_to_a_clinic_calls_for_it_and_finds_nothing_of_another() {
        let call = call_by(known(Role::Physiotherapist, Some(clinic("here"))));
        let (here, there) = (clinic("here"), clinic("there"));
        let own = Spelled { clinic: &here, name: "clinics/here/protocols/one" };
        assert_eq!(Caller::on(&call, &own), Ok(Caller { clinic: here.clone() }));
        let other = Spelled { clinic: &there, name: "clinics/there/protocols/one" };
        assert_eq!(Caller::on(&call, &other), Err(Refusal::not_found("clinics/there/protocols/one")));
    }

    #[test]
    fn whoever_belongs_to_none_calls_for_the_clinic_of_the_name() {
        let there = clinic("there");
        for principal in [Principal::Open, known(Role::Operator, None)] {
            let place = Spelled { clinic: &there, name: "clinics/there" };
            assert_eq!(Caller::on(&call_by(principal), &place), Ok(Caller { clinic: there.clone() }));
        }
    }
}
