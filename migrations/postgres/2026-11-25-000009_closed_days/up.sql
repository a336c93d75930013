CREATE TABLE closed_days (
    group_id UUID NOT NULL REFERENCES groups,
    day DATE NOT NULL,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    reason TEXT,
    PRIMARY KEY (group_id, day)
);
CREATE INDEX closed_days_cooperative_id_index ON closed_days (cooperative_id);
