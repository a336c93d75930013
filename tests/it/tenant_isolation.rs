//! References by id in bodies and filters: resources of other tenants get the same response as nonexistent ones, and
//! nothing changes.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::permissions::UNKNOWN;
use crate::world::contract::{document, operations, resolve};
use crate::world::{Client, Reply, World, diff_rows};

/// References that anyone may use: cooperatives and groups, which are public, and accounts, which belong to no tenant.
const UNRESTRICTED: [&str; 12] = [
    "create_standing_order /cooperative",
    "create_request /cooperative",
    "place_order /cooperative",
    "quote_order /cooperative",
    "list_products ?cooperative",
    "list_products ?group",
    "list_compact_products ?cooperative",
    "list_compact_products ?group",
    "list_groups ?cooperative",
    "assign_office /account",
    "propose_contract /account",
    "declare_handover /holder",
];

/// Collects the pointers of a schema at which an id is expected.
fn collect_ids(schema: &'static Value, pointer: &str, pointers: &mut BTreeSet<String>) {
    let schema = resolve(schema);
    if schema["format"] == "uuid" {
        pointers.insert(pointer.to_owned());
    }
    for variants in ["oneOf", "anyOf", "allOf"] {
        schema[variants].as_array().into_iter().flatten().for_each(|variant| collect_ids(variant, pointer, pointers));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        collect_ids(property, &format!("{pointer}/{name}"), pointers);
    }
    if schema["items"].is_object() {
        collect_ids(&schema["items"], &format!("{pointer}/0"), pointers);
    }
}

/// All references of the contract: operation and pointer. The `id` that a client generates for a new resource is not one.
fn references() -> BTreeSet<String> {
    assert!(document().is_object());
    let mut all = BTreeSet::new();
    for operation in operations() {
        let mut pointers = BTreeSet::new();
        if let Some(body) = operation.body() {
            collect_ids(body, "", &mut pointers);
        }
        for parameter in operation.parameters().filter(|parameter| parameter["in"] == "query") {
            collect_ids(&parameter["schema"], &format!("?{}", parameter["name"].as_str().unwrap()), &mut pointers);
        }
        pointers.remove("/id");
        all.extend(pointers.into_iter().map(|pointer| format!("{} {pointer}", operation.id())));
    }
    all
}

/// A call with a reference; `@` stands for the id.
struct ReferenceCall<'a> {
    reference: &'static str,
    caller: &'a Client,
    /// The `If-Match` header, for updates.
    if_match: Option<&'static str>,
    path: String,
    body: Option<Value>,
    foreign: Vec<String>,
}

impl ReferenceCall<'_> {
    async fn call(&self, id: &str) -> Reply {
        let body = self.body.as_ref().map(|body| serde_json::from_str(&body.to_string().replace('@', id)).unwrap());
        let operation_id = self.reference.split(' ').next().unwrap();
        let operation = operations().find(|operation| operation.id() == operation_id).unwrap();
        let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
        let caller = self.caller.with_new_key();
        let caller = self.if_match.map_or(caller.clone(), |version| caller.with("if-match", version));
        caller.send(method, &self.path.replace('@', id), body).await
    }
}

#[actix_web::test]
async fn references_to_resources_of_others_are_rejected() {
    let village = World::village().await;
    let (pastel, shelf) = village.create_pastel_in_stock(40).await;
    let chips = village.group_permit(&village.darsih, village.singkong_wareg);
    let neighbours = village.create_product(chips, "Keripik singkong", |_| {}).await;
    let next = lumbung::cooperatives::GroupPermit {
        cooperative: village.foreign_cooperative,
        ..village.group_permit(&village.foreign_officer, village.foreign_group)
    };
    let foreign = village.create_product(next, "Keripik pisang", |_| {}).await;
    let shelved = json!({"ready_on": "2026-11-23", "made": 40});
    let batch = |reply: Reply| reply.expect(201).id();
    let neighbours_batch =
        batch(village.darsih.with_new_key().post(&format!("/v1/products/{neighbours}/batches"), shelved.clone()).await);
    let foreign_batch =
        batch(village.foreign_officer.with_new_key().post(&format!("/v1/products/{foreign}/batches"), shelved).await);
    let member = async |officer: &Client, group: &dyn std::fmt::Display| {
        let list = officer.get(&format!("/v1/groups/{group}/members")).await.expect(200);
        list.json["data"][0]["id"].as_str().unwrap().to_owned()
    };
    let members = vec![
        member(&village.darsih, &village.singkong_wareg).await,
        member(&village.foreign_officer, &village.foreign_group).await,
    ];
    let guest = village.guest();
    let order = village.place_order(pastel, 5).await;
    let tracked =
        guest.with_new_key().post("/v1/orders", village.guest_order_body(pastel, 5, 12_500)).await.expect(201);
    let other = village.other_buyer.with_new_key().post("/v1/orders", village.order_body(pastel, 5, 12_500)).await;
    let others_payments = format!("/v1/orders/{}/payments", other.expect(201).id());
    let paid = village.treasurer.with_new_key().post(&others_payments, json!({"method": "cash"})).await.expect(201);
    let payments = vec![paid.id()];

    let (products, batches) = (vec![foreign.to_string()], vec![neighbours_batch, foreign_batch]);
    let groups_products = vec![neighbours.to_string(), foreign.to_string()];
    let group = format!("/v1/groups/{}", village.sekar_laras);
    let order_with = |place: &str, value: Value| {
        let mut body = village.order_body(pastel, 5, 12_500);
        body[place] = value;
        Some(body)
    };
    let delivered = |delivery: Value| order_with("delivery", delivery);
    let lines = |line: Value| order_with("lines", json!([line]));
    let as_quote = |mut body: Option<Value>| {
        body.as_mut().unwrap().as_object_mut().unwrap().remove("expected_total");
        body
    };
    let point = json!({"kind": "pickup", "point": "@"});
    let zone = json!({"kind": "local", "zone": "@", "address": "RT 02 RW 05"});
    let of_batch = json!({"product": pastel, "batch": "@", "quantity": 5});
    let refund = json!({"method": "cash", "purpose": "refund", "refunds": "@", "amount": 1_000});
    let request_body = |place: Value| {
        json!({
            "cooperative": village.cooperative, "words": "Pastel kecil", "quantity": 500, "needed_on": "2026-12-14",
            "place": place,
        })
    };
    let buyers =
        village.buyer.with_new_key().post("/v1/requests", request_body(json!({"kind": "pickup"}))).await.expect(201);
    let unanswered =
        village.buyer.with_new_key().post("/v1/requests", request_body(json!({"kind": "pickup"}))).await.expect(201);
    let others = village
        .other_buyer
        .with_new_key()
        .post("/v1/requests", request_body(json!({"kind": "pickup"})))
        .await
        .expect(201);
    let request = |reply: &Reply| format!("/v1/requests/{}", reply.id());
    let offered = json!({"product": pastel, "quantity": 300, "unit_price": 2_300, "ready_on": "2026-12-14"});
    let offer =
        village.sari.with_new_key().post(&format!("{}/offers", request(&buyers)), offered.clone()).await.expect(201);
    let foreign_offer =
        village.sari.with_new_key().post(&format!("{}/offers", request(&others)), offered.clone()).await;
    let foreign_offers = vec![foreign_offer.expect(201).id()];
    let mut calls = Vec::new();
    let mut add_call = |reference: &'static str, caller, path: String, body, foreign: &[String]| {
        let if_match = reference.starts_with("change_").then_some("\"1\"");
        calls.push(ReferenceCall { reference, caller, if_match, path, body, foreign: foreign.to_vec() });
    };
    for (operation, path) in [("place_order", "/v1/orders"), ("quote_order", "/v1/quotes")] {
        let buyer = &village.buyer.client;
        let references = match operation {
            "place_order" => [
                "place_order /delivery/point",
                "place_order /delivery/zone",
                "place_order /lines/0/product",
                "place_order /lines/0/batch",
            ],
            _ => [
                "quote_order /delivery/point",
                "quote_order /delivery/zone",
                "quote_order /lines/0/product",
                "quote_order /lines/0/batch",
            ],
        };
        let foreigns = [
            vec![village.foreign_pickup_point.to_string()],
            vec![village.foreign_zone.to_string()],
            products.clone(),
            batches.clone(),
        ];
        let bodies = [
            delivered(point.clone()),
            delivered(zone.clone()),
            lines(json!({"product": "@", "quantity": 5})),
            lines(of_batch.clone()),
        ];
        for ((reference, body), foreign) in references.into_iter().zip(bodies).zip(foreigns) {
            let body = if operation == "quote_order" { as_quote(body) } else { body };
            add_call(reference, buyer, path.to_owned(), body, &foreign);
        }
    }
    let treasurer = &village.treasurer.client;
    let entries = format!("/v1/cooperatives/{}/ledger/entries", village.cooperative);
    let advance = json!({"kind": "advance", "group": "@", "amount": 5_000});
    let owed = json!({"account": 1301, "debit": 5_000, "group": "@"});
    let opening = json!({"kind": "opening", "lines": [owed]});
    let sale = json!({"lines": [{"product": foreign, "quantity": 1}]});
    let sales = format!("/v1/groups/{}/sales", village.foreign_group);
    let sold = village.foreign_officer.with_new_key().post(&sales, sale).await.expect(201);
    let foreign_orders = [sold.id()];
    let foreign_groups = [village.foreign_group.to_string()];
    add_call("create_ledger_entry /group", treasurer, entries.clone(), Some(advance), &foreign_groups);
    add_call("create_ledger_entry /lines/0/group", treasurer, entries.clone(), Some(opening), &foreign_groups);
    add_call("list_ledger_entries ?group", treasurer, format!("{entries}?group=@"), None, &foreign_groups);
    let own = format!("/v1/cooperatives/{}", village.cooperative);
    let (_, line) = crate::roles::money(&village, pastel).await;
    add_call(
        "declare_handover /payments/0",
        &village.sari,
        format!("{own}/handovers"),
        Some(json!({"payments": ["@"]})),
        &payments,
    );
    let step = || format!("/v1/statement_lines/{line}/transitions");
    let matched = json!({"action": "match", "payment": "@"});
    let foreign_payments = [sold.str("payment")];
    add_call("transition_statement_line /payment", treasurer, step(), Some(matched), &foreign_payments);
    let assigned = json!({"action": "assign", "order": "@"});
    add_call("transition_statement_line /order", treasurer, step(), Some(assigned), &foreign_orders);
    let paid = json!({"group": "@", "from": "cash"});
    add_call("pay_group /group", treasurer, format!("{own}/payouts"), Some(paid), &foreign_groups);
    add_call("list_payouts ?group", treasurer, format!("{own}/payouts?group=@"), None, &foreign_groups);
    add_call("list_ledger_entries ?order", treasurer, format!("{entries}?order=@"), None, &foreign_orders);
    let sari = &village.sari.client;
    let sale = |line: Value| Some(json!({"lines": [line]}));
    add_call(
        "create_quick_sale /lines/0/product",
        sari,
        format!("{group}/sales"),
        sale(json!({"product": "@", "quantity": 5})),
        &groups_products,
    );
    add_call("create_quick_sale /lines/0/batch", sari, format!("{group}/sales"), sale(of_batch), &batches);
    let refused = json!({"product": "@", "day": "2026-11-30", "quantity": 50});
    add_call("create_unmet_demand /product", sari, format!("{group}/unmet_demand"), Some(refused), &groups_products);
    add_call("list_unmet_demand ?product", sari, format!("{group}/unmet_demand?product=@"), None, &groups_products);
    add_call("list_group_batches ?product", sari, format!("{group}/batches?product=@"), None, &groups_products);
    let invited = json!({"email": "contoh.baru@example.org", "name": "Contoh Baru", "membership": "@"});
    add_call("create_invitation /membership", sari, format!("{group}/invitations"), Some(invited), &members);
    let ingredients = format!("/v1/groups/{}/ingredients", village.foreign_group);
    let sugar = json!({"name": "Gula", "unit": "kg", "price": 15_000});
    village.foreign_officer.with_new_key().post(&ingredients, sugar).await.expect(201);
    let sugar = village.foreign_officer.get(&ingredients).await.expect(200);
    let sugar = [sugar.json["data"][0]["id"].as_str().unwrap().to_owned()];
    let recipe_body = json!({"yields": 10, "lines": [{"ingredient": "@", "quantity": 1}]});
    let recipe = format!("/v1/products/{pastel}/recipe");
    add_call("replace_recipe /lines/0/ingredient", sari, recipe, Some(recipe_body), &sugar);
    let (outlet, ..) = crate::consignment::create_counted_outlet(&village).await;
    let consignment_body = json!({"batch": "@", "quantity": 1});
    add_call(
        "deliver_consignment /batch",
        sari,
        format!("/v1/outlets/{outlet}/consignments"),
        Some(consignment_body),
        &batches,
    );
    let outlet_body = json!({"name": "Warung Contoh Seberang", "cut_percent": 0, "settle_days": 7});
    let outlets = format!("/v1/cooperatives/{}/outlets", village.foreign_cooperative);
    let outlet_body = village.foreign_board.with_new_key().post(&outlets, outlet_body).await.expect(201);
    add_call("list_ledger_entries ?outlet", treasurer, format!("{entries}?outlet=@"), None, &[outlet_body.id()]);
    let consignment_body = json!({"batch": batches[0], "quantity": 1});
    let consignments_path = format!("/v1/outlets/{outlet}/consignments");
    let neighbours_goods =
        village.darsih.with_new_key().post(&consignments_path, consignment_body).await.expect(201).id();
    let counts = format!("/v1/outlets/{outlet}/counts");
    let count_body =
        |group: &str, consignment: &str| json!({"group": group, "lines": [{"consignment": consignment, "on_hand": 0}]});
    let own_group = village.sekar_laras.to_string();
    add_call(
        "create_outlet_count /group",
        sari,
        counts.clone(),
        Some(count_body("@", &neighbours_goods)),
        &foreign_groups,
    );
    add_call(
        "create_outlet_count /lines/0/consignment",
        sari,
        counts,
        Some(count_body(&own_group, "@")),
        &[neighbours_goods],
    );
    let receipt_body = json!({"membership": "@", "what": "Gula", "amount": 5_000});
    add_call(
        "create_ingredient_receipt /membership",
        sari,
        format!("{group}/ingredient_receipts"),
        Some(receipt_body),
        &members,
    );
    let contribution_body = json!({"membership": "@", "kind": "pieces", "amount": 4});
    add_call(
        "create_contribution /membership",
        sari,
        format!("/v1/batches/{shelf}/contributions"),
        Some(contribution_body),
        &members,
    );
    let own_payments = format!("/v1/orders/{}/payments", order.id());
    add_call("record_payment /refunds", &village.treasurer, own_payments, Some(refund.clone()), &payments);
    let credit = json!({"method": "credit", "from": "@"});
    let own_payments = format!("/v1/orders/{}/payments", order.id());
    add_call("record_payment /from", &village.buyer, own_payments, Some(credit.clone()), &foreign_orders);
    let track = format!("/v1/track/{}/payments", tracked.json["track"]["secret"].as_str().unwrap());
    add_call("record_tracked_payment /refunds", &guest, track.clone(), Some(refund), &payments);
    add_call("record_tracked_payment /from", &guest, track, Some(credit), &foreign_orders);

    let buyer = &village.buyer.client;
    let with_product = |mut body: Value| {
        body["product"] = json!("@");
        Some(body)
    };
    let new_path = || "/v1/requests".to_owned();
    let at_zone = json!({"kind": "local", "zone": "@"});
    let (points, zones) = ([village.foreign_pickup_point.to_string()], [village.foreign_zone.to_string()]);
    add_call(
        "create_request /product",
        buyer,
        new_path(),
        with_product(request_body(json!({"kind": "pickup"}))),
        &products,
    );
    add_call("create_request /place/point", buyer, new_path(), Some(request_body(point.clone())), &points);
    add_call("create_request /place/zone", buyer, new_path(), Some(request_body(at_zone.clone())), &zones);
    let own = request(&unanswered);
    add_call("update_request /place/point", buyer, own.clone(), Some(json!({"place": point})), &points);
    add_call("update_request /place/zone", buyer, own, Some(json!({"place": at_zone})), &zones);
    let offers = format!("{}/offers", request(&buyers));
    add_call("create_offer /product", sari, offers, with_product(offered), &groups_products);
    let acceptance_body = |offer: Value, delivery: Value| {
        Some(json!({"offers": [{"offer": offer}], "delivery": delivery, "expected_total": 690_000}))
    };
    let acceptances = || format!("{}/acceptances", request(&buyers));
    let pickup = json!({"kind": "pickup"});
    add_call(
        "accept_offers /offers/0/offer",
        buyer,
        acceptances(),
        acceptance_body(json!("@"), pickup),
        &foreign_offers,
    );
    add_call("accept_offers /delivery/point", buyer, acceptances(), acceptance_body(json!(offer.id()), point), &points);
    add_call("accept_offers /delivery/zone", buyer, acceptances(), acceptance_body(json!(offer.id()), zone), &zones);

    let board = &village.board.client;
    let schedule_body = |change: Value| {
        let mut body = json!({
            "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 2, "opens_at": "06:00",
            "closes_days_before": 1, "closes_at": "17:00", "from": "07:00", "until": "10:00",
        });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let schedules = format!("/v1/cooperatives/{}/schedules", village.cooperative);
    let schedule = board.with_new_key().post(&schedules, schedule_body(json!({}))).await.expect(201);
    let market_day_body = |change: Value| {
        let mut body = json!({
            "name": "Pasar", "held_on": "2026-12-12", "opens_at": "2026-12-05T00:00:00Z",
            "closes_at": "2026-12-10T10:00:00Z", "from": "15:00", "until": "18:00",
        });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let days = format!("/v1/cooperatives/{}/market_days", village.cooperative);
    let day = board.with_new_key().post(&days, market_day_body(json!({}))).await.expect(201);
    let point_change = json!({"pickup_point": "@"});
    add_call("create_schedule /pickup_point", board, schedules, Some(schedule_body(point_change.clone())), &points);
    add_call(
        "update_schedule /pickup_point",
        board,
        format!("/v1/schedules/{}", schedule.id()),
        Some(point_change.clone()),
        &points,
    );
    add_call("create_market_day /pickup_point", board, days, Some(market_day_body(point_change.clone())), &points);
    let day = format!("/v1/market_days/{}", day.id());
    add_call("update_market_day /pickup_point", board, day.clone(), Some(point_change), &points);
    let groups = [village.singkong_wareg.to_string(), village.foreign_group.to_string()];
    add_call("list_offering_proposals ?group", sari, format!("{day}/proposals?group=@"), None, &groups);
    let standing_order_body = |change: Value| {
        let mut body = json!({
            "cooperative": village.cooperative, "lines": [{"product": pastel, "quantity": 5}], "weekdays": ["friday"],
        });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let new_path = || "/v1/standing_orders".to_owned();
    let own = buyer.with_new_key().post(&new_path(), standing_order_body(json!({}))).await.expect(201);
    let own = || format!("/v1/standing_orders/{}", own.id());
    village.work().await;
    let line = json!({"lines": [{"product": "@", "quantity": 5}]});
    let pickup_delivery = json!({"delivery": {"kind": "pickup", "point": "@"}});
    let delivery_body = json!({"delivery": {"kind": "local", "zone": "@", "address": "RT 02 RW 05"}});
    add_call(
        "create_standing_order /lines/0/product",
        buyer,
        new_path(),
        Some(standing_order_body(line.clone())),
        &products,
    );
    add_call(
        "create_standing_order /delivery/point",
        buyer,
        new_path(),
        Some(standing_order_body(pickup_delivery.clone())),
        &points,
    );
    add_call(
        "create_standing_order /delivery/zone",
        buyer,
        new_path(),
        Some(standing_order_body(delivery_body.clone())),
        &zones,
    );
    add_call("update_standing_order /lines/0/product", buyer, own(), Some(line), &products);
    add_call("update_standing_order /delivery/point", buyer, own(), Some(pickup_delivery), &points);
    add_call("update_standing_order /delivery/zone", buyer, own(), Some(delivery_body), &zones);

    let (agreed_product, contract, _) = crate::contracts::create_invoiced_contract(&village).await;
    let others = json!({
        "account": village.other_buyer.id, "starts_on": "2026-11-23", "ends_on": "2027-05-31", "weekdays": ["friday"],
        "lines": [{"product": pastel, "unit_price": 2_300}], "credit_limit": 300_000, "term_days": 14,
    });
    let contracts = format!("/v1/cooperatives/{}/contracts", village.cooperative);
    let others_contract = [board.with_new_key().post(&contracts, others.clone()).await.expect(201).id()];
    let named = json!({"contract": "@"});
    add_call("create_standing_order /contract", buyer, new_path(), Some(standing_order_body(named)), &others_contract);
    let mut unknown_goods = others;
    unknown_goods["lines"][0]["product"] = json!("@");
    add_call("propose_contract /lines/0/product", board, contracts, Some(unknown_goods), &[foreign.to_string()]);
    let contract_order_body = |change: Value| {
        let mut body = json!({"ready_on": "2026-11-23", "lines": [{"product": pastel, "quantity": 5}]});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        Some(body)
    };
    let orders = || format!("/v1/contracts/{contract}/orders");
    let with_agreed_product = |change: &Value| {
        let mut body = change.clone();
        body["lines"] = json!([{"product": agreed_product, "quantity": 5}]);
        contract_order_body(body)
    };
    let goods_body = json!({"lines": [{"product": "@", "quantity": 5}]});
    add_call(
        "place_contract_order /lines/0/product",
        buyer,
        orders(),
        contract_order_body(goods_body),
        &[foreign.to_string()],
    );
    let pickup_delivery = json!({"delivery": {"kind": "pickup", "point": "@"}});
    let delivery_body = json!({"delivery": {"kind": "local", "zone": "@", "address": "RT 02 RW 05"}});
    add_call("place_contract_order /delivery/point", buyer, orders(), with_agreed_product(&pickup_delivery), &points);
    add_call("place_contract_order /delivery/zone", buyer, orders(), with_agreed_product(&delivery_body), &zones);

    let covered: BTreeSet<String> = calls.iter().map(|call| call.reference.to_owned()).collect();
    let exempt = UNRESTRICTED.map(str::to_owned).into();
    assert_eq!(&references() - &exempt, covered, "every reference of the contract is covered");
    for call in &calls {
        // The first call may record unmet demand and the first use of a token; the calls after it must change nothing.
        let absent = call.call(UNKNOWN).await;
        let before = village.dump_rows();
        for foreign in &call.foreign {
            let reply = call.call(foreign).await;
            let comparable = |reply: &Reply, id: &str| {
                let mut json = reply.json.clone();
                json["request_id"] = Value::Null;
                (reply.status, json.to_string().replace(id, "@"))
            };
            assert_eq!(comparable(&reply, foreign), comparable(&absent, UNKNOWN), "{}", call.reference);
            let is_list = call.body.is_none();
            assert!(if is_list { reply.json["data"] == json!([]) } else { reply.status >= 400 }, "{}", reply.text());
        }
        assert_eq!(diff_rows(&before, &village.dump_rows()), Vec::<String>::new(), "{}", call.reference);
    }
}
