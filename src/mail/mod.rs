//! Letters to people: composed from templates, kept in the outbox, sent by a worker.
//!
//! [`enqueue`] writes a letter in the transaction of what it tells of; nothing is sent there. [`deliver`] claims
//! letters under a lease, hands them to the mail server and notes how it went: sent, tried again later, or given up.
//! What leaves carries a Message-ID made of the letter's own id, so that a copy sent twice is seen as the same.

mod deliver;
mod letter;
mod mailer;
mod outbox;
mod settings;
mod store;

pub use deliver::{DeadLetter, DeliveryError, OnDead, deliver};
pub use letter::{Letter, Template, compose, is_one_line};
pub use mailer::{Captured, Mailer, MailerError};
pub use outbox::enqueue;
pub use settings::{Security, Settings, Transport};
pub use store::{forget, purge, waiting};
