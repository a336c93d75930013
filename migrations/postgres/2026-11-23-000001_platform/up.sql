CREATE TABLE events (
    id UUID PRIMARY KEY,
    seq BIGINT,
    recorded_at TIMESTAMP NOT NULL,
    actor_id UUID,
    cooperative_id UUID,
    group_id UUID,
    subject_id UUID NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE UNIQUE INDEX events_seq_key ON events (seq);
CREATE INDEX events_cooperative_id_seq_index ON events (cooperative_id, seq);
CREATE INDEX events_subject_id_index ON events (subject_id);
CREATE INDEX events_unstamped_index ON events (id) WHERE seq IS NULL;

CREATE TABLE event_readers (
    name TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    unique_key TEXT,
    run_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until TIMESTAMP,
    finished_at TIMESTAMP,
    failed_at TIMESTAMP,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX jobs_kind_unique_key_key ON jobs (kind, unique_key) WHERE finished_at IS NULL AND failed_at IS NULL;
CREATE INDEX jobs_due_index ON jobs (run_at) WHERE finished_at IS NULL AND failed_at IS NULL;

CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    next_at TIMESTAMP NOT NULL
);

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    status INTEGER,
    headers TEXT,
    body BYTEA,
    order_id UUID,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (scope, route, key)
);
CREATE INDEX idempotency_keys_order_id_index ON idempotency_keys (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX idempotency_keys_created_at_index ON idempotency_keys (created_at);

CREATE TABLE client_ids (
    id UUID PRIMARY KEY,
    scope TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE rate_buckets (
    bucket TEXT PRIMARY KEY,
    spent BIGINT NOT NULL CHECK (spent >= 0),
    refilled_at TIMESTAMP NOT NULL
);
CREATE INDEX rate_buckets_refilled_at_index ON rate_buckets (refilled_at);

CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    event_id UUID REFERENCES events,
    account_id UUID,
    recipient TEXT NOT NULL,
    locale TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    next_try_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until TIMESTAMP,
    sent_at TIMESTAMP,
    failed_at TIMESTAMP,
    last_error TEXT
);
CREATE UNIQUE INDEX outbox_event_id_recipient_kind_key ON outbox (event_id, recipient, kind);
CREATE INDEX outbox_due_index ON outbox (next_try_at) WHERE sent_at IS NULL AND failed_at IS NULL;

CREATE TABLE heartbeats (
    name TEXT PRIMARY KEY,
    beat_at TIMESTAMP NOT NULL
);
