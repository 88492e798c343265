-- New in layout 11: whether readers ever reported a comment. A moderator's decision empties its reports, and leaves this.

ALTER TABLE comments ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;
-- By the reports that are there, and by the audit trail of those that were decided on since.
UPDATE comments SET reported = 1 WHERE (site, id) IN (
    SELECT site, comment_id FROM reports
    UNION SELECT site, comment_id FROM audit WHERE doc ->> '$.step' = 'reported'
);
CREATE INDEX reported_of_author ON comments (site, author_id) WHERE reported = 1;
