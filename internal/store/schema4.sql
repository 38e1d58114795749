-- The life of each finding. What is absent is empty; names of learners and of staff are not held.

-- One look at the workbooks.
CREATE TABLE observation (
    id    INTEGER PRIMARY KEY,
    as_of TEXT NOT NULL,
    at    TEXT NOT NULL
) STRICT;

-- The observation that the digest of a day was made of.
CREATE TABLE digest (
    as_of       TEXT PRIMARY KEY,
    observation INTEGER NOT NULL REFERENCES observation
) STRICT, WITHOUT ROWID;

-- When a sheet was last read.
CREATE TABLE observed_sheet (
    workbook TEXT NOT NULL,
    sheet    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    as_of    TEXT NOT NULL,
    PRIMARY KEY (workbook, sheet)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    id                 INTEGER PRIMARY KEY,
    -- what it is about, as it is compared
    matter             TEXT NOT NULL, -- the rule, or the one in which it ends
    kind               TEXT NOT NULL, -- of the sheet
    learner            TEXT NOT NULL,
    code               TEXT NOT NULL,
    unit               TEXT NOT NULL,
    field              TEXT NOT NULL,
    -- as it was last seen
    rule               TEXT NOT NULL,
    clause             TEXT NOT NULL,
    severity           TEXT NOT NULL,
    owner              TEXT NOT NULL,
    tutor              TEXT NOT NULL, -- what stands for the name
    learner_id         TEXT NOT NULL,
    qualification_code TEXT NOT NULL,
    unit_code          TEXT NOT NULL,
    due                TEXT NOT NULL,
    workbook           TEXT NOT NULL,
    sheet              TEXT NOT NULL,
    row                INTEGER NOT NULL,
    col                INTEGER NOT NULL,
    action             TEXT NOT NULL,
    state              TEXT NOT NULL CHECK (state IN ('open', 'snoozed', 'closed')),
    until              TEXT NOT NULL, -- the last day of its snooze
    changed            TEXT NOT NULL -- the as-of date of its last event
) STRICT;

CREATE INDEX finding_alive ON finding (state) WHERE state <> 'closed';
CREATE INDEX finding_closed ON finding (changed) WHERE state = 'closed';

-- What happened to a finding: each time that its state or its severity changed.
CREATE TABLE finding_event (
    finding     INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
    observation INTEGER NOT NULL REFERENCES observation,
    state       TEXT NOT NULL,
    severity    TEXT NOT NULL,
    PRIMARY KEY (finding, observation)
) STRICT, WITHOUT ROWID;

-- Which findings a message tells of that are told at once, and as how bad, so that they are not told at once again.
CREATE TABLE told (
    message  INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    finding  INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
    severity TEXT NOT NULL,
    PRIMARY KEY (message, finding)
) STRICT, WITHOUT ROWID;
