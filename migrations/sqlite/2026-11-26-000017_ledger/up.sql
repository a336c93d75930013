-- The books: balanced entries, their postings, and the closed months. Entries and postings are never changed.
CREATE TABLE ledger_entries (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    voucher TEXT NOT NULL CHECK (voucher IN ('BKM', 'BKK', 'BM')),
    number INTEGER NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL,
    entered_on TEXT NOT NULL,
    booked_at TEXT NOT NULL,
    booked_by BLOB REFERENCES accounts,
    source_id BLOB,
    reverses_id BLOB REFERENCES ledger_entries,
    memo TEXT
) STRICT;
CREATE UNIQUE INDEX ledger_entries_voucher_key ON ledger_entries (cooperative_id, month, voucher, number);
CREATE INDEX ledger_entries_cooperative_id_index ON ledger_entries (cooperative_id, entered_on, id);
CREATE UNIQUE INDEX ledger_entries_reverses_id_key ON ledger_entries (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX ledger_entries_source_id_index ON ledger_entries (source_id) WHERE source_id IS NOT NULL;
-- A payment or refund is posted once.
CREATE UNIQUE INDEX ledger_entries_payment_key ON ledger_entries (source_id) WHERE kind IN ('payment', 'refund');
CREATE INDEX ledger_entries_booked_by_index ON ledger_entries (booked_by) WHERE booked_by IS NOT NULL;

CREATE TABLE ledger_postings (
    entry_id BLOB NOT NULL REFERENCES ledger_entries,
    position INTEGER NOT NULL,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    entered_on TEXT NOT NULL,
    account INTEGER NOT NULL CHECK (account BETWEEN 1000 AND 9999),
    amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 9000000000000000),
    group_id BLOB REFERENCES groups,
    membership_id BLOB REFERENCES memberships,
    order_id BLOB REFERENCES orders,
    holder_id BLOB REFERENCES accounts,
    PRIMARY KEY (entry_id, position)
) STRICT;
-- Covering indexes of the balances.
CREATE INDEX ledger_postings_cooperative_id_index ON ledger_postings (cooperative_id, account, entered_on, amount);
CREATE INDEX ledger_postings_group_id_index ON ledger_postings (group_id, account, entered_on, amount) WHERE group_id IS NOT NULL;
CREATE INDEX ledger_postings_order_id_index ON ledger_postings (order_id, account, amount) WHERE order_id IS NOT NULL;
CREATE INDEX ledger_postings_membership_id_index ON ledger_postings (membership_id) WHERE membership_id IS NOT NULL;
CREATE INDEX ledger_postings_holder_id_index ON ledger_postings (holder_id, account, amount) WHERE holder_id IS NOT NULL;

-- The last voucher number of each series and month.
CREATE TABLE ledger_counters (
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    voucher TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (cooperative_id, month, voucher)
) STRICT;

-- A cooperative's own accounts.
CREATE TABLE ledger_accounts (
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    account INTEGER NOT NULL CHECK (account BETWEEN 1000 AND 9999),
    name TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by BLOB NOT NULL REFERENCES accounts,
    PRIMARY KEY (cooperative_id, account)
) STRICT;
CREATE INDEX ledger_accounts_opened_by_index ON ledger_accounts (opened_by);

-- Closed months, which accept no more entries.
CREATE TABLE ledger_closings (
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    closed_by BLOB NOT NULL REFERENCES accounts,
    PRIMARY KEY (cooperative_id, month)
) STRICT;
CREATE INDEX ledger_closings_closed_by_index ON ledger_closings (closed_by);

-- SQLite has one writer, so a trigger can update the counter.
CREATE TRIGGER ledger_entries_counted AFTER INSERT ON ledger_entries BEGIN
    INSERT INTO ledger_counters (cooperative_id, month, voucher, last)
    VALUES (new.cooperative_id, new.month, new.voucher, new.number)
    ON CONFLICT (cooperative_id, month, voucher) DO UPDATE SET last = new.number;
END;
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN
    SELECT raise(ABORT, 'the books are never changed');
END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN
    SELECT raise(ABORT, 'the books are never changed');
END;
CREATE TRIGGER ledger_postings_no_update BEFORE UPDATE ON ledger_postings BEGIN
    SELECT raise(ABORT, 'the books are never changed');
END;
CREATE TRIGGER ledger_postings_no_delete BEFORE DELETE ON ledger_postings BEGIN
    SELECT raise(ABORT, 'the books are never changed');
END;

-- The service share in percent: of the cooperative, optionally of a product, and frozen with the order line.
ALTER TABLE cooperatives ADD COLUMN service_percent INTEGER NOT NULL DEFAULT 10 CHECK (service_percent BETWEEN 0 AND 100);
ALTER TABLE cooperatives ADD COLUMN bears_discards INTEGER NOT NULL DEFAULT FALSE CHECK (bears_discards IN (0, 1));
ALTER TABLE products ADD COLUMN service_percent INTEGER CHECK (service_percent BETWEEN 0 AND 100);
ALTER TABLE order_lines ADD COLUMN service_percent INTEGER NOT NULL DEFAULT 10 CHECK (service_percent BETWEEN 0 AND 100);
-- The service share of a sale in rupiah.
ALTER TABLE sales ADD COLUMN service INTEGER NOT NULL DEFAULT 0;
UPDATE sales SET service = (amount * 10 + CASE WHEN amount < 0 THEN -50 ELSE 50 END) / 100;
-- The delivered value of an order: goods of delivered parts, and the delivery fee.
ALTER TABLE orders ADD COLUMN delivered_total INTEGER NOT NULL DEFAULT 0 CHECK (delivered_total >= 0);
UPDATE orders SET delivered_total = delivery_fee + (
    SELECT sum(f.goods_total) FROM fulfilments f WHERE f.order_id = orders.id AND f.status = 'handed_over'
) WHERE EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = orders.id AND f.status = 'handed_over');
