//! Accounts of people, their sessions, and attempts to sign in.
//!
//! A session expires by itself; the list of a person's sessions, which only shows them, may name some that are gone.

use super::RedisStore;
use super::connection::parsed;
use super::script::{ACCOUNT, ATTEMPT, Call};
use crate::comment::{AttemptSubject, Moderator, ModeratorName, Session, SessionHash, SiteId, Timestamp};
use crate::store::StoreError;
use crate::store::moderator::{MAX_SESSIONS, Moderators, waits_until};
use async_trait::async_trait;

/// How often an attempt is counted again when another was counted at the same time.
const ROUNDS: usize = 100;

#[async_trait]
impl Moderators for RedisStore {
    async fn put_moderator(&self, moderator: &Moderator) -> Result<bool, StoreError> {
        let call = Call::script(&ACCOUNT, &[self.keys.people(&moderator.site).accounts()])
            .arg(moderator.name.key())
            .arg(moderator.version)
            .arg(serde_json::to_string(moderator)?);
        self.connection.one(call).await
    }

    async fn moderator(&self, site: &SiteId, name: &ModeratorName) -> Result<Option<Moderator>, StoreError> {
        let get = Call::command("HGET").arg(self.keys.people(site).accounts()).arg(name.key());
        let doc: Option<String> = self.connection.one(get).await?;
        Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
    }

    async fn moderators(&self, site: &SiteId) -> Result<Vec<Moderator>, StoreError> {
        let get = Call::command("HVALS").arg(self.keys.people(site).accounts());
        let docs: Vec<String> = self.connection.one(get).await?;
        let found = docs.iter().map(|doc| Ok(serde_json::from_str(doc)?));
        let mut found = found.collect::<Result<Vec<Moderator>, StoreError>>()?;
        found.sort_by_cached_key(|moderator| moderator.name.key());
        Ok(found)
    }

    async fn put_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        let keys = self.keys.people(&session.site);
        let list = keys.sessions_of(&session.moderator);
        let (now_ms, ends_ms) = (now.as_millisecond(), session.ends_at.as_millisecond());
        let left_ms = ends_ms.saturating_sub(now_ms).max(1);
        // The list first: what is not listed could not be ended.
        let enter = Call::command("ZADD").arg(&list).arg(ends_ms).arg(session.hash.as_str());
        let [expire, prolong] = ["NX", "GT"].map(|when| Call::command("PEXPIRE").arg(&list).arg(left_ms).arg(when));
        let write = Call::command("SET").arg(keys.session(&session.hash)).arg(serde_json::to_string(session)?);
        let forget = Call::command("ZREMRANGEBYSCORE").arg(&list).arg("-inf").arg(now_ms);
        let most = isize::try_from(MAX_SESSIONS).unwrap_or(isize::MAX);
        let surplus = Call::command("ZRANGE").arg(&list).arg(0).arg(-most - 1);
        let write = write.arg("PX").arg(left_ms);
        let [.., surplus] = self.connection.all([enter, expire, prolong, write, forget, surplus]).await?;
        for hash in parsed::<Vec<String>>(surplus)? {
            self.end_session(&session.site, &SessionHash::new(&hash)).await?;
            self.connection.one::<()>(Call::command("ZREM").arg(&list).arg(&hash)).await?;
        }
        Ok(())
    }

    async fn touch_session(&self, session: &Session) -> Result<bool, StoreError> {
        let key = self.keys.people(&session.site).session(&session.hash);
        let write = Call::command("SET").arg(key).arg(serde_json::to_string(session)?).arg("XX").arg("KEEPTTL");
        let written: Option<String> = self.connection.one(write).await?;
        Ok(written.is_some())
    }

    async fn session(&self, site: &SiteId, hash: &SessionHash) -> Result<Option<Session>, StoreError> {
        let get = Call::command("GET").arg(self.keys.people(site).session(hash));
        let doc: Option<String> = self.connection.one(get).await?;
        Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
    }

    async fn sessions(&self, site: &SiteId, name: &ModeratorName) -> Result<Vec<Session>, StoreError> {
        let keys = self.keys.people(site);
        let list = Call::command("ZRANGE").arg(keys.sessions_of(name)).arg(0).arg(-1);
        let hashes: Vec<String> = self.connection.one(list).await?;
        let get = |hash: &String| Call::command("GET").arg(keys.session(&SessionHash::new(hash)));
        let docs = self.connection.each(hashes.iter().map(get).collect()).await?;
        let docs = docs.into_iter().map(parsed::<Option<String>>).collect::<Result<Vec<_>, _>>()?;
        docs.iter().flatten().map(|doc| Ok(serde_json::from_str(doc)?)).collect()
    }

    async fn end_session(&self, site: &SiteId, hash: &SessionHash) -> Result<bool, StoreError> {
        let ended: u64 = self.connection.one(Call::command("DEL").arg(self.keys.people(site).session(hash))).await?;
        Ok(ended > 0)
    }

    async fn begin_attempt(
        &self,
        site: &SiteId,
        subjects: &[AttemptSubject],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (keys, now_ms) = (self.keys.people(site), now.as_millisecond());
        let keys: Vec<String> = subjects.iter().map(|subject| keys.attempts(subject)).collect();
        for _ in 0..ROUNDS {
            let get = |key: &String| Call::command("HMGET").arg(key).arg("failures").arg("at");
            let found = self.connection.each(keys.iter().map(get).collect()).await?;
            let (mut call, mut waits) =
                (Call::script(&ATTEMPT, &keys).arg(now_ms).arg(AttemptSubject::FORGET_MS), None);
            for (subject, found) in subjects.iter().zip(found) {
                let (failures, at): (Option<u64>, Option<i64>) = parsed(found)?;
                let last_ms = at.unwrap_or(now_ms);
                let standing =
                    format!("{} {}", failures.unwrap_or(0), at.map_or_else(String::new, |at| at.to_string()));
                // The server goes by a clock of its own.
                let forgotten = now_ms - last_ms >= AttemptSubject::FORGET_MS;
                let failures = failures.filter(|_| !forgotten).unwrap_or(0);
                waits = waits.max(waits_until(subject, failures, last_ms, now_ms));
                call = call.arg(standing).arg(failures + 1);
            }
            if let Some(until) = waits {
                let until = Timestamp::from_millisecond(until).map_err(|e| StoreError::Corrupt(e.to_string()))?;
                return Ok(Some(until));
            }
            if self.connection.one(call).await? {
                return Ok(None);
            }
        }
        Err(StoreError::Unavailable("too many try to sign in at once".to_owned()))
    }

    async fn forget_attempts(&self, site: &SiteId, subject: &AttemptSubject) -> Result<(), StoreError> {
        self.connection.one(Call::command("DEL").arg(self.keys.people(site).attempts(subject))).await
    }
}
