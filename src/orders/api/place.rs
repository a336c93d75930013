//! The route for placing orders.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::quotes::record_unmet;
use super::views::{OrderView, TrackView};
use crate::catalogue;
use crate::cooperatives::{AccessError, Office, OptionalCaller, Roles};
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Language, Rupiah};
use crate::orders::access::Viewer;
use crate::orders::basket::{AgreedTerms, Basket, BasketLine, check_lines};
use crate::orders::contact::{OrderContact, Recipient, check_contact, check_recipient};
use crate::orders::delivery::DeliveryChoice;
use crate::orders::error::place_problem;
use crate::orders::order::{Channel, NewOrder};
use crate::orders::place::place;
use crate::orders::privacy::find_contact;
use crate::orders::settings::Settings;
use crate::orders::{store, track};
use crate::supply::DemandSource;
use crate::web::client_ids::ClientId;
use crate::web::{
    ApiResponse, AppState, Code, FieldError, FieldErrors, IdempotencyScope, KeyRequired, Problem, Routes, Signer,
    Validate, Write, routes,
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
        errors.check_text("/note", &self.note, 0..=500);
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
            agreement: AgreedTerms::default(),
        }
    }

    fn demand_source(&self, signer: &Signer, account: Option<AccountId>, channel: Channel) -> DemandSource {
        let contact = self.contact.as_ref().and_then(|contact| {
            contact.phone.as_ref().map(|phone| phone.as_str().to_owned()).or_else(|| contact.email.clone())
        });
        match (account, contact) {
            (Some(account), _) if !channel.is_assisted() => DemandSource::Account(account),
            (_, Some(contact)) => DemandSource::contact(signer, &contact),
            (Some(_), None) => DemandSource::Reported,
            (None, None) => DemandSource::Anonymous,
        }
    }

    fn to_new_order(
        &self,
        conn: &mut Conn,
        id: OrderId,
        account: Option<AccountId>,
        channel: Channel,
        language: Language,
    ) -> db::Result<NewOrder> {
        let buyer = account.filter(|_| !channel.is_assisted());
        let person = buyer.map(|account| find_contact(conn, account)).transpose()?.flatten();
        let (own_contact, locale) = person.unwrap_or((OrderContact::default(), language));
        let contact = self.contact.clone().unwrap_or(own_contact);
        Ok(NewOrder {
            buyer,
            captured_by: account.filter(|_| channel.is_assisted()),
            recipient: self.recipient.clone(),
            note: self.note.clone(),
            expected_total: Some(self.expected_total),
            ..NewOrder::new(id, self.basket(), channel, contact, locale)
        })
    }
}

/// Places an order with any number of groups: everything is claimed and recorded in one transaction, or nothing.
#[utoipa::path(
    post, path = "/v1/orders",
    responses(
        (status = 201, body = OrderView),
        (status = 200, description = "The same order with the same id was placed before: as it is now", body = OrderView),
        (status = 409, description = "`sold-out` with `available`, `total-changed` with the new `quote`, `cutoff-passed`, `not-on-sale`, `id-taken`"),
    ),
)]
async fn place_order(
    call: Write<PlaceOrder, KeyRequired>,
    state: Data<AppState>,
    settings: Data<Settings>,
    caller: OptionalCaller,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let (roles, settings) = (caller.roles, **settings);
    let account = roles.account;
    let usual_channel = if account.is_some() { Channel::App } else { Channel::Web };
    let channel = call.body.channel.unwrap_or(usual_channel);
    let (basket, source) = (call.body.basket(), call.body.demand_source(&state.signer, account, channel));
    let placed = call.create_once(
        account.map_or_else(IdempotencyScope::guest, IdempotencyScope::account),
        |body| body.id,
        move |tx, now, body, client_id| {
            check_permission(tx, &roles, channel, body)?;
            let whole = match client_id {
                ClientId::Repeated(id) => store::find_with_fulfilments(tx, id)?.ok_or(AccessError::Hidden)?,
                ClientId::New(id) => {
                    let new_order = body.to_new_order(tx, id, account, channel, language)?;
                    place(tx, now, &settings, &new_order).map_err(|error| place_problem(error, language))?
                }
            };
            let (order, version) = (whole.order.id, whole.order.version);
            let is_guest = whole.order.buyer.is_none() && !channel.is_assisted();
            let viewer = Viewer { roles: roles.clone(), secret: is_guest };
            let view = OrderView::of(&whole, &viewer, &settings, now).ok_or(AccessError::Hidden)?;
            let response = client_id.respond(format!("/v1/orders/{order}"), &view);
            Ok(response.with_version(version).about_subject(order))
        },
    );
    let response = placed.await;
    if response.as_ref().is_err_and(|problem| problem.code().status() == StatusCode::CONFLICT) {
        record_unmet(&state, settings, basket, source).await;
    }
    response.map(|response| with_tracking_link(response, &state, channel))
}

/// Adds the tracking link to the response for an order without an account. The link is computed again for a replay, so
/// no secret is stored with the response.
fn with_tracking_link(response: ApiResponse, state: &AppState, channel: Channel) -> ApiResponse {
    #[derive(Deserialize)]
    struct Placed {
        id: OrderId,
        buyer: Option<AccountId>,
    }

    match response.parse::<Placed>() {
        Some(Placed { id, buyer: None }) => {
            let link = TrackView::of(track::tracking_secret(&state.signer, id), &state.public_url);
            let response = response.with_member("track", &link).no_store();
            if channel.is_assisted() { response } else { response.with_location(format!("/v1/track/{}", link.secret)) }
        }
        _ => response,
    }
}

/// Checks that guests give their contact, and that only officers of a group in the order, or the board, order for
/// someone else.
fn check_permission(conn: &mut Conn, roles: &Roles, channel: Channel, order: &PlaceOrder) -> Result<(), Problem> {
    let is_assisted = channel.is_assisted();
    let mut errors = FieldErrors::default();
    if roles.account.is_none() || is_assisted {
        match &order.contact {
            Some(contact) => check_contact(contact, !is_assisted, &mut errors),
            None => errors.add("/contact", FieldError::Required),
        }
    }
    errors.into_result()?;
    if !is_assisted && order.delivery.fee.is_none() {
        return Ok(());
    }
    if roles.account.is_none() {
        return Err(Problem::new(Code::Unauthenticated));
    }
    let products: Vec<ProductId> = order.lines.iter().map(|line| line.product).collect();
    let is_allowed = roles.has_office(Office::Board, order.cooperative)
        || catalogue::find_many_of_any_status(conn, &products)?
            .iter()
            .any(|product| roles.is_officer_of_group(product.group));
    Ok(AccessError::forbid_unless(is_allowed)?)
}
