//! Needs of planned batches.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::find_accessible_group;
use crate::cooperatives::{self, AccessError, Caller};
use crate::costs::PricedLine;
use crate::kernel::ids::{BatchId, GroupId, IngredientId, ProductId};
use crate::kernel::{AmountError, Day, Duration, Language, Quantity, Rupiah};
use crate::payouts::needs::{self, BatchNeeds};
use crate::payouts::store;
use crate::web::{ApiResponse, FieldError, PathIds, Problem, Query, Read, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes!["costs": get_group_needs, get_batch_needs]
}

/// Days of planned batches.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NeedsQuery {
    /// The first business day; today by default.
    from: Option<Day>,
    /// The number of days, 1 to 31; 7 by default.
    #[param(minimum = 1, maximum = 31, example = 7)]
    days: Option<u8>,
}

/// The needs of a group for its planned batches.
#[derive(Debug, Serialize, ToSchema)]
struct GroupNeeds {
    /// The first business day.
    from: Day,
    /// The last business day.
    to: Day,
    /// The ingredients to buy: each once, by name.
    #[schema(max_items = 500)]
    ingredients: Vec<NeededIngredient>,
    /// The confirmed batches, by day.
    #[schema(max_items = 1_000)]
    batches: Vec<BatchNeedsView>,
    /// The cash for the batches with known costs.
    cash: Rupiah,
    /// The deposits of the buyers of all batches.
    deposits: Rupiah,
}

/// A needed ingredient.
#[derive(Debug, Serialize, ToSchema)]
struct NeededIngredient {
    /// The ingredient.
    ingredient: IngredientId,
    /// The name.
    #[schema(max_length = 100, example = "Terigu")]
    name: String,
    /// The unit of `quantity`.
    #[schema(max_length = 20, example = "kg")]
    unit: String,
    /// The quantity.
    quantity: Quantity,
    /// The cost; null without a known price.
    cost: Option<Rupiah>,
}

impl From<PricedLine> for NeededIngredient {
    fn from(line: PricedLine) -> Self {
        NeededIngredient {
            ingredient: line.ingredient,
            name: line.name,
            unit: line.unit,
            quantity: line.quantity,
            cost: line.cost,
        }
    }
}

/// The needs of a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchNeedsView {
    /// The batch.
    batch: BatchId,
    /// The product.
    product: ProductId,
    /// The name of the product.
    #[schema(max_length = 200, example = "Pastel sayur")]
    name: String,
    /// The business day on which it is ready.
    ready_on: Day,
    /// The ordered quantity.
    quantity: Quantity,
    /// The cash for its ingredients; null without a recipe or with a missing price.
    cash: Option<Rupiah>,
    /// The deposits of its buyers.
    deposits: Rupiah,
    /// `cash` less `deposits`, at least zero; null if `cash` is.
    missing: Option<Rupiah>,
    /// The needs in a sentence.
    #[schema(max_length = 200, example = "Kloter ini perlu Rp69.000; uang muka di tangan Rp50.000.")]
    sentence: String,
}

impl BatchNeedsView {
    fn of(needs: BatchNeeds, language: Language) -> Result<Self, AmountError> {
        let missing =
            needs.cash.map(|cash| cash.minus(needs.deposits)).transpose()?.map(|missing| missing.max(Rupiah::ZERO));
        let sentence = match (needs.cash, language) {
            (Some(cash), Language::Indonesian) => {
                format!("Kloter ini perlu {cash}; uang muka di tangan {}.", needs.deposits)
            }
            (Some(cash), Language::English) => format!("This batch needs {cash}; deposits in hand {}.", needs.deposits),
            (None, Language::Indonesian) => {
                format!("Biaya kloter ini belum diketahui; uang muka di tangan {}.", needs.deposits)
            }
            (None, Language::English) => {
                format!("What this batch costs is not known yet; deposits in hand {}.", needs.deposits)
            }
        };
        Ok(BatchNeedsView {
            batch: needs.batch.batch,
            product: needs.batch.product,
            name: needs.batch.name,
            ready_on: needs.batch.ready_on,
            quantity: needs.batch.quantity,
            cash: needs.cash,
            deposits: needs.deposits,
            missing,
            sentence,
        })
    }
}

/// Get the needs of a group's planned batches
///
/// The ingredients for its confirmed batches of these days, the cash that they need before anything is sold, and the
/// deposits of buyers. For the group's members, the board, the treasurer, the supervisors and the companions.
#[utoipa::path(get, path = "/v1/groups/{id}/needs", responses((status = 200, body = GroupNeeds)))]
async fn get_group_needs(
    read: Read,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(query): Query<NeedsQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let days = query.days.unwrap_or(7);
    if !(1..=31).contains(&days) {
        return Err(Problem::invalid_parameter("/days", FieldError::OutOfRange(1, 31)));
    }
    read.run(move |conn, now| {
        let group = find_accessible_group(conn, &caller.roles, id.0)?;
        let from = match query.from {
            Some(day) => day,
            None => cooperatives::load_zone(conn, group.cooperative_id)?.day_of(now),
        };
        let ahead = Duration::days(i64::from(days).saturating_sub(1));
        let to = from.checked_add_signed(ahead).unwrap_or(from);
        let needs = needs::load_group_needs(conn, group.id, from, to)?;
        let view = |batch| BatchNeedsView::of(batch, language);
        let needs = GroupNeeds {
            from,
            to,
            ingredients: needs.ingredients.into_iter().map(NeededIngredient::from).collect(),
            cash: Rupiah::sum(needs.batches.iter().filter_map(|batch| batch.cash))?,
            deposits: Rupiah::sum(needs.batches.iter().map(|batch| batch.deposits))?,
            batches: needs.batches.into_iter().map(view).collect::<Result<_, _>>()?,
        };
        Ok(ApiResponse::ok(&needs).with_etag())
    })
    .await
}

/// Get the needs of a batch
///
/// For the ordered quantity: the cash that it needs before anything is sold, and the deposits of buyers.
#[utoipa::path(get, path = "/v1/batches/{id}/needs", responses((status = 200, body = BatchNeedsView)))]
async fn get_batch_needs(
    read: Read,
    caller: Caller,
    id: PathIds<BatchId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        let (group, batch) = store::find_planned_batch(conn, id.0)?.ok_or(AccessError::Hidden)?;
        find_accessible_group(conn, &caller.roles, group)?;
        let (needs, _) = needs::load_batch_needs(conn, batch)?;
        Ok(ApiResponse::ok(&BatchNeedsView::of(needs, language)?).with_etag())
    })
    .await
}
