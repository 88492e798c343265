-- New in layout 12: the policies published, and the files of each (gzip'd JSON).

CREATE TABLE policies (number INTEGER PRIMARY KEY, doc TEXT NOT NULL) STRICT;
CREATE TABLE policy_files (revision TEXT PRIMARY KEY, files BLOB NOT NULL) STRICT, WITHOUT ROWID;
