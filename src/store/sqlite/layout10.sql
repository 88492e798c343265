-- New in layout 10: which comments a person decided on or gave an opinion of, and when last. What was taken back is not there.

CREATE TABLE decided (
    site TEXT NOT NULL, moderator TEXT NOT NULL, comment_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (site, moderator, comment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decided_last ON decided (site, moderator, at_ms, comment_id);

-- By the audit trail so far. Only the last step is ever undone, so what was undone is at the version before.
INSERT INTO decided
    SELECT a.site, a.doc ->> '$.actor.name', a.comment_id,
           max(CAST(round(unixepoch(a.doc ->> '$.at', 'subsec') * 1000) AS INTEGER))
    FROM audit a
    WHERE a.doc ->> '$.step' IN ('decided', 'opinion') AND a.doc ->> '$.actor.kind' = 'moderator'
        AND NOT EXISTS (
            SELECT 1 FROM audit u
            WHERE u.site = a.site AND u.comment_id = a.comment_id AND u.seq > a.seq
                AND u.doc ->> '$.step' = 'undone' AND u.doc ->> '$.version' = (a.doc ->> '$.version') + 1
        )
    GROUP BY 1, 2, 3;
