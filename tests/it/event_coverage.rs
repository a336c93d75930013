//! Event coverage: every operation of the contract that changes something records an event in its transaction, except a
//! few that change nothing of interest.

use std::collections::BTreeSet;

use diesel::prelude::*;
use lumbung::db::{self, schema::events};
use lumbung::kernel::Duration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::permissions::send;
use crate::photos::jpeg;
use crate::tokens::secret;
use crate::world::contract::{operation, operations};
use crate::world::midtrans::Midtrans;
use crate::world::{Client, PASSWORD, Person, Reply, Village, World};

/// Operations that succeed without an event, and why.
const SILENT: [(&str, &str); 5] = [
    ("request_email_verification", "a letter is sent again; nothing of the account changes"),
    (
        "receive_midtrans_notification",
        "what is told is kept as it came; what follows from it is an event of the payment",
    ),
    ("quote_order", "it reserves nothing; demand that is refused is an event of its own"),
    ("refresh_session", "the session goes on; its opening and its end are events"),
    ("quote_repeat_order", "it reserves nothing"),
];

/// Kinds of events that are in the feed of no cooperative; operators read them in the log.
const AUDITED_ONLY: [&str; 6] = ["account.", "session.", "calendar.", "mail.", "notification.", "office.all_ended"];

/// A run through the contract: the operations performed, and those that recorded no event.
struct Walk {
    village: Village,
    performed: BTreeSet<&'static str>,
    silent: BTreeSet<&'static str>,
}

impl Walk {
    async fn events(&self) -> i64 {
        let counting = |conn: &mut db::Conn| Ok(events::table.count().get_result(conn)?);
        self.village.app.state.db.read::<_, db::Error, _>(counting).await.unwrap()
    }

    /// Performs this operation, which must succeed.
    async fn perform(&mut self, id: &str, client: &Client, path: &str, body: Option<Value>) -> Reply {
        let known = operations().find(|known| known.id() == id).unwrap_or_else(|| panic!("there is no {id}"));
        let method = known.method.to_uppercase();
        assert_eq!(operation(&method, path).map(|operation| operation.id()), Some(id), "{method} {path}");
        let before = self.events().await;
        let is_picture = body.is_none() && known.value["requestBody"]["content"]["image/jpeg"].is_object();
        let client = client.with_new_key();
        let reply = if is_picture {
            client.upload(Method::from_bytes(method.as_bytes()).unwrap(), path, "image/jpeg", jpeg(64, 64)).await
        } else {
            send(&client, &known, path, body).await
        };
        assert!((200..300).contains(&reply.status), "{id}: {} {}", reply.status, reply.text());
        self.performed.insert(known.id());
        if self.events().await == before {
            self.silent.insert(known.id());
        }
        reply
    }

    /// The same with the current version of the resource in `If-Match`.
    async fn perform_versioned(&mut self, id: &str, client: &Client, path: &str, body: Option<Value>) -> Reply {
        let seen = client.get(path).await.expect(200);
        self.perform(id, &client.with_version_of(&seen), path, body).await
    }
}

/// Accounts, sessions and a person's own data.
async fn people(walk: &mut Walk) {
    let guest = walk.village.guest();
    let body =
        json!({"name": "Contoh Rini", "phone": "0812-0000-0771", "email": "rini@example.org", "password": PASSWORD});
    walk.perform("register_account", &guest, "/v1/accounts", Some(body)).await;
    let sign_in = json!({"login": "rini@example.org", "password": PASSWORD, "device": "HP"});
    let session = walk.perform("sign_in", &guest, "/v1/sessions", Some(sign_in)).await;
    let refresh = json!({"refresh_token": session.str("refresh_token")});
    walk.perform("refresh_session", &guest, "/v1/sessions/refresh", Some(refresh)).await;
    // Only the link in the latest letter is valid.
    walk.village.clock.advance(Duration::seconds(1));
    let ask = json!({"email": "rini@example.org"});
    walk.perform("request_email_verification", &guest, "/v1/email_verifications", Some(ask)).await;
    let link = format!("/v1/email_verifications/{}", secret(&walk.village, "verify-email"));
    walk.perform("verify_email", &guest, &link, None).await;
    let ask = json!({"login": "rini@example.org"});
    walk.perform("request_password_reset", &guest, "/v1/password_resets", Some(ask)).await;
    let link = format!("/v1/password_resets/{}", secret(&walk.village, "reset-password"));
    walk.perform("reset_password", &guest, &link, Some(json!({"password": "gerobak biru laut"}))).await;

    let person = walk.village.register("Contoh Wulan").await;
    walk.perform_versioned("update_me", &person, "/v1/me", Some(json!({"name": "Contoh Wulan Sari"}))).await;
    let other = walk.village.sign_in_again(&person).await;
    walk.perform("end_session", &person, &format!("/v1/sessions/{}", other.session), None).await;
    let other = walk.village.sign_in_again(&person).await;
    walk.perform("sign_out", &other, "/v1/sessions/current", None).await;
    let new = json!({"current_password": PASSWORD, "password": "gerobak biru laut"});
    walk.perform("set_password", &person, "/v1/me/password", Some(new)).await;
    let leaving = walk.village.register("Contoh Pergi").await;
    walk.perform_versioned("close_me", &leaving, "/v1/me", Some(json!({"current_password": PASSWORD}))).await;
}

/// A cooperative, its places and offices.
async fn cooperative(walk: &mut Walk) {
    let (admin, board) = (walk.village.admin.clone(), walk.village.board.clone());
    let new = json!({
        "code": "SPT", "name": "Koperasi Contoh Samudra", "kind": "cooperative", "village_code": "33.02.15.2005",
        "address": "Balai Desa, RT 001/RW 002",
    });
    walk.perform("create_cooperative", &admin, "/v1/cooperatives", Some(new)).await;
    let own = format!("/v1/cooperatives/{}", walk.village.cooperative);
    walk.perform_versioned("update_cooperative", &board, &own, Some(json!({"description": "Sembilan kelompok."})))
        .await;
    let office = json!({"contact": walk.village.other_buyer.phone, "role": "treasurer"});
    let offices = format!("{own}/assignments");
    let assigned = walk.perform("assign_office", &board, &offices, Some(office)).await;
    walk.perform("end_assignment", &board, &format!("{offices}/{}", assigned.id()), None).await;
    let zone = json!({"name": "Kecamatan Wangon", "description": "", "fee": 15_000});
    let zone = walk.perform("add_delivery_zone", &board, &format!("{own}/delivery_zones"), Some(zone)).await;
    let zone = format!("{own}/delivery_zones/{}", zone.id());
    walk.perform_versioned("update_delivery_zone", &board, &zone, Some(json!({"fee": 16_000}))).await;
    walk.perform_versioned("remove_delivery_zone", &board, &zone, None).await;
    let point = json!({"name": "Pos Ronda", "address": "RT 003", "hours": "Tiap sore"});
    let point = walk.perform("add_pickup_point", &board, &format!("{own}/pickup_points"), Some(point)).await;
    let point = format!("{own}/pickup_points/{}", point.id());
    walk.perform_versioned("update_pickup_point", &board, &point, Some(json!({"hours": "Tiap pagi"}))).await;
    walk.perform_versioned("remove_pickup_point", &board, &point, None).await;
}

/// A signed-in person with this number and no e-mail address.
async fn without_mail(village: &Village, phone: &str) -> Person {
    let body = json!({"name": "Contoh Tanpa Surel", "phone": phone, "password": PASSWORD});
    let id = village.guest().with_new_key().post("/v1/accounts", body).await.expect(201).id();
    let session = village.try_sign_in(phone, PASSWORD).await.expect(201);
    let client = village.guest().with_token(&session.str("access_token"));
    Person { client, id, phone: phone.into(), email: String::new(), ..village.buyer.clone() }
}

/// A group and its members.
async fn group(walk: &mut Walk) {
    let (sari, buyer) = (walk.village.sari.clone(), walk.village.buyer.clone());
    let groups = format!("/v1/cooperatives/{}/groups", walk.village.cooperative);
    let new = json!({"name": "Kelompok Baru", "description": "Aneka kue basah."});
    let founded = walk.perform("create_group", &buyer, &groups, Some(new)).await;
    let submit = Some(json!({"action": "submit"}));
    walk.perform("transition_group", &buyer, &format!("/v1/groups/{}/transitions", founded.id()), submit).await;
    let own = format!("/v1/groups/{}", walk.village.sekar_laras);
    walk.perform_versioned("update_group", &sari, &own, Some(json!({"description": "Pastel dan risoles."}))).await;

    let (invitations, members) = (format!("{own}/invitations"), format!("{own}/members"));
    let invitation = Some(json!({"name": "Contoh Diundang", "role": "member"}));
    let invited = walk.perform("create_invitation", &sari, &invitations, invitation.clone()).await;
    let joining = without_mail(&walk.village, "0812-0000-0772").await;
    let accepting = format!("/v1/invitations/{}/acceptance", invited.str("token"));
    walk.perform("accept_invitation", &joining, &accepting, None).await;
    let place = format!("{members}/{}", invited.str("membership"));
    walk.perform("vouch_for_phone", &sari, &format!("{place}/phone_vouch"), None).await;
    walk.perform("issue_reset_code", &sari, &format!("{place}/reset_code"), None).await;
    let unwanted = walk.perform("create_invitation", &sari, &invitations, invitation).await;
    walk.perform("revoke_invitation", &sari, &format!("{invitations}/{}", unwanted.id()), None).await;
    let member = json!({"name": "Mbah Contoh Dua", "role": "member"});
    let added = walk.perform("add_member", &sari, &members, Some(member)).await;
    let place = format!("{members}/{}", added.id());
    walk.perform_versioned("update_member", &sari, &place, Some(json!({"name": "Mbah Contoh Tiga"}))).await;
    walk.perform_versioned("remove_member", &sari, &place, None).await;
}

/// Products, batches and contributions.
async fn goods(walk: &mut Walk) {
    let sari = walk.village.sari.clone();
    let own = format!("/v1/groups/{}", walk.village.sekar_laras);
    let new = json!({"name": "Lumpia", "category": "fresh_snacks", "unit": "piece", "price": 2500});
    let product = walk.perform("create_product", &sari, &format!("{own}/products"), Some(new)).await;
    let path = format!("/v1/products/{}", product.id());
    walk.perform("transition_product", &sari, &format!("{path}/transitions"), Some(json!({"action": "publish"}))).await;
    walk.perform_versioned("update_product", &sari, &path, Some(json!({"price": 2600}))).await;
    walk.perform("upload_photo", &sari, &format!("{path}/photos/1"), None).await;
    let seen = sari.get(&path).await.expect(200);
    walk.perform("delete_photo", &sari.with_version_of(&seen), &format!("{path}/photos/1"), None).await;

    let plan = json!({"ready_on": "2026-11-27", "capacity": 120, "minimum": 60});
    let planned = walk.perform("open_batch", &sari, &format!("{path}/batches"), Some(plan)).await;
    let batch = format!("/v1/batches/{}", planned.id());
    walk.perform_versioned("update_batch", &sari, &batch, Some(json!({"capacity": 150}))).await;
    let contribution = json!({"membership": walk.village.mbah_contoh, "kind": "pieces", "amount": 40});
    walk.perform("create_contribution", &sari, &format!("{batch}/contributions"), Some(contribution)).await;
    let confirm = Some(json!({"action": "confirm"}));
    walk.perform("transition_batch", &sari, &format!("{batch}/transitions"), confirm).await;
    walk.perform("record_production", &sari, &format!("{batch}/production"), Some(json!({"made": 100}))).await;
    let burnt = json!({"quantity": 5, "reason": "gosong"});
    walk.perform("record_discard", &sari, &format!("{batch}/discards"), Some(burnt)).await;
    let request_body = json!({"product": product.id(), "day": "2026-11-30", "quantity": 50});
    walk.perform("create_unmet_demand", &sari, &format!("{own}/unmet_demand"), Some(request_body)).await;
}

/// Orders and payments, of a buyer and of a guest.
async fn trade(walk: &mut Walk) {
    let (product, _) = walk.village.create_pastel_in_stock(400).await;
    let (sari, buyer, treasurer) =
        (walk.village.sari.clone(), walk.village.buyer.clone(), walk.village.treasurer.clone());
    let guest = walk.village.guest();
    let sale = json!({"lines": [{"product": product, "quantity": 3}]});
    walk.perform("create_quick_sale", &sari, &format!("/v1/groups/{}/sales", walk.village.sekar_laras), Some(sale))
        .await;
    let basket = json!({"cooperative": walk.village.cooperative, "lines": [{"product": product, "quantity": 5}]});
    walk.perform("quote_order", &buyer, "/v1/quotes", Some(basket)).await;
    let body = walk.village.order_body(product, 10, 25_000);
    let order = walk.perform("place_order", &buyer, "/v1/orders", Some(body)).await;
    let path = format!("/v1/orders/{}", order.id());
    walk.perform("quote_repeat_order", &buyer, &format!("{path}/repeat_quote"), None).await;
    walk.perform("create_order_note", &buyer, &format!("{path}/notes"), Some(json!({"text": "Halo"}))).await;
    let transfer = Some(json!({"method": "transfer"}));
    let payment = walk.perform("record_payment", &buyer, &format!("{path}/payments"), transfer.clone()).await;
    let paid = format!("/v1/payments/{}", payment.id());
    walk.perform("attach_proof", &buyer, &format!("{paid}/proof"), None).await;
    let confirm = Some(json!({"action": "confirm"}));
    walk.perform("transition_payment", &treasurer, &format!("{paid}/transitions"), confirm).await;
    let part = order.json["fulfilments"][0]["id"].as_str().unwrap();
    let accept = Some(json!({"action": "accept"}));
    walk.perform("transition_fulfilment", &sari, &format!("/v1/fulfilments/{part}/transitions"), accept).await;
    let cancel = Some(json!({"action": "cancel"}));
    walk.perform("cancel_order", &buyer, &format!("{path}/transitions"), cancel.clone()).await;

    let mut tracks = Vec::new();
    for _ in 0..2 {
        let body = walk.village.guest_order_body(product, 10, 25_000);
        let placed = walk.perform("place_order", &guest, "/v1/orders", Some(body)).await;
        tracks.push(format!("/v1/track/{}", placed.json["track"]["secret"].as_str().unwrap()));
    }
    let track = &tracks[0];
    walk.perform("create_tracked_note", &guest, &format!("{track}/notes"), Some(json!({"text": "Halo"}))).await;
    let payment = walk.perform("record_tracked_payment", &guest, &format!("{track}/payments"), transfer).await;
    let slip = format!("{track}/payments/{}/proof", payment.id());
    walk.perform("attach_tracked_proof", &guest, &slip, None).await;
    walk.perform("cancel_tracked_order", &guest, &format!("{track}/transitions"), cancel).await;
    walk.perform("claim_tracked_order", &buyer, &format!("{}/claim", tracks[1]), None).await;
}

/// Notifications of the gateway, and reviews by the treasurer.
async fn gateway(walk: &mut Walk, midtrans: &Midtrans) {
    let (guest, treasurer) = (walk.village.guest(), walk.village.treasurer.clone());
    let charge = crate::gateway::needing_review(midtrans, &walk.village).await;
    midtrans.add_sale("WARUNG-LAIN-7", 1_000, "settlement");
    let notification = Some(midtrans.notification("WARUNG-LAIN-7"));
    walk.perform("receive_midtrans_notification", &guest, "/v1/gateway_notifications/midtrans", notification).await;
    let path = format!("/v1/gateway_charges/{charge}/transitions");
    walk.perform("transition_gateway_charge", &treasurer, &path, Some(json!({"action": "accept"}))).await;
}

/// The calendar, and closed days of a group.
async fn calendar(walk: &mut Walk) {
    let (admin, sari) = (walk.village.admin.clone(), walk.village.sari.clone());
    let new =
        json!({"kind": "holiday", "day": "2027-08-17", "names": {"id": "Hari Kemerdekaan", "en": "Independence Day"}});
    let added = walk.perform("create_occasion", &admin, "/v1/calendar", Some(new)).await;
    let path = format!("/v1/calendar/{}", added.id());
    let moved = Some(json!({"day": "2027-08-18"}));
    let moved = walk.perform("update_occasion", &admin.with_version_of(&added), &path, moved).await;
    walk.perform("delete_occasion", &admin.with_version_of(&moved), &path, None).await;
    let day = format!("/v1/groups/{}/closed_days/2026-12-24", walk.village.sekar_laras);
    walk.perform("set_closed_day", &sari, &day, Some(json!({"reason": "Natal"}))).await;
    walk.perform("delete_closed_day", &sari, &day, None).await;
}

/// Market days, offerings and standing orders.
async fn market(walk: &mut Walk) {
    let (board, sari, buyer) = (walk.village.board.clone(), walk.village.sari.clone(), walk.village.buyer.clone());
    let (product, _) = walk.village.create_pastel_in_stock(100).await;
    let own = format!("/v1/cooperatives/{}", walk.village.cooperative);
    let new = json!({
        "name": "Pasar Jumat", "weekdays": ["friday"], "opens_days_before": 2, "opens_at": "06:00",
        "closes_days_before": 1, "closes_at": "17:00", "from": "07:00", "until": "10:00",
    });
    let schedule = walk.perform("create_schedule", &board, &format!("{own}/schedules"), Some(new)).await;
    let path = format!("/v1/schedules/{}", schedule.id());
    walk.perform_versioned("update_schedule", &board, &path, Some(json!({"name": "Pasar Jumat pagi"}))).await;
    walk.perform_versioned("end_schedule", &board, &path, None).await;
    let single = json!({
        "name": "Pasar", "held_on": "2026-12-12", "opens_at": "2026-12-05T00:00:00Z", "closes_at": "2026-12-10T10:00:00Z",
        "from": "07:00", "until": "10:00",
    });
    let day = walk.perform("create_market_day", &board, &format!("{own}/market_days"), Some(single)).await;
    let path = format!("/v1/market_days/{}", day.id());
    walk.perform_versioned("update_market_day", &board, &path, Some(json!({"name": "Pasar Desember"}))).await;
    let offering = format!("{path}/offerings/{product}");
    walk.perform("set_market_offering", &sari, &offering, Some(json!({"capacity": 10}))).await;
    walk.perform("remove_market_offering", &sari, &offering, None).await;
    let cancel = Some(json!({"action": "cancel"}));
    walk.perform("transition_market_day", &board, &format!("{path}/transitions"), cancel).await;

    let daily = walk.village.create_made_to_order().await;
    let path = format!("/v1/products/{daily}/discounts/2026-11-27");
    let slack = Some(json!({"kind": "slack", "percent": 20, "floor_price": 1800}));
    let lowered = walk.perform("set_day_discount", &sari, &path, slack.clone()).await;
    let path = format!("/v1/batches/{}/discount", lowered.id());
    walk.perform("set_discount", &sari, &path, slack).await;
    walk.perform("end_discount", &sari, &path, None).await;

    let new = json!({
        "cooperative": walk.village.cooperative, "lines": [{"product": product, "quantity": 5}], "weekdays": ["friday"],
        "confirms_first": true,
    });
    let standing = walk.perform("create_standing_order", &buyer, "/v1/standing_orders", Some(new)).await;
    walk.village.work().await;
    let path = format!("/v1/standing_orders/{}", standing.id());
    let day = Some(json!({"day": "2026-11-27"}));
    walk.perform("confirm_occurrence", &buyer, &format!("{path}/confirmations"), day).await;
    walk.perform_versioned("update_standing_order", &buyer, &path, Some(json!({"note": "Sebelum jam tujuh"}))).await;
    walk.perform("skip_day", &buyer, &format!("{path}/skips/2026-12-04"), None).await;
    walk.perform("unskip_day", &buyer, &format!("{path}/skips/2026-12-04"), None).await;
    walk.perform("transition_standing_order", &buyer, &format!("{path}/transitions"), Some(json!({"action": "end"})))
        .await;
}

/// Contracts with a regular buyer.
async fn contracts(walk: &mut Walk) {
    let (board, buyer, treasurer) =
        (walk.village.board.clone(), walk.village.buyer.clone(), walk.village.treasurer.clone());
    let (product, contract, invoice) = crate::contracts::create_invoiced_contract(&walk.village).await;
    let contract_terms = json!({
        "contact": buyer.email, "starts_on": "2026-11-23", "ends_on": "2027-05-31", "weekdays": ["friday"],
        "lines": [{"product": product, "unit_price": 2_300}], "credit_limit": 300_000, "term_days": 14,
    });
    let path = format!("/v1/cooperatives/{}/contracts", walk.village.cooperative);
    let second = walk.perform("propose_contract", &board, &path, Some(contract_terms)).await;
    let path = format!("/v1/contracts/{}/transitions", second.id());
    walk.perform("transition_contract", &buyer, &path, Some(json!({"action": "decline"}))).await;
    let wanted = json!({"ready_on": "2026-11-23", "lines": [{"product": product, "quantity": 2}]});
    walk.perform("place_contract_order", &buyer, &format!("/v1/contracts/{contract}/orders"), Some(wanted)).await;
    let paid = json!({"method": "transfer", "amount": 1_000});
    walk.perform("pay_invoice", &treasurer, &format!("/v1/invoices/{invoice}/payments"), Some(paid)).await;
}

/// Cash and the bank.
async fn money(walk: &mut Walk) {
    let (sari, treasurer) = (walk.village.sari.clone(), walk.village.treasurer.clone());
    let (product, _) = walk.village.create_pastel_in_stock(10).await;
    let order = walk.village.place_order(product, 3).await;
    let payments = format!("/v1/orders/{}/payments", order.id());
    sari.with_new_key().post(&payments, json!({"method": "cash"})).await.expect(201);
    let own = format!("/v1/cooperatives/{}", walk.village.cooperative);
    let path = format!("{own}/handovers");
    let handover = walk.perform("declare_handover", &sari, &path, Some(json!({}))).await;
    let received = Some(json!({"action": "receive", "counted": handover.json["expected"]}));
    let path = format!("/v1/handovers/{}/transitions", handover.id());
    walk.perform("transition_handover", &treasurer, &path, received).await;
    let counted = Some(json!({"counted": 10_000}));
    walk.perform("count_cash", &treasurer, &format!("{own}/cash_counts"), counted).await;
    let mapping = json!({
        "separator": "comma", "skip_lines": 0, "date_column": 1, "date_form": "dd/mm/yyyy", "decimal": "point",
        "amount_column": 3, "description_columns": [2],
    });
    walk.perform("set_bank_format", &treasurer, &format!("{own}/bank_formats/BRI"), Some(mapping)).await;
    let statement = json!({"format": "BRI", "csv": "23/11/2026,BUNGA,\"1,250.00\"\n"});
    walk.perform("import_statement", &treasurer, &format!("{own}/statements"), Some(statement)).await;
    let queue = treasurer.get(&format!("{own}/statement_lines")).await.expect(200);
    let path = format!("/v1/statement_lines/{}/transitions", queue.json["data"][0]["id"].as_str().unwrap());
    walk.perform("transition_statement_line", &treasurer, &path, Some(json!({"action": "ignore"}))).await;
    let code = crate::qris::propose_other_merchant(&walk.village).await;
    let path = format!("/v1/qris_codes/{code}/transitions");
    walk.perform("transition_qris_code", &treasurer, &path, Some(json!({"action": "refuse"}))).await;
    let renewed = Some(json!({"payload": crate::qris::renewed()}));
    walk.perform("propose_qris_code", &treasurer, &format!("{own}/qris_codes"), renewed).await;
    let (payout, receipt) = crate::payouts::create_payout_and_receipt(&walk.village).await;
    let group = format!("/v1/groups/{}", walk.village.sekar_laras);
    let flour = Some(json!({"name": "Tepung", "unit": "kg", "price": 9_000}));
    walk.perform("create_ingredient", &sari, &format!("{group}/ingredients"), flour).await;
    let list = sari.get(&format!("{group}/ingredients")).await.expect(200);
    let flour = list.json["data"][0]["id"].as_str().unwrap().to_owned();
    let price = Some(json!({"price": 9_500}));
    walk.perform("set_ingredient_price", &sari, &format!("/v1/ingredients/{flour}/prices/2026-11-23"), price).await;
    let recipe = Some(json!({"yields": 10, "lines": [{"ingredient": flour, "quantity": 1}]}));
    walk.perform("replace_recipe", &sari, &format!("/v1/products/{product}/recipe"), recipe).await;
    let rule = Some(json!({"basis": "hours", "fund_percent": 5}));
    walk.perform("set_earning_rule", &sari, &format!("{group}/earning_rule"), rule).await;
    let member = walk.village.wati_membership;
    let spent = Some(json!({"membership": member, "what": "Minyak", "amount": 20_000}));
    walk.perform("create_ingredient_receipt", &sari, &format!("{group}/ingredient_receipts"), spent).await;
    let path = format!("/v1/ingredient_receipts/{receipt}/transitions");
    walk.perform("transition_ingredient_receipt", &sari, &path, Some(json!({"action": "void"}))).await;
    let paid = Some(json!({"group": walk.village.sekar_laras, "from": "cash"}));
    walk.perform("pay_group", &treasurer, &format!("{own}/payouts"), paid).await;
    let reversed = Some(json!({"action": "reverse", "reason": "Salah hitung"}));
    walk.perform("transition_payout", &treasurer, &format!("/v1/payouts/{payout}/transitions"), reversed).await;
}

/// Consignment at outlets.
async fn consignment(walk: &mut Walk) {
    let (sari, treasurer) = (walk.village.sari.clone(), walk.village.treasurer.clone());
    let board = walk.village.board.clone();
    let (_, batch) = walk.village.create_pastel_in_stock(40).await;
    let noted = json!({"name": "Warung Contoh Rejeki", "cut_percent": 20, "settle_days": 7});
    let path = format!("/v1/cooperatives/{}/outlets", walk.village.cooperative);
    let outlet = walk.perform("create_outlet", &board, &path, Some(noted.clone())).await;
    let path = format!("/v1/outlets/{}", outlet.id());
    walk.perform("replace_outlet", &board.with_version_of(&outlet), &path, Some(noted)).await;
    let delivery = Some(json!({"batch": batch, "quantity": 20}));
    let goods = walk.perform("deliver_consignment", &sari, &format!("{path}/consignments"), delivery).await;
    let line = json!({"consignment": goods.id(), "on_hand": 12});
    let body = Some(json!({"group": walk.village.sekar_laras, "lines": [line]}));
    let count = walk.perform("create_outlet_count", &sari, &format!("{path}/counts"), body).await;
    let paid = Some(json!({"method": "transfer", "amount": 1_000}));
    walk.perform("pay_outlet", &treasurer, &format!("{path}/payments"), paid).await;
    let reversal = Some(json!({"action": "reverse"}));
    walk.perform("transition_outlet_count", &sari, &format!("/v1/outlet_counts/{}/transitions", count.id()), reversal)
        .await;
}

/// The ledger.
async fn books(walk: &mut Walk) {
    let (treasurer, board) = (walk.village.treasurer.clone(), walk.village.board.clone());
    let own = format!("/v1/cooperatives/{}/ledger", walk.village.cooperative);
    let rent = Some(json!({"account": 5501, "name": "Sewa lapak"}));
    walk.perform("open_own_account", &treasurer, &format!("{own}/accounts"), rent).await;
    let paid = json!({"kind": "expense", "account": 5501, "amount": 50_000, "entered_on": "2026-10-15"});
    let entry = walk.perform("create_ledger_entry", &treasurer, &format!("{own}/entries"), Some(paid)).await;
    let path = format!("/v1/ledger_entries/{}/reversal", entry.id());
    walk.perform("reverse_ledger_entry", &treasurer, &path, Some(json!({"memo": "Salah akun"}))).await;
    let close = Some(json!({"action": "close"}));
    walk.perform("transition_period", &treasurer, &format!("{own}/periods/2026-10/transitions"), close).await;
    let (product, _) = walk.village.create_pastel_in_stock(10).await;
    let share = Some(json!({"percent": 5}));
    walk.perform("set_product_service_share", &board, &format!("/v1/products/{product}/service_share"), share).await;
}

/// Requests of buyers, and offers of groups.
async fn requests(walk: &mut Walk) {
    let (sari, buyer) = (walk.village.sari.clone(), walk.village.buyer.clone());
    let (product, _) = walk.village.create_pastel_in_stock(100).await;
    let request_body = json!({
        "cooperative": walk.village.cooperative, "words": "Pastel kecil", "quantity": 100, "needed_on": "2026-12-14",
        "place": {"kind": "pickup"},
    });
    let request = walk.perform("create_request", &buyer, "/v1/requests", Some(request_body)).await;
    let path = format!("/v1/requests/{}", request.id());
    walk.perform_versioned("update_request", &buyer, &path, Some(json!({"note": "Tanpa cabai"}))).await;
    let proposed = json!({"product": product, "quantity": 60, "unit_price": 2_000, "ready_on": "2026-12-14"});
    let offer = walk.perform("create_offer", &sari, &format!("{path}/offers"), Some(proposed)).await;
    let own = format!("{path}/offers/{}", offer.id());
    let more = Some(json!({"quantity": 50}));
    walk.perform("update_offer", &sari.with_version_of(&offer), &own, more).await;
    let acceptance =
        json!({"offers": [{"offer": offer.id()}], "delivery": {"kind": "pickup"}, "expected_total": 100_000});
    walk.perform("accept_offers", &buyer, &format!("{path}/acceptances"), Some(acceptance)).await;
    let again = json!({"product": product, "quantity": 50, "unit_price": 2_000, "ready_on": "2026-12-14"});
    let second = walk.perform("create_offer", &sari, &format!("{path}/offers"), Some(again)).await;
    let step = format!("{path}/offers/{}/transitions", second.id());
    walk.perform("transition_offer", &sari, &step, Some(json!({"action": "withdraw"}))).await;
    walk.perform("transition_request", &buyer, &format!("{path}/transitions"), Some(json!({"action": "withdraw"})))
        .await;
}

#[actix_web::test]
async fn every_operation_that_changes_something_records_an_event() {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| {
        config.accounts.loopback_is_unlimited = true;
        midtrans.configure(config);
    })
    .await;
    let mut walk = Walk { village, performed: BTreeSet::new(), silent: BTreeSet::new() };
    people(&mut walk).await;
    cooperative(&mut walk).await;
    group(&mut walk).await;
    goods(&mut walk).await;
    trade(&mut walk).await;
    gateway(&mut walk, &midtrans).await;
    calendar(&mut walk).await;
    market(&mut walk).await;
    requests(&mut walk).await;
    money(&mut walk).await;
    consignment(&mut walk).await;
    books(&mut walk).await;
    contracts(&mut walk).await;
    walk.village.work().await;
    let all: BTreeSet<&str> =
        operations().filter(|operation| operation.method != "get").map(|operation| operation.id()).collect();
    assert_eq!(walk.performed, all, "perform every new operation in this test");
    assert_eq!(walk.silent, SILENT.iter().map(|(id, _)| *id).collect(), "an operation without an event needs a reason");
    assert!(SILENT.iter().all(|(_, why)| !why.is_empty()));
    // Everything else is read in the feed of a cooperative.
    let outside = |conn: &mut db::Conn| {
        let query = events::table.filter(events::cooperative_id.is_null()).select(events::kind).distinct();
        Ok(query.load::<String>(conn)?)
    };
    for kind in walk.village.app.state.db.read::<_, db::Error, _>(outside).await.unwrap() {
        let is_known = AUDITED_ONLY.iter().any(|start| kind.starts_with(start));
        assert!(
            is_known,
            "{kind} is in no feed: put it into its cooperative's, or say here that only operators read it"
        );
    }
}
