CREATE TABLE places (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('province', 'regency', 'district', 'village')),
    name TEXT NOT NULL,
    parent_code TEXT REFERENCES places,
    postal_code TEXT,
    search_text TEXT NOT NULL
) STRICT;
CREATE INDEX places_parent_code_index ON places (parent_code, search_text, code);
CREATE INDEX places_search_text_index ON places (search_text, code);

CREATE TABLE cooperatives (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    search_text TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    village_code TEXT NOT NULL REFERENCES places,
    address TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    zone TEXT NOT NULL,
    bank_name TEXT,
    bank_account TEXT,
    bank_holder TEXT,
    demo INTEGER NOT NULL DEFAULT FALSE CHECK (demo IN (0, 1)),
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX cooperatives_code_key ON cooperatives (code);
CREATE INDEX cooperatives_search_text_index ON cooperatives (search_text, id);
CREATE INDEX cooperatives_village_code_index ON cooperatives (village_code);

CREATE TABLE assignments (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    account_id BLOB NOT NULL REFERENCES accounts,
    role TEXT NOT NULL CHECK (role IN ('board', 'treasurer', 'supervisor', 'companion', 'agency')),
    assigned_by BLOB REFERENCES accounts,
    assigned_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX assignments_account_id_cooperative_id_role_key ON assignments (account_id, cooperative_id, role) WHERE ended_at IS NULL;
CREATE INDEX assignments_account_id_index ON assignments (account_id);
CREATE INDEX assignments_cooperative_id_index ON assignments (cooperative_id);
CREATE INDEX assignments_assigned_by_index ON assignments (assigned_by);

CREATE TABLE pickup_points (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    hours TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT TRUE CHECK (active IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX pickup_points_cooperative_id_index ON pickup_points (cooperative_id);

CREATE TABLE delivery_zones (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    fee INTEGER NOT NULL CHECK (fee >= 0),
    active INTEGER NOT NULL DEFAULT TRUE CHECK (active IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX delivery_zones_cooperative_id_index ON delivery_zones (cooperative_id);

CREATE TABLE groups (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    search_text TEXT NOT NULL,
    hamlet TEXT,
    business_id TEXT,
    phone TEXT,
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'active', 'suspended', 'closed')),
    status_reason TEXT,
    founded_by BLOB REFERENCES accounts,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX groups_cooperative_id_slug_key ON groups (cooperative_id, slug);
CREATE INDEX groups_search_text_index ON groups (search_text, id) WHERE status = 'active';
CREATE INDEX groups_cooperative_id_search_text_index ON groups (cooperative_id, search_text, id);
CREATE INDEX groups_founded_by_index ON groups (founded_by);

CREATE TABLE memberships (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    account_id BLOB REFERENCES accounts,
    name TEXT NOT NULL,
    phone TEXT,
    role TEXT NOT NULL CHECK (role IN ('chair', 'secretary', 'treasurer', 'member')),
    joined_at TEXT NOT NULL,
    left_at TEXT,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX memberships_group_id_account_id_key ON memberships (group_id, account_id) WHERE left_at IS NULL;
CREATE INDEX memberships_group_id_index ON memberships (group_id);
CREATE INDEX memberships_account_id_index ON memberships (account_id);
CREATE INDEX memberships_cooperative_id_index ON memberships (cooperative_id);

CREATE TABLE invitations (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    membership_id BLOB NOT NULL REFERENCES memberships,
    email TEXT,
    hash BLOB NOT NULL,
    invited_by BLOB NOT NULL REFERENCES accounts,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    accepted_at TEXT,
    revoked_at TEXT
) STRICT;
CREATE UNIQUE INDEX invitations_hash_key ON invitations (hash);
CREATE INDEX invitations_cooperative_id_index ON invitations (cooperative_id);
CREATE INDEX invitations_group_id_index ON invitations (group_id);
CREATE INDEX invitations_membership_id_index ON invitations (membership_id);
CREATE INDEX invitations_invited_by_index ON invitations (invited_by);
