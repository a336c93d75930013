-- Requests of buyers for goods that no listing has, and offers of groups for them.
CREATE TABLE requests (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    buyer_id BLOB REFERENCES accounts,
    captured_by BLOB REFERENCES accounts,
    contact TEXT,
    channel TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'covered', 'withdrawn', 'expired')),
    product_id BLOB REFERENCES products (id),
    category TEXT,
    words TEXT,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit TEXT NOT NULL,
    needed_on TEXT NOT NULL,
    place_kind TEXT NOT NULL CHECK (place_kind IN ('pickup', 'local', 'address')),
    pickup_point_id BLOB REFERENCES pickup_points,
    delivery_zone_id BLOB REFERENCES delivery_zones,
    address TEXT,
    budget INTEGER CHECK (budget >= 0),
    occasion TEXT NOT NULL CHECK (occasion IN ('hajatan', 'arisan', 'office', 'school', 'other')),
    note TEXT,
    locale TEXT NOT NULL,
    answers_until TEXT NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    closed_at TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (taken >= 0 AND taken <= quantity),
    CHECK ((buyer_id IS NULL) <> (captured_by IS NULL)),
    CHECK (product_id IS NOT NULL OR words IS NOT NULL)
) STRICT;
CREATE INDEX requests_buyer_id_index ON requests (buyer_id, created_at, id);
CREATE INDEX requests_captured_by_index ON requests (captured_by, created_at, id);
CREATE INDEX requests_cooperative_id_index ON requests (cooperative_id, status, needed_on, id);
CREATE INDEX requests_product_id_index ON requests (product_id);
CREATE INDEX requests_pickup_point_id_index ON requests (pickup_point_id);
CREATE INDEX requests_delivery_zone_id_index ON requests (delivery_zone_id);
CREATE INDEX requests_due_index ON requests (answers_until) WHERE status = 'open';
CREATE INDEX requests_captured_index ON requests (closed_at) WHERE contact IS NOT NULL;

CREATE TABLE offers (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    request_id BLOB NOT NULL REFERENCES requests,
    group_id BLOB NOT NULL REFERENCES groups,
    product_id BLOB NOT NULL REFERENCES products (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'taken', 'withdrawn', 'lapsed', 'expired')),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
    ready_on TEXT NOT NULL,
    deposit_percent INTEGER NOT NULL CHECK (deposit_percent BETWEEN 0 AND 100),
    valid_until TEXT NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0,
    batch_id BLOB REFERENCES batches,
    order_id BLOB REFERENCES orders,
    offered_by BLOB REFERENCES accounts,
    created_at TEXT NOT NULL,
    closed_at TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (taken >= 0 AND taken <= quantity),
    CHECK ((status = 'taken') = (batch_id IS NOT NULL AND order_id IS NOT NULL))
) STRICT;
-- At most one open offer of a product for a request.
CREATE UNIQUE INDEX offers_open_key ON offers (request_id, product_id) WHERE status = 'open';
CREATE INDEX offers_request_id_index ON offers (request_id, id);
CREATE INDEX offers_group_id_index ON offers (group_id);
CREATE INDEX offers_product_id_index ON offers (product_id);
CREATE INDEX offers_cooperative_id_index ON offers (cooperative_id);
CREATE INDEX offers_batch_id_index ON offers (batch_id);
CREATE INDEX offers_order_id_index ON offers (order_id);
CREATE INDEX offers_offered_by_index ON offers (offered_by);
CREATE INDEX offers_valid_until_index ON offers (valid_until) WHERE status = 'open';
