-- What is typed and not yet part of the journal. One row a draft, rewritten as it grows.
CREATE TABLE draft (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    digest BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
