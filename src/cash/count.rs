//! Counts of the cash box.

use diesel::prelude::*;

use super::error::CashError;
use super::events::{self, CashEvent};
use super::store;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::Tx;
use crate::db::schema::cash_counts;
use crate::kernel::ids::{AccountId, CashCountId, CooperativeId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger::rules::{self, CountedCash};
use crate::ledger::{self, LedgerAccount, PostingContext};

/// A count of the cash box, with the amount the ledger expects.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cash_counts)]
#[diesel(treat_none_as_default_value = false)]
pub struct CashCount {
    /// Its id.
    pub id: CashCountId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The business day.
    pub counted_on: Day,
    /// The balance in the ledger.
    pub expected: Rupiah,
    /// The counted amount.
    pub counted: Rupiah,
    /// A note.
    pub note: Option<String>,
    /// When it was counted.
    pub counted_at: Instant,
    /// The account that counted.
    pub counted_by: AccountId,
}

/// Records a count and posts the difference from the ledger.
pub fn count(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: CashCountId,
    counted: Rupiah,
    note: Option<String>,
) -> Result<CashCount, CashError> {
    let cooperative = permit.cooperative;
    ledger::lock_cooperative(tx, cooperative)?;
    let expected = ledger::load_balance(tx, cooperative, LedgerAccount::CASH)?;
    let counted_on = cooperatives::load_zone(tx, cooperative)?.day_of(now);
    let cash_count =
        CashCount { id, cooperative, counted_on, expected, counted, note, counted_at: now, counted_by: permit.account };
    store::insert_count(tx, &cash_count)?;
    let draft = rules::draft_cash_count(CountedCash { expected, counted })?.with_source(id);
    ledger::post(tx, now, &PostingContext { cooperative, on: counted_on, by: Some(permit.account) }, &draft)?;
    let event = CashEvent::Counted { expected, counted }.about(id);
    events::record(tx, now, &event.by(permit.account).in_cooperative(cooperative))?;
    Ok(cash_count)
}
