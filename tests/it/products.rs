//! What officers and the board do with products, and what others see of it.

use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

/// Pastel as Sekar Laras sells them.
pub fn pastel() -> Value {
    json!({
        "name": "Pastel sayur", "category": "fresh_snacks", "unit": "piece", "price": 2500,
        "description": "Pastel isi wortel dan kentang, digoreng pagi hari.",
        "price_tiers": [{"from": 100, "price": 2400}], "lead_time_days": 2, "shelf_life_days": 1,
        "minimum_quantity": 30, "quantity_step": 5, "daily_capacity": 300, "order_by": "16:30",
        "label": {
            "composition": ["tepung terigu", "wortel", "kentang"], "allergens": ["gluten", "gluten"],
            "net_content": {"value": 45, "unit": "g"},
            "licence": {"kind": "pirt", "number": "2063302010001-29", "expires_on": "2029-05-31"},
            "halal": {"status": "certified", "number": "ID33110000000000000"},
        },
    })
}

impl Village {
    pub fn products_path(&self) -> String {
        format!("/v1/groups/{}/products", self.sekar_laras)
    }

    /// A draft of Sekar Laras.
    pub async fn draft(&self, product: Value) -> Reply {
        self.sari.post(&self.products_path(), product).await.expect(201)
    }

    /// A product of Sekar Laras on the public list.
    pub async fn on_sale(&self, product: Value) -> Reply {
        let draft = self.draft(product).await;
        step(&self.sari, &draft.id(), "publish").await.expect(200)
    }
}

async fn step(client: &Client, id: &str, action: &str) -> Reply {
    client.post(&format!("/v1/products/{id}/transitions"), json!({"action": action})).await
}

async fn withdraw(client: &Client, id: &str) -> Reply {
    let body = json!({"action": "withdraw", "reason": "Izin sudah habis."});
    client.post(&format!("/v1/products/{id}/transitions"), body).await
}

#[actix_web::test]
async fn an_officer_lists_a_product_and_everyone_sees_it_once_it_is_published() {
    let village = World::village().await;
    let draft = village.draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    assert_eq!(draft.header("location"), Some(path.as_str()));
    assert_eq!((draft.str("status"), draft.str("slug")), ("draft".into(), "pastel-sayur".into()));
    assert_eq!(draft.json["label"]["allergens"], json!(["gluten"]));
    assert_eq!(draft.json["actions"], json!(["publish", "retire"]));
    assert_eq!(draft.json["warnings"], json!([]));
    assert_eq!((draft.str("order_by"), draft.json["open_days_ahead"].clone()), ("16:30".into(), json!(14)));
    village.guest().get(&path).await.problem(404, "not-found");
    village.sari.get(&path).await.expect(200);
    village.wati.get(&path).await.expect(200);
    village.board.get(&path).await.expect(200);
    village.buyer.get(&path).await.problem(404, "not-found");
    village.foreign_board.get(&path).await.problem(404, "not-found");

    let published = step(&village.sari, &draft.id(), "publish").await.expect(200);
    assert_eq!(published.json["actions"], json!(["retire"]));
    let seen = village.guest().get(&path).await.expect(200);
    assert_eq!(seen.json["group"]["name"], "Sekar Laras");
    assert_eq!(seen.json["price_tiers"], json!([{"from": 100, "price": 2400}]));
    assert_eq!((seen.json.get("warnings"), seen.json.get("actions")), (None, None));
    assert!(seen.header("cache-control").unwrap().starts_with("public, max-age=60"));
    assert!(village.sari.get(&path).await.header("cache-control").unwrap().starts_with("private"));
    let tag = seen.header("etag").unwrap().to_owned();
    assert_eq!(village.guest().with("if-none-match", &tag).get(&path).await.status, 304);
    step(&village.sari, &draft.id(), "publish").await.problem(409, "transition-invalid");
}

#[actix_web::test]
async fn only_officers_of_the_group_add_and_change() {
    let village = World::village().await;
    let path = village.products_path();
    village.guest().post(&path, pastel()).await.problem(401, "unauthenticated");
    village.wati.post(&path, pastel()).await.problem(403, "forbidden");
    for stranger in [&village.buyer, &village.darsih, &village.foreign_officer, &village.board] {
        stranger.post(&path, pastel()).await.problem(404, "not-found");
    }
    let draft = village.draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    let cheaper = json!({"price": 1});
    village.guest().editing(&draft).patch(&path, cheaper.clone()).await.problem(401, "unauthenticated");
    village.wati.editing(&draft).patch(&path, cheaper.clone()).await.problem(403, "forbidden");
    village.darsih.editing(&draft).patch(&path, cheaper.clone()).await.problem(404, "not-found");
    village.foreign_officer.editing(&draft).patch(&path, cheaper).await.problem(404, "not-found");
    for stranger in [&village.darsih, &village.buyer, &village.foreign_officer] {
        step(stranger, &draft.id(), "publish").await.problem(404, "not-found");
    }
    step(&village.wati, &draft.id(), "publish").await.problem(403, "forbidden");
    withdraw(&village.foreign_board, &draft.id()).await.problem(404, "not-found");
    withdraw(&village.treasurer, &draft.id()).await.problem(403, "forbidden");
    assert_eq!(village.sari.get(&path).await.json["version"], 1, "nothing was written");
}

#[actix_web::test]
async fn an_edit_names_the_version_it_was_made_on() {
    let village = World::village().await;
    let draft = village.draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    village.sari.patch(&path, json!({"price": 2600})).await.problem(428, "version-required");
    let changed =
        village.sari.editing(&draft).patch(&path, json!({"price": 2600, "price_tiers": null})).await.expect(200);
    assert_eq!((changed.json["price"].clone(), changed.json["version"].clone()), (json!(2600), json!(2)));
    assert_eq!(changed.json["price_tiers"], json!([]));
    assert_eq!(changed.json["minimum_quantity"], 30, "what is left out stays");
    let stale = village.sari.editing(&draft).patch(&path, json!({"price": 1})).await.problem(412, "version-stale");
    assert_eq!(stale.json["current_version"], 2);
    village.sari.with("if-match", "soon").patch(&path, json!({})).await.problem(400, "header-invalid");
    let same = village.sari.editing(&changed).patch(&path, json!({"price": 2600})).await.expect(200);
    assert_eq!(same.json["version"], 2, "what changes nothing makes no version");
    let keeping = village.sari.editing(&changed).patch(&path, json!({"shelf_life_days": null})).await.expect(200);
    assert_eq!(keeping.json["shelf_life_days"], Value::Null);
}

#[actix_web::test]
async fn of_two_edits_at_once_one_wins() {
    let village = World::village().await;
    let draft = village.draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    let sari = village.sari.editing(&draft);
    let edits = (0..6).map(|round| sari.patch(&path, json!({"price": 2600 + round})));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    assert_eq!(village.sari.get(&path).await.json["version"], 2);
}

#[actix_web::test]
async fn the_same_create_twice_is_one_product() {
    let village = World::village().await;
    let mut product = pastel();
    product["id"] = json!("019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11");
    let path = village.products_path();
    let first = village.sari.post(&path, product.clone()).await.expect(201);
    let again = village.sari.post(&path, product.clone()).await.expect(200);
    assert_eq!(first.id(), again.id());
    product["price"] = json!(9999);
    village.sari.post(&path, product.clone()).await.problem(409, "id-taken");
    let other = format!("/v1/groups/{}/products", village.singkong_wareg);
    village.darsih.post(&other, product).await.problem(409, "id-taken");

    let sari = village.sari.keyed("kunci-pastel-0001");
    let first = sari.post(&path, pastel()).await.expect(201);
    let again = sari.post(&path, pastel()).await.expect(201);
    assert_eq!((first.bytes, again.header("idempotency-replayed")), (again.bytes.clone(), Some("true")));
    assert_eq!(first.json["slug"], "pastel-sayur-2", "a name may stand twice in a group, an address not");
}

#[actix_web::test]
async fn what_breaks_a_rule_is_told_by_its_place_and_nothing_is_written() {
    let village = World::village().await;
    let path = village.products_path();
    let faulty = [
        (json!({"name": "  "}), "/name", "required"),
        (json!({"name": "x".repeat(81)}), "/name", "too-long"),
        (json!({"name": "Pastel\nsayur"}), "/name", "control-character"),
        (json!({"price": -1}), "/price", "out-of-range"),
        (
            json!({"price_tiers": [{"from": 100, "price": 1}, {"from": 50, "price": 1}]}),
            "/price_tiers/1/from",
            "not-rising",
        ),
        (json!({"minimum_quantity": 31}), "/minimum_quantity", "off-step"),
        (json!({"quantity_step": 0.5, "minimum_quantity": 30}), "/quantity_step", "not-divisible"),
        (json!({"lead_time_days": 61}), "/lead_time_days", "out-of-range"),
        (json!({"open_days_ahead": 61}), "/open_days_ahead", "out-of-range"),
        (json!({"deposit_percent": 101}), "/deposit_percent", "out-of-range"),
        (json!({"made_on": []}), "/made_on", "required"),
        (json!({"label": {"composition": [""]}}), "/label/composition/0", "required"),
    ];
    for (change, pointer, code) in faulty {
        let mut product = pastel();
        product.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        village.sari.post(&path, product).await.problem(422, "body-invalid").fault(pointer, code);
    }
    let unreadable = [
        (json!({"price": 2500.5}), "/price"),
        (json!({"price": "2500"}), "/price"),
        (json!({"minimum_quantity": -30}), "/minimum_quantity"),
        (json!({"category": "gadgets"}), "/category"),
        (json!({"order_by": "25:00"}), "/order_by"),
        (json!({"made_on": ["senin"]}), "/made_on"),
        (json!({"colour": "red"}), "/colour"),
    ];
    for (change, pointer) in unreadable {
        let mut product = pastel();
        product.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let problem = village.sari.post(&path, product).await.problem(400, "body-unreadable");
        assert_eq!(problem.json["errors"][0]["pointer"], pointer, "{}", problem.text());
    }
    let draft = village.draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    let sari = village.sari.editing(&draft);
    sari.patch(&path, json!({"name": null})).await.problem(422, "body-invalid").fault("/name", "required");
    sari.patch(&path, json!({"quantity_step": 7}))
        .await
        .problem(422, "body-invalid")
        .fault("/minimum_quantity", "off-step");
    assert_eq!(village.sari.get(&path).await.json["version"], 1);
    let listed = village.sari.get(&village.products_path()).await.expect(200);
    assert_eq!(listed.json["data"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_label_warns_its_officers_and_never_blocks() {
    let village = World::village().await;
    let mut product = pastel();
    product["label"]["licence"] = json!({"kind": "pirt", "number": "P-IRT 12", "expires_on": "2026-11-22"});
    let draft = village.on_sale(product).await;
    let codes = |reply: &Reply| -> Vec<String> {
        let warnings = reply.json["warnings"].as_array().unwrap();
        warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&draft), ["licence-number-unusual", "licence-expired"]);
    assert_eq!(draft.json["warnings"][0]["pointer"], "/label/licence/number");

    let path = format!("/v1/products/{}", draft.id());
    let patch = json!({"label": {"licence": null, "composition": ["tepung terigu", "ayam"]}});
    let changed = village.sari.editing(&draft).patch(&path, patch).await.expect(200);
    assert_eq!(codes(&changed), ["halal-recheck"], "new ingredients on an old certificate");
    assert_eq!(changed.json["label"]["halal"]["number"], "ID33110000000000000", "what is left out stays");
    let renewed = json!({"label": {"halal": {"status": "certified", "number": "ID33110000000000001"}}});
    let renewed = village.sari.editing(&changed).patch(&path, renewed).await.expect(200);
    assert_eq!(codes(&renewed), Vec::<String>::new());
    let english = village.sari.in_english().get(&path).await;
    assert_eq!(english.json["warnings"], json!([]));
}

#[actix_web::test]
async fn a_retired_product_is_gone_for_buyers_and_can_come_back() {
    let village = World::village().await;
    let product = village.on_sale(pastel()).await;
    let path = format!("/v1/products/{}", product.id());
    step(&village.board, &product.id(), "retire").await.problem(404, "not-found");
    step(&village.sari, &product.id(), "retire").await.expect(200);
    village.guest().get(&path).await.problem(410, "product-retired");
    assert_eq!(village.sari.get(&path).await.str("status"), "retired");
    step(&village.sari, &product.id(), "retire").await.problem(409, "transition-invalid");
    let back = step(&village.sari, &product.id(), "publish").await.expect(200);
    assert_eq!(back.str("published_at"), product.str("published_at"));
    village.guest().get(&path).await.expect(200);

    let unborn = village.draft(pastel()).await;
    step(&village.sari, &unborn.id(), "retire").await.expect(200);
    village.guest().get(&format!("/v1/products/{}", unborn.id())).await.problem(404, "not-found");
}

#[actix_web::test]
async fn what_the_board_withdraws_only_the_board_puts_back() {
    let village = World::village().await;
    let product = village.on_sale(pastel()).await;
    step(&village.board, &product.id(), "withdraw").await.problem(422, "body-invalid").fault("/reason", "required");
    withdraw(&village.sari, &product.id()).await.problem(404, "not-found");
    let withdrawn = withdraw(&village.board, &product.id()).await.expect(200);
    assert_eq!((withdrawn.str("status"), withdrawn.json["actions"].clone()), ("retired".into(), json!(["publish"])));
    let seen = village.sari.get(&format!("/v1/products/{}", product.id())).await.expect(200);
    assert_eq!(seen.str("withdrawn_reason"), "Izin sudah habis.");
    assert_eq!(seen.json.get("actions"), None);
    step(&village.sari, &product.id(), "publish").await.problem(409, "product-withdrawn");
    let back = step(&village.board, &product.id(), "publish").await.expect(200);
    assert_eq!((back.str("status"), back.json.get("withdrawn_reason")), ("published".into(), None));
    step(&village.sari, &product.id(), "retire").await.expect(200);
}

#[actix_web::test]
async fn a_step_taken_on_an_old_version_is_refused() {
    let village = World::village().await;
    let draft = village.draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    village.sari.editing(&draft).patch(&path, json!({"price": 2600})).await.expect(200);
    let step = format!("{path}/transitions");
    village.sari.editing(&draft).post(&step, json!({"action": "publish"})).await.problem(412, "version-stale");
    let sari = village.sari.keyed("kunci-terbit-0001");
    let first = sari.post(&step, json!({"action": "publish"})).await.expect(200);
    let again = sari.post(&step, json!({"action": "publish"})).await.expect(200);
    assert_eq!(first.bytes, again.bytes);
    sari.post(&step, json!({"action": "retire"})).await.problem(422, "idempotency-key-reused");
    sari.post(&step, json!({"action": "explode"})).await.problem(400, "body-unreadable");
}

#[actix_web::test]
async fn a_suspended_groups_goods_leave_the_list() {
    let village = World::village().await;
    let product = village.on_sale(pastel()).await;
    let draft = village.draft(pastel()).await;
    let group = format!("/v1/groups/{}/transitions", village.sekar_laras);
    village.board.post(&group, json!({"action": "suspend", "reason": "Perbaikan dapur."})).await.expect(200);
    let path = format!("/v1/products/{}", product.id());
    village.guest().get(&path).await.problem(404, "not-found");
    assert_eq!(village.guest().get("/v1/products").await.json["data"], json!([]));
    village.sari.get(&path).await.expect(200);
    step(&village.sari, &draft.id(), "publish").await.problem(409, "product-group-inactive");
    village.board.post(&group, json!({"action": "reopen"})).await.expect(200);
    village.guest().get(&path).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn every_change_is_told_in_the_log_without_anyones_data() {
    let village = World::village().await;
    let product = village.on_sale(pastel()).await;
    let path = format!("/v1/products/{}", product.id());
    village.sari.editing(&product).patch(&path, json!({"price": 2600})).await.expect(200);
    withdraw(&village.board, &product.id()).await.expect(200);
    step(&village.board, &product.id(), "publish").await.expect(200);
    step(&village.sari, &product.id(), "retire").await.expect(200);
    let kinds = village.events_of(&product.id()).await;
    let expected = [
        "product.added",
        "product.changed",
        "product.published",
        "product.published",
        "product.retired",
        "product.withdrawn",
    ];
    assert_eq!(kinds, expected);
}

impl Village {
    /// What the log tells of this subject, by kind, sorted: the clock stands still, so that nothing came first.
    pub async fn events_of(&self, subject: &str) -> Vec<String> {
        use lumbung::{db, events};
        let db = &self.app.state.db;
        db.write::<_, db::Error, _>(events::stamp).await.unwrap();
        let all = db.read::<_, db::Error, _>(|conn| events::after(conn, 0, None, 1000)).await.unwrap();
        let mut kinds: Vec<String> =
            all.into_iter().filter(|event| event.subject.to_string() == subject).map(|event| event.kind).collect();
        kinds.sort();
        kinds
    }
}
