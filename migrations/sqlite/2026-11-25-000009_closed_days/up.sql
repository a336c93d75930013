CREATE TABLE closed_days (
    group_id BLOB NOT NULL REFERENCES groups,
    day TEXT NOT NULL,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    reason TEXT,
    PRIMARY KEY (group_id, day)
) STRICT;
CREATE INDEX closed_days_cooperative_id_index ON closed_days (cooperative_id);
