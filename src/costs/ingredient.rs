//! Ingredients and their prices, each valid from a day on.

use super::error::CostError;
use super::events::{self, CostEvent};
use super::store;
use crate::cooperatives::{self, AccessError, GroupPermit, Roles};
use crate::db::Tx;
use crate::kernel::ids::{CooperativeId, GroupId, IngredientId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::web::{FieldErrors, Rule};

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
        return Err(CostError::Invalid(FieldErrors::single("/name", Rule::KnownAlready)));
    }
    let today = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
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
    let event = CostEvent::IngredientAdded { ingredient: new.id }.about(new.id).by(permit.account);
    events::record(tx, now, &event.in_group(permit.cooperative, permit.group))?;
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
    if !roles.is_officer_of_group(ingredient.group) {
        let is_visible =
            roles.role_in_group(ingredient.group).is_some() || roles.has_any_office(ingredient.cooperative);
        return Err(if is_visible { AccessError::Forbidden } else { AccessError::Hidden }.into());
    }
    store::set_price(tx, now, id, from, price, account)?;
    let event = CostEvent::IngredientPriced { ingredient: id, from, price }.about(id).by(account);
    events::record(tx, now, &event.in_group(ingredient.cooperative, ingredient.group))?;
    let today = cooperatives::load_zone(tx, ingredient.cooperative)?.day_of(now);
    Ok(store::find_ingredient(tx, id, today)?.ok_or(AccessError::Hidden)?)
}
