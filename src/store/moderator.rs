//! Accounts of people, the browsers they are signed in with, and attempts to sign in.

use super::StoreError;
use crate::comment::{AttemptSubject, Moderator, ModeratorName, Session, SessionHash, SiteId, Timestamp};
use async_trait::async_trait;

/// How many browsers a person may be signed in with at a time; with one more, the one that would end first is out.
pub const MAX_SESSIONS: usize = 20;

/// What a site's people need of a store. No export has it: password hashes are no secret of 256 bits.
#[async_trait]
pub trait Moderators: Send + Sync {
    /// Writes an account over the version before it, a first version where there is none of its name; answers whether it
    /// did. The same again is done already.
    async fn put_moderator(&self, moderator: &Moderator) -> Result<bool, StoreError>;
    /// The account of a name, however it is capitalised.
    async fn moderator(&self, site: &SiteId, name: &ModeratorName) -> Result<Option<Moderator>, StoreError>;
    /// A site's accounts by name, those shut included.
    async fn moderators(&self, site: &SiteId) -> Result<Vec<Moderator>, StoreError>;

    /// Writes a session, which may be a new one. Those of the same person that are over by now make way, and of more than
    /// [`MAX_SESSIONS`] those that would end first.
    async fn put_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError>;
    /// Writes a session over the one of its hash, unless that was ended; answers whether it did.
    async fn touch_session(&self, session: &Session) -> Result<bool, StoreError>;
    /// The session of a token's hash. One that is over may be answered or not.
    async fn session(&self, site: &SiteId, hash: &SessionHash) -> Result<Option<Session>, StoreError>;
    /// A person's sessions, those last that will end last. Some may be over.
    async fn sessions(&self, site: &SiteId, name: &ModeratorName) -> Result<Vec<Session>, StoreError>;
    /// Ends a session; answers whether there was one.
    async fn end_session(&self, site: &SiteId, hash: &SessionHash) -> Result<bool, StoreError>;

    /// Counts an attempt to sign in on each of these, in one step, unless one of them has to wait
    /// ([`AttemptSubject::waits_ms`]): then nothing is counted, and it answers until when. It is counted before it is
    /// known how it ends, so that many at a time gain nothing.
    async fn begin_attempt(
        &self,
        site: &SiteId,
        subjects: &[AttemptSubject],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;
    /// Forgets what was counted on one: somebody signed in.
    async fn forget_attempts(&self, site: &SiteId, subject: &AttemptSubject) -> Result<(), StoreError>;
}

/// Until when one has to wait who tried so often, and last then, in milliseconds; `None`: not at all.
pub(super) fn waits_until(subject: &AttemptSubject, failures: u64, last_ms: i64, now_ms: i64) -> Option<i64> {
    let waits = subject.waits_ms();
    let place = usize::try_from(failures).unwrap_or(usize::MAX).min(waits.len() - 1);
    // A clock that went back holds nobody up for longer than any wait.
    let until = last_ms.min(now_ms) + waits[place];
    (until > now_ms).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_attempt_waits() {
        let subject = AttemptSubject::account("anna");
        assert_eq!(waits_until(&subject, 4, 1_000, 1_000), None);
        assert_eq!(waits_until(&subject, 5, 1_000, 2_999), Some(3_000));
        assert_eq!(waits_until(&subject, 5, 1_000, 3_000), None);
        assert_eq!(waits_until(&subject, u64::MAX, 0, 59_999), Some(60_000));
        assert_eq!(waits_until(&subject, 5, 900_000, 1_000), Some(3_000), "the clock went back");
    }
}
