//! The timing of a stored recurrence, which follows from the earlier injury as it is on record now.

use taper_core::ids::{InjuryId, PatientId};
use taper_core::record::codes::RecurrenceTiming;
use taper_core::record::injury::Injury;
use taper_core::record::recurrence;
use taper_core::refusal::Refusal;
use taper_store::{At, InjuryKey, Read, Stored, injuries};

/// The timing of this injury; none when it recurs from no other.
pub async fn timing(tx: &Read, patient: PatientId, injury: &Injury) -> Result<Option<RecurrenceTiming>, Refusal> {
    timing_among(tx, patient, injury, &[]).await
}

/// The same for a row of a list. The earlier injury is mostly among the rows, and is read only when it is not.
pub async fn timing_among(
    tx: &Read,
    patient: PatientId,
    injury: &Injury,
    rows: &[Stored<InjuryId, Injury>],
) -> Result<Option<RecurrenceTiming>, Refusal> {
    let Some(earlier) = injury.recurs_from else {
        return Ok(None);
    };
    let return_date = match rows.iter().find(|row| row.id == earlier) {
        Some(row) => row.content.return_date,
        None => {
            let key = InjuryKey { patient, injury: earlier };
            injuries::get(tx, key, At::NOW).await?.content.return_date
        }
    };
    Ok(Some(recurrence::timing(return_date, injury.onset_date)))
}
