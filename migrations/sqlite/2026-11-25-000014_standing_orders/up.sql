CREATE TABLE standing_orders (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    buyer_id BLOB NOT NULL REFERENCES accounts,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'ended')),
    paused_by_group INTEGER NOT NULL DEFAULT FALSE CHECK (paused_by_group IN (0, 1)),
    paused_until TEXT,
    every_market_day INTEGER NOT NULL DEFAULT FALSE CHECK (every_market_day IN (0, 1)),
    weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 0 AND 127),
    every_weeks INTEGER NOT NULL CHECK (every_weeks BETWEEN 1 AND 8),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    skipped TEXT NOT NULL,
    confirms_first INTEGER NOT NULL DEFAULT FALSE CHECK (confirms_first IN (0, 1)),
    delivery TEXT NOT NULL,
    note TEXT,
    looked_at_on TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX standing_orders_cooperative_id_index ON standing_orders (cooperative_id, created_at, id);
CREATE INDEX standing_orders_buyer_id_index ON standing_orders (buyer_id, created_at, id);
CREATE INDEX standing_orders_looked_at_on_index ON standing_orders (looked_at_on) WHERE status <> 'ended';

CREATE TABLE standing_lines (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    standing_order_id BLOB NOT NULL REFERENCES standing_orders,
    group_id BLOB NOT NULL REFERENCES groups,
    product_id BLOB NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    at_least INTEGER NOT NULL CHECK (at_least > 0),
    CHECK (at_least <= quantity)
) STRICT;
CREATE UNIQUE INDEX standing_lines_standing_order_id_product_id_key ON standing_lines (standing_order_id, product_id);
CREATE INDEX standing_lines_group_id_index ON standing_lines (group_id, standing_order_id);
CREATE INDEX standing_lines_product_id_index ON standing_lines (product_id);
CREATE INDEX standing_lines_cooperative_id_index ON standing_lines (cooperative_id);

-- A due day of a standing order: at most one order, or why there is none.
CREATE TABLE standing_occurrences (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    standing_order_id BLOB NOT NULL REFERENCES standing_orders,
    due_on TEXT NOT NULL,
    market_day_id BLOB REFERENCES market_days,
    status TEXT NOT NULL CHECK (status IN ('placed', 'refused', 'skipped', 'lapsed')),
    order_id BLOB REFERENCES orders,
    shortfalls TEXT NOT NULL,
    confirm_by TEXT,
    reminded_at TEXT,
    confirmed_at TEXT,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX standing_occurrences_standing_order_id_due_on_key ON standing_occurrences (standing_order_id, due_on);
CREATE INDEX standing_occurrences_market_day_id_index ON standing_occurrences (market_day_id);
CREATE INDEX standing_occurrences_order_id_index ON standing_occurrences (order_id);
CREATE INDEX standing_occurrences_cooperative_id_index ON standing_occurrences (cooperative_id);
CREATE INDEX standing_occurrences_confirm_by_index ON standing_occurrences (confirm_by) WHERE status = 'placed' AND confirmed_at IS NULL;
