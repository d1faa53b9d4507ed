//! Whether the therapists that a request names are therapists of its clinic.

use std::collections::BTreeMap;

use taper_core::refusal::Refusal;
use taper_kit::fields::Fields;
use taper_kit::name;
use taper_store::{Error, Write, therapists};

/// Notes every field that names a therapist whom this clinic does not have. Each one is looked up once.
pub async fn check(tx: &Write, fields: &mut Fields, named: &[(String, name::Therapist)]) -> Result<(), Refusal> {
    let mut known = BTreeMap::new();
    for (field, therapist) in named {
        let is_known = match known.get(&therapist.therapist) {
            _ if therapist.clinic != *tx.clinic() => false,
            Some(is_known) => *is_known,
            None => {
                let is_known = match therapists::get(tx, therapist.therapist).await {
                    Ok(_) => true,
                    Err(Error::NotFound { .. }) => false,
                    Err(fault) => return Err(fault.into()),
                };
                known.insert(therapist.therapist, is_known);
                is_known
            }
        };
        if !is_known {
            fields.fault(field, "is not a therapist of this clinic; ListTherapists shows them");
        }
    }
    Ok(())
}
