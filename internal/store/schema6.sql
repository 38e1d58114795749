-- What an auditor asks of a run. Of runs from before this step it is not known: their trigger is empty.

-- By what records were judged, each set once.
CREATE TABLE rule_set (
    sha256 TEXT PRIMARY KEY, -- of its text
    text   TEXT NOT NULL -- JSON: the rules, and the numbers of each version of the policy
) STRICT, WITHOUT ROWID;

ALTER TABLE run ADD COLUMN trigger TEXT NOT NULL DEFAULT ''; -- what it was for
ALTER TABLE run ADD COLUMN named INTEGER NOT NULL DEFAULT 0; -- 1: it treated only workbooks that were named, the others were context
ALTER TABLE run ADD COLUMN rule_set TEXT REFERENCES rule_set;
ALTER TABLE run ADD COLUMN observation INTEGER REFERENCES observation ON DELETE SET NULL; -- that it recorded

CREATE INDEX run_finished ON run (finished);
CREATE INDEX run_rule_set ON run (rule_set);
CREATE INDEX run_observation ON run (observation);

CREATE TABLE run_workbook_count (
    run      INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position INTEGER NOT NULL, -- of the workbook
    severity TEXT NOT NULL,
    findings INTEGER NOT NULL,
    PRIMARY KEY (run, position, severity)
) STRICT, WITHOUT ROWID;

-- By what is asked of the life of a finding, and so that what is old can be deleted without looking at everything.
CREATE INDEX finding_learner ON finding (learner);
CREATE INDEX finding_event_observation ON finding_event (observation);
CREATE INDEX told_finding ON told (finding);

-- When the state was last rid of what is old: there is one row, or none.
CREATE TABLE pruning (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    at      TEXT NOT NULL,
    before  TEXT NOT NULL, -- what is older is gone
    unswept INTEGER NOT NULL -- 1: what was deleted may still stand in unused room of the file
) STRICT;
