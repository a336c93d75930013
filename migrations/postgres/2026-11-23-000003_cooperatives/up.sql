CREATE TABLE places (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('province', 'regency', 'district', 'village')),
    name TEXT NOT NULL,
    parent_code TEXT REFERENCES places,
    postal_code TEXT,
    search_text TEXT COLLATE "C" NOT NULL
);
CREATE INDEX places_parent_code_index ON places (parent_code, search_text, code);
CREATE INDEX places_search_text_index ON places (search_text, code);

CREATE TABLE cooperatives (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    search_text TEXT COLLATE "C" NOT NULL,
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
    demo BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX cooperatives_code_key ON cooperatives (code);
CREATE INDEX cooperatives_search_text_index ON cooperatives (search_text, id);
CREATE INDEX cooperatives_village_code_index ON cooperatives (village_code);

CREATE TABLE assignments (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    account_id UUID NOT NULL REFERENCES accounts,
    role TEXT NOT NULL CHECK (role IN ('board', 'treasurer', 'supervisor', 'companion', 'agency')),
    assigned_by UUID REFERENCES accounts,
    assigned_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
CREATE UNIQUE INDEX assignments_account_id_cooperative_id_role_key ON assignments (account_id, cooperative_id, role) WHERE ended_at IS NULL;
CREATE INDEX assignments_account_id_index ON assignments (account_id);
CREATE INDEX assignments_cooperative_id_index ON assignments (cooperative_id);
CREATE INDEX assignments_assigned_by_index ON assignments (assigned_by);

CREATE TABLE pickup_points (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    hours TEXT NOT NULL,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX pickup_points_cooperative_id_index ON pickup_points (cooperative_id);

CREATE TABLE delivery_zones (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    fee BIGINT NOT NULL CHECK (fee >= 0),
    active BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX delivery_zones_cooperative_id_index ON delivery_zones (cooperative_id);

CREATE TABLE groups (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    search_text TEXT COLLATE "C" NOT NULL,
    hamlet TEXT,
    business_id TEXT,
    phone TEXT,
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'active', 'suspended', 'closed')),
    status_reason TEXT,
    founded_by UUID REFERENCES accounts,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX groups_cooperative_id_slug_key ON groups (cooperative_id, slug);
CREATE INDEX groups_search_text_index ON groups (search_text, id) WHERE status = 'active';
CREATE INDEX groups_cooperative_id_search_text_index ON groups (cooperative_id, search_text, id);
CREATE INDEX groups_founded_by_index ON groups (founded_by);

CREATE TABLE memberships (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    account_id UUID REFERENCES accounts,
    name TEXT NOT NULL,
    phone TEXT,
    role TEXT NOT NULL CHECK (role IN ('chair', 'secretary', 'treasurer', 'member')),
    joined_at TIMESTAMP NOT NULL,
    left_at TIMESTAMP,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX memberships_group_id_account_id_key ON memberships (group_id, account_id) WHERE left_at IS NULL;
CREATE INDEX memberships_group_id_index ON memberships (group_id);
CREATE INDEX memberships_account_id_index ON memberships (account_id);
CREATE INDEX memberships_cooperative_id_index ON memberships (cooperative_id);

CREATE TABLE invitations (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    membership_id UUID NOT NULL REFERENCES memberships,
    email TEXT,
    hash BYTEA NOT NULL,
    invited_by UUID NOT NULL REFERENCES accounts,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    accepted_at TIMESTAMP,
    revoked_at TIMESTAMP
);
CREATE UNIQUE INDEX invitations_hash_key ON invitations (hash);
CREATE INDEX invitations_cooperative_id_index ON invitations (cooperative_id);
CREATE INDEX invitations_group_id_index ON invitations (group_id);
CREATE INDEX invitations_membership_id_index ON invitations (membership_id);
CREATE INDEX invitations_invited_by_index ON invitations (invited_by);
