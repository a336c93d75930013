//! QRIS: the printed code is pinned to its merchant, another merchant needs a second person, and a payment has its
//! code.

use futures_util::future::join_all;
use lumbung::payments::QrisPayload;
use serde_json::{Value, json};

use crate::world::{Client, Reply, Village, World};

/// The printed code of an example merchant.
pub const PRINTED: &str = "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI51440014ID.CO.QRIS.WWW0215ID10999999999990303UMI5204549953033605802ID5923KOPERASI CONTOH CIHONJE6008BANYUMAS6105531656304669B";

/// The printed code with these replacements and its new checksum.
fn with_changes(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(PRINTED.to_owned(), |text, (from, to)| {
        assert!(text.contains(from) && from.len() == to.len());
        text.replacen(from, to, 1)
    });
    let covered = &text[..text.len() - 4];
    let checksum = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(covered.as_bytes());
    format!("{covered}{checksum:04X}")
}

/// A code of another merchant with nearly the same name.
fn other_merchant() -> String {
    with_changes(&[("9360999900000000", "9360777700000000"), ("ID1099999999999", "ID1011111118888")])
}

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.with_new_key().post(path, body).await
}

fn codes_path(village: &Village) -> String {
    format!("/v1/cooperatives/{}/qris_codes", village.cooperative)
}

async fn propose(client: &Client, village: &Village, payload: &str) -> Reply {
    post(client, &codes_path(village), json!({"payload": payload})).await
}

/// The buyer orders and announces a QRIS payment.
async fn announce_qris(village: &Village, quantity: i64) -> Reply {
    let (product, _) = village.create_pastel_in_stock(quantity).await;
    let order = village.place_order(product, quantity).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    post(&village.buyer, &path, json!({"method": "qris"})).await.expect(201)
}

/// Proposes a code that needs a second person, beside an active one; returns its id.
pub async fn propose_other_merchant(village: &Village) -> String {
    propose(&village.treasurer, village, PRINTED).await.expect(201);
    propose(&village.treasurer, village, &other_merchant()).await.expect(201).id()
}

/// A new sticker of the same merchant.
pub fn renewed() -> String {
    with_changes(&[("BANYUMAS", "CILACAP ")])
}

/// The text that a scanner reads from a picture.
fn scan(png: &[u8]) -> String {
    let picture = image::load_from_memory(png).unwrap().to_luma8();
    let (width, height) = picture.dimensions();
    let bright = |x: usize, y: usize| picture.get_pixel(x.try_into().unwrap(), y.try_into().unwrap()).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, bright);
    let grids = prepared.detect_grids();
    assert_eq!(grids.len(), 1, "one code is seen");
    grids[0].decode().unwrap().1
}

#[actix_web::test]
async fn a_buyer_scans_the_printed_code_and_sees_the_amount_to_enter() {
    let village = World::village().await;
    let set = propose(&village.treasurer, &village, &format!(" {PRINTED}\n")).await.expect(201);
    assert_eq!((set.str("status"), set.str("merchant_id")), ("active".into(), "ID1099999999999".into()));
    let payment = announce_qris(&village, 40).await;
    let qris = &payment.json["qris"];
    assert_eq!((qris["payload"].as_str(), &qris["amount"]), (Some(PRINTED), &Value::Null));
    let due = lumbung::kernel::Rupiah(payment.json["transfer_amount"].as_i64().unwrap());
    let label = qris["label"].as_str().unwrap();
    assert!(label.contains(&due.to_string()) && label.contains("Bukan bukti pembayaran"), "{label}");
    let png = village.buyer.get(qris["png"]["url"].as_str().unwrap()).await.expect(200);
    assert_eq!((png.header("content-type"), png.header("cache-control")), (Some("image/png"), Some("no-store")));
    assert_eq!(scan(&png.bytes), PRINTED);
    let svg = village.buyer.in_english().get(qris["svg"]["url"].as_str().unwrap()).await.expect(200);
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    let (drawn, title) = (svg.text(), "<title>KOPERASI CONTOH CIHONJE. Enter Rp");
    assert!(drawn.contains(title) && drawn.contains("No proof of payment") && !drawn.contains("<script"), "{drawn}");
    let other = village.buyer.get(&qris["png"]["url"].as_str().unwrap().replace("/png", "/gif")).await;
    other.expect_problem(404, "not-found");
}

#[actix_web::test]
async fn a_code_with_the_amount_filled_in_is_off_until_the_board_wants_it_and_never_asks_for_more() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let own = format!("/v1/cooperatives/{}", village.cooperative);
    let seen = village.board.get(&own).await.expect(200);
    assert_eq!(seen.json["qris_amounts"], json!(false));
    village.board.with_version_of(&seen).patch(&own, json!({"qris_amounts": true})).await.expect(200);
    let payment = announce_qris(&village, 40).await;
    let (qris, due) = (&payment.json["qris"], &payment.json["transfer_amount"]);
    assert_eq!(&qris["amount"], due);
    assert!(due.as_i64() < payment.json["amount"].as_i64(), "the code is taken off, never put on");
    let text = scan(&village.buyer.get(qris["png"]["url"].as_str().unwrap()).await.expect(200).bytes);
    assert_eq!(Some(text.as_str()), qris["payload"].as_str());
    let amount = format!("54{:02}{due}", due.to_string().len());
    let number = payment.json["order_number"].as_str().unwrap();
    assert!(text.starts_with("000201010212") && text.contains(&amount) && text.contains(number), "{text}");
    assert_eq!(QrisPayload::parse(&text).unwrap().merchant_id().as_deref(), Some("ID1099999999999"));
    assert!(qris["label"].as_str().unwrap().contains("Nominal otomatis"));
}

#[actix_web::test]
async fn a_code_that_pays_someone_else_waits_for_a_second_person_who_reads_the_sticker() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let other = propose(&village.treasurer, &village, &other_merchant()).await.expect(201);
    assert_eq!((other.str("status"), &other.json["differs"]), ("proposed".into(), &json!(["merchant_id", "account"])));
    assert_eq!(other.json["actions"], json!(["refuse"]), "who proposed it does not approve it");
    let steps = format!("/v1/qris_codes/{}/transitions", other.id());
    let approve = |ends: &str| json!({"action": "approve", "merchant_id_ends": ends});
    post(&village.treasurer, &steps, approve("8888")).await.expect_problem(409, "second-person-needed");
    post(&village.board, &steps, approve("9999")).await.expect_field_error("/merchant_id_ends", "ends-otherwise");
    post(&village.board, &steps, json!({"action": "approve"}))
        .await
        .expect_field_error("/merchant_id_ends", "required");
    post(&village.supervisor, &steps, approve("8888")).await.expect_problem(403, "forbidden");
    assert_eq!(
        announce_qris(&village, 4).await.json["qris"]["payload"],
        json!(PRINTED),
        "buyers go on with the one before"
    );
    let shown = village.board.get(&format!("/v1/qris_codes/{}", other.id())).await.expect(200);
    assert_eq!(shown.json["actions"], json!(["approve", "refuse"]));
    let decided = post(&village.board, &steps, approve("8888")).await.expect(200);
    assert_eq!((decided.str("status"), &decided.json["decided_by"]), ("active".into(), &json!(village.board.id)));
    assert_eq!(announce_qris(&village, 4).await.json["qris"]["merchant_id"], json!("ID1011111118888"));
    post(&village.board, &steps, approve("8888")).await.expect_problem(409, "transition-invalid");
    let list = village.supervisor.get(&codes_path(&village)).await.expect(200);
    let states: Vec<&str> =
        list.json["data"].as_array().unwrap().iter().filter_map(|code| code["status"].as_str()).collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&"active") && states.contains(&"replaced"), "{states:?}");
}

#[actix_web::test]
async fn board_and_treasury_are_notified_before_another_code_becomes_active() {
    let village = World::village().await;
    let id = propose_other_merchant(&village).await;
    village.work().await;
    let letters = |kind: &'static str, to: &str| {
        let letters: Vec<String> = village
            .mails()
            .into_iter()
            .filter(|letter| letter.to == to && letter.kind == kind)
            .map(|letter| letter.text)
            .collect();
        letters
    };
    let letters_to_board = letters("qris-proposed", &village.board.email);
    assert_eq!(letters_to_board.len(), 1);
    assert!(
        letters_to_board[0].contains("KOPERASI CONTOH CIHONJE") && letters_to_board[0].contains("stiker"),
        "{}",
        letters_to_board[0]
    );
    assert!(!letters_to_board[0].contains("ID1011111118888"), "who approves reads it off the sticker");
    assert_eq!(letters("qris-proposed", &village.treasurer.email), Vec::<String>::new());
    let approval = json!({"action": "approve", "merchant_id_ends": "8888"});
    post(&village.board, &format!("/v1/qris_codes/{id}/transitions"), approval).await.expect(200);
    village.work().await;
    assert_eq!(letters("qris-set", &village.treasurer.email).len(), 1);
}

#[actix_web::test]
async fn a_new_sticker_of_the_same_merchant_needs_nobody_else_and_another_name_does() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let again = propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let moved = propose(&village.treasurer, &village, &renewed()).await.expect(201);
    assert_eq!(moved.str("status"), "active");
    assert_ne!(moved.id(), again.id());
    let renamed = with_changes(&[("CONTOH CIHONJE", "CONTOH CIHONJA")]);
    let renamed = propose(&village.treasurer, &village, &renamed).await.expect(201);
    assert_eq!((renamed.str("status"), &renamed.json["differs"]), ("proposed".into(), &json!(["merchant_name"])));
    let steps = format!("/v1/qris_codes/{}/transitions", renamed.id());
    let refused = post(&village.treasurer, &steps, json!({"action": "refuse"})).await.expect(200);
    assert_eq!(refused.str("status"), "refused");
    // A new proposal supersedes the pending one.
    let first = propose(&village.treasurer, &village, &other_merchant()).await.expect(201);
    propose(&village.treasurer, &village, &with_changes(&[("CONTOH CIHONJE", "CONTOH CIHONJA")])).await.expect(201);
    let first = village.treasurer.get(&format!("/v1/qris_codes/{}", first.id())).await.expect(200);
    assert_eq!(first.str("status"), "refused");
}

#[actix_web::test]
async fn what_is_no_printed_code_is_refused_with_the_reason() {
    let village = World::village().await;
    let mut damaged = PRINTED.to_owned();
    damaged.replace_range(40..41, "X");
    let once = QrisPayload::parse(PRINTED).unwrap().for_payment(lumbung::kernel::Rupiah(5_000), None).unwrap();
    let nameless = "00020101021126680016ID.CO.CONTOH.WWW01189360999900000000190215CIHONJE000000010303UMI5204549953033605802ID5911TOKO 5802ID6008BANYUMAS630433FB";
    for (payload, code) in [
        ("https://contoh.example/bayar", "qris-malformed"),
        (damaged.as_str(), "qris-checksum"),
        (&with_changes(&[("5303360", "5303840")]), "qris-not-rupiah"),
        (&once.text().unwrap(), "qris-not-static"),
        (nameless, "qris-no-merchant"),
    ] {
        propose(&village.treasurer, &village, payload).await.expect_field_error("/payload", code);
    }
    assert_eq!(village.treasurer.get(&codes_path(&village)).await.expect(200).json["data"], json!([]));
    assert_eq!(announce_qris(&village, 4).await.json["qris"], Value::Null, "nothing to scan, and it can be announced");
}

/// The text without its checksum, closed anew.
fn closed(covered: &str) -> String {
    let covered = format!("{covered}6304");
    let checksum = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(covered.as_bytes());
    format!("{covered}{checksum:04X}")
}

/// The printed code with this additional data in field 62.
fn with_additional_data(value: &str) -> String {
    closed(&format!("{}62{:02}{value}", &PRINTED[..PRINTED.len() - 8], value.len()))
}

#[actix_web::test]
async fn a_code_without_room_for_an_order_number_is_refused_when_it_is_set() {
    let village = World::village().await;
    let too_full = format!("0736{}0836{}", "A".repeat(36), "B".repeat(36));
    let too_long = closed(&format!(
        "{}8099{}8199{}8275{}",
        &PRINTED[..PRINTED.len() - 8],
        "A".repeat(99),
        "B".repeat(99),
        "C".repeat(75)
    ));
    assert!(too_long.len() <= 512 && with_additional_data(&too_full).len() <= 512);
    for broken in ["0799A", "07", "nothing", "0703A010703A01", &too_full] {
        let reply = propose(&village.treasurer, &village, &with_additional_data(broken)).await;
        reply.expect_problem(422, "body-invalid").expect_field_error("/payload", "qris-additional-data");
    }
    propose(&village.treasurer, &village, &too_long).await.expect_field_error("/payload", "qris-additional-data");
    assert_eq!(village.treasurer.get(&codes_path(&village)).await.expect(200).json["data"], json!([]));
    // What leaves room is taken, and gets its picture with the amount and number filled in.
    let just_full = format!("0728{}0834{}", "A".repeat(28), "B".repeat(34));
    let set = propose(&village.treasurer, &village, &with_additional_data(&just_full)).await.expect(201);
    assert_eq!(set.str("status"), "active");
    fill_in_amounts(&village).await;
    let payment = announce_qris(&village, 4).await;
    let number = payment.json["order_number"].as_str().unwrap();
    let text = scan(&village.buyer.get(payment.json["qris"]["png"]["url"].as_str().unwrap()).await.expect(200).bytes);
    assert!(text.contains(number) && text.contains(&just_full[..32]), "{text}");
}

async fn fill_in_amounts(village: &Village) {
    let own = format!("/v1/cooperatives/{}", village.cooperative);
    let seen = village.board.get(&own).await.expect(200);
    village.board.with_version_of(&seen).patch(&own, json!({"qris_amounts": true})).await.expect(200);
}

#[actix_web::test]
async fn a_code_that_was_set_before_its_additional_data_was_checked_still_has_a_picture() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    fill_in_amounts(&village).await;
    village.database.run(&format!("UPDATE qris_codes SET payload = '{}'", with_additional_data("0799A")));
    let payment = announce_qris(&village, 4).await;
    let url = payment.json["qris"]["png"]["url"].as_str().unwrap();
    let text = scan(&village.buyer.get(url).await.expect(200).bytes);
    let amount = format!("5404{}", payment.json["transfer_amount"]);
    assert!(text.contains(&amount) && text.contains("62050799A"), "{text}");
}

#[actix_web::test]
async fn a_checksum_in_lower_case_and_a_byte_order_mark_are_forgiven() {
    let village = World::village().await;
    let lower = format!("{}669b", &PRINTED[..PRINTED.len() - 4]);
    let first = propose(&village.treasurer, &village, &lower).await.expect(201);
    assert_eq!((first.str("status"), first.str("payload")), ("active".into(), PRINTED.into()));
    for copied in [format!("\u{feff}{PRINTED}"), format!(" \u{feff}{lower}\r\n\u{feff}")] {
        let again = propose(&village.treasurer, &village, &copied).await.expect(201);
        assert_eq!(again.id(), first.id(), "it is the same code");
    }
    let wrong = format!("{}669c", &PRINTED[..PRINTED.len() - 4]);
    propose(&village.treasurer, &village, &wrong).await.expect_field_error("/payload", "qris-checksum");
}

#[actix_web::test]
async fn of_concurrent_proposals_and_approvals_one_wins() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let others: Vec<String> =
        (0..6).map(|n| with_changes(&[("ID1099999999999", &format!("ID10111111100{n:02}"))])).collect();
    let sent = join_all(others.iter().map(|payload| propose(&village.treasurer, &village, payload))).await;
    sent.into_iter().for_each(|reply| drop(reply.expect(201)));
    let list = village.board.get(&codes_path(&village)).await.expect(200);
    let waits: Vec<&Value> =
        list.json["data"].as_array().unwrap().iter().filter(|code| code["status"] == "proposed").collect();
    assert_eq!(waits.len(), 1);
    let (id, ends) = (waits[0]["id"].as_str().unwrap(), &waits[0]["merchant_id"].as_str().unwrap()[11..]);
    let (steps, approve) =
        (format!("/v1/qris_codes/{id}/transitions"), json!({"action": "approve", "merchant_id_ends": ends}));
    let decided = join_all((0..4).map(|_| post(&village.board, &steps, approve.clone()))).await;
    let mut statuses: Vec<u16> = decided.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    let list = village.board.get(&codes_path(&village)).await.expect(200);
    let active = list.json["data"].as_array().unwrap().iter().filter(|code| code["status"] == "active").count();
    assert_eq!(active, 1);
}

#[actix_web::test]
async fn a_guest_scans_by_their_link_until_the_treasurer_has_the_money() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let (product, _) = village.create_pastel_in_stock(40).await;
    let guest = village.guest();
    let order = post(&guest, "/v1/orders", village.guest_order_body(product, 10, 25_000)).await.expect(201);
    let path = format!("/v1/track/{}/payments", order.json["track"]["secret"].as_str().unwrap());
    let offer = guest.get(&path).await.expect(200);
    assert_eq!(
        offer.json["qris"],
        json!({
            "merchant_name": "KOPERASI CONTOH CIHONJE", "merchant_id": "ID1099999999999", "amounts": false,
            "most": 10_000_000,
        })
    );
    let announced = post(&guest, &path, json!({"method": "qris"})).await.expect(201);
    let link = announced.json["qris"]["svg"]["url"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&path), "{link}");
    guest.get(&link).await.expect(200);
    let list = guest.get(&path).await.expect(200);
    let payment = &list.json["data"][0];
    let picture = payment["qris"]["png"]["url"].as_str().unwrap().to_owned();
    assert!(picture.starts_with(&path), "{picture}");
    assert_eq!(scan(&guest.get(&picture).await.expect(200).bytes), PRINTED);
    let steps = format!("/v1/payments/{}/transitions", payment["id"].as_str().unwrap());
    post(&village.treasurer, &steps, json!({"action": "confirm"})).await.expect(200);
    guest.get(&picture).await.expect_problem(404, "not-found");
    let list = guest.get(&path).await.expect(200);
    assert_eq!((&list.json["data"][0]["qris"], &list.json["qris"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn more_than_qris_moves_at_once_is_paid_in_parts() {
    let village = World::village().await;
    propose(&village.treasurer, &village, PRINTED).await.expect(201);
    let (product, _) = village.create_pastel_in_stock(5_000).await;
    let order = village.place_order(product, 4_400).await;
    let path = format!("/v1/orders/{}/payments", order.id());
    let refused =
        post(&village.buyer, &path, json!({"method": "qris"})).await.expect_problem(409, "more-than-qris-takes");
    assert_eq!(refused.json["most"], json!(10_000_000));
    post(&village.buyer, &path, json!({"method": "qris", "amount": 10_000_000})).await.expect(201);
    post(&village.buyer, &path, json!({"method": "qris"})).await.expect(201);
}
