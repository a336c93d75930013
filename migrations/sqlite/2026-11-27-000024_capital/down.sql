DROP TABLE ingredient_receipts;
DROP TABLE payout_shares;
DROP TABLE payout_contributions;
DROP TABLE payout_items;
DROP TABLE payouts;
DROP TABLE earning_rules;
