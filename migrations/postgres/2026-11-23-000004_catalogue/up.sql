CREATE TABLE products (
    row_id BIGSERIAL PRIMARY KEY,
    id UUID NOT NULL,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    group_id UUID NOT NULL REFERENCES groups,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    unit TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0 AND price <= 1000000000000),
    price_tiers TEXT NOT NULL,
    lead_time_days INTEGER NOT NULL CHECK (lead_time_days >= 0),
    shelf_life_days INTEGER CHECK (shelf_life_days > 0),
    minimum_quantity BIGINT NOT NULL CHECK (minimum_quantity > 0),
    quantity_step BIGINT NOT NULL CHECK (quantity_step > 0),
    daily_capacity BIGINT NOT NULL CHECK (daily_capacity >= 0),
    made_on INTEGER NOT NULL CHECK (made_on BETWEEN 0 AND 127),
    order_by_minutes INTEGER NOT NULL CHECK (order_by_minutes BETWEEN 0 AND 1439),
    open_days_ahead INTEGER NOT NULL CHECK (open_days_ahead BETWEEN 1 AND 60),
    deposit_percent INTEGER NOT NULL CHECK (deposit_percent BETWEEN 0 AND 100),
    label TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
    listed BOOLEAN NOT NULL DEFAULT FALSE,
    withdrawn_reason TEXT CHECK (withdrawn_reason IS NULL OR status = 'retired'),
    sort_name TEXT COLLATE "C" NOT NULL,
    search_text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    published_at TIMESTAMP,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX products_id_key ON products (id);
CREATE UNIQUE INDEX products_group_id_slug_key ON products (group_id, slug);
CREATE INDEX products_listed_sort_name_index ON products (sort_name, id) WHERE listed;
CREATE INDEX products_listed_price_index ON products (price, id) WHERE listed;
CREATE INDEX products_listed_published_at_index ON products (published_at, id) WHERE listed;
CREATE INDEX products_cooperative_id_sort_name_index ON products (cooperative_id, sort_name, id) WHERE listed;
CREATE INDEX products_group_id_sort_name_index ON products (group_id, sort_name, id);
CREATE INDEX products_category_sort_name_index ON products (category, sort_name, id) WHERE listed;
CREATE INDEX products_cooperative_id_index ON products (cooperative_id);
ALTER TABLE products ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', search_text)) STORED;
CREATE INDEX products_search_vector_index ON products USING gin (search_vector);

CREATE TABLE photos (
    id UUID PRIMARY KEY,
    product_id UUID NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 8),
    file TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX photos_product_id_position_key ON photos (product_id, position);
