-- The outbox: every message that was ever to be sent, and what became of it. The key lets one message exist and no second.
CREATE TABLE message (
    id         INTEGER PRIMARY KEY,
    job        TEXT NOT NULL,
    slot       TEXT NOT NULL,
    recipient  TEXT NOT NULL, -- the address
    name       TEXT NOT NULL, -- the recipient's, as configured
    message_id TEXT NOT NULL,
    sender     TEXT NOT NULL, -- on the envelope
    written    TEXT NOT NULL,
    deadline   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'dot-sent', 'sent', 'failed', 'unknown', 'dropped')),
    since      TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    unanswered INTEGER NOT NULL, -- how often it was handed over and the answer was lost
    next_try   TEXT NOT NULL,
    error      TEXT NOT NULL,
    receipt    TEXT NOT NULL,
    bytes      BLOB NOT NULL, -- as they are sent; empty once it is sent or dropped
    UNIQUE (job, slot, recipient)
) STRICT;

CREATE INDEX message_open ON message (state) WHERE state NOT IN ('sent', 'dropped');

-- What was sent before this version stays sent, and what may have been is not sent again by itself. What failed had not
-- gone out, and nothing of it was kept: it is made anew.
INSERT INTO message (job, slot, recipient, name, message_id, sender, written, deadline, state, since, tries, unanswered, next_try, error, receipt, bytes)
SELECT job, slot, recipient, '', message_id, '', since, since,
       CASE state WHEN 'sent' THEN 'sent' ELSE 'unknown' END, since, 1,
       CASE state WHEN 'sent' THEN 0 ELSE 2 END, '',
       CASE state WHEN 'sent' THEN '' ELSE 'an earlier version of regcert ended while it was sending the message; look whether it arrived' END, '', x''
FROM delivery WHERE state IN ('sent', 'sending') ORDER BY since, job, slot, recipient;

DROP TABLE delivery;

-- While a setting is wrong, no mail is tried: there is one row, or none.
CREATE TABLE mail_pause (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    reason TEXT NOT NULL,
    since  TEXT NOT NULL,
    until  TEXT NOT NULL,
    tries  INTEGER NOT NULL
) STRICT;
