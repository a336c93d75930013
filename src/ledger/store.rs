//! All SQL of the books.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Timestamp};

use super::account::Account;
use super::entry::{Entry, EntryKind, Posting};
use crate::db::schema::{cooperatives, groups, ledger_accounts, ledger_closings, ledger_entries, ledger_postings};
use crate::db::{Conn, MultiBackend, Result, Tx, prepared};
use crate::kernel::ids::{AccountId, CooperativeId, EntryId, GroupId, OrderId, OutletId, SourceId, SqlUuid};
use crate::kernel::{Day, Instant, Rupiah, Zone};

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// SQLite has one writer: the number after the last is free, and a trigger keeps count.
const NUMBERED_ON_SQLITE: &str = "\
    INSERT INTO ledger_entries (id, cooperative_id, month, voucher, number, kind, entered_on, booked_at, booked_by, source_id, \
        reverses_id, memo) \
    VALUES ($1, $2, $3, $4, 1 + coalesce((SELECT last FROM ledger_counters \
        WHERE cooperative_id = $2 AND month = $3 AND voucher = $4), 0), $5, $6, $7, $8, $9, $10, $11) \
    RETURNING number";

/// PostgreSQL has many: whoever counts holds the row until the end of the transaction, so that a number is never left out.
const NUMBERED_ON_POSTGRES: &str = "\
    WITH counted AS (INSERT INTO ledger_counters (cooperative_id, month, voucher, last) VALUES ($2, $3, $4, 1) \
        ON CONFLICT (cooperative_id, month, voucher) DO UPDATE SET last = ledger_counters.last + 1 RETURNING last) \
    INSERT INTO ledger_entries (id, cooperative_id, month, voucher, number, kind, entered_on, booked_at, booked_by, source_id, \
        reverses_id, memo) \
    SELECT $1, $2, $3, $4, counted.last, $5, $6, $7, $8, $9, $10, $11 FROM counted RETURNING number";

/// Writes an entry under the next number of its row of vouchers, and tells the number.
#[expect(clippy::disallowed_methods, reason = "a number is counted and used in one statement, which diesel cannot say")]
pub fn insert_entry(tx: &mut Tx<'_>, entry: &Entry) -> Result<i64> {
    let text = match &**tx {
        Conn::Sqlite(_) => NUMBERED_ON_SQLITE,
        Conn::Postgres(_) => NUMBERED_ON_POSTGRES,
    };
    let insert = diesel::sql_query(text)
        .bind::<SqlUuid, _>(entry.id)
        .bind::<SqlUuid, _>(entry.cooperative)
        .bind::<Text, _>(&entry.month)
        .bind::<Text, _>(entry.voucher)
        .bind::<Text, _>(entry.kind)
        .bind::<Date, _>(entry.entered_on)
        .bind::<Timestamp, _>(entry.booked_at)
        .bind::<Nullable<SqlUuid>, _>(entry.booked_by)
        .bind::<Nullable<SqlUuid>, _>(entry.source)
        .bind::<Nullable<SqlUuid>, _>(entry.reverses)
        .bind::<Nullable<Text>, _>(&entry.memo);
    let numbered: Numbered = prepared(insert).get_result(&mut **tx)?;
    Ok(numbered.number)
}

/// Writes the postings of an entry, all of them in one statement.
#[expect(
    clippy::disallowed_methods,
    reason = "diesel inserts rows one by one on SQLite; only places are pasted, all values bound"
)]
pub fn insert_postings(tx: &mut Tx<'_>, postings: &[Posting]) -> Result<()> {
    let row = |first: usize| {
        let places: Vec<String> = (first..).take(COLUMNS).map(|place| format!("${place}")).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (1..).step_by(COLUMNS).take(postings.len()).map(row).collect();
    let text = format!(
        "INSERT INTO ledger_postings (entry_id, position, cooperative_id, entered_on, account, amount, group_id, \
         membership_id, order_id, holder_id, outlet_id) VALUES {}",
        rows.join(", ")
    );
    let mut insert = diesel::sql_query(text).into_boxed::<MultiBackend>();
    for posting in postings {
        insert = insert
            .bind::<SqlUuid, _>(posting.entry)
            .bind::<Integer, _>(posting.position)
            .bind::<SqlUuid, _>(posting.cooperative)
            .bind::<Date, _>(posting.entered_on)
            .bind::<Integer, _>(posting.account)
            .bind::<BigInt, _>(posting.amount)
            .bind::<Nullable<SqlUuid>, _>(posting.group)
            .bind::<Nullable<SqlUuid>, _>(posting.member)
            .bind::<Nullable<SqlUuid>, _>(posting.order)
            .bind::<Nullable<SqlUuid>, _>(posting.holder)
            .bind::<Nullable<SqlUuid>, _>(posting.outlet);
    }
    prepared(insert).execute(&mut **tx)?;
    Ok(())
}

/// How many columns a posting has.
const COLUMNS: usize = 11;

/// The zone in which a cooperative counts its days.
pub fn zone_of(conn: &mut Conn, cooperative: CooperativeId) -> Result<Zone> {
    Ok(cooperatives::table.find(cooperative).select(cooperatives::zone).first(conn)?)
}

/// What a cooperative is called.
pub fn name_of(conn: &mut Conn, cooperative: CooperativeId) -> Result<String> {
    Ok(cooperatives::table.find(cooperative).select(cooperatives::name).first(conn)?)
}

/// Holds a cooperative's row, so that months are closed and entries written by hand one at a time.
pub fn hold_cooperative(tx: &mut Tx<'_>, cooperative: CooperativeId) -> Result<()> {
    if let Conn::Postgres(postgres) = &mut **tx {
        cooperatives::table
            .find(cooperative)
            .select(cooperatives::id)
            .for_no_key_update()
            .first::<CooperativeId>(postgres)?;
    }
    Ok(())
}

/// The entry of this id.
pub fn entry(conn: &mut Conn, id: EntryId) -> Result<Option<Entry>> {
    Ok(ledger_entries::table.find(id).select(Entry::as_select()).first(conn).optional()?)
}

/// The last entry of this kind that follows from this.
pub fn entry_of_source(conn: &mut Conn, kind: EntryKind, source: SourceId) -> Result<Option<Entry>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::source_id.eq(source))
        .filter(ledger_entries::kind.eq(kind))
        .order((ledger_entries::booked_at.desc(), ledger_entries::id.desc()))
        .select(Entry::as_select())
        .first(conn)
        .optional()?)
}

/// The entries that take one of these back: which, and by which.
pub fn reversals(conn: &mut Conn, of: &[EntryId]) -> Result<Vec<(Option<EntryId>, EntryId)>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::reverses_id.eq_any(of.to_vec()))
        .select((ledger_entries::reverses_id, ledger_entries::id))
        .load(conn)?)
}

/// The postings of these entries, in their order.
pub fn postings(conn: &mut Conn, of: &[EntryId]) -> Result<Vec<Posting>> {
    Ok(ledger_postings::table
        .filter(ledger_postings::entry_id.eq_any(of.to_vec()))
        .order((ledger_postings::entry_id.asc(), ledger_postings::position.asc()))
        .select(Posting::as_select())
        .load(conn)?)
}

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The first business day.
    pub from: Option<Day>,
    /// The last.
    pub to: Option<Day>,
    /// Only those that post to this account.
    pub account: Option<Account>,
    /// Only those about this group.
    pub group: Option<GroupId>,
    /// Only those about this order.
    pub order: Option<OrderId>,
    /// Only those about this outlet.
    pub outlet: Option<OutletId>,
    /// Only those of this kind.
    pub kind: Option<EntryKind>,
}

/// Where a page of entries begins.
pub type PageKey = (Day, EntryId);

/// So many entries of a cooperative behind this one, the latest day first.
pub fn entries(
    conn: &mut Conn,
    cooperative: CooperativeId,
    wanted: &Wanted,
    after: Option<PageKey>,
    rows: i64,
) -> Result<Vec<Entry>> {
    use ledger_entries as e;
    use ledger_postings as p;
    let mut query = e::table
        .filter(e::cooperative_id.eq(cooperative))
        .order((e::entered_on.desc(), e::id.desc()))
        .limit(rows)
        .select(Entry::as_select())
        .into_boxed();
    if let Some(from) = wanted.from {
        query = query.filter(e::entered_on.ge(from));
    }
    if let Some(to) = wanted.to {
        query = query.filter(e::entered_on.le(to));
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(e::kind.eq(kind));
    }
    if let Some(account) = wanted.account {
        let posts = p::table.filter(p::cooperative_id.eq(cooperative)).filter(p::account.eq(account));
        query = query.filter(e::id.eq_any(posts.select(p::entry_id)));
    }
    if let Some(group) = wanted.group {
        query = query.filter(e::id.eq_any(p::table.filter(p::group_id.eq(group)).select(p::entry_id)));
    }
    if let Some(order) = wanted.order {
        query = query.filter(e::id.eq_any(p::table.filter(p::order_id.eq(order)).select(p::entry_id)));
    }
    if let Some(outlet) = wanted.outlet {
        query = query.filter(e::id.eq_any(p::table.filter(p::outlet_id.eq(outlet)).select(p::entry_id)));
    }
    if let Some((day, id)) = after {
        query = query.filter(e::entered_on.lt(day).or(e::entered_on.eq(day).and(e::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// Whether the cooperative's books have been opened, and that was not taken back.
pub fn has_opening(conn: &mut Conn, cooperative: CooperativeId) -> Result<bool> {
    let reversed = diesel::alias!(ledger_entries as reversed);
    let opening = ledger_entries::table
        .filter(ledger_entries::cooperative_id.eq(cooperative))
        .filter(ledger_entries::kind.eq(EntryKind::Opening))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            reversed.filter(reversed.field(ledger_entries::reverses_id).eq(ledger_entries::id.nullable())),
        )));
    Ok(diesel::select(diesel::dsl::exists(opening)).get_result(conn)?)
}

/// Whether this is a group of the cooperative.
pub fn has_group(conn: &mut Conn, cooperative: CooperativeId, group: GroupId) -> Result<bool> {
    let found = groups::table.find(group).filter(groups::cooperative_id.eq(cooperative));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = Integer)]
    account: Account,
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
}

/// What was posted to each account of a cooperative from one day to another, both included.
#[expect(clippy::disallowed_methods, reason = "diesel adds whole numbers up to a type that only PostgreSQL has")]
pub fn balances(conn: &mut Conn, cooperative: CooperativeId, from: Day, to: Day) -> Result<Vec<(Account, Rupiah)>> {
    let sums: Vec<Sum> = diesel::sql_query(
        "SELECT account, CAST(sum(amount) AS BIGINT) AS amount FROM ledger_postings \
         WHERE cooperative_id = $1 AND entered_on >= $2 AND entered_on <= $3 GROUP BY account ORDER BY account",
    )
    .bind::<SqlUuid, _>(cooperative)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(conn)?;
    Ok(sums.into_iter().map(|sum| (sum.account, sum.amount)).collect())
}

/// The entries that moved an account in these days, each with how much, in the order in which they count.
pub fn movements(
    conn: &mut Conn,
    cooperative: CooperativeId,
    account: Account,
    from: Day,
    to: Day,
) -> Result<Vec<(Entry, Rupiah)>> {
    use ledger_entries as e;
    use ledger_postings as p;
    Ok(p::table
        .inner_join(e::table)
        .filter(p::cooperative_id.eq(cooperative))
        .filter(p::account.eq(account))
        .filter(p::entered_on.between(from, to))
        .order((p::entered_on.asc(), e::booked_at.asc(), e::voucher.asc(), e::number.asc(), p::position.asc()))
        .select((Entry::as_select(), p::amount))
        .load(conn)?)
}

#[derive(QueryableByName)]
struct OneSum {
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
}

/// What stands in one account.
#[expect(clippy::disallowed_methods, reason = "diesel adds whole numbers up to a type that only PostgreSQL has")]
pub fn balance(conn: &mut Conn, cooperative: CooperativeId, account: Account) -> Result<Rupiah> {
    let sum: OneSum = diesel::sql_query(
        "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount FROM ledger_postings \
         WHERE cooperative_id = $1 AND account = $2",
    )
    .bind::<SqlUuid, _>(cooperative)
    .bind::<Integer, _>(account)
    .get_result(conn)?;
    Ok(sum.amount)
}

/// What stands in one account about one group.
#[expect(clippy::disallowed_methods, reason = "diesel adds whole numbers up to a type that only PostgreSQL has")]
pub fn balance_of_group(conn: &mut Conn, group: GroupId, account: Account) -> Result<Rupiah> {
    let sum: OneSum = diesel::sql_query(
        "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount FROM ledger_postings \
         WHERE group_id = $1 AND account = $2",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<Integer, _>(account)
    .get_result(conn)?;
    Ok(sum.amount)
}

/// An account that a cooperative keeps beside those that all have.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_accounts)]
pub struct OwnAccount {
    /// Whose it is.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Its number.
    pub account: Account,
    /// Its name.
    pub name: String,
    /// Since when it is kept.
    pub opened_at: Instant,
    /// Who opened it.
    pub opened_by: AccountId,
}

/// The accounts that a cooperative keeps of its own, by their numbers.
pub fn own_accounts(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<OwnAccount>> {
    Ok(ledger_accounts::table
        .filter(ledger_accounts::cooperative_id.eq(cooperative))
        .order(ledger_accounts::account.asc())
        .select(OwnAccount::as_select())
        .load(conn)?)
}

/// Opens an account of a cooperative's own.
pub fn insert_own_account(tx: &mut Tx<'_>, own: &OwnAccount) -> Result<()> {
    diesel::insert_into(ledger_accounts::table).values(own).execute(&mut **tx)?;
    Ok(())
}

/// A month that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_closings)]
pub struct Closing {
    /// Whose books.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Which month: `2026-11`.
    pub month: String,
    /// When.
    pub closed_at: Instant,
    /// By whom.
    pub closed_by: AccountId,
}

/// The last month that is closed.
pub fn last_closing(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<Closing>> {
    Ok(ledger_closings::table
        .filter(ledger_closings::cooperative_id.eq(cooperative))
        .order(ledger_closings::month.desc())
        .select(Closing::as_select())
        .first(conn)
        .optional()?)
}

/// The months that are closed, the last first.
pub fn closings(conn: &mut Conn, cooperative: CooperativeId, rows: i64) -> Result<Vec<Closing>> {
    Ok(ledger_closings::table
        .filter(ledger_closings::cooperative_id.eq(cooperative))
        .order(ledger_closings::month.desc())
        .limit(rows)
        .select(Closing::as_select())
        .load(conn)?)
}

/// The month of the first entry of a cooperative.
pub fn first_month(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<Day>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::cooperative_id.eq(cooperative))
        .order(ledger_entries::entered_on.asc())
        .select(ledger_entries::entered_on)
        .first(conn)
        .optional()?)
}

/// Closes a month.
pub fn insert_closing(tx: &mut Tx<'_>, closing: &Closing) -> Result<()> {
    diesel::insert_into(ledger_closings::table).values(closing).execute(&mut **tx)?;
    Ok(())
}

/// Opens a month again.
pub fn delete_closing(tx: &mut Tx<'_>, cooperative: CooperativeId, month: &str) -> Result<()> {
    diesel::delete(ledger_closings::table.find((cooperative, month))).execute(&mut **tx)?;
    Ok(())
}
