ALTER TABLE cooperatives DROP COLUMN qris_amounts;
DROP TABLE qris_codes;
