//! The gate of a server: the table that the contract declares, who is asked to show a key, and where it is written down.

use taper_core::access::{Row, Table};
use taper_kit::Gate;
use taper_login::{Ledger, Login};
use taper_store::Store;

/// Lets in everybody, within the table, and writes down what happens.
pub fn open(store: &Store) -> anyhow::Result<Gate> {
    Ok(Gate::open().with_table(table()?).with_ledger(Ledger::start(store.clone())))
}

/// Lets in holders of keys and tokens, each as the table allows, and writes down what happens.
pub fn with_login(store: &Store, login: Login) -> anyhow::Result<Gate> {
    Ok(open(store)?.with_login(login))
}

/// The table of every method that a server has.
pub fn table() -> anyhow::Result<Table> {
    let mut rows: Vec<Row> = taper_api::ACCESS.iter().map(row).collect();
    rows.extend(taper_kit::access::other_rows());
    Ok(Table::of(&rows)?)
}

fn row(declared: &taper_api::AccessRow) -> Row {
    let taper_api::AccessRow { path, resource, interaction, patient_data, allow, limited, break_glass, deny } =
        *declared;
    Row { path, resource, interaction, has_patient_data: patient_data, allow, limited, break_glass, deny }
}
