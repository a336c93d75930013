CREATE TABLE occasions (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('ramadan', 'idulfitri', 'iduladha', 'hijri_new_year', 'maulid', 'holiday', 'joint_leave')),
    day DATE NOT NULL,
    hijri_year INTEGER,
    name_indonesian TEXT NOT NULL,
    name_english TEXT NOT NULL,
    day_off BOOLEAN NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('official', 'edited')),
    removed BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((hijri_year IS NULL) = (kind IN ('holiday', 'joint_leave')))
);
-- Removed rows stay, so that the import does not insert the official date again; unique indexes ignore them.
CREATE UNIQUE INDEX occasions_kind_hijri_year_key ON occasions (kind, hijri_year) WHERE NOT removed;
CREATE UNIQUE INDEX occasions_day_kind_name_indonesian_key ON occasions (day, kind, name_indonesian) WHERE NOT removed;
