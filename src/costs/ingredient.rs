//! Ingredients, and what they cost from which day on.

use super::error::CostError;
use super::store;
use crate::cooperatives::{AccessError, GroupPermit, Roles};
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{CooperativeId, GroupId, IngredientId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger;
use crate::web::{FieldError, FieldErrors};

/// How many ingredients a group notes.
const MOST: i64 = 500;

/// Something that a group makes its goods of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingredient {
    /// Its id.
    pub id: IngredientId,
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// Of which group.
    pub group: GroupId,
    /// What it is called.
    pub name: String,
    /// In what it is counted: `kg`.
    pub unit: String,
    /// What a unit costs, and since when; nothing when no price has come yet.
    pub price: Option<(Rupiah, Day)>,
}

/// An ingredient to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIngredient {
    /// Its id, new.
    pub id: IngredientId,
    /// What it is called.
    pub name: String,
    /// In what it is counted.
    pub unit: String,
    /// What a unit costs today.
    pub price: Rupiah,
}

/// Notes an ingredient with its price of today.
pub fn add_ingredient(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &GroupPermit,
    new: &NewIngredient,
) -> Result<Ingredient, CostError> {
    let (name, unit) = (new.name.trim(), new.unit.trim());
    if store::count_ingredients(tx, permit.group)? >= MOST {
        return Err(CostError::TooMany);
    }
    if store::has_ingredient(tx, permit.group, name)? {
        return Err(CostError::Faulty(FieldErrors::one("/name", KNOWN)));
    }
    let today = ledger::zone_of(tx, permit.cooperative)?.day_of(now);
    let ingredient = Ingredient {
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
        .of_group(permit.group)
        .with("ingredient", new.id);
    events::record(tx, now, &event)?;
    Ok(ingredient)
}

/// Notes what a unit of an ingredient costs from this day on; said again for the day, it replaces what was said.
pub fn set_price(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: IngredientId,
    from: Day,
    price: Rupiah,
) -> Result<Ingredient, CostError> {
    let account = roles.account.ok_or(AccessError::Hidden)?;
    let known = store::ingredient(tx, id, from)?.ok_or(AccessError::Hidden)?;
    if !roles.is_officer_of(known.group) {
        let knows = roles.role_in(known.group).is_some() || roles.oversees(known.cooperative);
        return Err(if knows { AccessError::Forbidden } else { AccessError::Hidden }.into());
    }
    store::set_price(tx, now, id, from, price, account)?;
    let event = Event::new("ingredient.priced", id)
        .by(account)
        .in_cooperative(known.cooperative)
        .of_group(known.group)
        .with("ingredient", id)
        .with("from", from)
        .with("price", price);
    events::record(tx, now, &event)?;
    let today = ledger::zone_of(tx, known.cooperative)?.day_of(now);
    Ok(store::ingredient(tx, id, today)?.ok_or(AccessError::Hidden)?)
}

const KNOWN: FieldError =
    FieldError::Rule { code: "known-already", id: "Bahan ini sudah dicatat.", en: "This is noted already." };
