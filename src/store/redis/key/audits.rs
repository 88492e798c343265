//! The names of the keys of a site's audits: all in one slot of their own, so that one script can settle everything.

use super::Keys;
use crate::comment::SiteId;

/// The decisions of a site that were drawn to be judged by people. Each is named `COMMENT@VERSION`.
pub(in super::super) struct AuditKeys {
    /// HASH: name → audit (JSON).
    pub(in super::super) docs: String,
    /// ZSET, all scores 0: `MS NAME` of all, by when the decision was made; 13 digits.
    pub(in super::super) order: String,
    /// ZSET: name of those that wait, by the number drawn.
    pub(in super::super) waiting: String,
    /// ZSET: name of those that wait, by when the decision was made, in milliseconds.
    pub(in super::super) since: String,
    /// HASH: name → `EXPIRES HOLDER` (milliseconds), of those that somebody reads or read last.
    pub(in super::super) leases: String,
    skipped: String,
}

impl Keys {
    pub(in super::super) fn audits(&self, site: &SiteId) -> AuditKeys {
        let at = |suffix: &str| self.name(format_args!("{{{site}:audits}}:{suffix}"));
        AuditKeys {
            docs: at("docs"),
            order: at("order"),
            waiting: at("waiting"),
            since: at("since"),
            leases: at("leases"),
            skipped: at("skipped:"),
        }
    }
}

impl AuditKeys {
    /// In the order in which `lua/audits.lua` takes them.
    pub(in super::super) fn all(&self) -> [String; 5] {
        [&self.docs, &self.order, &self.waiting, &self.since, &self.leases].map(String::clone)
    }

    /// ZSET: name of what somebody passed over, by until when. Expires.
    pub(in super::super) fn skipped(&self, holder: &str) -> String {
        format!("{}{holder}", self.skipped)
    }
}
