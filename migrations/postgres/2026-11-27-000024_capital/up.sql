-- Rules by which groups divide their earnings; without a row the default applies.
CREATE TABLE earning_rules (
    group_id UUID PRIMARY KEY REFERENCES groups,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    basis TEXT NOT NULL CHECK (basis IN ('pieces', 'hours')),
    fund_percent INTEGER NOT NULL CHECK (fund_percent BETWEEN 0 AND 100),
    changed_at TIMESTAMP NOT NULL,
    changed_by UUID NOT NULL REFERENCES accounts
);
CREATE INDEX earning_rules_cooperative_id_index ON earning_rules (cooperative_id);
CREATE INDEX earning_rules_changed_by_index ON earning_rules (changed_by);

-- Payouts. The parts sum to the earnings.
CREATE TABLE payouts (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    status TEXT NOT NULL CHECK (status IN ('paid', 'reversed')),
    until_day DATE NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('pieces', 'hours')),
    fund_percent INTEGER NOT NULL CHECK (fund_percent BETWEEN 0 AND 100),
    earned BIGINT NOT NULL CHECK (earned > 0 AND earned <= 9000000000000000),
    advances BIGINT NOT NULL CHECK (advances >= 0),
    receipts BIGINT NOT NULL CHECK (receipts >= 0),
    fund BIGINT NOT NULL CHECK (fund >= 0),
    shared BIGINT NOT NULL CHECK (shared >= 0),
    unshared BIGINT NOT NULL CHECK (unshared >= 0),
    paid_from TEXT NOT NULL CHECK (paid_from IN ('cash', 'bank')),
    received_by TEXT,
    note TEXT,
    paid_at TIMESTAMP NOT NULL,
    paid_by UUID NOT NULL REFERENCES accounts,
    reversed_at TIMESTAMP,
    reversed_by UUID REFERENCES accounts,
    reason TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (earned = advances + receipts + fund + shared + unshared)
);
CREATE INDEX payouts_cooperative_id_index ON payouts (cooperative_id, paid_at, id);
CREATE INDEX payouts_group_id_index ON payouts (group_id, paid_at, id);
CREATE INDEX payouts_paid_by_index ON payouts (paid_by);
CREATE INDEX payouts_reversed_by_index ON payouts (reversed_by) WHERE reversed_by IS NOT NULL;

-- The postings that a payout settles; none is settled twice.
CREATE TABLE payout_items (
    payout_id UUID NOT NULL REFERENCES payouts,
    entry_id UUID NOT NULL REFERENCES ledger_entries,
    position INTEGER NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    released BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (payout_id, entry_id, position)
);
CREATE INDEX payout_items_entry_id_index ON payout_items (entry_id, position, released);
CREATE UNIQUE INDEX payout_items_settled_key ON payout_items (entry_id, position) WHERE released = FALSE;

-- The contributions that a payout pays for; none is paid twice.
CREATE TABLE payout_contributions (
    payout_id UUID NOT NULL REFERENCES payouts,
    contribution_id UUID NOT NULL REFERENCES contributions,
    released BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (payout_id, contribution_id)
);
CREATE INDEX payout_contributions_contribution_id_index ON payout_contributions (contribution_id, released);
CREATE UNIQUE INDEX payout_contributions_paid_key ON payout_contributions (contribution_id) WHERE released = FALSE;

-- The shares of members in a payout.
CREATE TABLE payout_shares (
    payout_id UUID NOT NULL REFERENCES payouts,
    membership_id UUID NOT NULL REFERENCES memberships,
    work BIGINT NOT NULL CHECK (work >= 0),
    share BIGINT NOT NULL CHECK (share >= 0),
    receipts BIGINT NOT NULL CHECK (receipts >= 0),
    PRIMARY KEY (payout_id, membership_id)
);
CREATE INDEX payout_shares_membership_id_index ON payout_shares (membership_id, payout_id);

-- Receipts for ingredients that members paid for.
CREATE TABLE ingredient_receipts (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    membership_id UUID NOT NULL REFERENCES memberships,
    bought_on DATE NOT NULL,
    what TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0 AND amount <= 1000000000000),
    status TEXT NOT NULL CHECK (status IN ('open', 'repaid', 'void')),
    payout_id UUID REFERENCES payouts,
    noted_at TIMESTAMP NOT NULL,
    noted_by UUID NOT NULL REFERENCES accounts,
    CHECK ((status = 'repaid') = (payout_id IS NOT NULL))
);
CREATE INDEX ingredient_receipts_group_id_index ON ingredient_receipts (group_id, bought_on, id);
CREATE INDEX ingredient_receipts_cooperative_id_index ON ingredient_receipts (cooperative_id, status);
CREATE INDEX ingredient_receipts_membership_id_index ON ingredient_receipts (membership_id);
CREATE INDEX ingredient_receipts_payout_id_index ON ingredient_receipts (payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX ingredient_receipts_noted_by_index ON ingredient_receipts (noted_by);
