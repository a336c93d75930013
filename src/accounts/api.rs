//! Registering and signing in over HTTP.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::account::{Account, Login};
use super::address::CallerAddress;
use super::email::Email;
use super::password::Password;
use super::register::{self, Registration};
use super::session::Pair;
use super::sign_in::{self, SignIn};
use super::throttle::{self, Limited, ThrottleError};
use super::{Accounts, access};
use crate::kernel::ids::{AccountId, SessionId};
use crate::kernel::{Instant, Language, Phone};
use crate::web::{
    Answer, Body, Checked, Fault, Faults, Fingerprint, Idempotency, Problem, ProblemDocument, Routes, Scope, Site,
    routes,
};

/// The routes of this slice.
pub fn routes() -> Routes {
    routes![sign_in, register]
}

/// Who registers.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Contoh Sari", "phone": "0812-0000-0001", "password": "sepeda-kumbang-merah"}))]
struct Register {
    /// What the person is called.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Where mail reaches them. This or a phone number is needed.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// Their mobile number, written in any usual way.
    #[schema(max_length = 32)]
    phone: Option<String>,
    /// 8 to 128 characters of any kind.
    password: Password,
    /// The language of their mails; Indonesian unless said.
    locale: Option<Language>,
}

pub(crate) const EMAIL_INVALID: Fault = Fault::Rule {
    code: "email-invalid",
    id: "Ini bukan alamat surel yang benar.",
    en: "This is not an e-mail address.",
};
pub(crate) const PHONE_INVALID: Fault = Fault::Rule {
    code: "phone-invalid",
    id: "Ini bukan nomor HP Indonesia, misalnya 0812-3456-7890.",
    en: "This is not an Indonesian mobile number, such as 0812-3456-7890.",
};

impl Checked for Register {
    fn check(&self, faults: &mut Faults) {
        faults.line("/name", &self.name, 1..=80);
        if let Some(email) = &self.email {
            faults.unless(email.parse::<Email>().is_ok(), "/email", EMAIL_INVALID);
        }
        if let Some(phone) = &self.phone {
            faults.unless(phone.parse::<Phone>().is_ok(), "/phone", PHONE_INVALID);
        }
        faults.unless(self.email.is_some() || self.phone.is_some(), "/email", Fault::Required);
        self.password.check("/password", &[self.email.as_deref(), self.phone.as_deref(), Some(&self.name)], faults);
    }
}

/// An account as its owner sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// What the person is called.
    #[schema(max_length = 80, example = "Contoh Sari")]
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<Email>,
    /// Whether the address is known to be theirs.
    pub email_verified: bool,
    /// Their mobile number.
    pub phone: Option<Phone>,
    /// Whether an officer or companion vouches for the number.
    pub phone_verified: bool,
    /// The language of their mails.
    pub locale: Language,
    /// Since when there is one.
    pub created_at: Instant,
    /// Counts its edits.
    #[schema(minimum = 1)]
    pub version: i64,
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

/// Registers a person by e-mail address, mobile number, or both.
#[utoipa::path(
    post, path = "/v1/accounts", tag = "People", operation_id = "register",
    request_body = Register,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again, the same registration answers the same")),
    responses(
        (status = 201, description = "Registered", body = AccountView),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`login-taken`: somebody has this address or number", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "Something needs mending", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too many registrations from here", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Busy", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
async fn register(
    site: Data<Site>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    key: Idempotency,
    request: HttpRequest,
    body: Body<Register>,
) -> Result<Answer, Problem> {
    let (now, body) = (site.now(), body.value);
    let most = accounts.limit(&address, accounts.settings.registrations_an_hour);
    site.db
        .write(move |tx| throttle::count_call(tx, now, Limited::Registrations, &address, most))
        .await
        .map_err(|error: ThrottleError| Problem::from(error))?;
    // The password is no part of what is kept for telling repeated requests apart.
    let told = serde_json::to_vec(&(&body.name, &body.email, &body.phone, body.locale)).unwrap_or_default();
    let fingerprint = Fingerprint::of(&request, &told);
    let who = Registration {
        name: body.name,
        email: body.email.and_then(|email| email.parse().ok()),
        phone: body.phone.and_then(|phone| phone.parse().ok()),
        language: body.locale.unwrap_or(Language::Indonesian),
        password_hash: accounts.hasher.hash(&body.password).await?,
    };
    key.once(&site.db, now, Scope::guest(), fingerprint, move |tx| {
        let account = register::register(tx, now, &who)?;
        Ok::<_, register::RegisterError>(Answer::created("/v1/me", &AccountView::from(account)).version(1))
    })
    .await
}

/// Who signs in.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "0812-0000-0001", "password": "sepeda-kumbang-merah", "device": "HP Sari"}))]
struct SignInBody {
    /// An e-mail address or a mobile number.
    #[schema(min_length = 1, max_length = 254)]
    login: String,
    /// The password.
    password: Password,
    /// What to call this device in the list of sessions.
    #[schema(max_length = 80)]
    device: Option<String>,
}

impl Checked for SignInBody {
    fn check(&self, faults: &mut Faults) {
        faults.line("/login", &self.login, 1..=254);
        self.password.bound("/password", faults);
        if let Some(device) = &self.device {
            faults.line("/device", device, 0..=80);
        }
    }
}

/// Tokens of a session.
#[derive(Serialize, utoipa::ToSchema)]
struct TokensView {
    /// Goes into `Authorization: Bearer …`.
    #[schema(max_length = 4096)]
    access_token: String,
    /// Renews both, once. Keep it where only the app can read it.
    #[schema(max_length = 64)]
    refresh_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 6, example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(minimum = 1, example = 600)]
    expires_in: i64,
    /// Whose session it is.
    account: AccountId,
    /// Which session it is.
    session: SessionId,
}

impl TokensView {
    fn answer(accounts: &Accounts, now: Instant, pair: Pair) -> Result<Answer, Problem> {
        let access_token = accounts.access.issue(pair.bearer, now).map_err(Problem::internal)?;
        let view = TokensView {
            access_token,
            refresh_token: pair.refresh,
            token_type: "Bearer",
            expires_in: access::LIFE.num_seconds(),
            account: pair.bearer.account,
            session: pair.bearer.session,
        };
        Ok(Answer::created(format!("/v1/sessions/{}", pair.bearer.session), &view).no_store())
    }
}

/// Signs in on a device. The answer is the same for unknown people and for wrong passwords.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "People", operation_id = "sign_in",
    request_body = SignInBody,
    responses(
        (status = 201, description = "Signed in", body = TokensView),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`sign-in-failed`: the login or the password is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "Something needs mending", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Busy", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
async fn sign_in(
    site: Data<Site>,
    accounts: Data<Accounts>,
    address: CallerAddress,
    body: Body<SignInBody>,
) -> Result<Answer, Problem> {
    let (now, body) = (site.now(), body.value);
    let who = SignIn {
        login: Login::read(&body.login),
        password: body.password,
        device: body.device.unwrap_or_default(),
        address,
    };
    let pair = sign_in::sign_in(&site.db, &accounts, now, who).await?;
    TokensView::answer(&accounts, now, pair)
}
