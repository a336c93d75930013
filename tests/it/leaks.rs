//! What must not leak: secrets and personal data stay out of logs, errors, figures and events.

use std::io::{Read, Write};
use std::process::Stdio;
use std::time::Duration;

use diesel::prelude::*;
use lumbung::db::{self, schema};
use reqwest::Method;
use serde_json::{Value, json};

use crate::panics::log_lines;
use crate::permissions::send;
use crate::roles::{Belongings, LAST};
use crate::world::contract::{Operation, operations};
use crate::world::midtrans::Midtrans;
use crate::world::{Client, Reply, ServerProcess, Village, World};

const PASSWORD: &str = "canary-sandi-9471";
const EMAIL: &str = "canary9471@example.org";
/// As it is typed; it is written down as +6281299947100.
const PHONE: &str = "0812-9994-7100";
const ADDRESS: &str = "Gang Kenari 9471";
const UNKNOWN_TOKEN: &str = "canary-token-9471-canary-token-9471";
const KEY: &str = "canary-key-9471-0123456789";
const DATABASE: &str = "canary-db-9471";
const GATEWAY: &str = "canary-gateway-9471";

/// Everything that was answered, and every secret that was handed out meanwhile.
struct Listening {
    base_url: String,
    refusals: Vec<String>,
    secrets: Vec<String>,
}

impl Listening {
    fn guest(&self) -> Client {
        Client::new(reqwest::Client::new(), &self.base_url)
    }

    fn hear(&mut self, reply: Reply) -> Reply {
        if reply.status >= 400 {
            let (headers, mut body) = (format!("{:?}", reply.headers), reply.json.clone());
            // Where a fault is, is said by the name that the caller gave the place.
            for fault in body["errors"].as_array_mut().into_iter().flatten() {
                fault["pointer"].take();
            }
            self.refusals.push(format!("{} {headers} {body}", reply.status));
        }
        for name in ["access_token", "refresh_token", "code", "token"] {
            // The code of a problem is no secret.
            if let Some(secret) = reply.json[name].as_str().filter(|_| reply.status < 400) {
                self.secrets.push(secret.to_owned());
            }
        }
        if let Some(secret) = reply.json["track"]["secret"].as_str() {
            self.secrets.push(secret.to_owned());
        }
        reply
    }

    async fn post(&mut self, client: &Client, path: &str, body: Value) -> Reply {
        let reply = client.post(path, body).await;
        self.hear(reply)
    }
}

async fn signed_in(listening: &mut Listening, login: &str, password: &str) -> (Client, Reply) {
    let guest = listening.guest();
    let body = json!({"login": login, "password": password, "device": "HP"});
    let reply = listening.post(&guest, "/v1/sessions", body).await.expect(201);
    (listening.guest().with_token(&reply.str("access_token")), reply)
}

/// Makes every new order break a rule of the database, whose complaint would show the whole row.
fn break_orders(village: &Village) {
    village.database.run(if village.database.is_postgres() {
        "ALTER TABLE orders ADD CONSTRAINT broken CHECK (total < 0) NOT VALID"
    } else {
        "CREATE TRIGGER broken BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'broken'); END"
    });
}

async fn people(listening: &mut Listening, village: &Village) {
    let guest = listening.guest();
    let person = json!({"name": "Contoh Kenari", "phone": PHONE, "email": EMAIL, "password": PASSWORD});
    listening.post(&guest, "/v1/accounts", person.clone()).await.expect(201);
    listening.post(&guest, "/v1/accounts", person.clone()).await.expect_problem(409, "login-taken");
    let unreadable = [
        format!("{{\"login\": \"{EMAIL}\", \"password\": \"{PASSWORD}\""),
        format!("{{\"login\": [\"{EMAIL}\"], \"password\": \"{PASSWORD}\"}}"),
        format!("{{\"login\": \"{EMAIL}\", \"password\": \"{PASSWORD}\", \"{PASSWORD}\": 1}}"),
        format!("{{\"login\": {{\"{EMAIL}\": \"{PASSWORD}\"}}}}"),
        format!("\"{PASSWORD}\""),
        PASSWORD.to_owned(),
    ];
    for body in unreadable {
        for path in ["/v1/sessions", "/v1/accounts", "/v1/orders"] {
            let reply = guest.with_key(KEY).upload(Method::POST, path, "application/json", body.clone().into()).await;
            assert!(listening.hear(reply).status >= 400);
        }
    }
    let wrong = json!({"login": EMAIL, "password": format!("{PASSWORD}-wrong"), "device": "HP"});
    listening.post(&guest, "/v1/sessions", wrong).await.expect_problem(401, "sign-in-failed");
    let (canary, pair) = signed_in(listening, PHONE, PASSWORD).await;
    let refresh = json!({"refresh_token": pair.str("refresh_token")});
    let fresh = listening.post(&guest, "/v1/sessions/refresh", refresh.clone()).await.expect(201);
    canary.get("/v1/me").await.expect(200);
    canary.get("/v1/me/export").await.expect(200);
    let used = guest.with_token(&fresh.str("access_token"));
    used.get("/v1/me").await.expect(200);
    let again = guest.post("/v1/sessions/refresh", refresh).await;
    listening.hear(again);
    for forged in [UNKNOWN_TOKEN, &format!("{}x", pair.str("access_token"))] {
        let reply = guest.with_token(forged).get("/v1/me").await;
        listening.hear(reply).expect(401);
    }
    let resets = json!({"login": EMAIL});
    listening.post(&guest, "/v1/password_resets", resets).await.expect(202);
    listening.post(&guest, "/v1/email_verifications", json!({"email": EMAIL})).await.expect(202);
    for path in ["/v1/password_resets", "/v1/email_verifications"] {
        let body = json!({"password": format!("{PASSWORD}-new")});
        let reply = guest.put(&format!("{path}/{UNKNOWN_TOKEN}"), body).await;
        assert!(listening.hear(reply).status >= 400);
    }
    for path in [
        format!("/v1/invitations/{UNKNOWN_TOKEN}"),
        format!("/v1/track/{UNKNOWN_TOKEN}"),
        format!("/v1/nowhere/{UNKNOWN_TOKEN}?password={PASSWORD}"),
        format!("/v1/products?{UNKNOWN_TOKEN}={PASSWORD}"),
        format!("/v1/products?limit={PASSWORD}"),
        format!("/v1/products?cursor={UNKNOWN_TOKEN}"),
    ] {
        let reply = guest.get(&path).await;
        assert!(listening.hear(reply).status >= 400, "{path}");
    }
    let (sari, _) = signed_in(listening, &village.sari.login, &village.sari.password).await;
    let members = format!("/v1/groups/{}/members", village.sekar_laras);
    let member = json!({"name": "Contoh Kenari", "phone": PHONE, "role": "member"});
    listening.post(&sari, &members, member).await.expect(201);
    let invite = json!({"membership": village.mbah_contoh, "email": EMAIL});
    let invitation = listening.post(&sari, &format!("/v1/groups/{}/invitations", village.sekar_laras), invite).await;
    if let Some(token) = invitation.json["token"].as_str() {
        guest.get(&format!("/v1/invitations/{token}")).await.expect(200);
    }
}

async fn trade(listening: &mut Listening, village: &Village, order: &Value) {
    let guest = listening.guest().with_key(KEY);
    let placed = listening.post(&guest, "/v1/orders", order.clone()).await.expect(201);
    let track = format!("/v1/track/{}", placed.json["track"]["secret"].as_str().unwrap());
    guest.get(&track).await.expect(200);
    let reply = guest.get(&format!("{track}x")).await;
    listening.hear(reply).expect_problem(404, "not-found");
    let note = json!({"text": format!("Antar ke {ADDRESS}")});
    listening.post(&guest, &format!("{track}/notes"), note).await.expect(201);
    let mut other = order.clone();
    other["note"] = json!(PASSWORD);
    listening.post(&guest, "/v1/orders", other).await.expect_problem(422, "idempotency-key-reused");
    let transfer = json!({"method": "transfer", "purpose": "full"});
    listening.post(&guest, &format!("{track}/payments"), transfer).await.expect(201);
    let mut unfit = order.clone();
    unfit["contact"]["phone"] = json!(format!("{PHONE} {UNKNOWN_TOKEN}"));
    unfit["contact"]["email"] = json!(format!("{EMAIL} {UNKNOWN_TOKEN}"));
    let fresh = listening.guest().with_new_key();
    let reply = listening.post(&fresh, "/v1/orders", unfit).await;
    assert!([400, 422].contains(&reply.status), "{}", reply.text());
    break_orders(village);
    let fresh = listening.guest().with_new_key();
    listening.post(&fresh, "/v1/orders", order.clone()).await.expect_problem(500, "internal");
}

/// The body of an operation with our own words wherever anything can be said.
fn telling(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| telling(value, name)),
        Value::Array(items) => items.iter_mut().for_each(|item| telling(item, name)),
        Value::String(text) => match name {
            "email" => *text = EMAIL.into(),
            "phone" => *text = PHONE.into(),
            "password" | "current_password" => *text = PASSWORD.into(),
            "login" | "contact" => *text = EMAIL.into(),
            "refresh_token" => *text = UNKNOWN_TOKEN.into(),
            "address" | "note" | "text" | "reason" | "received_by" | "buyer" => *text = ADDRESS.into(),
            "tracking_number" | "courier" | "holder" | "device" => *text = UNKNOWN_TOKEN.into(),
            _ => {}
        },
        _ => {}
    }
}

/// Drives every operation of the contract, by everyone who may have something to do with it.
async fn everything_once(listening: &mut Listening, village: &Village, own: &Belongings) {
    let mut all: Vec<Operation> = operations().collect();
    all.sort_by_key(|operation| LAST.iter().position(|id| *id == operation.id()).map_or(0, |place| place + 1));
    let mut callers = Vec::new();
    for person in [&village.admin, &village.board, &village.treasurer, &village.sari, &village.buyer] {
        callers.push(signed_in(listening, &person.login, &person.password).await.0);
    }
    callers.push(listening.guest());
    let mut done = 0;
    for operation in &all {
        let mut served = false;
        for caller in &callers {
            let caller = caller.with_new_key().with("if-match", "\"1\"").with("user-agent", UNKNOWN_TOKEN);
            let body = own.body(operation).map(|mut body| {
                telling(&mut body, "");
                body
            });
            let reply = send(&caller, operation, &own.path(operation), body).await;
            served |= reply.status < 400;
            listening.hear(reply);
        }
        done += usize::from(served);
    }
    // The rest is refused for a reason of its own, which must not tell more either.
    assert!(done * 3 > all.len() * 2, "only {done} of {} operations were served", all.len());
}

/// Tries to write lines of its own into the log, by all that a request can say.
fn forge_lines(port: u16) {
    let forged = "{\"level\":\"ERROR\",\"forged\":true}";
    let coded: String = format!("\n{forged}\r\n").bytes().map(|byte| format!("%{byte:02x}")).collect();
    let body = json!({"name": format!("a\n{forged}\n"), "phone": format!("\r\n{forged}"), "password": PASSWORD});
    for request in [
        format!("GET /v1/{coded} HTTP/1.1\r\nhost: a\r\n"),
        format!("GET /v1/products/{coded} HTTP/1.1\r\nhost: a\r\n"),
        format!("GET /v1/products?q={coded} HTTP/1.1\r\nhost: a\r\n"),
        format!("GET /v1/products?{coded}={coded} HTTP/1.1\r\nhost: a\r\n"),
        format!("GET /v1/meta HTTP/1.1\r\nhost: a\r\nx-request-id: {coded}\r\n"),
        format!("GET /v1/meta HTTP/1.1\r\nhost: a\r\nx-request-id: a\r{forged}\r\n"),
        format!("GET /v1/meta HTTP/1.1\r\nhost: a\r\nx-request-id: a\n {forged}\r\n"),
        format!("GET /v1/me HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \u{85}{forged}\r\n"),
        format!("GET\n{forged}\n/v1/meta HTTP/1.1\r\nhost: a\r\n"),
        format!(
            "POST /v1/accounts HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            body.to_string().len()
        ),
    ] {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let body = if request.starts_with("POST") { body.to_string() } else { String::new() };
        // What is no request is cut off while it is sent.
        let _ = write!(stream, "{request}connection: close\r\n\r\n{body}");
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

/// What the links in the letters of this folder end with.
fn mailed(folder: &std::path::Path) -> Vec<String> {
    let letters = std::fs::read_dir(folder.join("outbox")).unwrap().map(|letter| letter.unwrap().path());
    let mut found = Vec::new();
    for letter in letters {
        let text = std::fs::read_to_string(letter).unwrap().replace("=\r\n", "").replace("=3D", "=");
        let words = text.split(|letter: char| letter.is_whitespace() || "\"<>".contains(letter));
        for link in words.filter(|word| word.starts_with("http")) {
            found.extend(link.rsplit('/').next().filter(|last| last.len() >= 40).map(str::to_owned));
        }
    }
    found
}

#[actix_web::test]
async fn no_secret_and_nothing_personal_is_in_logs_errors_figures_or_events() {
    let midtrans = Midtrans::start();
    let village = World::village_with(|config| {
        config.data_dir = config.data_dir.parent().unwrap().to_path_buf();
        midtrans.configure(config);
    })
    .await;
    let (product, _) = village.create_pastel_in_stock(100).await;
    let mut order = village.guest_order_body(product, 2, 15_000);
    order["contact"] = json!({"name": "Contoh Kenari", "phone": PHONE, "email": EMAIL});
    order["delivery"] = json!({"kind": "local", "zone": village.zone, "address": ADDRESS});
    let own = Belongings::of(&village, &midtrans).await;
    village.work().await;
    let folder = village.database.folder.path().to_owned();
    let log = folder.join("log");
    let figures = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    // Where everybody is trusted, a password in the address is sent but not asked for.
    let url = village.database.url.replace("://postgres@", &format!("://postgres:{DATABASE}@"));
    let mut served = ServerProcess::start_with(
        &village.database,
        0,
        &[
            ("LUMBUNG__LOG__FILTER", "trace"),
            ("LUMBUNG__LOG__SLOW_QUERY_MS", "1"),
            ("LUMBUNG__METRICS__PORT", &figures),
            ("LUMBUNG__DATABASE__URL", &url),
            ("LUMBUNG__GATEWAY__BASE_URL", &midtrans.url),
            ("LUMBUNG__GATEWAY__SERVER_KEY", GATEWAY),
            ("LUMBUNG__ACCOUNTS__PASSWORD_ITERATIONS", "1"),
            ("LUMBUNG__ACCOUNTS__LOOPBACK_IS_UNLIMITED", "true"),
            ("RUST_BACKTRACE", "1"),
        ],
        Stdio::from(std::fs::File::create(&log).unwrap()),
    );
    let base_url = format!("http://127.0.0.1:{}", served.port);
    let mut listening = Listening { base_url, refusals: Vec::new(), secrets: Vec::new() };
    people(&mut listening, &village).await;
    trade(&mut listening, &village, &order).await;
    everything_once(&mut listening, &village, &own).await;
    forge_lines(served.port);
    // The worker sends what it finds.
    let mut links = Vec::new();
    for _ in 0..100 {
        links = if folder.join("outbox").is_dir() { mailed(&folder) } else { Vec::new() };
        if links.len() >= 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(links.len() >= 4, "only {} links were mailed", links.len());
    listening.secrets.extend(links);
    for key in ["seal", "access"] {
        let key = std::fs::read_to_string(folder.join("keys").join(key)).unwrap();
        listening.secrets.push(key.trim().to_owned());
    }
    let figures = reqwest::get(format!("http://127.0.0.1:{figures}/metrics")).await.unwrap().text().await.unwrap();
    served.terminate();
    served.wait_for_exit(Duration::from_secs(20));

    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("\"level\":\"TRACE\"") && log.contains("failed"), "the log tells too little to be a proof");
    let lines = log_lines(&log);
    assert!(!lines.iter().any(|line| line["forged"].as_bool().unwrap_or_default()), "a line was forged");
    let (refusals, secrets) = (listening.refusals.len(), listening.secrets.len());
    assert!(figures.contains("http_requests_total") && refusals > 25 && secrets >= 8, "{refusals} {secrets}");
    let events: Vec<(String, String)> = village
        .app
        .state
        .db
        .read::<_, db::Error, _>(|conn| {
            Ok(schema::events::table.select((schema::events::kind, schema::events::payload)).load(conn)?)
        })
        .await
        .unwrap();
    let events: Vec<String> = events.into_iter().map(|(kind, payload)| format!("{kind} {payload}")).collect();
    assert!(events.iter().any(|event| event.starts_with("order.placed")));

    let known = ["canary", "9994-7100", "99947100", ADDRESS];
    let mut leaks = Vec::new();
    for (place, lines) in [
        ("log", log.lines().collect::<Vec<_>>()),
        ("figures", figures.lines().collect()),
        ("refusals", listening.refusals.iter().map(String::as_str).collect()),
        ("events", events.iter().map(String::as_str).collect()),
    ] {
        for line in lines {
            let secret = known.into_iter().chain(listening.secrets.iter().map(String::as_str));
            if let Some(secret) = secret.into_iter().find(|secret| line.contains(secret)) {
                leaks.push(format!("{place} tells {secret}: {}", line.chars().take(400).collect::<String>()));
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks[..leaks.len().min(12)].join("\n"));
}

/// All that a caller can tell two answers apart by, but for the id and the time that each has of its own.
fn face(reply: &Reply) -> (u16, Vec<String>, String) {
    let own = ["date", "server-timing", "x-request-id"];
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    let body = reply.text().replace(reply.header("x-request-id").unwrap(), "");
    (reply.status, headers, body)
}

#[actix_web::test]
async fn nobody_learns_by_asking_whether_there_is_an_account() {
    let village = World::village().await;
    let hashes = || village.app.accounts.hasher.hash_count();
    let buyer = &village.buyer;
    let suspended: lumbung::kernel::ids::AccountId = village.other_buyer.id.parse().unwrap();
    village
        .app
        .state
        .db
        .write::<_, db::Error, _>(move |tx| {
            let row = schema::accounts::table.find(suspended);
            diesel::update(row).set(schema::accounts::status.eq("suspended")).execute(&mut **tx)?;
            Ok(())
        })
        .await
        .unwrap();
    let unknown = ["nobody@example.org", "0812-9999-9999"];
    let known = [buyer.email.as_str(), buyer.phone.as_str(), village.other_buyer.email.as_str()];
    let mut faces: Vec<(&str, Vec<((u16, Vec<String>, String), u64)>)> = Vec::new();
    for (path, field) in
        [("/v1/sessions", "login"), ("/v1/password_resets", "login"), ("/v1/email_verifications", "email")]
    {
        let mut seen = Vec::new();
        for who in unknown.into_iter().chain(known).filter(|who| field == "login" || who.contains('@')) {
            // Twice: the second mail in a row is not sent, and that is not told either.
            for _ in 0..2 {
                let mut body = json!({ field: who });
                if path == "/v1/sessions" {
                    body["password"] = json!("bukan sandi yang benar");
                }
                let before = hashes();
                let reply = village.guest().post(path, body).await;
                seen.push((face(&reply), hashes() - before));
            }
        }
        faces.push((path, seen));
    }
    for (path, seen) in &faces {
        let expected = if *path == "/v1/sessions" { (401, 1) } else { (202, 0) };
        for (face, hashed) in seen {
            assert_eq!((face, *hashed), (&seen[0].0, expected.1), "{path}");
            assert_eq!(face.0, expected.0, "{path}");
        }
    }
    // Registering says that a login is taken, as it must; but it costs the same.
    for email in ["new.contoh@example.org", buyer.email.as_str()] {
        let before = hashes();
        let body = json!({"name": "Contoh Baru", "email": email, "password": PASSWORD});
        let reply = village.guest().post("/v1/accounts", body).await;
        assert_eq!((reply.status, hashes() - before), (if email == buyer.email { 409 } else { 201 }, 1));
    }
    village.work().await;
    // A link that was used, one that a newer one took the place of, and one that never was are the same.
    let body = json!({"password": PASSWORD});
    let (mut good, mut refused) = (0, Vec::new());
    for letter in village.mails().into_iter().filter(|mail| mail.kind == "reset-password") {
        let link = letter.text.split(char::is_whitespace).find(|word| word.contains("http")).unwrap();
        let path = format!("/v1/password_resets/{}", link.rsplit(['/', '#', '=']).next().unwrap());
        let first = village.guest().put(&path, body.clone()).await;
        good += usize::from(first.status == 204);
        let again = village.guest().put(&path, body.clone()).await;
        refused.push(face(&again.expect_problem(410, "link-invalid")));
    }
    assert_eq!(good, 1, "of the links of one person the newest is good, once");
    let nobodys = village.guest().put(&format!("/v1/password_resets/{UNKNOWN_TOKEN}"), body).await;
    assert!(refused.len() > 1 && refused.iter().all(|refusal| *refusal == face(&nobodys)));
    village.work().await;
}
