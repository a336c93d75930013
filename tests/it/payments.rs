//! Payments, reports and the feed: who may see them.

use crate::world::World;

#[actix_web::test]
async fn the_treasurer_of_another_cooperative_finds_nothing_and_others_are_refused() {
    let village = World::village().await;
    let cooperative = village.cooperative;
    let payments = format!("/v1/cooperatives/{cooperative}/payments?status=pending");
    village.treasurer.get(&payments).await.expect(200);
    village.foreign_treasurer.get(&payments).await.problem(404, "not-found");
    village.board.get(&payments).await.problem(403, "forbidden");
    village.wati.get(&payments).await.problem(404, "not-found");
    village.guest().get(&payments).await.problem(401, "unauthenticated");
    village.treasurer.get(&format!("{payments}&held=true")).await.problem(400, "query-invalid");
    for path in ["sales", "sales?by=buyer", "events"] {
        let path = format!("/v1/cooperatives/{cooperative}/{path}");
        village.companion.get(&path).await.expect(200);
        village.foreign_treasurer.get(&path).await.problem(404, "not-found");
    }
}

#[actix_web::test]
async fn a_groups_sales_are_for_its_officers_and_the_offices_over_it() {
    let village = World::village().await;
    let path = format!("/v1/groups/{}/sales", village.sekar_laras);
    let report = village.sari.get(&path).await.expect(200);
    assert_eq!(report.json["totals"]["amount"], 0);
    village.treasurer.get(&path).await.expect(200);
    village.wati.get(&path).await.problem(403, "forbidden");
    village.darsih.get(&path).await.problem(404, "not-found");
    village.foreign_treasurer.get(&path).await.problem(404, "not-found");
    village.sari.get(&format!("{path}?by=group")).await.problem(400, "query-invalid");
    village.sari.get(&format!("{path}?from=2020-01-01&to=2026-01-01")).await.problem(400, "query-invalid");
    let table = village.sari.with("accept", "text/csv").get(&path).await.expect(200);
    assert!(table.text().contains("total,Total,"), "{}", table.text());
    village.sari.with("accept", "application/pdf").get(&path).await.problem(406, "not-acceptable");
    let no_key = village.sari.post(&path, serde_json::json!({"lines": []})).await;
    no_key.problem(422, "body-invalid").fault("/lines", "required");
}
