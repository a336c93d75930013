//! Products of groups, with label data, price tiers, photos and search.
//!
//! An officer [`add`]s a product as a draft and [`update`]s it; [`publish`] puts it on the public list, [`retire`]
//! takes it off, and the board can [`withdraw`] it with a reason. A product has the terms of sale
//! ([`Product::price_for`], [`Product::check_quantity`]); available quantities belong to batches, in `supply`. Public
//! lists contain only published products of active groups.

mod add;
mod api;
mod category;

mod label;
mod lifecycle;
mod listing;
mod offering;
pub mod photos;
mod product;
mod refresh;
mod requests;
mod search;

mod set_service_share;
mod slug;
mod store;
mod transition;
mod unit;
mod update;
mod views;

use crate::jobs::PeriodicTask;
use crate::kernel::Duration;
use crate::web::Routes;

pub use add::{AddError, add};
pub use category::Category;

pub use label::{
    Allergen, ContentUnit, Contents, Halal, HalalStatus, Ingredient, Label, Licence, LicenceKind, Warning,
};
pub use lifecycle::{Action, ProductRole, ProductStatus, actions_for};
pub use listing::{
    Condition, Filters, ListKey, ListedProduct, Sort, list_all_in_group, list_published, list_published_where,
};
pub use offering::{Offering, PriceTier};
pub use photos::Photo;
pub use product::{OrderQuantityError, Product};
pub use set_service_share::{ServiceShareError, set_service_share};
pub use store::{find, find_many, find_many_of_any_status, find_of_any_status};
pub use transition::{ProductPermit, TransitionError, publish, retire, withdraw};
pub use unit::{Unit, format_amount};
pub use update::{UpdateProductError, update};
pub use views::{CategoryView, CompactRow, PhotoView, ProductRowView, ProductView};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

/// The periodic tasks of this slice.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "catalogue.search_text", every: Duration::hours(1), run: refresh::refresh_search_text }]
}
