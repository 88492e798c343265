//! The queue: overview and claims.

use super::{comment, lease};
use crate::comment::{Claim, ClaimId, Comment, CommentId, QueueOrder, SiteId, Timestamp};
use crate::store::{ClaimRequest, QueueOverview, StoreError};
use rusqlite::{Connection, params};

pub(super) fn overview(db: &Connection, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError> {
    let (depth, oldest): (u64, Option<i64>) = db
        .prepare_cached("SELECT count(*), min(queued_ms) FROM queue WHERE site = ?1")?
        .query_row([site.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let claimed = db
        .prepare_cached("SELECT count(*) FROM leases WHERE site = ?1 AND expires_ms > ?2")?
        .query_row(params![site.as_str(), now.as_millisecond()], |row| row.get(0))?;
    Ok(QueueOverview {
        depth,
        claimed,
        oldest_queued_at: oldest.map(lease::from_ms).transpose()?,
        by_section: counts(
            db,
            site,
            "SELECT section, count(*) FROM queue WHERE site = ?1 AND section IS NOT NULL GROUP BY section ORDER BY 1",
        )?,
        by_reason: counts(
            db,
            site,
            "SELECT code, count(*) FROM queue_reasons WHERE site = ?1 GROUP BY code ORDER BY 1",
        )?,
    })
}

fn counts(db: &Connection, site: &SiteId, sql: &str) -> Result<Vec<(String, u64)>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([site.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn claim(db: &Connection, request: &ClaimRequest) -> Result<Vec<(Claim, Comment)>, StoreError> {
    let mut claimed = Vec::new();
    for (id, token) in free(db, request)?.into_iter().zip(&request.tokens) {
        let claim = Claim {
            id: ClaimId::new(*token, id.clone()),
            holder: request.holder.clone(),
            claimed_at: request.now,
            expires_at: request.expires_at,
        };
        lease::grant(db, &request.site, &claim)?;
        let found = comment::get(db, &request.site, &id)?;
        let found = found.ok_or_else(|| StoreError::Corrupt(format!("the queue names {id}, which is missing")))?;
        claimed.push((claim, found));
    }
    Ok(claimed)
}

/// The pending comments that nobody holds and the filter lets through, in order.
fn free(db: &Connection, request: &ClaimRequest) -> Result<Vec<CommentId>, StoreError> {
    let order = match request.order {
        QueueOrder::Oldest => "q.queued_ms, q.comment_id",
        QueueOrder::Uncertain => "q.uncertain DESC, q.queued_ms, q.comment_id",
        QueueOrder::Harmful => "q.harmful DESC, q.queued_ms, q.comment_id",
    };
    let sql = format!(
        "SELECT q.comment_id FROM queue q
         WHERE q.site = ?1
           AND NOT EXISTS (SELECT 1 FROM leases l
                           WHERE l.site = q.site AND l.comment_id = q.comment_id AND l.expires_ms > ?2)
           AND (?3 IS NULL OR q.section = ?3)
           AND (?4 IS NULL OR q.article_id = ?4)
           AND (?5 IS NULL OR EXISTS (SELECT 1 FROM queue_reasons r
                                      WHERE r.site = q.site AND r.comment_id = q.comment_id AND r.code = ?5))
         ORDER BY {order} LIMIT ?6"
    );
    let filter = &request.filter;
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![
            request.site.as_str(),
            request.now.as_millisecond(),
            filter.section,
            filter.article.as_ref().map(crate::comment::ArticleId::as_str),
            filter.reason,
            i64::try_from(request.limit).unwrap_or(i64::MAX),
        ],
        |row| row.get::<_, String>(0),
    )?;
    rows.map(|id| CommentId::parse(id?).map_err(|e| StoreError::Corrupt(e.to_string()))).collect()
}
