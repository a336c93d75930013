//! Offices in a cooperative.

use serde::{Deserialize, Serialize};

use crate::cooperatives::access::AccessError;
use crate::cooperatives::extract::Caller;
use crate::cooperatives::office::{self, Assignee, Assignment, end_office};
use crate::cooperatives::roles::Office;
use crate::cooperatives::store;
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, AssignmentId, CooperativeId};
use crate::web::{
    ApiResponse, FieldError, FieldErrors, Page, PathIds, Problem, Read, Routes, Rule, Validate, Write, routes,
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

impl From<Assignment> for AssignmentView {
    fn from(assignment: Assignment) -> Self {
        AssignmentView {
            id: assignment.id,
            cooperative: assignment.cooperative_id,
            account: assignment.account_id,
            name: assignment.name,
            role: assignment.role,
            assigned_at: assignment.assigned_at,
        }
    }
}

/// List offices
///
/// For all offices of the cooperative and administrators.
#[utoipa::path(get, path = "/v1/cooperatives/{id}/assignments", responses((status = 200, body = Page<AssignmentView>)))]
async fn list_assignments(read: Read, caller: Caller, id: PathIds<CooperativeId>) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| {
        caller.roles.require_any_office_or_admin(id.0)?;
        store::find_cooperative(conn, id.0)?.ok_or(AccessError::Hidden)?;
        let data = store::list_assignments(conn, id.0)?.into_iter().map(AssignmentView::from).collect();
        Ok(ApiResponse::ok(&Page { data, next: None }).with_etag())
    })
    .await
}

/// Assign an office
///
/// Administrators assign board and agency; the board assigns treasurer, supervisor and companion.
#[utoipa::path(post, path = "/v1/cooperatives/{id}/assignments", responses((status = 201, body = AssignmentView)))]
async fn assign_office(
    call: Write<AssignOffice>,
    caller: Caller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    call.once(caller.person.idempotency_scope(), move |tx, now, body| {
        let assignee = match body.account {
            Some(account) => Assignee::Account(account),
            None => Assignee::Login(body.contact.clone().unwrap_or_default()),
        };
        let view: AssignmentView = office::assign_office(tx, now, &caller.roles, id.0, &assignee, body.role)?.into();
        let location = format!("/v1/cooperatives/{}/assignments/{}", id.0, view.id);
        Ok(ApiResponse::created(location, &view).about_subject(view.account))
    })
    .await
}

/// End an office
///
/// By whoever may assign it, or by its holder; only administrators end the office of a board member. It takes effect at
/// once.
#[utoipa::path(delete, path = "/v1/cooperatives/{id}/assignments/{assignment}", responses((status = 204)))]
async fn end_assignment(
    call: Write,
    caller: Caller,
    ids: PathIds<(CooperativeId, AssignmentId)>,
) -> Result<ApiResponse, Problem> {
    let (cooperative, assignment) = ids.0;
    call.run(move |tx, now, _| {
        end_office(tx, now, &caller.roles, cooperative, assignment)?;
        Ok(ApiResponse::no_content())
    })
    .await
}
