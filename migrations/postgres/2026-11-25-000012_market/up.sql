CREATE TABLE market_schedules (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    name TEXT NOT NULL,
    weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 0 AND 127),
    every_weeks INTEGER NOT NULL CHECK (every_weeks BETWEEN 1 AND 8),
    starts_on DATE NOT NULL,
    ends_on DATE,
    dates TEXT NOT NULL,
    skipped TEXT NOT NULL,
    skips_holidays BOOLEAN NOT NULL DEFAULT FALSE,
    days_ahead INTEGER NOT NULL CHECK (days_ahead BETWEEN 1 AND 60),
    opens_days_before INTEGER NOT NULL CHECK (opens_days_before BETWEEN 0 AND 30),
    opens_at_minutes INTEGER NOT NULL CHECK (opens_at_minutes BETWEEN 0 AND 1439),
    closes_days_before INTEGER NOT NULL CHECK (closes_days_before BETWEEN 0 AND 30),
    closes_at_minutes INTEGER NOT NULL CHECK (closes_at_minutes BETWEEN 0 AND 1439),
    extension_hours INTEGER NOT NULL CHECK (extension_hours BETWEEN 0 AND 168),
    from_minutes INTEGER NOT NULL CHECK (from_minutes BETWEEN 0 AND 1439),
    until_minutes INTEGER NOT NULL CHECK (until_minutes BETWEEN 0 AND 1439),
    pickup_point_id UUID REFERENCES pickup_points,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX market_schedules_cooperative_id_index ON market_schedules (cooperative_id, id);
CREATE INDEX market_schedules_pickup_point_id_index ON market_schedules (pickup_point_id);

CREATE TABLE market_days (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    schedule_id UUID REFERENCES market_schedules,
    scheduled_on DATE,
    name TEXT NOT NULL,
    held_on DATE NOT NULL,
    opens_at TIMESTAMP NOT NULL,
    closes_at TIMESTAMP NOT NULL,
    extends_to TIMESTAMP,
    from_minutes INTEGER NOT NULL CHECK (from_minutes BETWEEN 0 AND 1439),
    until_minutes INTEGER NOT NULL CHECK (until_minutes BETWEEN 0 AND 1439),
    pickup_point_id UUID REFERENCES pickup_points,
    status TEXT NOT NULL CHECK (status IN ('planned', 'open', 'closed', 'cancelled')),
    reason TEXT,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX market_days_schedule_id_scheduled_on_key ON market_days (schedule_id, scheduled_on);
CREATE INDEX market_days_cooperative_id_index ON market_days (cooperative_id, held_on, id);
CREATE INDEX market_days_pickup_point_id_index ON market_days (pickup_point_id);
CREATE INDEX market_days_planned_index ON market_days (opens_at) WHERE status = 'planned';
CREATE INDEX market_days_open_index ON market_days (closes_at) WHERE status = 'open';

-- A group's offering on a market day; its batch is opened with the day.
CREATE TABLE market_offerings (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    market_day_id UUID NOT NULL REFERENCES market_days,
    group_id UUID NOT NULL REFERENCES groups,
    product_id UUID NOT NULL REFERENCES products (id),
    capacity BIGINT NOT NULL CHECK (capacity > 0),
    minimum BIGINT NOT NULL CHECK (minimum >= 0),
    minimum_deposits BIGINT NOT NULL CHECK (minimum_deposits >= 0 AND minimum_deposits <= 1000000000000),
    pack_size BIGINT CHECK (pack_size > 0),
    price BIGINT CHECK (price >= 0 AND price <= 1000000000000),
    deposit_percent INTEGER CHECK (deposit_percent BETWEEN 0 AND 100),
    repeats BOOLEAN NOT NULL DEFAULT FALSE,
    batch_id UUID REFERENCES batches,
    left_out TEXT,
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (minimum <= capacity)
);
CREATE UNIQUE INDEX market_offerings_market_day_id_product_id_key ON market_offerings (market_day_id, product_id);
CREATE INDEX market_offerings_group_id_index ON market_offerings (group_id, id);
CREATE INDEX market_offerings_product_id_index ON market_offerings (product_id);
CREATE INDEX market_offerings_batch_id_index ON market_offerings (batch_id);
CREATE INDEX market_offerings_cooperative_id_index ON market_offerings (cooperative_id);
