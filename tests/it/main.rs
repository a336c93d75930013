//! Integration tests against a real server on a free port, with a separate database for each test.
//! `LUMBUNG_TEST_DATABASE_URL` runs the suite on PostgreSQL.

#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

mod accounts;
mod available;
mod batch_cancellations;
mod batch_decisions;
mod batches;
mod bench;
mod brute_force;
mod calendar;
mod cash;
mod catalogue;
mod charts;
mod claims;
mod cli;
mod closed_days;
mod compose;
mod consignment;
mod contracts;
mod cooperatives;
mod costs;
mod crashes;
mod database;
mod demo;
mod discounts;
mod doctor;
mod event_coverage;
mod events;
mod feed;
mod fulfilments;
mod gateway;
mod group_commit;
mod groups;
mod http_errors;
mod idempotency;
mod jobs;
mod leaks;
mod ledger;
mod ledger_invariants;
mod letters;
mod limits;
mod mail;
mod market_days;
mod members;
mod migrations;
mod notifications;
mod openapi;
mod openapi_snapshot;
mod operations;
mod order_validation;
mod orders;
mod outlook;
mod pages;
mod panics;
mod payments;
mod payouts;
mod permissions;
mod permits;
mod photos;
mod places;
mod printed_statements;
mod production;
mod products;
mod profile;
mod proofs;
mod qris;
mod quotes;
mod races;
mod requests;
mod response_cache;
mod response_fields;
mod roles;
mod sales;
mod sales_totals;
mod schedulers;
mod sessions;
mod stability;
mod standing_orders;
mod storage;
mod tenant_isolation;
mod tokens;
mod transfers;
mod upgrade;
