//! Product lists: filters, sort orders and keys of pagination.

use serde::{Deserialize, Serialize};

use super::{Category, Photo, Product};
use crate::cooperatives::GroupRef;
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Instant, Rupiah};

text_enum! {
    /// The sort order of the product list.
    Sort {
        /// By name, ascending.
        Name = "name",
        /// By price, ascending.
        Price = "price",
        /// By price, descending.
        PriceDescending = "-price",
        /// By publication time, newest first.
        Newest = "newest",
    }
}

/// The filters of the product list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// The search text as typed; each word must be the prefix of a word of the product.
    pub q: Option<String>,
    /// Only products of this cooperative.
    pub cooperative: Option<CooperativeId>,
    /// Only products of this group.
    pub group: Option<GroupId>,
    /// Only products of this category.
    pub category: Option<Category>,
    /// Only products with at most this unit price, in rupiah.
    pub max_price: Option<Rupiah>,
}

/// The value of a row that the list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SortValue {
    Name(String),
    Price(Rupiah),
    Time(Instant),
}

/// The keyset of the last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListKey {
    pub(super) place: SortValue,
    pub(super) id: ProductId,
}

/// A row of a product list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedProduct {
    /// The product.
    pub product: Product,
    /// The group that makes it.
    pub group: GroupRef,
    /// The product's photos, by position.
    pub photos: Vec<Photo>,
    pub(super) sort_name: String,
}

impl ListedProduct {
    /// The keyset of this row in the given sort order.
    pub fn key(&self, sort: Sort) -> ListKey {
        let place = match sort {
            Sort::Name => SortValue::Name(self.sort_name.clone()),
            Sort::Price | Sort::PriceDescending => SortValue::Price(self.product.price),
            Sort::Newest => SortValue::Time(self.product.published_at.unwrap_or(Instant::EPOCH)),
        };
        ListKey { place, id: self.product.id }
    }
}
