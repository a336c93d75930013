//! What the books come to: sums of postings, and nothing else.

use super::account::{Account, Class};
use crate::kernel::{AmountError, Rupiah};

/// Every account with what stands in it, on the side where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// Account, debit, credit: one of the two is zero.
    pub rows: Vec<(Account, Rupiah, Rupiah)>,
    /// What the debit side comes to.
    pub debit: Rupiah,
    /// What the credit side comes to.
    pub credit: Rupiah,
}

impl TrialBalance {
    /// The trial balance of these balances.
    pub fn of(balances: &[(Account, Rupiah)]) -> Result<TrialBalance, AmountError> {
        let rows: Vec<(Account, Rupiah, Rupiah)> = balances
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

    /// By how much the two sides differ; zero in books that are sound.
    pub fn difference(&self) -> Result<Rupiah, AmountError> {
        self.debit.minus(self.credit)
    }
}

/// What was earned in a period, what it cost, and what is left, in the form of SAK EMKM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeStatement {
    /// Goods in buyers' hands, less what was taken off and what came back.
    pub sales: Vec<(Account, Rupiah)>,
    /// What those come to.
    pub net_sales: Rupiah,
    /// What the goods cost: the groups' share, the outlets', what was lost.
    pub cost_of_goods: Vec<(Account, Rupiah)>,
    /// What the cooperative keeps of its sales.
    pub service: Rupiah,
    /// Income of other kinds.
    pub other_income: Vec<(Account, Rupiah)>,
    /// All other costs.
    pub expenses: Vec<(Account, Rupiah)>,
    /// What is left.
    pub result: Rupiah,
}

impl IncomeStatement {
    /// The statement of what was posted in a period. Incomes are shown above zero, what is taken off them below.
    pub fn of(posted: &[(Account, Rupiah)]) -> Result<IncomeStatement, AmountError> {
        let between = |from: i32, to: i32| {
            let within = move |(account, amount): &&(Account, Rupiah)| {
                (from..=to).contains(&account.0) && *amount != Rupiah::ZERO
            };
            let shown = |(account, amount): &(Account, Rupiah)| (*account, account.class().shown(*amount));
            posted.iter().filter(within).map(shown).collect::<Vec<_>>()
        };
        let sum = |rows: &[(Account, Rupiah)]| Rupiah::sum(rows.iter().map(|row| row.1));
        let (sales, cost_of_goods) = (between(4100, 4199), between(5100, 5199));
        let (other_income, expenses) = (between(4200, 4999), between(5200, 5999));
        let net_sales = sum(&sales)?;
        let service = net_sales.minus(sum(&cost_of_goods)?)?;
        let result = service.plus(sum(&other_income)?)?.minus(sum(&expenses)?)?;
        Ok(IncomeStatement { sales, net_sales, cost_of_goods, service, other_income, expenses, result })
    }
}

/// What is owned, what is owed, and what is the cooperative's own on a day, in the form of SAK EMKM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceSheet {
    /// What is owned.
    pub assets: Vec<(Account, Rupiah)>,
    /// What that comes to.
    pub total_assets: Rupiah,
    /// What is owed.
    pub liabilities: Vec<(Account, Rupiah)>,
    /// What was brought in and given.
    pub equity: Vec<(Account, Rupiah)>,
    /// What was left in the years before.
    pub earlier_results: Rupiah,
    /// What is left of this year so far.
    pub result: Rupiah,
    /// What liabilities, equity and results come to: as much as the assets.
    pub total_claims: Rupiah,
}

impl BalanceSheet {
    /// The sheet of what stands in the accounts on a day, and of what was posted in that day's year up to it. What is
    /// left of a year stays in its income and costs, and counts as equity: no entry closes a year.
    pub fn of(balances: &[(Account, Rupiah)], this_year: &[(Account, Rupiah)]) -> Result<BalanceSheet, AmountError> {
        let of = |class: Class| {
            let rows = balances.iter().filter(|(account, amount)| account.class() == class && *amount != Rupiah::ZERO);
            rows.map(|(account, amount)| (*account, class.shown(*amount))).collect::<Vec<_>>()
        };
        let sum = |rows: &[(Account, Rupiah)]| Rupiah::sum(rows.iter().map(|row| row.1));
        let result = IncomeStatement::of(this_year)?.result;
        let earlier_results = IncomeStatement::of(balances)?.result.minus(result)?;
        let (assets, liabilities, equity) = (of(Class::Asset), of(Class::Liability), of(Class::Equity));
        let owed_and_own = sum(&liabilities)?.plus(sum(&equity)?)?;
        Ok(BalanceSheet {
            total_assets: sum(&assets)?,
            total_claims: owed_and_own.plus(earlier_results)?.plus(result)?,
            assets,
            liabilities,
            equity,
            earlier_results,
            result,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_trial_balance_puts_each_account_on_its_side() {
        let balances = [
            (Account::CASH, Rupiah(70)),
            (Account::BANK, Rupiah(0)),
            (Account::DEPOSITS, Rupiah(-50)),
            (Account::CAPITAL, Rupiah(-20)),
        ];
        let trial = TrialBalance::of(&balances).unwrap();
        assert_eq!(
            trial.rows,
            [
                (Account::CASH, Rupiah(70), Rupiah(0)),
                (Account::DEPOSITS, Rupiah(0), Rupiah(50)),
                (Account::CAPITAL, Rupiah(0), Rupiah(20))
            ]
        );
        assert_eq!((trial.debit, trial.credit), (Rupiah(70), Rupiah(70)));
        assert_eq!(trial.difference().unwrap(), Rupiah::ZERO);
    }

    #[test]
    fn an_income_statement_goes_from_sales_to_what_is_left() {
        let posted = [
            (Account::CASH, Rupiah(1)),
            (Account::SALES, Rupiah(-200_000)),
            (Account::DISCOUNTS, Rupiah(20_000)),
            (Account::RETURNS, Rupiah(30_000)),
            (Account::OTHER_INCOME, Rupiah(-5_000)),
            (Account::GROUPS_SHARE, Rupiah(135_000)),
            (Account::TRANSPORT, Rupiah(7_000)),
        ];
        let it = IncomeStatement::of(&posted).unwrap();
        assert_eq!((it.net_sales, it.service, it.result), (Rupiah(150_000), Rupiah(15_000), Rupiah(13_000)));
        assert_eq!(it.sales[1], (Account::DISCOUNTS, Rupiah(-20_000)));
        assert_eq!(it.expenses, [(Account::TRANSPORT, Rupiah(7_000))]);
    }

    proptest! {
        /// However entries that balance fill the accounts: what is owned is what is owed and one's own.
        #[test]
        fn a_balance_sheet_balances(
            entries in prop::collection::vec((0..33_usize, 0..33_usize, 1..1_000_000_i64, any::<bool>()), 0..60),
        ) {
            let chart: Vec<Account> = Account::all().collect();
            let mut all = std::collections::BTreeMap::<Account, i64>::new();
            let mut year = all.clone();
            for (debit, credit, amount, this_year) in entries {
                let (debit, credit) = (chart[debit % chart.len()], chart[credit % chart.len()]);
                for books in [Some(&mut all), this_year.then_some(&mut year)].into_iter().flatten() {
                    *books.entry(debit).or_default() += amount;
                    *books.entry(credit).or_default() -= amount;
                }
            }
            let rows = |books: &std::collections::BTreeMap<Account, i64>| {
                books.iter().map(|(account, amount)| (*account, Rupiah(*amount))).collect::<Vec<_>>()
            };
            let it = BalanceSheet::of(&rows(&all), &rows(&year)).unwrap();
            prop_assert_eq!(it.total_assets, it.total_claims);
            prop_assert_eq!(TrialBalance::of(&rows(&all)).unwrap().difference().unwrap(), Rupiah::ZERO);
        }
    }
}
