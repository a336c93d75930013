ALTER TABLE order_lines DROP COLUMN reason;
ALTER TABLE batches DROP COLUMN made_at;
ALTER TABLE batches DROP COLUMN deposit_percent;
ALTER TABLE batches DROP COLUMN extend_to;
ALTER TABLE batches DROP COLUMN minimum_deposits;
ALTER TABLE batches DROP COLUMN pack_size;
