CREATE TABLE batches (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    product_id BLOB NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL CHECK (kind IN ('shelf', 'planned', 'to_order', 'market', 'request')),
    status TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'made', 'closed', 'failed', 'cancelled')),
    ready_on TEXT NOT NULL,
    cutoff_at TEXT,
    best_before TEXT,
    capacity INTEGER NOT NULL CHECK (capacity >= 0),
    minimum INTEGER NOT NULL DEFAULT 0 CHECK (minimum >= 0),
    claimed INTEGER NOT NULL DEFAULT 0 CHECK (claimed >= 0),
    made INTEGER CHECK (made >= 0),
    discarded INTEGER NOT NULL DEFAULT 0 CHECK (discarded >= 0),
    price INTEGER CHECK (price >= 0 AND price <= 1000000000000),
    unit_cost INTEGER CHECK (unit_cost >= 0 AND unit_cost <= 1000000000000),
    extended INTEGER NOT NULL DEFAULT FALSE CHECK (extended IN (0, 1)),
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (claimed + discarded <= COALESCE(made, capacity))
) STRICT;
CREATE UNIQUE INDEX batches_product_id_ready_on_key ON batches (product_id, ready_on) WHERE kind = 'to_order';
CREATE INDEX batches_product_id_status_index ON batches (product_id, status, ready_on);
CREATE INDEX batches_group_id_index ON batches (group_id, ready_on);
CREATE INDEX batches_cooperative_id_index ON batches (cooperative_id);
CREATE INDEX batches_undecided_index ON batches (cutoff_at) WHERE status = 'open';

CREATE TABLE contributions (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    batch_id BLOB NOT NULL REFERENCES batches,
    membership_id BLOB NOT NULL REFERENCES memberships,
    kind TEXT NOT NULL CHECK (kind IN ('pieces', 'hours')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    noted_by BLOB NOT NULL REFERENCES accounts,
    noted_at TEXT NOT NULL
) STRICT;
CREATE INDEX contributions_batch_id_index ON contributions (batch_id);
CREATE INDEX contributions_membership_id_index ON contributions (membership_id);
CREATE INDEX contributions_noted_by_index ON contributions (noted_by);
CREATE INDEX contributions_cooperative_id_index ON contributions (cooperative_id);

CREATE TABLE discards (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    batch_id BLOB NOT NULL REFERENCES batches,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    noted_by BLOB NOT NULL REFERENCES accounts,
    noted_at TEXT NOT NULL
) STRICT;
CREATE INDEX discards_batch_id_index ON discards (batch_id);
CREATE INDEX discards_noted_by_index ON discards (noted_by);
CREATE INDEX discards_cooperative_id_index ON discards (cooperative_id);

CREATE TABLE refused_demand (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    product_id BLOB NOT NULL REFERENCES products (id),
    day TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    asker TEXT NOT NULL,
    anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
    recorded_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX refused_demand_asker_product_id_day_key ON refused_demand (asker, product_id, day);
CREATE INDEX refused_demand_product_id_index ON refused_demand (product_id, day);
CREATE INDEX refused_demand_group_id_index ON refused_demand (group_id, day);
CREATE INDEX refused_demand_cooperative_id_index ON refused_demand (cooperative_id, day);
