CREATE TABLE order_counters (
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (cooperative_id, month)
) STRICT;

CREATE TABLE orders (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    number TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('placed', 'confirmed', 'completed', 'cancelled', 'expired')),
    channel TEXT NOT NULL,
    buyer_id BLOB REFERENCES accounts,
    captured_by BLOB REFERENCES accounts,
    contact TEXT NOT NULL,
    recipient TEXT,
    delivery_kind TEXT NOT NULL CHECK (delivery_kind IN ('pickup', 'local', 'courier')),
    pickup_point_id BLOB REFERENCES pickup_points,
    delivery_zone_id BLOB REFERENCES delivery_zones,
    address TEXT,
    needed_on TEXT,
    note TEXT,
    locale TEXT NOT NULL,
    goods_total INTEGER NOT NULL CHECK (goods_total >= 0),
    delivery_fee INTEGER NOT NULL CHECK (delivery_fee >= 0),
    total INTEGER NOT NULL CHECK (total >= 0 AND total <= 9000000000000000),
    deposit_due INTEGER NOT NULL DEFAULT 0 CHECK (deposit_due >= 0),
    placed_total INTEGER NOT NULL CHECK (placed_total >= 0),
    paid_total INTEGER NOT NULL DEFAULT 0,
    refunded_total INTEGER NOT NULL DEFAULT 0 CHECK (refunded_total >= 0),
    placed_at TEXT NOT NULL,
    answer_by TEXT,
    pay_by TEXT,
    cancellable_until TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (total = goods_total + delivery_fee)
) STRICT;
CREATE UNIQUE INDEX orders_cooperative_id_number_key ON orders (cooperative_id, number);
CREATE INDEX orders_buyer_id_index ON orders (buyer_id, placed_at, id);
CREATE INDEX orders_cooperative_id_placed_at_index ON orders (cooperative_id, placed_at, id);
CREATE INDEX orders_captured_by_index ON orders (captured_by);
CREATE INDEX orders_pickup_point_id_index ON orders (pickup_point_id);
CREATE INDEX orders_delivery_zone_id_index ON orders (delivery_zone_id);

CREATE TABLE fulfilments (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    order_id BLOB NOT NULL REFERENCES orders,
    group_id BLOB NOT NULL REFERENCES groups,
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'preparing', 'ready', 'handed_over', 'declined', 'expired', 'cancelled', 'not_collected', 'returned')),
    goods_total INTEGER NOT NULL CHECK (goods_total >= 0),
    ready_on TEXT NOT NULL,
    answer_by TEXT,
    answered_at TEXT,
    ready_at TEXT,
    handed_over_at TEXT,
    reason TEXT,
    courier TEXT,
    tracking_number TEXT,
    received_by TEXT,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX fulfilments_order_id_group_id_key ON fulfilments (order_id, group_id);
CREATE INDEX fulfilments_group_id_index ON fulfilments (group_id, status, ready_on, id);
CREATE INDEX fulfilments_group_id_ready_on_index ON fulfilments (group_id, ready_on, id);
CREATE INDEX fulfilments_cooperative_id_index ON fulfilments (cooperative_id);
CREATE INDEX fulfilments_unanswered_index ON fulfilments (answer_by) WHERE status = 'pending';

CREATE TABLE order_lines (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    order_id BLOB NOT NULL REFERENCES orders,
    fulfilment_id BLOB NOT NULL REFERENCES fulfilments,
    product_id BLOB NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    product_name TEXT NOT NULL,
    unit TEXT NOT NULL,
    ready_on TEXT NOT NULL,
    wanted INTEGER NOT NULL CHECK (wanted > 0),
    at_least INTEGER NOT NULL CHECK (at_least >= 0),
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
    total INTEGER NOT NULL CHECK (total >= 0 AND total <= 1000000000000),
    deposit_percent INTEGER NOT NULL DEFAULT 0 CHECK (deposit_percent BETWEEN 0 AND 100),
    CHECK (quantity <= wanted)
) STRICT;
CREATE INDEX order_lines_order_id_index ON order_lines (order_id);
CREATE INDEX order_lines_fulfilment_id_index ON order_lines (fulfilment_id);
CREATE INDEX order_lines_product_id_index ON order_lines (product_id);
CREATE INDEX order_lines_cooperative_id_index ON order_lines (cooperative_id);

CREATE TABLE claims (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    line_id BLOB NOT NULL REFERENCES order_lines,
    batch_id BLOB NOT NULL REFERENCES batches,
    quantity INTEGER NOT NULL CHECK (quantity >= 0)
) STRICT;
CREATE UNIQUE INDEX claims_line_id_batch_id_key ON claims (line_id, batch_id);
CREATE INDEX claims_batch_id_index ON claims (batch_id);
CREATE INDEX claims_cooperative_id_index ON claims (cooperative_id);

CREATE TABLE order_notes (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    order_id BLOB NOT NULL REFERENCES orders,
    author_id BLOB REFERENCES accounts,
    from_buyer INTEGER NOT NULL CHECK (from_buyer IN (0, 1)),
    text TEXT NOT NULL,
    written_at TEXT NOT NULL
) STRICT;
CREATE INDEX order_notes_order_id_index ON order_notes (order_id, written_at, id);
CREATE INDEX order_notes_author_id_index ON order_notes (author_id);
CREATE INDEX order_notes_cooperative_id_index ON order_notes (cooperative_id);

CREATE TABLE sales (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    product_id BLOB NOT NULL REFERENCES products (id),
    order_id BLOB NOT NULL REFERENCES orders,
    fulfilment_id BLOB NOT NULL REFERENCES fulfilments,
    line_id BLOB NOT NULL REFERENCES order_lines,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'return', 'undo')),
    channel TEXT NOT NULL,
    buyer TEXT NOT NULL,
    sold_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER NOT NULL
) STRICT;
-- Both are covering indexes for reports.
CREATE INDEX sales_cooperative_id_sold_on_index ON sales (cooperative_id, sold_on, order_id, group_id, product_id, channel, buyer, quantity, amount);
CREATE INDEX sales_group_id_sold_on_index ON sales (group_id, sold_on, order_id, product_id, channel, buyer, quantity, amount);
CREATE INDEX sales_product_id_index ON sales (product_id, sold_on);
CREATE INDEX sales_order_id_index ON sales (order_id);
CREATE INDEX sales_fulfilment_id_index ON sales (fulfilment_id);
CREATE INDEX sales_line_id_index ON sales (line_id);
