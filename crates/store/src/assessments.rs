//! Assessments of an injury: dated results of measures.

use jiff::Timestamp;
use sea_orm::EntityName;
use taper_core::ids::AssessmentId;
use taper_core::record::assessment::Assessment;

use crate::entity::assessment;
use crate::error::Error;
use crate::fact::{self, Facts};
use crate::parent;
use crate::scope::{Read, Write};
use crate::stored::{Amendment, At, InjuryKey, Stored};

/// Records an assessment.
pub async fn create(
    tx: &Write,
    injury: InjuryKey,
    id: AssessmentId,
    content: &Assessment,
    now: Timestamp,
) -> Result<Stored<AssessmentId, Assessment>, Error> {
    fact::create(tx, facts(tx, injury), id, content.date, content, now).await
}

/// The revision of an assessment that is seen at those times.
pub async fn get(
    tx: &Read,
    injury: InjuryKey,
    id: AssessmentId,
    at: At,
) -> Result<Stored<AssessmentId, Assessment>, Error> {
    fact::get(tx, facts(tx, injury), id, at).await
}

/// The revisions that are seen at those times, by id, those after `after` and at most `limit`.
pub async fn list(
    tx: &Read,
    injury: InjuryKey,
    after: Option<AssessmentId>,
    limit: u32,
    at: At,
) -> Result<Vec<Stored<AssessmentId, Assessment>>, Error> {
    fact::list(tx, facts(tx, injury), after, limit, at).await
}

/// Records a new revision of an assessment; the old one is kept as it was.
pub async fn amend(
    tx: &Write,
    injury: InjuryKey,
    id: AssessmentId,
    content: &Assessment,
    amendment: Amendment,
) -> Result<Stored<AssessmentId, Assessment>, Error> {
    fact::amend(tx, facts(tx, injury), id, content.date, content, amendment).await
}

fn facts(tx: &Read, injury: InjuryKey) -> Facts {
    Facts {
        table: assessment::Entity.table_name(),
        id: "assessment_id",
        collection: "assessments",
        parent: parent::injury(tx, injury),
    }
}
