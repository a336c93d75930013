-- Outlets that sell goods on consignment: for a commission, or at their own price above what they owe.
CREATE TABLE outlets (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    keeper TEXT,
    phone TEXT,
    address TEXT,
    cut_percent INTEGER NOT NULL CHECK (cut_percent BETWEEN 0 AND 90),
    settle_days INTEGER NOT NULL CHECK (settle_days BETWEEN 0 AND 90),
    bears_damage INTEGER NOT NULL CHECK (bears_damage IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    added_at TEXT NOT NULL,
    added_by BLOB NOT NULL REFERENCES accounts,
    version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX outlets_cooperative_id_name_key ON outlets (cooperative_id, name);
CREATE INDEX outlets_added_by_index ON outlets (added_by);

-- Goods of a batch delivered to an outlet. The group owns them until sold; delivered = sold + returned + damaged + on hand.
CREATE TABLE consignments (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    outlet_id BLOB NOT NULL REFERENCES outlets,
    group_id BLOB NOT NULL REFERENCES groups,
    product_id BLOB NOT NULL REFERENCES products (id),
    batch_id BLOB NOT NULL REFERENCES batches,
    delivered INTEGER NOT NULL CHECK (delivered > 0),
    sold INTEGER NOT NULL CHECK (sold >= 0),
    returned INTEGER NOT NULL CHECK (returned >= 0),
    damaged INTEGER NOT NULL CHECK (damaged >= 0),
    on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
    unit_price INTEGER NOT NULL CHECK (unit_price > 0 AND unit_price <= 100000000),
    retail_price INTEGER CHECK (retail_price >= unit_price AND retail_price <= 100000000),
    service_percent INTEGER NOT NULL CHECK (service_percent BETWEEN 0 AND 100),
    delivered_on TEXT NOT NULL,
    delivered_at TEXT NOT NULL,
    delivered_by BLOB NOT NULL REFERENCES accounts,
    received_by TEXT,
    note TEXT,
    version INTEGER NOT NULL,
    CHECK (delivered = sold + returned + damaged + on_hand)
) STRICT;
CREATE INDEX consignments_outlet_id_delivered_at_index ON consignments (outlet_id, delivered_at);
CREATE INDEX consignments_cooperative_id_on_hand_index ON consignments (cooperative_id, on_hand);
CREATE INDEX consignments_group_id_index ON consignments (group_id);
CREATE INDEX consignments_product_id_index ON consignments (product_id);
CREATE INDEX consignments_batch_id_index ON consignments (batch_id);
CREATE INDEX consignments_delivered_by_index ON consignments (delivered_by);

ALTER TABLE orders ADD COLUMN outlet_id BLOB REFERENCES outlets;
CREATE INDEX orders_outlet_id_index ON orders (outlet_id) WHERE outlet_id IS NOT NULL;
ALTER TABLE ledger_postings ADD COLUMN outlet_id BLOB REFERENCES outlets;
CREATE INDEX ledger_postings_outlet_id_index ON ledger_postings (outlet_id) WHERE outlet_id IS NOT NULL;

-- A count of a group's goods at an outlet, and the order of the goods sold.
CREATE TABLE outlet_counts (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    outlet_id BLOB NOT NULL REFERENCES outlets,
    group_id BLOB NOT NULL REFERENCES groups,
    order_id BLOB REFERENCES orders,
    counted_on TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    counted_by BLOB NOT NULL REFERENCES accounts,
    reversed_at TEXT,
    reversed_by BLOB REFERENCES accounts,
    note TEXT
) STRICT;
CREATE INDEX outlet_counts_outlet_id_counted_at_index ON outlet_counts (outlet_id, counted_at);
CREATE INDEX outlet_counts_cooperative_id_index ON outlet_counts (cooperative_id);
CREATE INDEX outlet_counts_group_id_index ON outlet_counts (group_id);
CREATE UNIQUE INDEX outlet_counts_order_id_key ON outlet_counts (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX outlet_counts_counted_by_index ON outlet_counts (counted_by);
CREATE INDEX outlet_counts_reversed_by_index ON outlet_counts (reversed_by) WHERE reversed_by IS NOT NULL;

CREATE TABLE outlet_count_lines (
    count_id BLOB NOT NULL REFERENCES outlet_counts,
    consignment_id BLOB NOT NULL REFERENCES consignments,
    sold INTEGER NOT NULL CHECK (sold >= 0),
    returned INTEGER NOT NULL CHECK (returned >= 0),
    damaged INTEGER NOT NULL CHECK (damaged >= 0),
    billed INTEGER NOT NULL CHECK (billed >= 0 AND billed <= sold + damaged),
    on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
    PRIMARY KEY (count_id, consignment_id)
) STRICT;
CREATE INDEX outlet_count_lines_consignment_id_index ON outlet_count_lines (consignment_id);
