//! The configuration of `docker compose up` is valid without any variables set.

use std::collections::BTreeMap;

use lumbung::config::{Config, ConfigErrors, Sources};
use secrecy::ExposeSecret;

const COMPOSE: &str = include_str!("../../docker-compose.yml");
const DOCKERFILE: &str = include_str!("../../Dockerfile");
const KEY: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";

type Variables = BTreeMap<String, String>;

/// Interpolates `${NAME:-default}` like compose.
fn interpolate(text: &str, shell: &Variables) -> String {
    let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
    let (inside, after) = rest.split_once('}').expect("a brace that is opened is closed");
    let (name, default) = inside.split_once(":-").expect("every variable of the shell has a default");
    let value = shell.get(name).filter(|value| !value.is_empty()).map_or(default, String::as_str);
    format!("{before}{value}{}", interpolate(after, shell))
}

/// The app's environment from image and compose file, with these shell variables.
fn environment(shell: &Variables) -> Variables {
    let image = DOCKERFILE.lines().filter_map(|line| line.strip_prefix("ENV ")).flat_map(str::split_whitespace);
    let mut found: Variables =
        image.map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect();
    let mut lines = COMPOSE.lines().skip_while(|line| line.trim() != "environment: &environment");
    let depth = |line: &str| line.len() - line.trim_start().len();
    let opening = depth(lines.next().expect("the app has an environment"));
    let message = lines.take_while(|line| depth(line) > opening).filter(|line| !line.trim().starts_with('#'));
    for line in message {
        let (name, value) = line.trim().split_once(':').unwrap();
        found.insert(name.into(), interpolate(value.trim().trim_matches('"'), shell));
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The app's configuration under compose, with these shell variables.
fn composed(shell: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
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
fn the_configuration_is_valid_without_variables() {
    let config = composed(&[]).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(!config.production);
    assert_eq!(config.database.url.expose_secret(), "postgres://lumbung:lumbung@database/lumbung");
    assert_eq!((config.mail.host.as_str(), config.mail.port), ("mail", 1025));
    // The migration service has the same environment.
    assert!(COMPOSE.contains("environment: *environment"));
}

#[test]
fn production_rejects_all_well_known_values() {
    let errors = composed(&[("LUMBUNG_ENV", "production")]).unwrap_err();
    let message = errors.to_string();
    for key in ["server.seal_key", "accounts.signing_keys", "server.public_url", "database.url", "mail.security"] {
        assert!(message.contains(key), "{key} is not required: {message}");
    }
    assert_eq!(errors.0.len(), 5, "{message}");
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
    .unwrap_or_else(|errors| panic!("{errors}"));
    assert!(config.production);
    assert_eq!((config.mail.host.as_str(), config.mail.port), ("smtp.example.org", 587));
}
