-- Dates are 2026-05-11, moments 2026-05-11T07:00:00.000Z. What is absent is empty.

CREATE TABLE run (
    id       INTEGER PRIMARY KEY,
    as_of    TEXT NOT NULL,
    started  TEXT NOT NULL,
    finished TEXT NOT NULL,
    policy   TEXT NOT NULL, -- the version in force on as_of
    program  TEXT NOT NULL -- the version of regcert
) STRICT;

CREATE TABLE run_count (
    run      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    severity TEXT NOT NULL,
    findings INTEGER NOT NULL,
    PRIMARY KEY (run, severity)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_workbook (
    run           INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position      INTEGER NOT NULL, -- in the order of the report
    path          TEXT NOT NULL,
    sha256_before TEXT NOT NULL,
    sha256_after  TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    reason        TEXT NOT NULL,
    cells         INTEGER NOT NULL, -- how many were written
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

-- What was sent to whom. The key lets one message exist and no second.
CREATE TABLE delivery (
    job        TEXT NOT NULL,
    slot       TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed')),
    since      TEXT NOT NULL,
    error      TEXT NOT NULL,
    PRIMARY KEY (job, slot, recipient)
) STRICT, WITHOUT ROWID;
