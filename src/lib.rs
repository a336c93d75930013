//! Lumbung: a cooperative marketplace. A module a sentence, in the order in which they may know each other.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing))]

// Pure values shared by all: ids, rupiah, quantities, time, phones, exact splitting.
pub mod kernel;

// The only place that knows there are two databases.
pub mod db;

// The append-only log: audit trail, sync feed and notifications all read it.
pub mod events;

// National holidays and the occasions of the Hijri year, official, edited or computed.
pub mod calendar;

// What every route shares: answers, problems, bodies, idempotency, conditional requests, paging.
pub mod web;

// Work that is done later: jobs enqueued in a transaction, and chores on a schedule that catches up.
pub mod jobs;

// Letters to people: composed from templates, kept in the outbox, sent by a worker.
pub mod mail;

// Storage of photos and proofs: a folder on disk first.
pub mod files;

// People: registering, signing in, devices, verification, and the extractors `Visitor` and `SignedIn`.
pub mod accounts;

// Cooperatives, their groups, memberships and offices, places, and the permits that open data.
pub mod cooperatives;

// The books: double entry, vouchers, balances, statements, periods.
pub mod ledger;

// Products: what a group lists, with label, price tiers, photos and search.
pub mod catalogue;

// What groups make their goods of, what that costs, and from how many on a batch pays.
pub mod costs;

// Batches: dated, limited supplies of one product, what is available of them, and claims on it.
#[expect(
    clippy::disallowed_methods,
    reason = "whether a product is made on a weekday is one bit, which diesel cannot ask for"
)]
pub mod supply;

// Orders: quoted, placed, fulfilled, cancelled; one transaction each.
pub mod orders;

// Payments recorded and confirmed, and the quick sale at the stall.
pub mod payments;

// Cash on its way from the officer's hand to the treasurer's box, and counts of the box.
pub mod cash;

// What the cooperative owes its groups, payouts, and what of them each member has earned.
pub mod payouts;

// Days on which a cooperative's groups hand over together what was ordered ahead.
pub mod market_days;

// Buyers' wishes that no listing meets, and the offers by which groups win them together.
pub mod requests;

// Agreements with regular buyers, who order under them and pay by invoice.
pub mod contracts;

// What outlets sell for the groups.
pub mod consignment;

// What buyers order again and again: standing orders, and their claims when a market day opens.
pub mod standing_orders;

// Availability day by day, and the group's board: everything promised for each day.
pub mod outlook;

// Reports over the sale facts.
pub mod sales;

// Bank statements: imported lines, and the payments they confirm.
pub mod bank;

// Proofs that books, payments, sales and supply agree.
pub mod integrity;

// Who hears what, by which channel: reads events, writes letters.
pub mod notifications;

// What a person sees of themselves: profile, personal data out, forgetting a person.
pub mod profile;

// What the running service tells of itself: log lines, slow queries, figures.
pub mod telemetry;

// The actix service: every slice's routes under one roof.
pub mod server;

// Wiring: the same for `main` and for tests.
pub mod app;

// What can be set, and where it is read from.
pub mod config;

// The commands: each reads the configuration, does one thing and ends with a code.
pub mod cli;
