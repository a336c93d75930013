//! The routes of `/v1/me`.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::{close, export, export_more};
use crate::accounts::{self, Account, AccountUpdate, AccountView, Accounts, CallerAddress, Email, Password, SignedIn};
use crate::cooperatives::{self, GroupRef, GroupStatus, HeldRoles, MemberRole, Office};
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, CooperativeId, MembershipId};
use crate::kernel::{Instant, Language, Phone};
use crate::web::{
    ApiResponse, AppState, Change, FieldError, FieldErrors, IfMatch, Patch, Problem, Read, Routes, Rule, Validate,
    Write, routes, stream_json,
};

/// The routes of this slice.
pub fn routes() -> Routes {
    routes!["profile": get_me, update_me, close_me, export_me]
}

/// The caller's account with its roles.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MeView {
    /// The account.
    #[serde(flatten)]
    account: AccountView,
    /// Whether the caller administers the whole service.
    admin: bool,
    /// Memberships of groups.
    #[schema(max_items = 200)]
    memberships: Vec<MembershipView>,
    /// Offices in cooperatives.
    #[schema(max_items = 200)]
    offices: Vec<OfficeView>,
}

/// A membership of a group.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MembershipView {
    /// The membership's id.
    id: MembershipId,
    /// The group.
    group: GroupRef,
    /// The group's status.
    group_status: GroupStatus,
    /// The group's cooperative.
    cooperative: CooperativeId,
    /// The role in the group.
    role: MemberRole,
    /// When the person joined.
    joined_at: Instant,
}

/// An office in a cooperative.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OfficeView {
    /// The cooperative.
    cooperative: CooperativeId,
    /// The cooperative's name.
    #[schema(max_length = 80, example = "Koperasi Lumbung Cihonje")]
    cooperative_name: String,
    /// The office.
    role: Office,
    /// When the office was assigned.
    assigned_at: Instant,
}

impl MeView {
    fn new(account: Account, held: HeldRoles) -> Self {
        let memberships = held.memberships.into_iter().map(|membership| MembershipView {
            id: membership.id,
            group: membership.group,
            group_status: membership.group_status,
            cooperative: membership.cooperative_id,
            role: membership.role,
            joined_at: membership.joined_at,
        });
        let offices = held.offices.into_iter().map(|office| OfficeView {
            cooperative: office.cooperative_id,
            cooperative_name: office.cooperative_name,
            role: office.role,
            assigned_at: office.assigned_at,
        });
        MeView {
            admin: account.admin,
            memberships: memberships.collect(),
            offices: offices.collect(),
            account: account.into(),
        }
    }
}

fn load_me(conn: &mut Conn, id: AccountId) -> Result<ApiResponse, Problem> {
    let account = accounts::find_account(conn, id)?.ok_or_else(Problem::not_found)?;
    let version = account.version;
    let held = cooperatives::load_held_roles(conn, id)?;
    Ok(ApiResponse::ok(&MeView::new(account, held)).with_version(version))
}

/// The caller's account, memberships and offices.
#[utoipa::path(get, path = "/v1/me", responses((status = 200, body = MeView)))]
async fn get_me(read: Read, person: SignedIn) -> Result<ApiResponse, Problem> {
    read.run(move |conn, _| load_me(conn, person.account)).await
}

/// Changes of the account. Absent fields stay; null clears.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Sari Dewi", "locale": "en"}))]
struct UpdateMe {
    /// The person's name.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 80)]
    name: Change<String>,
    /// The e-mail address; a new one must be verified again.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 254)]
    email: Patch<String>,
    /// The mobile number; a new one must be vouched for again.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 32)]
    phone: Patch<String>,
    /// The language of mails.
    #[serde(default)]
    #[schema(value_type = Language)]
    locale: Change<Language>,
    /// The current password; required when the address or the number changes.
    current_password: Option<Password>,
}

impl Validate for UpdateMe {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=80);
        let (email, phone) = (self.email.value(), self.phone.value());
        errors.require(email.is_none_or(|email| email.parse::<Email>().is_ok()), "/email", Rule::EmailInvalid);
        errors.require(phone.is_none_or(|phone| phone.parse::<Phone>().is_ok()), "/phone", Rule::PhoneInvalid);
        match &self.current_password {
            Some(password) => password.check_length("/current_password", errors),
            None => {
                let changes_login = self.email.is_sent() || self.phone.is_sent();
                errors.require(!changes_login, "/current_password", FieldError::Required);
            }
        }
    }
}

impl UpdateMe {
    /// The validated changes.
    fn to_update(&self) -> AccountUpdate {
        fn parse<T: std::str::FromStr>(patch: &Patch<String>) -> Patch<T> {
            match patch {
                Patch::Value(text) => text.parse().map_or(Patch::Absent, Patch::Value),
                Patch::Null => Patch::Null,
                Patch::Absent => Patch::Absent,
            }
        }
        let (email, phone) = (parse(&self.email), parse(&self.phone));
        AccountUpdate { name: self.name.value().cloned(), email, phone, language: self.locale.value().copied() }
    }
}

/// Changes the caller's name, language, address or number.
#[utoipa::path(
    patch, path = "/v1/me",
    responses(
        (status = 200, body = MeView),
        (status = 403, description = "`password-wrong`"),
        (status = 409, description = "`login-taken`"),
        (status = 428, description = "`If-Match` is missing"),
    ),
)]
async fn update_me(
    call: Write<UpdateMe>,
    state: Data<AppState>,
    accounts: Data<Accounts>,
    person: SignedIn,
    address: CallerAddress,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    if let Some(password) = &call.body.current_password {
        accounts::confirm_password(&state.db, &accounts, call.now, &person, &address, password).await?;
    }
    let (id, public_url) = (person.account, state.public_url.clone());
    call.run(move |tx, now, body| {
        accounts::update_account(tx, now, &public_url, id, version, body.to_update())?;
        load_me(tx, id)
    })
    .await
}

/// Confirmation of closing the account.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseMe {
    /// The current password.
    current_password: Password,
}

impl Validate for CloseMe {
    fn validate(&self, errors: &mut FieldErrors) {
        self.current_password.check_length("/current_password", errors);
    }
}

/// Closes the caller's account and deletes their personal data. Their orders are kept, without a name.
#[utoipa::path(
    delete, path = "/v1/me",
    responses(
        (status = 204),
        (status = 403, description = "`password-wrong`"),
        (status = 409, description = "A group would be left without a chair"),
        (status = 428, description = "`If-Match` is missing"),
    ),
)]
async fn close_me(
    call: Write<CloseMe>,
    state: Data<AppState>,
    accounts: Data<Accounts>,
    person: SignedIn,
    address: CallerAddress,
    IfMatch(version): IfMatch,
) -> Result<ApiResponse, Problem> {
    let password = &call.body.current_password;
    accounts::confirm_password(&state.db, &accounts, call.now, &person, &address, password).await?;
    call.run(move |tx, now, _| Ok(close(tx, now, person.account, version)?)).await?;
    Ok(ApiResponse::no_content())
}

/// Exports the caller's data as one JSON document, sent in chunks. Each chunk is read in its own transaction.
#[utoipa::path(
    get, path = "/v1/me/export",
    responses(
        (status = 200, description = "Personal data by capability", body = Object, example = json!({"account": {"name": "Contoh Budi", "phone": "+6281200000001"}, "orders": [{"number": "CIH-2611-0042", "total": 75_000}]})),
    ),
)]
async fn export_me(state: Data<AppState>, person: SignedIn) -> Result<HttpResponse, Problem> {
    let (now, account) = (state.now(), person.account);
    let (first_chunk, cursor) = state.db.read::<_, db::Error, _>(move |conn| export(conn, now, account)).await?;
    Ok(stream_json(first_chunk, Some(cursor), move |cursor| {
        let db = state.db.clone();
        async move { Ok(db.read::<_, db::Error, _>(move |conn| export_more(conn, account, cursor)).await?) }
    }))
}
