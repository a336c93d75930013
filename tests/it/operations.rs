//! Operating the service: health, metrics, limits, timeouts, shutdown, and information leaks.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant as Stopwatch};

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use lumbung::server::cors::{Origins, apply_cors};
use lumbung::server::deadline::{ResponseTimeout, limit_response_time};
use lumbung::web::middleware::finalize;
use reqwest::Method;

use crate::world::{ServerProcess, TestDatabase, World};

#[actix_web::test]
async fn health_and_meta_endpoints_respond() {
    let world = World::empty().await;
    assert_eq!(world.guest().get("/health/live").await.expect(200).str("status"), "live");
    let ready = world.guest().get("/health/ready").await.expect(200);
    assert_eq!((ready.str("status"), ready.header("cache-control")), ("ready".into(), Some("no-store")));
    assert_eq!(world.guest().get("/v1/meta").await.expect(200).str("currency"), "IDR");
    let timing = ready.header("server-timing").unwrap().to_owned();
    assert!(timing.starts_with("app;dur=") && timing.contains("db;dur="), "{timing}");
}

#[actix_web::test]
async fn during_shutdown_requests_are_served_but_the_service_is_not_ready() {
    let world = World::empty().await;
    world.app.service_state.shutdown.begin();
    let reply = world.guest().get("/health/ready").await.expect_problem(503, "unavailable");
    assert_eq!(reply.str("because"), "draining");
    let reply = world.guest().get("/v1/meta").await.expect(200);
    assert_eq!(reply.header("connection"), Some("close"));
}

#[actix_web::test]
async fn metrics_contain_routes_and_never_paths() {
    let world = World::empty().await;
    lumbung::server::metrics::install_recorder();
    world.guest().get("/v1/meta").await.expect(200);
    world.guest().get("/v1/products/canary-path").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = lumbung::server::metrics::serve(&world.app, listener).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let text = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    handle.stop(false).await;
    assert!(text.contains("http_requests_total{route=\"/v1/meta\",method=\"GET\",status=\"200\"}"), "{text}");
    assert!(text.contains("http_request_seconds_bucket") && text.contains("outbox_waiting"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[actix_web::test]
async fn a_panic_is_a_problem_and_the_process_survives() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(|| {
        App::new()
            .wrap(from_fn(finalize))
            .route("/panic", web::get().to(|| async { panic!("canary-panic") as String }))
            .route("/well", web::get().to(|| async { "well" }))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    for _ in 0..3 {
        let reply = reqwest::get(format!("http://{address}/panic")).await.unwrap();
        assert_eq!(reply.status(), 500);
        assert_eq!(reply.headers()["content-type"], "application/problem+json");
        assert_eq!(reply.headers().get("server"), None);
        let text = reply.text().await.unwrap();
        assert!(text.contains("\"code\":\"internal\"") && !text.contains("canary"), "{text}");
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut names: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["code", "detail", "request_id", "status", "title", "type"]);
        for secret in ["src/", ".rs", "select", "sqlite", "postgres", env!("CARGO_PKG_VERSION")] {
            assert!(!text.to_lowercase().contains(secret), "{secret}: {text}");
        }
    }
    assert_eq!(reqwest::get(format!("http://{address}/well")).await.unwrap().status(), 200);
    handle.stop(false).await;
}

#[actix_web::test]
async fn large_texts_are_compressed_and_each_encoding_has_its_own_etag() {
    let world = World::empty().await;
    let plain = world.guest().with("accept-encoding", "identity").get("/v1/openapi.json").await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    let plain_tag = plain.header("etag").unwrap().to_owned();
    let compressed = world.guest().with("accept-encoding", "br").get("/v1/openapi.json").await.expect(200);
    assert_eq!(compressed.header("content-encoding"), Some("br"));
    assert!(compressed.bytes.len() * 4 < plain.bytes.len());
    let tag = compressed.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("{}-br\"", plain_tag.trim_end_matches('"')));
    let known = world.guest().with("accept-encoding", "br").with("if-none-match", &tag);
    let unchanged = known.get("/v1/openapi.json").await.expect(304);
    assert!(unchanged.bytes.is_empty() && unchanged.header("etag") == Some(tag.as_str()));
    // Encodings have different entity tags.
    world
        .guest()
        .with("accept-encoding", "identity")
        .with("if-none-match", &tag)
        .get("/v1/openapi.json")
        .await
        .expect(200);
    let small = world.guest().with("accept-encoding", "br").get("/v1/meta").await.expect(200);
    assert_eq!(small.header("content-encoding"), None);
}

#[actix_web::test]
async fn cors_allows_only_configured_origins() {
    let world = World::with(|config| config.server.origins = vec!["https://toko.example".into()]).await;
    let allowed = |reply: &crate::world::Reply| reply.header("access-control-allow-origin").map(str::to_owned);
    let from = |origin: &str| world.guest().with("origin", origin);
    assert_eq!(allowed(&from("https://toko.example").get("/v1/meta").await), Some("https://toko.example".into()));
    for stranger in ["https://evil.example", "https://toko.example.evil.example", "null", "http://toko.example"] {
        assert_eq!(allowed(&from(stranger).get("/v1/meta").await), None, "{stranger}");
    }
    let request = from("https://toko.example").with("access-control-request-method", "POST");
    let reply = request.send(Method::OPTIONS, "/v1/orders", None).await.expect(204);
    assert!(reply.header("access-control-allow-headers").unwrap().contains("Idempotency-Key"));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    let closed = World::empty().await;
    assert_eq!(allowed(&closed.guest().with("origin", "https://toko.example").get("/v1/meta").await), None);
}

#[actix_web::test]
async fn errors_have_cors_headers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(|| {
        App::new()
            .app_data(web::Data::new(Origins(vec!["https://toko.example".into()])))
            .app_data(web::Data::new(ResponseTimeout(Duration::from_millis(50))))
            .wrap(from_fn(limit_response_time))
            .wrap(from_fn(finalize))
            .wrap(from_fn(apply_cors))
            .route("/panic", web::get().to(|| async { panic!("canary-panic") as String }))
            .route("/slow", web::get().to(std::future::pending::<String>))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    for (path, status) in [("panic", 500), ("slow", 503), ("nowhere", 404)] {
        let request = reqwest::Client::new().get(format!("http://{address}/{path}"));
        let reply = request.header("origin", "https://toko.example").send().await.unwrap();
        assert_eq!(reply.status(), status);
        assert_eq!(reply.headers()["access-control-allow-origin"], "https://toko.example", "{path}");
        assert!(reply.headers().get_all("vary").iter().any(|vary| vary == "Origin"), "{path}");
        let stranger = reqwest::get(format!("http://{address}/{path}")).await.unwrap();
        assert_eq!(stranger.headers().get("access-control-allow-origin"), None, "{path}");
    }
    handle.stop(false).await;
}

#[actix_web::test]
async fn rate_limited_requests_get_retry_after() {
    let world = World::with(|config| {
        config.rate.loopback_free = false;
        config.rate.address_per_minute = 3;
    })
    .await;
    let first = world.guest().get("/v1/meta").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), Some("\"address\";q=3;w=60"));
    assert!(first.header("ratelimit").unwrap().starts_with("\"address\";r=2;t="));
    world.guest().get("/v1/meta").await.expect(200);
    // `X-Forwarded-For` of untrusted clients is ignored.
    world.guest().with("x-forwarded-for", "192.0.2.1").get("/v1/meta").await.expect(200);
    let refused = world.guest().with("x-forwarded-for", "192.0.2.2").get("/v1/meta").await;
    let refused = refused.expect_problem(429, "too-many-requests");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    world.guest().get("/health/live").await.expect(200);
}

#[actix_web::test]
async fn a_trusted_proxy_forwards_the_client_address() {
    let world = World::with(|config| {
        config.rate.loopback_free = false;
        config.rate.address_per_minute = 1;
        config.server.proxies = vec!["127.0.0.0/8".into()];
    })
    .await;
    for client in ["192.0.2.1", "192.0.2.2", "6.6.6.6, 192.0.2.3"] {
        world.guest().with("x-forwarded-for", client).get("/v1/meta").await.expect(200);
    }
    world
        .guest()
        .with("x-forwarded-for", "7.7.7.7, 192.0.2.3")
        .get("/v1/meta")
        .await
        .expect_problem(429, "too-many-requests");
}

#[actix_web::test]
async fn requests_that_are_too_large_are_problems() {
    let world = World::empty().await;
    let json = |text: String| {
        let guest = world.guest();
        async move { guest.upload(Method::POST, "/v1/accounts", "application/json", text.into_bytes()).await }
    };
    json(format!("{{\"name\": \"{}\"}}", "a".repeat(70_000))).await.expect_problem(413, "body-too-large");
    json("[".repeat(60)).await.expect_problem(400, "body-unreadable");
    let long = json(format!("{{\"name\": \"{}\", \"password\": \"tidak mudah\"}}", "a".repeat(5_000))).await;
    assert_eq!(long.status, 422, "{}", long.text());
    // Too long although each parameter is valid.
    let padded = |zeros: usize| format!("/v1/products?limit={}5", "0".repeat(zeros));
    world.guest().get(&padded(2_000)).await.expect(200);
    world.guest().get(&padded(2_048)).await.expect_problem(400, "query-invalid").expect_field_error("", "too-long");
    let longest = format!("/v1/products?q={}", "a".repeat(101));
    world.guest().get(&longest).await.expect_problem(400, "query-invalid").expect_field_error("/q", "too-long");
    world.guest().get("/v1/products?limit=101").await.expect_problem(400, "query-invalid");
    world
        .guest()
        .upload(Method::POST, "/v1/accounts", "text/plain", vec![b'a'])
        .await
        .expect_problem(415, "media-type-unsupported");
}

#[test]
fn after_a_signal_the_server_drains_and_exits_with_success() {
    let database = TestDatabase::create();
    let mut server = ServerProcess::start(&database, 1);
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 200"));
    server.terminate();
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 503"), "not ready at once");
    assert!(server.get("/v1/meta").starts_with("HTTP/1.1 200"), "still answering");
    assert_eq!(server.wait_for_exit(Duration::from_secs(20)).code(), Some(0));
}

#[test]
fn after_a_second_signal_the_server_exits_immediately() {
    let database = TestDatabase::create();
    let mut server = ServerProcess::start(&database, 60);
    server.terminate();
    std::thread::sleep(Duration::from_millis(200));
    server.terminate();
    assert_eq!(server.wait_for_exit(Duration::from_secs(3)).code(), Some(130));
}

#[actix_web::test]
async fn a_request_with_an_incomplete_head_times_out() {
    let world = World::with(|config| config.server.header_seconds = 1).await;
    let address = world.base_url.trim_start_matches("http://").to_owned();
    let waited = actix_web::rt::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(b"GET /v1/meta HTTP/1.1\r\nhost: a\r\n").unwrap();
        let start = Stopwatch::now();
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        start.elapsed()
    });
    assert!(waited.await.unwrap() < Duration::from_secs(8));
}

/// Slow bodies as well as stalled ones.
#[actix_web::test]
async fn a_body_that_is_too_slow_times_out() {
    let village = World::village_with(|config| config.server.body_seconds = 1).await;
    let (product, _) = village.create_pastel_in_stock(1).await;
    let address = village.base_url.trim_start_matches("http://").to_owned();
    let token = village.sari.access_token.clone();
    let photo = format!("PUT /v1/products/{product}/photos/1");
    for (request, kind) in [("POST /v1/accounts", "application/json"), (photo.as_str(), "image/jpeg")] {
        for is_dripping in [false, true] {
            let (address, head) = (
                address.clone(),
                format!(
                    "{request} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
                     content-type: {kind}\r\ncontent-length: 1000\r\n\r\n{{\"name\":"
                ),
            );
            let answered = actix_web::rt::task::spawn_blocking(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
                stream.write_all(head.as_bytes()).unwrap();
                let (mut response, mut some, start) = (Vec::new(), [0; 4096], Stopwatch::now());
                while response.is_empty() && start.elapsed() < Duration::from_secs(10) {
                    if is_dripping {
                        let _ = stream.write_all(b" ");
                    }
                    if let Ok(read) = stream.read(&mut some) {
                        response.extend_from_slice(&some[..read]);
                    }
                }
                String::from_utf8_lossy(&response).into_owned()
            });
            let response = answered.await.unwrap();
            assert!(response.starts_with("HTTP/1.1 408"), "{request}: {response}");
            assert!(response.contains("application/problem+json"), "{request}: {response}");
        }
    }
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let world = World::with(|config| {
        config.server.stalled_seconds = 1;
        config.server.keep_alive_seconds = 60;
    })
    .await;
    let address: std::net::SocketAddr = world.base_url.trim_start_matches("http://").parse().unwrap();
    let cut = actix_web::rt::task::spawn_blocking(move || {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&address.into()).unwrap();
        let mut stream: TcpStream = socket.into();
        stream.set_nonblocking(true).unwrap();
        let start = Stopwatch::now();
        // Send requests for a large file without reading the responses.
        let request = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: a\r\n\r\n";
        while start.elapsed() < Duration::from_secs(20) {
            match stream.write(request) {
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return true,
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        false
    });
    assert!(cut.await.unwrap(), "the connection of a stalled reader stays open");
}
