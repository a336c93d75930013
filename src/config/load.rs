//! Loads the configuration from its sources and reports every error with its key.

use std::collections::BTreeMap;
use std::path::Path;

use config::{ConfigError, FileFormat, Value, ValueKind};
use secrecy::{ExposeSecret, SecretString};

use super::Config;

/// The embedded defaults of all keys.
const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "LUMBUNG__";
/// The keys whose values are never shown.
const SECRETS: [&str; 6] = [
    "server.seal_key",
    "database.url",
    "accounts.signing_keys",
    "gateway.server_key",
    "gateway.signature_key",
    "mail.password",
];

/// The errors of the configuration, one line each with its key. Values are never included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<String>);

impl std::fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the configuration cannot be used:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for ConfigErrors {}

/// The sources of the configuration; later fields override earlier ones.
#[derive(Debug, Default)]
pub struct Sources {
    /// `LUMBUNG_ENV`.
    pub environment: Option<String>,
    /// The file of the environment, if any: name and content.
    pub file: Option<(String, String)>,
    /// The environment variables; those that begin with `LUMBUNG__` are used.
    pub variables: BTreeMap<String, String>,
}

impl Sources {
    /// The sources of this process.
    pub fn from_process() -> Result<Self, ConfigErrors> {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let environment = variables.get("LUMBUNG_ENV").filter(|name| !name.is_empty()).cloned();
        let file = match &environment {
            None => None,
            Some(name) if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) => {
                return Err(ConfigErrors(vec!["LUMBUNG_ENV: must be a plain name, such as production".into()]));
            }
            Some(name) => {
                let path = Path::new("config").join(format!("{name}.toml"));
                match std::fs::read_to_string(&path) {
                    Ok(text) => Some((path.display().to_string(), text)),
                    // A missing file is an error too: a misspelt name must not silently use the defaults.
                    Err(error) => return Err(ConfigErrors(vec![format!("LUMBUNG_ENV: {}: {error}", path.display())])),
                }
            }
        };
        Ok(Sources { environment, file, variables })
    }

    /// Builds and validates the configuration; all errors are reported together.
    pub fn config(&self) -> Result<Config, ConfigErrors> {
        let Merged { values, defaults, mut errors, .. } = self.merge()?;
        let uses_default_database = is_empty(values.get("database.url"));
        let mut config = read_leniently(values, &defaults, &mut errors);
        if uses_default_database {
            let file = config.data_dir.join("lumbung.db");
            config.database.url = SecretString::from(format!("sqlite:{}", file.display()));
        }
        config.validate(&mut errors);
        if errors.is_empty() { Ok(config) } else { Err(ConfigErrors(errors)) }
    }

    /// The configuration in force as TOML, each value with its source, without secrets.
    pub fn print(&self) -> Result<String, ConfigErrors> {
        let config = self.config()?;
        let Merged { values, defaults, sources, .. } = self.merge()?;
        let mut text = String::new();
        let mut current_section = "";
        // TOML wants the keys that belong to no section first.
        let (top, sections): (Vec<_>, Vec<_>) = defaults.iter().partition(|(key, _)| !key.contains('.'));
        for (key, default) in top.into_iter().chain(sections) {
            let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
            if section != current_section {
                text.push_str(&format!("\n[{section}]\n"));
                current_section = section;
            }
            let value = values.get(key).filter(|value| !is_empty(Some(value)));
            let source = match (value, sources.get(key)) {
                (Some(_), Some(source)) => source.as_str(),
                _ => "default",
            };
            let printed = match value {
                // The default is in the data folder; the URL of a server may have a password.
                _ if key == "database.url" && config.database.url.expose_secret().starts_with("sqlite:") => {
                    quote(config.database.url.expose_secret())
                }
                value if SECRETS.contains(&key.as_str()) => {
                    let is_set =
                        value.is_some_and(|value| !matches!(&value.kind, ValueKind::Array(items) if items.is_empty()));
                    quote(if is_set { "(set)" } else { "(empty)" })
                }
                value => print_value(value.unwrap_or(default), default),
            };
            text.push_str(&format!("{name} = {printed}  # {source}\n"));
        }
        Ok(text)
    }

    /// Merges the sources without validating the values.
    fn merge(&self) -> Result<Merged, ConfigErrors> {
        let defaults = flatten(&parse("config/default.toml", DEFAULTS).map_err(|error| ConfigErrors(vec![error]))?);
        let (mut values, mut sources, mut errors) = (defaults.clone(), BTreeMap::new(), Vec::new());
        if self.environment.as_deref() == Some("production") {
            values.insert("production".into(), Value::from(true));
            sources.insert("production".to_owned(), "LUMBUNG_ENV".to_owned());
        }
        if let Some((name, text)) = &self.file {
            match parse(name, text) {
                Ok(table) => {
                    for (key, value) in flatten(&table) {
                        match values.get_mut(&key) {
                            Some(place) => {
                                *place = value;
                                sources.insert(key, name.clone());
                            }
                            None => errors.push(format!("{key} ({name}): there is no such key")),
                        }
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        for (variable, text) in &self.variables {
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            let key = name.to_ascii_lowercase().replace("__", ".");
            let Some(place) = values.get_mut(&key) else {
                errors.push(format!("{key} ({variable}): there is no such key"));
                continue;
            };
            *place = if matches!(place.kind, ValueKind::Array(_)) {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::from(items.map(str::to_owned).collect::<Vec<_>>())
            } else {
                Value::from(text.clone())
            };
            sources.insert(key, variable.clone());
        }
        Ok(Merged { values, defaults, sources, errors })
    }
}

/// The merged sources, by dotted key.
struct Merged {
    values: BTreeMap<String, Value>,
    defaults: BTreeMap<String, Value>,
    /// The file or variable of each value that is not a default.
    sources: BTreeMap<String, String>,
    errors: Vec<String>,
}

/// A value in TOML. Variables hold text whatever the type is, so that the default decides whether it is quoted.
fn print_value(value: &Value, default: &Value) -> String {
    match (&value.kind, &default.kind) {
        (ValueKind::Array(items), _) => {
            let items: Vec<String> = items.iter().map(|item| quote(&item.to_string())).collect();
            format!("[{}]", items.join(", "))
        }
        (_, ValueKind::String(_)) => quote(&value.to_string()),
        _ => value.to_string(),
    }
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Deserializes the values. An invalid one is reported and replaced by its default, until all errors are known.
fn read_leniently(
    mut values: BTreeMap<String, Value>,
    defaults: &BTreeMap<String, Value>,
    errors: &mut Vec<String>,
) -> Config {
    for _ in 0..=defaults.len() {
        match assemble(&values).and_then(config::Config::try_deserialize::<Config>) {
            Ok(config) => return config,
            Err(error) => {
                let (key, expected) = error_location(&error);
                let Some(default) = key.as_deref().and_then(|key| defaults.get(key)) else {
                    errors.push(format!("{}: cannot be read", key.unwrap_or_default()));
                    return Config::default();
                };
                let key = key.unwrap_or_default();
                errors.push(format!("{key} ({}): {expected}", variable_name(&key)));
                values.insert(key, default.clone());
            }
        }
    }
    Config::default()
}

/// The environment variable of a key.
pub(super) fn variable_name(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

fn parse(name: &str, text: &str) -> Result<Value, String> {
    config::Config::builder()
        .add_source(config::File::from_str(text, FileFormat::Toml))
        .build()
        .map(|config| config.cache)
        // The parser's message may quote a line with a secret.
        .map_err(|_| format!("{name}: is not TOML"))
}

/// Flattens a table to values by dotted key.
fn flatten(table: &Value) -> BTreeMap<String, Value> {
    fn walk(prefix: &str, value: &Value, values: &mut BTreeMap<String, Value>) {
        match &value.kind {
            ValueKind::Table(entries) => {
                for (name, entry) in entries {
                    let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    walk(&key, entry, values);
                }
            }
            _ => {
                values.insert(prefix.to_owned(), value.clone());
            }
        }
    }
    let mut values = BTreeMap::new();
    walk("", table, &mut values);
    values
}

fn is_empty(value: Option<&Value>) -> bool {
    value.is_none_or(|value| matches!(&value.kind, ValueKind::String(text) if text.is_empty()))
}

fn assemble(flatten: &BTreeMap<String, Value>) -> Result<config::Config, ConfigError> {
    let mut builder = config::Config::builder();
    // Empty values count as not set.
    for (key, value) in flatten.iter().filter(|(_, value)| !is_empty(Some(value))) {
        builder = builder.set_override(key, value.clone())?;
    }
    builder.build()
}

/// The key of an error and what was expected there, without the actual value.
fn error_location(error: &ConfigError) -> (Option<String>, String) {
    match error {
        ConfigError::Type { expected, key, .. } => (key.clone(), format!("must be {expected}")),
        ConfigError::At { error, key, .. } => {
            let (inner, expected) = error_location(error);
            (inner.or_else(|| key.clone()), expected)
        }
        // A rejected word comes first in the message and may contain anything.
        ConfigError::Message(message) => match message.rsplit_once("expected ") {
            Some((_, expected)) => (None, format!("must be {}", expected.replace('`', "\""))),
            None => (None, "cannot be used".into()),
        },
        _ => (None, "cannot be used".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        Sources {
            environment: None,
            file: Some(("config/test.toml".into(), file.into())),
            variables: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        }
        .config()
    }

    #[test]
    fn the_defaults_are_valid_and_later_sources_win() {
        let config = load("", &[]).unwrap();
        assert_eq!(config.server.port, 8080);
        assert_eq!(config.database.url.expose_secret(), "sqlite:data/lumbung.db");
        let config = load("[server]\nport = 1", &[]).unwrap();
        assert_eq!(config.server.port, 1);
        let variables = [
            ("LUMBUNG__SERVER__PORT", "2"),
            ("LUMBUNG__DATA_DIR", "/srv/lumbung"),
            ("LUMBUNG__SERVER__PROXIES", "10.0.0.0/8, ::1/128"),
            ("LUMBUNG__DATABASE__DURABLE", "false"),
            ("HOME", "/"),
        ];
        let config = load("[server]\nport = 1", &variables).unwrap();
        assert_eq!(config.server.port, 2);
        assert_eq!(config.database.url.expose_secret(), "sqlite:/srv/lumbung/lumbung.db");
        assert_eq!(config.server.proxies, ["10.0.0.0/8", "::1/128"]);
        assert!(!config.database.durable);
    }

    #[test]
    fn every_error_names_its_key_and_no_value() {
        let variables = [
            ("LUMBUNG__SERVER__PORT", "canary-port"),
            ("LUMBUNG__DATABASE__URL", "mysql://canary:canary@host/db"),
            ("LUMBUNG__DATABASE__CONNECTIONS", "-1"),
            ("LUMBUNG__SERVER__PROXIES", "canary-net"),
            ("LUMBUNG__NOPE", "canary"),
            ("LUMBUNG__LOG__FORMAT", "canary"),
        ];
        let errors = load("[server]\nprot = 1", &variables).unwrap_err();
        let message = errors.to_string();
        for key in [
            "server.port (LUMBUNG__SERVER__PORT)",
            "database.url",
            "database.connections",
            "server.proxies",
            "nope (LUMBUNG__NOPE)",
            "log.format",
            "server.prot (config/test.toml)",
        ] {
            assert!(message.contains(key), "{key} is not named: {message}");
        }
        assert_eq!(errors.0.len(), 7, "{message}");
        assert!(!message.contains("canary"), "{message}");
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_allowed_ones() {
        let variables = [
            ("LUMBUNG__MAIL__TRANSPORT", "canary"),
            ("LUMBUNG__MAIL__SECURITY", "canary, expected canary"),
            ("LUMBUNG__LOG__FORMAT", "canary"),
        ];
        let message = load("", &variables).unwrap_err().to_string();
        for line in [
            r#"mail.transport (LUMBUNG__MAIL__TRANSPORT): must be one of "smtp", "file", "memory""#,
            r#"mail.security (LUMBUNG__MAIL__SECURITY): must be one of "none", "starttls", "tls""#,
            r#"log.format (LUMBUNG__LOG__FORMAT): must be "pretty" or "json""#,
        ] {
            assert!(message.contains(line), "{line} is not in {message}");
        }
        assert!(!message.contains("canary"), "{message}");
    }

    fn sources(file: &str, variables: &[(&str, &str)]) -> Sources {
        Sources {
            environment: None,
            file: Some(("config/test.toml".into(), file.into())),
            variables: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        }
    }

    #[test]
    fn the_printed_configuration_names_each_source_and_gives_the_same_configuration() {
        let variables = [
            ("LUMBUNG__SERVER__PORT", "2"),
            ("LUMBUNG__SERVER__PROXIES", "10.0.0.0/8, ::1/128"),
            ("LUMBUNG__DATABASE__DURABLE", "false"),
            ("LUMBUNG__MAIL__HOST", ""),
            ("LUMBUNG__DATA_DIR", "a \"quoted\" folder"),
        ];
        let sources = sources("[server]\nworkers = 3", &variables);
        let printed = sources.print().unwrap();
        for line in [
            r#"data_dir = "a \"quoted\" folder"  # LUMBUNG__DATA_DIR"#,
            "port = 2  # LUMBUNG__SERVER__PORT",
            "workers = 3  # config/test.toml",
            r#"proxies = ["10.0.0.0/8", "::1/128"]  # LUMBUNG__SERVER__PROXIES"#,
            "durable = false  # LUMBUNG__DATABASE__DURABLE",
            r#"host = "localhost"  # default"#,
            r#"url = "sqlite:a \"quoted\" folder/lumbung.db"  # default"#,
            r#"seal_key = "(empty)"  # default"#,
            r#"signing_keys = "(empty)"  # default"#,
        ] {
            assert!(printed.lines().any(|printed| printed == line), "{line} is not in:\n{printed}");
        }
        // The placeholders of secrets are no values.
        let lines = printed.lines().filter(|line| !line.contains("\"(empty)\""));
        let file = lines.collect::<Vec<_>>().join("\n");
        assert_eq!(format!("{:?}", load(&file, &[]).unwrap()), format!("{:?}", sources.config().unwrap()));
    }

    #[test]
    fn no_secret_is_printed() {
        let key = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";
        let variables = [
            ("LUMBUNG__SERVER__SEAL_KEY", key),
            ("LUMBUNG__ACCOUNTS__SIGNING_KEYS", key),
            ("LUMBUNG__DATABASE__URL", "postgres://u:canary@host/db"),
            ("LUMBUNG__GATEWAY__SERVER_KEY", "canary"),
            ("LUMBUNG__GATEWAY__SIGNATURE_KEY", "canary"),
            ("LUMBUNG__MAIL__PASSWORD", "canary"),
        ];
        let sources = sources("", &variables);
        let printed = sources.print().unwrap();
        assert!(!printed.contains("canary") && !printed.contains(key), "{printed}");
        assert_eq!(printed.matches("\"(set)\"").count(), SECRETS.len(), "{printed}");
        let debug = format!("{:?}", sources.config().unwrap());
        assert_eq!(debug.matches("REDACTED").count(), SECRETS.len(), "a secret is missing in SECRETS: {debug}");
    }

    #[test]
    fn production_requires_strong_keys() {
        let sources = |key: &str| Sources {
            environment: Some("production".into()),
            file: Some(("config/production.toml".into(), include_str!("../../config/production.toml").into())),
            variables: [
                ("LUMBUNG__SERVER__SEAL_KEY".to_owned(), key.to_owned()),
                ("LUMBUNG__ACCOUNTS__SIGNING_KEYS".to_owned(), key.to_owned()),
                ("LUMBUNG__SERVER__PUBLIC_URL".to_owned(), "https://lumbung.example".to_owned()),
            ]
            .into(),
        };
        for weak in ["", "short", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            let message = sources(weak).config().unwrap_err().to_string();
            assert!(message.contains("server.seal_key") && message.contains("accounts.signing_keys"), "{message}");
        }
        let config = sources("3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=").config().unwrap();
        assert!(config.production);
        assert!(config.server.seal_key.is_some());
    }

    #[test]
    fn production_requires_a_minimum_password_hashing_cost() {
        let key = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";
        let message = |memory: &str, passes: &str| {
            let variables = [
                ("LUMBUNG__SERVER__SEAL_KEY", key),
                ("LUMBUNG__ACCOUNTS__SIGNING_KEYS", key),
                ("LUMBUNG__SERVER__PUBLIC_URL", "https://lumbung.example"),
                ("LUMBUNG__ACCOUNTS__PASSWORD_MEMORY_KIB", memory),
                ("LUMBUNG__ACCOUNTS__PASSWORD_ITERATIONS", passes),
            ];
            load("production = true", &variables).err().map(|errors| errors.to_string()).unwrap_or_default()
        };
        for (memory, passes) in [("19456", "2"), ("47104", "1"), ("65536", "3")] {
            assert_eq!(message(memory, passes), "", "{memory} {passes}");
        }
        for (memory, passes, key) in [
            ("19455", "2", "accounts.password_memory_kib"),
            ("19456", "1", "accounts.password_iterations"),
            ("47103", "1", "accounts.password_iterations"),
            ("8", "1", "accounts.password_iterations"),
        ] {
            assert!(message(memory, passes).contains(key), "{memory} {passes}: {}", message(memory, passes));
        }
    }

    #[test]
    fn production_rejects_weak_database_passwords() {
        let key = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";
        let message = |url: &str| {
            let variables = [
                ("LUMBUNG__SERVER__SEAL_KEY", key),
                ("LUMBUNG__ACCOUNTS__SIGNING_KEYS", key),
                ("LUMBUNG__SERVER__PUBLIC_URL", "https://lumbung.example"),
                ("LUMBUNG__DATABASE__URL", url),
            ];
            load("production = true", &variables).err().map(|errors| errors.to_string()).unwrap_or_default()
        };
        let refused = message("postgres://canary:canary@database/lumbung");
        assert!(refused.contains("database.url (LUMBUNG__DATABASE__URL)") && !refused.contains("canary"), "{refused}");
        assert_eq!(message("postgres://lumbung:kunci-gudang-beras@database/lumbung?sslmode=verify-full"), "");
        assert_eq!(load("", &[("LUMBUNG__DATABASE__URL", "postgres://postgres:postgres@db/lumbung")]).err(), None);
    }

    #[test]
    fn debug_output_contains_no_secrets() {
        let key = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";
        let variables = [
            ("LUMBUNG__SERVER__SEAL_KEY", key),
            ("LUMBUNG__ACCOUNTS__SIGNING_KEYS", key),
            ("LUMBUNG__DATABASE__URL", "postgres://u:canary@host/db"),
        ];
        let printed = format!("{:?}", load("", &variables).unwrap());
        assert!(!printed.contains("canary") && !printed.contains(key), "{printed}");
    }

    /// Deserializes the defaults and collects every field of a settings struct that the file lacks.
    struct Probe<'a> {
        value: &'a Value,
        path: String,
        missing: &'a std::cell::RefCell<Vec<String>>,
    }

    impl<'de> serde::Deserializer<'de> for Probe<'_> {
        type Error = ConfigError;

        fn deserialize_struct<V: serde::de::Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, ConfigError> {
            let ValueKind::Table(table) = &self.value.kind else { return self.deserialize_any(visitor) };
            let mut present = Vec::new();
            for field in fields {
                let path =
                    format!("{}{field}", if self.path.is_empty() { String::new() } else { format!("{}.", self.path) });
                match table.get(*field) {
                    Some(value) => present.push((*field, value, path)),
                    None => self.missing.borrow_mut().push(path),
                }
            }
            visitor.visit_map(Fields { present: present.into_iter(), next: None, missing: self.missing })
        }

        fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
            self.value.clone().deserialize_any(visitor)
        }

        fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
            visitor.visit_some(self)
        }

        fn deserialize_enum<V: serde::de::Visitor<'de>>(
            self,
            name: &'static str,
            variants: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, ConfigError> {
            self.value.clone().deserialize_enum(name, variants, visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
            newtype_struct seq tuple tuple_struct map identifier ignored_any
        }
    }

    struct Fields<'a> {
        present: std::vec::IntoIter<(&'static str, &'a Value, String)>,
        next: Option<(&'a Value, String)>,
        missing: &'a std::cell::RefCell<Vec<String>>,
    }

    impl<'de> serde::de::MapAccess<'de> for Fields<'_> {
        type Error = ConfigError;

        fn next_key_seed<K: serde::de::DeserializeSeed<'de>>(
            &mut self,
            seed: K,
        ) -> Result<Option<K::Value>, ConfigError> {
            let Some((name, value, path)) = self.present.next() else { return Ok(None) };
            self.next = Some((value, path));
            seed.deserialize(serde::de::value::StrDeserializer::new(name)).map(Some)
        }

        fn next_value_seed<V: serde::de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ConfigError> {
            let (value, path) = self.next.take().unwrap();
            seed.deserialize(Probe { value, path, missing: self.missing })
        }
    }

    #[test]
    fn the_default_file_has_exactly_the_known_keys() {
        use serde::Deserialize;
        let defaults = parse("config/default.toml", DEFAULTS).unwrap();
        let missing = std::cell::RefCell::new(Vec::new());
        let read = Config::deserialize(Probe { value: &defaults, path: String::new(), missing: &missing });
        let config = read.expect("config/default.toml has a key that no section knows");
        assert!(missing.borrow().is_empty(), "config/default.toml lacks {:?}", missing.borrow());
        let (mut from_file, mut built_in) = (config, Config::default());
        // In the file an empty string means not set.
        from_file.database.url = built_in.database.url.clone();
        for config in [&mut from_file, &mut built_in] {
            config.server.seal_key = None;
            config.files.folder = None;
        }
        assert_eq!(
            format!("{from_file:#?}"),
            format!("{built_in:#?}"),
            "the file and the code name different defaults"
        );
    }
}
