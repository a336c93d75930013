//! Validation of request bodies: every string is bounded, and all errors are reported at once, by JSON pointer.

use std::ops::RangeInclusive;

use super::patch::{Change, Patch};
use super::problem::{self, Code, Problem, Rule};
use crate::kernel::Language;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldError {
    /// The field is missing or empty.
    Required,
    /// The field is unknown.
    Unknown,
    /// The value is not of the expected type; the parser's message goes to the log only.
    Malformed,
    /// The value is none of these words.
    UnknownWord(Vec<String>),
    /// Fewer characters or items than this.
    TooShort(usize),
    /// More characters or items than this.
    TooLong(usize),
    /// A line break or control character where none is allowed.
    ControlCharacter,
    /// Not a number in this range, both ends included.
    OutOfRange(i64, i64),
    /// Not one of these words.
    NotOneOf(&'static [&'static str]),
    /// A rule of the field is broken.
    Rule(Rule),
}

impl FieldError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FieldError::Required => "required",
            FieldError::Unknown => "unknown",
            FieldError::Malformed | FieldError::UnknownWord(_) => "malformed",
            FieldError::TooShort(_) => "too-short",
            FieldError::TooLong(_) => "too-long",
            FieldError::ControlCharacter => "control-character",
            FieldError::OutOfRange(..) => "out-of-range",
            FieldError::NotOneOf(_) => "not-one-of",
            FieldError::Rule(rule) => rule.code(),
        }
    }

    /// The words of the closed list that the value must be of.
    fn allowed(&self) -> Vec<String> {
        match self {
            FieldError::UnknownWord(words) => words.clone(),
            FieldError::NotOneOf(words) => words.iter().map(|word| (*word).to_owned()).collect(),
            _ => Vec::new(),
        }
    }

    fn sentence(&self, language: Language) -> String {
        match (self, language) {
            (FieldError::Required, Language::Indonesian) => "Wajib diisi.".into(),
            (FieldError::Required, Language::English) => "This is required.".into(),
            (FieldError::Unknown, Language::Indonesian) => "Isian ini tidak dikenal.".into(),
            (FieldError::Unknown, Language::English) => "This is not known here.".into(),
            (FieldError::Malformed, Language::Indonesian) => "Bentuknya salah.".into(),
            (FieldError::Malformed, Language::English) => "This is malformed.".into(),
            (FieldError::UnknownWord(words), Language::Indonesian) => {
                format!("Nilainya tidak dikenal. Pilih salah satu: {}.", words.join(", "))
            }
            (FieldError::UnknownWord(words), Language::English) => {
                format!("This value is not known. Choose one of: {}.", words.join(", "))
            }
            (FieldError::TooShort(min), Language::Indonesian) => format!("Terlalu pendek, paling sedikit {min}."),
            (FieldError::TooShort(min), Language::English) => format!("Too short, at least {min}."),
            (FieldError::TooLong(max), Language::Indonesian) => format!("Terlalu panjang, paling banyak {max}."),
            (FieldError::TooLong(max), Language::English) => format!("Too long, at most {max}."),
            (FieldError::ControlCharacter, Language::Indonesian) => {
                "Tidak boleh ada baris baru atau karakter kendali.".into()
            }
            (FieldError::ControlCharacter, Language::English) => {
                "Line breaks and control characters are not allowed.".into()
            }
            (FieldError::OutOfRange(min, max), Language::Indonesian) => format!("Harus antara {min} dan {max}."),
            (FieldError::OutOfRange(min, max), Language::English) => format!("Must be between {min} and {max}."),
            (FieldError::NotOneOf(words), Language::Indonesian) => {
                format!("Harus salah satu dari: {}.", words.join(", "))
            }
            (FieldError::NotOneOf(words), Language::English) => format!("Must be one of: {}.", words.join(", ")),
            (FieldError::Rule(rule), language) => rule.sentence(language).into(),
        }
    }
}

impl From<Rule> for FieldError {
    fn from(rule: Rule) -> Self {
        FieldError::Rule(rule)
    }
}

/// Errors reported for one request.
const MAX_ERRORS: usize = 200;

/// Field errors by JSON pointer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(String, FieldError)>);

impl FieldErrors {
    /// A single error.
    pub fn single(pointer: impl Into<String>, error: impl Into<FieldError>) -> Self {
        FieldErrors(vec![(pointer.into(), error.into())])
    }

    /// Adds an error. Errors beyond the first two hundred are dropped, however long the list that was sent.
    pub fn add(&mut self, pointer: impl Into<String>, error: impl Into<FieldError>) {
        if self.0.len() < MAX_ERRORS {
            self.0.push((pointer.into(), error.into()));
        }
    }

    /// Adds the error unless the condition holds.
    pub fn require(&mut self, holds: bool, pointer: &str, error: impl Into<FieldError>) {
        if !holds {
            self.add(pointer, error);
        }
    }

    /// Checks a single line of text, if one was sent; its length is in characters, without surrounding whitespace.
    pub fn check_line(&mut self, pointer: &str, text: &(impl TextField + ?Sized), length: RangeInclusive<usize>) {
        self.check_characters(pointer, text.text(), length, &[]);
    }

    /// Checks a text of several lines, if one was sent; its length is in characters, without surrounding whitespace.
    pub fn check_text(&mut self, pointer: &str, text: &(impl TextField + ?Sized), length: RangeInclusive<usize>) {
        self.check_characters(pointer, text.text(), length, &['\n', '\r', '\t']);
    }

    fn check_characters(&mut self, pointer: &str, text: Option<&str>, length: RangeInclusive<usize>, allowed: &[char]) {
        let Some(text) = text else { return };
        self.check_length(pointer, text.trim().chars().count(), length);
        let is_clean = text.chars().all(|letter| !letter.is_control() || allowed.contains(&letter));
        self.require(is_clean, pointer, FieldError::ControlCharacter);
    }

    /// Checks a count of characters or items.
    pub fn check_length(&mut self, pointer: &str, count: usize, length: RangeInclusive<usize>) {
        if count < *length.start() {
            self.add(pointer, if count == 0 { FieldError::Required } else { FieldError::TooShort(*length.start()) });
        } else if count > *length.end() {
            self.add(pointer, FieldError::TooLong(*length.end()));
        }
    }

    /// Checks a whole number.
    pub fn check_range(&mut self, pointer: &str, value: i64, range: RangeInclusive<i64>) {
        self.require(range.contains(&value), pointer, FieldError::OutOfRange(*range.start(), *range.end()));
    }

    /// Whether there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` without errors, else a `body-invalid` problem that lists them.
    pub fn into_result(self) -> Result<(), Problem> {
        if self.is_empty() { Ok(()) } else { Err(Problem::invalid(self)) }
    }

    /// `Ok` without errors, else a `query-invalid` problem that lists them.
    pub fn into_query_result(self) -> Result<(), Problem> {
        if self.is_empty() { Ok(()) } else { Err(Problem::new(Code::QueryInvalid).with_field_errors(self)) }
    }

    /// The localized messages, for pages with one field.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        self.0.iter().map(|(_, error)| error.sentence(language)).collect()
    }

    pub(super) fn documents(&self, language: Language) -> Vec<problem::FieldErrorDocument> {
        self.0
            .iter()
            .map(|(pointer, error)| problem::FieldErrorDocument {
                pointer: pointer.clone(),
                code: error.code().to_owned(),
                detail: error.sentence(language),
                allowed: error.allowed().into_iter().map(problem::AllowedWord).collect(),
            })
            .collect()
    }
}

/// A text of a request body, which may be optional.
pub trait TextField {
    /// The text; `None` when none was sent.
    fn text(&self) -> Option<&str>;
}

impl TextField for str {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl TextField for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl TextField for Option<String> {
    fn text(&self) -> Option<&str> {
        self.as_deref()
    }
}

impl TextField for Patch<String> {
    fn text(&self) -> Option<&str> {
        self.value().map(String::as_str)
    }
}

impl TextField for Change<String> {
    fn text(&self) -> Option<&str> {
        self.value().map(String::as_str)
    }
}

/// A request body with rules beyond its types. [`Body`](super::Body) extracts only valid bodies.
pub trait Validate {
    /// Adds every error of the body.
    fn validate(&self, _: &mut FieldErrors) {}
}
