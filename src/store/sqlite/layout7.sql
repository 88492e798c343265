-- New in layout 7: comments by shelf and time, what a reader reported, bindings of a comment, who was erased, and how far the
-- log was trimmed. `comments.state` is a shelf: the state, and whether the body is kept.

CREATE INDEX by_shelf ON comments (site, state, updated_ms, id);
CREATE INDEX reports_by_reporter ON reports (site, reporter);
CREATE INDEX bindings_of ON bindings (site, comment_id);

-- `author` is a hash.
CREATE TABLE erasures (
    site TEXT NOT NULL, author TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (site, author)
) STRICT, WITHOUT ROWID;

-- The number of the last event that is no longer kept.
CREATE TABLE trimmed (site TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- An import that is not ended, and how many of its events are in the log.
CREATE TABLE imports (site TEXT PRIMARY KEY, name TEXT NOT NULL, events INTEGER NOT NULL) STRICT, WITHOUT ROWID;
