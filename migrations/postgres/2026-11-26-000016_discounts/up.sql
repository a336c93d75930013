-- Discounts: at most one on a batch, and the discount and price that an order line was placed with.
ALTER TABLE batches ADD COLUMN discount_kind TEXT CHECK (discount_kind IN ('slack', 'end_of_day'));
ALTER TABLE batches ADD COLUMN discount_percent INTEGER CHECK (discount_percent BETWEEN 1 AND 90);
ALTER TABLE batches ADD COLUMN discount_starts_at TIMESTAMP;
ALTER TABLE batches ADD COLUMN discount_ends_at TIMESTAMP CHECK (discount_ends_at > discount_starts_at);
ALTER TABLE batches ADD COLUMN discount_floor BIGINT CHECK (discount_floor >= 0 AND discount_floor <= 1000000000000);
ALTER TABLE order_lines ADD COLUMN discount TEXT CHECK (discount IN ('slack', 'end_of_day'));
ALTER TABLE order_lines ADD COLUMN was_price BIGINT CHECK (was_price > unit_price AND was_price <= 1000000000000);
