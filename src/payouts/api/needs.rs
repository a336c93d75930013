//! What coming batches need.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::inside;
use crate::cooperatives::{AccessError, Caller};
use crate::costs::PricedLine;
use crate::kernel::ids::{BatchId, GroupId, IngredientId, ProductId};
use crate::kernel::{AmountError, Day, Duration, Language, Quantity, Rupiah};
use crate::ledger;
use crate::payouts::error::CapitalError;
use crate::payouts::needs::{self, BatchNeeds};
use crate::payouts::store;
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The routes of this file.
pub(super) fn routes() -> Routes {
    routes![show_group_needs, show_batch_needs]
}

/// For which days.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NeedsQuery {
    /// The first business day; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-23")]
    from: Option<Day>,
    /// For how many days, 1 to 31; seven when it is not said.
    #[param(minimum = 1, maximum = 31, example = 7)]
    days: Option<u8>,
}

/// What a group needs for the batches that it is about to make.
#[derive(Debug, Serialize, ToSchema)]
struct GroupNeeds {
    /// The first business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    from: Day,
    /// The last business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-29")]
    to: Day,
    /// What to buy: each ingredient once, by name.
    #[schema(max_items = 500)]
    ingredients: Vec<NeededIngredient>,
    /// The confirmed batches, by day.
    #[schema(max_items = 1_000)]
    batches: Vec<BatchNeedsView>,
    /// The cash that those need whose costs are known.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 690_000)]
    cash: Rupiah,
    /// What buyers have paid for what they have of all of them.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 250_000)]
    deposits: Rupiah,
}

/// What is needed of an ingredient.
#[derive(Debug, Serialize, ToSchema)]
struct NeededIngredient {
    /// Which.
    ingredient: IngredientId,
    /// What it is called.
    #[schema(max_length = 100, example = "Terigu")]
    name: String,
    /// In what it is counted.
    #[schema(max_length = 20, example = "kg")]
    unit: String,
    /// How much.
    quantity: Quantity,
    /// What that comes to; null when no price is known.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 30_000)]
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

/// What a batch needs, and what is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchNeeds)]
struct BatchNeedsView {
    /// Which batch.
    batch: BatchId,
    /// Of which product.
    product: ProductId,
    /// Its name.
    #[schema(max_length = 200, example = "Pastel sayur")]
    name: String,
    /// For which day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    ready_on: Day,
    /// How much of it is ordered.
    quantity: Quantity,
    /// The cash that it needs; null when its product has no recipe, or a price is missing.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 69_000)]
    cash: Option<Rupiah>,
    /// What buyers have paid for what they have of it.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 50_000)]
    deposits: Rupiah,
    /// What is missing of it.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 19_000)]
    missing: Option<Rupiah>,
    /// The same in a sentence.
    #[schema(max_length = 200, example = "Kloter ini perlu Rp69.000; uang muka di tangan Rp50.000.")]
    sentence: String,
}

impl BatchNeedsView {
    fn of(it: BatchNeeds, language: Language) -> Result<Self, AmountError> {
        let missing = it.cash.map(|cash| cash.minus(it.deposits)).transpose()?.map(|left| left.max(Rupiah::ZERO));
        let sentence = match (it.cash, language) {
            (Some(cash), Language::Indonesian) => {
                format!("Kloter ini perlu {cash}; uang muka di tangan {}.", it.deposits)
            }
            (Some(cash), Language::English) => format!("This batch needs {cash}; deposits in hand {}.", it.deposits),
            (None, Language::Indonesian) => {
                format!("Biaya kloter ini belum diketahui; uang muka di tangan {}.", it.deposits)
            }
            (None, Language::English) => {
                format!("What this batch costs is not known yet; deposits in hand {}.", it.deposits)
            }
        };
        Ok(BatchNeedsView {
            batch: it.of.batch,
            product: it.of.product,
            name: it.of.name,
            ready_on: it.of.ready_on,
            quantity: it.of.quantity,
            cash: it.cash,
            deposits: it.deposits,
            missing,
            sentence,
        })
    }
}

/// Show what coming batches of a group need
///
/// What to buy for its confirmed batches of these days, the cash that they need before anything is sold, and what of it
/// buyers have paid already. For the group's members, and for the board, the treasurer, the supervisors and the
/// companions.
#[utoipa::path(
    get, path = "/v1/groups/{id}/needs", tag = "costs", operation_id = "show_group_needs",
    params(("id" = GroupId, Path, description = "The group"), NeedsQuery),
    responses((status = 200, description = "What they need", body = GroupNeeds)),
    security(("bearer" = [])),
)]
async fn show_group_needs(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<GroupId>,
    Query(query): Query<NeedsQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (now, days) = (state.now(), query.days.unwrap_or(7));
    if !(1..=31).contains(&days) {
        return Err(
            Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/days", FieldError::OutOfRange(1, 31)))
        );
    }
    let needs = state.db.read::<_, CapitalError, _>(move |conn| {
        let group = inside(conn, &caller.roles, id.0)?;
        let from = match query.from {
            Some(day) => day,
            None => ledger::zone_of(conn, group.cooperative_id)?.day_of(now),
        };
        let ahead = Duration::days(i64::from(days).saturating_sub(1));
        let to = from.checked_add_signed(ahead).unwrap_or(from);
        let needs = needs::of_group(conn, group.id, from, to)?;
        Ok(GroupNeeds {
            from,
            to,
            ingredients: needs.ingredients.into_iter().map(NeededIngredient::from).collect(),
            cash: Rupiah::sum(needs.batches.iter().filter_map(|it| it.cash))?,
            deposits: Rupiah::sum(needs.batches.iter().map(|it| it.deposits))?,
            batches: needs.batches.into_iter().map(|it| BatchNeedsView::of(it, language)).collect::<Result<_, _>>()?,
        })
    });
    Ok(ApiResponse::ok(&needs.await?).tagged())
}

/// Show what a batch needs
///
/// For what is ordered of it: the cash that it needs before anything is sold, and what of it buyers have paid already.
#[utoipa::path(
    get, path = "/v1/batches/{id}/needs", tag = "costs", operation_id = "show_batch_needs",
    params(("id" = BatchId, Path, description = "The batch")),
    responses((status = 200, description = "What it needs", body = BatchNeedsView)),
    security(("bearer" = [])),
)]
async fn show_batch_needs(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<BatchId>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let needs = state.db.read::<_, CapitalError, _>(move |conn| {
        let (group, of) = store::batch_to_make(conn, id.0)?.ok_or(AccessError::Hidden)?;
        inside(conn, &caller.roles, group)?;
        Ok(BatchNeedsView::of(needs::of_batch(conn, of)?, language)?)
    });
    Ok(ApiResponse::ok(&needs.await?).tagged())
}
