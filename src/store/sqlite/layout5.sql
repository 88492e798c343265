-- New in layout 5: what a moderator can filter the queue by, counts of it, skips, votes, and events that are held back.

-- '' in `role` is nobody's in particular. A row is put in and taken out, never changed: the counts hang on it.
ALTER TABLE queue ADD COLUMN language TEXT;
ALTER TABLE queue ADD COLUMN role TEXT NOT NULL DEFAULT '';
DROP INDEX queue_oldest;
DROP INDEX queue_uncertain;
DROP INDEX queue_harmful;
CREATE INDEX queue_age ON queue (site, queued_ms);
CREATE INDEX queue_oldest ON queue (site, role, queued_ms, comment_id);
CREATE INDEX queue_uncertain ON queue (site, role, uncertain DESC, queued_ms, comment_id);
CREATE INDEX queue_harmful ON queue (site, role, harmful DESC, queued_ms, comment_id);
CREATE INDEX queue_language ON queue (site, role, language, queued_ms, comment_id);
CREATE INDEX queue_section ON queue (site, role, section, queued_ms, comment_id);
CREATE INDEX queue_article ON queue (site, role, article_id, queued_ms, comment_id);

CREATE INDEX queue_by_reason ON queue_reasons (site, code, comment_id);

CREATE TABLE queue_scores (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, attribute TEXT NOT NULL, score REAL NOT NULL,
    PRIMARY KEY (site, comment_id, attribute)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_by_score ON queue_scores (site, attribute, score, comment_id);
INSERT INTO queue_scores
    SELECT q.site, q.comment_id, s.key, s.value
    FROM queue q JOIN comments c ON c.site = q.site AND c.id = q.comment_id, json_each(c.doc, '$.scores') s
    WHERE s.type IN ('real', 'integer');

-- How many rows of `queue` and `queue_reasons` there are by name. A name of which there are none has no row.
CREATE TABLE queue_counts (
    site TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (site, kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO queue_counts SELECT site, 'all', '', count(*) FROM queue GROUP BY site;
INSERT INTO queue_counts SELECT site, 'section', section, count(*) FROM queue WHERE section IS NOT NULL GROUP BY 1, 3;
INSERT INTO queue_counts SELECT site, 'reason', code, count(*) FROM queue_reasons GROUP BY 1, 3;

CREATE TRIGGER queue_counts_in AFTER INSERT ON queue BEGIN
    INSERT INTO queue_counts
        SELECT new.site, column1, column2, 1
        FROM (VALUES ('all', ''), ('section', new.section), ('language', new.language), ('role', nullif(new.role, '')))
        WHERE column2 IS NOT NULL
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER queue_counts_out AFTER DELETE ON queue BEGIN
    UPDATE queue_counts SET n = n - 1 WHERE site = old.site AND kind = 'all';
    UPDATE queue_counts SET n = n - 1 WHERE site = old.site AND kind = 'section' AND name = old.section;
    UPDATE queue_counts SET n = n - 1 WHERE site = old.site AND kind = 'language' AND name = old.language;
    UPDATE queue_counts SET n = n - 1 WHERE site = old.site AND kind = 'role' AND name = nullif(old.role, '');
    DELETE FROM queue_counts WHERE site = old.site AND kind = 'all' AND n = 0;
    DELETE FROM queue_counts WHERE site = old.site AND kind = 'section' AND name = old.section AND n = 0;
    DELETE FROM queue_counts WHERE site = old.site AND kind = 'language' AND name = old.language AND n = 0;
    DELETE FROM queue_counts WHERE site = old.site AND kind = 'role' AND name = nullif(old.role, '') AND n = 0;
END;
CREATE TRIGGER queue_reason_counts_in AFTER INSERT ON queue_reasons BEGIN
    INSERT INTO queue_counts VALUES (new.site, 'reason', new.code, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER queue_reason_counts_out AFTER DELETE ON queue_reasons BEGIN
    UPDATE queue_counts SET n = n - 1 WHERE site = old.site AND kind = 'reason' AND name = old.code;
    DELETE FROM queue_counts WHERE site = old.site AND kind = 'reason' AND name = old.code AND n = 0;
END;

CREATE INDEX leases_by_end ON leases (site, expires_ms);

-- To whom a pending comment is not handed: until then, and while her opinion counts.
CREATE TABLE queue_skips (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, holder TEXT NOT NULL, until_ms INTEGER NOT NULL,
    PRIMARY KEY (site, comment_id, holder)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_skips_by_end ON queue_skips (until_ms);
CREATE TABLE queue_votes (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, holder TEXT NOT NULL,
    PRIMARY KEY (site, comment_id, holder)
) STRICT, WITHOUT ROWID;

CREATE TABLE held_events (
    site TEXT NOT NULL, comment_id TEXT NOT NULL, due_ms INTEGER NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (site, comment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_due ON held_events (due_ms);
