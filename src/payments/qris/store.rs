//! The SQL of QRIS codes.

use diesel::prelude::*;

use super::code::{QrisCode, QrisStatus};
use crate::db::schema::{cooperatives, qris_codes};
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, QrisCodeId};

/// The code of this id.
pub fn code(conn: &mut Conn, id: QrisCodeId) -> Result<Option<QrisCode>> {
    Ok(qris_codes::table.find(id).select(QrisCode::as_select()).first(conn).optional()?)
}

/// The one code of a cooperative that is active, or proposed.
pub(super) fn standing(conn: &mut Conn, cooperative: CooperativeId, status: QrisStatus) -> Result<Option<QrisCode>> {
    Ok(qris_codes::table
        .filter(qris_codes::cooperative_id.eq(cooperative))
        .filter(qris_codes::status.eq(status))
        .select(QrisCode::as_select())
        .first(conn)
        .optional()?)
}

/// The code that buyers of a cooperative pay by, and whether it carries amounts.
pub(super) fn offered(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<(QrisCode, bool)>> {
    Ok(qris_codes::table
        .inner_join(cooperatives::table)
        .filter(qris_codes::cooperative_id.eq(cooperative))
        .filter(qris_codes::status.eq(QrisStatus::Active))
        .select((QrisCode::as_select(), cooperatives::qris_amounts))
        .first(conn)
        .optional()?)
}

/// Writes a code down.
pub(super) fn insert(tx: &mut Tx<'_>, code: &QrisCode) -> Result<()> {
    diesel::insert_into(qris_codes::table).values(code).execute(&mut **tx)?;
    Ok(())
}

/// Writes where a code stands now.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    now: Instant,
    before: &QrisCode,
    status: QrisStatus,
    by: AccountId,
) -> Result<QrisCode> {
    let version = before.version.saturating_add(1);
    let decided = (qris_codes::decided_at.eq(now), qris_codes::decided_by.eq(by));
    diesel::update(qris_codes::table.find(before.id))
        .set((qris_codes::status.eq(status), decided, qris_codes::version.eq(version)))
        .execute(&mut **tx)?;
    Ok(QrisCode { status, decided_at: Some(now), decided_by: Some(by), version, ..before.clone() })
}

/// Where a page of codes begins.
pub(super) type CodeKey = (Instant, QrisCodeId);

/// The codes of a cooperative, the latest first.
pub(super) fn codes_of(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<CodeKey>,
    rows: i64,
) -> Result<Vec<QrisCode>> {
    let mut query = qris_codes::table
        .filter(qris_codes::cooperative_id.eq(cooperative))
        .order((qris_codes::proposed_at.desc(), qris_codes::id.desc()))
        .limit(rows)
        .select(QrisCode::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let earlier = qris_codes::proposed_at.lt(at).or(qris_codes::proposed_at.eq(at).and(qris_codes::id.lt(id)));
        query = query.filter(earlier);
    }
    Ok(query.load(conn)?)
}
