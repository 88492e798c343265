-- New in layout 8: the people of a site, the browsers they are signed in with, and attempts to sign in.

-- `key` is the name however it is capitalised.
CREATE TABLE moderators (
    site TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (site, key)
) STRICT, WITHOUT ROWID;

-- `hash` is that of the token.
CREATE TABLE sessions (
    site TEXT NOT NULL, hash TEXT NOT NULL, moderator TEXT NOT NULL, ends_ms INTEGER NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (site, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (site, moderator, ends_ms);

-- `subject` is a hash of a name or an address; a row is dropped an hour after the last attempt.
CREATE TABLE attempts (
    site TEXT NOT NULL, subject TEXT NOT NULL, failures INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (site, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_age ON attempts (at_ms);
