//! The feed of a cooperative's events: read on page by page, nothing is missed, doubled or out of order.

use std::cell::Cell;
use std::collections::BTreeSet;

use diesel::prelude::*;
use futures_util::future::{join, join_all};
use lumbung::db::{self, schema::events};
use serde_json::Value;

use crate::world::{Person, Village, World};

fn feed(village: &Village) -> String {
    format!("/v1/cooperatives/{}/events", village.cooperative)
}

/// A page: the ids with their places, and where to go on.
async fn page(reader: &Person, path: &str, after: i64, limit: usize) -> (Vec<(i64, String)>, i64) {
    let reply = reader.get(&format!("{path}?after={after}&limit={limit}")).await.expect(200);
    let row = |event: &Value| (event["seq"].as_i64().unwrap(), event["id"].as_str().unwrap().to_owned());
    let rows: Vec<_> = reply.json["data"].as_array().unwrap().iter().map(row).collect();
    assert!(rows.len() <= limit, "a page of {}", rows.len());
    (rows, reply.json["next"].as_i64().unwrap())
}

/// Reads on from here until a page is empty.
async fn read_on(reader: &Person, path: &str, after: i64, limit: usize) -> (Vec<(i64, String)>, i64) {
    let (mut seen, mut at) = (Vec::new(), after);
    loop {
        let (rows, next) = page(reader, path, at, limit).await;
        if rows.is_empty() {
            assert_eq!(next, at, "at the end the place stays");
            return (seen, at);
        }
        assert_eq!(rows.last().map(|(seq, _)| *seq), Some(next), "one goes on behind the last event");
        seen.extend(rows);
        at = next;
    }
}

#[actix_web::test]
async fn a_reader_that_goes_on_page_by_page_misses_and_doubles_nothing_while_others_write() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(10_000).await;
    let path = feed(&village);
    let (first, start) = read_on(&village.board, &path, 0, 100).await;
    assert!(first.len() > 5, "the village has a history: {}", first.len());

    let ended = Cell::new(false);
    let writing = async {
        join_all((0..4).map(|_| async {
            for _ in 0..6 {
                let order = village.place_order(product, 5).await;
                village.transition_fulfilment(&village.sari, &order, "accept").await.expect(200);
            }
        }))
        .await;
        ended.set(true);
    };
    let reading = async {
        let (mut seen, mut at, mut pages) = (Vec::new(), start, 0);
        loop {
            let was_ended = ended.get();
            let (rows, next) = read_on(&village.supervisor, &path, at, 7).await;
            seen.extend(rows);
            at = next;
            pages += 1;
            if was_ended {
                return (seen, at, pages);
            }
        }
    };
    let ((), (seen, end, looks)) = join(writing, reading).await;
    assert!(looks > 1, "something was read while others wrote");
    assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0), "places only grow");
    let ids: BTreeSet<&String> = seen.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), seen.len(), "nothing comes twice");
    assert_eq!(
        read_on(&village.board, &path, start, 100).await,
        (seen.clone(), end),
        "whoever comes later reads the same"
    );
    // 24 orders, each placed and accepted.
    assert!(seen.len() >= 48, "{}", seen.len());
    let cooperative = village.cooperative;
    let written: i64 = village
        .app
        .state
        .db
        .read::<_, db::Error, _>(move |conn| {
            Ok(events::table.filter(events::cooperative_id.eq(cooperative)).count().get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(i64::try_from(first.len() + seen.len()).unwrap(), written, "all that was written, and nothing else");
    village.work().await;
}

#[actix_web::test]
async fn the_feed_begins_where_it_is_told_and_is_the_cooperatives_own() {
    let village = World::village().await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let path = feed(&village);
    let (all, end) = read_on(&village.board, &path, 0, 100).await;
    let unsaid = village.board.get(&path).await.expect(200);
    assert_eq!(unsaid.json["data"].as_array().unwrap().len(), all.len().min(20), "twenty, when nothing is said");
    let middle = all[all.len() / 2].0;
    let (rest, _) = read_on(&village.board, &path, middle, 3).await;
    assert_eq!(rest, all[all.len() / 2 + 1..], "what stands behind a place, and nothing of it");
    let (nothing, far) = page(&village.board, &path, 9_000_000_000, 10).await;
    assert_eq!((nothing.len(), far), (0, 9_000_000_000));

    let order = village.place_order(product, 5).await;
    let (new, _) = read_on(&village.board, &path, end, 100).await;
    assert!(!new.is_empty(), "an order is news");
    let kinds = village.board.get(&format!("{path}?after={end}")).await.expect(200);
    let placed = &kinds.json["data"][0];
    assert_eq!(
        (placed["kind"].as_str(), placed["subject"].as_str()),
        (Some("order.placed"), Some(order.id().as_str()))
    );
    assert_eq!(placed["actor"].as_str(), Some(village.buyer.id.as_str()));
    let other = format!("/v1/cooperatives/{}/events", village.foreign_cooperative);
    let (foreign, _) = read_on(&village.foreign_board, &other, 0, 100).await;
    let ours: BTreeSet<&String> = all.iter().chain(&new).map(|(_, id)| id).collect();
    assert!(!foreign.is_empty() && foreign.iter().all(|(_, id)| !ours.contains(id)));
    village.work().await;
}

#[actix_web::test]
async fn a_place_that_is_none_and_a_page_of_no_size_are_refused() {
    let village = World::village().await;
    let path = feed(&village);
    for wrong in ["after=-1", "after=abc", "after=1.5", "after=99999999999999999999", "after=", "limit=0", "limit=101"]
    {
        for reader in [village.board.client.clone(), village.board.in_english()] {
            reader.get(&format!("{path}?{wrong}")).await.expect_problem(400, "query-invalid");
        }
    }
    village.board.get(&format!("{path}?after=0&cursor=abc")).await.expect_problem(400, "query-invalid");
    village
        .board
        .get(&format!("{path}?after=-1"))
        .await
        .expect_problem(400, "query-invalid")
        .expect_field_error("/after", "out-of-range");
}
