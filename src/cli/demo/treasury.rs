//! How the demo's treasurer keeps the books: opened on the first day, cash taken in every Saturday, and on the first of each
//! month bills and groups paid and the month before closed.

use chrono::{Datelike, Weekday};

use super::live::Today;
use crate::cash::{self, CashError, Declaring};
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::kernel::{Day, Rupiah};
use crate::ledger::{self, Account, ByHand, ByHandKind, Line, PeriodAction, Purse};
use crate::payments;
use crate::payouts::{self, Asked, CapitalError, PaidFrom};
use crate::web::Problem;

/// What is spent every month: on what, and how much.
const BILLS: [(Account, i64, &str); 3] = [
    (Account::TRANSPORT, 350_000, "Bensin dan ojek"),
    (Account::UTILITIES, 150_000, "Listrik balai"),
    (Account::PAY, 400_000, "Honor bendahara"),
];

/// What the cooperative's QRIS sticker says: a merchant that does not exist.
const PRINTED: &str = "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304669B";

impl Today<'_> {
    /// What the treasurer does today.
    pub(super) fn keep_books(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let permit = self.world.treasurer();
        if self.day == self.first {
            self.open_books(tx, &permit)?;
        }
        if self.day.weekday() == Weekday::Sat {
            self.take_cash_in(tx, &permit)?;
        }
        if self.day.day() == 1 && self.day > self.first {
            self.turn_the_month(tx, &permit)?;
        }
        Ok(())
    }

    fn open_books(&self, tx: &mut Tx<'_>, permit: &CooperativePermit) -> Result<(), Problem> {
        let line = |account, amount| Line { account, amount: Rupiah(amount), group: None };
        let lines =
            vec![line(Account::CASH, 1_500_000), line(Account::BANK, 6_000_000), line(Account::EQUIPMENT, 2_500_000)];
        let opening = ByHand { lines, ..entry(ByHandKind::Opening, 0, "Saldo awal") };
        ledger::enter(tx, self.at(7 * 60), permit, &opening)?;
        let now = self.at(8 * 60);
        let code = tx.id(now);
        payments::propose_qris(tx, now, permit, code, PRINTED)?;
        Ok(())
    }

    /// Every officer hands over what they hold.
    fn take_cash_in(&self, tx: &mut Tx<'_>, permit: &CooperativePermit) -> Result<(), Problem> {
        let now = self.at(18 * 60);
        for shop in &self.world.shops {
            let declaring = Declaring {
                id: tx.id(now),
                cooperative: permit.cooperative,
                holder: shop.officer,
                payments: None,
                note: None,
                by: shop.officer,
            };
            let handover = match cash::declare(tx, now, &declaring) {
                Err(CashError::NothingHeld) => continue,
                declared => declared?,
            };
            cash::receive(tx, now, permit, handover.id, handover.expected, None)?;
        }
        Ok(())
    }

    /// Bills are paid, the fees of those who bring goods paid on, cash put into the bank, and the month before closed.
    fn turn_the_month(&self, tx: &mut Tx<'_>, permit: &CooperativePermit) -> Result<(), Problem> {
        let now = self.at(8 * 60);
        for (account, amount, memo) in BILLS {
            let bill = ByHand { account: Some(account), ..entry(ByHandKind::Expense, amount, memo) };
            ledger::enter(tx, now, permit, &bill)?;
        }
        let fees = ledger::balance(tx, permit.cooperative, Account::DELIVERY_FEES)?.negated();
        if fees > Rupiah::ZERO {
            ledger::enter(tx, now, permit, &entry(ByHandKind::DeliveryPaid, fees.0, "Ongkos antar bulan lalu"))?;
        }
        let before = self.day.pred_opt().unwrap_or(self.day);
        self.pay_groups(tx, permit, before)?;
        let cash = ledger::balance(tx, permit.cooperative, Account::CASH)?.percent(50);
        if cash > Rupiah::ZERO {
            let moved = ByHand { to: Some(Purse::Bank), ..entry(ByHandKind::Moved, cash.0, "Setor ke bank") };
            ledger::enter(tx, now, permit, &moved)?;
        }
        let month = before.with_day(1).unwrap_or(before);
        ledger::close_or_reopen(tx, now, permit, month, PeriodAction::Close)?;
        Ok(())
    }

    /// Every group gets what it was owed for the month before, from where there is enough money.
    fn pay_groups(&self, tx: &mut Tx<'_>, permit: &CooperativePermit, until: Day) -> Result<(), Problem> {
        let now = self.at(9 * 60);
        for shop in &self.world.shops {
            let owed = ledger::balance_of_group(tx, shop.group, Account::OWED_TO_GROUPS)?.negated();
            let cash = ledger::balance(tx, permit.cooperative, Account::CASH)?;
            let asked = Asked {
                group: shop.group,
                until: Some(until),
                advances: None,
                from: if owed <= cash { PaidFrom::Cash } else { PaidFrom::Bank },
                received_by: None,
                note: None,
            };
            let id = tx.id(now);
            match payouts::pay(tx, now, permit, id, &asked) {
                Ok(_) | Err(CapitalError::NothingOwed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn entry(kind: ByHandKind, amount: i64, memo: &str) -> ByHand {
    ByHand {
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
