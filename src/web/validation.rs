//! Checking what callers send: every string is bounded, and every fault is told at once, by JSON pointer.

use std::ops::RangeInclusive;

use super::problem::Problem;
use super::{Code, problem};
use crate::kernel::Language;

/// A fault in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldError {
    /// The field must be there.
    Required,
    /// The field is not known here.
    Unknown,
    /// Not the type of value that is expected; what the reader said is for the log.
    Malformed,
    /// Fewer characters or items than this.
    TooShort(usize),
    /// More characters or items than this.
    TooLong(usize),
    /// A line break or control character where there must be none.
    ControlCharacter,
    /// Not a number between these.
    OutOfRange(i64, i64),
    /// Not one of these words.
    NotOneOf(&'static str),
    /// Breaks a rule of its own: a stable code and the sentence in both languages.
    Rule {
        /// The stable code.
        code: &'static str,
        /// The sentence in Indonesian.
        id: &'static str,
        /// The sentence in English.
        en: &'static str,
    },
}

impl FieldError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FieldError::Required => "required",
            FieldError::Unknown => "unknown",
            FieldError::Malformed => "malformed",
            FieldError::TooShort(_) => "too-short",
            FieldError::TooLong(_) => "too-long",
            FieldError::ControlCharacter => "control-character",
            FieldError::OutOfRange(..) => "out-of-range",
            FieldError::NotOneOf(_) => "not-one-of",
            FieldError::Rule { code, .. } => code,
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
            (FieldError::TooShort(least), Language::Indonesian) => format!("Terlalu pendek, paling sedikit {least}."),
            (FieldError::TooShort(least), Language::English) => format!("Too short, at least {least}."),
            (FieldError::TooLong(most), Language::Indonesian) => format!("Terlalu panjang, paling banyak {most}."),
            (FieldError::TooLong(most), Language::English) => format!("Too long, at most {most}."),
            (FieldError::ControlCharacter, Language::Indonesian) => {
                "Tidak boleh ada baris baru atau karakter kendali.".into()
            }
            (FieldError::ControlCharacter, Language::English) => {
                "Line breaks and control characters are not allowed.".into()
            }
            (FieldError::OutOfRange(least, most), Language::Indonesian) => format!("Harus antara {least} dan {most}."),
            (FieldError::OutOfRange(least, most), Language::English) => format!("Must be between {least} and {most}."),
            (FieldError::NotOneOf(words), Language::Indonesian) => format!("Harus salah satu dari: {words}."),
            (FieldError::NotOneOf(words), Language::English) => format!("Must be one of: {words}."),
            (FieldError::Rule { id, .. }, Language::Indonesian) => (*id).into(),
            (FieldError::Rule { en, .. }, Language::English) => (*en).into(),
        }
    }
}

/// The most faults that are told of one request.
const MOST: usize = 200;

/// Faults by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(String, FieldError)>);

impl FieldErrors {
    /// One fault at one place.
    pub fn one(pointer: impl Into<String>, fault: FieldError) -> Self {
        FieldErrors(vec![(pointer.into(), fault)])
    }

    /// Notes a fault at a place. Nobody reads more than two hundred of them, however long the list that was sent.
    pub fn add(&mut self, pointer: impl Into<String>, fault: FieldError) {
        if self.0.len() < MOST {
            self.0.push((pointer.into(), fault));
        }
    }

    /// Notes a fault when the rule is broken.
    pub fn require(&mut self, holds: bool, pointer: &str, fault: FieldError) {
        if !holds {
            self.add(pointer, fault);
        }
    }

    /// A single line of text, this many characters long, blanks at the ends not counted.
    pub fn line(&mut self, pointer: &str, text: &str, length: RangeInclusive<usize>) {
        self.length(pointer, text.trim().chars().count(), length);
        self.require(!text.chars().any(char::is_control), pointer, FieldError::ControlCharacter);
    }

    /// A text of several lines, this many characters long.
    pub fn text(&mut self, pointer: &str, text: &str, length: RangeInclusive<usize>) {
        self.length(pointer, text.trim().chars().count(), length);
        let clean =
            !text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\r' && letter != '\t');
        self.require(clean, pointer, FieldError::ControlCharacter);
    }

    /// A count of characters or items.
    pub fn length(&mut self, pointer: &str, count: usize, length: RangeInclusive<usize>) {
        if count < *length.start() {
            self.add(pointer, if count == 0 { FieldError::Required } else { FieldError::TooShort(*length.start()) });
        } else if count > *length.end() {
            self.add(pointer, FieldError::TooLong(*length.end()));
        }
    }

    /// A whole number between bounds.
    pub fn range(&mut self, pointer: &str, value: i64, range: RangeInclusive<i64>) {
        self.require(range.contains(&value), pointer, FieldError::OutOfRange(*range.start(), *range.end()));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fine, or the problem that lists them all.
    pub fn into_result(self) -> Result<(), Problem> {
        if self.is_empty() { Ok(()) } else { Err(Problem::new(Code::BodyInvalid).with_faults(self)) }
    }

    /// What each says, for pages with one field.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        self.0.iter().map(|(_, fault)| fault.sentence(language)).collect()
    }

    pub(super) fn documents(&self, language: Language) -> Vec<problem::FaultDocument> {
        self.0
            .iter()
            .map(|(pointer, fault)| problem::FaultDocument {
                pointer: pointer.clone(),
                code: fault.code().to_owned(),
                detail: fault.sentence(language),
            })
            .collect()
    }
}

/// A body that knows its own bounds. [`Body`](super::Body) hands out only what passed.
pub trait Validate {
    /// Notes every fault.
    fn check(&self, errors: &mut FieldErrors);
}
