-- Rules by which groups divide their earnings; without a row the default applies.
CREATE TABLE earning_rules (
    group_id BLOB PRIMARY KEY REFERENCES groups,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    basis TEXT NOT NULL CHECK (basis IN ('pieces', 'hours')),
    fund_percent INTEGER NOT NULL CHECK (fund_percent BETWEEN 0 AND 100),
    changed_at TEXT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES accounts
) STRICT;
CREATE INDEX earning_rules_cooperative_id_index ON earning_rules (cooperative_id);
CREATE INDEX earning_rules_changed_by_index ON earning_rules (changed_by);

-- Payouts. The parts sum to the earnings.
CREATE TABLE payouts (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    status TEXT NOT NULL CHECK (status IN ('paid', 'reversed')),
    until_day TEXT NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('pieces', 'hours')),
    fund_percent INTEGER NOT NULL CHECK (fund_percent BETWEEN 0 AND 100),
    earned INTEGER NOT NULL CHECK (earned > 0 AND earned <= 9000000000000000),
    advances INTEGER NOT NULL CHECK (advances >= 0),
    receipts INTEGER NOT NULL CHECK (receipts >= 0),
    fund INTEGER NOT NULL CHECK (fund >= 0),
    shared INTEGER NOT NULL CHECK (shared >= 0),
    unshared INTEGER NOT NULL CHECK (unshared >= 0),
    paid_from TEXT NOT NULL CHECK (paid_from IN ('cash', 'bank')),
    received_by TEXT,
    note TEXT,
    paid_at TEXT NOT NULL,
    paid_by BLOB NOT NULL REFERENCES accounts,
    reversed_at TEXT,
    reversed_by BLOB REFERENCES accounts,
    reason TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (earned = advances + receipts + fund + shared + unshared)
) STRICT;
CREATE INDEX payouts_cooperative_id_index ON payouts (cooperative_id, paid_at, id);
CREATE INDEX payouts_group_id_index ON payouts (group_id, paid_at, id);
CREATE INDEX payouts_paid_by_index ON payouts (paid_by);
CREATE INDEX payouts_reversed_by_index ON payouts (reversed_by) WHERE reversed_by IS NOT NULL;

-- The postings that a payout settles; none is settled twice.
CREATE TABLE payout_items (
    payout_id BLOB NOT NULL REFERENCES payouts,
    entry_id BLOB NOT NULL REFERENCES ledger_entries,
    position INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    released INTEGER NOT NULL DEFAULT FALSE CHECK (released IN (0, 1)),
    PRIMARY KEY (payout_id, entry_id, position)
) STRICT;
CREATE INDEX payout_items_entry_id_index ON payout_items (entry_id, position, released);
CREATE UNIQUE INDEX payout_items_settled_key ON payout_items (entry_id, position) WHERE released = FALSE;

-- The contributions that a payout pays for; none is paid twice.
CREATE TABLE payout_contributions (
    payout_id BLOB NOT NULL REFERENCES payouts,
    contribution_id BLOB NOT NULL REFERENCES contributions,
    released INTEGER NOT NULL DEFAULT FALSE CHECK (released IN (0, 1)),
    PRIMARY KEY (payout_id, contribution_id)
) STRICT;
CREATE INDEX payout_contributions_contribution_id_index ON payout_contributions (contribution_id, released);
CREATE UNIQUE INDEX payout_contributions_paid_key ON payout_contributions (contribution_id) WHERE released = FALSE;

-- The shares of members in a payout.
CREATE TABLE payout_shares (
    payout_id BLOB NOT NULL REFERENCES payouts,
    membership_id BLOB NOT NULL REFERENCES memberships,
    work INTEGER NOT NULL CHECK (work >= 0),
    share INTEGER NOT NULL CHECK (share >= 0),
    receipts INTEGER NOT NULL CHECK (receipts >= 0),
    PRIMARY KEY (payout_id, membership_id)
) STRICT;
CREATE INDEX payout_shares_membership_id_index ON payout_shares (membership_id, payout_id);

-- Receipts for ingredients that members paid for.
CREATE TABLE ingredient_receipts (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    membership_id BLOB NOT NULL REFERENCES memberships,
    bought_on TEXT NOT NULL,
    what TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0 AND amount <= 1000000000000),
    status TEXT NOT NULL CHECK (status IN ('open', 'repaid', 'void')),
    payout_id BLOB REFERENCES payouts,
    noted_at TEXT NOT NULL,
    noted_by BLOB NOT NULL REFERENCES accounts,
    CHECK ((status = 'repaid') = (payout_id IS NOT NULL))
) STRICT;
CREATE INDEX ingredient_receipts_group_id_index ON ingredient_receipts (group_id, bought_on, id);
CREATE INDEX ingredient_receipts_cooperative_id_index ON ingredient_receipts (cooperative_id, status);
CREATE INDEX ingredient_receipts_membership_id_index ON ingredient_receipts (membership_id);
CREATE INDEX ingredient_receipts_payout_id_index ON ingredient_receipts (payout_id) WHERE payout_id IS NOT NULL;
CREATE INDEX ingredient_receipts_noted_by_index ON ingredient_receipts (noted_by);
