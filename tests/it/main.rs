//! The behaviour of Lumbung, told in sentences and run against the real thing: a server on a free port, and a
//! database of its own for each test. `LUMBUNG_TEST_DATABASE_URL` moves the whole suite to PostgreSQL.

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
mod answers;
mod available;
mod balanced;
mod batches;
mod bench;
mod bounds;
mod calendar;
mod called_off;
mod cash;
mod catalogue;
mod claims;
mod closed_days;
mod compose;
mod consignment;
mod contracts;
mod cooperatives;
mod costs;
mod crashes;
mod database;
mod decided;
mod demo;
mod discounts;
mod doctor;
mod events;
mod feed;
mod fulfilments;
mod gateway;
mod group_commit;
mod groups;
mod guessing;
mod idempotency;
mod jobs;
mod kept;
mod leaks;
mod ledger;
mod letters;
mod mail;
mod manners;
mod market_days;
mod members;
mod migrations;
mod notifications;
mod openapi;
mod operations;
mod operator;
mod orders;
mod outlook;
mod pages;
mod panics;
mod papers;
mod payments;
mod payouts;
mod permissions;
mod permits;
mod photos;
mod pictures;
mod places;
mod production;
mod products;
mod profile;
mod proofs;
mod qris;
mod quotes;
mod races;
mod recorded;
mod references;
mod requests;
mod roles;
mod rules;
mod sales;
mod schedulers;
mod sessions;
mod standing_orders;
mod steadiness;
mod storage;
mod takings;
mod tokens;
mod transfers;
