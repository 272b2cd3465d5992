-- Every save moves a tip: as one tree in the order in which tips are asked for, that is one page.

ALTER TABLE tip RENAME TO tip_before;
CREATE TABLE tip (
    case_id BLOB NOT NULL,
    author INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES entry (num),
    is_seen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (case_id, author, entry)
) STRICT, WITHOUT ROWID;
INSERT INTO tip (case_id, author, entry, is_seen)
SELECT case_id, author, entry, is_seen FROM tip_before;
DROP TABLE tip_before;
