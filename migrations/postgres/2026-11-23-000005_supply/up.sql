CREATE TABLE batches (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    product_id UUID NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL CHECK (kind IN ('shelf', 'planned', 'to_order', 'market', 'request')),
    status TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'made', 'closed', 'failed', 'cancelled')),
    ready_on DATE NOT NULL,
    cutoff_at TIMESTAMP,
    best_before DATE,
    capacity BIGINT NOT NULL CHECK (capacity >= 0),
    minimum BIGINT NOT NULL DEFAULT 0 CHECK (minimum >= 0),
    claimed BIGINT NOT NULL DEFAULT 0 CHECK (claimed >= 0),
    made BIGINT CHECK (made >= 0),
    discarded BIGINT NOT NULL DEFAULT 0 CHECK (discarded >= 0),
    price BIGINT CHECK (price >= 0 AND price <= 1000000000000),
    unit_cost BIGINT CHECK (unit_cost >= 0 AND unit_cost <= 1000000000000),
    extended BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (claimed + discarded <= COALESCE(made, capacity))
);
CREATE UNIQUE INDEX batches_product_id_ready_on_key ON batches (product_id, ready_on) WHERE kind = 'to_order';
CREATE INDEX batches_product_id_status_index ON batches (product_id, status, ready_on);
CREATE INDEX batches_group_id_index ON batches (group_id, ready_on);
CREATE INDEX batches_cooperative_id_index ON batches (cooperative_id);
CREATE INDEX batches_undecided_index ON batches (cutoff_at) WHERE status = 'open';

CREATE TABLE contributions (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    batch_id UUID NOT NULL REFERENCES batches,
    membership_id UUID NOT NULL REFERENCES memberships,
    kind TEXT NOT NULL CHECK (kind IN ('pieces', 'hours')),
    amount BIGINT NOT NULL CHECK (amount > 0),
    noted_by UUID NOT NULL REFERENCES accounts,
    noted_at TIMESTAMP NOT NULL
);
CREATE INDEX contributions_batch_id_index ON contributions (batch_id);
CREATE INDEX contributions_membership_id_index ON contributions (membership_id);
CREATE INDEX contributions_noted_by_index ON contributions (noted_by);
CREATE INDEX contributions_cooperative_id_index ON contributions (cooperative_id);

CREATE TABLE discards (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    batch_id UUID NOT NULL REFERENCES batches,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    noted_by UUID NOT NULL REFERENCES accounts,
    noted_at TIMESTAMP NOT NULL
);
CREATE INDEX discards_batch_id_index ON discards (batch_id);
CREATE INDEX discards_noted_by_index ON discards (noted_by);
CREATE INDEX discards_cooperative_id_index ON discards (cooperative_id);

CREATE TABLE refused_demand (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    product_id UUID NOT NULL REFERENCES products (id),
    day DATE NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    asker TEXT NOT NULL,
    anonymous BOOLEAN NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX refused_demand_asker_product_id_day_key ON refused_demand (asker, product_id, day);
CREATE INDEX refused_demand_product_id_index ON refused_demand (product_id, day);
CREATE INDEX refused_demand_group_id_index ON refused_demand (group_id, day);
CREATE INDEX refused_demand_cooperative_id_index ON refused_demand (cooperative_id, day);
