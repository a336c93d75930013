//! Proofs: pictures of announced transfers, for the treasurer.
//!
//! The cleanup of a file is scheduled before it is stored: an hour later a job deletes it unless a payment refers to
//! it, so an aborted upload leaves nothing behind. The files have unguessable names, are stored apart from public
//! files, and are served only through their payment.

mod api;
mod attach;

pub(super) use api::routes;
