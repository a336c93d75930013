//! Ingredients and their prices, each valid from a day on.

use super::error::CostError;
use super::store;
use crate::cooperatives::{AccessError, GroupPermit, Roles};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{CooperativeId, GroupId, IngredientId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger;
use crate::web::{FieldError, FieldErrors};

/// The largest number of ingredients of a group.
const MAX_INGREDIENTS: i64 = 500;

/// An ingredient that a group uses, with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostIngredient {
    /// The id.
    pub id: IngredientId,
    /// The group's cooperative.
    pub cooperative: CooperativeId,
    /// The group that uses it.
    pub group: GroupId,
    /// The name.
    pub name: String,
    /// The unit it is counted in, such as `kg`.
    pub unit: String,
    /// The price of a unit in rupiah and the day from which it is valid; `None` before the first price.
    pub price: Option<(Rupiah, Day)>,
}

/// The input of [`add_ingredient`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIngredient {
    /// The id of the new ingredient.
    pub id: IngredientId,
    /// The name.
    pub name: String,
    /// The unit it is counted in.
    pub unit: String,
    /// The price of a unit today, in rupiah.
    pub price: Rupiah,
}

/// Adds an ingredient with its price of today. The name must be new in the group.
pub fn add_ingredient(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    new: &NewIngredient,
) -> Result<CostIngredient, CostError> {
    let (name, unit) = (new.name.trim(), new.unit.trim());
    if store::count_ingredients(tx, permit.group)? >= MAX_INGREDIENTS {
        return Err(CostError::TooMany);
    }
    if store::has_ingredient(tx, permit.group, name)? {
        return Err(CostError::Invalid(FieldErrors::single("/name", ALREADY_EXISTS)));
    }
    let today = ledger::load_zone(tx, permit.cooperative)?.day_of(now);
    let ingredient = CostIngredient {
        id: new.id,
        cooperative: permit.cooperative,
        group: permit.group,
        name: name.to_owned(),
        unit: unit.to_owned(),
        price: Some((new.price, today)),
    };
    store::insert_ingredient(tx, now, &ingredient, permit.account)?;
    store::set_price(tx, now, new.id, today, new.price, permit.account)?;
    let event = Event::new("ingredient.added", new.id)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .for_group(permit.group)
        .with("ingredient", new.id);
    events::record(tx, now, &event)?;
    Ok(ingredient)
}

/// Sets the price of a unit from this day on, replacing an earlier price of the same day. For officers of the group.
/// Returns the ingredient with its price of today.
pub fn set_price(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: IngredientId,
    from: Day,
    price: Rupiah,
) -> Result<CostIngredient, CostError> {
    let account = roles.account.ok_or(AccessError::Hidden)?;
    let ingredient = store::find_ingredient(tx, id, from)?.ok_or(AccessError::Hidden)?;
    if !roles.is_officer_of(ingredient.group) {
        let is_visible = roles.role_in(ingredient.group).is_some() || roles.has_office_in(ingredient.cooperative);
        return Err(if is_visible { AccessError::Forbidden } else { AccessError::Hidden }.into());
    }
    store::set_price(tx, now, id, from, price, account)?;
    let event = Event::new("ingredient.priced", id)
        .by(account)
        .in_cooperative(ingredient.cooperative)
        .for_group(ingredient.group)
        .with("ingredient", id)
        .with("from", from)
        .with("price", price);
    events::record(tx, now, &event)?;
    let today = ledger::load_zone(tx, ingredient.cooperative)?.day_of(now);
    Ok(store::find_ingredient(tx, id, today)?.ok_or(AccessError::Hidden)?)
}

const ALREADY_EXISTS: FieldError =
    FieldError::Rule { code: "known-already", id: "Bahan ini sudah dicatat.", en: "This is noted already." };
