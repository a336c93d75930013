//! Shops that sell goods on consignment.

use diesel::prelude::*;

use super::error::ConsignmentError;
use super::events::{self, ConsignmentEvent};
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::db::schema::outlets;
use crate::kernel::ids::{AccountId, CooperativeId, OutletId};
use crate::kernel::{Instant, Phone, Rupiah};
use crate::orders::OrderContact;
use crate::web::{FieldErrors, Rule, StaleVersion};

/// Maximum number of outlets of a cooperative.
pub const MAX_OUTLETS: i64 = 500;
/// Maximum commission, in percent.
pub const MAX_CUT_PERCENT: i64 = 90;
/// Maximum payment term, in days.
pub const MAX_SETTLE_DAYS: i64 = 90;

/// A shop that sells goods on consignment.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outlets)]
#[diesel(treat_none_as_default_value = false)]
pub struct Outlet {
    /// Its id.
    pub id: OutletId,
    /// The cooperative.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Name, contact and terms.
    #[diesel(embed)]
    pub terms: OutletTerms,
    /// When it was recorded.
    pub added_at: Instant,
    /// The account that created it.
    pub added_by: AccountId,
    /// Version; increases by one with every change.
    pub version: i64,
}

/// Name, contact and terms of an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = outlets)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct OutletTerms {
    /// Name.
    pub name: String,
    /// Name of the shopkeeper.
    pub keeper: Option<String>,
    /// Phone number of the shopkeeper.
    pub phone: Option<Phone>,
    /// Address.
    pub address: Option<String>,
    /// Commission of the outlet, in percent of the retail price.
    pub cut_percent: i32,
    /// Payment term: days after a count.
    pub settle_days: i32,
    /// Whether the outlet pays for goods damaged there.
    pub bears_damage: bool,
    /// Whether goods may be delivered there.
    pub active: bool,
}

impl Outlet {
    /// The price per unit that it owes at this retail price: less its commission, in whole rupiah, rounded down.
    pub fn price_after_cut(&self, retail: Rupiah) -> Rupiah {
        let left = i64::from(100_i32.saturating_sub(self.terms.cut_percent)).max(0);
        Rupiah(retail.0.saturating_mul(left).div_euclid(100))
    }

    /// The contact used in its orders.
    pub fn contact(&self) -> OrderContact {
        OrderContact { name: self.terms.name.clone(), phone: self.terms.phone.clone(), email: None }
    }
}

/// Creates an outlet. `TooManyOutlets` at the limit, `Invalid` when the name is taken.
pub fn create_outlet(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: OutletId,
    terms: &OutletTerms,
) -> Result<Outlet, ConsignmentError> {
    if store::count_outlets(tx, permit.cooperative)? >= MAX_OUTLETS {
        return Err(ConsignmentError::TooManyOutlets);
    }
    require_unique_name(tx, permit.cooperative, None, &terms.name)?;
    let outlet = Outlet {
        id,
        cooperative: permit.cooperative,
        terms: terms.clone(),
        added_at: now,
        added_by: permit.account,
        version: 1,
    };
    store::insert_outlet(tx, &outlet)?;
    let event = ConsignmentEvent::OutletAdded { outlet: outlet.id }.about(outlet.id);
    events::record(tx, now, &event.by(permit.account).in_cooperative(outlet.cooperative))?;
    Ok(outlet)
}

/// Updates an outlet at the given version. Goods delivered before keep the price agreed at delivery.
pub fn update_outlet(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: OutletId,
    version: i64,
    terms: &OutletTerms,
) -> Result<Outlet, ConsignmentError> {
    let before = store::lock_outlet(tx, id)?.filter(|outlet| outlet.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(version), before.version)?;
    require_unique_name(tx, permit.cooperative, Some(id), &terms.name)?;
    let outlet = Outlet { terms: terms.clone(), version: before.version.saturating_add(1), ..before };
    store::update_outlet(tx, &outlet)?;
    let event = ConsignmentEvent::OutletChanged { outlet: outlet.id }.about(outlet.id);
    events::record(tx, now, &event.by(permit.account).in_cooperative(outlet.cooperative))?;
    Ok(outlet)
}

fn require_unique_name(
    tx: &mut Tx<'_>,
    cooperative: CooperativeId,
    except: Option<OutletId>,
    name: &str,
) -> Result<(), ConsignmentError> {
    match store::find_outlet_by_name(tx, cooperative, name)?.filter(|id| Some(*id) != except) {
        Some(_) => Err(ConsignmentError::Invalid(FieldErrors::single("/name", Rule::KnownAlready))),
        None => Ok(()),
    }
}
