//! Demand that could not be met: what officers heard, and what orders and quotes left behind.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::must_see;
use super::views::RefusalView;
use crate::catalogue;
use crate::cooperatives::{Caller, Officer};
use crate::kernel::ids::{GroupId, ProductId, RefusalId};
use crate::kernel::{Day, Duration, Quantity};
use crate::supply::{DemandSource, Reason, UnmetDemand, refuse, store};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, Page, Paging, PathIds, Problem, Query, Routes,
    Validate, routes,
};

/// The routes of refused demand.
pub fn routes() -> Routes {
    routes![list_refusals, note_refusal]
}

/// A wish that an officer heard of and could not meet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "day": "2026-12-14", "quantity": 500, "asker": "0812-0000-0042"}))]
struct NoteRefusal {
    /// Of which product.
    product: ProductId,
    /// For which day, at most a year back or ahead.
    #[schema(value_type = String, format = Date)]
    day: Day,
    /// How much was wished for.
    quantity: Quantity,
    /// Why it could not be had; `other` when left out.
    reason: Option<Reason>,
    /// Who asked, by phone number or name, so that the same wish counts once. Only a hash of it is kept.
    #[schema(max_length = 120)]
    asker: Option<String>,
}

impl Validate for NoteRefusal {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.quantity.is_positive(), "/quantity", FieldError::OutOfRange(1, 1_000_000));
        if let Some(asker) = &self.asker {
            errors.line("/asker", asker, 1..=120);
        }
    }
}

/// What became of the note.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Noted {
    /// Whether it says anything new; the same asker counts once a product and day, with the largest quantity.
    recorded: bool,
}

const DAY_FAULT: FieldError = FieldError::Rule {
    code: "day-does-not-fit",
    id: "Tanggalnya paling jauh setahun sebelum atau sesudah hari ini.",
    en: "The day must lie within a year before or after today.",
};

/// Notes a wish that could not be met.
#[utoipa::path(
    post, path = "/v1/groups/{id}/refusals", tag = "supply", operation_id = "note_refusal",
    params(
        ("id" = GroupId, Path, description = "The group"),
    ),
    request_body = NoteRefusal,
    responses(
        (status = 201, description = "Noted", body = Noted),
        (status = 409, description = "The id or the key is taken"),
    ),
    security(("bearer" = [])),
)]
async fn note_refusal(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<GroupId>,
    key: Idempotency,
    body: Body<NoteRefusal>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), now, scope) = (path, state.now(), officer.person.scope());
    let permit = officer.of(group)?;
    let (wish, signer) = (body.value, state.signer.clone());
    let distance = wish.day.signed_duration_since(now.utc_day()).abs();
    if distance > Duration::days(366) {
        let mut errors = FieldErrors::default();
        errors.add("/day", DAY_FAULT);
        errors.into_result()?;
    }
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        catalogue::find_of_any_status(tx, wish.product)?
            .filter(|product| product.group == group)
            .ok_or_else(Problem::not_found)?;
        let refusal = UnmetDemand {
            product: wish.product,
            group,
            cooperative: permit.cooperative,
            day: wish.day,
            quantity: wish.quantity,
            reason: wish.reason.unwrap_or(Reason::Other),
            asker: wish.asker.as_deref().map_or(DemandSource::Heard, |asker| DemandSource::contact(&signer, asker)),
        };
        let recorded = refuse(tx, now, &refusal)?;
        Ok::<_, Problem>(ApiResponse::created(format!("/v1/groups/{group}/refusals"), &Noted { recorded }))
    })
    .await
}

/// Which refusals to show.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListRefusals {
    /// Of this product.
    product: Option<ProductId>,
    /// For this day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// For this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// What a group was asked for and could not give, the latest day first.
#[utoipa::path(
    get, path = "/v1/groups/{id}/refusals", tag = "supply", operation_id = "list_refusals",
    params(("id" = GroupId, Path, description = "The group"), ListRefusals),
    responses(
        (status = 200, description = "A page of refused demand", body = Page<RefusalView>),
    ),
    security(("bearer" = [])),
)]
async fn list_refusals(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<GroupId>,
    request: HttpRequest,
    query: Query<ListRefusals>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(group), Query(wanted)) = (path, query);
    let ListRefusals { product, from, to, cursor, limit } = wanted;
    let list = format!("refusals {group} {product:?} {from:?} {to:?}");
    let paging = Paging::<(Day, RefusalId)>::read(&state.signer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let refused = state
        .db
        .read::<_, Problem, _>(move |conn| {
            must_see(conn, &caller, group)?;
            Ok(store::refusals_of_group(conn, group, product, (from, to), after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, refused, |refused| (refused.day, refused.id), RefusalView::from);
    Ok(page.answer(request.path(), request.query_string()))
}
