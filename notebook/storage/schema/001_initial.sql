-- The notebook's database, version 1. Never edited after release: a change is a new file.
--
-- The journal (author, entry, frame, content, destroyed, waiting) is the truth. The projections
-- (tip, record, head, replaced, link, search) are rebuilt from it at any time. The rest (setting,
-- slot, contact, holding, bundle, object, thumbnail) belongs to this notebook alone.

CREATE TABLE author (
    num INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE CHECK (length(key) = 32)
) STRICT;

CREATE TABLE entry (
    num INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    author INTEGER NOT NULL REFERENCES author (num),
    log BLOB NOT NULL,
    seq INTEGER NOT NULL,
    prev BLOB NOT NULL,
    kind TEXT NOT NULL,
    header BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;
CREATE INDEX entry_by_chain ON entry (case_id, author, seq);

-- A part is numbered entry.num * 4096 + its place in the entry.
CREATE TABLE frame (
    part INTEGER PRIMARY KEY,
    record INTEGER NOT NULL,
    field TEXT NOT NULL,
    salt BLOB NOT NULL,
    frame BLOB NOT NULL
) STRICT;
CREATE INDEX frame_by_record ON frame (record);

CREATE TABLE content (
    part INTEGER PRIMARY KEY,
    commitment BLOB NOT NULL,
    salt BLOB NOT NULL,
    value BLOB NOT NULL
) STRICT;

-- Parts whose value a confirmed withdrawal has destroyed, for ever.
CREATE TABLE destroyed (
    part INTEGER PRIMARY KEY,
    withdrawal BLOB NOT NULL
) STRICT;

-- Entries whose parent is not known yet, or is not linked itself.
CREATE TABLE waiting (
    entry INTEGER PRIMARY KEY REFERENCES entry (num),
    prev BLOB NOT NULL
) STRICT;
CREATE INDEX waiting_by_prev ON waiting (prev);

-- Parts whose value is not here: withheld from us, or stored without content for now.
CREATE TABLE lacking (
    entry INTEGER NOT NULL REFERENCES entry (num),
    place INTEGER NOT NULL,
    PRIMARY KEY (entry, place)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_refuses_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entry_refuses_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER frame_refuses_update BEFORE UPDATE ON frame
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER frame_refuses_delete BEFORE DELETE ON frame
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER content_refuses_update BEFORE UPDATE ON content
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER content_refuses_delete BEFORE DELETE ON content
WHEN NOT EXISTS (SELECT 1 FROM destroyed WHERE part = OLD.part)
    AND NOT EXISTS (SELECT 1 FROM waiting WHERE entry = OLD.part / 4096)
BEGIN SELECT RAISE(ABORT, 'content goes only by a confirmed withdrawal'); END;
CREATE TRIGGER content_refuses_return BEFORE INSERT ON content
WHEN EXISTS (SELECT 1 FROM destroyed WHERE part = NEW.part)
BEGIN SELECT RAISE(ABORT, 'withdrawn content does not come back'); END;
CREATE TRIGGER destroyed_refuses_delete BEFORE DELETE ON destroyed
BEGIN SELECT RAISE(ABORT, 'a withdrawal is permanent'); END;

-- What a withdrawal covers. Kept apart from the journal because a person here confirms it.
CREATE TABLE withdrawal (
    entry INTEGER PRIMARY KEY REFERENCES entry (num),
    record INTEGER NOT NULL,
    fields TEXT NOT NULL,
    is_confirmed INTEGER NOT NULL DEFAULT 0,
    is_by_person INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX withdrawal_by_record ON withdrawal (record);

-- Projections.

CREATE TABLE tip (
    entry INTEGER PRIMARY KEY REFERENCES entry (num),
    case_id BLOB NOT NULL,
    author INTEGER NOT NULL,
    is_seen INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tip_by_case ON tip (case_id, author);

CREATE TABLE record (
    num INTEGER PRIMARY KEY,
    id BLOB NOT NULL CHECK (length(id) = 16),
    case_id BLOB NOT NULL,
    type TEXT NOT NULL DEFAULT '',
    parent BLOB,
    list TEXT,
    is_deleted INTEGER NOT NULL DEFAULT 0,
    is_withdrawn INTEGER NOT NULL DEFAULT 0,
    has_conflict INTEGER NOT NULL DEFAULT 0,
    changed TEXT NOT NULL DEFAULT '',
    summary BLOB NOT NULL DEFAULT x'',
    UNIQUE (id, case_id)
) STRICT;
CREATE INDEX record_by_type ON record (type, case_id);
CREATE INDEX record_by_parent ON record (parent) WHERE parent IS NOT NULL;

CREATE TABLE head (
    record INTEGER NOT NULL,
    field TEXT NOT NULL,
    part INTEGER NOT NULL,
    PRIMARY KEY (record, field, part)
) STRICT, WITHOUT ROWID;

-- Parts that a known part replaces and that are not known or not linked themselves.
CREATE TABLE replaced (
    record INTEGER NOT NULL,
    field TEXT NOT NULL,
    entry BLOB NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (record, field, entry, place)
) STRICT, WITHOUT ROWID;

-- Which records a record names, and in which field.
CREATE TABLE link (
    target BLOB NOT NULL,
    field TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (target, field, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_record ON link (record);

CREATE VIRTUAL TABLE search USING fts5 (
    terms, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0"
);

-- This notebook's own affairs.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE slot (
    number INTEGER PRIMARY KEY CHECK (number BETWEEN 0 AND 31),
    purpose TEXT NOT NULL,
    made TEXT NOT NULL
) STRICT;

CREATE TABLE contact (
    author BLOB PRIMARY KEY CHECK (length(author) = 32),
    card TEXT NOT NULL,
    profile TEXT NOT NULL CHECK (profile IN ('pq', 'classic')),
    how TEXT NOT NULL CHECK (how IN ('added', 'accepted')),
    pinned TEXT NOT NULL,
    compared TEXT
) STRICT;

-- What a reader is known to hold of a case: the newest of their envelopes says it.
CREATE TABLE holding (
    contact BLOB NOT NULL,
    case_id BLOB NOT NULL,
    envelope BLOB NOT NULL,
    tips TEXT NOT NULL,
    lacks TEXT NOT NULL,
    PRIMARY KEY (contact, case_id)
) STRICT, WITHOUT ROWID;

-- `envelope` and `previous` are hashes; `previous` is that of the envelope before, for this peer.
CREATE TABLE bundle (
    num INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('sealed', 'opened')),
    peer BLOB NOT NULL,
    envelope BLOB NOT NULL,
    previous BLOB NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (id, direction, peer)
) STRICT;
CREATE INDEX bundle_by_peer ON bundle (peer, direction);
CREATE INDEX bundle_by_envelope ON bundle (envelope);

-- The key of an evidence object stands here and nowhere else.
CREATE TABLE object (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    name BLOB NOT NULL UNIQUE CHECK (length(name) = 16),
    key BLOB NOT NULL CHECK (length(key) = 32),
    size_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE thumbnail (
    sha256 BLOB PRIMARY KEY,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL,
    pixels BLOB NOT NULL
) STRICT;
