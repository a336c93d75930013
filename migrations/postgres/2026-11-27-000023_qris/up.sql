-- The QRIS codes of a cooperative: at most one active, at most one proposed, and former ones.
CREATE TABLE qris_codes (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    payload TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    merchant_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'refused', 'replaced')),
    proposed_at TIMESTAMP NOT NULL,
    proposed_by UUID NOT NULL REFERENCES accounts,
    decided_at TIMESTAMP,
    decided_by UUID REFERENCES accounts,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX qris_codes_cooperative_id_index ON qris_codes (cooperative_id, proposed_at, id);
CREATE UNIQUE INDEX qris_codes_active_key ON qris_codes (cooperative_id) WHERE status = 'active';
CREATE UNIQUE INDEX qris_codes_proposed_key ON qris_codes (cooperative_id) WHERE status = 'proposed';
CREATE INDEX qris_codes_proposed_by_index ON qris_codes (proposed_by);
CREATE INDEX qris_codes_decided_by_index ON qris_codes (decided_by) WHERE decided_by IS NOT NULL;

-- Whether payment codes contain the amount.
ALTER TABLE cooperatives ADD COLUMN qris_amounts BOOLEAN NOT NULL DEFAULT FALSE;
