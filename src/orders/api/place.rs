//! Placing an order.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::quotes::remember;
use super::views::{OrderView, TrackView};
use crate::catalogue;
use crate::cooperatives::{Office, Onlooker, Standing};
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::{AccountId, CooperativeId, OrderId, ProductId};
use crate::kernel::{Day, Instant, Language, Rupiah};
use crate::orders::order::{Channel, Contact, Recipient, WholeOrder};
use crate::orders::place::{Placing, place};
use crate::orders::problems::SpokenPlaceError;
use crate::orders::settings::Settings;
use crate::orders::viewer::Viewer;
use crate::orders::wish::{Agreement, DeliveryWish, LineWish, Wish, check_contact, check_lines, check_recipient};
use crate::orders::{store, track};
use crate::supply::Asker;
use crate::web::creation::{Creation, reserve};
use crate::web::{
    Answer, Body, Checked, Code, Fault, Faults, Idempotency, Problem, Routes, Scope, Sealer, Site, routes,
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
    lines: Vec<LineWish>,
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

impl Checked for PlaceOrder {
    fn check(&self, faults: &mut Faults) {
        check_lines(&self.lines, faults);
        self.delivery.check(faults);
        if let Some(contact) = &self.contact {
            check_contact(contact, false, faults);
        }
        if let Some(recipient) = &self.recipient {
            check_recipient(recipient, faults);
        }
        if let Some(note) = &self.note {
            faults.text("/note", note, 0..=500);
        }
        // What outlets have sold is counted, not ordered.
        faults.unless(self.channel != Some(Channel::Consignment), "/channel", Fault::Unknown);
    }
}

impl PlaceOrder {
    fn wish(&self) -> Wish {
        Wish {
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
    fn of(standing: &Standing, order: &PlaceOrder) -> Self {
        let usual = if standing.account.is_some() { Channel::App } else { Channel::Web };
        let channel = order.channel.unwrap_or(usual);
        Caller { account: standing.account, assisted: channel.is_assisted(), channel }
    }

    fn asker(&self, sealer: &Sealer, order: &PlaceOrder) -> Asker {
        let reached = order.contact.as_ref().and_then(|contact| {
            contact.phone.as_ref().map(|phone| phone.as_str().to_owned()).or_else(|| contact.email.clone())
        });
        match (self.account, reached) {
            (Some(account), _) if !self.assisted => Asker::Account(account),
            (_, Some(reached)) => Asker::contact(sealer, &reached),
            (Some(_), None) => Asker::Heard,
            (None, None) => Asker::Anonymous,
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
    site: Data<Site>,
    settings: Data<Settings>,
    onlooker: Onlooker,
    language: Language,
    key: Idempotency,
    body: Body<PlaceOrder>,
) -> Result<Answer, Problem> {
    let key = key.required()?;
    let (now, settings, standing, order) = (site.now(), **settings, onlooker.standing, body.value);
    let caller = Caller::of(&standing, &order);
    may_place(&site, &standing, &caller, &order).await?;
    let (wish, asker, assisted) = (order.wish(), caller.asker(&site.sealer, &order), caller.assisted);
    let scope = caller.account.map_or_else(Scope::guest, Scope::account);
    let desk = Desk {
        settings,
        standing,
        caller,
        order,
        language,
        scope: scope.clone(),
        fingerprint: body.fingerprint.clone(),
    };
    let answer = key.once(&site.db, now, scope, body.fingerprint, move |tx| desk.serve(tx, now)).await;
    if let Err(problem) = &answer
        && problem.code().status() == StatusCode::CONFLICT
    {
        remember(&site, settings, wish, asker).await;
    }
    answer.map(|answer| with_link(answer, &site, assisted))
}

/// Whoever placed an order without an account is told the link that opens it. It is made anew for a replay, so that
/// no secret is kept beside the order.
fn with_link(answer: Answer, site: &Site, assisted: bool) -> Answer {
    #[derive(Deserialize)]
    struct Placed {
        id: OrderId,
        buyer: Option<AccountId>,
    }

    match answer.told::<Placed>() {
        Some(Placed { id, buyer: None }) => {
            let link = TrackView::of(track::secret(&site.sealer, id), &site.public_url);
            let answer = answer.and_tells("track", &link).no_store();
            if assisted { answer } else { answer.lives_at(format!("/v1/track/{}", link.secret)) }
        }
        _ => answer,
    }
}

/// Guests say who they are; only officers of a group in the order, or the board, order for someone else.
async fn may_place(site: &Site, standing: &Standing, caller: &Caller, order: &PlaceOrder) -> Result<(), Problem> {
    let mut faults = Faults::default();
    if caller.account.is_none() || caller.assisted {
        match &order.contact {
            Some(contact) => check_contact(contact, !caller.assisted, &mut faults),
            None => faults.add("/contact", Fault::Required),
        }
    }
    faults.into_result()?;
    if !caller.assisted && order.delivery.fee.is_none() {
        return Ok(());
    }
    if caller.account.is_none() {
        return Err(Problem::new(Code::Unauthenticated));
    }
    if standing.holds(Office::Board, order.cooperative) {
        return Ok(());
    }
    let products: Vec<ProductId> = order.lines.iter().map(|line| line.product).collect();
    let products = site
        .db
        .read(move |conn: &mut Conn| catalogue::find_many_of_any_status(conn, &products))
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    if products.iter().any(|product| standing.is_officer_of(product.group)) {
        Ok(())
    } else {
        Err(Problem::new(Code::Forbidden))
    }
}

/// All that is needed to serve one order, inside its transaction.
struct Desk {
    settings: Settings,
    standing: Standing,
    caller: Caller,
    order: PlaceOrder,
    language: Language,
    scope: Scope,
    fingerprint: crate::web::Fingerprint,
}

impl Desk {
    fn serve(&self, tx: &mut Tx<'_>, now: Instant) -> Result<Answer, SpokenPlaceError> {
        let id = match self.order.id {
            None => tx.id(now),
            Some(id) => match reserve(tx, now, id, &self.scope, &self.fingerprint)? {
                Creation::New => id,
                Creation::Repeated => return self.again(tx, now, id),
            },
        };
        let placing = self.placing(tx, id)?;
        let whole =
            place(tx, now, &self.settings, &placing).map_err(|error| SpokenPlaceError::Place(error, self.language))?;
        Ok(self.answer(&whole, now, Answer::created))
    }

    fn again(&self, tx: &mut Tx<'_>, now: Instant, id: OrderId) -> Result<Answer, SpokenPlaceError> {
        let order = store::order(tx, id)?.ok_or(diesel::result::Error::NotFound).map_err(db::Error::from)?;
        let whole = store::whole(tx, order)?;
        Ok(self.answer(&whole, now, |_: String, view: &OrderView| Answer::ok(view)))
    }

    fn placing(&self, tx: &mut Tx<'_>, id: OrderId) -> Result<Placing, SpokenPlaceError> {
        let (order, caller) = (&self.order, &self.caller);
        let buyer = caller.account.filter(|_| !caller.assisted);
        let person = buyer.map(|account| store::person(tx, account)).transpose()?.flatten();
        let locale = person.as_ref().map_or(self.language, |(_, _, _, locale)| *locale);
        let contact =
            order.contact.clone().or_else(|| person.map(|(name, phone, email, _)| Contact { name, phone, email }));
        Ok(Placing {
            id,
            wish: order.wish(),
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

    fn answer(&self, whole: &WholeOrder, now: Instant, status: impl Fn(String, &OrderView) -> Answer) -> Answer {
        let id = whole.order.id;
        let by_secret = whole.order.buyer.is_none();
        let viewer = Viewer { standing: self.standing.clone(), secret: by_secret && !self.caller.assisted };
        let Some(view) = OrderView::of(whole, &viewer, &self.settings, now) else { return Answer::no_content() };
        status(format!("/v1/orders/{id}"), &view).version(whole.order.version).about(id)
    }
}
