-- A recording in progress, or one that was interrupted: its key serves the file `.rec` alone, and
-- goes when the sound has become evidence.

CREATE TABLE recording (
    name BLOB PRIMARY KEY CHECK (length(name) = 16),
    key BLOB NOT NULL CHECK (length(key) = 32),
    record BLOB NOT NULL CHECK (length(record) = 16),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    begun TEXT NOT NULL
) STRICT, WITHOUT ROWID;
