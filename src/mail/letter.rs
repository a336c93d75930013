//! A letter, and how it is composed.

use std::sync::{LazyLock, PoisonError, RwLock};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

use crate::kernel::ids::{AccountId, EventId};
use crate::kernel::{Language, filling};

/// A letter to one person, ready for the outbox. It names people and opens doors: only its kind is printed.
#[derive(Clone)]
pub struct Letter {
    /// What kind it is: `order-placed`, `reset-password`.
    pub kind: &'static str,
    /// The event it tells of: one letter for each event, recipient and kind.
    pub event: Option<EventId>,
    /// Whose letter it is, so that it can be forgotten with the person.
    pub account: Option<AccountId>,
    /// The address, checked before.
    pub recipient: String,
    /// The language it is written in.
    pub language: Language,
    /// One line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("kind", &self.kind).field("event", &self.event).finish_non_exhaustive()
    }
}

/// The sources of one letter in one language, `include_str!`ed beside the slice that sends it.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// The subject, one line.
    pub subject: &'static str,
    /// The plain text.
    pub text: &'static str,
    /// The HTML; every value is escaped.
    pub html: &'static str,
}

/// Whether this can stand in a header: no line breaks, no NUL, no other control characters.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(|letter| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}'))
}

/// Fills a template: subject, text and HTML. A value that would break the subject's line is refused.
pub fn compose(template: &Template, values: impl Serialize) -> Result<(String, String, String), minijinja::Error> {
    let values = filling(values)?;
    let subject = PLAIN.render(template.subject.trim(), &values)?;
    if !is_one_line(&subject) {
        let fault = "the subject would hold control characters";
        return Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, fault));
    }
    Ok((subject, PLAIN.render(template.text, &values)?, ESCAPED.render(template.html, &values)?))
}

static PLAIN: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(AutoEscape::None));
static ESCAPED: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(AutoEscape::Html));

/// Sources that were compiled once, each under its own text.
struct Compiled(RwLock<Environment<'static>>);

impl Compiled {
    fn new(escape: AutoEscape) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(move |_| escape.clone());
        Compiled(RwLock::new(environment))
    }

    fn render(&self, source: &'static str, values: &Value) -> Result<String, minijinja::Error> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Ok(template) = known.get_template(source) {
            return template.render(values);
        }
        drop(known);
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
    fn a_value_cannot_break_the_line_of_the_subject() {
        for hostile in ["a\r\nBcc: b@example.org", "a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b"] {
            let values = std::collections::BTreeMap::from([("name", hostile)]);
            assert!(compose(&TEMPLATE, &values).is_err(), "{hostile:?}");
        }
    }

    #[test]
    fn a_letter_that_is_printed_tells_neither_whom_it_is_to_nor_what_it_says() {
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
    fn a_value_that_is_missing_is_a_fault() {
        assert!(compose(&TEMPLATE, std::collections::BTreeMap::<&str, &str>::new()).is_err());
    }
}
