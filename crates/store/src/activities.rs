//! Activities of an injury: what was done outside the sessions.

use jiff::Timestamp;
use sea_orm::EntityName;
use taper_core::ids::ActivityId;
use taper_core::record::activity::Activity;

use crate::entity::activity;
use crate::error::Error;
use crate::fact::{self, Facts};
use crate::parent;
use crate::scope::{Read, Write};
use crate::stored::{Amendment, At, InjuryKey, Stored};

/// Records an activity.
pub async fn create(
    tx: &Write,
    injury: InjuryKey,
    id: ActivityId,
    content: &Activity,
    now: Timestamp,
) -> Result<Stored<ActivityId, Activity>, Error> {
    fact::create(tx, facts(tx, injury), id, content.date, content, now).await
}

/// The revision of an activity that is seen at those times.
pub async fn get(tx: &Read, injury: InjuryKey, id: ActivityId, at: At) -> Result<Stored<ActivityId, Activity>, Error> {
    fact::get(tx, facts(tx, injury), id, at).await
}

/// The revisions that are seen at those times, by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    injury: InjuryKey,
    after: Option<ActivityId>,
    limit: u32,
    at: At,
) -> Result<Vec<Stored<ActivityId, Activity>>, Error> {
    fact::list(tx, facts(tx, injury), after, limit, at).await
}

/// Records a new revision of an activity; the old one is kept as it was.
pub async fn amend(
    tx: &Write,
    injury: InjuryKey,
    id: ActivityId,
    content: &Activity,
    amendment: Amendment,
) -> Result<Stored<ActivityId, Activity>, Error> {
    fact::amend(tx, facts(tx, injury), id, content.date, content, amendment).await
}

fn facts(tx: &Read, injury: InjuryKey) -> Facts {
    Facts {
        table: activity::Entity.table_name(),
        id: "activity_id",
        collection: "activities",
        parent: parent::injury(tx, injury),
    }
}
