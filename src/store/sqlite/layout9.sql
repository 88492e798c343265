-- New in layout 9: the secrets by which a site knows its readers.

CREATE TABLE reader_keys (site TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
