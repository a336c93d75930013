//! Offices in cooperatives, and reads of accounts.

use diesel::prelude::*;

use crate::cooperatives::group::HeldOffice;
use crate::cooperatives::office::{Assignment, Contact};
use crate::cooperatives::roles::Office;
use crate::db::schema::{accounts, assignments, cooperatives};
use crate::db::{Conn, Result, Tx};
use crate::kernel::ids::{AccountId, AssignmentId, CooperativeId};
use crate::kernel::{Instant, Language};

/// Whether this account administers the service.
pub fn is_admin(conn: &mut Conn, account: AccountId) -> Result<bool> {
    let admin = accounts::table.find(account).filter(accounts::status.eq("active")).select(accounts::admin);
    Ok(admin.get_result(conn).optional()?.unwrap_or(false))
}

/// The name of an account.
pub fn find_account_name(conn: &mut Conn, account: AccountId) -> Result<String> {
    Ok(accounts::table.find(account).select(accounts::name).get_result(conn)?)
}

/// The current offices of this account.
pub fn list_offices(conn: &mut Conn, account: AccountId) -> Result<Vec<(CooperativeId, Office)>> {
    Ok(assignments::table
        .filter(assignments::account_id.eq(account))
        .filter(assignments::ended_at.is_null())
        .select((assignments::cooperative_id, assignments::role))
        .load(conn)?)
}

/// The current offices of this account with their cooperatives, for its profile.
pub fn list_held_offices(conn: &mut Conn, account: AccountId) -> Result<Vec<HeldOffice>> {
    Ok(assignments::table
        .inner_join(cooperatives::table)
        .filter(assignments::account_id.eq(account))
        .filter(assignments::ended_at.is_null())
        .order(assignments::assigned_at.asc())
        .select(HeldOffice::as_select())
        .load(conn)?)
}

/// Inserts an assignment.
pub fn insert_assignment(tx: &mut Tx<'_>, assignment: &Assignment, by: AccountId) -> Result<()> {
    let row = (assignment, assignments::assigned_by.eq(by));
    diesel::insert_into(assignments::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The current assignments in this cooperative.
pub fn list_assignments(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<Assignment>> {
    Ok(assignments::table
        .inner_join(accounts::table.on(accounts::id.eq(assignments::account_id)))
        .filter(assignments::cooperative_id.eq(cooperative))
        .filter(assignments::ended_at.is_null())
        .order((assignments::role.asc(), assignments::assigned_at.asc(), assignments::id.asc()))
        .select(Assignment::as_select())
        .load(conn)?)
}

/// Ends an assignment; `false` when it has ended before.
pub fn end_assignment(tx: &mut Tx<'_>, id: AssignmentId, now: Instant) -> Result<bool> {
    let open = assignments::table.find(id).filter(assignments::ended_at.is_null());
    Ok(diesel::update(open).set(assignments::ended_at.eq(now)).execute(&mut **tx)? == 1)
}

/// Ends all offices of this account.
pub fn end_offices(tx: &mut Tx<'_>, account: AccountId, now: Instant) -> Result<usize> {
    let open = assignments::table.filter(assignments::account_id.eq(account)).filter(assignments::ended_at.is_null());
    Ok(diesel::update(open).set(assignments::ended_at.eq(now)).execute(&mut **tx)?)
}

/// The type of [`CONTACT_COLUMNS`].
pub(super) type ContactColumns =
    (accounts::id, accounts::name, accounts::email, accounts::email_verified_at, accounts::locale);

/// The columns of [`ContactRow`].
pub(super) const CONTACT_COLUMNS: ContactColumns =
    (accounts::id, accounts::name, accounts::email, accounts::email_verified_at, accounts::locale);

/// A row of [`CONTACT_COLUMNS`].
pub(super) type ContactRow = (AccountId, String, Option<String>, Option<Instant>, Language);

/// Converts a row; unverified addresses are dropped.
pub(super) fn to_contact((account, name, email, verified, language): ContactRow) -> Contact {
    Contact { account, name, email: email.filter(|_| verified.is_some()), language }
}

/// The current holders of this office in this cooperative.
pub fn list_office_holders(conn: &mut Conn, office: Office, cooperative: CooperativeId) -> Result<Vec<Contact>> {
    let rows: Vec<ContactRow> = accounts::table
        .inner_join(assignments::table.on(assignments::account_id.eq(accounts::id)))
        .filter(assignments::cooperative_id.eq(cooperative))
        .filter(assignments::role.eq(office))
        .filter(assignments::ended_at.is_null())
        .filter(accounts::status.eq("active"))
        .order(accounts::id.asc())
        .select(CONTACT_COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(to_contact).collect())
}
