//! A letter, and how it is composed.

use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::kernel::Language;
use crate::kernel::ids::{AccountId, EventId};

/// A letter to one person, ready for the outbox.
#[derive(Debug, Clone)]
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

/// Fills a template: subject, text and HTML.
pub fn compose(template: &Template, values: impl Serialize) -> Result<(String, String, String), minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| if name == "html" { AutoEscape::Html } else { AutoEscape::None });
    let values = minijinja::Value::from(minijinja::value::Serde(&values));
    let render = |name: &str, source: &str| environment.render_named_str(name, source, values.clone());
    let subject = render("subject", template.subject)?;
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok((subject, render("text", template.text)?, render("html", template.html)?))
}
