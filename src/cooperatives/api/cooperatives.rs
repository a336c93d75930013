//! Founding, finding and changing cooperatives.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::places::PlaceView;
use super::{filled, is_repeated, never_null, trimmed};
use crate::accounts::Email;
use crate::cooperatives::access::{Admin, Caller, Office, OptionalCaller, Roles};
use crate::cooperatives::cooperative::{BankAccount, Cooperative};
use crate::cooperatives::create::{CooperativeChange, NewCooperative, change_cooperative, found};
use crate::cooperatives::store;
use crate::db::{self, Conn};
use crate::kernel::ids::CooperativeId;
use crate::kernel::{Instant, Phone, Rupiah, Zone, fold};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Idempotency, IfMatch, Page, Paging, Patch, PathIds,
    Problem, Query, Routes, Validate, routes,
};

pub(super) fn routes() -> Routes {
    routes![list_cooperatives, found_cooperative, show_cooperative, edit_cooperative]
}

/// A new cooperative.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "CIH", "name": "Koperasi Contoh Cihonje", "kind": "cooperative",
    "village_code": "33.02.15.2003", "address": "Balai Desa Cihonje, RT 002/RW 005", "phone": "0812-0000-0000",
    "bank": {"name": "Bank Contoh Desa", "account": "3302150003", "holder": "Koperasi Contoh Cihonje"}}))]
struct FoundCooperative {
    /// An id made by the client.
    id: Option<CooperativeId>,
    /// Two to six capital letters or digits that begin its order numbers; it never changes.
    #[schema(min_length = 2, max_length = 6, pattern = "^[A-Z][A-Z0-9]{1,5}$")]
    code: String,
    /// Its name.
    #[schema(min_length = 3, max_length = 100)]
    name: String,
    /// What it is in law, a word of small letters: `cooperative`, `village_enterprise`, `migrant_village_group`.
    #[schema(min_length = 2, max_length = 40, pattern = "^[a-z][a-z_]{1,39}$")]
    kind: String,
    /// What it does.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// The Kemendagri code of its village.
    #[schema(max_length = 13)]
    village_code: String,
    /// Street, hamlet, RT and RW.
    #[schema(min_length = 3, max_length = 300)]
    address: String,
    /// Where it can be called.
    phone: Option<Phone>,
    /// Where it can be written to.
    email: Option<Email>,
    /// The zone of its business days; that of its village unless said.
    zone: Option<Zone>,
    /// Where transfers go.
    bank: Option<BankAccount>,
    /// Whether it is an example and sells nothing.
    demo: Option<bool>,
}

/// What changes about a cooperative.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "Satu koperasi untuk delapan kelompok usaha.", "email": null}))]
struct EditCooperative {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 100)]
    name: Patch<String>,
    /// What it is in law, a word of small letters.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40)]
    kind: Patch<String>,
    /// What it does.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    description: Patch<String>,
    /// Street, hamlet, RT and RW.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 300)]
    address: Patch<String>,
    /// Where it can be called; null clears.
    #[serde(default)]
    #[schema(value_type = Option<Phone>)]
    phone: Patch<Phone>,
    /// Where it can be written to; null clears.
    #[serde(default)]
    #[schema(value_type = Option<Email>)]
    email: Patch<Email>,
    /// Where transfers go; null clears.
    #[serde(default)]
    #[schema(value_type = Option<BankAccount>)]
    bank: Patch<BankAccount>,
    /// What it keeps of a sale, in percent; the rest is the group's. For what is ordered from now on.
    #[serde(default)]
    #[schema(value_type = Option<u8>, minimum = 0, maximum = 100)]
    service_percent: Patch<u8>,
    /// Whether it pays the groups for what is thrown away, at what it cost to make; else the loss is theirs.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    bears_discards: Patch<bool>,
    /// From how much goods on a deposit is asked for, whatever the products say; null for never.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64)]
    deposit_from: Patch<Rupiah>,
    /// How much of the price that deposit is, in percent.
    #[serde(default)]
    #[schema(value_type = Option<u8>, minimum = 0, maximum = 100)]
    deposit_percent: Patch<u8>,
    /// After how many completed orders a buyer is a regular, of whom no deposit is asked for; null for never.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 1000)]
    regular_after: Patch<i32>,
    /// Whether QRIS codes are shown with the amount filled in: a convenience that banks need not support. Try it with a small
    /// amount first.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    qris_amounts: Patch<bool>,
}

/// A cooperative. Its bank account is shown to its offices and to administrators.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(in crate::cooperatives) struct CooperativeView {
    /// Its id.
    id: CooperativeId,
    /// What its order numbers begin with.
    #[schema(max_length = 6, example = "CIH")]
    code: String,
    /// Its name.
    #[schema(max_length = 100, example = "Koperasi Contoh Cihonje")]
    name: String,
    /// What it is in law.
    #[schema(max_length = 40, example = "cooperative")]
    kind: String,
    /// What it does.
    #[schema(max_length = 2000, example = "Satu koperasi untuk delapan kelompok usaha.")]
    description: String,
    /// Where it sits.
    village: Option<PlaceView>,
    /// Street, hamlet, RT and RW.
    #[schema(max_length = 300, example = "Balai Desa Cihonje, RT 002/RW 005")]
    address: String,
    /// Where it can be called.
    phone: Option<Phone>,
    /// Where it can be written to.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// The zone of its business days.
    zone: Zone,
    /// Where transfers go; for its offices and administrators.
    bank: Option<BankAccount>,
    /// What it keeps of a sale, in percent, unless a product has a rule of its own; the rest is the group's.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    service_percent: i32,
    /// Whether it pays the groups for what is thrown away; else the loss is theirs.
    bears_discards: bool,
    /// From how much goods on a deposit is asked for, whatever the products say.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64, example = 300_000)]
    deposit_from: Option<Rupiah>,
    /// How much of the price that deposit is, in percent.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: i32,
    /// After how many completed orders a buyer is a regular, of whom no deposit is asked for.
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    regular_after: Option<i32>,
    /// Whether QRIS codes are shown with the amount filled in.
    qris_amounts: bool,
    /// Whether it is an example and sells nothing.
    demo: bool,
    /// When it was founded here.
    created_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

const CODE_INVALID: FieldError = FieldError::Rule {
    code: "code-invalid",
    id: "Kode koperasi terdiri dari 2 sampai 6 huruf besar atau angka dan diawali huruf, misalnya CIH.",
    en: "A code is two to six capital letters or digits beginning with a letter, such as CIH.",
};
const KIND_INVALID: FieldError = FieldError::Rule {
    code: "kind-invalid",
    id: "Jenis ditulis dengan huruf kecil dan garis bawah, misalnya cooperative.",
    en: "A kind is a word of small letters and underscores, such as cooperative.",
};
const ACCOUNT_INVALID: FieldError = FieldError::Rule {
    code: "bank-account-invalid",
    id: "Nomor rekening terdiri dari 5 sampai 30 angka.",
    en: "A bank account has 5 to 30 digits.",
};

fn is_kind(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && !text.starts_with('_')
}

fn check_bank(errors: &mut FieldErrors, bank: &BankAccount) {
    errors.line("/bank/name", &bank.name, 1..=60);
    errors.line("/bank/holder", &bank.holder, 1..=100);
    let digits = (5..=30).contains(&bank.account.len()) && bank.account.bytes().all(|byte| byte.is_ascii_digit());
    errors.require(digits, "/bank/account", ACCOUNT_INVALID);
}

impl Validate for FoundCooperative {
    fn check(&self, errors: &mut FieldErrors) {
        let code = (2..=6).contains(&self.code.len())
            && self.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && self.code.starts_with(|first: char| first.is_ascii_uppercase());
        errors.require(code, "/code", CODE_INVALID);
        errors.line("/name", &self.name, 3..=100);
        errors.require(is_kind(&self.kind), "/kind", KIND_INVALID);
        errors.text("/description", self.description.as_deref().unwrap_or_default(), 0..=2000);
        errors.line("/village_code", &self.village_code, 13..=13);
        errors.line("/address", &self.address, 3..=300);
        if let Some(bank) = &self.bank {
            check_bank(errors, bank);
        }
    }
}

impl Validate for EditCooperative {
    fn check(&self, errors: &mut FieldErrors) {
        for (pointer, field, length) in [("/name", &self.name, 3..=100), ("/address", &self.address, 3..=300)] {
            never_null(errors, pointer, field);
            if let Some(text) = field.value() {
                errors.line(pointer, text, length);
            }
        }
        never_null(errors, "/kind", &self.kind);
        errors.require(self.kind.value().is_none_or(|kind| is_kind(kind)), "/kind", KIND_INVALID);
        errors.text("/description", self.description.value().map_or("", String::as_str), 0..=2000);
        if let Some(bank) = self.bank.value() {
            check_bank(errors, bank);
        }
        never_null(errors, "/service_percent", &self.service_percent);
        never_null(errors, "/bears_discards", &self.bears_discards);
        if let Some(percent) = self.service_percent.value() {
            errors.range("/service_percent", (*percent).into(), 0..=100);
        }
        never_null(errors, "/qris_amounts", &self.qris_amounts);
        never_null(errors, "/deposit_percent", &self.deposit_percent);
        if let Some(percent) = self.deposit_percent.value() {
            errors.range("/deposit_percent", (*percent).into(), 0..=100);
        }
        if let Some(from) = self.deposit_from.value() {
            errors.range("/deposit_from", from.0, 1..=Rupiah::MAX_LINE.0);
        }
        if let Some(after) = self.regular_after.value() {
            errors.range("/regular_after", (*after).into(), 1..=1000);
        }
    }
}

fn tidy(bank: BankAccount) -> BankAccount {
    BankAccount { name: trimmed(&bank.name), account: bank.account, holder: trimmed(&bank.holder) }
}

impl FoundCooperative {
    fn meant(self) -> NewCooperative {
        NewCooperative {
            id: self.id,
            code: self.code,
            name: trimmed(&self.name),
            kind: self.kind,
            description: filled(self.description.as_deref()).unwrap_or_default(),
            village_code: self.village_code,
            address: trimmed(&self.address),
            phone: self.phone,
            email: self.email.map(|email| email.as_str().to_owned()),
            zone: self.zone,
            bank: self.bank.map(tidy),
            demo: self.demo.unwrap_or(false),
        }
    }
}

impl EditCooperative {
    fn meant(self) -> CooperativeChange {
        let description = self.description.is_sent().then(|| self.description.value().cloned().unwrap_or_default());
        CooperativeChange {
            name: self.name.value().map(|text| trimmed(text)),
            kind: self.kind.value().cloned(),
            description: description.as_deref().map(trimmed),
            address: self.address.value().map(|text| trimmed(text)),
            phone: self.phone,
            email: self.email.map(|email| email.as_str().to_owned()),
            bank: self.bank.map(tidy),
            service_percent: self.service_percent.value().copied(),
            bears_discards: self.bears_discards.value().copied(),
            deposit_from: self.deposit_from,
            deposit_percent: self.deposit_percent.value().copied(),
            regular_after: self.regular_after,
            qris_amounts: self.qris_amounts.value().copied(),
        }
    }
}

impl CooperativeView {
    /// These cooperatives as this person sees them.
    fn of(conn: &mut Conn, roles: &Roles, all: Vec<Cooperative>) -> db::Result<Vec<CooperativeView>> {
        let codes: Vec<&str> = all.iter().map(|it| it.village_code.as_str()).collect();
        let villages = store::places_of(conn, &codes)?;
        let villages = PlaceView::of(conn, villages)?;
        let inside = |id| {
            roles.admin
                || [Office::Board, Office::Treasurer, Office::Supervisor]
                    .into_iter()
                    .any(|office| roles.holds(office, id))
        };
        Ok(all
            .into_iter()
            .map(|it| CooperativeView {
                bank: it.bank().filter(|_| inside(it.id)),
                village: villages.iter().find(|village| village.has_code(&it.village_code)).cloned(),
                id: it.id,
                code: it.code,
                name: it.name,
                kind: it.kind,
                description: it.description,
                address: it.address,
                phone: it.phone,
                email: it.email,
                zone: it.zone,
                service_percent: it.service_percent,
                bears_discards: it.bears_discards,
                deposit_from: it.deposit_from,
                deposit_percent: it.deposit_percent,
                regular_after: it.regular_after,
                qris_amounts: it.qris_amounts,
                demo: it.demo,
                created_at: it.created_at,
                version: it.version,
            })
            .collect())
    }

    fn one(conn: &mut Conn, roles: &Roles, it: Cooperative) -> Result<CooperativeView, Problem> {
        CooperativeView::of(conn, roles, vec![it])?.pop().ok_or_else(Problem::not_found)
    }
}

/// Found a cooperative
///
/// By an administrator of the service, who then assigns its board.
#[utoipa::path(
    post,
    path = "/v1/cooperatives",
    tag = "cooperatives",
    operation_id = "found_cooperative",
    request_body = FoundCooperative,
    responses(
        (status = 201, description = "Founded", body = CooperativeView),
        (status = 200, description = "Founded before by the same request", body = CooperativeView),
    ),
    security(("bearer" = [])),
)]
async fn found_cooperative(
    state: Data<AppState>,
    admin: Admin,
    key: Idempotency,
    body: Body<FoundCooperative>,
) -> Result<ApiResponse, Problem> {
    let (now, scope, account) = (state.now(), admin.person.scope(), admin.person.account);
    let (new, fingerprint) = (body.value.meant(), body.fingerprint.clone());
    key.once(&state.db, now, scope.clone(), body.fingerprint, move |tx| {
        let roles = Roles::of(tx, account)?;
        let repeated = is_repeated(tx, now, new.id, &scope, &fingerprint)?;
        let it = match new.id {
            Some(id) if repeated => store::cooperative(tx, id)?.ok_or_else(Problem::not_found)?,
            _ => found(tx, now, account, &new)?,
        };
        let (id, version) = (it.id, it.version);
        let view = CooperativeView::one(tx, &roles, it)?;
        let location = format!("/v1/cooperatives/{id}");
        Ok::<_, Problem>(
            if repeated { ApiResponse::ok(&view) } else { ApiResponse::created(location, &view) }.version(version),
        )
    })
    .await
}

/// Which cooperatives are asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCooperatives {
    /// How the name begins; case and accents do not matter.
    #[param(max_length = 100, example = "koperasi")]
    q: Option<String>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// How many rows.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// List cooperatives
///
/// Public; by name.
#[utoipa::path(
    get,
    path = "/v1/cooperatives",
    tag = "cooperatives",
    operation_id = "list_cooperatives",
    params(ListCooperatives),
    responses(
        (status = 200, description = "Cooperatives by name", body = Page<CooperativeView>),
    ),
)]
async fn list_cooperatives(
    state: Data<AppState>,
    request: HttpRequest,
    query: Query<ListCooperatives>,
) -> Result<ApiResponse, Problem> {
    let prefix = query.0.q.as_deref().map(fold);
    if prefix.as_deref().is_some_and(|prefix| prefix.chars().count() > 100) {
        return Err(Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/q", FieldError::TooLong(100))));
    }
    let list = format!("cooperatives {prefix:?}");
    let paging: Paging<(String, CooperativeId)> =
        Paging::read(&state.signer, list, query.0.limit, query.0.cursor.as_deref())?;
    let (after, rows) = (paging.after.clone(), paging.rows_to_read());
    let (found, views) = state
        .db
        .read::<_, db::Error, _>(move |conn| {
            let found = store::cooperatives(conn, prefix, after, rows)?;
            let all = found.iter().map(|(it, _)| it.clone()).collect();
            Ok((found, CooperativeView::of(conn, &Roles::default(), all)?))
        })
        .await?;
    let rows = found.into_iter().zip(views).collect();
    let page = paging.page(&state.signer, rows, |((it, text), _)| (text.clone(), it.id), |(_, view)| view);
    Ok(page.answer(request.path(), request.query_string()).tagged().public())
}

/// Show a cooperative
///
/// Public; its offices also see its bank account.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}",
    tag = "cooperatives",
    operation_id = "show_cooperative",
    params(("id" = CooperativeId, Path)),
    responses(
        (status = 200, description = "The cooperative", body = CooperativeView),
    ),
    security((), ("bearer" = [])),
)]
async fn show_cooperative(
    state: Data<AppState>,
    caller: OptionalCaller,
    id: PathIds<CooperativeId>,
) -> Result<ApiResponse, Problem> {
    let view = state
        .db
        .read(move |conn| {
            let it = store::cooperative(conn, id.0)?.ok_or_else(Problem::not_found)?;
            CooperativeView::one(conn, &caller.roles, it)
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}

/// Change a cooperative
///
/// By its board or an administrator.
#[utoipa::path(
    patch,
    path = "/v1/cooperatives/{id}",
    tag = "cooperatives",
    operation_id = "edit_cooperative",
    params(("id" = CooperativeId, Path)),
    request_body(content = EditCooperative, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "Changed", body = CooperativeView)),
    security(("bearer" = [])),
)]
async fn edit_cooperative(
    state: Data<AppState>,
    caller: Caller,
    id: PathIds<CooperativeId>,
    version: IfMatch,
    body: Body<EditCooperative>,
) -> Result<ApiResponse, Problem> {
    let (now, expected, change) = (state.now(), version.required()?, body.value.meant());
    let view = state
        .db
        .write(move |tx| {
            let it = change_cooperative(tx, now, &caller.roles, id.0, expected, &change)?;
            CooperativeView::one(tx, &caller.roles, it)
        })
        .await?;
    Ok(ApiResponse::ok(&view).version(view.version))
}
