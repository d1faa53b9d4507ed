//! One entity for each table; `clinic_id` is the first column of every key.

pub mod activity;
pub mod api_key;
pub mod assessment;
pub mod audit_event;
pub mod audit_head;
pub mod clinic;
pub mod clinic_policy;
pub mod decision;
pub mod glass;
pub mod injury;
pub mod injury_revision;
pub mod master_key;
pub mod member;
pub mod patient;
pub mod patient_external_id;
pub mod patient_key;
pub mod patient_revision;
pub mod plan;
pub mod plan_revision;
pub mod protocol;
pub mod protocol_case;
pub mod receipt;
pub mod request;
pub mod session;
pub mod therapist;

#[cfg(test)]
mod tests {
    //! The entities say what the migrated schema says.

    use std::collections::BTreeMap;

    use sea_orm::entity::prelude::*;
    use sea_orm::{IdenStatic, Iterable};

    use super::*;
    use crate::store::Options;
    use crate::test_database::{Home, Kind};

    /// Each table with its columns in order: name, whether it may be null, its place in the primary key or 0.
    type Tables = BTreeMap<String, Vec<String>>;

    fn described<E: EntityTrait>(tables: &mut Tables, entity: E) {
        let keys: Vec<String> = E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned()).collect();
        let column = |column: E::Column| {
            let name = column.as_str();
            let place = keys.iter().position(|key| key == name).map_or(0, |place| place + 1);
            format!("{name} null={} key={place}", i32::from(column.def().is_null()))
        };
        let mut columns: Vec<String> = E::Column::iter().map(column).collect();
        columns.sort();
        tables.insert(entity.table_name().to_owned(), columns);
    }

    fn entities() -> Tables {
        let mut tables = Tables::new();
        described(&mut tables, activity::Entity);
        described(&mut tables, api_key::Entity);
        described(&mut tables, assessment::Entity);
        described(&mut tables, audit_event::Entity);
        described(&mut tables, audit_head::Entity);
        described(&mut tables, clinic::Entity);
        described(&mut tables, clinic_policy::Entity);
        described(&mut tables, decision::Entity);
        described(&mut tables, glass::Entity);
        described(&mut tables, master_key::Entity);
        described(&mut tables, member::Entity);
        described(&mut tables, injury::Entity);
        described(&mut tables, injury_revision::Entity);
        described(&mut tables, patient::Entity);
        described(&mut tables, patient_external_id::Entity);
        described(&mut tables, patient_key::Entity);
        described(&mut tables, patient_revision::Entity);
        described(&mut tables, plan::Entity);
        described(&mut tables, plan_revision::Entity);
        described(&mut tables, protocol::Entity);
        described(&mut tables, protocol_case::Entity);
        described(&mut tables, receipt::Entity);
        described(&mut tables, request::Entity);
        described(&mut tables, session::Entity);
        described(&mut tables, therapist::Entity);
        tables
    }

    const SQLITE: &str = "SELECT m.name || '.' || c.name || ' null=' || (1 - c.\"notnull\") || ' key=' || c.pk
        FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'seaql%'";

    const POSTGRES: &str =
        "SELECT t.relname || '.' || a.attname || ' null=' || CASE WHEN a.attnotnull THEN 0 ELSE 1 END
        || ' key=' || coalesce(array_position(c.conkey, a.attnum), 0)
        FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid AND t.relkind = 'r' AND a.attnum > 0
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
        JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'p' WHERE t.relname NOT LIKE 'seaql%'";

    async fn the_entities_are_the_tables(kind: Kind, catalogue: &'static str) {
        let home = Home::empty(kind, Options::default()).await;
        home.store.migrate().up().await.unwrap();
        let mut tables = Tables::new();
        for line in home.raw(catalogue).await {
            let (table, column) = line.split_once('.').unwrap();
            tables.entry(table.to_owned()).or_default().push(column.to_owned());
        }
        tables.values_mut().for_each(|columns| columns.sort());
        assert_eq!(tables, entities());
        home.remove().await;
    }

    #[tokio::test]
    async fn the_entities_are_the_tables_of_sqlite() {
        the_entities_are_the_tables(Kind::Sqlite, SQLITE).await;
    }

    #[tokio::test]
    async fn the_entities_are_the_tables_of_postgres() {
        the_entities_are_the_tables(Kind::Postgres, POSTGRES).await;
    }
}
