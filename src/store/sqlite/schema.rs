//! The tables, and how a connection is set up.

use crate::store::StoreError;
use rusqlite::Connection;
use std::path::Path;
use std::time::Duration;

/// Version of the layout below, kept in SQLite's `user_version`.
const LAYOUT: i64 = 14;

const TABLES: &str = "
CREATE TABLE sites (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
    site TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, doc TEXT NOT NULL,
    PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE articles (
    site TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
    site TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL,
    article_id TEXT NOT NULL, root_id TEXT NOT NULL, root_created_ms INTEGER NOT NULL,
    author_id TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
    exact INTEGER NOT NULL, near INTEGER NOT NULL, words INTEGER NOT NULL, doc TEXT NOT NULL,
    UNIQUE (site, id)
) STRICT;
CREATE INDEX conversations ON comments (site, article_id, state, root_created_ms, root_id);
CREATE INDEX recent_in_article ON comments (site, article_id, state, created_ms);
CREATE INDEX by_author ON comments (site, author_id, created_ms);
CREATE INDEX by_author_state ON comments (site, author_id, state, updated_ms);
CREATE INDEX by_text ON comments (site, exact, created_ms);

CREATE TABLE queue (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, article_id TEXT NOT NULL, section TEXT,
    queued_ms INTEGER NOT NULL, uncertain REAL NOT NULL, harmful REAL NOT NULL,
    PRIMARY KEY (site, comment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_oldest ON queue (site, queued_ms, comment_id);
CREATE INDEX queue_uncertain ON queue (site, uncertain DESC, queued_ms, comment_id);
CREATE INDEX queue_harmful ON queue (site, harmful DESC, queued_ms, comment_id);

CREATE TABLE queue_reasons (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, code TEXT NOT NULL,
    PRIMARY KEY (site, comment_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, token TEXT NOT NULL, holder TEXT NOT NULL,
    claimed_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
    PRIMARY KEY (site, comment_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, reporter TEXT NOT NULL, reason TEXT, at_ms INTEGER NOT NULL,
    PRIMARY KEY (site, comment_id, reporter)
) STRICT, WITHOUT ROWID;

CREATE TABLE bindings (
    site TEXT NOT NULL, key TEXT NOT NULL, comment_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (site, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX bindings_by_age ON bindings (at_ms);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, comment_id TEXT NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of ON audit (site, comment_id, seq);

CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, doc TEXT NOT NULL) STRICT;
CREATE INDEX events_of ON events (site, seq);
";

/// New in layout 2. `band` is a band's number and value, see [`crate::store::near`]; the newest rows of each are
/// kept. It starts empty in a file of layout 1: what it serves looks back one day.
const NEAR_TEXTS: &str = "
CREATE TABLE near_texts (
    site TEXT NOT NULL, band INTEGER NOT NULL, created_ms INTEGER NOT NULL, comment_id TEXT NOT NULL,
    near INTEGER NOT NULL, words INTEGER NOT NULL,
    PRIMARY KEY (site, band, created_ms, comment_id)
) STRICT, WITHOUT ROWID;
";

/// New in layout 3. `file` is gzip'd, and missing where the model failed a check. `moderated` is 1 where a person's
/// decision stands.
const MODELS: &str = "
CREATE TABLE models (
    site TEXT NOT NULL, id TEXT NOT NULL, made_ms INTEGER NOT NULL, doc TEXT NOT NULL, file BLOB,
    PRIMARY KEY (site, id)
) STRICT;
CREATE TABLE site_models (site TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE shadows (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, model TEXT NOT NULL, live TEXT NOT NULL, shadow TEXT NOT NULL,
    PRIMARY KEY (site, comment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX shadows_of ON shadows (site, model, live, shadow);
ALTER TABLE comments ADD COLUMN moderated INTEGER NOT NULL DEFAULT 0;
UPDATE comments SET moderated = 1
    WHERE json_extract(doc, '$.decision.by') = 'moderator' AND state IN ('published', 'rejected');
CREATE INDEX moderated ON comments (site) WHERE moderated = 1;
";

/// New in layout 4. `place` counts a site's corrections as each is first said; of many, the lowest make way.
const CORRECTIONS: &str = "
CREATE TABLE corrections (
    site TEXT NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL,
    UNIQUE (site, place), UNIQUE (site, id)
) STRICT;
";

/// New in layout 5, see there. The language of what waits already is not known until its next step.
const QUEUE: &str = include_str!("layout5.sql");
/// New in layout 6. `outboxes` has where an endpoint stands, and its lease; `deliveries` what waits for it; a comment's
/// go out by `version`.
const OUTBOXES: &str = "
CREATE TABLE outboxes (
    site TEXT NOT NULL, endpoint TEXT NOT NULL, cursor TEXT, standing TEXT, token TEXT, expires_ms INTEGER,
    PRIMARY KEY (site, endpoint)
) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
    site TEXT NOT NULL, endpoint TEXT NOT NULL, comment_id TEXT NOT NULL, version INTEGER NOT NULL,
    due_ms INTEGER NOT NULL, happened_ms INTEGER NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (site, endpoint, comment_id, version)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (site, endpoint, due_ms);
CREATE INDEX deliveries_oldest ON deliveries (site, endpoint, happened_ms);
CREATE TABLE dead_letters (
    site TEXT NOT NULL, endpoint TEXT NOT NULL, died_ms INTEGER NOT NULL, event_id TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (site, endpoint, died_ms, event_id)
) STRICT;
";

/// New in layout 7, see there.
const RETENTION: &str = include_str!("layout7.sql");

/// New in layout 8, see there.
const PEOPLE: &str = include_str!("layout8.sql");

/// New in layout 9, see there.
const READER_KEYS: &str = include_str!("layout9.sql");

/// New in layout 10, see there.
const DECIDED: &str = include_str!("layout10.sql");

/// New in layout 11, see there.
const REPORTED: &str = include_str!("layout11.sql");
/// New in layout 12, see there.
const POLICIES: &str = include_str!("layout12.sql");
/// New in layout 13, see there.
const CANDIDATES: &str = include_str!("layout13.sql");
/// New in layout 14, see there.
const AUDITS: &str = include_str!("layout14.sql");

/// What each layout adds to the ones before.
const STEPS: [(i64, &str); 14] = [
    (1, TABLES),
    (2, NEAR_TEXTS),
    (3, MODELS),
    (4, CORRECTIONS),
    (5, QUEUE),
    (6, OUTBOXES),
    (7, RETENTION),
    (8, PEOPLE),
    (9, READER_KEYS),
    (10, DECIDED),
    (11, REPORTED),
    (12, POLICIES),
    (13, CANDIDATES),
    (LAYOUT, AUDITS),
];

/// Opens a connection with the settings that every connection has.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    make_private(path)?;
    let connection = Connection::open(path)?;
    // Another process (the command line beside the server) may hold the write lock for a moment.
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What was dropped is overwritten in the file, not merely marked as free.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Makes the file, if it is missing, for its owner alone: it holds what readers wrote. SQLite gives the
/// files beside it the same mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|e| StoreError::Unavailable(format!("can't open {}: {e}", path.display())))
}

/// Makes the tables in a new file, and what an older file lacks; refuses a file of a newer layout.
pub(super) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let outcome = match found {
        LAYOUT => Ok(()),
        0..LAYOUT => STEPS
            .iter()
            .filter(|(layout, _)| *layout > found)
            .try_for_each(|(_, step)| connection.execute_batch(step))
            .and_then(|()| connection.pragma_update(None, "user_version", LAYOUT))
            .map_err(StoreError::from),
        other => Err(StoreError::Layout(format!("the file has layout {other}; this ombud reads layout {LAYOUT}"))),
    };
    connection.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}

/// Writes the layout's version as it is: a page of the file goes to the disk, and nothing changes.
pub(super) fn rewrite(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "user_version", LAYOUT)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_file_is_brought_up_to_date() {
        let older = [TABLES, NEAR_TEXTS, MODELS, CORRECTIONS];
        for layout in 0..=older.len() {
            let connection = Connection::open_in_memory().unwrap();
            for (number, step) in older[..layout].iter().enumerate() {
                connection.execute_batch(step).unwrap();
                for (id, by) in [("a", "moderator"), ("b", "policy")].iter().filter(|_| number == 0) {
                    let insert =
                        "INSERT INTO comments VALUES ('s', ?1, 1, 'published', 'a', 'r', 0, 'u', 0, 0, 0, 0, 0, ?2)";
                    connection.execute(insert, [*id, &format!(r#"{{"decision":{{"by":"{by}"}}}}"#)]).unwrap();
                }
            }
            connection.pragma_update(None, "user_version", i64::try_from(layout).unwrap()).unwrap();
            if layout > 0 {
                let waits = "INSERT INTO comments (site, id, version, state, article_id, root_id, root_created_ms,
                    author_id, created_ms, updated_ms, exact, near, words, doc)
                    VALUES ('s', 'w', 1, 'pending', 'a', 'w', 0, 'u', 0, 0, 0, 0, 0, '{\"scores\":{\"SPAM\":0.5,\"THREAT\":null}}');
                    INSERT INTO queue VALUES ('s', 'w', 'a', 'news', 0, 0, 0);
                    INSERT INTO queue_reasons VALUES ('s', 'w', 'x');
                    INSERT INTO reports VALUES ('s', 'w', 'reader', NULL, 0);
                    INSERT INTO audit (site, comment_id, doc) VALUES ('s', 'a', '{\"step\":\"reported\"}')";
                connection.execute_batch(waits).unwrap();
                let trail = [
                    ("opinion", 1, "00:00:01", "cleo"),
                    ("decided", 2, "00:00:02.5", "anna"),
                    ("decided", 3, "00:00:03", "anna"),
                    ("undone", 4, "00:00:04", "anna"),
                    ("decided", 5, "00:00:05", "bea"),
                    ("undone", 6, "00:00:06", "anna"),
                ];
                for (step, version, at, name) in trail {
                    let entry = format!(
                        r#"{{"at":"2026-01-01T{at}Z","version":{version},"step":"{step}",
                            "actor":{{"kind":"moderator","name":"{name}"}}}}"#
                    );
                    let insert = "INSERT INTO audit (site, comment_id, doc) VALUES ('s', 'w', ?1)";
                    connection.execute(insert, [&entry]).unwrap();
                }
            }
            prepare(&connection).unwrap();
            prepare(&connection).unwrap();
            let tell = "SELECT group_concat(kind || ' ' || name || ' ' || n, ', ') FROM
                (SELECT * FROM queue_counts UNION ALL SELECT site, 'score', attribute, score FROM queue_scores)";
            let told: Option<String> = connection.query_row(tell, [], |row| row.get(0)).unwrap();
            let counts = "all  1, reason x 1, section news 1, score SPAM 0.5";
            assert_eq!(told.as_deref(), (layout > 0).then_some(counts), "layout {layout}");
            connection
                .execute_batch("SELECT band FROM near_texts; SELECT file FROM models; SELECT place FROM corrections; SELECT token FROM outboxes; SELECT ends_ms FROM sessions; SELECT doc FROM reader_keys; SELECT doc FROM candidates")
                .unwrap();
            let decided = "SELECT group_concat(moderator || ' ' || comment_id || ' ' || at_ms, ', ')
                FROM (SELECT * FROM decided ORDER BY moderator)";
            let decided: Option<String> = connection.query_row(decided, [], |row| row.get(0)).unwrap();
            let words = "anna w 1767225602500, cleo w 1767225601000";
            assert_eq!(decided.as_deref(), (layout > 0).then_some(words), "layout {layout}");
            let reported = "SELECT group_concat(id, ' ') FROM (SELECT id FROM comments WHERE reported = 1 ORDER BY id)";
            let reported: Option<String> = connection.query_row(reported, [], |row| row.get(0)).unwrap();
            assert_eq!(reported.as_deref(), (layout > 0).then_some("a w"), "layout {layout}");
            let count = "SELECT count(*) FROM comments WHERE moderated = 1";
            let moderated: i64 = connection.query_row(count, [], |row| row.get(0)).unwrap();
            assert_eq!(moderated, i64::from(layout > 0), "layout {layout}");
        }
    }

    #[test]
    fn a_file_of_a_newer_layout_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", LAYOUT + 1).unwrap();
        assert!(matches!(prepare(&connection), Err(StoreError::Layout(_))));
    }
}
