-- Contracts with regular buyers, the orders under them, and their monthly invoices.
CREATE TABLE contracts (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    buyer_id UUID NOT NULL REFERENCES accounts,
    drawn_by UUID NOT NULL REFERENCES accounts,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'declined', 'withdrawn', 'ended')),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    credit_limit BIGINT NOT NULL CHECK (credit_limit > 0),
    term_days INTEGER NOT NULL CHECK (term_days BETWEEN 0 AND 90),
    note TEXT,
    invoiced_through DATE,
    created_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP,
    closed_at TIMESTAMP,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX contracts_cooperative_id_index ON contracts (cooperative_id, created_at, id);
CREATE INDEX contracts_buyer_id_index ON contracts (buyer_id, created_at, id);
CREATE INDEX contracts_drawn_by_index ON contracts (drawn_by);
CREATE INDEX contracts_ends_on_index ON contracts (ends_on) WHERE status IN ('proposed', 'active');

CREATE TABLE contract_lines (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    contract_id UUID NOT NULL REFERENCES contracts,
    product_id UUID NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    unit_price BIGINT NOT NULL CHECK (unit_price > 0)
);
CREATE UNIQUE INDEX contract_lines_contract_id_product_id_key ON contract_lines (contract_id, product_id);
CREATE INDEX contract_lines_product_id_index ON contract_lines (product_id);
CREATE INDEX contract_lines_cooperative_id_index ON contract_lines (cooperative_id);

-- Orders placed under a contract.
CREATE TABLE contract_orders (
    order_id UUID PRIMARY KEY REFERENCES orders,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    contract_id UUID NOT NULL REFERENCES contracts
);
CREATE INDEX contract_orders_contract_id_index ON contract_orders (contract_id);
CREATE INDEX contract_orders_cooperative_id_index ON contract_orders (cooperative_id);

-- The last invoice number of a cooperative and month; taken in the transaction of the invoice, so without gaps.
CREATE TABLE invoice_counters (
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (cooperative_id, month)
);

CREATE TABLE invoices (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    contract_id UUID NOT NULL REFERENCES contracts,
    number TEXT NOT NULL,
    month DATE NOT NULL,
    issued_on DATE NOT NULL,
    due_on DATE NOT NULL,
    total BIGINT NOT NULL,
    reminded_at TIMESTAMP,
    issued_at TIMESTAMP NOT NULL,
    CHECK (due_on >= issued_on)
);
CREATE UNIQUE INDEX invoices_contract_id_month_key ON invoices (contract_id, month);
CREATE UNIQUE INDEX invoices_cooperative_id_number_key ON invoices (cooperative_id, number);
CREATE INDEX invoices_due_on_index ON invoices (due_on) WHERE reminded_at IS NULL;

-- Lines of an invoice; negative for goods returned after they were invoiced. A line without an order line is a delivery
-- fee.
CREATE TABLE invoice_lines (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    invoice_id UUID NOT NULL REFERENCES invoices,
    order_id UUID NOT NULL REFERENCES orders,
    line_id UUID REFERENCES order_lines,
    position INTEGER NOT NULL,
    day DATE NOT NULL,
    order_number TEXT NOT NULL,
    product_name TEXT,
    unit TEXT,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    total BIGINT NOT NULL
);
CREATE UNIQUE INDEX invoice_lines_invoice_id_position_key ON invoice_lines (invoice_id, position);
CREATE INDEX invoice_lines_order_id_index ON invoice_lines (order_id);
CREATE INDEX invoice_lines_line_id_index ON invoice_lines (line_id);
CREATE INDEX invoice_lines_cooperative_id_index ON invoice_lines (cooperative_id);

ALTER TABLE standing_orders ADD COLUMN contract_id UUID REFERENCES contracts;
CREATE INDEX standing_orders_contract_id_index ON standing_orders (contract_id);
