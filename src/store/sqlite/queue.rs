//! The queue: overview and claims.

use super::select::{Select, text};
use super::{comment, lease};
use crate::comment::{Claim, ClaimId, Comment, CommentId, SiteId, Timestamp};
use crate::store::{ClaimRequest, QueueOverview, StoreError};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

pub(super) fn overview(db: &Connection, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError> {
    let oldest: Option<i64> = db
        .prepare_cached("SELECT min(queued_ms) FROM queue WHERE site = ?1")?
        .query_row([site.as_str()], |row| row.get(0))?;
    let claimed = db
        .prepare_cached("SELECT count(*) FROM leases WHERE site = ?1 AND expires_ms > ?2")?
        .query_row(params![site.as_str(), now.as_millisecond()], |row| row.get(0))?;
    let mut overview = QueueOverview {
        claimed,
        oldest_queued_at: oldest.map(lease::from_ms).transpose()?,
        ..QueueOverview::default()
    };
    let mut statement =
        db.prepare_cached("SELECT kind, name, n FROM queue_counts WHERE site = ?1 ORDER BY kind, name")?;
    let mut rows = statement.query([site.as_str()])?;
    while let Some(row) = rows.next()? {
        let (kind, name, count): (String, String, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let counts = match kind.as_str() {
            "section" => &mut overview.by_section,
            "reason" => &mut overview.by_reason,
            "language" => &mut overview.by_language,
            "role" => &mut overview.by_role,
            _ => {
                overview.depth = count;
                continue;
            }
        };
        counts.push((name, count));
    }
    Ok(overview)
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

/// The pending comments that nobody holds, that the moderator may be handed, and that the filter lets through, in order.
fn free(db: &Connection, request: &ClaimRequest) -> Result<Vec<CommentId>, StoreError> {
    let now = || Value::Integer(request.now.as_millisecond());
    let mut select = Select::through(db, &request.site, &request.filter, request.order)?;
    let held = "NOT EXISTS (SELECT 1 FROM leases l
        WHERE l.site = q.site AND l.comment_id = q.comment_id AND l.expires_ms > ?)";
    select.only(held, [now()]);
    let skipped = "NOT EXISTS (SELECT 1 FROM queue_skips k
        WHERE k.site = q.site AND k.comment_id = q.comment_id AND k.holder = ? AND k.until_ms > ?)";
    select.only(skipped, [text(&request.holder), now()]);
    let voted = "NOT EXISTS (SELECT 1 FROM queue_votes v
        WHERE v.site = q.site AND v.comment_id = q.comment_id AND v.holder = ?)";
    select.only(voted, [text(&request.holder)]);
    Ok(select.run(db, request.limit)?.into_iter().map(|(id, _)| id).collect())
}
