//! Products of groups, with label data, price tiers, photos and search.
//!
//! An officer [`add`]s a product as a draft and [`update`]s it; [`publish`] puts it on the public list, and
//! [`transition`] also takes it off, which the board does with a reason. A product has the terms of sale
//! ([`Product::price_for`], [`Product::check_quantity`]); available quantities belong to batches, in `supply`. Public
//! lists contain only published products of active groups.

mod access;
mod add;
mod api;
mod category;
pub(crate) mod events;
mod label;
mod lifecycle;
mod listing;
mod offering;
mod photo;
pub mod photos;
mod product;
mod refresh;
mod search;
mod set_service_share;
mod slug;
mod store;
mod transition;
mod unit;
mod update;

use crate::jobs::PeriodicTask;
use crate::kernel::Duration;
use crate::web::Routes;

pub use add::{AddError, add};
pub use api::views::{CategoryView, CompactProductView, PhotoView, ProductView, UnitView};
pub use category::Category;
pub use label::{
    Allergen, ContentUnit, Contents, Halal, HalalStatus, Ingredient, Label, Licence, LicenceKind, Warning,
};
pub use lifecycle::{ProductAction, ProductRole, ProductStatus, actions_for};
pub use listing::{Filters, ListKey, ListedProduct, Sort};
pub use offering::{Offering, PriceTier};
pub use photo::{MAX_PHOTOS, Photo};
pub use product::{OrderQuantityError, Product};
pub use set_service_share::{ServiceShareError, set_service_share};
pub use store::{
    Condition, find, find_many, find_many_of_any_status, find_of_any_status, list_all_in_group, list_published,
    list_published_where,
};
pub use transition::{ProductPermit, TransitionError, publish, transition};
pub use unit::{Unit, format_amount};
pub use update::{UpdateProductError, update};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

/// The periodic tasks of this slice.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "catalogue.search_text", every: Duration::hours(1), run: refresh::refresh_search_text }]
}
