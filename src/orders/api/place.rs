//! The route for placing orders.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::quotes::record_unmet;
use super::views::{OrderView, TrackView};
use crate::catalogue;
use crate::cooperatives::{Office, OptionalCaller, Roles};
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Language, Rupiah};
use crate::orders::access::Viewer;
use crate::orders::basket::{Agreement, Basket, BasketLine, check_contact, check_lines, check_recipient};
use crate::orders::delivery::DeliveryChoice;
use crate::orders::error::LocalizedPlaceError;
use crate::orders::order::{Channel, OrderContact, OrderWithFulfilments, Recipient};
use crate::orders::place::{NewOrder, place};
use crate::orders::settings::Settings;
use crate::orders::{store, track};
use crate::supply::DemandSource;
use crate::web::client_ids::{Reservation, reserve_client_id};
use crate::web::{
    ApiResponse, AppState, Body, Code, FieldError, FieldErrors, IdempotencyKey, Problem, Routes, Scope, Signer,
    Validate, routes,
};

/// The routes of this file.
pub fn routes() -> Routes {
    routes!["orders": place_order]
}

/// An order to place.
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
    /// Id chosen by the client, if any.
    #[serde(default)]
    id: Option<OrderId>,
    /// The selling cooperative.
    cooperative: CooperativeId,
    /// The ordered products and quantities.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<BasketLine>,
    /// The delivery choice; pickup by default.
    #[serde(default = "DeliveryChoice::pickup")]
    delivery: DeliveryChoice,
    /// The day by which the buyer needs the goods.
    #[serde(default)]
    needed_on: Option<Day>,
    /// The recipient, if it is not the buyer.
    #[serde(default)]
    recipient: Option<Recipient>,
    /// The person who orders; required for guests and when an officer orders for someone else, else taken from the
    /// account.
    #[serde(default)]
    contact: Option<OrderContact>,
    /// A note for the groups.
    #[serde(default)]
    #[schema(max_length = 500, example = "Tolong diantar sebelum jam 10.")]
    note: Option<String>,
    /// The channel. Officers who order for someone else send `whatsapp`, `phone` or `walk_in`.
    #[serde(default)]
    channel: Option<Channel>,
    /// The total that was shown to the buyer.
    expected_total: Rupiah,
}

impl Validate for PlaceOrder {
    fn validate(&self, errors: &mut FieldErrors) {
        check_lines(&self.lines, errors);
        self.delivery.validate(errors);
        if let Some(contact) = &self.contact {
            check_contact(contact, false, errors);
        }
        if let Some(recipient) = &self.recipient {
            check_recipient(recipient, errors);
        }
        if let Some(note) = &self.note {
            errors.check_text("/note", note, 0..=500);
        }
        // Consignment sales are recorded by counts.
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

/// The caller who places an order, and how.
#[derive(Debug, Clone)]
struct OrderingCaller {
    account: Option<AccountId>,
    is_assisted: bool,
    channel: Channel,
}

impl OrderingCaller {
    fn of(roles: &Roles, order: &PlaceOrder) -> Self {
        let usual = if roles.account.is_some() { Channel::App } else { Channel::Web };
        let channel = order.channel.unwrap_or(usual);
        OrderingCaller { account: roles.account, is_assisted: channel.is_assisted(), channel }
    }

    fn demand_source(&self, signer: &Signer, order: &PlaceOrder) -> DemandSource {
        let contact = order.contact.as_ref().and_then(|contact| {
            contact.phone.as_ref().map(|phone| phone.as_str().to_owned()).or_else(|| contact.email.clone())
        });
        match (self.account, contact) {
            (Some(account), _) if !self.is_assisted => DemandSource::Account(account),
            (_, Some(contact)) => DemandSource::contact(signer, &contact),
            (Some(_), None) => DemandSource::Reported,
            (None, None) => DemandSource::Anonymous,
        }
    }
}

/// Places an order with any number of groups: everything is claimed and recorded in one transaction, or nothing.
#[utoipa::path(
    post, path = "/v1/orders",
    params(("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "Placed", body = OrderView),
        (status = 200, description = "The same order with the same id was placed before: as it is now", body = OrderView),
        (status = 409, description = "`sold-out` with `available`, `total-changed` with the new `quote`, `cutoff-passed`, `not-on-sale`, `id-taken`"),
    ),
)]
async fn place_order(
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: OptionalCaller,
    language: Language,
    key: IdempotencyKey,
    body: Body<PlaceOrder>,
) -> Result<ApiResponse, Problem> {
    let key = key.required()?;
    let (now, settings, roles, order) = (state.now(), **settings, caller.roles, body.value);
    let caller = OrderingCaller::of(&roles, &order);
    check_permission(&state, &roles, &caller, &order).await?;
    let (basket, source, is_assisted) =
        (order.basket(), caller.demand_source(&state.signer, &order), caller.is_assisted);
    let scope = caller.account.map_or_else(Scope::guest, Scope::account);
    let placement = OrderPlacement {
        settings,
        roles,
        caller,
        order,
        language,
        scope: scope.clone(),
        fingerprint: body.fingerprint.clone(),
    };
    let response = key.once(&state.db, now, scope, body.fingerprint, move |tx| placement.place_once(tx, now)).await;
    if let Err(problem) = &response
        && problem.code().status() == StatusCode::CONFLICT
    {
        record_unmet(&state, settings, basket, source).await;
    }
    response.map(|response| with_tracking_link(response, &state, is_assisted))
}

/// Adds the tracking link to the response for an order without an account. The link is computed again for a replay, so
/// no secret is stored with the response.
fn with_tracking_link(response: ApiResponse, state: &AppState, is_assisted: bool) -> ApiResponse {
    #[derive(Deserialize)]
    struct Placed {
        id: OrderId,
        buyer: Option<AccountId>,
    }

    match response.parse::<Placed>() {
        Some(Placed { id, buyer: None }) => {
            let link = TrackView::of(track::tracking_secret(&state.signer, id), &state.public_url);
            let response = response.with_member("track", &link).no_store();
            if is_assisted { response } else { response.with_location(format!("/v1/track/{}", link.secret)) }
        }
        _ => response,
    }
}

/// Checks that guests give their contact, and that only officers of a group in the order, or the board, order for
/// someone else.
async fn check_permission(
    state: &AppState,
    roles: &Roles,
    caller: &OrderingCaller,
    order: &PlaceOrder,
) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    if caller.account.is_none() || caller.is_assisted {
        match &order.contact {
            Some(contact) => check_contact(contact, !caller.is_assisted, &mut errors),
            None => errors.add("/contact", FieldError::Required),
        }
    }
    errors.into_result()?;
    if !caller.is_assisted && order.delivery.fee.is_none() {
        return Ok(());
    }
    if caller.account.is_none() {
        return Err(Problem::new(Code::Unauthenticated));
    }
    if roles.has_office(Office::Board, order.cooperative) {
        return Ok(());
    }
    let products: Vec<ProductId> = order.lines.iter().map(|line| line.product).collect();
    let products = state
        .db
        .read(move |conn: &mut Conn| catalogue::find_many_of_any_status(conn, &products))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    if products.iter().any(|product| roles.is_officer_of_group(product.group)) {
        Ok(())
    } else {
        Err(Problem::new(Code::Forbidden))
    }
}

/// The validated request of one order, processed inside its transaction.
struct OrderPlacement {
    settings: Settings,
    roles: Roles,
    caller: OrderingCaller,
    order: PlaceOrder,
    language: Language,
    scope: Scope,
    fingerprint: crate::web::Fingerprint,
}

impl OrderPlacement {
    fn place_once(&self, tx: &mut Tx<'_>, now: Instant) -> Result<ApiResponse, LocalizedPlaceError> {
        let id = match self.order.id {
            None => tx.id(now),
            Some(id) => match reserve_client_id(tx, now, id, &self.scope, &self.fingerprint)? {
                Reservation::New => id,
                Reservation::Repeated => return self.respond_with_existing(tx, now, id),
            },
        };
        let new_order = self.new_order(tx, id)?;
        let whole = place(tx, now, &self.settings, &new_order)
            .map_err(|error| LocalizedPlaceError::Place(error, self.language))?;
        Ok(self.response(&whole, now, ApiResponse::created))
    }

    fn respond_with_existing(
        &self,
        tx: &mut Tx<'_>,
        now: Instant,
        id: OrderId,
    ) -> Result<ApiResponse, LocalizedPlaceError> {
        let order = store::find_order(tx, id)?.ok_or(diesel::result::Error::NotFound).map_err(db::Error::from)?;
        let whole = store::load_with_fulfilments(tx, order)?;
        Ok(self.response(&whole, now, |_: String, view: &OrderView| ApiResponse::ok(view)))
    }

    fn new_order(&self, tx: &mut Tx<'_>, id: OrderId) -> Result<NewOrder, LocalizedPlaceError> {
        let (order, caller) = (&self.order, &self.caller);
        let buyer = caller.account.filter(|_| !caller.is_assisted);
        let person = buyer.map(|account| store::find_account_contact(tx, account)).transpose()?.flatten();
        let locale = person.as_ref().map_or(self.language, |(_, _, _, locale)| *locale);
        let contact =
            order.contact.clone().or_else(|| person.map(|(name, phone, email, _)| OrderContact { name, phone, email }));
        Ok(NewOrder {
            id,
            basket: order.basket(),
            buyer,
            captured_by: caller.account.filter(|_| caller.is_assisted),
            channel: caller.channel,
            contact: contact.unwrap_or(OrderContact { name: String::new(), phone: None, email: None }),
            recipient: order.recipient.clone(),
            note: order.note.clone(),
            locale,
            expected_total: Some(order.expected_total),
            promised: false,
        })
    }

    fn response(
        &self,
        whole: &OrderWithFulfilments,
        now: Instant,
        status: impl Fn(String, &OrderView) -> ApiResponse,
    ) -> ApiResponse {
        let id = whole.order.id;
        let by_secret = whole.order.buyer.is_none();
        let viewer = Viewer { roles: self.roles.clone(), secret: by_secret && !self.caller.is_assisted };
        let Some(view) = OrderView::of(whole, &viewer, &self.settings, now) else { return ApiResponse::no_content() };
        status(format!("/v1/orders/{id}"), &view).with_version(whole.order.version).about_subject(id)
    }
}
