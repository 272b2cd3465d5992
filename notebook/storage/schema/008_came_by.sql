-- Headquarters: by which mission a bundle came, so that it is known what a lost key opens.

CREATE TABLE came_by (
    bundle BLOB PRIMARY KEY CHECK (length(bundle) = 16),
    mission BLOB NOT NULL CHECK (length(mission) = 32)
) STRICT, WITHOUT ROWID;
