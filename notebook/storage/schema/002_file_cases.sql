-- For which cases a file was taken in here, or brought by a bundle: it goes with no other case.
-- A notebook's own affair, no projection: who names a hash need not have had the file.

CREATE TABLE file_case (
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    PRIMARY KEY (sha256, case_id)
) STRICT, WITHOUT ROWID;

-- Files that are here already belong to the cases in which they are named.
INSERT OR IGNORE INTO file_case (sha256, case_id)
SELECT o.sha256, e.case_id
FROM frame f
JOIN content c ON c.part = f.part
JOIN entry e ON e.num = f.part / 4096
JOIN object o ON CAST('"' || lower(hex(o.sha256)) || '"' AS BLOB) = c.value
WHERE f.field = 'sha256';
