//! `docker compose up` on a machine where nothing is set: what its file says is a configuration that can be used.

use std::collections::BTreeMap;

use lumbung::config::{Config, Faults, Sources};
use secrecy::ExposeSecret;

const COMPOSE: &str = include_str!("../../docker-compose.yml");
const DOCKERFILE: &str = include_str!("../../Dockerfile");
const KEY: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";

type Variables = BTreeMap<String, String>;

/// The text with each `${NAME:-default}` filled in from the shell, as compose does it.
fn filled_in(text: &str, shell: &Variables) -> String {
    let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
    let (inside, after) = rest.split_once('}').expect("a brace that is opened is closed");
    let (name, default) = inside.split_once(":-").expect("every variable of the shell has a default");
    let value = shell.get(name).filter(|value| !value.is_empty()).map_or(default, String::as_str);
    format!("{before}{value}{}", filled_in(after, shell))
}

/// What the image and the compose file set for the app, with these variables in the shell.
fn environment(shell: &Variables) -> Variables {
    let image = DOCKERFILE.lines().filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    let mut found: Variables =
        image.map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect();
    let mut lines = COMPOSE.lines().skip_while(|line| line.trim() != "environment: &environment");
    let depth = |line: &str| line.len() - line.trim_start().len();
    let opening = depth(lines.next().expect("the app has an environment"));
    let told = lines.take_while(|line| depth(line) > opening).filter(|line| !line.trim().starts_with('#'));
    for line in told {
        let (name, value) = line.trim().split_once(':').unwrap();
        found.insert(name.into(), filled_in(value.trim().trim_matches('"'), shell));
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The configuration of the app under compose, with these variables in the shell.
fn composed(shell: &[(&str, &str)]) -> Result<Config, Faults> {
    let shell = shell.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let variables = environment(&shell);
    let environment = variables.get("LUMBUNG_ENV").filter(|name| !name.is_empty()).cloned();
    let file = environment.as_ref().map(|name| {
        assert_eq!(name, "production");
        ("config/production.toml".to_owned(), include_str!("../../config/production.toml").to_owned())
    });
    Sources { environment, file, variables }.config()
}

#[test]
fn with_nothing_set_the_whole_service_can_start() {
    let config = composed(&[]).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(!config.production);
    assert_eq!(config.database.url.expose_secret(), "postgres://lumbung:lumbung@database/lumbung");
    assert_eq!((config.mail.host.as_str(), config.mail.port), ("mail", 1025));
    // Migrating reads the same.
    assert!(COMPOSE.contains("environment: *environment"));
}

#[test]
fn for_the_public_everything_that_is_well_known_is_asked_for() {
    let faults = composed(&[("LUMBUNG_ENV", "production")]).unwrap_err();
    let told = faults.to_string();
    for key in ["server.seal_key", "accounts.signing_keys", "server.public_url", "database.url", "mail.security"] {
        assert!(told.contains(key), "{key} is not asked for: {told}");
    }
    assert_eq!(faults.0.len(), 5, "{told}");
    let config = composed(&[
        ("LUMBUNG_ENV", "production"),
        ("LUMBUNG__SERVER__SEAL_KEY", KEY),
        ("LUMBUNG__ACCOUNTS__SIGNING_KEYS", KEY),
        ("POSTGRES_PASSWORD", "kunci-gudang-beras-77"),
        ("PUBLIC_URL", "https://lumbung.example"),
        ("MAIL_HOST", "smtp.example.org"),
        ("MAIL_PORT", "587"),
        ("MAIL_SECURITY", "starttls"),
        ("MAIL_USERNAME", "lumbung"),
        ("MAIL_PASSWORD", "kunci-kotak-surat-77"),
        ("MAIL_FROM", "Lumbung <lumbung@example.org>"),
    ])
    .unwrap_or_else(|faults| panic!("{faults}"));
    assert!(config.production);
    assert_eq!((config.mail.host.as_str(), config.mail.port), ("smtp.example.org", 587));
}
