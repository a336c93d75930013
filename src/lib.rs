//! Lumbung: a cooperative marketplace. The modules in import order: each may import only earlier ones.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::indexing_slicing))]

// Shared value types: ids, rupiah, quantities, time, phone numbers, exact allocation.
pub mod kernel;

// Database access for SQLite and PostgreSQL.
pub mod db;

// The append-only event log, read by the audit trail, the sync feed and notifications.
pub mod events;

// National holidays and occasions of the Hijri year: official, edited or computed.
pub mod calendar;

// The shared HTTP layer: responses, problems, bodies, idempotency, conditional requests, pagination.
pub mod web;

// Background work: jobs enqueued in a transaction, and periodic tasks.
pub mod jobs;

// E-mail: letters composed from templates, stored in an outbox, sent by a worker.
pub mod mail;

// Storage of photos and proofs.
pub mod files;

// Accounts: registration, sign-in, sessions, verification, and the extractors `Visitor` and `SignedIn`.
pub mod accounts;

// Cooperatives, groups, memberships, offices, places, and permissions.
pub mod cooperatives;

// Double-entry bookkeeping: vouchers, balances, statements, periods.
pub mod ledger;

// Products with labels, price tiers, photos and search.
pub mod catalogue;

// Ingredients, recipes, the cost of a batch and its break-even quantity.
pub mod costs;

// Batches: dated, limited supplies of a product, their availability, and claims.
#[expect(clippy::disallowed_methods, reason = "diesel cannot test the bit of a weekday")]
pub mod supply;

// Orders: quoting, placing, fulfilling, cancelling.
pub mod orders;

// Payments and their confirmation, and quick sales at the stall.
pub mod payments;

// Cash hand-overs from officers to the treasurer, and counts of the cash box.
pub mod cash;

// Payables to groups, payouts, and members' earnings.
pub mod payouts;

// Market days, on which groups hand over pre-orders together.
pub mod market_days;

// Buyers' requests for goods that are not listed, and the groups' offers.
pub mod requests;

// Contracts with regular buyers, who order under them and pay by invoice.
pub mod contracts;

// Consignment: goods that outlets sell for the groups.
pub mod consignment;

// Standing orders, and their claims when a market day opens.
pub mod standing_orders;

// Availability per day, and the group's board of everything promised for each day.
pub mod outlook;

// Sales reports.
pub mod sales;

// Bank statements: import, and matching with payments.
pub mod bank;

// Consistency checks across ledger, payments, sales and supply.
pub mod integrity;

// Notifications: reads events, writes letters.
pub mod notifications;

// The caller's own profile, export of personal data, and erasure.
pub mod profile;

// Logging and slow query warnings.
pub mod telemetry;

// The HTTP server with the routes of all slices.
pub mod server;

// Wiring of the application, the same for `main` and tests.
pub mod app;

// The configuration and its sources.
pub mod config;

// The commands of the binary.
pub mod cli;
