//! Being signed in, and trying to.

use super::key::hex;
use super::{ModeratorName, SiteId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// What a browser keeps: 256 random bits, in text. `Debug` prints it redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// A token as a browser sent it, or as it was just made.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the store knows it by.
    #[must_use]
    pub fn hash(&self) -> SessionHash {
        SessionHash(hex(&Sha256::digest(self.0.as_bytes())))
    }

    /// What every form of this session carries, and no other site can know: made from the token, and of no use to make
    /// the token from.
    #[must_use]
    pub fn form_token(&self) -> String {
        hex(&Sha256::new().chain_update(b"ombud form\n").chain_update(self.0.as_bytes()).finalize())
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(redacted)")
    }
}

/// SHA-256 of a token, in hex. It names the session where it is listed: nobody can sign in with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionHash(String);

impl SessionHash {
    /// A hash as a form sent it.
    #[must_use]
    pub fn new(hash: impl Into<String>) -> Self {
        Self(hash.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long one stays signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTerms {
    /// Without doing anything.
    pub idle: Duration,
    /// In any case.
    pub longest: Duration,
}

impl Default for SessionTerms {
    /// An hour, and half a day: a shift.
    fn default() -> Self {
        Self { idle: Duration::from_hours(1), longest: Duration::from_hours(12) }
    }
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub site: SiteId,
    pub hash: SessionHash,
    pub moderator: ModeratorName,
    /// The account's `password_at` when it began: with another password it is over.
    pub password_at: Timestamp,
    pub begun_at: Timestamp,
    /// When something was last asked; to the minute.
    pub seen_at: Timestamp,
    /// When it is over whatever happens. The store may forget it then.
    pub ends_at: Timestamp,
    /// What the browser calls itself, in a few words, so that she knows it when it is listed.
    pub browser: String,
}

impl Session {
    /// Whether it goes on.
    #[must_use]
    pub fn is_live(&self, terms: &SessionTerms, now: Timestamp) -> bool {
        let idle_until = self.seen_at.saturating_add(terms.idle).unwrap_or(Timestamp::MAX);
        let longest = self.begun_at.saturating_add(terms.longest).unwrap_or(Timestamp::MAX);
        now < idle_until && now < longest && now < self.ends_at
    }

    /// The session as seen now, if that is worth writing down.
    #[must_use]
    pub fn seen(&self, now: Timestamp) -> Option<Self> {
        const WORTH_WRITING: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
        (now.duration_since(self.seen_at) >= WORTH_WRITING).then(|| Self { seen_at: now, ..self.clone() })
    }
}

/// On whom an attempt to sign in is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOf {
    /// A name, whether there is such an account or not.
    Account,
    /// A network address.
    Address,
}

/// On what an attempt is counted. What is kept of it is a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptSubject {
    pub of: AttemptOf,
    key: String,
}

impl AttemptSubject {
    /// How long after the last attempt nothing is held against anybody, in milliseconds: an hour.
    pub const FORGET_MS: i64 = 60 * 60 * 1000;

    #[must_use]
    pub fn account(name: &str) -> Self {
        Self { of: AttemptOf::Account, key: digest("account", name) }
    }

    #[must_use]
    pub fn address(address: &str) -> Self {
        Self { of: AttemptOf::Address, key: digest("address", address) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.key
    }

    /// How long to wait after so many attempts without success, in milliseconds, beginning with none; beyond the last it
    /// is as the last says. A person who mistypes waits for nothing. A minute is the most, so that somebody who knows a
    /// name can't shut its owner out for long.
    #[must_use]
    pub const fn waits_ms(&self) -> &'static [i64] {
        const ACCOUNT: [i64; 11] = [0, 0, 0, 0, 0, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000];
        // A newsroom may have one address.
        const ADDRESS: [i64; 26] = {
            let mut waits = [0; 26];
            let (mut n, mut wait) = (20, 2_000);
            while n < waits.len() {
                waits[n] = if wait > 60_000 { 60_000 } else { wait };
                wait *= 2;
                n += 1;
            }
            waits
        };
        match self.of {
            AttemptOf::Account => &ACCOUNT,
            AttemptOf::Address => &ADDRESS,
        }
    }
}

fn digest(of: &str, key: &str) -> String {
    hex(&Sha256::digest(format!("{of}\n{key}").as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let at = |second| Timestamp::from_second(second).unwrap();
        Session {
            site: SiteId::parse("daily").unwrap(),
            hash: SessionToken::new("t").hash(),
            moderator: ModeratorName::parse("Anna").unwrap(),
            password_at: at(0),
            begun_at: at(0),
            seen_at: at(3_000),
            ends_at: at(9_000),
            browser: "Chromium".to_owned(),
        }
    }

    #[test]
    fn a_session_ends_when_nothing_is_done_and_in_any_case() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let terms =
            |idle, longest| SessionTerms { idle: Duration::from_secs(idle), longest: Duration::from_secs(longest) };
        let session = session();
        assert!(session.is_live(&terms(1_000, 9_000), at(3_999)));
        assert!(!session.is_live(&terms(1_000, 9_000), at(4_000)));
        assert!(!session.is_live(&terms(9_000, 3_500), at(3_500)), "settings that were tightened hold at once");
        assert!(!session.is_live(&terms(99_000, 99_000), at(9_000)));
        assert_eq!(session.seen(at(3_059)), None);
        assert_eq!(session.seen(at(3_060)).unwrap().seen_at, at(3_060));
    }

    #[test]
    fn a_token_never_prints_and_its_children_tell_nothing_of_it() {
        let token = SessionToken::new("abc");
        assert_eq!(format!("{token:?}"), "SessionToken(redacted)");
        assert_ne!(token.hash().as_str(), token.form_token());
        assert_eq!((token.hash().as_str().len(), token.form_token().len()), (64, 64));
    }

    #[test]
    fn waits_grow_up_to_a_minute() {
        for subject in [AttemptSubject::account("anna"), AttemptSubject::address("192.0.2.1")] {
            let waits = subject.waits_ms();
            assert!(waits.is_sorted() && waits[4] == 0 && waits.last() == Some(&60_000), "{waits:?}");
        }
        assert_ne!(AttemptSubject::account("x"), AttemptSubject::address("x"));
    }
}
