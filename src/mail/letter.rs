//! Letters and their templates.

use std::sync::{LazyLock, PoisonError, RwLock};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

use crate::kernel::ids::{AccountId, EventId};
use crate::kernel::{Language, template_value};

/// A letter to one recipient. It contains personal data and secret links, which `Debug` does not print.
#[derive(Clone)]
pub struct Letter {
    /// The kind: `order-placed`, `reset-password`.
    pub kind: &'static str,
    /// The event it is about; there is one letter per event, recipient and kind.
    pub event: Option<EventId>,
    /// The recipient's account, with which the letter is deleted.
    pub account: Option<AccountId>,
    /// The recipient's address.
    pub recipient: String,
    /// The language.
    pub language: Language,
    /// The subject, one line.
    pub subject: String,
    /// The plain-text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("kind", &self.kind).field("event", &self.event).finish_non_exhaustive()
    }
}

/// The template of a letter in one language, included by the slice that sends it.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// The subject, one line.
    pub subject: &'static str,
    /// The plain-text body.
    pub text: &'static str,
    /// The HTML body; values are escaped.
    pub html: &'static str,
}

/// Whether the text is safe in a header: no line breaks and no control characters.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(|letter| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}'))
}

/// Renders subject, text and HTML. An error when a value would put control characters into the subject.
pub fn compose(template: &Template, values: impl Serialize) -> Result<(String, String, String), minijinja::Error> {
    let values = template_value(values)?;
    let subject = PLAIN.render(template.subject.trim(), &values)?;
    if !is_one_line(&subject) {
        let message = "the subject would hold control characters";
        return Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message));
    }
    Ok((subject, PLAIN.render(template.text, &values)?, ESCAPED.render(template.html, &values)?))
}

static PLAIN: LazyLock<TemplateCache> = LazyLock::new(|| TemplateCache::new(AutoEscape::None));
static ESCAPED: LazyLock<TemplateCache> = LazyLock::new(|| TemplateCache::new(AutoEscape::Html));

/// A cache of compiled templates, keyed by their source.
struct TemplateCache(RwLock<Environment<'static>>);

impl TemplateCache {
    fn new(escape: AutoEscape) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(move |_| escape.clone());
        TemplateCache(RwLock::new(environment))
    }

    fn render(&self, source: &'static str, values: &Value) -> Result<String, minijinja::Error> {
        let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Ok(template) = cached.get_template(source) {
            return template.render(values);
        }
        drop(cached);
        let mut compiled = self.0.write().unwrap_or_else(PoisonError::into_inner);
        compiled.add_template(source, source)?;
        compiled.get_template(source)?.render(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: Template =
        Template { subject: "Order from {{ name }}\n", text: "Dear {{ name }}", html: "<p>Dear {{ name }}</p>" };

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let values = std::collections::BTreeMap::from([("name", "Sari <b>& \"Co\"")]);
        let (subject, text, html) = compose(&TEMPLATE, &values).unwrap();
        assert_eq!(subject, "Order from Sari <b>& \"Co\"");
        assert_eq!(text, "Dear Sari <b>& \"Co\"");
        assert_eq!(html, "<p>Dear Sari &lt;b&gt;&amp; &quot;Co&quot;</p>");
    }

    #[test]
    fn values_cannot_inject_headers() {
        for hostile in ["a\r\nBcc: b@example.org", "a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b"] {
            let values = std::collections::BTreeMap::from([("name", hostile)]);
            assert!(compose(&TEMPLATE, &values).is_err(), "{hostile:?}");
        }
    }

    #[test]
    fn debug_output_contains_neither_recipient_nor_content() {
        let canary = || "canary".to_owned();
        let letter = Letter {
            kind: "reset-password",
            event: None,
            account: None,
            recipient: canary(),
            language: Language::English,
            subject: canary(),
            text: canary(),
            html: canary(),
        };
        let printed = format!("{letter:?}");
        assert!(printed.contains("reset-password") && !printed.contains("canary"), "{printed}");
    }

    #[test]
    fn a_missing_value_is_an_error() {
        assert!(compose(&TEMPLATE, std::collections::BTreeMap::<&str, &str>::new()).is_err());
    }
}
