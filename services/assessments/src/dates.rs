//! Whether the day of a fact is possible: not in the clinic's future, and not before the injury.

use jiff::civil::Date;
use taper_core::refusal::Refusal;
use taper_kit::Call;
use taper_kit::fields::Fields;
use taper_store::{At, InjuryKey, Read, clinics, injuries};

/// Notes every date of the request that lies in the future, and this one where it is before the injury's onset.
pub async fn check(
    tx: &Read,
    call: &Call,
    key: InjuryKey,
    field: &str,
    date: Option<Date>,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    let clinic = clinics::get(tx).await?.content;
    let injury = injuries::get(tx, key, At::NOW).await?.content;
    fields.check_dates(&clinic.time_zone, call.now);
    fields.check_not_before(field, date, injury.onset_date, "the injury's onset");
    Ok(())
}
