//! Placing an order.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::quotes::remember;
use super::views::{OrderView, TrackView};
use crate::catalogue;
use crate::cooperatives::{Office, OptionalCaller, Roles};
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Language, Rupiah};
use crate::orders::basket::{Agreement, Basket, BasketLine, DeliveryWish, check_contact, check_lines, check_recipient};
use crate::orders::order::{Channel, Contact, Recipient, WholeOrder};
use crate::orders::place::{NewOrder, place};
use crate::orders::problems::SpokenPlaceError;
use crate::orders::settings::Settings;
use crate::orders::viewer::Viewer;
use crate::orders::{store, track};
use crate::supply::DemandSource;
use crate::web::client_ids::{ClientId, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, Idempotency, Problem, Routes, Scope, Signer, Validate,
    routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes![place_order]
}

/// An order to be placed.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c12", "quantity": 30, "ready_on": "2026-11-26"}],
    "delivery": {"kind": "pickup"},
    "contact": {"name": "Contoh Sari", "phone": "+6281200000001"},
    "expected_total": 75000,
}))]
pub struct PlaceOrder {
    /// Its id, when the client makes it.
    #[serde(default)]
    id: Option<OrderId>,
    /// Of which cooperative.
    cooperative: CooperativeId,
    /// What.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<BasketLine>,
    /// How it reaches the buyer; fetched, unless said.
    #[serde(default = "DeliveryWish::pickup")]
    delivery: DeliveryWish,
    /// By which day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    needed_on: Option<Day>,
    /// Who receives the goods, when it is someone else.
    #[serde(default)]
    recipient: Option<Recipient>,
    /// Who orders; needed of guests and for whom an officer orders, else the account's.
    #[serde(default)]
    contact: Option<Contact>,
    /// What the groups should know.
    #[serde(default)]
    #[schema(max_length = 500, example = "Tolong diantar sebelum jam 10.")]
    note: Option<String>,
    /// By which way it comes. Officers say `whatsapp`, `phone` or `walk_in` for whom they order.
    #[serde(default)]
    channel: Option<Channel>,
    /// What the buyer was told that it comes to.
    expected_total: Rupiah,
}

impl Validate for PlaceOrder {
    fn check(&self, errors: &mut FieldErrors) {
        check_lines(&self.lines, errors);
        self.delivery.check(errors);
        if let Some(contact) = &self.contact {
            check_contact(contact, false, errors);
        }
        if let Some(recipient) = &self.recipient {
            check_recipient(recipient, errors);
        }
        if let Some(note) = &self.note {
            errors.text("/note", note, 0..=500);
        }
        // What outlets have sold is counted, not ordered.
        errors.require(self.channel != Some(Channel::Consignment), "/channel", FieldError::Unknown);
    }
}

impl PlaceOrder {
    fn basket(&self) -> Basket {
        Basket {
            cooperative: self.cooperative,
            lines: self.lines.clone(),
            delivery: self.delivery.clone(),
            needed_on: self.needed_on,
            agreement: Agreement::default(),
        }
    }
}

/// Who places an order, and for whom.
#[derive(Debug, Clone)]
struct Caller {
    account: Option<AccountId>,
    assisted: bool,
    channel: Channel,
}

impl Caller {
    fn of(roles: &Roles, order: &PlaceOrder) -> Self {
        let usual = if roles.account.is_some() { Channel::App } else { Channel::Web };
        let channel = order.channel.unwrap_or(usual);
        Caller { account: roles.account, assisted: channel.is_assisted(), channel }
    }

    fn asker(&self, signer: &Signer, order: &PlaceOrder) -> DemandSource {
        let reached = order.contact.as_ref().and_then(|contact| {
            contact.phone.as_ref().map(|phone| phone.as_str().to_owned()).or_else(|| contact.email.clone())
        });
        match (self.account, reached) {
            (Some(account), _) if !self.assisted => DemandSource::Account(account),
            (_, Some(reached)) => DemandSource::contact(signer, &reached),
            (Some(_), None) => DemandSource::Heard,
            (None, None) => DemandSource::Anonymous,
        }
    }
}

/// Places an order over any number of groups: claimed and written in one transaction, or not at all.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", operation_id = "place_order",
    request_body = PlaceOrder,
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Placed", body = OrderView),
        (status = 200, description = "The same order with the same id was placed before: as it is now", body = OrderView),
        (status = 409, description = "`sold-out` with `available`, `total-changed` with the new `quote`, `cutoff-passed`, `not-on-sale`, `id-taken`"),
    ),
    security((), ("bearer" = [])),
)]
async fn place_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: OptionalCaller,
    language: Language,
    key: Idempotency,
    body: Body<PlaceOrder>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let (now, settings, roles, order) = (state.now(), **settings, caller.roles, body.value);
    let caller = Caller::of(&roles, &order);
    may_place(&state, &roles, &caller, &order).await?;
    let (basket, asker, assisted) = (order.basket(), caller.asker(&state.signer, &order), caller.assisted);
    let scope = caller.account.map_or_else(Scope::guest, Scope::account);
    let desk =
        Desk { settings, roles, caller, order, language, scope: scope.clone(), fingerprint: body.fingerprint.clone() };
    let answer = key.once(&state.db, now, scope, body.fingerprint, move |tx| desk.serve(tx, now)).await;
    if let Err(problem) = &answer
        && problem.code().status() == StatusCode::CONFLICT
    {
        remember(&state, settings, basket, asker).await;
    }
    answer.map(|answer| with_link(answer, &state, assisted))
}

/// Whoever placed an order without an account is told the link that opens it. It is made anew for a replay, so that
/// no secret is kept beside the order.
fn with_link(answer: ApiResponse, state: &AppState, assisted: bool) -> ApiResponse {
    #[derive(Deserialize)]
    struct Placed {
        id: OrderId,
        buyer: Option<AccountId>,
    }

    match answer.parse::<Placed>() {
        Some(Placed { id, buyer: None }) => {
            let link = TrackView::of(track::secret(&state.signer, id), &state.public_url);
            let answer = answer.with_member("track", &link).no_store();
            if assisted { answer } else { answer.with_location(format!("/v1/track/{}", link.secret)) }
        }
        _ => answer,
    }
}

/// Guests say who they are; only officers of a group in the order, or the board, order for someone else.
async fn may_place(state: &AppState, roles: &Roles, caller: &Caller, order: &PlaceOrder) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    if caller.account.is_none() || caller.assisted {
        match &order.contact {
            Some(contact) => check_contact(contact, !caller.assisted, &mut errors),
            None => errors.add("/contact", FieldError::Required),
        }
    }
    errors.into_result()?;
    if !caller.assisted && order.delivery.fee.is_none() {
        return Ok(());
    }
    if caller.account.is_none() {
        return Err(Problem::new(Code::Unauthenticated));
    }
    if roles.holds(Office::Board, order.cooperative) {
        return Ok(());
    }
    let products: Vec<ProductId> = order.lines.iter().map(|line| line.product).collect();
    let products = state
        .db
        .read(move |conn: &mut Conn| catalogue::find_many_of_any_status(conn, &products))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    if products.iter().any(|product| roles.is_officer_of(product.group)) {
        Ok(())
    } else {
        Err(Problem::new(Code::Forbidden))
    }
}

/// All that is needed to serve one order, inside its transaction.
struct Desk {
    settings: Settings,
    roles: Roles,
    caller: Caller,
    order: PlaceOrder,
    language: Language,
    scope: Scope,
    fingerprint: crate::web::Fingerprint,
}

impl Desk {
    fn serve(&self, tx: &mut Tx<'_>, now: Instant) -> Result<ApiResponse, SpokenPlaceError> {
        let id = match self.order.id {
            None => tx.id(now),
            Some(id) => match reserve_client_id(tx, now, id, &self.scope, &self.fingerprint)? {
                ClientId::New => id,
                ClientId::Repeated => return self.again(tx, now, id),
            },
        };
        let new_order = self.new_order(tx, id)?;
        let whole = place(tx, now, &self.settings, &new_order)
            .map_err(|error| SpokenPlaceError::Place(error, self.language))?;
        Ok(self.answer(&whole, now, ApiResponse::created))
    }

    fn again(&self, tx: &mut Tx<'_>, now: Instant, id: OrderId) -> Result<ApiResponse, SpokenPlaceError> {
        let order = store::order(tx, id)?.ok_or(diesel::result::Error::NotFound).map_err(db::Error::from)?;
        let whole = store::whole(tx, order)?;
        Ok(self.answer(&whole, now, |_: String, view: &OrderView| ApiResponse::ok(view)))
    }

    fn new_order(&self, tx: &mut Tx<'_>, id: OrderId) -> Result<NewOrder, SpokenPlaceError> {
        let (order, caller) = (&self.order, &self.caller);
        let buyer = caller.account.filter(|_| !caller.assisted);
        let person = buyer.map(|account| store::person(tx, account)).transpose()?.flatten();
        let locale = person.as_ref().map_or(self.language, |(_, _, _, locale)| *locale);
        let contact =
            order.contact.clone().or_else(|| person.map(|(name, phone, email, _)| Contact { name, phone, email }));
        Ok(NewOrder {
            id,
            basket: order.basket(),
            buyer,
            captured_by: caller.account.filter(|_| caller.assisted),
            channel: caller.channel,
            contact: contact.unwrap_or(Contact { name: String::new(), phone: None, email: None }),
            recipient: order.recipient.clone(),
            note: order.note.clone(),
            locale,
            expected_total: Some(order.expected_total),
            promised: false,
        })
    }

    fn answer(
        &self,
        whole: &WholeOrder,
        now: Instant,
        status: impl Fn(String, &OrderView) -> ApiResponse,
    ) -> ApiResponse {
        let id = whole.order.id;
        let by_secret = whole.order.buyer.is_none();
        let viewer = Viewer { roles: self.roles.clone(), secret: by_secret && !self.caller.assisted };
        let Some(view) = OrderView::of(whole, &viewer, &self.settings, now) else { return ApiResponse::no_content() };
        status(format!("/v1/orders/{id}"), &view).version(whole.order.version).about_subject(id)
    }
}
