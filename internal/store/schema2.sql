-- What is about to be done to a workbook is recorded before anything is touched, so that it can be finished or undone
-- after a crash; afterwards it is the history of the workbook's writes.
CREATE TABLE replacement (
    id            INTEGER PRIMARY KEY,
    path          TEXT NOT NULL, -- absolute
    sha256_before TEXT NOT NULL,
    sha256_after  TEXT NOT NULL,
    temp          TEXT NOT NULL,
    backup        TEXT NOT NULL, -- where the displaced version is kept
    way           TEXT NOT NULL CHECK (way IN ('exchange', 'replace', 'rename')),
    at            TEXT NOT NULL,
    reason        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('intended', 'placed', 'settled', 'undone')),
    conflict      TEXT NOT NULL, -- where a version is kept that somebody saved meanwhile
    sha256_kept   TEXT NOT NULL  -- of that version
) STRICT;

CREATE INDEX replacement_pending ON replacement (state) WHERE state IN ('intended', 'placed');
CREATE INDEX replacement_path ON replacement (path, at);

-- Which cells a replacement wrote.
CREATE TABLE replacement_column (
    replacement INTEGER NOT NULL REFERENCES replacement ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    sheet       TEXT NOT NULL,
    heading     TEXT NOT NULL,
    cells       INTEGER NOT NULL,
    PRIMARY KEY (replacement, position)
) STRICT, WITHOUT ROWID;
