//! What the books come to: sums of postings, and nothing else.

use super::account::Account;
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
