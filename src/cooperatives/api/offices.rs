//! Offices in a cooperative.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::access::{Caller, Office};
use crate::cooperatives::office::{Assignee, Assignment, assign as give, unassign};
use crate::cooperatives::store;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, AssignmentId, CooperativeId};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, Page, PathIds, Problem, Routes, Validate, routes,
};

pub(super) fn routes() -> Routes {
    routes![list_assignments, assign, end_assignment]
}

/// Who holds which office: the person by account, or by the address or number they sign in with.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact": "0812-0000-0009", "role": "treasurer"}))]
struct Assign {
    /// The person by their account.
    account: Option<AccountId>,
    /// The person by the address or number they sign in with.
    #[schema(min_length = 3, max_length = 254)]
    contact: Option<String>,
    /// What they are from now on.
    role: Office,
}

impl Validate for Assign {
    fn check(&self, errors: &mut FieldErrors) {
        errors.require(self.account.is_some() || self.contact.is_some(), "/contact", FieldError::Required);
        if let Some(contact) = &self.contact {
            errors.line("/contact", contact, 3..=254);
            errors.require(
                self.account.is_none(),
                "/contact",
                FieldError::Rule {
                    code: "account-or-contact",
                    id: "Isi account atau contact, jangan keduanya.",
                    en: "Send account or contact, not both.",
                },
            );
        }
    }
}

/// A person's office.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct AssignmentView {
    /// Its id.
    id: AssignmentId,
    /// In which cooperative.
    cooperative: CooperativeId,
    /// Whose account.
    account: AccountId,
    /// Their name.
    #[schema(max_length = 80, example = "Contoh Ratmi")]
    name: String,
    /// As what.
    role: Office,
    /// Since when.
    assigned_at: Instant,
}

fn view(it: Assignment) -> AssignmentView {
    AssignmentView {
        id: it.id,
        cooperative: it.cooperative,
        account: it.account,
        name: it.name,
        role: it.office,
        assigned_at: it.assigned_at,
    }
}

/// List offices
///
/// For everyone who holds one there, and administrators.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/assignments",
    tag = "cooperatives",
    operation_id = "list_assignments",
    params(("id" = CooperativeId, Path)),
    responses((status = 200, description = "Offices, all on one page", body = Page<AssignmentView>)),
    security(("bearer" = [])),
)]
async fn list_assignments(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    if !caller.roles.admin && !caller.roles.oversees(id.0) {
        return Err(Problem::not_found());
    }
    let all = state
        .db
        .read(move |conn| {
            store::cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(store::assignments_in(conn, id.0)?)
        })
        .await?;
    Ok(ApiResponse::ok(&Page { data: all.into_iter().map(view).collect(), next: None }).tagged())
}

/// Give a person an office
///
/// Administrators give board and agency; the board gives treasurer, supervisor and companion.
#[utoipa::path(
    post,
    path = "/v1/cooperatives/{id}/assignments",
    tag = "cooperatives",
    operation_id = "assign",
    params(
        ("id" = CooperativeId, Path),
    ),
    request_body = Assign,
    responses((status = 201, description = "Assigned", body = AssignmentView)),
    security(("bearer" = [])),
)]
async fn assign(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<Assign>,
) -> Result<ApiResponse, Problem> {
    let (now, office, scope) = (state.now(), body.value.role, caller.person.scope());
    let assignee = match (body.value.account, body.value.contact) {
        (Some(account), _) => Assignee::Account(account),
        (None, contact) => Assignee::Login(contact.unwrap_or_default()),
    };
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let view = view(give(tx, now, &caller.roles, id.0, &assignee, office)?);
        let location = format!("/v1/cooperatives/{}/assignments/{}", id.0, view.id);
        Ok::<_, Problem>(ApiResponse::created(location, &view).about_subject(view.account))
    })
    .await
}

/// End an office
///
/// By who may give it, or by its holder, except that only administrators end a board's. It bites at once.
#[utoipa::path(
    delete,
    path = "/v1/cooperatives/{id}/assignments/{assignment}",
    tag = "cooperatives",
    operation_id = "end_assignment",
    params(("id" = CooperativeId, Path), ("assignment" = AssignmentId, Path)),
    responses((status = 204, description = "Ended")),
    security(("bearer" = [])),
)]
async fn end_assignment(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(CooperativeId, AssignmentId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (cooperative, assignment)) = (state.now(), ids.0);
    state.db.write(move |tx| unassign(tx, now, &caller.roles, cooperative, assignment)).await?;
    Ok(ApiResponse::no_content())
}
