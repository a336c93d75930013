//! Letters: composed mails.
//!
//! The templates of a kind are `templates/<kind>.<language>.txt`: a line with the subject, a blank line, and the text. Its
//! first paragraph is the heading of the HTML body, which `templates/layout.html` makes of the same text. A new kind is two
//! such files and a `letter_kind!` where it is sent.
//!
//! Templates can use `name`, the recipient's, and what the sender gives. The layouts understand: `link`, which is a
//! paragraph of the text; `cooperative`, the sender of the letterhead, without which it is Lumbung itself; and, about an
//! order, `number`, `lines`, `goods`, `fee`, `total`, `ready_on` and `order_url`.

use std::sync::LazyLock;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use crate::kernel::ids::{AccountId, EventId};
use crate::kernel::{Language, template_value};

/// A kind of letter with its templates, from `letter_kind!`.
#[derive(Debug, Clone, Copy)]
pub struct LetterKind {
    /// The name: `order-placed`, `reset-password`.
    pub name: &'static str,
    /// The Indonesian template.
    pub indonesian: &'static str,
    /// The English template.
    pub english: &'static str,
}

/// The kind of letter with the templates of this name.
macro_rules! letter_kind {
    ($name:literal) => {
        $crate::mail::LetterKind {
            name: $name,
            indonesian: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/mail/templates/", $name, ".id.txt")),
            english: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/mail/templates/", $name, ".en.txt")),
        }
    };
}
pub(crate) use letter_kind;

/// A person with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRecipient {
    /// The account, with which the letter is deleted.
    pub account: Option<AccountId>,
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The language.
    pub language: Language,
}

/// A letter to one recipient. It contains personal data and secret links, which `Debug` does not print.
#[derive(Clone)]
pub struct Letter {
    /// The name of its kind.
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

/// Whether the text is safe in a header: no line breaks and no control characters.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(|letter| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}'))
}

/// Composes a letter: fills the templates of its kind with the values. An error when a value would put control characters
/// into the subject, or a template prints a value that is not there; testing for one is allowed.
pub fn compose(
    kind: LetterKind,
    event: Option<EventId>,
    recipient: LetterRecipient,
    values: impl Serialize,
) -> Result<Letter, Error> {
    let LetterRecipient { account, name, address, language } = recipient;
    let template = match language {
        Language::Indonesian => kind.indonesian,
        Language::English => kind.english,
    };
    let (subject, text) = template.split_once('\n').unwrap_or((template, ""));
    let values = context! { name, language => language.as_str(), ..template_value(values)? };
    let subject = ENVIRONMENT.render_str(subject, values.clone())?;
    if !is_one_line(&subject) {
        return Err(Error::new(ErrorKind::InvalidOperation, "the subject would hold control characters"));
    }
    let body = ENVIRONMENT.render_str(text.trim(), values.clone())?;
    let values = context! { subject => subject.as_str(), body, ..values };
    let text = ENVIRONMENT.get_template("layout.txt")?.render(values.clone())?;
    let html = ENVIRONMENT.get_template("layout.html")?.render(values)?;
    Ok(Letter { kind: kind.name, event, account, recipient: address, language, subject, text, html })
}

/// The layouts. By their names values are escaped in HTML, and nowhere else.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    for (name, source) in [
        ("labels.txt", include_str!("templates/labels.txt")),
        ("layout.txt", include_str!("templates/layout.txt")),
        ("layout.html", include_str!("templates/layout.html")),
    ] {
        if let Err(error) = environment.add_template(name, source) {
            tracing::error!(%error, name, "a layout of letters cannot be read");
        }
    }
    environment
});

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    use serde_json::json;

    use super::*;

    const KIND: LetterKind = LetterKind {
        name: "test-letter",
        indonesian: "Pesanan {{ name }}\n\nHalo {{ name }}\n\n{{ link }}\n\nSatu\ndua\n",
        english: "Order\n\nDear {{ name }}\n",
    };

    fn recipient(name: &str, language: Language) -> LetterRecipient {
        LetterRecipient { account: None, name: name.into(), address: "sari@example.org".into(), language }
    }

    #[test]
    fn html_is_made_of_the_text_and_escapes_values() {
        let values = json!({ "link": "https://lumbung.example/x?a&b" });
        let recipient = recipient("Sari <b>& \"Co\"", Language::Indonesian);
        let letter = compose(KIND, None, recipient, values).unwrap();
        assert_eq!(letter.subject, "Pesanan Sari <b>& \"Co\"");
        assert_eq!(letter.text, "Halo Sari <b>& \"Co\"\n\nhttps://lumbung.example/x?a&b\n\nSatu\ndua");
        for part in [">Halo Sari &lt;b&gt;&amp; &quot;Co&quot;</h1>", "x?a&amp;b</a></p>", ">Satu<br>dua</p>"] {
            assert!(letter.html.contains(part), "{part}: {}", letter.html);
        }
    }

    #[test]
    fn values_cannot_inject_headers() {
        for hostile in ["a\r\nBcc: b@example.org", "a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{85}b"] {
            let composed = compose(KIND, None, recipient(hostile, Language::Indonesian), json!({ "link": "l" }));
            assert!(composed.is_err(), "{hostile:?}");
        }
    }

    #[test]
    fn debug_output_contains_neither_recipient_nor_content() {
        let recipient = LetterRecipient { address: "canary".into(), ..recipient("canary", Language::English) };
        let letter = compose(KIND, None, recipient, json!({})).unwrap();
        assert!(letter.text.contains("canary"));
        let printed = format!("{letter:?}");
        assert!(printed.contains("test-letter") && !printed.contains("canary"), "{printed}");
    }

    #[test]
    fn a_missing_value_is_an_error() {
        assert!(compose(KIND, None, recipient("Sari", Language::Indonesian), json!({})).is_err());
    }

    /// The files below this folder of `src` with this extension, and their text.
    fn read_files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| match path.extension() {
            _ if path.is_dir() => read_files(&path, extension),
            Some(other) if other == extension => vec![(path.clone(), fs::read_to_string(&path).unwrap())],
            _ => Vec::new(),
        };
        paths.flat_map(read).collect()
    }

    /// All templates by kind and language.
    fn read_templates(src: &Path) -> BTreeMap<String, BTreeMap<String, &'static str>> {
        let mut templates: BTreeMap<String, BTreeMap<String, &'static str>> = BTreeMap::new();
        for (path, text) in read_files(&src.join("mail/templates"), "txt") {
            if let Some((kind, language)) = path.file_stem().unwrap().to_str().unwrap().split_once('.') {
                templates.entry(kind.to_owned()).or_default().insert(language.to_owned(), text.leak());
            }
        }
        assert!(templates.len() > 40, "the templates are not where they are looked for");
        templates
    }

    /// What a template asks for, but for `name`.
    fn list_variables(template: &str) -> BTreeSet<String> {
        let variables = ENVIRONMENT.template_from_str(template).unwrap().undeclared_variables(false);
        variables.into_iter().filter(|variable| variable != "name").collect()
    }

    #[test]
    fn every_kind_has_both_languages_and_a_sender_that_gives_what_they_ask_for() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let sources = read_files(&src, "rs");
        for (kind, languages) in read_templates(&src) {
            assert!(languages.keys().eq(["en", "id"]), "{kind} is not there in each language");
            assert_ne!(languages["en"], languages["id"], "{kind} has one language only");
            let used = format!("letter_kind!(\"{kind}\")");
            let mut senders = sources.iter().filter(|(_, code)| code.contains(&used)).peekable();
            assert!(senders.peek().is_some(), "{kind} is sent nowhere");
            for (sender, variable) in senders
                .flat_map(|sender| languages.values().flat_map(|text| list_variables(text)).map(move |v| (sender, v)))
            {
                let given = format!("\"{variable}\"");
                let slice = sender.0.parent().unwrap();
                let is_given = sources.iter().any(|(path, code)| path.starts_with(slice) && code.contains(&given));
                assert!(is_given, "{kind} asks for {variable}, which {} does not give", slice.display());
            }
        }
    }

    #[test]
    fn every_template_renders_with_and_without_what_it_tests_for() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for (name, languages) in read_templates(&src) {
            let (indonesian, english) = (languages["id"], languages["en"]);
            let kind = LetterKind { name: name.clone().leak(), indonesian, english };
            for (language, template) in [(Language::Indonesian, indonesian), (Language::English, english)] {
                // Of what is tested for, nothing or everything is there; what is compared has each value in turn.
                let is_tested = |variable: &str| template.contains(&format!("if {variable} "));
                let words = template.split("why == \"").skip(1).filter_map(|rest| rest.split('"').next());
                for (why, full) in words.chain(["another"]).flat_map(|why| [(why, true), (why, false)]) {
                    let variables =
                        list_variables(template).into_iter().filter(|variable| full || !is_tested(variable));
                    let mut values: BTreeMap<String, String> =
                        variables.map(|variable| (variable.clone(), format!("<{variable}>"))).collect();
                    values.extend([("why".into(), why.into()), ("cooperative".into(), "Koperasi Contoh".into())]);
                    let letter = compose(kind, None, recipient("Contoh Budi", language), values).unwrap();
                    let (body, _) = letter.text.split_once("\n--\n").unwrap();
                    assert!(body.trim().contains("\n\n"), "{name} {language} has no heading: {body}");
                    for part in [letter.subject.as_str(), body] {
                        assert!(!part.trim().is_empty() && !part.contains("{{"), "{name} {language}: {part}");
                        for flaw in ["  ", " ,", " ."] {
                            assert!(!part.contains(flaw), "{name} {language}: {part}");
                        }
                    }
                }
            }
        }
    }
}
