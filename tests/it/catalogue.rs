//! The public product list: search, filters, sort orders, pagination and response size.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use lumbung::catalogue::{self, Category, Filters, Offering, Sort, Unit};
use lumbung::cooperatives::{GroupPermit, MemberRole};
use lumbung::db;
use lumbung::kernel::ids::{GroupId, Id, ProductId};
use lumbung::kernel::{Duration, Quantity, Rupiah};
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, explain};

impl Village {
    fn permit(&self, group: GroupId) -> GroupPermit {
        let account = Id::from_uuid(self.sari.id.parse().unwrap());
        let membership = self.sari_membership;
        GroupPermit { account, group, cooperative: self.cooperative, membership, role: MemberRole::Chair }
    }

    /// Publishes products one minute after each other.
    async fn publish_products(&self, group: GroupId, goods: &[(&str, Category, i64)]) -> Vec<ProductId> {
        let permit = self.permit(group);
        let mut ids = Vec::new();
        for (name, category, price) in goods {
            self.clock.advance(Duration::minutes(1));
            let now = self.clock.now();
            let offering = Offering::new(*name, *category, Unit::Pack, Rupiah(*price));
            let published = self.app.state.db.write::<_, catalogue::TransitionError, _>(move |tx| {
                let id = tx.id(now);
                catalogue::add(tx, now, &permit, id, offering.clone()).expect("a valid offering");
                catalogue::publish(tx, now, permit, id, None)
            });
            ids.push(published.await.unwrap().id);
        }
        ids
    }

    async fn publish_example_products(&self) {
        let snacks = [
            ("Pastel sayur", Category::FreshSnacks, 2500),
            ("Risoles", Category::FreshSnacks, 2500),
            ("Pastel mini abon 150 g", Category::DrySnacks, 15_000),
        ];
        self.publish_products(self.sekar_laras, &snacks).await;
        let cassava = [
            ("Keripik original 200 g", Category::DrySnacks, 12_000),
            ("keripik balado 200 g", Category::DrySnacks, 13_000),
            ("Tepung mocaf 1 kg", Category::Staples, 18_000),
            ("Gula semut jahe 200 g", Category::PalmSugar, 18_000),
        ];
        self.publish_products(self.singkong_wareg, &cassava).await;
    }
}

fn names(reply: &Reply) -> Vec<String> {
    let rows = reply.json["data"].as_array().unwrap_or_else(|| panic!("a list: {}", reply.text()));
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn search(client: &Client, query: &str) -> Vec<String> {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    names(&client.get(&format!("/v1/products?q={query}")).await.expect(200))
}

#[actix_web::test]
async fn search_matches_word_prefixes_with_and_without_accents() {
    let village = World::village().await;
    village.publish_example_products().await;
    let guest = village.guest();
    assert_eq!(search(&guest, "past").await, ["Pastel mini abon 150 g", "Pastel sayur"]);
    assert_eq!(search(&guest, "PASTÉL  say").await, ["Pastel sayur"]);
    assert_eq!(search(&guest, "sayur pastel").await, ["Pastel sayur"]);
    assert_eq!(search(&guest, "kerip 200").await, ["keripik balado 200 g", "Keripik original 200 g"]);
    assert_eq!(search(&guest, "jajanan").await, ["Pastel sayur", "Risoles"], "by category");
    assert_eq!(search(&guest, "palm sugar").await, ["Gula semut jahe 200 g"], "in English too");
    assert_eq!(search(&guest, "singkong mocaf").await, ["Tepung mocaf 1 kg"], "by group");
    assert_eq!(search(&guest, "astel").await, Vec::<String>::new(), "only prefixes match");
    assert_eq!(search(&guest, "rendang").await, Vec::<String>::new());
    assert_eq!(search(&guest, " ").await.len(), 7, "a blank query lists everything");
}

#[actix_web::test]
async fn no_hostile_query_causes_an_error() {
    let village = World::village().await;
    village.publish_example_products().await;
    let hostile = [
        "\"",
        "'",
        "*",
        "pastel*",
        "\"pastel",
        "pastel OR gula",
        "NEAR(pastel gula, 2)",
        "pastel AND NOT x",
        "(",
        ")))",
        "search_text:pastel",
        "^pastel",
        "pastel -gula",
        "{pastel}",
        "pastel & | ! gula",
        "':*",
        "a:*b",
        "\\",
        "%",
        "_",
        "'; DROP TABLE products; --",
        "\u{0}",
        "ａ",
        "饼干",
        "👩‍🍳",
        "½ kg",
        "\u{202e}letsap",
        "pastel\u{0301}",
        "1e5",
        "-1.5",
    ];
    for query in hostile {
        search(&village.guest(), query).await;
    }
    village.guest().get(&format!("/v1/products?q={}", "a".repeat(101))).await.expect_problem(400, "query-invalid");
    village.guest().get(&format!("/v1/products?q={}", "(".repeat(10_000))).await.expect_problem(400, "query-invalid");
    let db = &village.app.state.db;
    for query in ["NEAR(".repeat(2_000), "pastel ".repeat(1_500), "ñ\"*".repeat(3_000), "x".repeat(10_000)] {
        let filters = Filters { q: Some(query), ..Filters::default() };
        let rows = db.read(move |conn| catalogue::list_published(conn, &filters, Sort::Name, None, 10)).await;
        let rows: Result<_, db::Error> = rows;
        rows.unwrap();
    }
}

#[actix_web::test]
async fn products_are_found_by_the_new_name_of_their_group_after_an_hour() {
    let village = World::village().await;
    village.publish_products(village.sekar_laras, &[("Risoles", Category::FreshSnacks, 2500)]).await;
    let group = format!("/v1/groups/{}", village.sekar_laras);
    let response = village.sari.get(&group).await.expect(200);
    village.sari.with_version_of(&response).patch(&group, json!({"name": "Mawar Melati"})).await.expect(200);
    village.work().await;
    village.clock.advance(Duration::hours(1));
    village.work().await;
    assert_eq!(search(&village.guest(), "melati").await, ["Risoles"]);
    assert_eq!(search(&village.guest(), "laras").await, Vec::<String>::new());
}

#[actix_web::test]
async fn the_list_is_filtered_and_sorted_by_a_closed_set_of_parameters() {
    let village = World::village().await;
    village.publish_example_products().await;
    let guest = village.guest();
    let list = async |query: &str| names(&guest.get(&format!("/v1/products?{query}")).await.expect(200));
    assert_eq!(list("category=dry_snacks").await.len(), 3);
    assert_eq!(list(&format!("group={}", village.sekar_laras)).await.len(), 3);
    assert_eq!(list(&format!("cooperative={}", village.cooperative)).await.len(), 7);
    assert_eq!(list(&format!("cooperative={}", village.foreign_cooperative)).await.len(), 0);
    assert_eq!(list("max_price=2500").await, ["Pastel sayur", "Risoles"]);
    assert_eq!(list("max_price=12000&category=dry_snacks&q=ker").await, ["Keripik original 200 g"]);
    assert_eq!(list("sort=newest&limit=2").await, ["Gula semut jahe 200 g", "Tepung mocaf 1 kg"]);
    assert_eq!(list("sort=-price&limit=3").await[2], "Pastel mini abon 150 g");
    let by_name = list("sort=name").await;
    let mut folded: Vec<String> = by_name.iter().map(|name| name.to_lowercase()).collect();
    folded.sort();
    assert_eq!(by_name.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>(), folded, "case does not matter");
    for query in [
        "colour=red",
        "sort=best",
        "category=gadgets",
        "max_price=cheap",
        "max_price=-1",
        "limit=0",
        "limit=101",
        "group=1",
        "view=tiny",
        "available=1",
    ] {
        guest.get(&format!("/v1/products?{query}")).await.expect_problem(400, "query-invalid");
    }
    guest.get("/v1/products?cursor=abcdefgh").await.expect_problem(400, "cursor-invalid");
}

#[actix_web::test]
async fn pages_contain_every_row_once_in_every_sort_order() {
    let village = World::village().await;
    village.publish_example_products().await;
    let same = ["Nastar", "Nastar", "Nastar"].map(|name| (name, Category::Cookies, 18_000));
    village.publish_products(village.sekar_laras, &same).await;
    for sort in ["name", "price", "-price", "newest"] {
        let whole = village.guest().get(&format!("/v1/products?sort={sort}&limit=100")).await.expect(200);
        assert_eq!(whole.json["next"], Value::Null);
        let ids = |reply: &Reply| -> Vec<Value> {
            reply.json["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
        };
        let (mut seen, mut path) = (Vec::new(), format!("/v1/products?sort={sort}&limit=3"));
        loop {
            let page = village.guest().get(&path).await.expect(200);
            seen.extend(ids(&page));
            let Some(next) = page.json["next"].as_str() else { break };
            let link = page.header("link").unwrap();
            assert!(link.contains("rel=\"next\"") && link.contains(&format!("sort={sort}")), "{link}");
            path = format!("/v1/products?sort={sort}&limit=3&cursor={next}");
        }
        assert_eq!(seen, ids(&whole), "sort={sort}");
        assert_eq!(seen.iter().map(Value::to_string).collect::<BTreeSet<_>>().len(), 10);
    }
    let page = village.guest().get("/v1/products?limit=1").await;
    let cursor = page.json["next"].as_str().unwrap();
    for other in ["sort=price", "category=cookies", "q=nastar"] {
        let path = format!("/v1/products?{other}&cursor={cursor}");
        village.guest().get(&path).await.expect_problem(400, "cursor-invalid");
    }
}

#[actix_web::test]
async fn forty_compact_rows_have_at_most_ten_kilobytes() {
    let village = World::village().await;
    let long = "Nastar \"istimewa\" isi nanas madu dengan keju tua, 400 g dalam toples kaca besar";
    let mut goods = vec![(long, Category::Cookies, 100_000_000)];
    goods.extend(
        ["Pastel sayur", "Gula semut 250 g", "Keripik tempe 150 g"].map(|name| (name, Category::Other, 14_000)),
    );
    let goods: Vec<_> = goods.iter().cycle().take(40).copied().collect();
    village.publish_products(village.sekar_laras, &goods).await;
    let reply = village.guest().get("/v1/products/compact?limit=40").await.expect(200);
    let rows = reply.json["data"].as_array().unwrap();
    assert_eq!(rows.len(), 40);
    for row in rows {
        assert!(serde_json::to_vec(row).unwrap().len() <= 250, "{row}");
        assert!(row.get("description").is_none());
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&reply.bytes).unwrap();
    let size = gzip.finish().unwrap().len();
    assert!(size <= 10_000, "{size} bytes");
}

#[actix_web::test]
async fn an_unchanged_list_is_not_sent_again() {
    let village = World::village().await;
    village.publish_example_products().await;
    let first = village.guest().get("/v1/products?limit=2").await.expect(200);
    assert!(first.header("cache-control").unwrap().starts_with("public, max-age=60"));
    let tag = first.header("etag").unwrap().to_owned();
    let guest = village.guest().with("if-none-match", &tag);
    let again = guest.get("/v1/products?limit=2").await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    village.publish_products(village.sekar_laras, &[("Arem-arem", Category::FreshSnacks, 2000)]).await;
    assert_eq!(guest.get("/v1/products?limit=2").await.status, 200);
}

#[actix_web::test]
async fn categories_and_units_have_names_in_both_languages() {
    let world = World::empty().await;
    let category = json!({"code": "fresh_snacks", "names": {"id": "Jajanan basah", "en": "Fresh snacks"}});
    let unit = json!({"code": "piece", "names": {"id": "buah", "en": "piece"}});
    let lists = [("categories", Category::ALL.len(), category), ("units", Unit::ALL.len(), unit)];
    for (list, length, first) in lists {
        let reply = world.guest().get(&format!("/v1/{list}")).await.expect(200);
        let rows = reply.json["data"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]), (length, &first));
        assert!(reply.header("cache-control").unwrap().starts_with("public"));
    }
}

#[actix_web::test]
async fn members_and_offices_list_all_products_of_a_group_and_others_those_on_sale() {
    let village = World::village().await;
    village.publish_example_products().await;
    village.post_draft(json!({"name": "Arem-arem", "category": "fresh_snacks", "unit": "piece", "price": 2000})).await;
    let path = format!("/v1/groups/{}/products", village.sekar_laras);
    for insider in [&village.sari, &village.wati, &village.board, &village.companion] {
        assert_eq!(names(&insider.get(&path).await.expect(200))[0], "Arem-arem");
    }
    for other in [village.guest(), village.buyer.client.clone(), village.darsih.client.clone()] {
        assert_eq!(names(&other.get(&path).await.expect(200)).len(), 3);
    }
    let first = village.sari.get(&format!("{path}?limit=3")).await.expect(200);
    let cursor = first.json["next"].as_str().unwrap();
    assert_eq!(names(&village.sari.get(&format!("{path}?limit=3&cursor={cursor}")).await.expect(200)).len(), 1);
    assert_eq!(names(&village.guest().get(&format!("{path}?limit=3&cursor={cursor}")).await.expect(200)).len(), 1);
    village
        .guest()
        .get(&format!("/v1/groups/{}/products", village.sari_membership))
        .await
        .expect_problem(404, "not-found");
}

#[actix_web::test]
async fn lookups_by_id_find_products_on_sale_or_of_any_status() {
    let village = World::village().await;
    let ids = village.publish_products(village.sekar_laras, &[("Risoles", Category::FreshSnacks, 2500)]).await;
    let draft =
        village.post_draft(json!({"name": "Arem-arem", "category": "fresh_snacks", "unit": "piece", "price": 1})).await;
    let draft: ProductId = draft.id().parse().unwrap();
    let requested_ids = vec![draft, ids[0]];
    let query = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        Ok((
            catalogue::find_many(conn, &requested_ids)?.len(),
            catalogue::find_many_of_any_status(conn, &requested_ids)?.len(),
            catalogue::find(conn, draft)?,
            catalogue::find_of_any_status(conn, draft)?.map(|product| product.price_for(Quantity::from_units(5))),
        ))
    });
    assert_eq!(query.await.unwrap(), (1, 2, None, Some(Rupiah(1))));
}

/// Captures the SQL of a page of the product list.
async fn statement(village: &Village, filters: Filters, sort: Sort) -> String {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&statements);
    let query = village.app.state.db.read::<_, db::Error, _>(move |conn| {
        let record_query = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                sink.lock().unwrap().push(query.to_string());
            }
        };
        conn.set_instrumentation(record_query);
        let rows = catalogue::list_published(conn, &filters, sort, None, 21);
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        rows
    });
    query.await.unwrap();
    let statements = statements.lock().unwrap();
    let query =
        statements.iter().find(|query| query.contains("products") && query.contains("LIMIT")).expect("the list");
    query.split(" -- binds").next().unwrap().trim().to_owned()
}

#[actix_web::test]
async fn each_sort_order_and_main_filter_uses_an_index() {
    let village = World::village().await;
    village.publish_example_products().await;
    let everything = Filters::default;
    let cases = [
        (everything(), Sort::Name, "products_listed_sort_name_index"),
        (everything(), Sort::Price, "products_listed_price_index"),
        (everything(), Sort::PriceDescending, "products_listed_price_index"),
        (everything(), Sort::Newest, "products_listed_published_at_index"),
        (
            Filters { category: Some(Category::DrySnacks), ..everything() },
            Sort::Name,
            "products_category_sort_name_index",
        ),
        (Filters { group: Some(village.sekar_laras), ..everything() }, Sort::Name, "products_group_id_sort_name_index"),
        (
            Filters { cooperative: Some(village.cooperative), ..everything() },
            Sort::Name,
            "products_cooperative_id_sort_name_index",
        ),
    ];
    for (filters, sort, index) in cases {
        let statement = statement(&village, filters.clone(), sort).await;
        let plan = explain(&village, statement.clone(), "enable_sort").await;
        assert!(plan.contains(index), "{filters:?} {sort}: {index} is not used\n{plan}\n{statement}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort Key"), "{sort} sorts\n{plan}");
    }
    // With so few rows PostgreSQL would scan the list in order; the search index is only used by bitmap scans.
    let search_filters = Filters { q: Some("pastel".into()), ..everything() };
    let statement = statement(&village, search_filters, Sort::Name).await;
    let plan = explain(&village, statement, "enable_indexscan").await;
    let index = if village.database.is_postgres() { "products_search_vector_index" } else { "products_search" };
    assert!(plan.contains(index), "{plan}");
}
