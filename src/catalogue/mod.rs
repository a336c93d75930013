//! Products: what a group lists, with label, price tiers, photos and search.
//!
//! An officer [`add`]s a product as a draft and [`change`]s it; [`publish`] puts it on the public list, [`retire`]
//! takes it off, and the board may [`withdraw`] it with a reason. A product says on what terms it can be had
//! ([`Product::price_for`], [`Product::check_quantity`]); how much of it there is stands in batches, which are
//! `supply`'s. Every list shows only published goods of active groups.

mod add;
mod category;
mod change;
mod label;
mod lifecycle;
mod offering;
mod product;
mod search;
mod slug;
mod store;
mod transition;
mod unit;
mod weekdays;

use crate::web::Routes;

pub use add::{AddError, add};
pub use category::Category;
pub use change::{ChangeError, change};
pub use label::{Allergen, ContentUnit, Contents, Halal, HalalStatus, Label, Licence, LicenceKind, Warning};
pub use lifecycle::{Action, Actor, ProductStatus, actions_for};
pub use offering::{Offering, PriceTier};
pub use product::{Product, QuantityFault};
pub use store::{find, find_many, find_many_of_any_status, find_of_any_status};
pub use transition::{Mandate, TransitionError, publish, retire, withdraw};
pub use unit::Unit;
pub use weekdays::Weekdays;

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}
