//! SQL of the books.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::account::LedgerAccount;
use super::closing::ClosedMonth;
use super::custom_accounts::CustomAccount;
use super::entry::{Entry, EntryKind, Posting};
use crate::db::schema::{cooperatives, groups, ledger_accounts, ledger_closings, ledger_entries, ledger_postings};
use crate::db::{Conn, MultiBackend, Result, Tx, prepared};
use crate::kernel::ids::{CooperativeId, EntryId, GroupId, OrderId, OutletId, SourceDocumentId, SqlUuid};
use crate::kernel::{Day, Rupiah};

#[derive(QueryableByName)]
struct EntryNumber {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// For SQLite, which has one writer: no other transaction can take the number after the last. A trigger of the table
/// updates the counter.
const INSERT_NUMBERED_SQLITE: &str = "\
    INSERT INTO ledger_entries (id, cooperative_id, month, voucher, number, kind, entered_on, booked_at, booked_by, source_id, \
        reverses_id, memo) \
    VALUES ($1, $2, $3, $4, 1 + coalesce((SELECT last FROM ledger_counters \
        WHERE cooperative_id = $2 AND month = $3 AND voucher = $4), 0), $5, $6, $7, $8, $9, $10, $11) \
    RETURNING number";

/// For PostgreSQL, which has concurrent writers: the counter's row stays locked until the end of the transaction, so that
/// no number is taken twice or skipped.
const INSERT_NUMBERED_POSTGRES: &str = "\
    WITH counted AS (INSERT INTO ledger_counters (cooperative_id, month, voucher, last) VALUES ($2, $3, $4, 1) \
        ON CONFLICT (cooperative_id, month, voucher) DO UPDATE SET last = ledger_counters.last + 1 RETURNING last) \
    INSERT INTO ledger_entries (id, cooperative_id, month, voucher, number, kind, entered_on, booked_at, booked_by, source_id, \
        reverses_id, memo) \
    SELECT $1, $2, $3, $4, counted.last, $5, $6, $7, $8, $9, $10, $11 FROM counted RETURNING number";

/// Inserts an entry under the next number of its voucher series and returns the number.
#[expect(
    clippy::disallowed_methods,
    reason = "the number is counted and inserted in one statement, which the query builder cannot express"
)]
pub fn insert_entry(tx: &mut Tx<'_>, entry: &Entry) -> Result<i64> {
    let text = match &**tx {
        Conn::Sqlite(_) => INSERT_NUMBERED_SQLITE,
        Conn::Postgres(_) => INSERT_NUMBERED_POSTGRES,
    };
    let insert = diesel::sql_query(text)
        .bind::<SqlUuid, _>(entry.id)
        .bind::<SqlUuid, _>(entry.cooperative)
        .bind::<Text, _>(&entry.month)
        .bind::<Text, _>(entry.voucher_series)
        .bind::<Text, _>(entry.kind)
        .bind::<Date, _>(entry.business_day)
        .bind::<Timestamp, _>(entry.posted_at)
        .bind::<Nullable<SqlUuid>, _>(entry.posted_by)
        .bind::<Nullable<SqlUuid>, _>(entry.source)
        .bind::<Nullable<SqlUuid>, _>(entry.reverses)
        .bind::<Nullable<Text>, _>(&entry.memo);
    let inserted: EntryNumber = prepared(insert).get_result(&mut **tx)?;
    Ok(inserted.number)
}

/// Inserts the postings of an entry in one statement.
#[expect(
    clippy::disallowed_methods,
    reason = "diesel inserts rows one by one on SQLite; only placeholders are formatted, all values are bound"
)]
pub fn insert_postings(tx: &mut Tx<'_>, postings: &[Posting]) -> Result<()> {
    let row = |first: usize| {
        let placeholders: Vec<String> = (first..).take(POSTING_COLUMNS).map(|index| format!("${index}")).collect();
        format!("({})", placeholders.join(", "))
    };
    let rows: Vec<String> = (1..).step_by(POSTING_COLUMNS).take(postings.len()).map(row).collect();
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
            .bind::<Date, _>(posting.business_day)
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

const POSTING_COLUMNS: usize = 11;

/// Loads the name of a cooperative.
pub fn load_cooperative_name(conn: &mut Conn, cooperative: CooperativeId) -> Result<String> {
    Ok(cooperatives::table.find(cooperative).select(cooperatives::name).get_result(conn)?)
}

/// Locks the cooperative's row, so that closing a month and manual entries run one at a time.
pub fn lock_cooperative(tx: &mut Tx<'_>, cooperative: CooperativeId) -> Result<()> {
    if let Conn::Postgres(postgres) = &mut **tx {
        cooperatives::table
            .find(cooperative)
            .select(cooperatives::id)
            .for_no_key_update()
            .get_result::<CooperativeId>(postgres)?;
    }
    Ok(())
}

/// Finds an entry.
pub fn find_entry(conn: &mut Conn, id: EntryId) -> Result<Option<Entry>> {
    Ok(ledger_entries::table.find(id).select(Entry::as_select()).get_result(conn).optional()?)
}

/// Finds the last entry of this kind with this source.
pub fn find_entry_by_source(conn: &mut Conn, kind: EntryKind, source: SourceDocumentId) -> Result<Option<Entry>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::source_id.eq(source))
        .filter(ledger_entries::kind.eq(kind))
        .order((ledger_entries::booked_at.desc(), ledger_entries::id.desc()))
        .select(Entry::as_select())
        .first(conn)
        .optional()?)
}

/// Lists the entries that reverse these: the reversed entry and its reversal.
pub fn list_reversals(conn: &mut Conn, entries: &[EntryId]) -> Result<Vec<(Option<EntryId>, EntryId)>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::reverses_id.eq_any(entries.to_vec()))
        .select((ledger_entries::reverses_id, ledger_entries::id))
        .load(conn)?)
}

/// Lists the postings of these entries, in order.
pub fn list_postings(conn: &mut Conn, entries: &[EntryId]) -> Result<Vec<Posting>> {
    Ok(ledger_postings::table
        .filter(ledger_postings::entry_id.eq_any(entries.to_vec()))
        .order((ledger_postings::entry_id.asc(), ledger_postings::position.asc()))
        .select(Posting::as_select())
        .load(conn)?)
}

/// Filter of the list of entries.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EntryFilter {
    /// The first business day.
    pub from: Option<Day>,
    /// The last business day.
    pub to: Option<Day>,
    /// Entries that post to this account.
    #[param(value_type = Option<i32>, minimum = 1000, maximum = 9999, example = 1101)]
    pub account: Option<LedgerAccount>,
    /// Entries about this group.
    pub group: Option<GroupId>,
    /// Entries about this order.
    pub order: Option<OrderId>,
    /// Entries about this outlet.
    pub outlet: Option<OutletId>,
    /// Entries of this kind.
    #[param(inline)]
    pub kind: Option<EntryKind>,
}

/// Sort key of a page of entries.
pub type PageKey = (Day, EntryId);

/// Lists up to `rows` entries of a cooperative after this key, the latest day first.
pub fn list_entries(
    conn: &mut Conn,
    cooperative: CooperativeId,
    filter: &EntryFilter,
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
    if let Some(from) = filter.from {
        query = query.filter(e::entered_on.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(e::entered_on.le(to));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(e::kind.eq(kind));
    }
    if let Some(account) = filter.account {
        let postings = p::table.filter(p::cooperative_id.eq(cooperative)).filter(p::account.eq(account));
        query = query.filter(e::id.eq_any(postings.select(p::entry_id)));
    }
    if let Some(group) = filter.group {
        query = query.filter(e::id.eq_any(p::table.filter(p::group_id.eq(group)).select(p::entry_id)));
    }
    if let Some(order) = filter.order {
        query = query.filter(e::id.eq_any(p::table.filter(p::order_id.eq(order)).select(p::entry_id)));
    }
    if let Some(outlet) = filter.outlet {
        query = query.filter(e::id.eq_any(p::table.filter(p::outlet_id.eq(outlet)).select(p::entry_id)));
    }
    if let Some((day, id)) = after {
        query = query.filter(e::entered_on.lt(day).or(e::entered_on.eq(day).and(e::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// Whether the cooperative has an opening entry that is not reversed.
pub fn has_opening(conn: &mut Conn, cooperative: CooperativeId) -> Result<bool> {
    let reversals = diesel::alias!(ledger_entries as reversals);
    let opening = ledger_entries::table
        .filter(ledger_entries::cooperative_id.eq(cooperative))
        .filter(ledger_entries::kind.eq(EntryKind::Opening))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            reversals.filter(reversals.field(ledger_entries::reverses_id).eq(ledger_entries::id.nullable())),
        )));
    Ok(diesel::select(diesel::dsl::exists(opening)).get_result(conn)?)
}

/// Whether the group belongs to the cooperative.
pub fn has_group(conn: &mut Conn, cooperative: CooperativeId, group: GroupId) -> Result<bool> {
    let group = groups::table.find(group).filter(groups::cooperative_id.eq(cooperative));
    Ok(diesel::select(diesel::dsl::exists(group)).get_result(conn)?)
}

#[derive(QueryableByName)]
struct AccountTotal {
    #[diesel(sql_type = Integer)]
    account: LedgerAccount,
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
}

/// Sums the postings of each account of a cooperative from one day to another, both included.
#[expect(clippy::disallowed_methods, reason = "diesel sums integers to a type that only PostgreSQL has")]
pub fn load_balances(
    conn: &mut Conn,
    cooperative: CooperativeId,
    from: Day,
    to: Day,
) -> Result<Vec<(LedgerAccount, Rupiah)>> {
    let totals: Vec<AccountTotal> = diesel::sql_query(
        "SELECT account, CAST(sum(amount) AS BIGINT) AS amount FROM ledger_postings \
         WHERE cooperative_id = $1 AND entered_on >= $2 AND entered_on <= $3 GROUP BY account ORDER BY account",
    )
    .bind::<SqlUuid, _>(cooperative)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(conn)?;
    Ok(totals.into_iter().map(|total| (total.account, total.amount)).collect())
}

/// Lists the entries that post to an account in these days, each with the amount, by day and time of posting.
pub fn list_movements(
    conn: &mut Conn,
    cooperative: CooperativeId,
    account: LedgerAccount,
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
struct Total {
    #[diesel(sql_type = BigInt)]
    amount: Rupiah,
}

/// Loads the balance of one account.
#[expect(clippy::disallowed_methods, reason = "diesel sums integers to a type that only PostgreSQL has")]
pub fn load_balance(conn: &mut Conn, cooperative: CooperativeId, account: LedgerAccount) -> Result<Rupiah> {
    let total: Total = diesel::sql_query(
        "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount FROM ledger_postings \
         WHERE cooperative_id = $1 AND account = $2",
    )
    .bind::<SqlUuid, _>(cooperative)
    .bind::<Integer, _>(account)
    .get_result(conn)?;
    Ok(total.amount)
}

/// Loads the balance of one account for one group.
#[expect(clippy::disallowed_methods, reason = "diesel sums integers to a type that only PostgreSQL has")]
pub fn load_group_balance(conn: &mut Conn, group: GroupId, account: LedgerAccount) -> Result<Rupiah> {
    let total: Total = diesel::sql_query(
        "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount FROM ledger_postings \
         WHERE group_id = $1 AND account = $2",
    )
    .bind::<SqlUuid, _>(group)
    .bind::<Integer, _>(account)
    .get_result(conn)?;
    Ok(total.amount)
}

/// Lists the cooperative's own accounts, by number.
pub fn list_custom_accounts(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<CustomAccount>> {
    Ok(ledger_accounts::table
        .filter(ledger_accounts::cooperative_id.eq(cooperative))
        .order(ledger_accounts::account.asc())
        .select(CustomAccount::as_select())
        .load(conn)?)
}

/// Inserts an own account.
pub fn insert_custom_account(tx: &mut Tx<'_>, own: &CustomAccount) -> Result<()> {
    diesel::insert_into(ledger_accounts::table).values(own).execute(&mut **tx)?;
    Ok(())
}

/// Finds the last closed month.
pub fn find_last_closed_month(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<ClosedMonth>> {
    Ok(ledger_closings::table
        .filter(ledger_closings::cooperative_id.eq(cooperative))
        .order(ledger_closings::month.desc())
        .select(ClosedMonth::as_select())
        .first(conn)
        .optional()?)
}

/// Lists the closed months, the last first.
pub fn list_closed_months(conn: &mut Conn, cooperative: CooperativeId, rows: i64) -> Result<Vec<ClosedMonth>> {
    Ok(ledger_closings::table
        .filter(ledger_closings::cooperative_id.eq(cooperative))
        .order(ledger_closings::month.desc())
        .limit(rows)
        .select(ClosedMonth::as_select())
        .load(conn)?)
}

/// Finds the business day of the first entry of a cooperative.
pub fn find_first_entry_day(conn: &mut Conn, cooperative: CooperativeId) -> Result<Option<Day>> {
    Ok(ledger_entries::table
        .filter(ledger_entries::cooperative_id.eq(cooperative))
        .order(ledger_entries::entered_on.asc())
        .select(ledger_entries::entered_on)
        .first(conn)
        .optional()?)
}

/// Inserts a closed month.
pub fn insert_closed_month(tx: &mut Tx<'_>, closed: &ClosedMonth) -> Result<()> {
    diesel::insert_into(ledger_closings::table).values(closed).execute(&mut **tx)?;
    Ok(())
}

/// Deletes a closed month.
pub fn delete_closed_month(tx: &mut Tx<'_>, cooperative: CooperativeId, month: &str) -> Result<()> {
    diesel::delete(ledger_closings::table.find((cooperative, month))).execute(&mut **tx)?;
    Ok(())
}
