CREATE TABLE order_counters (
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (cooperative_id, month)
);

CREATE TABLE orders (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    number TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('placed', 'confirmed', 'completed', 'cancelled', 'expired')),
    channel TEXT NOT NULL,
    buyer_id UUID REFERENCES accounts,
    captured_by UUID REFERENCES accounts,
    contact TEXT NOT NULL,
    recipient TEXT,
    delivery_kind TEXT NOT NULL CHECK (delivery_kind IN ('pickup', 'local', 'courier')),
    pickup_point_id UUID REFERENCES pickup_points,
    delivery_zone_id UUID REFERENCES delivery_zones,
    address TEXT,
    needed_on DATE,
    note TEXT,
    locale TEXT NOT NULL,
    goods_total BIGINT NOT NULL CHECK (goods_total >= 0),
    delivery_fee BIGINT NOT NULL CHECK (delivery_fee >= 0),
    total BIGINT NOT NULL CHECK (total >= 0 AND total <= 9000000000000000),
    deposit_due BIGINT NOT NULL DEFAULT 0 CHECK (deposit_due >= 0),
    placed_total BIGINT NOT NULL CHECK (placed_total >= 0),
    paid_total BIGINT NOT NULL DEFAULT 0,
    refunded_total BIGINT NOT NULL DEFAULT 0 CHECK (refunded_total >= 0),
    placed_at TIMESTAMP NOT NULL,
    answer_by TIMESTAMP,
    pay_by TIMESTAMP,
    cancellable_until TIMESTAMP,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (total = goods_total + delivery_fee)
);
CREATE UNIQUE INDEX orders_cooperative_id_number_key ON orders (cooperative_id, number);
CREATE INDEX orders_buyer_id_index ON orders (buyer_id, placed_at, id);
CREATE INDEX orders_cooperative_id_placed_at_index ON orders (cooperative_id, placed_at, id);
CREATE INDEX orders_captured_by_index ON orders (captured_by);
CREATE INDEX orders_pickup_point_id_index ON orders (pickup_point_id);
CREATE INDEX orders_delivery_zone_id_index ON orders (delivery_zone_id);

CREATE TABLE fulfilments (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    order_id UUID NOT NULL REFERENCES orders,
    group_id UUID NOT NULL REFERENCES groups,
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'preparing', 'ready', 'handed_over', 'declined', 'expired', 'cancelled', 'not_collected', 'returned')),
    goods_total BIGINT NOT NULL CHECK (goods_total >= 0),
    ready_on DATE NOT NULL,
    answer_by TIMESTAMP,
    answered_at TIMESTAMP,
    ready_at TIMESTAMP,
    handed_over_at TIMESTAMP,
    reason TEXT,
    courier TEXT,
    tracking_number TEXT,
    received_by TEXT,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX fulfilments_order_id_group_id_key ON fulfilments (order_id, group_id);
CREATE INDEX fulfilments_group_id_index ON fulfilments (group_id, status, ready_on, id);
CREATE INDEX fulfilments_group_id_ready_on_index ON fulfilments (group_id, ready_on, id);
CREATE INDEX fulfilments_cooperative_id_index ON fulfilments (cooperative_id);
CREATE INDEX fulfilments_unanswered_index ON fulfilments (answer_by) WHERE status = 'pending';

CREATE TABLE order_lines (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    order_id UUID NOT NULL REFERENCES orders,
    fulfilment_id UUID NOT NULL REFERENCES fulfilments,
    product_id UUID NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    product_name TEXT NOT NULL,
    unit TEXT NOT NULL,
    ready_on DATE NOT NULL,
    wanted BIGINT NOT NULL CHECK (wanted > 0),
    at_least BIGINT NOT NULL CHECK (at_least >= 0),
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0),
    total BIGINT NOT NULL CHECK (total >= 0 AND total <= 1000000000000),
    deposit_percent INTEGER NOT NULL DEFAULT 0 CHECK (deposit_percent BETWEEN 0 AND 100),
    CHECK (quantity <= wanted)
);
CREATE INDEX order_lines_order_id_index ON order_lines (order_id);
CREATE INDEX order_lines_fulfilment_id_index ON order_lines (fulfilment_id);
CREATE INDEX order_lines_product_id_index ON order_lines (product_id);
CREATE INDEX order_lines_cooperative_id_index ON order_lines (cooperative_id);

CREATE TABLE claims (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    line_id UUID NOT NULL REFERENCES order_lines,
    batch_id UUID NOT NULL REFERENCES batches,
    quantity BIGINT NOT NULL CHECK (quantity >= 0)
);
CREATE UNIQUE INDEX claims_line_id_batch_id_key ON claims (line_id, batch_id);
CREATE INDEX claims_batch_id_index ON claims (batch_id);
CREATE INDEX claims_cooperative_id_index ON claims (cooperative_id);

CREATE TABLE order_notes (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    order_id UUID NOT NULL REFERENCES orders,
    author_id UUID REFERENCES accounts,
    from_buyer BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX order_notes_order_id_index ON order_notes (order_id, written_at, id);
CREATE INDEX order_notes_author_id_index ON order_notes (author_id);
CREATE INDEX order_notes_cooperative_id_index ON order_notes (cooperative_id);

CREATE TABLE sales (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    product_id UUID NOT NULL REFERENCES products (id),
    order_id UUID NOT NULL REFERENCES orders,
    fulfilment_id UUID NOT NULL REFERENCES fulfilments,
    line_id UUID NOT NULL REFERENCES order_lines,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'return', 'undo')),
    channel TEXT NOT NULL,
    buyer TEXT NOT NULL,
    sold_on DATE NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
-- Both are covering indexes for reports.
CREATE INDEX sales_cooperative_id_sold_on_index ON sales (cooperative_id, sold_on, order_id, group_id, product_id, channel, buyer, quantity, amount);
CREATE INDEX sales_group_id_sold_on_index ON sales (group_id, sold_on, order_id, product_id, channel, buyer, quantity, amount);
CREATE INDEX sales_product_id_index ON sales (product_id, sold_on);
CREATE INDEX sales_order_id_index ON sales (order_id);
CREATE INDEX sales_fulfilment_id_index ON sales (fulfilment_id);
CREATE INDEX sales_line_id_index ON sales (line_id);
