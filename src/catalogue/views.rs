//! What clients see of a product.

use serde::Serialize;

use super::photos::{self, Photo};
use super::{
    Action, Allergen, Category, Contents, Halal, Ingredient, Label, Licence, Listed, PriceTier, Product, ProductStatus,
    Unit, Warning, store,
};
use crate::db::{self, Conn};
use crate::files::{Edge, Kind};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Instant, Language, Quantity, Rupiah, WallTime, Weekdays};

/// The group behind a product.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MakerView {
    /// Its id.
    pub id: GroupId,
    /// What it is called.
    #[schema(max_length = 200, example = "Sekar Laras")]
    pub name: String,
}

/// One size of a photo, by the path of each format.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PhotoSizeView {
    /// The longest edge in pixels; a smaller original is not enlarged.
    #[schema(minimum = 160, maximum = 1080, example = 480)]
    pub pixels: u32,
    /// The path of the JPEG.
    #[schema(max_length = 80, example = "/v1/photos/0f343b0931126a20f133d67c2b018a3b-480.jpg")]
    pub jpeg: String,
    /// The path of the WebP, which is smaller.
    #[schema(max_length = 80, example = "/v1/photos/0f343b0931126a20f133d67c2b018a3b-480.webp")]
    pub webp: String,
}

/// A photo of a product.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PhotoView {
    /// Its place, from 1.
    #[schema(minimum = 1, maximum = 8, example = 1)]
    pub position: u8,
    /// Pixels across, in the largest size.
    #[schema(minimum = 1, maximum = 1080, example = 1080)]
    pub width: u32,
    /// Pixels down, in the largest size.
    #[schema(minimum = 1, maximum = 1080, example = 810)]
    pub height: u32,
    /// The sizes, the smallest first.
    #[schema(max_items = 3)]
    pub sizes: Vec<PhotoSizeView>,
}

impl From<&Photo> for PhotoView {
    fn from(photo: &Photo) -> Self {
        let size = |edge: Edge| PhotoSizeView {
            pixels: edge.pixels(),
            jpeg: photo.path(edge, Kind::Jpeg),
            webp: photo.path(edge, Kind::WebP),
        };
        PhotoView {
            position: photo.position,
            width: photo.width,
            height: photo.height,
            sizes: Edge::ALL.map(size).into(),
        }
    }
}

/// What stands on the label.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LabelView {
    /// The ingredients, the most first.
    #[schema(value_type = Vec<Ingredient>, max_items = 50, example = json!(["tepung terigu", "wortel", "kentang", "minyak goreng", "garam"]))]
    pub composition: Vec<String>,
    /// How much is in one pack.
    pub net_content: Option<Contents>,
    /// What can make people ill.
    #[schema(max_items = 9)]
    pub allergens: Vec<Allergen>,
    /// How to keep it.
    #[schema(max_length = 200, example = "Simpan di tempat sejuk dan kering.")]
    pub storage: Option<String>,
    /// The food licence.
    pub licence: Option<Licence>,
    /// Where it stands with halal.
    pub halal: Halal,
}

impl From<&Label> for LabelView {
    fn from(label: &Label) -> Self {
        LabelView {
            composition: label.composition.clone(),
            net_content: label.net_content,
            allergens: label.allergens.clone(),
            storage: label.storage.clone(),
            licence: label.licence.clone(),
            halal: label.halal.clone(),
        }
    }
}

/// Something an officer should look at; it stops nothing.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct WarningView {
    /// The stable code.
    #[schema(max_length = 60, example = "licence-number-unusual")]
    pub code: String,
    /// Where, as a JSON pointer into the product.
    #[schema(max_length = 60, example = "/label/licence/number")]
    pub pointer: String,
    /// What to do about it, in the caller's language.
    #[schema(max_length = 300, example = "Nomor izin ini tidak biasa. Periksa lagi.")]
    pub detail: String,
}

impl WarningView {
    fn of(warning: Warning, language: Language) -> Self {
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
    /// Its id.
    pub id: ProductId,
    /// The cooperative that sells it.
    pub cooperative: CooperativeId,
    /// The group that makes it.
    pub group: MakerView,
    /// What it is called.
    #[schema(max_length = 80, example = "Pastel sayur")]
    pub name: String,
    /// Its name in addresses.
    #[schema(max_length = 80, example = "pastel-sayur")]
    pub slug: String,
    /// What it is like.
    #[schema(max_length = 2000, example = "Pastel isi wortel dan kentang, digoreng pagi hari.")]
    pub description: String,
    /// What kind of goods it is.
    pub category: Category,
    /// What one of it is.
    pub unit: Unit,
    /// The price of one, in rupiah.
    pub price: Rupiah,
    /// Prices for larger quantities.
    #[schema(max_items = 10)]
    pub price_tiers: Vec<PriceTier>,
    /// Days from the order to the goods.
    #[schema(minimum = 0, maximum = 60, example = 2)]
    pub lead_time_days: u16,
    /// Days it keeps; null when it does not spoil.
    #[schema(minimum = 1, maximum = 3650, example = 1)]
    pub shelf_life_days: Option<u16>,
    /// The least one can order.
    pub minimum_quantity: Quantity,
    /// Quantities go by this step.
    pub quantity_step: Quantity,
    /// How much can be made to order for one day; 0 when it is sold from the shelf only.
    pub daily_capacity: Quantity,
    /// The weekdays it is made.
    pub made_on: Weekdays,
    /// Until when on the last day one may order.
    pub order_by: WallTime,
    /// How many days ahead orders are taken.
    #[schema(minimum = 1, maximum = 60, example = 14)]
    pub open_days_ahead: u16,
    /// Percent of the price that is paid ahead.
    #[schema(minimum = 0, maximum = 100, example = 0)]
    pub deposit_percent: u8,
    /// What stands on its label.
    pub label: LabelView,
    /// Its photos by position.
    #[schema(max_items = 8)]
    pub photos: Vec<PhotoView>,
    /// Where it stands.
    pub status: ProductStatus,
    /// When it was first published.
    pub published_at: Option<Instant>,
    /// Rises with every change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    pub version: i64,
    /// For its officers and the board: what to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub warnings: Option<Vec<WarningView>>,
    /// For its officers and the board: why the board withdrew it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub withdrawn_reason: Option<String>,
    /// For its officers and the board: what the cooperative keeps of its sales, in percent, where that is not as usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100, nullable = false, example = 5)]
    pub service_percent: Option<u8>,
    /// The steps this caller may take with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 3)]
    pub actions: Vec<Action>,
}

/// Those who see a product from inside: what they may do, and in which language they read.
#[derive(Debug, Clone)]
pub(super) struct Inside {
    pub(super) actions: Vec<Action>,
    pub(super) language: Language,
    pub(super) now: Instant,
}

impl ProductView {
    fn of(product: Product, group_name: String, photos: &[Photo]) -> Self {
        let offering = product.offering;
        ProductView {
            id: product.id,
            cooperative: product.cooperative,
            group: MakerView { id: product.group, name: group_name },
            label: (&offering.label).into(),
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

    /// What everyone sees, or what its own people see.
    pub(super) fn load(conn: &mut Conn, product: Product, caller: Option<&Inside>) -> db::Result<Self> {
        let maker = store::maker(conn, product.group)?;
        let photos = photos::of_product(conn, product.id)?;
        let inside = caller.map(|caller| {
            let today = maker.zone.day_of(caller.now);
            let warnings = product.label.warnings(product.category, today);
            warnings.into_iter().map(|warning| WarningView::of(warning, caller.language)).collect()
        });
        let reason = caller.and(product.withdrawn_reason.clone());
        let actions = caller.map(|caller| caller.actions.clone()).unwrap_or_default();
        let service_percent = caller.and(product.service_percent);
        let view = ProductView::of(product, maker.name, &photos);
        Ok(ProductView { warnings: inside, withdrawn_reason: reason, service_percent, actions, ..view })
    }
}

impl From<Listed> for ProductView {
    fn from(row: Listed) -> Self {
        ProductView::of(row.product, row.group_name, &row.photos)
    }
}

/// A row of the list for phones: a few words and a picture.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CompactRow {
    /// Its id.
    pub id: ProductId,
    /// What it is called, cut short when long.
    #[schema(max_length = 60, example = "Pastel sayur")]
    pub name: String,
    /// The price of one.
    pub price: Rupiah,
    /// What one of it is.
    pub unit: Unit,
    /// What its group is called, cut short when long.
    #[schema(max_length = 36, example = "Sekar Laras")]
    pub group: String,
    /// Its first photo, as `/v1/photos/{photo}-160.webp` (or `.jpg`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 32, example = "0f343b0931126a20f133d67c2b018a3b")]
    pub photo: Option<String>,
}

impl From<Listed> for CompactRow {
    fn from(row: Listed) -> Self {
        CompactRow {
            id: row.product.id,
            name: clip(&row.product.name, 60),
            price: row.product.price,
            unit: row.product.unit,
            group: clip(&row.group_name, 36),
            photo: row.photos.into_iter().next().map(|photo| photo.stem),
        }
    }
}

/// The text within this many bytes of JSON, with an ellipsis when it was longer.
fn clip(text: &str, most: usize) -> String {
    const ELLIPSIS: char = '…';
    let cost = |letter: char| match letter {
        '"' | '\\' => 2,
        letter if letter.is_control() => 6,
        letter => letter.len_utf8(),
    };
    if text.chars().map(cost).fold(0, usize::saturating_add) <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(ELLIPSIS.len_utf8());
    let fits = |letter: &char| match left.checked_sub(cost(*letter)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let mut clipped: String = text.chars().take_while(fits).collect();
    clipped.truncate(clipped.trim_end().len());
    clipped.push(ELLIPSIS);
    clipped
}

/// A row of the list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum ProductRowView {
    /// As a product is shown by itself.
    Full(Box<ProductView>),
    /// A few words and a picture, with `view=compact`.
    Compact(CompactRow),
}

impl ProductRowView {
    /// The whole row.
    pub fn full(row: Listed) -> Self {
        ProductRowView::Full(Box::new(row.into()))
    }

    /// The slim row.
    pub fn compact(row: Listed) -> Self {
        ProductRowView::Compact(row.into())
    }
}

/// A category with its names.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CategoryView {
    /// Its code, as products bear it.
    pub code: Category,
    /// What people call it.
    pub names: NamesView,
}

/// A name in both languages.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct NamesView {
    /// In Indonesian.
    #[schema(max_length = 60, example = "Jajanan basah")]
    pub id: String,
    /// In English.
    #[schema(max_length = 60, example = "Fresh snacks")]
    pub en: String,
}

impl From<Category> for CategoryView {
    fn from(code: Category) -> Self {
        let name = |language| code.name(language).to_owned();
        CategoryView { code, names: NamesView { id: name(Language::Indonesian), en: name(Language::English) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_clipped_text_keeps_its_budget_as_json(text in "\\PC{0,120}", most in 10..80_usize) {
            let clipped = clip(&text, most);
            prop_assert!(serde_json::to_string(&clipped).unwrap().len() <= most + 2, "{clipped:?}");
        }
    }

    #[test]
    fn a_time_of_day_is_hours_and_minutes() {
        let time: WallTime = serde_json::from_str("\"07:05\"").unwrap();
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"07:05\"");
        for odd in ["\"7:05\"", "\"24:00\"", "\"07:05:00\"", "705"] {
            assert!(serde_json::from_str::<WallTime>(odd).is_err(), "{odd}");
        }
    }
}
