//! SQL of notifications: the cursor and the recipients.

use diesel::prelude::*;

use crate::accounts::AccountStatus;
use crate::db::schema::{accounts, cooperatives, event_readers, events, memberships, pickup_points};
use crate::db::{Conn, Result, Tx, on_both};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, PickupPointId};
use crate::kernel::{Language, Zone};
use crate::mail::LetterRecipient;

/// Loads the position of a reader in the event log.
pub(super) fn load_cursor(conn: &mut Conn, reader: &str) -> Result<i64> {
    let seq: Option<i64> = event_readers::table.find(reader).select(event_readers::seq).get_result(conn).optional()?;
    Ok(seq.unwrap_or(0))
}

/// Loads the position and locks it until the end of the transaction.
pub(super) fn lock_cursor(tx: &mut Tx<'_>, reader: &str) -> Result<i64> {
    let row = (event_readers::name.eq(reader), event_readers::seq.eq(0));
    on_both!(tx, c => diesel::insert_into(event_readers::table).values(row).on_conflict_do_nothing().execute(c))?;
    let query = event_readers::table.find(reader).select(event_readers::seq);
    Ok(match &mut **tx {
        Conn::Sqlite(sqlite) => query.get_result(sqlite)?,
        Conn::Postgres(postgres) => query.for_update().get_result(postgres)?,
    })
}

pub(super) fn move_cursor(tx: &mut Tx<'_>, reader: &str, seq: i64) -> Result<()> {
    diesel::update(event_readers::table.find(reader)).set(event_readers::seq.eq(seq)).execute(&mut **tx)?;
    Ok(())
}

/// Whether there are events after this position.
pub(super) fn has_events_after(conn: &mut Conn, seq: i64) -> Result<bool> {
    let next: Option<i64> =
        events::table.filter(events::seq.gt(seq)).select(events::seq.assume_not_null()).first(conn).optional()?;
    Ok(next.is_some())
}

/// Whether there are committed events without a position: on PostgreSQL the readers give it, after the commit.
pub(super) fn has_unsequenced_events(conn: &mut Conn) -> Result<bool> {
    if let Conn::Sqlite(_) = conn {
        return Ok(false);
    }
    let unsequenced: Option<String> =
        events::table.filter(events::seq.is_null()).select(events::kind).first(conn).optional()?;
    Ok(unsequenced.is_some())
}

/// Loads the last position of the log.
pub(super) fn find_last_seq(conn: &mut Conn) -> Result<i64> {
    let last: Option<i64> = events::table.select(diesel::dsl::max(events::seq)).get_result(conn)?;
    Ok(last.unwrap_or(0))
}

/// Finds the recipient of an active account with an address.
pub(super) fn find_recipient(conn: &mut Conn, account: AccountId) -> Result<Option<LetterRecipient>> {
    let row: Option<(String, Option<String>, Language)> = accounts::table
        .find(account)
        .filter(accounts::status.eq(AccountStatus::Active))
        .select((accounts::name, accounts::email, accounts::locale))
        .get_result(conn)
        .optional()?;
    Ok(row.and_then(|(name, address, language)| {
        Some(LetterRecipient { account: Some(account), name, address: address?, language })
    }))
}

/// Lists the active officers of a group that have an address.
pub(super) fn list_officers(conn: &mut Conn, group: GroupId) -> Result<Vec<LetterRecipient>> {
    let rows: Vec<(AccountId, String, Option<String>, Language)> = memberships::table
        .inner_join(accounts::table.on(memberships::account_id.eq(accounts::id.nullable())))
        .filter(memberships::group_id.eq(group))
        .filter(memberships::left_at.is_null())
        .filter(memberships::role.ne("member"))
        .filter(accounts::status.eq(AccountStatus::Active))
        .order(accounts::id.asc())
        .select((accounts::id, accounts::name, accounts::email, accounts::locale))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(account, name, address, language)| {
            Some(LetterRecipient { account: Some(account), name, address: address?, language })
        })
        .collect())
}

/// Loads the name and the time zone of a cooperative.
pub(super) fn load_cooperative(conn: &mut Conn, id: CooperativeId) -> Result<(String, Zone)> {
    Ok(cooperatives::table.find(id).select((cooperatives::name, cooperatives::zone)).get_result(conn)?)
}

/// Finds a pickup point: its name and address.
pub(super) fn find_pickup_point(conn: &mut Conn, id: PickupPointId) -> Result<Option<String>> {
    let row: Option<(String, String)> = pickup_points::table
        .find(id)
        .select((pickup_points::name, pickup_points::address))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(name, address)| if address.is_empty() { name } else { format!("{name} ({address})") }))
}
