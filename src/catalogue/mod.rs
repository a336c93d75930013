//! Products: what a group lists, with label, price tiers, photos and search.
//!
//! An officer [`add`]s a product as a draft and [`change`]s it; [`publish`] puts it on the public list, [`retire`]
//! takes it off, and the board may [`withdraw`] it with a reason. A product says on what terms it can be had
//! ([`Product::price_for`], [`Product::check_quantity`]); how much of it there is stands in batches, which are
//! `supply`'s. Every list shows only published goods of active groups.

mod add;
mod api;
mod category;
mod change;
mod label;
mod lifecycle;
mod listing;
mod offering;
pub mod photos;
mod product;
mod refresh;
mod requests;
mod search;
mod service_share;
mod slug;
mod store;
mod transition;
mod unit;
mod views;

use crate::jobs::PeriodicTask;
use crate::kernel::Duration;
use crate::web::Routes;

pub use add::{AddError, add};
pub use category::Category;
pub use change::{ChangeError, change};
pub use label::{
    Allergen, ContentUnit, Contents, Halal, HalalStatus, Ingredient, Label, Licence, LicenceKind, Warning,
};
pub use lifecycle::{Action, Actor, ProductStatus, actions_for};
pub use listing::{Condition, Filters, ListKey, Listed, Sort, goods_of_group, listing, listing_where};
pub use offering::{Offering, PriceTier};
pub use photos::Photo;
pub use product::{Product, QuantityFault};
pub use service_share::{ServiceShareError, set_service_share};
pub use store::{find, find_many, find_many_of_any_status, find_of_any_status};
pub use transition::{Mandate, TransitionError, publish, retire, withdraw};
pub use unit::{Unit, amount};
pub use views::{CategoryView, CompactRow, PhotoView, ProductRowView, ProductView};

/// The routes of this slice.
pub fn routes() -> Routes {
    api::routes()
}

/// The work of this slice that comes round by itself.
pub fn periodic_tasks() -> Vec<PeriodicTask> {
    vec![PeriodicTask { name: "catalogue.search_text", every: Duration::hours(1), run: refresh::refresh_search_text }]
}
