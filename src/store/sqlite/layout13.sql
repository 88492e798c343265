-- New in layout 13: policies that wait for somebody else's word, with their files (gzip'd JSON). `place` counts them as they
-- are written; of many, the lowest make way.

CREATE TABLE candidates (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, doc TEXT NOT NULL, files BLOB NOT NULL
) STRICT;
