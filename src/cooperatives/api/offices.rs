//! Offices in a cooperative.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::cooperatives::extract::Caller;
use crate::cooperatives::office::{self, Assignee, Assignment, end_office};
use crate::cooperatives::roles::Office;
use crate::cooperatives::store;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, AssignmentId, CooperativeId};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Idempotency, Page, PathIds, Problem, Routes, Rule, Validate,
    routes,
};

pub(super) fn routes() -> Routes {
    routes!["cooperatives": list_assignments, assign_office, end_assignment]
}

/// An assignment of an office to a person: by account, or by the address or number of the account.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact": "0812-0000-0009", "role": "treasurer"}))]
struct AssignOffice {
    /// The account.
    account: Option<AccountId>,
    /// The e-mail address or phone number of the account.
    #[schema(min_length = 3, max_length = 254)]
    contact: Option<String>,
    /// The office.
    role: Office,
}

impl Validate for AssignOffice {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.require(self.account.is_some() || self.contact.is_some(), "/contact", FieldError::Required);
        if let Some(contact) = &self.contact {
            errors.check_line("/contact", contact, 3..=254);
            errors.require(self.account.is_none(), "/contact", Rule::AccountOrContact);
        }
    }
}

/// An office of a person.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct AssignmentView {
    /// The assignment's id.
    id: AssignmentId,
    /// The cooperative.
    cooperative: CooperativeId,
    /// The holder's account.
    account: AccountId,
    /// The holder's name.
    #[schema(max_length = 80, example = "Contoh Ratmi")]
    name: String,
    /// The office.
    role: Office,
    /// When it was assigned.
    assigned_at: Instant,
}

fn assignment_view(assignment: Assignment) -> AssignmentView {
    AssignmentView {
        id: assignment.id,
        cooperative: assignment.cooperative,
        account: assignment.account,
        name: assignment.name,
        role: assignment.office,
        assigned_at: assignment.assigned_at,
    }
}

/// List offices
///
/// For all offices of the cooperative and administrators.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/assignments", responses((status = 200, body = Page<AssignmentView>)))]
async fn list_assignments(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    if !caller.roles.admin && !caller.roles.has_any_office(id.0) {
        return Err(Problem::not_found());
    }
    let assignments = state
        .db
        .read(move |conn| {
            store::find_cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(store::list_assignments(conn, id.0)?)
        })
        .await?;
    Ok(ApiResponse::ok(&Page { data: assignments.into_iter().map(assignment_view).collect(), next: None }).with_etag())
}

/// Assign an office
///
/// Administrators assign board and agency; the board assigns treasurer, supervisor and companion.
#[utoipa::path(post, path = "/v1/cooperatives/{id}/assignments", responses((status = 201, body = AssignmentView)))]
async fn assign_office(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    key: Idempotency,
    body: Body<AssignOffice>,
) -> Result<ApiResponse, Problem> {
    let (now, role, scope) = (state.now(), body.value.role, caller.person.scope());
    let assignee = match (body.value.account, body.value.contact) {
        (Some(account), _) => Assignee::Account(account),
        (None, contact) => Assignee::Login(contact.unwrap_or_default()),
    };
    key.once(&state.db, now, scope, body.fingerprint, move |tx| {
        let view = assignment_view(office::assign_office(tx, now, &caller.roles, id.0, &assignee, role)?);
        let location = format!("/v1/cooperatives/{}/assignments/{}", id.0, view.id);
        Ok::<_, Problem>(ApiResponse::created(location, &view).about_subject(view.account))
    })
    .await
}

/// End an office
///
/// By whoever may assign it, or by its holder; only administrators end the office of a board member. It takes effect at
/// once.
#[utoipa::path(delete, path = "/v1/cooperatives/{id}/assignments/{assignment}", responses((status = 204)))]
async fn end_assignment(
    state: Data<AppState>,
    caller: Caller,
    ids: PathIds<(CooperativeId, AssignmentId)>,
) -> Result<ApiResponse, Problem> {
    let (now, (cooperative, assignment)) = (state.now(), ids.0);
    state.db.write(move |tx| end_office(tx, now, &caller.roles, cooperative, assignment)).await?;
    Ok(ApiResponse::no_content())
}
