//! E-mail: letters composed from templates, stored in an outbox, sent by a worker.
//!
//! A [`Letter`] is a composed mail to one recipient; [`compose`] makes it from its [`LetterKind`], the recipient and values.
//! [`enqueue`] stores a letter in the caller's transaction and sends nothing. [`deliver`] claims letters under a lease,
//! sends them and records the outcome: sent, to be retried, or dead. The Message-ID is derived from the letter's id, so
//! that a second copy is recognized.

mod deliver;
mod letter;
mod mailer;
mod outbox;
mod settings;
mod store;

pub use deliver::{DeadLetter, DeadLetterHandler, DeliveryError, deliver};
pub(crate) use letter::letter_kind;
pub use letter::{Letter, LetterKind, LetterRecipient, compose, is_one_line};
pub use mailer::{CapturedLetter, Mailer, MailerError};
pub use outbox::enqueue;
pub use settings::{Security, Settings, Transport};
pub use store::{count_pending, forget, purge};
