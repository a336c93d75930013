CREATE TABLE accounts (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    email_verified_at TIMESTAMP,
    phone TEXT,
    phone_vouched_at TIMESTAMP,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('id', 'en')),
    admin BOOLEAN NOT NULL DEFAULT FALSE,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
    token_version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    closed_at TIMESTAMP,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX accounts_email_key ON accounts (email);
CREATE UNIQUE INDEX accounts_phone_key ON accounts (phone);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts,
    token_version BIGINT NOT NULL,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    revoked_because TEXT
);
CREATE INDEX sessions_account_id_index ON sessions (account_id);
CREATE INDEX sessions_expires_at_index ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    id UUID PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions,
    parent_id UUID REFERENCES refresh_tokens,
    hash BYTEA NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    revoked_at TIMESTAMP,
    access_used_at TIMESTAMP
);
CREATE UNIQUE INDEX refresh_tokens_hash_key ON refresh_tokens (hash);
CREATE INDEX refresh_tokens_session_id_index ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_parent_id_index ON refresh_tokens (parent_id);
CREATE INDEX refresh_tokens_expires_at_index ON refresh_tokens (expires_at);

CREATE TABLE one_time_tokens (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'reset_code')),
    hash BYTEA NOT NULL,
    address TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE UNIQUE INDEX one_time_tokens_hash_key ON one_time_tokens (hash);
CREATE INDEX one_time_tokens_account_id_index ON one_time_tokens (account_id);
CREATE INDEX one_time_tokens_expires_at_index ON one_time_tokens (expires_at);

CREATE TABLE throttles (
    bucket BYTEA PRIMARY KEY,
    spent BIGINT NOT NULL CHECK (spent >= 0),
    since TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL
);
CREATE INDEX throttles_last_at_index ON throttles (last_at);
