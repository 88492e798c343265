//! Decisions of the machine's that were drawn to be judged by people: all of a site's in one slot.

use super::RedisStore;
use super::script::{AUDIT_CLAIM, AUDIT_FORGET, AUDIT_PASS, AUDIT_PUT, AUDIT_SETTLE, AUDIT_TRIM, Call};
use crate::comment::{Audit, AuditId, AuditOutcome, CommentId, SiteId, Timestamp};
use crate::store::StoreError;
use crate::store::audits::{AuditClaim, AuditPage, AuditSettled, AuditTerm, Audits};
use async_trait::async_trait;

/// How often settling is tried again when somebody else settled at the same time; the second time it is known how.
const ATTEMPTS: usize = 3;

#[async_trait]
impl Audits for RedisStore {
    async fn put_audit(&self, site: &SiteId, audit: &Audit) -> Result<(), StoreError> {
        let (name, at_ms) = (audit.id().to_string(), audit.at.as_millisecond());
        let call = Call::script(&AUDIT_PUT, &self.keys.audits(site).all())
            .arg(&name)
            .arg(serde_json::to_string(audit)?)
            .arg(audit.draw)
            .arg(at_ms)
            .arg(format!("{} {name}", place(audit.at)));
        self.connection.one::<bool>(call).await?;
        Ok(())
    }

    async fn audit_named(&self, site: &SiteId, id: &AuditId) -> Result<Option<Audit>, StoreError> {
        let doc = self.audit_doc(site, id).await?;
        Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
    }

    async fn claim_audit(&self, claim: &AuditClaim) -> Result<Option<Audit>, StoreError> {
        let keys = self.keys.audits(&claim.site);
        let call = Call::script(&AUDIT_CLAIM, &with(&keys.all(), keys.skipped(&claim.holder)))
            .arg(&claim.holder)
            .arg(claim.now.as_millisecond())
            .arg(claim.expires_at.as_millisecond())
            .arg(claim.until.as_millisecond());
        let doc: Option<String> = self.connection.one(call).await?;
        Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
    }

    async fn pass_audit(
        &self,
        site: &SiteId,
        id: &AuditId,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (keys, until_ms) = (self.keys.audits(site), until.as_millisecond());
        let call = Call::script(&AUDIT_PASS, &with(&keys.all(), keys.skipped(holder)))
            .arg(id.to_string())
            .arg(holder)
            .arg(until_ms)
            .arg(until_ms.saturating_sub(now.as_millisecond()).max(1));
        self.connection.one::<bool>(call).await?;
        Ok(())
    }

    async fn settle_audit(
        &self,
        site: &SiteId,
        id: &AuditId,
        outcome: &AuditOutcome,
    ) -> Result<AuditSettled, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(found) = self.audit_doc(site, id).await? else { return Ok(AuditSettled::Unknown) };
            let audit: Audit = serde_json::from_str(&found)?;
            match audit.outcome {
                Some(before) if before == *outcome => return Ok(AuditSettled::Done),
                Some(before) => return Ok(AuditSettled::Before(before)),
                None => {}
            }
            let doc = serde_json::to_string(&Audit { outcome: Some(outcome.clone()), ..audit })?;
            let call =
                Call::script(&AUDIT_SETTLE, &self.keys.audits(site).all()).arg(id.to_string()).arg(found).arg(doc);
            if self.connection.one(call).await? {
                return Ok(AuditSettled::Done);
            }
        }
        Err(StoreError::Unavailable("an audit can't be settled now".to_owned()))
    }

    async fn audits(
        &self,
        site: &SiteId,
        from: Timestamp,
        after: Option<&str>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let keys = self.keys.audits(site);
        let begin = match after {
            Some(after) if is_place(after) => format!("({after}"),
            Some(_) => return Err(StoreError::UnknownCursor),
            None => format!("[{}", place(from)),
        };
        let range = Call::command("ZRANGE").arg(&keys.order).arg(begin).arg("+").arg("BYLEX");
        let places: Vec<String> = self.connection.one(range.arg("LIMIT").arg(0).arg(limit)).await?;
        if places.is_empty() {
            return Ok(AuditPage::default());
        }
        let names = places.iter().filter_map(|place| place.split_once(' ')).map(|(_, name)| name).collect::<Vec<_>>();
        let docs: Vec<Option<String>> = self.connection.one(Call::command("HMGET").arg(&keys.docs).arg(names)).await?;
        // What was dropped between the two calls is missing.
        let audits = docs.iter().flatten().map(|doc| Ok(serde_json::from_str(doc)?));
        let audits = audits.collect::<Result<Vec<Audit>, StoreError>>()?;
        Ok(AuditPage { audits, next: places.last().filter(|_| places.len() == limit).cloned() })
    }

    async fn audits_waiting(&self, site: &SiteId) -> Result<u64, StoreError> {
        self.connection.one(Call::command("ZCARD").arg(self.keys.audits(site).waiting)).await
    }

    async fn forget_audits(&self, site: &SiteId, comment: &CommentId, version: u64) -> Result<u64, StoreError> {
        let call = Call::script(&AUDIT_FORGET, &self.keys.audits(site).all()).arg(comment.as_str()).arg(version);
        self.connection.one(call).await
    }

    async fn trim_audits(&self, site: &SiteId, term: &AuditTerm, limit: usize) -> Result<u64, StoreError> {
        let call = Call::script(&AUDIT_TRIM, &self.keys.audits(site).all())
            .arg(place(term.before))
            .arg(term.waiting_before.as_millisecond())
            .arg(term.keep)
            .arg(limit);
        self.connection.one(call).await
    }
}

impl RedisStore {
    async fn audit_doc(&self, site: &SiteId, id: &AuditId) -> Result<Option<String>, StoreError> {
        self.connection.one(Call::command("HGET").arg(self.keys.audits(site).docs).arg(id.to_string())).await
    }
}

fn with(keys: &[String], more: String) -> Vec<String> {
    keys.iter().cloned().chain([more]).collect()
}

/// How places in the order begin: the time, in digits that are as many for every time from 1970 to 2286.
fn place(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond().max(0))
}

fn is_place(cursor: &str) -> bool {
    let read = cursor.split_once(' ').map(|(ms, name)| {
        ms.len() == 13 && ms.bytes().all(|byte| byte.is_ascii_digit()) && AuditId::parse(name).is_ok()
    });
    read.unwrap_or(false)
}
