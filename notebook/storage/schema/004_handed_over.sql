-- What was handed to whom, and for whom each contact is to be judged: this notebook's own affairs.

-- The records of which something was sealed for a contact, and in which bundle last.
CREATE TABLE sent (
    contact BLOB NOT NULL CHECK (length(contact) = 32),
    record INTEGER NOT NULL,
    bundle BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (contact, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_by_record ON sent (record);

-- The withdrawals that were sealed for a contact.
CREATE TABLE told (
    contact BLOB NOT NULL CHECK (length(contact) = 32),
    withdrawal INTEGER NOT NULL REFERENCES entry (num),
    bundle BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (contact, withdrawal)
) STRICT, WITHOUT ROWID;

-- Who a contact is, as one of the uses that a consent names; without a row nothing is said.
CREATE TABLE contact_role (
    author BLOB PRIMARY KEY CHECK (length(author) = 32),
    role TEXT NOT NULL
) STRICT;
