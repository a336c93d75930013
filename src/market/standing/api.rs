//! The routes of standing orders: for their buyers, and what groups see of them.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::change::{Change, change};
use super::commitments::{Commitment, commitments};
use super::confirm::confirm;
use super::occurrence::{Occurrence, OccurrenceStatus, Shortfall};
use super::skip::{skip, unskip};
use super::standing_order::{StandingAction, StandingLine, StandingOrder, StandingStatus};
use super::step::step;
use super::store;
use super::subscribe::{LineWanted, Subscribing, subscribe};
use crate::accounts::SignedIn;
use crate::cooperatives::{self, Insider};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId, MarketDayId, OrderId, ProductId, StandingOrderId};
use crate::kernel::{Day, Duration, Instant, Quantity, Weekdays};
use crate::market::Settings;
use crate::orders::{self, DeliveryWish};
use crate::web::creation::is_repeated;
use crate::web::{
    Answer, Body, Checked, Code, Fault, Faults, Idempotency, IfMatch, Page, Paging, Patch, PathIds, Problem, Query,
    Routes, Site, routes,
};

/// The routes of standing orders.
pub fn routes() -> Routes {
    routes![
        list_standing_orders,
        make_standing_order,
        show_standing_order,
        change_standing_order,
        step_standing_order,
        skip_day,
        unskip_day,
        list_occurrences,
        confirm_occurrence,
        list_commitments
    ]
}

/// One product that is wanted each time.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct StandingLineWish {
    /// Which product.
    product: ProductId,
    /// How much.
    #[schema(example = 20)]
    quantity: Quantity,
    /// Less than this is of no use; all or nothing when left out.
    #[schema(example = 15)]
    at_least: Option<Quantity>,
}

impl From<&StandingLineWish> for LineWanted {
    fn from(line: &StandingLineWish) -> Self {
        LineWanted { product: line.product, quantity: line.quantity, at_least: line.at_least }
    }
}

/// A standing order to be: on weekdays every n weeks, or on every market day.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cooperative": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11",
    "lines": [{"product": "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11", "quantity": 20, "at_least": 15}],
    "weekdays": ["friday"], "delivery": {"kind": "pickup"},
}))]
struct MakeStandingOrder {
    /// Its id, when the client makes it.
    #[schema(nullable = false)]
    id: Option<StandingOrderId>,
    /// Of which cooperative.
    cooperative: CooperativeId,
    /// What is wanted each time.
    #[schema(min_items = 1, max_items = 20)]
    lines: Vec<StandingLineWish>,
    /// On which weekdays.
    weekdays: Option<Weekdays>,
    /// Every how many weeks, counted from the week of its first day; 1 when left out.
    #[schema(minimum = 1, maximum = 8)]
    every_weeks: Option<i32>,
    /// Instead of weekdays: on every market day of the cooperative.
    every_market_day: Option<bool>,
    /// The first day on which it may come round; today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    starts_on: Option<Day>,
    /// The last one.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// Whether it is confirmed each time: silence then means no.
    confirms_first: Option<bool>,
    /// How its goods reach the buyer; fetched when left out.
    delivery: Option<DeliveryWish>,
    /// What the buyer wants known.
    #[schema(max_length = 500)]
    note: Option<String>,
}

fn check_note(note: Option<&String>, faults: &mut Faults) {
    if let Some(note) = note {
        faults.text("/note", note, 0..=500);
    }
}

impl Checked for MakeStandingOrder {
    fn check(&self, faults: &mut Faults) {
        faults.length("/lines", self.lines.len(), 1..=super::subscribe::MOST_LINES);
        check_note(self.note.as_ref(), faults);
        if let Some(delivery) = &self.delivery {
            faults.unless(delivery.fee.is_none(), "/delivery/fee", Fault::Unknown);
        }
    }
}

/// What changes about a standing order, from the next time on that is not too late.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2027-03-31"}))]
struct ChangeStandingOrder {
    /// What is wanted each time.
    #[serde(default)]
    #[schema(value_type = Option<Vec<StandingLineWish>>, min_items = 1, max_items = 20)]
    lines: Patch<Vec<StandingLineWish>>,
    /// On which weekdays.
    #[serde(default)]
    #[schema(value_type = Option<Weekdays>)]
    weekdays: Patch<Weekdays>,
    /// Every how many weeks.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 8)]
    every_weeks: Patch<i32>,
    /// The last day on which it may come round; null when it goes on.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Patch<Day>,
    /// Whether it is confirmed each time.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    confirms_first: Patch<bool>,
    /// How its goods reach the buyer.
    #[serde(default)]
    #[schema(value_type = Option<DeliveryWish>)]
    delivery: Patch<DeliveryWish>,
    /// What the buyer wants known.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    note: Patch<String>,
}

impl Checked for ChangeStandingOrder {
    fn check(&self, faults: &mut Faults) {
        check_note(self.note.value(), faults);
        let never_null = [
            ("/lines", self.lines.is_null()),
            ("/weekdays", self.weekdays.is_null()),
            ("/every_weeks", self.every_weeks.is_null()),
            ("/confirms_first", self.confirms_first.is_null()),
            ("/delivery", self.delivery.is_null()),
        ];
        for (pointer, is_null) in never_null {
            faults.unless(!is_null, pointer, Fault::Required);
        }
        if let Some(lines) = self.lines.value() {
            faults.length("/lines", lines.len(), 1..=super::subscribe::MOST_LINES);
        }
    }
}

/// A standing order, as its buyer sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StandingOrderView {
    id: StandingOrderId,
    cooperative: CooperativeId,
    status: StandingStatus,
    /// Whether it is paused because its groups sell nothing at present.
    paused_by_group: bool,
    /// The day on which it comes round again.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-20")]
    paused_until: Option<Day>,
    /// What is wanted each time.
    #[schema(max_items = 20)]
    lines: Vec<StandingLineView>,
    every_market_day: bool,
    weekdays: Weekdays,
    #[schema(minimum = 1, maximum = 8, example = 1)]
    every_weeks: i32,
    #[schema(value_type = String, format = Date, example = "2026-11-23")]
    starts_on: Day,
    #[schema(value_type = Option<String>, format = Date, example = "2027-03-31")]
    ends_on: Option<Day>,
    /// Days that are left out.
    #[schema(value_type = Vec<String>, max_items = 100, example = json!(["2026-12-25"]))]
    skipped: Vec<Day>,
    confirms_first: bool,
    delivery: DeliveryWish,
    #[schema(max_length = 500)]
    note: Option<String>,
    /// What its buyer can do with it.
    #[schema(max_items = 3)]
    actions: Vec<StandingAction>,
    created_at: Instant,
    /// Counts its changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
    version: i64,
}

/// One product of a standing order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StandingLineView {
    product: ProductId,
    group: GroupId,
    #[schema(example = 20)]
    quantity: Quantity,
    #[schema(example = 15)]
    at_least: Quantity,
}

impl StandingOrderView {
    fn of(it: &StandingOrder, lines: &[StandingLine]) -> Self {
        StandingOrderView {
            id: it.id,
            cooperative: it.cooperative,
            status: it.status,
            paused_by_group: it.paused_by_group,
            paused_until: it.paused_until,
            lines: lines
                .iter()
                .map(|line| StandingLineView {
                    product: line.product,
                    group: line.group,
                    quantity: line.quantity,
                    at_least: line.at_least,
                })
                .collect(),
            every_market_day: it.every_market_day,
            weekdays: it.weekdays,
            every_weeks: it.every_weeks,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            skipped: it.skipped().into_iter().collect(),
            confirms_first: it.confirms_first,
            delivery: it.delivery(),
            note: it.note.clone(),
            actions: it.actions(),
            created_at: it.created_at,
            version: it.version,
        }
    }
}

/// What came of a standing order on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OccurrenceView {
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    due_on: Day,
    market_day: Option<MarketDayId>,
    status: OccurrenceStatus,
    order: Option<OrderId>,
    /// What it did not get, and why.
    #[schema(max_items = 20)]
    shortfalls: Vec<Shortfall>,
    /// By when its buyer confirms it; silence then means no.
    confirm_by: Option<Instant>,
    confirmed_at: Option<Instant>,
    recorded_at: Instant,
}

impl From<&Occurrence> for OccurrenceView {
    fn from(it: &Occurrence) -> Self {
        OccurrenceView {
            due_on: it.due_on,
            market_day: it.market_day,
            status: it.status,
            order: it.order,
            shortfalls: it.shortfalls(),
            confirm_by: it.confirm_by,
            confirmed_at: it.confirmed_at,
            recorded_at: it.recorded_at,
        }
    }
}

fn answer(it: &StandingOrder, lines: &[StandingLine]) -> Answer {
    Answer::ok(&StandingOrderView::of(it, lines)).version(it.version)
}

/// Make a standing order
///
/// It claims before anyone else: for a market day when that opens, for daily goods a day before the day is open to
/// everyone. Each time it gives at most one order, or a reason why not.
#[utoipa::path(
    post, path = "/v1/standing_orders", tag = "market", operation_id = "make_standing_order",
    params(("Idempotency-Key" = String, Header)),
    request_body = MakeStandingOrder,
    responses(
        (status = 201, description = "Made", body = StandingOrderView),
        (status = 200, description = "Made before by the same request", body = StandingOrderView),
    ),
    security(("bearer" = [])),
)]
async fn make_standing_order(
    site: Data<Site>,
    person: SignedIn,
    key: Idempotency,
    body: Body<MakeStandingOrder>,
) -> Result<Answer, Problem> {
    let (now, scope, asked, print) = (site.now(), person.scope(), body.value, body.fingerprint.clone());
    let new = Subscribing {
        id: asked.id,
        cooperative: asked.cooperative,
        lines: asked.lines.iter().map(LineWanted::from).collect(),
        every_market_day: asked.every_market_day.unwrap_or(false),
        weekdays: asked.weekdays.unwrap_or(Weekdays::NONE),
        every_weeks: asked.every_weeks.unwrap_or(1),
        starts_on: asked.starts_on,
        ends_on: asked.ends_on,
        confirms_first: asked.confirms_first.unwrap_or(false),
        delivery: asked.delivery.clone().unwrap_or_else(DeliveryWish::pickup),
        note: asked.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
    };
    key.required()?
        .once(&site.db, now, scope.clone(), body.fingerprint, move |tx| {
            if is_repeated(tx, now, new.id, &scope, &print)?
                && let Some(id) = new.id
            {
                let it = store::standing_order(tx, id)?.ok_or_else(Problem::not_found)?;
                let lines = store::lines_of(tx, id)?;
                return Ok::<_, Problem>(answer(&it, &lines));
            }
            let (it, lines) = subscribe(tx, now, person.account, &new)?;
            let view = StandingOrderView::of(&it, &lines);
            Ok(Answer::created(format!("/v1/standing_orders/{}", it.id), &view).version(it.version))
        })
        .await
}

/// Which page.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOf {
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List one's standing orders
///
/// The latest first.
#[utoipa::path(
    get, path = "/v1/standing_orders", tag = "market", operation_id = "list_standing_orders",
    params(PageOf),
    responses((status = 200, description = "A page of standing orders", body = Page<StandingOrderView>)),
    security(("bearer" = [])),
)]
async fn list_standing_orders(
    site: Data<Site>,
    person: SignedIn,
    request: HttpRequest,
    Query(PageOf { cursor, limit }): Query<PageOf>,
) -> Result<Answer, Problem> {
    let list = format!("standing orders {}", person.account);
    let paging = Paging::<(Instant, StandingOrderId)>::read(&site.sealer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = site
        .db
        .read::<_, Problem, _>(move |conn| {
            let mut found = Vec::new();
            for it in store::of_buyer(conn, person.account, after, rows)? {
                let lines = store::lines_of(conn, it.id)?;
                found.push((it, lines));
            }
            Ok(found)
        })
        .await?;
    let page = paging.page(
        &site.sealer,
        found,
        |(it, _)| (it.created_at, it.id),
        |(it, lines)| StandingOrderView::of(&it, &lines),
    );
    Ok(page.answer(request.path(), request.query_string()))
}

/// The caller's own standing order.
fn own(conn: &mut Conn, person: &SignedIn, id: StandingOrderId) -> Result<StandingOrder, Problem> {
    store::standing_order(conn, id)?.filter(|it| it.buyer == person.account).ok_or_else(Problem::not_found)
}

/// Show a standing order
#[utoipa::path(
    get, path = "/v1/standing_orders/{id}", tag = "market", operation_id = "show_standing_order",
    params(("id" = StandingOrderId, Path, description = "The standing order")),
    responses((status = 200, description = "The standing order", body = StandingOrderView)),
    security(("bearer" = [])),
)]
async fn show_standing_order(
    site: Data<Site>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
) -> Result<Answer, Problem> {
    site.db
        .read::<_, Problem, _>(move |conn| {
            let it = own(conn, &person, id.0)?;
            let lines = store::lines_of(conn, id.0)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// Change a standing order
///
/// From the next time on: what it has claimed ahead is claimed anew, as far as its order may still be cancelled and nothing
/// was paid for it.
#[utoipa::path(
    patch, path = "/v1/standing_orders/{id}", tag = "market", operation_id = "change_standing_order",
    params(("id" = StandingOrderId, Path, description = "The standing order")),
    request_body(content = ChangeStandingOrder, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The standing order as it is now", body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: it is over"),
    ),
    security(("bearer" = [])),
)]
async fn change_standing_order(
    site: Data<Site>,
    orders: Data<orders::Settings>,
    settings: Data<Settings>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    version: IfMatch,
    body: Body<ChangeStandingOrder>,
) -> Result<Answer, Problem> {
    let (now, version, asked, id) = (site.now(), version.required()?, body.value, id.0);
    let (orders, settings) = (**orders, **settings);
    let wanted = Change {
        lines: asked.lines.value().map(|lines| lines.iter().map(LineWanted::from).collect()),
        weekdays: asked.weekdays.value().copied(),
        every_weeks: asked.every_weeks.value().copied(),
        ends_on: asked.ends_on,
        confirms_first: asked.confirms_first.value().copied(),
        delivery: asked.delivery.value().cloned(),
        note: asked.note,
    };
    site.db
        .write::<_, Problem, _>(move |tx| {
            let (it, lines) = change(tx, now, (&orders, &settings), person.account, id, version, &wanted)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// A step of a standing order.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action": "pause", "until": "2026-12-20"}))]
struct StepStandingOrder {
    /// Which step.
    action: StandingAction,
    /// For `pause`: the day on which it comes round again.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
}

impl Checked for StepStandingOrder {
    fn check(&self, faults: &mut Faults) {
        faults.unless(self.until.is_none() || self.action == StandingAction::Pause, "/until", Fault::Unknown);
    }
}

/// Pause, resume or end a standing order
///
/// What it has claimed ahead for days on which it does not come round any more is taken back, as far as that is free.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/transitions", tag = "market", operation_id = "step_standing_order",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = StepStandingOrder,
    responses(
        (status = 200, description = "The standing order as it is now", body = StandingOrderView),
        (status = 409, description = "`transition-invalid`: it does not take this step now"),
    ),
    security(("bearer" = [])),
)]
async fn step_standing_order(
    site: Data<Site>,
    orders: Data<orders::Settings>,
    settings: Data<Settings>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    seen: IfMatch,
    key: Idempotency,
    body: Body<StepStandingOrder>,
) -> Result<Answer, Problem> {
    let (now, scope, asked, id) = (site.now(), person.scope(), body.value, id.0);
    let (orders, settings) = (**orders, **settings);
    key.required()?
        .once(&site.db, now, scope, body.fingerprint, move |tx| {
            let wanted = (asked.action, asked.until);
            let it = step(tx, now, (&orders, &settings), person.account, id, wanted, seen.sent())?;
            let lines = store::lines_of(tx, id)?;
            Ok::<_, Problem>(answer(&it, &lines))
        })
        .await
}

/// Leave out a day
///
/// Its order, when there is one, is cancelled.
#[utoipa::path(
    put, path = "/v1/standing_orders/{id}/skips/{day}", tag = "market", operation_id = "skip_day",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("day" = String, Path, description = "The day", format = Date, max_length = 10),
    ),
    responses(
        (status = 200, description = "The standing order as it is now", body = StandingOrderView),
        (status = 409, description = "`cancel-too-late`: its order can no longer be cancelled"),
        (status = 422, description = "The day is over"),
    ),
    security(("bearer" = [])),
)]
async fn skip_day(site: Data<Site>, person: SignedIn, ids: PathIds<(StandingOrderId, Day)>) -> Result<Answer, Problem> {
    let (now, (id, day)) = (site.now(), ids.0);
    site.db
        .write::<_, Problem, _>(move |tx| {
            let it = skip(tx, now, person.account, id, day)?;
            let lines = store::lines_of(tx, id)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// Do not leave out a day after all
///
/// It claims for that day anew, as of now.
#[utoipa::path(
    delete, path = "/v1/standing_orders/{id}/skips/{day}", tag = "market", operation_id = "unskip_day",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("day" = String, Path, description = "The day", format = Date, max_length = 10),
    ),
    responses((status = 200, description = "The standing order as it is now", body = StandingOrderView)),
    security(("bearer" = [])),
)]
async fn unskip_day(
    site: Data<Site>,
    orders: Data<orders::Settings>,
    settings: Data<Settings>,
    person: SignedIn,
    ids: PathIds<(StandingOrderId, Day)>,
) -> Result<Answer, Problem> {
    let (now, (id, day), orders, settings) = (site.now(), ids.0, **orders, **settings);
    site.db
        .write::<_, Problem, _>(move |tx| {
            let it = unskip(tx, now, (&orders, &settings), person.account, id, day)?;
            let lines = store::lines_of(tx, id)?;
            Ok(answer(&it, &lines))
        })
        .await
}

/// List the days of a standing order
///
/// What came of each day on which it came round, the latest first: its order, or why there is less or none.
#[utoipa::path(
    get, path = "/v1/standing_orders/{id}/occurrences", tag = "market", operation_id = "list_occurrences",
    params(("id" = StandingOrderId, Path, description = "The standing order"), PageOf),
    responses((status = 200, description = "A page of days", body = Page<OccurrenceView>)),
    security(("bearer" = [])),
)]
async fn list_occurrences(
    site: Data<Site>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    request: HttpRequest,
    Query(PageOf { cursor, limit }): Query<PageOf>,
) -> Result<Answer, Problem> {
    let list = format!("occurrences {}", id.0);
    let paging = Paging::<Day>::read(&site.sealer, list, limit, cursor.as_deref())?;
    let (after, rows) = (paging.after, paging.rows_to_read());
    let found = site
        .db
        .read::<_, Problem, _>(move |conn| {
            own(conn, &person, id.0)?;
            Ok(store::occurrences(conn, id.0, after, rows)?)
        })
        .await?;
    let page = paging.page(&site.sealer, found, |it| it.due_on, |it| OccurrenceView::from(&it));
    Ok(page.answer(request.path(), request.query_string()))
}

/// A day that is wanted.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2026-11-27"}))]
struct ConfirmOccurrence {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Day,
}

impl Checked for ConfirmOccurrence {
    fn check(&self, _: &mut Faults) {}
}

/// Confirm a day
///
/// For standing orders that are confirmed each time.
#[utoipa::path(
    post, path = "/v1/standing_orders/{id}/confirmations", tag = "market", operation_id = "confirm_occurrence",
    params(
        ("id" = StandingOrderId, Path, description = "The standing order"),
        ("Idempotency-Key" = String, Header),
    ),
    request_body = ConfirmOccurrence,
    responses(
        (status = 200, description = "The day as it is now", body = OccurrenceView),
        (status = 409, description = "`transition-invalid`: there is nothing to confirm, or no more"),
    ),
    security(("bearer" = [])),
)]
async fn confirm_occurrence(
    site: Data<Site>,
    person: SignedIn,
    id: PathIds<StandingOrderId>,
    key: Idempotency,
    body: Body<ConfirmOccurrence>,
) -> Result<Answer, Problem> {
    let (now, scope, day, id) = (site.now(), person.scope(), body.value.day, id.0);
    key.required()?
        .once(&site.db, now, scope, body.fingerprint, move |tx| {
            let confirmed = confirm(tx, now, person.account, id, day)?;
            Ok::<_, Problem>(Answer::ok(&OccurrenceView::from(&confirmed)))
        })
        .await
}

/// From which day to which.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The first day; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The last day; a fortnight on when left out.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

/// What standing orders hold of a product on one day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CommitmentView {
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Day,
    product: ProductId,
    /// How much.
    #[schema(example = 60)]
    quantity: Quantity,
    /// From how many orders.
    #[schema(minimum = 1, maximum = 100_000, example = 3)]
    orders: usize,
}

impl From<Commitment> for CommitmentView {
    fn from(it: Commitment) -> Self {
        CommitmentView { day: it.day, product: it.product, quantity: it.quantity, orders: it.orders }
    }
}

/// List what standing orders hold
///
/// What a group has committed for each day ahead; for its members and the offices of its cooperative.
#[utoipa::path(
    get, path = "/v1/groups/{id}/commitments", tag = "market", operation_id = "list_commitments",
    params(("id" = GroupId, Path, description = "The group"), Window),
    responses((status = 200, description = "All on one page", body = Page<CommitmentView>)),
    security(("bearer" = [])),
)]
async fn list_commitments(
    site: Data<Site>,
    insider: Insider,
    id: PathIds<GroupId>,
    Query(Window { from, to }): Query<Window>,
) -> Result<Answer, Problem> {
    let now = site.now();
    let data = site
        .db
        .read::<_, Problem, _>(move |conn| {
            let group = cooperatives::find_group(conn, id.0)?.ok_or_else(Problem::not_found)?;
            if !insider.standing.is_inside(&group) {
                return Err(Problem::not_found());
            }
            let cooperative = cooperatives::find_cooperative(conn, group.cooperative_id)?;
            let today = cooperative.ok_or_else(Problem::not_found)?.zone.day_of(now);
            let from = from.unwrap_or(today);
            let to = to.unwrap_or_else(|| from.checked_add_signed(Duration::days(13)).unwrap_or(from));
            let days = to.signed_duration_since(from).num_days();
            if !(0..=60).contains(&days) {
                let faults = Faults::one("/to", Fault::OutOfRange(0, 60));
                return Err(Problem::new(Code::QueryInvalid).with_faults(faults));
            }
            let held = commitments(conn, id.0, from, to)?;
            Ok(held.into_iter().map(CommitmentView::from).collect::<Vec<_>>())
        })
        .await?;
    Ok(Answer::ok(&Page { data, next: None }))
}
