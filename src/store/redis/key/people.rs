//! The names of the keys of a site's people: all in one slot of their own.

use super::{Keys, sha256_hex};
use crate::comment::{AttemptSubject, ModeratorName, SessionHash, SiteId};

/// A site's people.
pub(in super::super) struct PeopleKeys {
    base: String,
}

impl Keys {
    pub(in super::super) fn people(&self, site: &SiteId) -> PeopleKeys {
        PeopleKeys { base: self.name(format_args!("{{{site}:people}}:")) }
    }
}

impl PeopleKeys {
    /// HASH: a name, however it is capitalised → account (JSON).
    pub(in super::super) fn accounts(&self) -> String {
        format!("{}accounts", self.base)
    }

    /// STRING: the session (JSON) of a token with this hash. Expires when it ends.
    pub(in super::super) fn session(&self, hash: &SessionHash) -> String {
        // As a form may send anything, what it sends is no part of a key.
        format!("{}session:{}", self.base, sha256_hex(hash.as_str()))
    }

    /// ZSET: the hashes of a person's tokens by when the session ends, in milliseconds. Some may be ended.
    pub(in super::super) fn sessions_of(&self, name: &ModeratorName) -> String {
        format!("{}sessions:{}", self.base, name.key())
    }

    /// HASH: `failures`, `at` (milliseconds). Expires an hour after the last attempt.
    pub(in super::super) fn attempts(&self, subject: &AttemptSubject) -> String {
        format!("{}attempts:{}", self.base, subject.as_str())
    }
}
