CREATE TABLE accounts (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    email_verified_at TEXT,
    phone TEXT,
    phone_vouched_at TEXT,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('id', 'en')),
    admin INTEGER NOT NULL DEFAULT FALSE CHECK (admin IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
    token_version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    closed_at TEXT,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX accounts_email_key ON accounts (email);
CREATE UNIQUE INDEX accounts_phone_key ON accounts (phone);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts,
    token_version INTEGER NOT NULL,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    revoked_because TEXT
) STRICT;
CREATE INDEX sessions_account_id_index ON sessions (account_id);
CREATE INDEX sessions_expires_at_index ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    id BLOB PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions,
    parent_id BLOB REFERENCES refresh_tokens,
    hash BLOB NOT NULL,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    revoked_at TEXT,
    access_used_at TEXT
) STRICT;
CREATE UNIQUE INDEX refresh_tokens_hash_key ON refresh_tokens (hash);
CREATE INDEX refresh_tokens_session_id_index ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_parent_id_index ON refresh_tokens (parent_id);
CREATE INDEX refresh_tokens_expires_at_index ON refresh_tokens (expires_at);

CREATE TABLE one_time_tokens (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'reset_code')),
    hash BLOB NOT NULL,
    address TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE UNIQUE INDEX one_time_tokens_hash_key ON one_time_tokens (hash);
CREATE INDEX one_time_tokens_account_id_index ON one_time_tokens (account_id);
CREATE INDEX one_time_tokens_expires_at_index ON one_time_tokens (expires_at);

CREATE TABLE throttles (
    bucket BLOB PRIMARY KEY,
    spent INTEGER NOT NULL CHECK (spent >= 0),
    since TEXT NOT NULL,
    last_at TEXT NOT NULL
) STRICT;
CREATE INDEX throttles_last_at_index ON throttles (last_at);
