//! SQL of QRIS codes.

use diesel::prelude::*;

use super::code::{QrisCode, QrisStatus};
use crate::db::schema::{cooperatives, qris_codes};
use crate::db::{Conn, Result, Tx, filter_after};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, CooperativeId, QrisCodeId};

/// The code with this id.
pub fn find_code(conn: &mut Conn, id: QrisCodeId) -> Result<Option<QrisCode>> {
    Ok(qris_codes::table.find(id).select(QrisCode::as_select()).get_result(conn).optional()?)
}

/// The code of a cooperative with this status, for the statuses of which there is at most one: active and proposed.
pub(super) fn find_by_status(
    conn: &mut Conn,
    cooperative: CooperativeId,
    status: QrisStatus,
) -> Result<Option<QrisCode>> {
    Ok(qris_codes::table
        .filter(qris_codes::cooperative_id.eq(cooperative))
        .filter(qris_codes::status.eq(status))
        .select(QrisCode::as_select())
        .first(conn)
        .optional()?)
}

/// The active code of a cooperative, and whether payment codes contain the amount.
pub(super) fn find_offered(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<(QrisCode, bool)>> {
    Ok(qris_codes::table
        .inner_join(cooperatives::table)
        .filter(qris_codes::cooperative_id.eq(cooperative))
        .filter(qris_codes::status.eq(QrisStatus::Active))
        .select((QrisCode::as_select(), cooperatives::qris_amounts))
        .first(conn)
        .optional()?)
}

/// Inserts a code.
pub(super) fn insert(tx: &mut Tx<'_>, code: &QrisCode) -> Result<()> {
    diesel::insert_into(qris_codes::table).values(code).execute(&mut **tx)?;
    Ok(())
}

/// Writes the status of a code.
pub(super) fn update_status(
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

/// Key of a page of codes.
pub(super) type QrisCodePageKey = (Instant, QrisCodeId);

/// The codes of a cooperative, newest first.
pub(super) fn list_codes(
    conn: &mut Conn,
    cooperative: CooperativeId,
    after: Option<QrisCodePageKey>,
    rows: i64,
) -> Result<Vec<QrisCode>> {
    let mut query = qris_codes::table
        .filter(qris_codes::cooperative_id.eq(cooperative))
        .order((qris_codes::proposed_at.desc(), qris_codes::id.desc()))
        .limit(rows)
        .select(QrisCode::as_select())
        .into_boxed();
    filter_after!(query, after, lt, qris_codes::proposed_at, qris_codes::id);
    Ok(query.load(conn)?)
}
