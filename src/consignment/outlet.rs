//! Shops that sell goods on consignment.

use diesel::prelude::*;

use super::error::ConsignmentError;
use super::store;
use crate::cooperatives::{AccessError, CooperativePermit};
use crate::db::Tx;
use crate::db::schema::outlets;
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId, OutletId};
use crate::kernel::{Instant, Phone, Rupiah};
use crate::orders::Contact;
use crate::web::{FieldError, FieldErrors, StaleVersion};

/// The most outlets of a cooperative.
pub const MOST_OUTLETS: i64 = 500;
/// The most that an outlet keeps of a price, in percent.
pub const MOST_CUT: i64 = 90;
/// The longest time in which it pays what it has sold, in days.
pub const LONGEST_TERM: i64 = 90;

/// A shop that sells goods on consignment.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outlets)]
#[diesel(treat_none_as_default_value = false)]
pub struct Outlet {
    /// Its id.
    pub id: OutletId,
    /// For whom it sells.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// What it is called.
    pub name: String,
    /// Who keeps it.
    pub keeper: Option<String>,
    /// Their number.
    pub phone: Option<Phone>,
    /// Where it is.
    pub address: Option<String>,
    /// What it keeps of the price, in percent.
    pub cut_percent: i32,
    /// How many days after a count it pays.
    pub settle_days: i32,
    /// Whether it pays what is damaged there.
    pub bears_damage: bool,
    /// Whether goods are brought there.
    pub active: bool,
    /// When it was noted.
    pub added_at: Instant,
    /// By whom.
    pub added_by: AccountId,
    /// Grows by one with every change.
    pub version: i64,
}

/// What is noted of an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutletTerms {
    /// What it is called.
    pub name: String,
    /// Who keeps it.
    pub keeper: Option<String>,
    /// Their number.
    pub phone: Option<Phone>,
    /// Where it is.
    pub address: Option<String>,
    /// What it keeps of the price, in percent.
    pub cut_percent: i32,
    /// How many days after a count it pays.
    pub settle_days: i32,
    /// Whether it pays what is damaged there.
    pub bears_damage: bool,
    /// Whether goods are brought there.
    pub active: bool,
}

impl Outlet {
    /// What it owes for a unit that it sells at this price: the price less its cut, in whole rupiah rounded down.
    pub fn owes_for(&self, retail: Rupiah) -> Rupiah {
        let left = i64::from(100_i32.saturating_sub(self.cut_percent)).max(0);
        Rupiah(retail.0.saturating_mul(left).div_euclid(100))
    }

    /// How it stands in orders.
    pub fn contact(&self) -> Contact {
        Contact { name: self.name.clone(), phone: self.phone.clone(), email: None }
    }
}

/// Notes an outlet.
pub fn add_outlet(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: OutletId,
    terms: &OutletTerms,
) -> Result<Outlet, ConsignmentError> {
    if store::count_outlets(tx, permit.cooperative)? >= MOST_OUTLETS {
        return Err(ConsignmentError::TooManyOutlets);
    }
    check_name(tx, permit.cooperative, None, &terms.name)?;
    let outlet = Outlet {
        id,
        cooperative: permit.cooperative,
        name: terms.name.clone(),
        keeper: terms.keeper.clone(),
        phone: terms.phone.clone(),
        address: terms.address.clone(),
        cut_percent: terms.cut_percent,
        settle_days: terms.settle_days,
        bears_damage: terms.bears_damage,
        active: terms.active,
        added_at: now,
        added_by: permit.account,
        version: 1,
    };
    store::insert_outlet(tx, &outlet)?;
    events::record(tx, now, &told("outlet.added", &outlet).by(permit.account))?;
    Ok(outlet)
}

/// Changes what is noted of an outlet. What is there already is owed for as it was agreed when it was brought.
pub fn change_outlet(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: OutletId,
    seen: i64,
    terms: &OutletTerms,
) -> Result<Outlet, ConsignmentError> {
    let before = store::locked_outlet(tx, id)?.filter(|it| it.cooperative == permit.cooperative);
    let before = before.ok_or(AccessError::Hidden)?;
    StaleVersion::check(Some(seen), before.version)?;
    check_name(tx, permit.cooperative, Some(id), &terms.name)?;
    let outlet = Outlet {
        name: terms.name.clone(),
        keeper: terms.keeper.clone(),
        phone: terms.phone.clone(),
        address: terms.address.clone(),
        cut_percent: terms.cut_percent,
        settle_days: terms.settle_days,
        bears_damage: terms.bears_damage,
        active: terms.active,
        version: before.version.saturating_add(1),
        ..before
    };
    store::update_outlet(tx, &outlet)?;
    events::record(tx, now, &told("outlet.changed", &outlet).by(permit.account))?;
    Ok(outlet)
}

fn check_name(
    tx: &mut Tx<'_>,
    cooperative: CooperativeId,
    but: Option<OutletId>,
    name: &str,
) -> Result<(), ConsignmentError> {
    match store::outlet_named(tx, cooperative, name)?.filter(|it| Some(*it) != but) {
        Some(_) => Err(ConsignmentError::Invalid(FieldErrors::one("/name", KNOWN))),
        None => Ok(()),
    }
}

fn told(kind: events::Kind, outlet: &Outlet) -> Event {
    Event::new(kind, outlet.id).in_cooperative(outlet.cooperative).with("outlet", outlet.id)
}

const KNOWN: FieldError =
    FieldError::Rule { code: "known-already", id: "Warung ini sudah dicatat.", en: "This outlet is noted already." };
