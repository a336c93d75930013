-- The QRIS codes of a cooperative: at most one active, at most one proposed, and former ones.
CREATE TABLE qris_codes (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    payload TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    merchant_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'refused', 'replaced')),
    proposed_at TEXT NOT NULL,
    proposed_by BLOB NOT NULL REFERENCES accounts,
    decided_at TEXT,
    decided_by BLOB REFERENCES accounts,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX qris_codes_cooperative_id_index ON qris_codes (cooperative_id, proposed_at, id);
CREATE UNIQUE INDEX qris_codes_active_key ON qris_codes (cooperative_id) WHERE status = 'active';
CREATE UNIQUE INDEX qris_codes_proposed_key ON qris_codes (cooperative_id) WHERE status = 'proposed';
CREATE INDEX qris_codes_proposed_by_index ON qris_codes (proposed_by);
CREATE INDEX qris_codes_decided_by_index ON qris_codes (decided_by) WHERE decided_by IS NOT NULL;

-- Whether payment codes contain the amount.
ALTER TABLE cooperatives ADD COLUMN qris_amounts INTEGER NOT NULL DEFAULT FALSE CHECK (qris_amounts IN (0, 1));
