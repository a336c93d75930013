ALTER TABLE payments ADD COLUMN way TEXT NOT NULL DEFAULT 'transfer' CHECK (way IN ('cash', 'transfer'));
UPDATE payments SET way = method WHERE method = 'cash';
ALTER TABLE payments DROP COLUMN method;
ALTER TABLE payments RENAME COLUMN way TO method;
