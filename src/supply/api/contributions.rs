//! Noting what members did for a batch.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::ContributionView;
use super::{batch_of_insider, batch_of_officer};
use crate::cooperatives::{Caller, Officer};
use crate::kernel::Quantity;
use crate::kernel::ids::{BatchId, ContributionId, MembershipId};
use crate::supply::{Contributing, ContributionKind, contribute, store};
use crate::web::client_ids::{self, ClientId};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, Page, PageQuery, Paging, PathIds, Problem,
    Query, Routes, Validate, routes,
};

/// The routes of contributions.
pub fn routes() -> Routes {
    routes![list_contributions, note_contribution]
}

/// What a member did.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"membership": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "kind": "pieces", "amount": 40}))]
struct NoteContribution {
    /// Its id, when the client makes it.
    id: Option<ContributionId>,
    /// Who did it: a member of the group, with or without an account.
    membership: MembershipId,
    /// Pieces or hours.
    kind: ContributionKind,
    /// How many: up to 100000 pieces, or 1000 hours.
    amount: Quantity,
}

const NOT_AN_AMOUNT: FieldError = FieldError::Rule {
    code: "amount-does-not-fit",
    id: "Isi lebih dari nol; paling banyak 100000 buah atau 1000 jam.",
    en: "It must be more than nothing, and at most 100000 pieces or 1000 hours.",
};

impl Validate for NoteContribution {
    fn check(&self, errors: &mut FieldErrors) {
        let most = match self.kind {
            ContributionKind::Pieces => Quantity::units(100_000),
            ContributionKind::Hours => Quantity::units(1_000),
        };
        errors.require(self.amount.is_positive() && self.amount <= most, "/amount", NOT_AN_AMOUNT);
    }
}

/// Notes what a member did for a batch: earnings are paid by it.
#[utoipa::path(
    post, path = "/v1/batches/{id}/contributions", tag = "supply", operation_id = "note_contribution",
    params(
        ("id" = BatchId, Path, description = "The batch"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = NoteContribution,
    responses(
        (status = 201, description = "Noted", body = ContributionView),
        (status = 200, description = "Noted before under this id", body = ContributionView),
        (status = 409, description = "`transition-invalid`: its state does not allow it; or the id or key is taken"),
    ),
    security(("bearer" = [])),
)]
async fn note_contribution(
    state: Data<AppState>,
    officer: Officer,
    path: PathIds<BatchId>,
    key: Idempotency,
    body: Body<NoteContribution>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(batch), now, scope) = (path, state.now(), officer.person.scope());
    let (Body { value, fingerprint }, owner) = (body, scope.clone());
    let stamp = fingerprint.clone();
    key.required()?
        .once(&state.db, now, scope, fingerprint, move |tx| {
            let (_, permit) = batch_of_officer(tx, &officer, batch)?;
            if let Some(id) = value.id
                && client_ids::reserve_client_id(tx, now, id, &owner, &stamp)? == ClientId::Repeated
            {
                let noted = store::contribution(tx, batch, id)?.ok_or_else(Problem::not_found)?;
                return Ok::<_, Problem>(ApiResponse::ok(&ContributionView::from(noted)));
            }
            let NoteContribution { id, membership, kind, amount } = value;
            let noted = contribute(tx, now, &permit, batch, id, Contributing { membership, kind, amount })?;
            let location = format!("/v1/batches/{batch}/contributions");
            Ok(ApiResponse::created(location, &ContributionView::from(noted)))
        })
        .await
}

/// What was done for a batch, and by whom: for the members of its group and the offices of its cooperative.
#[utoipa::path(
    get, path = "/v1/batches/{id}/contributions", tag = "supply", operation_id = "list_contributions",
    params(("id" = BatchId, Path, description = "The batch"), PageQuery),
    responses(
        (status = 200, description = "A page of contributions, in the order in which they were noted", body = Page<ContributionView>),
    ),
    security(("bearer" = [])),
)]
async fn list_contributions(
    state: Data<AppState>,
    caller: Caller,
    path: PathIds<BatchId>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<ApiResponse, Problem> {
    let (PathIds(batch), Query(wanted)) = (path, query);
    let list = format!("contributions {batch}");
    let paging = Paging::<ContributionId>::read(&state.signer, list, wanted.limit, wanted.cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let done = state
        .db
        .read::<_, Problem, _>(move |conn| {
            let batch = batch_of_insider(conn, &caller, batch)?;
            Ok(store::contributions_to(conn, batch.id, after, rows)?)
        })
        .await?;
    let page = paging.page(&state.signer, done, |done| done.id, ContributionView::from);
    Ok(page.answer(request.path(), request.query_string()))
}
