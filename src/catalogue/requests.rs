//! What clients send about a product.

use serde::Deserialize;

use super::{Action, Allergen, Category, Contents, Halal, Ingredient, Label, Licence, Offering, PriceTier, Unit};
use crate::kernel::ids::ProductId;
use crate::kernel::{Quantity, Rupiah, WallTime, Weekdays};
use crate::web::{FieldError, FieldErrors, Patch, Validate};

/// What stands on the label. What is left out stays as it is; null clears.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelPatch {
    /// The ingredients, the most first.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Ingredient>>, max_items = 50, example = json!(["tepung terigu", "wortel", "garam"]))]
    composition: Patch<Vec<String>>,
    /// How much is in one pack.
    #[serde(default)]
    #[schema(value_type = Option<Contents>)]
    net_content: Patch<Contents>,
    /// What can make people ill.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Allergen>>, max_items = 9)]
    allergens: Patch<Vec<Allergen>>,
    /// How to keep it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200, example = "Simpan di tempat sejuk dan kering.")]
    storage: Patch<String>,
    /// The food licence. An unusual number is warned of and never refused.
    #[serde(default)]
    #[schema(value_type = Option<Licence>)]
    licence: Patch<Licence>,
    /// Where it stands with halal.
    #[serde(default)]
    #[schema(value_type = Option<Halal>)]
    halal: Patch<Halal>,
}

impl LabelPatch {
    fn apply(&self, label: &mut Label) {
        let LabelPatch { composition, net_content, allergens, storage, licence, halal } = self.clone();
        label.composition = composition.or(Some(std::mem::take(&mut label.composition))).unwrap_or_default();
        label.allergens = allergens.or(Some(std::mem::take(&mut label.allergens))).unwrap_or_default();
        net_content.apply(&mut label.net_content);
        storage.apply(&mut label.storage);
        licence.apply(&mut label.licence);
        label.halal = halal.or(Some(label.halal.clone())).unwrap_or(Label::default().halal);
    }
}

/// A product to be added, as a draft.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddProduct {
    /// An id made by the client, so that sending it twice adds one product.
    pub(super) id: Option<ProductId>,
    /// What it is called.
    #[schema(min_length = 1, max_length = 80, example = "Pastel sayur")]
    name: String,
    /// What it is like.
    #[serde(default)]
    #[schema(max_length = 2000, example = "Pastel isi wortel dan kentang, digoreng pagi hari.")]
    description: String,
    /// What kind of goods it is.
    category: Category,
    /// What one of it is.
    unit: Unit,
    /// The price of one, in rupiah.
    #[schema(maximum = 100_000_000)]
    price: Rupiah,
    /// Prices for larger quantities, by rising quantity.
    #[serde(default)]
    #[schema(max_items = 10)]
    price_tiers: Vec<PriceTier>,
    /// Days from the order to the goods; 0 when left out.
    #[schema(minimum = 0, maximum = 60, example = 2)]
    lead_time_days: Option<u16>,
    /// Days it keeps; null when it does not spoil.
    #[schema(minimum = 1, maximum = 3650, example = 1)]
    shelf_life_days: Option<u16>,
    /// The least one can order; one when left out.
    minimum_quantity: Option<Quantity>,
    /// Quantities go by this step; one when left out.
    quantity_step: Option<Quantity>,
    /// How much can be made to order for one day; 0 when left out: from the shelf only.
    daily_capacity: Option<Quantity>,
    /// The weekdays it is made; every day when left out.
    made_on: Option<Weekdays>,
    /// Until when on the last day one may order; 17:00 when left out.
    order_by: Option<WallTime>,
    /// How many days ahead orders are taken; 14 when left out.
    #[schema(minimum = 1, maximum = 60, example = 14)]
    open_days_ahead: Option<u16>,
    /// Percent of the price that is paid ahead; 0 when left out.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: Option<u8>,
    /// What stands on its label.
    #[serde(default)]
    label: LabelPatch,
}

impl AddProduct {
    /// What it states, with the usual terms where it says nothing.
    pub(super) fn offering(&self) -> Offering {
        let usual = Offering::new(self.name.clone(), self.category, self.unit, self.price);
        let mut label = usual.label.clone();
        self.label.apply(&mut label);
        Offering {
            description: self.description.clone(),
            price_tiers: self.price_tiers.clone(),
            lead_time_days: self.lead_time_days.unwrap_or(usual.lead_time_days),
            shelf_life_days: self.shelf_life_days,
            minimum_quantity: self.minimum_quantity.unwrap_or(usual.minimum_quantity),
            quantity_step: self.quantity_step.unwrap_or(usual.quantity_step),
            daily_capacity: self.daily_capacity.unwrap_or(usual.daily_capacity),
            made_on: self.made_on.unwrap_or(usual.made_on),
            order_by: self.order_by.map_or(usual.order_by, WallTime::time),
            open_days_ahead: self.open_days_ahead.unwrap_or(usual.open_days_ahead),
            deposit_percent: self.deposit_percent.unwrap_or(usual.deposit_percent),
            label,
            ..usual
        }
    }
}

impl Validate for AddProduct {
    fn check(&self, errors: &mut FieldErrors) {
        self.offering().check(errors);
    }
}

/// Changes to a product: what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeProduct {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 80, example = "Pastel sayur")]
    name: Patch<String>,
    /// What it is like; null clears it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    description: Patch<String>,
    /// What kind of goods it is.
    #[serde(default)]
    #[schema(value_type = Option<Category>)]
    category: Patch<Category>,
    /// What one of it is.
    #[serde(default)]
    #[schema(value_type = Option<Unit>)]
    unit: Patch<Unit>,
    /// The price of one, in rupiah. Orders already placed keep theirs.
    #[serde(default)]
    #[schema(value_type = Option<Rupiah>, maximum = 100_000_000)]
    price: Patch<Rupiah>,
    /// Prices for larger quantities; null clears them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<PriceTier>>, max_items = 10)]
    price_tiers: Patch<Vec<PriceTier>>,
    /// Days from the order to the goods.
    #[serde(default)]
    #[schema(value_type = Option<u16>, minimum = 0, maximum = 60, example = 2)]
    lead_time_days: Patch<u16>,
    /// Days it keeps; null when it does not spoil.
    #[serde(default)]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 3650, example = 1)]
    shelf_life_days: Patch<u16>,
    /// The least one can order.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    minimum_quantity: Patch<Quantity>,
    /// Quantities go by this step.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    quantity_step: Patch<Quantity>,
    /// How much can be made to order for one day.
    #[serde(default)]
    #[schema(value_type = Option<Quantity>)]
    daily_capacity: Patch<Quantity>,
    /// The weekdays it is made.
    #[serde(default)]
    #[schema(value_type = Option<Weekdays>)]
    made_on: Patch<Weekdays>,
    /// Until when on the last day one may order.
    #[serde(default)]
    #[schema(value_type = Option<WallTime>)]
    order_by: Patch<WallTime>,
    /// How many days ahead orders are taken.
    #[serde(default)]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 60, example = 14)]
    open_days_ahead: Patch<u16>,
    /// Percent of the price that is paid ahead.
    #[serde(default)]
    #[schema(value_type = Option<u8>, minimum = 0, maximum = 100, example = 30)]
    deposit_percent: Patch<u8>,
    /// What stands on its label.
    #[serde(default)]
    label: LabelPatch,
}

impl ChangeProduct {
    /// The offering with these changes.
    pub(super) fn apply(&self, offering: &mut Offering) {
        fn set<T: Clone>(field: &mut T, patch: &Patch<T>) {
            if let Patch::Value(value) = patch {
                *field = value.clone();
            }
        }
        fn set_or_clear<T: Clone + Default>(field: &mut T, patch: &Patch<T>) {
            match patch {
                Patch::Value(value) => *field = value.clone(),
                Patch::Null => *field = T::default(),
                Patch::Absent => {}
            }
        }
        set(&mut offering.name, &self.name);
        set_or_clear(&mut offering.description, &self.description);
        set(&mut offering.category, &self.category);
        set(&mut offering.unit, &self.unit);
        set(&mut offering.price, &self.price);
        set_or_clear(&mut offering.price_tiers, &self.price_tiers);
        set(&mut offering.lead_time_days, &self.lead_time_days);
        self.shelf_life_days.clone().apply(&mut offering.shelf_life_days);
        set(&mut offering.minimum_quantity, &self.minimum_quantity);
        set(&mut offering.quantity_step, &self.quantity_step);
        set(&mut offering.daily_capacity, &self.daily_capacity);
        set(&mut offering.made_on, &self.made_on);
        if let Patch::Value(time) = &self.order_by {
            offering.order_by = time.time();
        }
        set(&mut offering.open_days_ahead, &self.open_days_ahead);
        set(&mut offering.deposit_percent, &self.deposit_percent);
        self.label.apply(&mut offering.label);
    }
}

impl Validate for ChangeProduct {
    /// The bounds are those of the whole offering, which [`change`](super::change()) checks once it is made; here
    /// only what can never be cleared.
    fn check(&self, errors: &mut FieldErrors) {
        let cleared = [
            ("/name", self.name.is_null()),
            ("/category", self.category.is_null()),
            ("/unit", self.unit.is_null()),
            ("/price", self.price.is_null()),
            ("/lead_time_days", self.lead_time_days.is_null()),
            ("/minimum_quantity", self.minimum_quantity.is_null()),
            ("/quantity_step", self.quantity_step.is_null()),
            ("/daily_capacity", self.daily_capacity.is_null()),
            ("/made_on", self.made_on.is_null()),
            ("/order_by", self.order_by.is_null()),
            ("/open_days_ahead", self.open_days_ahead.is_null()),
            ("/deposit_percent", self.deposit_percent.is_null()),
        ];
        for (pointer, _) in cleared.into_iter().filter(|(_, cleared)| *cleared) {
            errors.add(pointer, FieldError::Required);
        }
    }
}

/// What the cooperative keeps of a product's sales.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetServiceShare {
    /// In percent; null lets it be as usual.
    #[schema(minimum = 0, maximum = 100, example = 5)]
    pub(super) percent: Option<u8>,
}

impl Validate for SetServiceShare {
    fn check(&self, errors: &mut FieldErrors) {
        errors.range("/percent", self.percent.unwrap_or(0).into(), 0..=100);
    }
}

/// A step of a product.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepProduct {
    /// Which.
    pub(super) action: Action,
    /// Why; the board must say so when it withdraws a product.
    #[schema(max_length = 300, example = "Izin P-IRT sudah habis masa berlakunya.")]
    pub(super) reason: Option<String>,
}

impl Validate for StepProduct {
    fn check(&self, errors: &mut FieldErrors) {
        match (&self.reason, self.action) {
            (Some(reason), _) => errors.line("/reason", reason, 1..=300),
            (None, Action::Withdraw) => errors.add("/reason", FieldError::Required),
            (None, _) => {}
        }
    }
}
