//! Response bodies of the books.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::account_names::AccountNames;
use crate::db::{Conn, Result};
use crate::kernel::ids::{
    AccountId, CooperativeId, EntryId, GroupId, MembershipId, OrderId, OutletId, SourceDocumentId,
};
use crate::kernel::{Day, Instant, Language, Rupiah, SignedRupiah};
use crate::ledger::account::{AccountClass, LedgerAccount};
use crate::ledger::entry::{Entry, EntryKind, Posting};
use crate::ledger::statements::{BalanceSheet, IncomeStatement};
use crate::ledger::store;

/// An entry of the books.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct EntryView {
    /// The id.
    id: EntryId,
    /// The voucher number: cash in (`BKM`), cash out (`BKK`) or memo (`BM`), numbered by month without gaps.
    #[schema(max_length = 40, example = "BKM-2026-11-0007")]
    voucher: String,
    /// The kind.
    kind: EntryKind,
    /// The business day.
    entered_on: Day,
    /// When it was posted.
    booked_at: Instant,
    /// The account that posted it; absent if the system did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    booked_by: Option<AccountId>,
    /// The payment, part of an order or payout that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    source: Option<SourceDocumentId>,
    /// The treasurer's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    memo: Option<String>,
    /// The entry that it reverses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reverses: Option<EntryId>,
    /// The entry that reverses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reversed_by: Option<EntryId>,
    /// The postings. Debits and credits have the same sum.
    #[schema(max_items = 100)]
    lines: Vec<PostingView>,
}

/// A posting of an entry: either a debit or a credit.
#[derive(Debug, Serialize, ToSchema)]
struct PostingView {
    /// The account number.
    account: LedgerAccount,
    /// The name of the account.
    #[schema(max_length = 100, example = "Kas")]
    name: String,
    /// The amount on the debit side.
    debit: Rupiah,
    /// The amount on the credit side.
    credit: Rupiah,
    /// The group that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group: Option<GroupId>,
    /// The member that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    member: Option<MembershipId>,
    /// The order that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<OrderId>,
    /// The outlet that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outlet: Option<OutletId>,
    /// The account of the person who holds the cash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    holder: Option<AccountId>,
}

impl PostingView {
    fn of(posting: Posting, names: &AccountNames) -> Self {
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
    /// Makes the views of these entries, in the same order.
    pub(in crate::ledger) fn load(
        conn: &mut Conn,
        cooperative: CooperativeId,
        entries: Vec<Entry>,
        language: Language,
    ) -> Result<Vec<EntryView>> {
        let names = AccountNames::load(conn, cooperative, language)?;
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let mut postings: HashMap<EntryId, Vec<PostingView>> = HashMap::new();
        for posting in store::list_postings(conn, &ids)? {
            postings.entry(posting.entry).or_default().push(PostingView::of(posting, &names));
        }
        let reversals = store::list_reversals(conn, &ids)?;
        let reversed_by: HashMap<EntryId, EntryId> =
            reversals.into_iter().filter_map(|(reversed, by)| Some((reversed?, by))).collect();
        let view = |entry: Entry| EntryView {
            id: entry.id,
            voucher: entry.voucher_number(),
            kind: entry.kind,
            entered_on: entry.business_day,
            booked_at: entry.posted_at,
            booked_by: entry.posted_by,
            source: entry.source,
            memo: entry.memo,
            reverses: entry.reverses,
            reversed_by: reversed_by.get(&entry.id).copied(),
            lines: postings.remove(&entry.id).unwrap_or_default(),
        };
        Ok(entries.into_iter().map(view).collect())
    }

    /// The sort key in lists.
    pub(in crate::ledger) fn key(&self) -> (Day, EntryId) {
        (self.entered_on, self.id)
    }

    /// Makes the view of one entry.
    pub(in crate::ledger) fn load_one(conn: &mut Conn, entry: Entry, language: Language) -> Result<Option<EntryView>> {
        Ok(EntryView::load(conn, entry.cooperative, vec![entry], language)?.pop())
    }
}

/// The accounts of a cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct BookAccountList {
    /// The accounts, by number.
    #[schema(max_items = 600)]
    pub(in crate::ledger) data: Vec<BookAccountView>,
    /// Always null: all accounts are on one page.
    #[schema(max_length = 600)]
    pub(in crate::ledger) next: Option<String>,
}

/// An account with its balance.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct BookAccountView {
    /// The account number.
    pub(in crate::ledger) account: LedgerAccount,
    /// The name.
    #[schema(max_length = 100, example = "Kas")]
    pub(in crate::ledger) name: String,
    /// The class.
    pub(in crate::ledger) class: AccountClass,
    /// Whether the treasurer may post to it manually.
    pub(in crate::ledger) by_hand: bool,
    /// The balance, above zero on the normal side of the class.
    pub(in crate::ledger) balance: SignedRupiah,
}

/// The trial balance of a cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct TrialBalanceView {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// The business day, inclusive.
    pub(in crate::ledger) on: Day,
    /// The accounts with a balance, by number.
    #[schema(max_items = 600)]
    pub(in crate::ledger) rows: Vec<TrialBalanceRow>,
    /// The sum of the debits.
    pub(in crate::ledger) debit: Rupiah,
    /// The sum of the credits.
    pub(in crate::ledger) credit: Rupiah,
    /// `debit` less `credit`: zero, unless the books are unsound.
    pub(in crate::ledger) difference: SignedRupiah,
}

/// An account of a trial balance.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct TrialBalanceRow {
    /// The account number.
    pub(in crate::ledger) account: LedgerAccount,
    /// The name.
    #[schema(max_length = 100, example = "Kas")]
    pub(in crate::ledger) name: String,
    /// The balance on the debit side.
    pub(in crate::ledger) debit: Rupiah,
    /// The balance on the credit side.
    pub(in crate::ledger) credit: Rupiah,
}

/// An account with its amount in a statement.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct StatementRow {
    /// The account number.
    pub(in crate::ledger) account: LedgerAccount,
    /// The name.
    #[schema(max_length = 100, example = "Penjualan")]
    pub(in crate::ledger) name: String,
    /// The amount; deductions are below zero.
    pub(in crate::ledger) amount: SignedRupiah,
}

fn statement_rows(rows: Vec<(LedgerAccount, Rupiah)>, names: &AccountNames) -> Vec<StatementRow> {
    rows.into_iter().map(|(account, amount)| StatementRow { account, name: names.name(account), amount }).collect()
}

/// Income, costs and result of a period, in the form of SAK EMKM.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct IncomeStatementView {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// The first business day.
    pub(in crate::ledger) from: Day,
    /// The last business day.
    pub(in crate::ledger) to: Day,
    /// Sales, discounts and returns.
    #[schema(max_items = 600)]
    pub(in crate::ledger) sales: Vec<StatementRow>,
    /// The sum of `sales`.
    pub(in crate::ledger) net_sales: SignedRupiah,
    /// Cost of goods: the groups' share, the outlets' share, damaged goods.
    #[schema(max_items = 600)]
    pub(in crate::ledger) cost_of_goods: Vec<StatementRow>,
    /// Net sales less the cost of goods.
    pub(in crate::ledger) service: SignedRupiah,
    /// Other income.
    #[schema(max_items = 600)]
    pub(in crate::ledger) other_income: Vec<StatementRow>,
    /// Other costs.
    #[schema(max_items = 600)]
    pub(in crate::ledger) expenses: Vec<StatementRow>,
    /// The result.
    pub(in crate::ledger) result: SignedRupiah,
}

impl IncomeStatementView {
    pub(in crate::ledger) fn of(statement: IncomeStatement, (from, to): (Day, Day), names: &AccountNames) -> Self {
        IncomeStatementView {
            currency: "IDR",
            from,
            to,
            sales: statement_rows(statement.sales, names),
            net_sales: statement.net_sales,
            cost_of_goods: statement_rows(statement.cost_of_goods, names),
            service: statement.service,
            other_income: statement_rows(statement.other_income, names),
            expenses: statement_rows(statement.expenses, names),
            result: statement.result,
        }
    }
}

/// Assets, liabilities and equity on a day, in the form of SAK EMKM.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct BalanceSheetView {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// The business day.
    pub(in crate::ledger) on: Day,
    /// The assets.
    #[schema(max_items = 600)]
    pub(in crate::ledger) assets: Vec<StatementRow>,
    /// The sum of the assets.
    pub(in crate::ledger) total_assets: SignedRupiah,
    /// The liabilities.
    #[schema(max_items = 600)]
    pub(in crate::ledger) liabilities: Vec<StatementRow>,
    /// Capital and donations.
    #[schema(max_items = 600)]
    pub(in crate::ledger) equity: Vec<StatementRow>,
    /// The results of earlier years.
    pub(in crate::ledger) earlier_results: SignedRupiah,
    /// The result of this year so far.
    pub(in crate::ledger) result: SignedRupiah,
    /// The sum of liabilities, equity and results; equal to `total_assets`.
    pub(in crate::ledger) total_claims: SignedRupiah,
}

impl BalanceSheetView {
    pub(in crate::ledger) fn of(sheet: BalanceSheet, on: Day, names: &AccountNames) -> Self {
        BalanceSheetView {
            currency: "IDR",
            on,
            assets: statement_rows(sheet.assets, names),
            total_assets: sheet.total_assets,
            liabilities: statement_rows(sheet.liabilities, names),
            equity: statement_rows(sheet.equity, names),
            earlier_results: sheet.earlier_results,
            result: sheet.result,
            total_claims: sheet.total_claims,
        }
    }
}

/// The cash book of a month.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct CashBook {
    /// The currency of all amounts.
    #[schema(max_length = 3, example = "IDR")]
    pub(in crate::ledger) currency: &'static str,
    /// The month.
    #[schema(min_length = 7, max_length = 7, example = "2026-11")]
    pub(in crate::ledger) month: String,
    /// The balance before the month.
    pub(in crate::ledger) opening: SignedRupiah,
    /// The rows, by day and voucher.
    #[schema(max_items = 100_000)]
    pub(in crate::ledger) rows: Vec<CashBookRow>,
    /// The sum of money in.
    pub(in crate::ledger) came: Rupiah,
    /// The sum of money out.
    pub(in crate::ledger) went: Rupiah,
    /// The balance after the month.
    pub(in crate::ledger) closing: SignedRupiah,
}

/// A row of the cash book.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::ledger) struct CashBookRow {
    /// The business day.
    pub(in crate::ledger) day: Day,
    /// The voucher number.
    #[schema(max_length = 40, example = "BKM-2026-11-0007")]
    pub(in crate::ledger) voucher: String,
    /// The kind of the entry.
    pub(in crate::ledger) kind: EntryKind,
    /// The treasurer's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    pub(in crate::ledger) memo: Option<String>,
    /// Money in.
    pub(in crate::ledger) came: Rupiah,
    /// Money out.
    pub(in crate::ledger) went: Rupiah,
    /// The balance after it.
    pub(in crate::ledger) balance: SignedRupiah,
}
