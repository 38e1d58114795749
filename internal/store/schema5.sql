-- The slots of the schedule, by the wall clock, and what became of each.
CREATE TABLE slot (
    job      TEXT NOT NULL, -- check or digest
    at       TEXT NOT NULL, -- the wall-clock time, such as 2026-05-11T08:00
    state    TEXT NOT NULL CHECK (state IN ('due', 'done', 'failed', 'skipped')),
    tries    INTEGER NOT NULL,
    next_try TEXT NOT NULL,
    ended    TEXT NOT NULL,
    note     TEXT NOT NULL, -- why it is as it is; one line
    PRIMARY KEY (job, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX slot_due ON slot (state) WHERE state = 'due';

-- Until when the slots of a job have been looked up.
CREATE TABLE slot_horizon (
    job   TEXT PRIMARY KEY,
    until TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What keeps regcert from its work, for as long as it does.
CREATE TABLE trouble (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL, -- such as the path of a workbook
    since   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    told    TEXT NOT NULL, -- when the owner was told of it
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
