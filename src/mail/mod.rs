//! Letters to people: composed from templates, kept in the outbox, sent by a worker.

mod letter;
mod outbox;

pub use letter::{Letter, Template, compose};
pub use outbox::enqueue;
