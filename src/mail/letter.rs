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

    use serde_json::{Value, json};

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

    /// Files of `src` below this folder, with their text.
    fn read_files(folder: &Path, extension: &str, files: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read_files(&path, extension, files);
            } else if path.extension().is_some_and(|other| other == extension) {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }

    /// The words in double quotes that follow this text.
    fn words_after<'a>(text: &'a str, start: &str) -> BTreeSet<&'a str> {
        text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_template_is_used_and_renders_in_both_languages_with_and_without_optional_values() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut sources, mut files) = (Vec::new(), Vec::new());
        read_files(&src, "rs", &mut sources);
        read_files(&src.join("mail/templates"), "txt", &mut files);
        let mut kinds: BTreeMap<String, BTreeMap<String, &'static str>> = BTreeMap::new();
        for (path, text) in files {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if !["layout", "labels"].contains(&name.as_str()) {
                let (kind, language) = name.split_once('.').unwrap();
                kinds.entry(kind.to_owned()).or_default().insert(language.to_owned(), text.leak());
            }
        }
        assert!(kinds.len() > 40, "the templates are not where they are looked for");
        for (name, languages) in kinds {
            let (indonesian, english) = (languages["id"], languages["en"]);
            assert!(languages.len() == 2 && indonesian != english, "{name} has one language only");
            // The slices that send it give every value that it asks for.
            let used = format!("letter_kind!(\"{name}\")");
            let senders: BTreeSet<&Path> = sources
                .iter()
                .filter(|(_, text)| text.contains(&used))
                .map(|(path, _)| path.parent().unwrap())
                .collect();
            assert!(!senders.is_empty(), "{name} is not used");
            let kind = LetterKind { name: name.clone().leak(), indonesian, english };
            for language in [Language::Indonesian, Language::English] {
                let template = languages[language.as_str()];
                let mut wanted = ENVIRONMENT.template_from_str(template).unwrap().undeclared_variables(false);
                wanted.remove("name");
                for value in &wanted {
                    let given = format!("\"{value}\"");
                    let is_given = |folder: &&Path| {
                        sources.iter().any(|(path, text)| path.starts_with(folder) && text.contains(&given))
                    };
                    assert!(senders.iter().all(is_given), "{name} {language} asks for {value}");
                }
                // Values that the template tests for may be missing, but not when it compares them.
                let tested =
                    |value: &str| ["if", "elif"].iter().any(|word| template.contains(&format!("{{% {word} {value} ")));
                let compared = words_after(template, " == \"");
                let whys = compared.iter().copied().chain(["anything"]);
                for (why, full) in whys.flat_map(|why| [(why, true), (why, false)]) {
                    let given = wanted
                        .iter()
                        .filter(|value| full || !tested(value) || template.contains(&format!("{value} ==")));
                    let mut values: BTreeMap<&str, Value> =
                        given.map(|value| (value.as_str(), json!(format!("<{value}>")))).collect();
                    values.insert("why", json!(why));
                    values.insert("cooperative", json!("Koperasi Contoh"));
                    let letter = compose(kind, None, recipient("Contoh Budi", language), values).unwrap();
                    let body = letter.text.split("--").next().unwrap();
                    for part in [letter.subject.as_str(), body] {
                        assert!(!part.trim().is_empty() && !part.contains("{{"), "{name} {language}: {part}");
                        assert!(!part.contains("  ") && !part.contains(" ,") && !part.contains(" ."), "{name}: {part}");
                    }
                    assert!(body.trim().contains("\n\n"), "{name} {language} has no heading: {body}");
                }
            }
        }
    }
}
