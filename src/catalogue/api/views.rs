//! Response bodies about products.

use serde::Serialize;

use crate::catalogue::{
    Allergen, Category, Contents, Halal, Ingredient, Label, Licence, ListedProduct, Photo, PriceTier, Product,
    ProductAction, ProductStatus, Unit, Warning,
};
use crate::cooperatives::GroupRef;
use crate::files::{RenditionFormat, RenditionSize};
use crate::kernel::ids::{CooperativeId, ProductId};
use crate::kernel::{Instant, Language, Quantity, Rupiah, Version, WallTime, Weekdays};

/// One size of a photo, with a URL path for each format.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PhotoSizeView {
    /// The longest edge in pixels; a smaller original is not enlarged.
    #[schema(minimum = 160, maximum = 1080, example = 480)]
    pub pixels: u32,
    /// The URL path of the JPEG.
    #[schema(max_length = 80, example = "/v1/photos/0f343b0931126a20f133d67c2b018a3b-480.jpg")]
    pub jpeg: String,
    /// The URL path of the WebP, which is smaller.
    #[schema(max_length = 80, example = "/v1/photos/0f343b0931126a20f133d67c2b018a3b-480.webp")]
    pub webp: String,
}

/// A photo of a product.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PhotoView {
    /// The position among the product's photos, from 1.
    #[schema(minimum = 1, maximum = 8, example = 1)]
    pub position: u8,
    /// The width of the largest size, in pixels.
    #[schema(minimum = 1, maximum = 1080, example = 1080)]
    pub width: u32,
    /// The height of the largest size, in pixels.
    #[schema(minimum = 1, maximum = 1080, example = 810)]
    pub height: u32,
    /// The sizes, smallest first.
    #[schema(max_items = 3)]
    pub sizes: Vec<PhotoSizeView>,
}

impl From<&Photo> for PhotoView {
    fn from(photo: &Photo) -> Self {
        let size = |size: RenditionSize| PhotoSizeView {
            pixels: size.pixels(),
            jpeg: photo.path(size, RenditionFormat::Jpeg),
            webp: photo.path(size, RenditionFormat::WebP),
        };
        PhotoView {
            position: photo.position,
            width: photo.width,
            height: photo.height,
            sizes: RenditionSize::ALL.map(size).into(),
        }
    }
}

/// The label data of a product.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LabelView {
    /// The ingredients, by descending share.
    #[schema(value_type = Vec<Ingredient>, max_items = 50, example = json!(["tepung terigu", "wortel", "kentang", "minyak goreng", "garam"]))]
    pub composition: Vec<String>,
    /// The net content of one pack.
    pub net_content: Option<Contents>,
    /// The allergens.
    #[schema(max_items = 9)]
    pub allergens: Vec<Allergen>,
    /// Storage instructions.
    #[schema(max_length = 200, example = "Simpan di tempat sejuk dan kering.")]
    pub storage: Option<String>,
    /// The food licence.
    pub licence: Option<Licence>,
    /// Halal certification.
    pub halal: Halal,
}

impl From<Label> for LabelView {
    fn from(label: Label) -> Self {
        let Label { composition, net_content, allergens, storage, licence, halal, .. } = label;
        LabelView { composition, net_content, allergens, storage, licence, halal }
    }
}

/// A hint to officers about label data that looks wrong. Warnings never block a sale.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct WarningView {
    /// The stable machine-readable code.
    #[schema(max_length = 60, example = "licence-number-unusual")]
    pub code: String,
    /// A JSON pointer to the field in the product.
    #[schema(max_length = 60, example = "/label/licence/number")]
    pub pointer: String,
    /// What to do, in the caller's language.
    #[schema(max_length = 300, example = "Nomor izin ini tidak biasa. Periksa lagi.")]
    pub detail: String,
}

impl WarningView {
    pub(in crate::catalogue) fn of(warning: Warning, language: Language) -> Self {
        WarningView {
            code: warning.code().into(),
            pointer: warning.pointer().into(),
            detail: warning.sentence(language).into(),
        }
    }
}

/// A product.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProductView {
    /// The id.
    pub id: ProductId,
    /// The cooperative that sells the product.
    pub cooperative: CooperativeId,
    /// The group that makes the product.
    pub group: GroupRef,
    /// The name.
    #[schema(max_length = 80, example = "Pastel sayur")]
    pub name: String,
    /// The name in URLs, unique in the group.
    #[schema(max_length = 80, example = "pastel-sayur")]
    pub slug: String,
    /// The description.
    #[schema(max_length = 2000, example = "Pastel isi wortel dan kentang, digoreng pagi hari.")]
    pub description: String,
    /// The category.
    pub category: Category,
    /// The unit it is sold by.
    pub unit: Unit,
    /// The unit price, in rupiah.
    pub price: Rupiah,
    /// Unit prices for larger quantities, by ascending quantity.
    #[schema(max_items = 10)]
    pub price_tiers: Vec<PriceTier>,
    /// The lead time: days from the cut-off to the day on which the goods are ready.
    #[schema(minimum = 0, maximum = 60, example = 2)]
    pub lead_time_days: u16,
    /// The shelf life in days; null when the product does not spoil.
    #[schema(minimum = 1, maximum = 3650, example = 1)]
    pub shelf_life_days: Option<u16>,
    /// The smallest quantity of an order line.
    pub minimum_quantity: Quantity,
    /// Ordered quantities are multiples of this step.
    pub quantity_step: Quantity,
    /// How much can be made to order for one day; 0 when the product is sold from stock only.
    pub daily_capacity: Quantity,
    /// The weekdays on which the product is made.
    pub made_on: Weekdays,
    /// The local time of the cut-off, on the last day of ordering.
    pub order_by: WallTime,
    /// How many days ahead the product can be ordered.
    #[schema(minimum = 1, maximum = 60, example = 14)]
    pub open_days_ahead: u16,
    /// The deposit, in percent of the price.
    #[schema(minimum = 0, maximum = 100, example = 0)]
    pub deposit_percent: u8,
    /// The label data.
    pub label: LabelView,
    /// The photos, by position.
    #[schema(max_items = 8)]
    pub photos: Vec<PhotoView>,
    /// The status.
    pub status: ProductStatus,
    /// When the product was first published.
    pub published_at: Option<Instant>,
    /// Increments with every change.
    pub version: Version,
    /// Warnings about the label data. Only sent to the group's members and to the cooperative's offices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10, nullable = false)]
    pub warnings: Option<Vec<WarningView>>,
    /// Why the board withdrew the product. Only sent to the group's members and to the cooperative's offices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, nullable = false)]
    pub withdrawn_reason: Option<String>,
    /// The cooperative's share of sales of this product, in percent, if it differs from the cooperative's default. Only
    /// sent to the group's members and to the cooperative's offices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100, nullable = false, example = 5)]
    pub service_percent: Option<u8>,
    /// The transitions that this caller can make.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 3)]
    pub actions: Vec<ProductAction>,
}

impl ProductView {
    /// The view for everyone.
    pub(in crate::catalogue) fn of(product: Product, group: GroupRef, photos: &[Photo]) -> Self {
        let offering = product.offering;
        ProductView {
            id: product.id,
            cooperative: product.cooperative,
            group,
            label: offering.label.into(),
            name: offering.name,
            slug: product.slug,
            description: offering.description,
            category: offering.category,
            unit: offering.unit,
            price: offering.price,
            price_tiers: offering.price_tiers,
            lead_time_days: offering.lead_time_days,
            shelf_life_days: offering.shelf_life_days,
            minimum_quantity: offering.minimum_quantity,
            quantity_step: offering.quantity_step,
            daily_capacity: offering.daily_capacity,
            made_on: offering.made_on,
            order_by: offering.order_by.into(),
            open_days_ahead: offering.open_days_ahead,
            deposit_percent: offering.deposit_percent,
            photos: photos.iter().map(PhotoView::from).collect(),
            status: product.status,
            published_at: product.published_at,
            version: product.version,
            warnings: None,
            withdrawn_reason: None,
            service_percent: None,
            actions: Vec::new(),
        }
    }
}

impl From<ListedProduct> for ProductView {
    fn from(row: ListedProduct) -> Self {
        ProductView::of(row.product, row.group, &row.photos)
    }
}

/// A product on sale in few bytes, for phones.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CompactProductView {
    /// The id.
    pub id: ProductId,
    /// The name, truncated with an ellipsis.
    #[schema(max_length = 60, example = "Pastel sayur")]
    pub name: String,
    /// The unit price, in rupiah.
    pub price: Rupiah,
    /// The unit it is sold by.
    pub unit: Unit,
    /// The name of the group, truncated with an ellipsis.
    #[schema(max_length = 36, example = "Sekar Laras")]
    pub group: String,
    /// The first photo; its URL path is `/v1/photos/{photo}-160.webp` (or `.jpg`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 32, example = "0f343b0931126a20f133d67c2b018a3b", nullable = false)]
    pub photo: Option<String>,
}

impl From<ListedProduct> for CompactProductView {
    fn from(row: ListedProduct) -> Self {
        CompactProductView {
            id: row.product.id,
            name: truncate(&row.product.name, 60),
            price: row.product.price,
            unit: row.product.unit,
            group: truncate(&row.group.name, 36),
            photo: row.photos.into_iter().next().map(|photo| photo.stem),
        }
    }
}

/// Truncates the text to at most `limit` bytes of JSON, with an ellipsis when it was longer.
fn truncate(text: &str, limit: usize) -> String {
    const ELLIPSIS: char = '…';
    let json_bytes = |letter: char| match letter {
        '"' | '\\' => 2,
        letter if letter.is_control() => 6,
        letter => letter.len_utf8(),
    };
    if text.chars().map(json_bytes).fold(0, usize::saturating_add) <= limit {
        return text.to_owned();
    }
    let mut left = limit.saturating_sub(ELLIPSIS.len_utf8());
    let fits = |letter: &char| match left.checked_sub(json_bytes(*letter)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let mut truncated: String = text.chars().take_while(fits).collect();
    truncated.truncate(truncated.trim_end().len());
    truncated.push(ELLIPSIS);
    truncated
}

/// A category with its names.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CategoryView {
    /// The code that products have.
    pub code: Category,
    /// The names for people.
    pub names: NamesView,
}

/// A name in both languages.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct NamesView {
    /// The Indonesian name.
    #[schema(max_length = 60, example = "Jajanan basah")]
    pub id: String,
    /// The English name.
    #[schema(max_length = 60, example = "Fresh snacks")]
    pub en: String,
}

impl NamesView {
    fn of(name: impl Fn(Language) -> &'static str) -> Self {
        NamesView { id: name(Language::Indonesian).into(), en: name(Language::English).into() }
    }
}

impl From<Category> for CategoryView {
    fn from(code: Category) -> Self {
        CategoryView { code, names: NamesView::of(|language| code.name(language)) }
    }
}

/// A unit with its names.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UnitView {
    /// The code that products have.
    pub code: Unit,
    /// The names for people.
    pub names: NamesView,
}

impl From<Unit> for UnitView {
    fn from(code: Unit) -> Self {
        UnitView { code, names: NamesView::of(|language| code.name(language)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_truncated_text_keeps_its_limit_as_json(text in "\\PC{0,120}", limit in 10..80_usize) {
            let truncated = truncate(&text, limit);
            prop_assert!(serde_json::to_string(&truncated).unwrap().len() <= limit + 2, "{truncated:?}");
        }
    }

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        let time: WallTime = serde_json::from_str("\"07:05\"").unwrap();
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"07:05\"");
        for invalid in ["\"7:05\"", "\"24:00\"", "\"07:05:00\"", "705"] {
            assert!(serde_json::from_str::<WallTime>(invalid).is_err(), "{invalid}");
        }
    }
}
