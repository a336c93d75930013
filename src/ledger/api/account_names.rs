//! Names of a cooperative's accounts.

use std::collections::HashMap;

use crate::db::{Conn, Result};
use crate::kernel::Language;
use crate::kernel::ids::CooperativeId;
use crate::ledger::account::LedgerAccount;
use crate::ledger::store;

/// The names of a cooperative's accounts in one language.
pub(in crate::ledger) struct AccountNames {
    own: HashMap<LedgerAccount, String>,
    language: Language,
}

impl AccountNames {
    pub(in crate::ledger) fn load(
        conn: &mut Conn,
        cooperative: CooperativeId,
        language: Language,
    ) -> Result<AccountNames> {
        let own =
            store::list_custom_accounts(conn, cooperative)?.into_iter().map(|own| (own.account, own.name)).collect();
        Ok(AccountNames { own, language })
    }

    pub(in crate::ledger) fn name(&self, account: LedgerAccount) -> String {
        let shared = account.name(self.language).map(str::to_owned);
        shared.or_else(|| self.own.get(&account).cloned()).unwrap_or_default()
    }

    /// The accounts of the chart and the cooperative's own, by number.
    pub(in crate::ledger) fn accounts(&self) -> Vec<LedgerAccount> {
        let mut accounts: Vec<LedgerAccount> = LedgerAccount::all().chain(self.own.keys().copied()).collect();
        accounts.sort_unstable();
        accounts
    }
}
