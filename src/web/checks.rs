//! Checking what callers send: every string is bounded, and every fault is told at once, by JSON pointer.

use std::ops::RangeInclusive;

use super::problem::Problem;
use super::{Code, problem};
use crate::kernel::Language;

/// A fault in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
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

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::Required => "required",
            Fault::Unknown => "unknown",
            Fault::Malformed => "malformed",
            Fault::TooShort(_) => "too-short",
            Fault::TooLong(_) => "too-long",
            Fault::ControlCharacter => "control-character",
            Fault::OutOfRange(..) => "out-of-range",
            Fault::NotOneOf(_) => "not-one-of",
            Fault::Rule { code, .. } => code,
        }
    }

    fn sentence(&self, language: Language) -> String {
        match (self, language) {
            (Fault::Required, Language::Indonesian) => "Wajib diisi.".into(),
            (Fault::Required, Language::English) => "This is required.".into(),
            (Fault::Unknown, Language::Indonesian) => "Isian ini tidak dikenal.".into(),
            (Fault::Unknown, Language::English) => "This is not known here.".into(),
            (Fault::Malformed, Language::Indonesian) => "Bentuknya salah.".into(),
            (Fault::Malformed, Language::English) => "This is malformed.".into(),
            (Fault::TooShort(least), Language::Indonesian) => format!("Terlalu pendek, paling sedikit {least}."),
            (Fault::TooShort(least), Language::English) => format!("Too short, at least {least}."),
            (Fault::TooLong(most), Language::Indonesian) => format!("Terlalu panjang, paling banyak {most}."),
            (Fault::TooLong(most), Language::English) => format!("Too long, at most {most}."),
            (Fault::ControlCharacter, Language::Indonesian) => {
                "Tidak boleh ada baris baru atau karakter kendali.".into()
            }
            (Fault::ControlCharacter, Language::English) => {
                "Line breaks and control characters are not allowed.".into()
            }
            (Fault::OutOfRange(least, most), Language::Indonesian) => format!("Harus antara {least} dan {most}."),
            (Fault::OutOfRange(least, most), Language::English) => format!("Must be between {least} and {most}."),
            (Fault::NotOneOf(words), Language::Indonesian) => format!("Harus salah satu dari: {words}."),
            (Fault::NotOneOf(words), Language::English) => format!("Must be one of: {words}."),
            (Fault::Rule { id, .. }, Language::Indonesian) => (*id).into(),
            (Fault::Rule { en, .. }, Language::English) => (*en).into(),
        }
    }
}

/// The most faults that are told of one request.
const MOST: usize = 200;

/// Faults by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<(String, Fault)>);

impl Faults {
    /// One fault at one place.
    pub fn one(pointer: impl Into<String>, fault: Fault) -> Self {
        Faults(vec![(pointer.into(), fault)])
    }

    /// Notes a fault at a place. Nobody reads more than two hundred of them, however long the list that was sent.
    pub fn add(&mut self, pointer: impl Into<String>, fault: Fault) {
        if self.0.len() < MOST {
            self.0.push((pointer.into(), fault));
        }
    }

    /// Notes a fault when the rule is broken.
    pub fn unless(&mut self, holds: bool, pointer: &str, fault: Fault) {
        if !holds {
            self.add(pointer, fault);
        }
    }

    /// A single line of text, this many characters long, blanks at the ends not counted.
    pub fn line(&mut self, pointer: &str, text: &str, length: RangeInclusive<usize>) {
        self.length(pointer, text.trim().chars().count(), length);
        self.unless(!text.chars().any(char::is_control), pointer, Fault::ControlCharacter);
    }

    /// A text of several lines, this many characters long.
    pub fn text(&mut self, pointer: &str, text: &str, length: RangeInclusive<usize>) {
        self.length(pointer, text.trim().chars().count(), length);
        let clean =
            !text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\r' && letter != '\t');
        self.unless(clean, pointer, Fault::ControlCharacter);
    }

    /// A count of characters or items.
    pub fn length(&mut self, pointer: &str, count: usize, length: RangeInclusive<usize>) {
        if count < *length.start() {
            self.add(pointer, if count == 0 { Fault::Required } else { Fault::TooShort(*length.start()) });
        } else if count > *length.end() {
            self.add(pointer, Fault::TooLong(*length.end()));
        }
    }

    /// A whole number between bounds.
    pub fn range(&mut self, pointer: &str, value: i64, range: RangeInclusive<i64>) {
        self.unless(range.contains(&value), pointer, Fault::OutOfRange(*range.start(), *range.end()));
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
pub trait Checked {
    /// Notes every fault.
    fn check(&self, faults: &mut Faults);
}
