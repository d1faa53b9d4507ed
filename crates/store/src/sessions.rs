//! Sessions of a plan: treatment visits. Completing and cancelling one are amendments.

use jiff::Timestamp;
use sea_orm::EntityName;
use taper_core::ids::SessionId;
use taper_core::record::session::Session;

use crate::entity::session;
use crate::error::Error;
use crate::fact::{self, Facts};
use crate::parent;
use crate::scope::{Read, Write};
use crate::stored::{Amendment, At, PlanKey, Stored};

/// Records a session.
pub async fn create(
    tx: &Write,
    plan: PlanKey,
    id: SessionId,
    content: &Session,
    now: Timestamp,
) -> Result<Stored<SessionId, Session>, Error> {
    fact::create(tx, facts(tx, plan), id, content.date, content, now).await
}

/// The revision of a session that is seen at those times.
pub async fn get(tx: &Read, plan: PlanKey, id: SessionId, at: At) -> Result<Stored<SessionId, Session>, Error> {
    fact::get(tx, facts(tx, plan), id, at).await
}

/// The revisions that are seen at those times, by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    plan: PlanKey,
    after: Option<SessionId>,
    limit: u32,
    at: At,
) -> Result<Vec<Stored<SessionId, Session>>, Error> {
    fact::list(tx, facts(tx, plan), after, limit, at).await
}

/// Records a new revision of a session; the old one is kept as it was.
pub async fn amend(
    tx: &Write,
    plan: PlanKey,
    id: SessionId,
    content: &Session,
    amendment: Amendment,
) -> Result<Stored<SessionId, Session>, Error> {
    fact::amend(tx, facts(tx, plan), id, content.date, content, amendment).await
}

fn facts(tx: &Read, plan: PlanKey) -> Facts {
    Facts {
        table: session::Entity.table_name(),
        id: "session_id",
        collection: "sessions",
        parent: parent::plan(tx, plan),
    }
}
