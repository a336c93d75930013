//! `/v1/me`.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{CloseError, close, export, export_more};
use crate::accounts::{
    self, Account, AccountView, Accounts, CallerAddress, EMAIL_INVALID, Edit, EditError, Email, PHONE_INVALID,
    Password, SignedIn,
};
use crate::cooperatives::{self, GroupStatus, HeldByPerson, MemberRole, Office};
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::kernel::{Instant, Language, Phone};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, IfMatch, Patch, Problem, Routes, Validate, private_document,
    routes,
};

/// The routes of this slice.
pub fn routes() -> Routes {
    routes![show_me, edit_me, close_me, export_me]
}

/// A person as they see themselves.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MeView {
    /// The account.
    #[serde(flatten)]
    account: AccountView,
    /// Whether they administer the whole service.
    admin: bool,
    /// Their places in groups.
    #[schema(max_items = 200)]
    memberships: Vec<MembershipView>,
    /// Their offices in cooperatives.
    #[schema(max_items = 200)]
    offices: Vec<OfficeView>,
}

/// A place in a group.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MembershipView {
    /// Its id.
    id: MembershipId,
    /// In which group.
    group: GroupId,
    /// That group's name.
    #[schema(max_length = 80, example = "Pastel Bu Sari")]
    group_name: String,
    /// Where that group stands.
    group_status: GroupStatus,
    /// Of which cooperative.
    cooperative: CooperativeId,
    /// As what.
    role: MemberRole,
    /// Since when.
    joined_at: Instant,
}

/// An office in a cooperative.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OfficeView {
    /// In which cooperative.
    cooperative: CooperativeId,
    /// That cooperative's name.
    #[schema(max_length = 80, example = "Koperasi Lumbung Cihonje")]
    cooperative_name: String,
    /// As what.
    role: Office,
    /// Since when.
    assigned_at: Instant,
}

impl MeView {
    fn of(account: Account, held: HeldByPerson) -> Self {
        let memberships = held.memberships.into_iter().map(|it| MembershipView {
            id: it.membership,
            group: it.group,
            group_name: it.group_name,
            group_status: it.group_status,
            cooperative: it.cooperative,
            role: it.role,
            joined_at: it.joined_at,
        });
        let offices = held.offices.into_iter().map(|it| OfficeView {
            cooperative: it.cooperative,
            cooperative_name: it.cooperative_name,
            role: it.office,
            assigned_at: it.assigned_at,
        });
        MeView {
            admin: account.admin,
            memberships: memberships.collect(),
            offices: offices.collect(),
            account: account.into(),
        }
    }
}

/// The person as they are now.
fn me(conn: &mut Conn, id: AccountId) -> db::Result<Option<ApiResponse>> {
    let Some(account) = accounts::account(conn, id)? else { return Ok(None) };
    let version = account.version;
    let held = cooperatives::held_by(conn, id)?;
    Ok(Some(ApiResponse::ok(&MeView::of(account, held)).version(version)))
}

/// Who the caller is, and what they hold.
#[utoipa::path(
    get, path = "/v1/me", tag = "profile", operation_id = "show_me",
    responses(
        (status = 200, description = "The caller", body = MeView),
    ),
    security(("bearer" = [])),
)]
async fn show_me(state: Data<AppState>, person: SignedIn) -> Result<ApiResponse, Problem> {
    let answer = state.db.read::<_, db::Error, _>(move |conn| me(conn, person.account)).await?;
    answer.ok_or_else(Problem::not_found)
}

/// What is to change. What is left out stays; null clears.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Sari Dewi", "locale": "en"}))]
struct EditMe {
    /// What the person is called.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// Where mail reaches them; it is to be verified again.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 254)]
    email: Patch<String>,
    /// Their mobile number; somebody is to vouch for it again.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 32)]
    phone: Patch<String>,
    /// The language of their mails.
    locale: Option<Language>,
    /// The present password; needed to change the address or the number.
    current_password: Option<Password>,
}

impl Validate for EditMe {
    fn check(&self, errors: &mut FieldErrors) {
        if let Some(name) = &self.name {
            errors.line("/name", name, 1..=80);
        }
        if let Some(email) = self.email.value() {
            errors.require(email.parse::<Email>().is_ok(), "/email", EMAIL_INVALID);
        }
        if let Some(phone) = self.phone.value() {
            errors.require(phone.parse::<Phone>().is_ok(), "/phone", PHONE_INVALID);
        }
        match &self.current_password {
            Some(password) => password.bound("/current_password", errors),
            None => {
                let changes_login = self.email.is_sent() || self.phone.is_sent();
                errors.require(!changes_login, "/current_password", FieldError::Required);
            }
        }
    }
}

impl EditMe {
    /// The checked change.
    fn edit(self) -> Edit {
        fn read<T: std::str::FromStr>(patch: Patch<String>) -> Patch<T> {
            match patch {
                Patch::Value(text) => text.parse().map_or(Patch::Absent, Patch::Value),
                Patch::Null => Patch::Null,
                Patch::Absent => Patch::Absent,
            }
        }
        Edit { name: self.name, email: read(self.email), phone: read(self.phone), language: self.locale }
    }
}

/// Changes the caller's name, language, address or number.
#[utoipa::path(
    patch, path = "/v1/me", tag = "profile", operation_id = "edit_me",
    request_body = EditMe,
    responses(
        (status = 200, description = "Changed", body = MeView),
        (status = 403, description = "`password-wrong`"),
        (status = 409, description = "`login-taken`"),
        (status = 428, description = "`If-Match` is missing"),
    ),
    security(("bearer" = [])),
)]
async fn edit_me(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    person: SignedIn,
    address: CallerAddress,
    version: IfMatch,
    body: Body<EditMe>,
) -> Result<ApiResponse, Problem> {
    let (now, version, body) = (state.now(), version.required()?, body.value);
    if let Some(password) = &body.current_password {
        accounts::confirm_password(&state.db, &accounts, now, &person, &address, password).await?;
    }
    let (id, edit, public_url) = (person.account, body.edit(), state.public_url.clone());
    state
        .db
        .write(move |tx| {
            accounts::edit(tx, now, &public_url, id, version, edit.clone())?;
            me(tx, id)?.ok_or(EditError::Missing)
        })
        .await
        .map_err(Problem::from)
}

/// The present password, asked for again.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseMe {
    /// The present password.
    current_password: Password,
}

impl Validate for CloseMe {
    fn check(&self, errors: &mut FieldErrors) {
        self.current_password.bound("/current_password", errors);
    }
}

/// Closes the caller's account and forgets the person. Their orders are kept, without their name.
#[utoipa::path(
    delete, path = "/v1/me", tag = "profile", operation_id = "close_me",
    request_body = CloseMe,
    params(("If-Match" = String, Header)),
    responses(
        (status = 204, description = "Closed"),
        (status = 403, description = "`password-wrong`"),
        (status = 409, description = "A group would be left without a chair"),
        (status = 428, description = "`If-Match` is missing"),
    ),
    security(("bearer" = [])),
)]
async fn close_me(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    person: SignedIn,
    address: CallerAddress,
    version: IfMatch,
    body: Body<CloseMe>,
) -> Result<ApiResponse, Problem> {
    let (now, version, password) = (state.now(), version.required()?, body.value.current_password);
    accounts::confirm_password(&state.db, &accounts, now, &person, &address, &password).await?;
    let closing = state.db.write(move |tx| close(tx, now, person.account, version));
    closing.await.map_err(|error: CloseError| Problem::from(error))?;
    Ok(ApiResponse::no_content())
}

/// Everything that is kept about the caller, as one document. It is sent in pieces, each of its own moment.
#[utoipa::path(
    get, path = "/v1/me/export", tag = "profile", operation_id = "export_me",
    responses(
        (status = 200, description = "Personal data by capability", body = Object,
            example = json!({"account": {"name": "Contoh Budi", "phone": "+6281200000001"}, "orders": [{"number": "CIH-2611-0042", "total": 75_000}]})),
    ),
    security(("bearer" = [])),
)]
async fn export_me(state: Data<AppState>, person: SignedIn) -> Result<HttpResponse, Problem> {
    let (now, account) = (state.now(), person.account);
    let (begun, untold) = state.db.read::<_, db::Error, _>(move |conn| export(conn, now, account)).await?;
    Ok(private_document(begun, Some(untold), move |untold| {
        let db = state.db.clone();
        async move { Ok(db.read::<_, db::Error, _>(move |conn| export_more(conn, account, untold)).await?) }
    }))
}
