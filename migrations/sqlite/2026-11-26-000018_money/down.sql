DROP TABLE statement_lines;
DROP TABLE bank_formats;
ALTER TABLE cooperatives DROP COLUMN regular_after;
ALTER TABLE cooperatives DROP COLUMN deposit_percent;
ALTER TABLE cooperatives DROP COLUMN deposit_from;
CREATE TABLE payments_anew (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    order_id BLOB NOT NULL REFERENCES orders,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    method TEXT NOT NULL CHECK (method IN ('cash', 'transfer')),
    purpose TEXT NOT NULL CHECK (purpose IN ('deposit', 'balance', 'full', 'refund')),
    amount INTEGER NOT NULL CHECK (amount > 0 AND amount <= 9000000000000000),
    status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'rejected', 'expired')),
    refunds_id BLOB REFERENCES payments_anew,
    proof TEXT,
    recorded_by BLOB REFERENCES accounts,
    held_by BLOB REFERENCES accounts,
    decided_by BLOB REFERENCES accounts,
    recorded_at TEXT NOT NULL,
    expires_at TEXT,
    decided_at TEXT,
    reason TEXT,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO payments_anew (id, cooperative_id, order_id, direction, method, purpose, amount, status, refunds_id, proof, recorded_by, held_by, decided_by, recorded_at, expires_at, decided_at, reason, version)
SELECT id, cooperative_id, order_id, direction, CASE WHEN method IN ('cash', 'transfer') THEN method ELSE 'transfer' END, purpose, amount, CASE status WHEN 'reversed' THEN 'rejected' ELSE status END, refunds_id, proof, recorded_by, held_by, decided_by, recorded_at, expires_at, decided_at, reason, version FROM payments;
DROP TABLE payments;
ALTER TABLE payments_anew RENAME TO payments;
CREATE INDEX payments_order_id_index ON payments (order_id);
CREATE INDEX payments_cooperative_id_status_index ON payments (cooperative_id, status, recorded_at, id);
CREATE INDEX payments_refunds_id_index ON payments (refunds_id);
CREATE INDEX payments_recorded_by_index ON payments (recorded_by);
CREATE INDEX payments_held_by_index ON payments (held_by);
CREATE INDEX payments_held_index ON payments (cooperative_id, recorded_at, id) WHERE held_by IS NOT NULL;
CREATE INDEX payments_decided_by_index ON payments (decided_by);
CREATE INDEX payments_expires_at_index ON payments (expires_at) WHERE status = 'pending' AND proof IS NULL;
CREATE INDEX payments_proof_index ON payments (proof) WHERE proof IS NOT NULL;
DROP TABLE cash_counts;
DROP TABLE handovers;
