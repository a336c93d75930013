//! The treasurer's bookkeeping: opening balances on the first day, cash hand-overs on Saturdays, and on the first of each
//! month bills, payouts and the closing of the previous month.

use chrono::{Datelike, Weekday};

use super::today::Today;
use crate::cash::{self, CashError, NewHandover};
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::{Day, Rupiah};
use crate::ledger::{self, LedgerAccount, ManualEntry, ManualEntryKind, ManualLine, PeriodAction, Purse};
use crate::payments;
use crate::payouts::{self, PaidFrom, PayoutError, PayoutRequest};
use crate::web::Problem;

/// The monthly expenses: account, amount in rupiah and memo.
const BILLS: [(LedgerAccount, i64, &str); 3] = [
    (LedgerAccount::TRANSPORT, 350_000, "Bensin dan ojek"),
    (LedgerAccount::UTILITIES, 150_000, "Listrik balai"),
    (LedgerAccount::WAGES, 400_000, "Honor bendahara"),
];

/// The cooperative's static QRIS code, of a merchant that does not exist.
const QRIS_CODE: &str = "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304669B";

impl Today<'_> {
    /// The treasurer's work of the day.
    pub(super) fn keep_books(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let permit = self.world.treasurer();
        if self.day == self.first {
            self.open_books(tx, &permit)?;
        }
        if self.day.weekday() == Weekday::Sat {
            self.receive_cash(tx, &permit)?;
        }
        if self.day.day() == 1 && self.day > self.first {
            self.close_month(tx, &permit)?;
        }
        Ok(())
    }

    fn open_books(&self, tx: &mut Tx<'_>, permit: &CooperativePermit) -> Result<(), Problem> {
        let line = |account, amount| ManualLine { account, amount: Rupiah(amount), group: None };
        let lines = vec![
            line(LedgerAccount::CASH, 1_500_000),
            line(LedgerAccount::BANK, 6_000_000),
            line(LedgerAccount::EQUIPMENT, 2_500_000),
        ];
        let opening = ManualEntry { lines, ..entry(ManualEntryKind::Opening, 0, "Saldo awal") };
        ledger::enter(tx, self.at(7 * 60), permit, &opening)?;
        let now = self.at(8 * 60);
        let code = tx.id(now);
        payments::propose_qris(tx, now, permit, code, QRIS_CODE)?;
        Ok(())
    }

    /// Every officer hands over the cash they hold.
    fn receive_cash(&self, tx: &mut Tx<'_>, permit: &CooperativePermit) -> Result<(), Problem> {
        let now = self.at(18 * 60);
        for shop in &self.world.shops {
            let new_handover = NewHandover {
                id: tx.id(now),
                cooperative: permit.cooperative,
                holder: shop.officer,
                payments: None,
                note: None,
                by: shop.officer,
            };
            let handover = match cash::declare(tx, now, &new_handover) {
                Err(CashError::NothingHeld) => continue,
                declared => declared?,
            };
            cash::receive(tx, now, permit, handover.id, handover.expected, None)?;
        }
        Ok(())
    }

    /// Pays bills, delivery fees and groups, deposits cash at the bank, and closes the previous month.
    fn close_month(&self, tx: &mut Tx<'_>, permit: &CooperativePermit) -> Result<(), Problem> {
        let now = self.at(8 * 60);
        for (account, amount, memo) in BILLS {
            let bill = ManualEntry { account: Some(account), ..entry(ManualEntryKind::Expense, amount, memo) };
            ledger::enter(tx, now, permit, &bill)?;
        }
        let fees = ledger::load_balance(tx, permit.cooperative, LedgerAccount::DELIVERY_FEES)?.negated();
        if fees > Rupiah::ZERO {
            ledger::enter(tx, now, permit, &entry(ManualEntryKind::CourierPaid, fees.0, "Ongkos antar bulan lalu"))?;
        }
        let last_of_month = self.day.pred_opt().unwrap_or(self.day);
        self.pay_groups(tx, permit, last_of_month)?;
        let cash = ledger::load_balance(tx, permit.cooperative, LedgerAccount::CASH)?.percent(50);
        if cash > Rupiah::ZERO {
            let bank_deposit =
                ManualEntry { to: Some(Purse::Bank), ..entry(ManualEntryKind::Transfer, cash.0, "Setor ke bank") };
            ledger::enter(tx, now, permit, &bank_deposit)?;
        }
        let month = last_of_month.with_day(1).unwrap_or(last_of_month);
        ledger::close_or_reopen(tx, now, permit, month, PeriodAction::Close)?;
        Ok(())
    }

    /// Pays every group its balance of the previous month, in cash if there is enough.
    fn pay_groups(&self, tx: &mut Tx<'_>, permit: &CooperativePermit, until: Day) -> Result<(), Problem> {
        let now = self.at(9 * 60);
        for shop in &self.world.shops {
            let owed = ledger::load_group_balance(tx, shop.group, LedgerAccount::PAYABLE_TO_GROUPS)?.negated();
            let cash = ledger::load_balance(tx, permit.cooperative, LedgerAccount::CASH)?;
            let request = PayoutRequest {
                group: shop.group,
                until: Some(until),
                advances: None,
                from: if owed <= cash { PaidFrom::Cash } else { PaidFrom::Bank },
                received_by: None,
                note: None,
            };
            let id = tx.id(now);
            match payouts::pay(tx, now, permit, id, &request) {
                Ok(_) | Err(PayoutError::NothingOwed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn entry(kind: ManualEntryKind, amount: i64, memo: &str) -> ManualEntry {
    ManualEntry {
        kind,
        amount: Rupiah(amount),
        account: None,
        purse: Purse::Cash,
        to: None,
        fee: Rupiah::ZERO,
        group: None,
        lines: Vec::new(),
        on: None::<Day>,
        memo: Some(memo.to_owned()),
    }
}
