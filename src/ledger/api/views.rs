//! The books as clients see them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, CooperativeId, EntryId, GroupId, MembershipId, OrderId, OutletId, SourceId};
use crate::kernel::{Day, Instant, Language, Rupiah};
use crate::ledger::account::{Account, Class};
use crate::ledger::entry::{Entry, EntryKind, Posting};
use crate::ledger::statements::{BalanceSheet, IncomeStatement};
use crate::ledger::store;

/// What accounts are called, by their numbers.
pub(in crate::ledger) struct Names {
    own: HashMap<Account, String>,
    language: Language,
}

impl Names {
    pub(in crate::ledger) fn of(conn: &mut Conn, cooperative: CooperativeId, language: Language) -> Result<Names> {
        let own = store::own_accounts(conn, cooperative)?.into_iter().map(|it| (it.account, it.name)).collect();
        Ok(Names { own, language })
    }

    pub(in crate::ledger) fn name(&self, account: Account) -> String {
        let shared = account.name(self.language).map(str::to_owned);
        shared.or_else(|| self.own.get(&account).cloned()).unwrap_or_default()
    }

    /// All accounts there are for the cooperative, by their numbers.
    pub(in crate::ledger) fn accounts(&self) -> Vec<Account> {
        let mut accounts: Vec<Account> = Account::all().chain(self.own.keys().copied()).collect();
        accounts.sort_unstable();
        accounts
    }
}

/// An entry of the books.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct EntryView {
    /// Its id.
    id: EntryId,
    /// What it is filed under: money in (`BKM`), money out (`BKK`), or a memo (`BM`), counted without gaps by month.
    #[schema(max_length = 40, example = "BKM-2026-11-0007")]
    voucher: String,
    /// What it tells of.
    kind: EntryKind,
    /// The business day that it counts for.
    #[schema(value_type = String, format = Date)]
    entered_on: Day,
    /// When it was written.
    booked_at: Instant,
    /// By whom; left out when it followed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    booked_by: Option<AccountId>,
    /// The payment, part of an order or payout that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    source: Option<SourceId>,
    /// What the treasurer noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    memo: Option<String>,
    /// The entry that it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reverses: Option<EntryId>,
    /// The entry that takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reversed_by: Option<EntryId>,
    /// Its postings. The debits and the credits come to the same.
    #[schema(max_items = 100)]
    lines: Vec<PostingView>,
}

/// A posting of an entry: on one side or the other.
#[derive(Debug, Serialize, ToSchema)]
struct PostingView {
    /// To which account.
    account: Account,
    /// What it is called.
    #[schema(max_length = 100, example = "Kas")]
    name: String,
    /// How much, on the debit side.
    debit: Rupiah,
    /// How much, on the credit side.
    credit: Rupiah,
    /// About which group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group: Option<GroupId>,
    /// About which member.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    member: Option<MembershipId>,
    /// About which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<OrderId>,
    /// About which outlet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outlet: Option<OutletId>,
    /// In whose hands the cash is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    holder: Option<AccountId>,
}

impl PostingView {
    fn of(posting: Posting, names: &Names) -> Self {
        PostingView {
            account: posting.account,
            name: names.name(posting.account),
            debit: posting.amount.max(Rupiah::ZERO),
            credit: posting.amount.negated().max(Rupiah::ZERO),
            group: posting.group,
            member: posting.member,
            order: posting.order,
            outlet: posting.outlet,
            holder: posting.holder,
        }
    }
}

impl EntryView {
    /// These entries with their postings, in their order.
    pub(in crate::ledger) fn of(
        conn: &mut Conn,
        cooperative: CooperativeId,
        entries: Vec<Entry>,
        language: Language,
    ) -> Result<Vec<EntryView>> {
        let names = Names::of(conn, cooperative, language)?;
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let mut postings: HashMap<EntryId, Vec<PostingView>> = HashMap::new();
        for posting in store::postings(conn, &ids)? {
            postings.entry(posting.entry).or_default().push(PostingView::of(posting, &names));
        }
        let reversed = store::reversals(conn, &ids)?;
        let reversed: HashMap<EntryId, EntryId> =
            reversed.into_iter().filter_map(|(wrong, by)| Some((wrong?, by))).collect();
        let view = |entry: Entry| EntryView {
            id: entry.id,
            voucher: entry.filed_as(),
            kind: entry.kind,
            entered_on: entry.entered_on,
            booked_at: entry.booked_at,
            booked_by: entry.booked_by,
            source: entry.source,
            memo: entry.memo,
            reverses: entry.reverses,
            reversed_by: reversed.get(&entry.id).copied(),
            lines: postings.remove(&entry.id).unwrap_or_default(),
        };
        Ok(entries.into_iter().map(view).collect())
    }

    /// One entry.
    pub(in crate::ledger) fn of_one(conn: &mut Conn, entry: Entry, language: Language) -> Result<Option<EntryView>> {
        Ok(EntryView::of(conn, entry.cooperative, vec![entry], language)?.pop())
    }
}

/// The accounts of a cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct BookAccountList {
    /// The accounts, by their numbers.
    #[schema(max_items = 600)]
    pub(in crate::ledger) data: Vec<BookAccountView>,
    /// Always null: the chart comes all at once.
    #[schema(max_length = 600)]
    pub(in crate::ledger) next: Option<String>,
}

/// An account and what stands in it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct BookAccountView {
    /// Its number.
    pub(in crate::ledger) account: Account,
    /// What it is called.
    #[schema(max_length = 100, example = "Kas")]
    pub(in crate::ledger) name: String,
    /// What it is.
    pub(in crate::ledger) class: Class,
    /// Whether the treasurer posts to it by hand.
    pub(in crate::ledger) by_hand: bool,
    /// What stands in it, above zero where one expects it: what is owned, owed, earned or spent.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) balance: Rupiah,
}

/// The trial balance of a cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct TrialBalanceView {
    /// The money of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// Up to which business day.
    #[schema(value_type = String, format = Date)]
    pub(in crate::ledger) on: Day,
    /// The accounts in which something stands, by their numbers.
    #[schema(max_items = 600)]
    pub(in crate::ledger) rows: Vec<TrialBalanceRow>,
    /// What the debit side comes to.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) debit: Rupiah,
    /// What the credit side comes to.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) credit: Rupiah,
    /// By how much the two differ: zero, or the books are unsound.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) difference: Rupiah,
}

/// An account of a trial balance.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct TrialBalanceRow {
    /// Its number.
    pub(in crate::ledger) account: Account,
    /// What it is called.
    #[schema(max_length = 100, example = "Kas")]
    pub(in crate::ledger) name: String,
    /// What stands on the debit side.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) debit: Rupiah,
    /// What stands on the credit side.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) credit: Rupiah,
}

/// The months of a cooperative's books that are closed.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct PeriodList {
    /// The closed months, the last first.
    #[schema(max_items = 240)]
    pub(in crate::ledger) data: Vec<PeriodView>,
    /// Always null: they come all at once.
    #[schema(max_length = 600)]
    pub(in crate::ledger) next: Option<String>,
}

/// A month that is closed.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct PeriodView {
    /// Which month.
    #[schema(min_length = 7, max_length = 7, example = "2026-10")]
    pub(in crate::ledger) month: String,
    /// When it was closed.
    pub(in crate::ledger) closed_at: Instant,
    /// By whom.
    pub(in crate::ledger) closed_by: AccountId,
}

/// An account with an amount of a statement.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct StatementRow {
    /// Its number.
    pub(in crate::ledger) account: Account,
    /// What it is called.
    #[schema(max_length = 100, example = "Penjualan")]
    pub(in crate::ledger) name: String,
    /// How much; below zero what is taken off.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) amount: Rupiah,
}

fn statement_rows(rows: Vec<(Account, Rupiah)>, names: &Names) -> Vec<StatementRow> {
    rows.into_iter().map(|(account, amount)| StatementRow { account, name: names.name(account), amount }).collect()
}

/// What was earned in a period, what it cost, and what is left, in the form of SAK EMKM.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct IncomeStatementView {
    /// The money of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// The first business day.
    #[schema(value_type = String, format = Date)]
    pub(in crate::ledger) from: Day,
    /// The last.
    #[schema(value_type = String, format = Date)]
    pub(in crate::ledger) to: Day,
    /// Sales, what was taken off them and what came back.
    #[schema(max_items = 600)]
    pub(in crate::ledger) sales: Vec<StatementRow>,
    /// What those come to.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) net_sales: Rupiah,
    /// What the goods cost: the groups' share and what was lost.
    #[schema(max_items = 600)]
    pub(in crate::ledger) cost_of_goods: Vec<StatementRow>,
    /// What the cooperative keeps of its sales.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) service: Rupiah,
    /// Income of other kinds.
    #[schema(max_items = 600)]
    pub(in crate::ledger) other_income: Vec<StatementRow>,
    /// All other costs.
    #[schema(max_items = 600)]
    pub(in crate::ledger) expenses: Vec<StatementRow>,
    /// What is left.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) result: Rupiah,
}

impl IncomeStatementView {
    pub(in crate::ledger) fn of(it: IncomeStatement, (from, to): (Day, Day), names: &Names) -> Self {
        IncomeStatementView {
            currency: "IDR",
            from,
            to,
            sales: statement_rows(it.sales, names),
            net_sales: it.net_sales,
            cost_of_goods: statement_rows(it.cost_of_goods, names),
            service: it.service,
            other_income: statement_rows(it.other_income, names),
            expenses: statement_rows(it.expenses, names),
            result: it.result,
        }
    }
}

/// What is owned, what is owed, and what is the cooperative's own on a day, in the form of SAK EMKM.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct BalanceSheetView {
    /// The money of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// On which business day.
    #[schema(value_type = String, format = Date)]
    pub(in crate::ledger) on: Day,
    /// What is owned.
    #[schema(max_items = 600)]
    pub(in crate::ledger) assets: Vec<StatementRow>,
    /// What that comes to.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) total_assets: Rupiah,
    /// What is owed.
    #[schema(max_items = 600)]
    pub(in crate::ledger) liabilities: Vec<StatementRow>,
    /// What was brought in and given.
    #[schema(max_items = 600)]
    pub(in crate::ledger) equity: Vec<StatementRow>,
    /// What was left in the years before.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) earlier_results: Rupiah,
    /// What is left of this year so far.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) result: Rupiah,
    /// What debts, capital and results come to: as much as what is owned.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) total_claims: Rupiah,
}

impl BalanceSheetView {
    pub(in crate::ledger) fn of(it: BalanceSheet, on: Day, names: &Names) -> Self {
        BalanceSheetView {
            currency: "IDR",
            on,
            assets: statement_rows(it.assets, names),
            total_assets: it.total_assets,
            liabilities: statement_rows(it.liabilities, names),
            equity: statement_rows(it.equity, names),
            earlier_results: it.earlier_results,
            result: it.result,
            total_claims: it.total_claims,
        }
    }
}

/// A page of the cash book.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct CashBook {
    /// The money of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// The month.
    #[schema(min_length = 7, max_length = 7, example = "2026-11")]
    pub(in crate::ledger) month: String,
    /// What was there before.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) opening: Rupiah,
    /// What came and went, by day and voucher.
    #[schema(max_items = 100_000)]
    pub(in crate::ledger) rows: Vec<CashBookRow>,
    /// What came in all.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) came: Rupiah,
    /// What went in all.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) went: Rupiah,
    /// What is there after.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) closing: Rupiah,
}

/// A line of the cash book.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct CashBookRow {
    /// The business day.
    #[schema(value_type = String, format = Date)]
    pub(in crate::ledger) day: Day,
    /// The voucher.
    #[schema(max_length = 40, example = "BKM-2026-11-0007")]
    pub(in crate::ledger) voucher: String,
    /// What it tells of.
    pub(in crate::ledger) kind: EntryKind,
    /// What the treasurer noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    pub(in crate::ledger) memo: Option<String>,
    /// What came.
    pub(in crate::ledger) came: Rupiah,
    /// What went.
    pub(in crate::ledger) went: Rupiah,
    /// What is there after it.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64)]
    pub(in crate::ledger) balance: Rupiah,
}
