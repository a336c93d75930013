//! Statements: sums of postings, nothing else.

use super::account::{AccountClass, LedgerAccount};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{AmountError, Rupiah};

/// Every account with its balance, on the debit or the credit side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// Account, debit, credit: one of the two is zero.
    pub rows: Vec<(LedgerAccount, Rupiah, Rupiah)>,
    /// The sum of the debits.
    pub debit: Rupiah,
    /// The sum of the credits.
    pub credit: Rupiah,
}

impl TrialBalance {
    /// Makes the trial balance of these balances.
    pub fn of(balances: &[(LedgerAccount, Rupiah)]) -> Result<TrialBalance, AmountError> {
        let rows: Vec<(LedgerAccount, Rupiah, Rupiah)> = balances
            .iter()
            .filter(|(_, amount)| *amount != Rupiah::ZERO)
            .map(|(account, amount)| (*account, (*amount).max(Rupiah::ZERO), amount.negated().max(Rupiah::ZERO)))
            .collect();
        Ok(TrialBalance {
            debit: Rupiah::sum(rows.iter().map(|row| row.1))?,
            credit: Rupiah::sum(rows.iter().map(|row| row.2))?,
            rows,
        })
    }

    /// Debits less credits; zero if the books are sound.
    pub fn difference(&self) -> Result<Rupiah, AmountError> {
        self.debit.minus(self.credit)
    }
}

/// Income, costs and result of a period, in the form of SAK EMKM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeStatement {
    /// Sales, less discounts and returns.
    pub sales: Vec<(LedgerAccount, Rupiah)>,
    /// The sum of `sales`.
    pub net_sales: Rupiah,
    /// Cost of goods: the groups' share, the outlets' share, damaged goods.
    pub cost_of_goods: Vec<(LedgerAccount, Rupiah)>,
    /// Net sales less the cost of goods.
    pub service: Rupiah,
    /// Other income.
    pub other_income: Vec<(LedgerAccount, Rupiah)>,
    /// Other costs.
    pub expenses: Vec<(LedgerAccount, Rupiah)>,
    /// The result.
    pub result: Rupiah,
}

impl IncomeStatement {
    /// Makes the statement of the sums posted in a period. Income is above zero, deductions from it below.
    pub fn of(posted: &[(LedgerAccount, Rupiah)]) -> Result<IncomeStatement, AmountError> {
        let in_range = |from: i32, to: i32| {
            let matches = move |(account, amount): &&(LedgerAccount, Rupiah)| {
                (from..=to).contains(&account.0) && *amount != Rupiah::ZERO
            };
            let display =
                |(account, amount): &(LedgerAccount, Rupiah)| (*account, account.class().display_amount(*amount));
            posted.iter().filter(matches).map(display).collect::<Vec<_>>()
        };
        let sum = |rows: &[(LedgerAccount, Rupiah)]| Rupiah::sum(rows.iter().map(|row| row.1));
        let (sales, cost_of_goods) = (in_range(4100, 4199), in_range(5100, 5199));
        let (other_income, expenses) = (in_range(4200, 4999), in_range(5200, 5999));
        let net_sales = sum(&sales)?;
        let service = net_sales.minus(sum(&cost_of_goods)?)?;
        let result = service.plus(sum(&other_income)?)?.minus(sum(&expenses)?)?;
        Ok(IncomeStatement { sales, net_sales, cost_of_goods, service, other_income, expenses, result })
    }
}

/// Assets, liabilities and equity on a day, in the form of SAK EMKM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceSheet {
    /// The assets.
    pub assets: Vec<(LedgerAccount, Rupiah)>,
    /// The sum of the assets.
    pub total_assets: Rupiah,
    /// The liabilities.
    pub liabilities: Vec<(LedgerAccount, Rupiah)>,
    /// Capital and donations.
    pub equity: Vec<(LedgerAccount, Rupiah)>,
    /// The results of earlier years.
    pub earlier_results: Rupiah,
    /// The result of this year so far.
    pub result: Rupiah,
    /// The sum of liabilities, equity and results; equal to `total_assets`.
    pub total_claims: Rupiah,
}

impl BalanceSheet {
    /// Makes the sheet of the balances of a day and the sums posted in that day's year up to it. No entry closes a
    /// year: the results stay in the income and expense accounts, and count as equity.
    pub fn of(
        balances: &[(LedgerAccount, Rupiah)],
        this_year: &[(LedgerAccount, Rupiah)],
    ) -> Result<BalanceSheet, AmountError> {
        let rows_of_class = |class: AccountClass| {
            let rows = balances.iter().filter(|(account, amount)| account.class() == class && *amount != Rupiah::ZERO);
            rows.map(|(account, amount)| (*account, class.display_amount(*amount))).collect::<Vec<_>>()
        };
        let sum = |rows: &[(LedgerAccount, Rupiah)]| Rupiah::sum(rows.iter().map(|row| row.1));
        let result = IncomeStatement::of(this_year)?.result;
        let earlier_results = IncomeStatement::of(balances)?.result.minus(result)?;
        let (assets, liabilities, equity) = (
            rows_of_class(AccountClass::Asset),
            rows_of_class(AccountClass::Liability),
            rows_of_class(AccountClass::Equity),
        );
        let liabilities_and_equity = sum(&liabilities)?.plus(sum(&equity)?)?;
        Ok(BalanceSheet {
            total_assets: sum(&assets)?,
            total_claims: liabilities_and_equity.plus(earlier_results)?.plus(result)?,
            assets,
            liabilities,
            equity,
            earlier_results,
            result,
        })
    }
}

text_enum! {
    /// Purse of a cash book.
    #[schema(as = CashBookOf)]
    CashBookAccount {
        /// The treasurer's cash.
        Cash = "cash",
        /// The bank account.
        Bank = "bank",
    }
}

impl CashBookAccount {
    /// The ledger account of the purse.
    pub(super) const fn ledger_account(self) -> LedgerAccount {
        match self {
            CashBookAccount::Cash => LedgerAccount::CASH,
            CashBookAccount::Bank => LedgerAccount::BANK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_trial_balance_puts_each_account_on_its_side() {
        let balances = [
            (LedgerAccount::CASH, Rupiah(70)),
            (LedgerAccount::BANK, Rupiah(0)),
            (LedgerAccount::DEPOSITS, Rupiah(-50)),
            (LedgerAccount::CAPITAL, Rupiah(-20)),
        ];
        let trial = TrialBalance::of(&balances).unwrap();
        assert_eq!(
            trial.rows,
            [
                (LedgerAccount::CASH, Rupiah(70), Rupiah(0)),
                (LedgerAccount::DEPOSITS, Rupiah(0), Rupiah(50)),
                (LedgerAccount::CAPITAL, Rupiah(0), Rupiah(20))
            ]
        );
        assert_eq!((trial.debit, trial.credit), (Rupiah(70), Rupiah(70)));
        assert_eq!(trial.difference().unwrap(), Rupiah::ZERO);
    }

    #[test]
    fn an_income_statement_goes_from_sales_to_the_result() {
        let posted = [
            (LedgerAccount::CASH, Rupiah(1)),
            (LedgerAccount::SALES, Rupiah(-200_000)),
            (LedgerAccount::DISCOUNTS, Rupiah(20_000)),
            (LedgerAccount::RETURNS, Rupiah(30_000)),
            (LedgerAccount::OTHER_INCOME, Rupiah(-5_000)),
            (LedgerAccount::GROUPS_SHARE, Rupiah(135_000)),
            (LedgerAccount::TRANSPORT, Rupiah(7_000)),
        ];
        let statement = IncomeStatement::of(&posted).unwrap();
        assert_eq!(
            (statement.net_sales, statement.service, statement.result),
            (Rupiah(150_000), Rupiah(15_000), Rupiah(13_000))
        );
        assert_eq!(statement.sales[1], (LedgerAccount::DISCOUNTS, Rupiah(-20_000)));
        assert_eq!(statement.expenses, [(LedgerAccount::TRANSPORT, Rupiah(7_000))]);
    }

    proptest! {
        /// Balanced entries in any accounts: assets equal liabilities and equity.
        #[test]
        fn a_balance_sheet_balances(
            entries in prop::collection::vec((0..33_usize, 0..33_usize, 1..1_000_000_i64, any::<bool>()), 0..60),
        ) {
            let chart: Vec<LedgerAccount> = LedgerAccount::all().collect();
            let mut all = std::collections::BTreeMap::<LedgerAccount, i64>::new();
            let mut year = all.clone();
            for (debit, credit, amount, this_year) in entries {
                let (debit, credit) = (chart[debit % chart.len()], chart[credit % chart.len()]);
                for books in [Some(&mut all), this_year.then_some(&mut year)].into_iter().flatten() {
                    *books.entry(debit).or_default() += amount;
                    *books.entry(credit).or_default() -= amount;
                }
            }
            let rows = |books: &std::collections::BTreeMap<LedgerAccount, i64>| {
                books.iter().map(|(account, amount)| (*account, Rupiah(*amount))).collect::<Vec<_>>()
            };
            let sheet = BalanceSheet::of(&rows(&all), &rows(&year)).unwrap();
            prop_assert_eq!(sheet.total_assets, sheet.total_claims);
            prop_assert_eq!(TrialBalance::of(&rows(&all)).unwrap().difference().unwrap(), Rupiah::ZERO);
        }
    }
}
