//! Who calls, and for which clinic; without login that is the clinic of the resource's name.

use taper_core::ids::ClinicId;
use taper_core::refusal::Refusal;

use crate::call::Call;

/// The one who calls. Every transaction of the store is opened for its clinic and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The clinic whose rows the call may see and change.
    pub clinic: ClinicId,
}

impl Caller {
    /// The caller of this call on a resource of this clinic.
    ///
    /// There is no login yet, so the clinic of the resource's name is taken as the caller's. With login, this is
    /// the place that refuses another clinic's resource, with the answer of one that does not exist.
    pub fn on(_call: &Call, clinic: &ClinicId) -> Result<Self, Refusal> {
        Ok(Self { clinic: clinic.clone() })
    }
}
