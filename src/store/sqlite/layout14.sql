-- New in layout 14: decisions that were drawn to be judged by people. `waits` is 1 until one is settled; `holder` reads it
-- until `expires_ms`; `audit_skips` has who passed it over, until she may have it again.

CREATE TABLE audits (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, version INTEGER NOT NULL, draw INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    waits INTEGER NOT NULL, holder TEXT, expires_ms INTEGER, doc TEXT NOT NULL,
    PRIMARY KEY (site, comment_id, version)
) STRICT;
CREATE INDEX audits_by_time ON audits (site, at_ms, comment_id, version);
CREATE INDEX audits_by_draw ON audits (site, draw, comment_id, version) WHERE waits = 1;
CREATE INDEX audits_that_wait ON audits (site, at_ms) WHERE waits = 1;
CREATE TABLE audit_skips (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, version INTEGER NOT NULL, holder TEXT NOT NULL, until_ms INTEGER NOT NULL,
    PRIMARY KEY (site, comment_id, version, holder)
) STRICT, WITHOUT ROWID;
