-- Hand-overs of cash from officers to the treasurer, and counts of the cash box.
CREATE TABLE handovers (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    holder_id UUID NOT NULL REFERENCES accounts,
    status TEXT NOT NULL CHECK (status IN ('declared', 'received', 'refused')),
    expected BIGINT NOT NULL CHECK (expected > 0 AND expected <= 9000000000000000),
    counted BIGINT CHECK (counted >= 0 AND counted <= 9000000000000000),
    note TEXT,
    declared_at TIMESTAMP NOT NULL,
    declared_by UUID NOT NULL REFERENCES accounts,
    decided_at TIMESTAMP,
    decided_by UUID REFERENCES accounts,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX handovers_cooperative_id_index ON handovers (cooperative_id, declared_at, id);
CREATE INDEX handovers_holder_id_index ON handovers (holder_id, declared_at, id);
CREATE INDEX handovers_declared_by_index ON handovers (declared_by);
CREATE INDEX handovers_decided_by_index ON handovers (decided_by);

CREATE TABLE cash_counts (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    counted_on DATE NOT NULL,
    expected BIGINT NOT NULL,
    counted BIGINT NOT NULL CHECK (counted >= 0 AND counted <= 9000000000000000),
    note TEXT,
    counted_at TIMESTAMP NOT NULL,
    counted_by UUID NOT NULL REFERENCES accounts
);
CREATE INDEX cash_counts_cooperative_id_index ON cash_counts (cooperative_id, counted_on, id);
CREATE INDEX cash_counts_counted_by_index ON cash_counts (counted_by);

-- More payment methods; unique codes, payers, hand-overs and credit of payments.
CREATE TABLE payments_anew (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    order_id UUID NOT NULL REFERENCES orders,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    method TEXT NOT NULL CHECK (method IN ('cash', 'transfer', 'qris', 'gateway', 'credit')),
    purpose TEXT NOT NULL CHECK (purpose IN ('deposit', 'balance', 'full', 'refund')),
    amount BIGINT NOT NULL CHECK (amount > 0 AND amount <= 9000000000000000),
    status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'rejected', 'expired', 'reversed')),
    refunds_id UUID REFERENCES payments_anew,
    proof TEXT,
    recorded_by UUID REFERENCES accounts,
    held_by UUID REFERENCES accounts,
    decided_by UUID REFERENCES accounts,
    recorded_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    decided_at TIMESTAMP,
    reason TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    unique_code INTEGER CHECK (unique_code BETWEEN 1 AND 999),
    transfer_amount BIGINT CHECK (transfer_amount > 0),
    payer TEXT,
    handover_id UUID REFERENCES handovers,
    credit_of_id UUID REFERENCES payments_anew,
    CHECK (transfer_amount = amount - coalesce(unique_code, 0))
);
INSERT INTO payments_anew (id, cooperative_id, order_id, direction, method, purpose, amount, status, refunds_id, proof, recorded_by, held_by, decided_by, recorded_at, expires_at, decided_at, reason, version)
SELECT id, cooperative_id, order_id, direction, method, purpose, amount, status, refunds_id, proof, recorded_by, held_by, decided_by, recorded_at, expires_at, decided_at, reason, version FROM payments;
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
CREATE INDEX payments_handover_id_index ON payments (handover_id) WHERE handover_id IS NOT NULL;
CREATE INDEX payments_credit_of_id_index ON payments (credit_of_id) WHERE credit_of_id IS NOT NULL;
-- No two awaited transfers have the same unique code or the same amount to transfer.
CREATE UNIQUE INDEX payments_unique_code_key ON payments (cooperative_id, unique_code) WHERE status = 'pending' AND unique_code IS NOT NULL;
CREATE UNIQUE INDEX payments_transfer_amount_key ON payments (cooperative_id, transfer_amount) WHERE status = 'pending' AND unique_code IS NOT NULL;

-- The cooperative's deposit rule: threshold, percentage, and after how many orders a buyer is regular and exempt.
ALTER TABLE cooperatives ADD COLUMN deposit_from BIGINT CHECK (deposit_from > 0 AND deposit_from <= 1000000000000);
ALTER TABLE cooperatives ADD COLUMN deposit_percent INTEGER NOT NULL DEFAULT 0 CHECK (deposit_percent BETWEEN 0 AND 100);
ALTER TABLE cooperatives ADD COLUMN regular_after INTEGER CHECK (regular_after BETWEEN 1 AND 1000);

-- Statement formats of banks, and imported statement lines.
CREATE TABLE bank_formats (
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    changed_by UUID NOT NULL REFERENCES accounts,
    PRIMARY KEY (cooperative_id, name)
);
CREATE INDEX bank_formats_changed_by_index ON bank_formats (changed_by);

CREATE TABLE statement_lines (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    digest TEXT NOT NULL,
    booked_on DATE NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0 AND amount <= 9000000000000000),
    description TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'matched', 'ignored')),
    payment_id UUID REFERENCES payments,
    brought_at TIMESTAMP NOT NULL,
    brought_by UUID NOT NULL REFERENCES accounts,
    decided_at TIMESTAMP,
    decided_by UUID REFERENCES accounts
);
CREATE UNIQUE INDEX statement_lines_cooperative_id_digest_key ON statement_lines (cooperative_id, digest);
CREATE INDEX statement_lines_cooperative_id_status_index ON statement_lines (cooperative_id, status, booked_on, id);
CREATE UNIQUE INDEX statement_lines_payment_id_key ON statement_lines (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX statement_lines_brought_by_index ON statement_lines (brought_by);
CREATE INDEX statement_lines_decided_by_index ON statement_lines (decided_by);
