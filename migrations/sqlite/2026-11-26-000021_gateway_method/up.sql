-- Buyers also pay through a gateway. A column's rule cannot be changed everywhere, so that a new column takes its place.
ALTER TABLE payments ADD COLUMN way TEXT NOT NULL DEFAULT 'transfer' CHECK (way IN ('cash', 'transfer', 'gateway'));
UPDATE payments SET way = method;
ALTER TABLE payments DROP COLUMN method;
ALTER TABLE payments RENAME COLUMN way TO method;
