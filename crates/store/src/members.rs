//! Members of a clinic: whom an issuer of tokens knows as a subject, and what it is here.

use jiff::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder, QuerySelect, Set};
use taper_core::access::{Member, Role, Scopes};
use taper_core::ids::{MemberId, TherapistId};
use taper_core::text::Line;

use crate::column::Micros;
use crate::entity::member;
use crate::error::Error;
use crate::scope::{Read, Write};
use crate::statement::in_clinic;

/// Records a member. One subject of one issuer is a member once until it is disabled; a second is
/// [`Error::AlreadyExists`].
pub async fn create(tx: &Write, content: &Member) -> Result<(), Error> {
    let row = member::ActiveModel {
        clinic_id: Set(tx.clinic().to_string()),
        member_id: Set(content.id.0),
        issuer: Set(content.issuer.to_string()),
        subject: Set(content.subject.to_string()),
        role: Set(content.role.word().to_owned()),
        scopes: Set(content.scopes.to_string()),
        therapist_id: Set(content.therapist.map(|therapist| therapist.0)),
        created_at: Set(Micros::of(content.created_at)),
        disabled_at: Set(None),
    };
    let inserted = member::Entity::insert(row).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(|error| match error {
        Error::Unique => Error::AlreadyExists { what: "this subject of this issuer" },
        Error::ParentMissing => Error::NotFound { name: format!("clinics/{}/therapists", tx.clinic()) },
        other => other,
    })?;
    Ok(())
}

/// The member that an issuer knows as a subject; one that is disabled is none.
pub async fn find(tx: &Read, issuer: &str, subject: &str) -> Result<Option<Member>, Error> {
    let found = member::Entity::find()
        .filter(in_clinic(tx, member::Column::ClinicId))
        .filter(member::Column::Issuer.eq(issuer))
        .filter(member::Column::Subject.eq(subject))
        .filter(member::Column::DisabledAt.is_null())
        .one(tx.connection())
        .await?;
    found.map(stored).transpose()
}

/// Whether one of the clinic's members is its administrator.
pub(crate) async fn has_administrator(tx: &Read) -> Result<bool, Error> {
    let found = member::Entity::find()
        .filter(in_clinic(tx, member::Column::ClinicId))
        .filter(member::Column::Role.eq(Role::ClinicAdmin.word()))
        .filter(member::Column::DisabledAt.is_null())
        .count(tx.connection())
        .await?;
    Ok(found > 0)
}

/// The members by id, disabled or not, those after `after` and at most `limit`.
pub async fn list(tx: &Read, after: Option<MemberId>, limit: u32) -> Result<Vec<Member>, Error> {
    let mut select = member::Entity::find()
        .filter(in_clinic(tx, member::Column::ClinicId))
        .order_by_asc(member::Column::MemberId)
        .limit(u64::from(limit));
    if let Some(after) = after {
        select = select.filter(member::Column::MemberId.gt(after.0));
    }
    select.all(tx.connection()).await?.into_iter().map(stored).collect()
}

/// Ends a membership now; one that has ended stays as it is.
pub async fn disable(tx: &Write, id: MemberId, now: Timestamp) -> Result<Member, Error> {
    member::Entity::update_many()
        .col_expr(member::Column::DisabledAt, Expr::val(Micros::of(now).0))
        .filter(in_clinic(tx, member::Column::ClinicId))
        .filter(member::Column::MemberId.eq(id.0))
        .filter(member::Column::DisabledAt.is_null())
        .exec(tx.connection())
        .await?;
    let found = member::Entity::find()
        .filter(in_clinic(tx, member::Column::ClinicId))
        .filter(member::Column::MemberId.eq(id.0))
        .one(tx.connection())
        .await?;
    match found {
        Some(row) => stored(row),
        None => Err(Error::NotFound { name: format!("clinics/{}/members/{id}", tx.clinic()) }),
    }
}

fn stored(row: member::Model) -> Result<Member, Error> {
    let damaged = |column: &str| Error::Damaged { what: format!("members.{column}") };
    Ok(Member {
        id: MemberId(row.member_id),
        issuer: Line::parse(&row.issuer).map_err(|_| damaged("issuer"))?,
        subject: Line::parse(&row.subject).map_err(|_| damaged("subject"))?,
        role: row.role.parse().map_err(|_| damaged("role"))?,
        scopes: Scopes::parse(&row.scopes).map_err(|_| damaged("scopes"))?,
        therapist: row.therapist_id.map(TherapistId),
        created_at: row.created_at.instant()?,
        disabled_at: row.disabled_at.map(Micros::instant).transpose()?,
    })
}
