//! The treasurer counts the cash box.

use diesel::prelude::*;

use super::error::CashError;
use super::store;
use crate::cooperatives::CooperativePermit;
use crate::db::Tx;
use crate::db::schema::cash_counts;
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CashCountId, CooperativeId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger::rules::{self, Counted};
use crate::ledger::{self, Account, Booking};

/// What was in the box, and what should have been.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cash_counts)]
#[diesel(treat_none_as_default_value = false)]
pub struct CashCount {
    /// Its id.
    pub id: CashCountId,
    /// Whose box.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// On which business day.
    pub counted_on: Day,
    /// What the books said.
    pub expected: Rupiah,
    /// What was there.
    pub counted: Rupiah,
    /// What is worth remembering.
    pub note: Option<String>,
    /// When.
    pub counted_at: Instant,
    /// By whom.
    pub counted_by: AccountId,
}

/// Writes a count down; the books follow what is there.
pub fn count(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: CashCountId,
    counted: Rupiah,
    note: Option<String>,
) -> Result<CashCount, CashError> {
    let cooperative = permit.cooperative;
    ledger::hold(tx, cooperative)?;
    let expected = ledger::balance(tx, cooperative, Account::CASH)?;
    let counted_on = ledger::zone_of(tx, cooperative)?.day_of(now);
    let it =
        CashCount { id, cooperative, counted_on, expected, counted, note, counted_at: now, counted_by: permit.account };
    store::insert_count(tx, &it)?;
    let draft = rules::cash_count(Counted { expected, counted })?.from_source(id);
    ledger::post(tx, now, &Booking { cooperative, on: counted_on, by: Some(permit.account) }, &draft)?;
    let event = Event::new("cash.counted", id).by(permit.account).in_cooperative(cooperative);
    events::record(tx, now, &event.with("expected", expected).with("counted", counted))?;
    Ok(it)
}
