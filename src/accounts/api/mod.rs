//! The HTTP API of this slice: registration here, sessions, links and codes in the modules.

mod one_time;
mod sessions;
mod web_page;

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::Accounts;
use super::account::Account;
use super::address::CallerAddress;
use super::email::Email;
use super::login_throttle::{AddressLimit, limit_address};
use super::password::Password;
use super::register::{Registration, register};
use super::verify_email::send_verification;
use crate::db::Tx;
use crate::kernel::ids::AccountId;
use crate::kernel::{Instant, Language, Phone, Version};
use crate::web::{
    ApiResponse, AppState, Body, FieldError, FieldErrors, Fingerprint, IdempotencyKey, IdempotencyScope, Problem,
    Routes, Rule, Validate, routes,
};

pub use web_page::pages;

/// The routes of this slice.
pub fn routes() -> Routes {
    sessions::routes().and(routes!["accounts": register_account]).and(one_time::routes())
}

/// A registration.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Sari", "phone": "0812-0000-0001", "password": "sepeda-kumbang-merah"}))]
struct Register {
    /// The person's name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// The e-mail address. It or a phone number is required.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// The Indonesian mobile number, in any common notation.
    #[schema(max_length = 32)]
    phone: Option<String>,
    /// 8 to 128 characters of any kind.
    password: Password,
    /// The language of mails; Indonesian by default.
    locale: Option<Language>,
}

impl Validate for Register {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check_line("/name", &self.name, 1..=80);
        let (email, phone) = (self.email.as_deref(), self.phone.as_deref());
        errors.require(email.is_none_or(|email| email.parse::<Email>().is_ok()), "/email", Rule::EmailInvalid);
        errors.require(phone.is_none_or(|phone| phone.parse::<Phone>().is_ok()), "/phone", Rule::PhoneInvalid);
        errors.require(self.email.is_some() || self.phone.is_some(), "/email", FieldError::Required);
        self.password.check("/password", &[self.email.as_deref(), self.phone.as_deref(), Some(&self.name)], errors);
    }
}

/// An account as its owner sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AccountView {
    /// The account's id.
    pub id: AccountId,
    /// The person's name.
    #[schema(max_length = 80, example = "Contoh Sari")]
    pub name: String,
    /// The e-mail address.
    pub email: Option<Email>,
    /// Whether the address is verified.
    pub email_verified: bool,
    /// The mobile number.
    pub phone: Option<Phone>,
    /// Whether an officer or companion has vouched for the number.
    pub phone_verified: bool,
    /// The language of mails.
    pub locale: Language,
    /// When the account was created.
    pub created_at: Instant,
    /// Version; send it as `If-Match` when changing the account.
    pub version: Version,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        AccountView {
            id: account.id,
            name: account.name,
            email: account.email,
            email_verified: account.email_verified_at.is_some(),
            phone: account.phone,
            phone_verified: account.phone_vouched_at.is_some(),
            locale: account.language,
            created_at: account.created_at,
            version: account.version,
        }
    }
}

/// Registers an account by e-mail address, mobile number, or both.
#[utoipa::path(
    post, path = "/v1/accounts",
    responses(
        (status = 201, body = AccountView),
        (status = 409, description = "`login-taken`: another account has this address or number"),
    ),
)]
async fn register_account(
    state: Data<AppState>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    key: IdempotencyKey,
    request: HttpRequest,
    body: Body<Register>,
) -> Result<ApiResponse, Problem> {
    let (now, body) = (state.now(), body.value);
    let limit = accounts.limit_for(&address, accounts.settings.registrations_an_hour);
    let write = state.db.write(move |tx| limit_address(tx, now, AddressLimit::Registrations, &address, limit));
    write.await?;
    // The fingerprint is stored, so the password is not part of it.
    let fingerprint_body = serde_json::to_vec(&(&body.name, &body.email, &body.phone, body.locale)).unwrap_or_default();
    let fingerprint = Fingerprint::of(&request, &fingerprint_body);
    let registration = Registration {
        name: body.name,
        email: body.email.and_then(|email| email.parse().ok()),
        phone: body.phone.and_then(|phone| phone.parse().ok()),
        language: body.locale.unwrap_or(Language::Indonesian),
        password_hash: accounts.hasher.hash(&body.password).await?,
    };
    let public_url = state.public_url.clone();
    let work = Box::new(move |tx: &mut Tx<'_>| {
        let account = register(tx, now, &registration)?;
        send_verification(tx, now, &public_url, &account)?;
        let view = AccountView::from(account);
        Ok(ApiResponse::created("/v1/me", &view).with_version(1).about_subject(view.id))
    });
    key.once(&state.db, now, IdempotencyScope::guest(), fingerprint, work).await
}
