//! Checks the password in a PostgreSQL URL against well-known ones.

use std::net::IpAddr;

use crate::accounts::Password;

/// Default passwords of examples and images, in addition to commonly chosen ones.
const WELL_KNOWN: [&str; 12] = [
    "lumbung",
    "postgres",
    "postgresql",
    "password",
    "passwort",
    "changeme",
    "secret",
    "admin",
    "root",
    "test",
    "example",
    "database",
];

/// Why the password of a PostgreSQL URL is not acceptable in production; `None` when it is, and for other URLs.
pub(super) fn check(url: &str) -> Option<&'static str> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"))?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (credentials, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (user, database) = (percent_decode(user), percent_decode(database));
    let password = parameter("password").unwrap_or_else(|| percent_decode(password));
    if password.is_empty() {
        let hosts = parameter("host").unwrap_or_else(|| percent_decode(hosts));
        let is_remote = !hosts.split(',').all(is_local);
        let has_other_credentials = ["passfile", "sslcert"].iter().any(|name| parameter(name).is_some());
        return (is_remote && !has_other_credentials)
            .then_some("must have a password, or passfile or sslcert, in production");
    }
    let lower = password.to_lowercase();
    let is_name = [user, database].iter().any(|name| name.to_lowercase() == lower);
    let is_well_known = WELL_KNOWN.contains(&lower.as_str()) || Password::new(password.clone()).is_common();
    (is_name || is_well_known || password.chars().count() < 8)
        .then_some("must not have a well-known, short or default password in production")
}

/// Whether a host is a Unix socket or the loopback interface.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.is_empty()
        || name.starts_with('/')
        || name == "localhost"
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Percent-decodes; a plus stays a plus.
fn percent_decode(text: &str) -> String {
    let pair = format!("={}", text.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_rejected() {
        for url in [
            "postgres://lumbung:lumbung@database/lumbung",
            "postgresql://lumbung:lumbung@database/lumbung",
            "postgres://postgres:postgres@127.0.0.1:5432/postgres",
            "postgres://gudang:Password@database/lumbung",
            "postgres://gudang:gudang@database/lumbung",
            "postgres://gudang:beras-simpanan@database/beras-simpanan",
            "postgres://gudang:p%61ssword@database/lumbung",
            "postgres://gudang@database/lumbung?password=changeme",
            "postgres://gudang:pendek7@database/lumbung",
            "postgres://gudang:iloveyou@database/lumbung",
            "postgres://gudang:@database/lumbung",
            "postgres://gudang@database/lumbung",
            "postgres://gudang@localhost,database.example/lumbung",
            "postgres://gudang@127.0.0.1/lumbung?host=database.example",
            "postgres://database",
        ] {
            assert!(check(url).is_some(), "{url}");
        }
    }

    #[test]
    fn strong_passwords_and_local_connections_without_one_are_accepted() {
        for url in [
            "postgres://lumbung:kunci%20gudang%20beras@database/lumbung?sslmode=verify-full",
            "postgres://lumbung:a+b%2Fc-panjang-sekali@one:5432,two:5432/lumbung?target_session_attrs=read-write",
            "postgres://lumbung@127.0.0.1:5432/lumbung",
            "postgres://lumbung@[::1]:5432/lumbung",
            "postgres://lumbung@localhost/lumbung",
            "postgres://lumbung@%2Fvar%2Frun%2Fpostgresql/lumbung",
            "postgres:///lumbung?host=/var/run/postgresql",
            "postgres://lumbung@database/lumbung?passfile=/run/secrets/pgpass",
            "postgres://lumbung@database/lumbung?sslmode=verify-full&sslcert=/run/secrets/cert.pem",
            "sqlite:data/lumbung.db",
        ] {
            assert_eq!(check(url), None, "{url}");
        }
    }
}
