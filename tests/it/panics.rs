//! Panics are logged with their location and without user input.

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use lumbung::db;
use lumbung::web::middleware::finalize;
use lumbung::web::{AppState, Problem};
use serde_json::Value;

use crate::world::World;

const PASSWORD: &str = "canary-sandi-9471";
const ADDRESS: &str = "Gang Kenari 9471";
const TOKEN: &str = "canary-token-9471";

/// The lines of a JSON log.
pub fn log_lines(log: &str) -> Vec<Value> {
    let object = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(value) if value.is_object() => value,
        _ => panic!("a line of the log is none: {line}"),
    };
    log.lines().map(object).collect()
}

/// A server whose handlers panic while they process user input. The test below runs it in a separate process to capture
/// its whole output.
#[actix_web::test]
#[ignore = "the test below runs it"]
async fn a_server_that_panics() {
    lumbung::telemetry::init(&lumbung::telemetry::Settings {
        format: lumbung::telemetry::LogFormat::Json,
        filter: "trace".into(),
        slow_query_ms: 1,
    });
    let world = World::empty().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let app = world.app.clone();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(finalize))
            .configure(|config| app.configure(config))
            .route("/cut", web::post().to(|body: String| async move { body[..body.len() - 1].to_owned() }))
            .route(
                "/unwrap",
                web::post()
                    .to(|body: String| async move { body.parse::<u32>().map_err(|_| body).unwrap().to_string() }),
            )
            .route(
                "/write",
                web::post().to(|state: web::Data<AppState>, body: String| async move {
                    let writing = state.db.write::<String, db::Error, _>(move |_| panic!("while writing {body}"));
                    Ok::<_, Problem>(writing.await?)
                }),
            )
            .route(
                "/read",
                web::post().to(|state: web::Data<AppState>, body: String| async move {
                    Ok::<_, Problem>(
                        state.db.read::<String, db::Error, _>(move |_| panic!("while reading {body}")).await?,
                    )
                }),
            )
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    for path in ["cut", "unwrap", "write", "read"] {
        let request = reqwest::Client::new().post(format!("http://{address}/{path}?password={PASSWORD}"));
        let request = request.header("authorization", format!("Bearer {TOKEN}")).body(format!("{PASSWORD} {ADDRESS}é"));
        let reply = request.send().await.unwrap();
        assert_eq!(reply.status(), 500, "{path}");
        let text = reply.text().await.unwrap();
        assert!(!text.contains("canary") && !text.contains(ADDRESS), "{text}");
    }
    handle.stop(false).await;
}

#[test]
fn a_panic_tells_where_it_happened_and_nothing_of_what_was_sent() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "panics::a_server_that_panics", "--ignored", "--nocapture", "--test-threads", "1"])
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let (log, stdout) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}");
    let lines = log_lines(&log);
    assert!(lines.iter().any(|line| line["level"] == "TRACE"), "the log level is too high for this test");
    let panics: Vec<&Value> = lines.iter().filter(|line| line["message"] == "a panic").collect();
    assert_eq!(panics.len(), 4, "{panics:?}");
    assert!(panics.iter().all(|line| line["place"].as_str().is_some_and(|place| place.contains(".rs:"))), "{panics:?}");
    for text in ["canary", ADDRESS] {
        let leak = log.lines().find(|line| line.contains(text));
        assert_eq!(leak, None, "the log contains {text}");
    }
}
