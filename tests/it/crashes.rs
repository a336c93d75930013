//! Falling over at every statement, and being killed at any moment: nothing is half done, and sent again it is done
//! once.

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use lumbung::supply::Opening;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World, trap};

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every row of every table, as text.
fn everything(village: &Village) -> Vec<String> {
    let texts = |rows: Vec<Line>| rows.into_iter().map(|row| row.line).collect::<Vec<_>>();
    let mut found = Vec::new();
    if let Some(file) = village.database.url.strip_prefix("sqlite:") {
        let mut conn = SqliteConnection::establish(file).unwrap();
        // The index of the search holds nothing of its own.
        let columns =
            "SELECT 'SELECT ''' || m.name || ' '' || ' || group_concat('quote(\"' || c.name || '\")', ' || '','' || ')
                || ' AS line FROM \"' || m.name || '\" ORDER BY 1' AS line
            FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'products_search%' GROUP BY m.name ORDER BY m.name";
        for query in texts(diesel::sql_query(columns).load(&mut conn).unwrap()) {
            found.extend(texts(diesel::sql_query(query).load(&mut conn).unwrap()));
        }
    } else {
        let mut conn = PgConnection::establish(&village.database.url).unwrap();
        let tables = "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
        for table in texts(diesel::sql_query(tables).load(&mut conn).unwrap()) {
            let query = format!("SELECT '{table} ' || t::text AS line FROM \"{table}\" t ORDER BY 1");
            found.extend(texts(diesel::sql_query(query).load(&mut conn).unwrap()));
        }
    }
    found
}

/// Sends the same request, with the same key, while it falls over at its first statement, its second, and so on, until
/// it gets through. Tells the answer, and how many statements it took.
async fn falls_everywhere(village: &Village, client: &Client, path: &str, body: &Value) -> (Reply, u32) {
    let client = client.fresh_key();
    let before = everything(village);
    for statement in 1..200 {
        trap::before_statement(&village.database, statement);
        let reply = client.post(path, body.clone()).await;
        if !trap::was_sprung(&village.database) {
            assert!((200..300).contains(&reply.status), "{path}: {}", reply.text());
            let after = everything(village);
            assert_ne!(after, before);
            let again = client.post(path, body.clone()).await;
            assert_eq!((again.status, &again.bytes), (reply.status, &reply.bytes), "{path}");
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
            assert_eq!(everything(village), after, "{path}: sent again, it was done again");
            return (reply, statement - 1);
        }
        reply.problem(500, "internal");
        assert_eq!(everything(village), before, "{path}: falling at statement {statement} leaves something behind");
    }
    panic!("{path} takes no end of statements");
}

#[actix_web::test]
async fn falling_at_any_statement_of_a_movement_leaves_nothing_and_the_same_key_succeeds() {
    trap::watch();
    let village = World::village().await;
    let (pastel, _) = village.pastel_on_the_shelf(40).await;
    let permit = village.permit_of(&village.darsih, village.singkong_wareg);
    let chips = village.product_of(permit, "Keripik original 200 g", |_| {}).await;
    village
        .batch_of(permit, chips, Opening { made: Some(lumbung::kernel::Quantity::units(20)), ..Opening::default() })
        .await;
    // Everyone has used their token once: that is noted in a transaction of its own.
    for person in [&village.buyer, &village.sari, &village.treasurer] {
        person.get("/v1/me").await.expect(200);
    }

    let two_groups = json!({
        "cooperative": village.cooperative,
        "lines": [{"product": pastel, "quantity": 10}, {"product": chips, "quantity": 4}],
        "expected_total": 35_000,
    });
    let (order, statements) = falls_everywhere(&village, &village.buyer, "/v1/orders", &two_groups).await;
    assert!(statements >= 10, "only {statements} statements are seen");
    let guests = village.guest_order_of(pastel, 5, 12_500);
    falls_everywhere(&village, &village.guest(), "/v1/orders", &guests).await;

    let part =
        |order: &Reply| format!("/v1/fulfilments/{}/transitions", order.json["fulfilments"][0]["id"].as_str().unwrap());
    village.step(&village.sari, &order, "accept").await;
    let handed_over = village.ordered(pastel, 5).await;
    falls_everywhere(&village, &village.sari, &part(&handed_over), &json!({"action": "accept"})).await;
    falls_everywhere(&village, &village.sari, &part(&handed_over), &json!({"action": "hand_over"})).await;
    falls_everywhere(&village, &village.sari, &part(&handed_over), &json!({"action": "undo"})).await;

    let payments = format!("/v1/orders/{}/payments", handed_over.id());
    let transfer = json!({"method": "transfer", "purpose": "full"});
    let (payment, _) = falls_everywhere(&village, &village.buyer, &payments, &transfer).await;
    let decide = format!("/v1/payments/{}/transitions", payment.id());
    falls_everywhere(&village, &village.treasurer, &decide, &json!({"action": "confirm"})).await;

    let cancel = format!("/v1/orders/{}/transitions", order.id());
    let (cancelled, _) = falls_everywhere(&village, &village.buyer, &cancel, &json!({"action": "cancel"})).await;
    assert_eq!(cancelled.str("status"), "cancelled");

    let sale = json!({"lines": [{"product": pastel, "quantity": 3}], "expected_total": 7500});
    let sales = format!("/v1/groups/{}/sales", village.sekar_laras);
    let (_, statements) = falls_everywhere(&village, &village.sari, &sales, &sale).await;
    assert!(statements >= 10, "only {statements} statements are seen");
    village.work().await;
}
