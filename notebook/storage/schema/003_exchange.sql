-- What exchange with others has shown, and what a person did about it. This notebook's own affairs.

-- Who compared the fingerprint here, and why a contact's bundles are sealed in the older way.
ALTER TABLE contact ADD COLUMN compared_by TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- The claimed day of the envelope that said it.
ALTER TABLE holding ADD COLUMN day TEXT NOT NULL DEFAULT '';

-- Entries that a contact named as held and that were not here. `is_counted_on`: they take it for
-- granted that they are here.
CREATE TABLE named_tip (
    contact BLOB NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 32),
    case_id BLOB NOT NULL,
    author BLOB NOT NULL,
    is_counted_on INTEGER NOT NULL,
    PRIMARY KEY (contact, entry)
) STRICT, WITHOUT ROWID;

-- Which contact first brought an entry by an author who is no contact.
CREATE TABLE passed_on (
    author BLOB PRIMARY KEY CHECK (length(author) = 32),
    contact BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- How many entries signed by this notebook's own author came back with a bundle.
CREATE TABLE recovered (
    bundle BLOB NOT NULL,
    case_id BLOB NOT NULL,
    contact BLOB NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (bundle, case_id)
) STRICT, WITHOUT ROWID;

-- A card with other keys than the pinned one, that a contact's own bundle brought.
CREATE TABLE offered_card (
    author BLOB PRIMARY KEY CHECK (length(author) = 32),
    card TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Notices that a person has put aside, by what they are about.
CREATE TABLE put_aside (
    notice TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
