//! E-mail: letters composed from templates, stored in an outbox, sent by a worker.
//!
//! [`enqueue`] stores a letter in the caller's transaction and sends nothing. [`deliver`] claims letters under a lease,
//! sends them and records the outcome: sent, to be retried, or dead. The Message-ID is derived from the letter's id, so
//! that a second copy is recognized.

mod deliver;
mod letter;
mod mailer;
mod outbox;
mod settings;
mod store;

pub use deliver::{DeadLetter, DeliveryError, OnDead, deliver};
pub use letter::{Letter, Template, compose, is_one_line};
pub use mailer::{CapturedLetter, Mailer, MailerError};
pub use outbox::enqueue;
pub use settings::{Security, Settings, Transport};
pub use store::{count_pending, forget, purge};
