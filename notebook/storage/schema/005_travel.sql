-- Travel mode, on the laptop and at headquarters.

-- Headquarters: one pair of keys for each mission; their cards go on laptops that travel.
CREATE TABLE mission (
    author BLOB PRIMARY KEY CHECK (length(author) = 32),
    identity TEXT NOT NULL,
    made TEXT NOT NULL
) STRICT;

-- The laptop: all that is known between sessions of a case that travels.
CREATE TABLE carried (
    case_id BLOB PRIMARY KEY CHECK (length(case_id) = 16),
    entry BLOB NOT NULL CHECK (length(entry) = 32),
    entries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys of sessions that their authors certified; a projection of `key` entries.
CREATE TABLE session (
    key BLOB NOT NULL CHECK (length(key) = 32),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    author BLOB NOT NULL CHECK (length(author) = 32),
    day TEXT NOT NULL,
    after BLOB NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (key, case_id)
) STRICT, WITHOUT ROWID;

-- What was typed in a session and not saved, as its newest draft bundle told it.
CREATE TABLE unfinished (
    session BLOB NOT NULL CHECK (length(session) = 32),
    record BLOB NOT NULL CHECK (length(record) = 16),
    number INTEGER NOT NULL,
    author BLOB NOT NULL CHECK (length(author) = 32),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    entries INTEGER NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (session, record)
) STRICT, WITHOUT ROWID;
