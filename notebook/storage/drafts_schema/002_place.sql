-- Where the person was when the notebook locked: at most one row, forgotten with its record.
CREATE TABLE place (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    digest BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
