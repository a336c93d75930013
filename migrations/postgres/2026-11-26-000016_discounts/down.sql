ALTER TABLE order_lines DROP COLUMN was_price;
ALTER TABLE order_lines DROP COLUMN discount;
ALTER TABLE batches DROP COLUMN discount_floor;
ALTER TABLE batches DROP COLUMN discount_ends_at;
ALTER TABLE batches DROP COLUMN discount_starts_at;
ALTER TABLE batches DROP COLUMN discount_percent;
ALTER TABLE batches DROP COLUMN discount_kind;
