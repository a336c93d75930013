//! Managing products: permissions, versions, validation, transitions and views.

use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

/// The body of a product of Sekar Laras.
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

    /// Creates a draft of Sekar Laras.
    pub async fn post_draft(&self, product: Value) -> Reply {
        self.sari.post(&self.products_path(), product).await.expect(201)
    }

    /// Creates and publishes a product of Sekar Laras.
    pub async fn publish_draft(&self, product: Value) -> Reply {
        let draft = self.post_draft(product).await;
        transition(&self.sari, &draft.id(), "publish").await.expect(200)
    }
}

async fn transition(client: &Client, id: &str, action: &str) -> Reply {
    client.post(&format!("/v1/products/{id}/transitions"), json!({"action": action})).await
}

async fn withdraw(client: &Client, id: &str) -> Reply {
    let body = json!({"action": "withdraw", "reason": "Izin sudah habis."});
    client.post(&format!("/v1/products/{id}/transitions"), body).await
}

#[actix_web::test]
async fn a_product_is_visible_to_everyone_once_it_is_published() {
    let village = World::village().await;
    let draft = village.post_draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    assert_eq!(draft.header("location"), Some(path.as_str()));
    assert_eq!((draft.str("status"), draft.str("slug")), ("draft".into(), "pastel-sayur".into()));
    assert_eq!(draft.json["label"]["allergens"], json!(["gluten"]));
    assert_eq!(draft.json["actions"], json!(["publish", "retire"]));
    assert_eq!(draft.json["warnings"], json!([]));
    assert_eq!((draft.str("order_by"), draft.json["open_days_ahead"].clone()), ("16:30".into(), json!(14)));
    village.guest().get(&path).await.expect_problem(404, "not-found");
    village.sari.get(&path).await.expect(200);
    village.wati.get(&path).await.expect(200);
    village.board.get(&path).await.expect(200);
    village.buyer.get(&path).await.expect_problem(404, "not-found");
    village.foreign_board.get(&path).await.expect_problem(404, "not-found");

    let published = transition(&village.sari, &draft.id(), "publish").await.expect(200);
    assert_eq!(published.json["actions"], json!(["retire"]));
    let product_view = village.guest().get(&path).await.expect(200);
    assert_eq!(product_view.json["group"]["name"], "Sekar Laras");
    assert_eq!(product_view.json["price_tiers"], json!([{"from": 100, "price": 2400}]));
    assert_eq!((product_view.json.get("warnings"), product_view.json.get("actions")), (None, None));
    assert!(product_view.header("cache-control").unwrap().starts_with("public, max-age=60"));
    assert!(village.sari.get(&path).await.header("cache-control").unwrap().starts_with("private"));
    let tag = product_view.header("etag").unwrap().to_owned();
    assert_eq!(village.guest().with("if-none-match", &tag).get(&path).await.status, 304);
    transition(&village.sari, &draft.id(), "publish").await.expect_problem(409, "transition-invalid");
}

#[actix_web::test]
async fn only_officers_of_the_group_create_and_update_products() {
    let village = World::village().await;
    let path = village.products_path();
    village.guest().post(&path, pastel()).await.expect_problem(401, "unauthenticated");
    village.wati.post(&path, pastel()).await.expect_problem(403, "forbidden");
    for stranger in [&village.buyer, &village.darsih, &village.foreign_officer, &village.board] {
        stranger.post(&path, pastel()).await.expect_problem(404, "not-found");
    }
    let draft = village.post_draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    let cheaper = json!({"price": 1});
    village.guest().with_version_of(&draft).patch(&path, cheaper.clone()).await.expect_problem(401, "unauthenticated");
    village.wati.with_version_of(&draft).patch(&path, cheaper.clone()).await.expect_problem(403, "forbidden");
    village.darsih.with_version_of(&draft).patch(&path, cheaper.clone()).await.expect_problem(404, "not-found");
    village.foreign_officer.with_version_of(&draft).patch(&path, cheaper).await.expect_problem(404, "not-found");
    for stranger in [&village.darsih, &village.buyer, &village.foreign_officer] {
        transition(stranger, &draft.id(), "publish").await.expect_problem(404, "not-found");
    }
    transition(&village.wati, &draft.id(), "publish").await.expect_problem(403, "forbidden");
    withdraw(&village.foreign_board, &draft.id()).await.expect_problem(404, "not-found");
    withdraw(&village.treasurer, &draft.id()).await.expect_problem(403, "forbidden");
    assert_eq!(village.sari.get(&path).await.json["version"], 1, "nothing was changed");
}

#[actix_web::test]
async fn an_update_requires_the_current_version() {
    let village = World::village().await;
    let draft = village.post_draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    village.sari.patch(&path, json!({"price": 2600})).await.expect_problem(428, "version-required");
    let changed = village
        .sari
        .with_version_of(&draft)
        .patch(&path, json!({"price": 2600, "price_tiers": null}))
        .await
        .expect(200);
    assert_eq!((changed.json["price"].clone(), changed.json["version"].clone()), (json!(2600), json!(2)));
    assert_eq!(changed.json["price_tiers"], json!([]));
    assert_eq!(changed.json["minimum_quantity"], 30, "absent members stay");
    let stale = village
        .sari
        .with_version_of(&draft)
        .patch(&path, json!({"price": 1}))
        .await
        .expect_problem(412, "version-stale");
    assert_eq!(stale.json["current_version"], 2);
    village.sari.with("if-match", "soon").patch(&path, json!({})).await.expect_problem(400, "header-invalid");
    let same = village.sari.with_version_of(&changed).patch(&path, json!({"price": 2600})).await.expect(200);
    assert_eq!(same.json["version"], 2, "an update without changes keeps the version");
    let updated =
        village.sari.with_version_of(&changed).patch(&path, json!({"shelf_life_days": null})).await.expect(200);
    assert_eq!(updated.json["shelf_life_days"], Value::Null);
}

#[actix_web::test]
async fn one_of_several_concurrent_updates_wins() {
    let village = World::village().await;
    let draft = village.post_draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    let sari = village.sari.with_version_of(&draft);
    let edits = (0..6).map(|round| sari.patch(&path, json!({"price": 2600 + round})));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.into_iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    assert_eq!(village.sari.get(&path).await.json["version"], 2);
}

#[actix_web::test]
async fn repeating_a_create_request_creates_one_product() {
    let village = World::village().await;
    let mut product = pastel();
    product["id"] = json!("019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11");
    let path = village.products_path();
    let first = village.sari.post(&path, product.clone()).await.expect(201);
    let again = village.sari.post(&path, product.clone()).await.expect(200);
    assert_eq!(first.id(), again.id());
    product["price"] = json!(9999);
    village.sari.post(&path, product.clone()).await.expect_problem(409, "id-taken");
    let other = format!("/v1/groups/{}/products", village.singkong_wareg);
    village.darsih.post(&other, product).await.expect_problem(409, "id-taken");

    let sari = village.sari.with_key("kunci-pastel-0001");
    let first = sari.post(&path, pastel()).await.expect(201);
    let again = sari.post(&path, pastel()).await.expect(201);
    assert_eq!((first.bytes, again.header("idempotency-replayed")), (again.bytes.clone(), Some("true")));
    assert_eq!(first.json["slug"], "pastel-sayur-2", "names can repeat in a group, slugs cannot");
}

#[actix_web::test]
async fn validation_errors_name_their_field_and_nothing_is_changed() {
    let village = World::village().await;
    let path = village.products_path();
    let invalid = [
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
    for (change, pointer, code) in invalid {
        let mut product = pastel();
        product.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        village.sari.post(&path, product).await.expect_problem(422, "body-invalid").expect_field_error(pointer, code);
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
        let problem = village.sari.post(&path, product).await.expect_problem(400, "body-unreadable");
        assert_eq!(problem.json["errors"][0]["pointer"], pointer, "{}", problem.text());
    }
    let draft = village.post_draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    let sari = village.sari.with_version_of(&draft);
    sari.patch(&path, json!({"name": null}))
        .await
        .expect_problem(400, "body-unreadable")
        .expect_field_error("/name", "required");
    sari.patch(&path, json!({"quantity_step": 7}))
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/minimum_quantity", "off-step");
    assert_eq!(village.sari.get(&path).await.json["version"], 1);
    let listed = village.sari.get(&village.products_path()).await.expect(200);
    assert_eq!(listed.json["data"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn label_warnings_are_shown_to_officers_and_never_block() {
    let village = World::village().await;
    let mut product = pastel();
    product["label"]["licence"] = json!({"kind": "pirt", "number": "P-IRT 12", "expires_on": "2026-11-22"});
    let draft = village.publish_draft(product).await;
    let codes = |reply: &Reply| -> Vec<String> {
        let warnings = reply.json["warnings"].as_array().unwrap();
        warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&draft), ["licence-number-unusual", "licence-expired"]);
    assert_eq!(draft.json["warnings"][0]["pointer"], "/label/licence/number");

    let path = format!("/v1/products/{}", draft.id());
    let patch = json!({"label": {"licence": null, "composition": ["tepung terigu", "ayam"]}});
    let changed = village.sari.with_version_of(&draft).patch(&path, patch).await.expect(200);
    assert_eq!(codes(&changed), ["halal-recheck"], "changed ingredients under an unchanged certificate");
    assert_eq!(changed.json["label"]["halal"]["number"], "ID33110000000000000", "absent members stay");
    let renewed = json!({"label": {"halal": {"status": "certified", "number": "ID33110000000000001"}}});
    let renewed = village.sari.with_version_of(&changed).patch(&path, renewed).await.expect(200);
    assert_eq!(codes(&renewed), Vec::<String>::new());
    let english = village.sari.in_english().get(&path).await;
    assert_eq!(english.json["warnings"], json!([]));
}

#[actix_web::test]
async fn a_retired_product_is_gone_for_buyers_and_can_be_published_again() {
    let village = World::village().await;
    let product = village.publish_draft(pastel()).await;
    let path = format!("/v1/products/{}", product.id());
    transition(&village.board, &product.id(), "retire").await.expect_problem(404, "not-found");
    transition(&village.sari, &product.id(), "retire").await.expect(200);
    village.guest().get(&path).await.expect_problem(410, "product-retired");
    assert_eq!(village.sari.get(&path).await.str("status"), "retired");
    transition(&village.sari, &product.id(), "retire").await.expect_problem(409, "transition-invalid");
    let republished = transition(&village.sari, &product.id(), "publish").await.expect(200);
    assert_eq!(republished.str("published_at"), product.str("published_at"));
    village.guest().get(&path).await.expect(200);

    let never_published = village.post_draft(pastel()).await;
    transition(&village.sari, &never_published.id(), "retire").await.expect(200);
    village.guest().get(&format!("/v1/products/{}", never_published.id())).await.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn only_the_board_publishes_a_withdrawn_product() {
    let village = World::village().await;
    let product = village.publish_draft(pastel()).await;
    transition(&village.board, &product.id(), "withdraw")
        .await
        .expect_problem(422, "body-invalid")
        .expect_field_error("/reason", "required");
    withdraw(&village.sari, &product.id()).await.expect_problem(404, "not-found");
    let withdrawn = withdraw(&village.board, &product.id()).await.expect(200);
    assert_eq!((withdrawn.str("status"), withdrawn.json["actions"].clone()), ("retired".into(), json!(["publish"])));
    let product_view = village.sari.get(&format!("/v1/products/{}", product.id())).await.expect(200);
    assert_eq!(product_view.str("withdrawn_reason"), "Izin sudah habis.");
    assert_eq!(product_view.json.get("actions"), None);
    transition(&village.sari, &product.id(), "publish").await.expect_problem(409, "product-withdrawn");
    let republished = transition(&village.board, &product.id(), "publish").await.expect(200);
    assert_eq!((republished.str("status"), republished.json.get("withdrawn_reason")), ("published".into(), None));
    transition(&village.sari, &product.id(), "retire").await.expect(200);
}

#[actix_web::test]
async fn a_transition_on_a_stale_version_is_refused() {
    let village = World::village().await;
    let draft = village.post_draft(pastel()).await;
    let path = format!("/v1/products/{}", draft.id());
    village.sari.with_version_of(&draft).patch(&path, json!({"price": 2600})).await.expect(200);
    let transitions = format!("{path}/transitions");
    village
        .sari
        .with_version_of(&draft)
        .post(&transitions, json!({"action": "publish"}))
        .await
        .expect_problem(412, "version-stale");
    let sari = village.sari.with_key("kunci-terbit-0001");
    let first = sari.post(&transitions, json!({"action": "publish"})).await.expect(200);
    let again = sari.post(&transitions, json!({"action": "publish"})).await.expect(200);
    assert_eq!(first.bytes, again.bytes);
    sari.post(&transitions, json!({"action": "retire"})).await.expect_problem(422, "idempotency-key-reused");
    sari.post(&transitions, json!({"action": "explode"})).await.expect_problem(400, "body-unreadable");
}

#[actix_web::test]
async fn products_of_a_suspended_group_leave_the_list() {
    let village = World::village().await;
    let product = village.publish_draft(pastel()).await;
    let draft = village.post_draft(pastel()).await;
    let group = format!("/v1/groups/{}/transitions", village.sekar_laras);
    village.board.post(&group, json!({"action": "suspend", "reason": "Perbaikan dapur."})).await.expect(200);
    let path = format!("/v1/products/{}", product.id());
    village.guest().get(&path).await.expect_problem(404, "not-found");
    assert_eq!(village.guest().get("/v1/products").await.json["data"], json!([]));
    village.sari.get(&path).await.expect(200);
    transition(&village.sari, &draft.id(), "publish").await.expect_problem(409, "product-group-inactive");
    village.board.post(&group, json!({"action": "reopen"})).await.expect(200);
    village.guest().get(&path).await.expect(200);
    village.work().await;
}

#[actix_web::test]
async fn every_change_of_a_product_is_recorded_as_an_event() {
    let village = World::village().await;
    let product = village.publish_draft(pastel()).await;
    let path = format!("/v1/products/{}", product.id());
    village.sari.with_version_of(&product).patch(&path, json!({"price": 2600})).await.expect(200);
    withdraw(&village.board, &product.id()).await.expect(200);
    transition(&village.board, &product.id(), "publish").await.expect(200);
    transition(&village.sari, &product.id(), "retire").await.expect(200);
    let kinds = village.event_kinds_of(&product.id()).await;
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
    /// The sorted event kinds of this subject. The clock does not advance, so that the events have no order.
    pub async fn event_kinds_of(&self, subject: &str) -> Vec<String> {
        use lumbung::{db, events};
        let db = &self.app.state.db;
        db.write::<_, db::Error, _>(events::assign_seq).await.unwrap();
        let all = db.read::<_, db::Error, _>(|conn| events::list_after(conn, 0, None, 1000)).await.unwrap();
        let mut kinds: Vec<String> =
            all.into_iter().filter(|event| event.subject.to_string() == subject).map(|event| event.kind).collect();
        kinds.sort();
        kinds
    }
}
