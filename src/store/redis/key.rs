//! The names of all keys, and the version of their layout.
//!
//! Names end in the one part that may hold any character, so that no two run into each other. The
//! part in braces is what a Redis Cluster hashes: keys with the same part live on the same node.

mod audits;
mod outbox;
mod people;
mod policy;

pub(super) use outbox::OutboxKeys;

use crate::comment::{Action, ArticleId, AuthorId, CommentId, KeyHash, ModelId, SiteId};
use sha2::{Digest as _, Sha256};

/// Version of the layout. It is part of every name; raise it when a key's meaning changes.
pub(super) const VERSION: u32 = 1;

/// Names keys for one store.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
    partitions: u16,
}

impl Keys {
    pub(super) fn new(prefix: &str, partitions: u16) -> Self {
        Self { prefix: prefix.to_owned(), partitions }
    }

    /// STRING `VERSION PARTITIONS`. The one name without a version: it is where to look the version up.
    pub(super) fn layout(prefix: &str) -> String {
        format!("{prefix}ombud:layout")
    }

    fn name(&self, rest: std::fmt::Arguments<'_>) -> String {
        format!("{}ombud:{VERSION}:{rest}", self.prefix)
    }

    /// Channel on which each step says its site's id.
    pub(super) fn news(&self) -> String {
        self.name(format_args!("news"))
    }

    /// HASH: site id → name of the import that is not ended.
    pub(super) fn imports(&self) -> String {
        self.name(format_args!("imports"))
    }

    /// HASH: site id → site (JSON).
    pub(super) fn sites(&self) -> String {
        self.name(format_args!("sites"))
    }

    /// HASH: key id → API key (JSON). In one slot with [`Keys::key_hash`].
    pub(super) fn api_keys(&self, site: &SiteId) -> String {
        self.name(format_args!("{{keys}}:of:{site}"))
    }

    /// STRING `SITE KEY_ID`: whose key has this hash.
    pub(super) fn key_hash(&self, hash: &KeyHash) -> String {
        self.name(format_args!("{{keys}}:hash:{}", hash.as_str()))
    }

    /// STRING `GENERATION ARTICLE_ID`: where a comment is, or is about to be.
    pub(super) fn locator(&self, site: &SiteId, comment: &CommentId) -> String {
        self.name(format_args!("{site}:where:{comment}"))
    }

    /// STRING: the comment's id that an idempotency key is tied to. The platform's key is hashed: it
    /// may be long, and may say what it should not.
    pub(super) fn binding(&self, site: &SiteId, key: &str) -> String {
        self.name(format_args!("{site}:bind:{}", sha256_hex(key)))
    }

    /// The record of one author, in a slot of its own. The id is hashed: it is personal data.
    pub(super) fn author(&self, site: &SiteId, author: &AuthorId) -> AuthorKeys {
        let base = self.name(format_args!("{{{site}:a:{}}}:", sha256_hex(author.as_str())));
        AuthorKeys {
            versions: format!("{base}versions"),
            published: format!("{base}published"),
            rejected: format!("{base}rejected"),
            reported: format!("{base}reported"),
            submitted: format!("{base}submitted"),
            submissions: format!("{base}submissions"),
            comments: format!("{base}comments"),
            erased: format!("{base}erased"),
        }
    }

    /// The comments with one text, in a slot of their own.
    pub(super) fn text(&self, site: &SiteId, exact: u64) -> TextKeys {
        let base = self.name(format_args!("{{{site}:t:{exact:016x}}}:"));
        TextKeys { versions: format!("{base}versions"), seen: format!("{base}seen") }
    }

    /// The index of nearly the same texts, all of a site in one slot.
    pub(super) fn near(&self, site: &SiteId) -> NearKeys {
        NearKeys { base: self.name(format_args!("{{{site}:near}}:")) }
    }

    /// A site's own models, in a slot of their own.
    pub(super) fn models(&self, site: &SiteId) -> ModelKeys {
        let base = self.name(format_args!("{{{site}:models}}:"));
        ModelKeys {
            versions: format!("{base}versions"),
            files: format!("{base}files"),
            standing: format!("{base}standing"),
        }
    }

    /// HASH: `version`, `doc` (JSON): a site's secrets for its readers.
    pub(super) fn reader_keys(&self, site: &SiteId) -> String {
        self.name(format_args!("{site}:readers"))
    }

    /// A site's corrections, in a slot of their own.
    pub(super) fn corrections(&self, site: &SiteId) -> CorrectionKeys {
        let base = self.name(format_args!("{{{site}:corrections}}:"));
        CorrectionKeys { docs: format!("{base}docs"), order: format!("{base}order") }
    }

    /// The partition of an article: the same for ever, on every replica.
    pub(super) fn partition(&self, site: &SiteId, article: &ArticleId) -> Partition {
        let number = fnv1a(article.as_str().as_bytes()) % u64::from(self.partitions);
        self.numbered(site, number)
    }

    /// All partitions of a site, by number.
    pub(super) fn partitions(&self, site: &SiteId) -> Vec<Partition> {
        (0..u64::from(self.partitions)).map(|number| self.numbered(site, number)).collect()
    }

    fn numbered(&self, site: &SiteId, number: u64) -> Partition {
        Partition { base: self.name(format_args!("{{{site}:p{number:02}}}:")) }
    }
}

/// A site's own models.
pub(super) struct ModelKeys {
    /// HASH: model id → what it is (JSON).
    pub(super) versions: String,
    /// HASH: model id → its file, gzip'd; not for models that failed a check.
    pub(super) files: String,
    /// HASH: `version`, `doc` (JSON): which model is in force, which in shadow, which were.
    pub(super) standing: String,
}

/// A site's corrections.
pub(super) struct CorrectionKeys {
    /// HASH: correction id → the correction (JSON).
    pub(super) docs: String,
    /// ZSET: correction id by its place, which counts them as each is first said.
    pub(super) order: String,
}

/// What is known of one author.
pub(super) struct AuthorKeys {
    /// HASH: comment id → the version of it that the record reflects.
    pub(super) versions: String,
    /// SET: comment ids that stand published.
    pub(super) published: String,
    /// ZSET: comment ids that stand rejected, by when that was decided.
    pub(super) rejected: String,
    /// SET: comment ids that readers ever reported.
    pub(super) reported: String,
    /// ZSET: comment id by when it was written; the latest only.
    pub(super) submitted: String,
    /// HASH: comment id → `EXACT NEAR WORDS`, its fingerprint, for those in `submitted`.
    pub(super) submissions: String,
    /// ZSET: comment id by when it was received, of all comments; written before the comment is.
    pub(super) comments: String,
    /// STRING: when the author was erased, in milliseconds. Expires.
    pub(super) erased: String,
}

/// What is known of one text. Both expire.
pub(super) struct TextKeys {
    /// HASH: comment id → the version of it that is reflected.
    pub(super) versions: String,
    /// ZSET: comment id by when it was written.
    pub(super) seen: String,
}

/// The index of nearly the same texts. All of it expires.
pub(super) struct NearKeys {
    base: String,
}

impl NearKeys {
    /// HASH: `version` of the comment that is reflected, `near` (16 hex digits, empty if not kept), `words`.
    pub(super) fn of(&self, comment: &CommentId) -> String {
        format!("{}of:{comment}", self.base)
    }

    /// See [`Partition::guard`].
    pub(super) fn guard(&self) -> String {
        format!("{}guard", self.base)
    }

    /// What the keys of all bands begin with.
    pub(super) fn bands(&self) -> String {
        format!("{}band:", self.base)
    }

    /// ZSET: `NEAR WORDS COMMENT_ID` by when the comment was written; the newest only.
    pub(super) fn band(&self, band: u8, value: u8) -> String {
        format!("{}{band}:{value:02x}", self.bands())
    }
}

/// Names keys in one partition: everything about an article and its comments, in one hash slot.
#[derive(Debug, Clone)]
pub(super) struct Partition {
    base: String,
}

impl Partition {
    /// What every key of the partition begins with.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The key of an index, by its name relative to the partition; those of the queue are in `lane.rs`.
    pub(super) fn at(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.base)
    }

    /// Never written. Named by every script that reaches keys it does not name: while the slot moves to another
    /// node, a missing key beside others makes both nodes refuse the script (`TRYAGAIN`) rather than run it on
    /// the half of the keys they have.
    pub(super) fn guard(&self) -> String {
        self.at("guard")
    }

    /// STRING: the article (JSON).
    pub(super) fn article(&self, article: &ArticleId) -> String {
        self.at(&format!("article:{article}"))
    }

    /// HASH: `doc` (JSON), `version`, `state`, `exact` (fingerprint), `place` (its index entries, JSON), `reported` (`1` once a reader did);
    /// while pending also `rank` (twice ten digits of priority, then the time, as the orders have them); while leased also `claim`, `holder`, `claimed_at`, `expires_at` (milliseconds).
    pub(super) fn comment(&self, comment: &CommentId) -> String {
        self.at(&format!("comment:{comment}"))
    }

    /// What the keys of all comments begin with.
    pub(super) fn comments(&self) -> String {
        self.at("comment:")
    }

    /// STRING: the newest generation of a comment's locator that may not be admitted here.
    pub(super) fn fence(&self, comment: &CommentId) -> String {
        self.at(&format!("fence:{comment}"))
    }

    /// LIST: a comment's audit entries (JSON), oldest first.
    pub(super) fn audit(&self, comment: &CommentId) -> String {
        self.at(&format!("audit:{comment}"))
    }

    /// HASH: reporter → report (JSON), since a moderator last decided.
    pub(super) fn reports(&self, comment: &CommentId) -> String {
        self.at(&format!("reports:{comment}"))
    }

    /// STREAM: field `event` (JSON).
    pub(super) fn events(&self) -> String {
        self.at("events")
    }

    /// STRING: the place of the last event in an import that is in this partition's log.
    pub(super) fn restored(&self) -> String {
        self.at("restored")
    }

    /// STRING: the id of the last event that is no longer kept.
    pub(super) fn trimmed(&self) -> String {
        self.at("trimmed")
    }

    /// ZSET: comment id by when its lease expires.
    pub(super) fn leases(&self) -> String {
        self.at("leases")
    }

    /// See [`suffix::conversations`].
    pub(super) fn conversations(&self, article: &ArticleId) -> String {
        self.at(&suffix::conversations(article))
    }

    /// See [`suffix::published`].
    pub(super) fn published(&self, article: &ArticleId) -> String {
        self.at(&suffix::published(article))
    }

    /// See [`suffix::recent`].
    pub(super) fn recent(&self, article: &ArticleId) -> String {
        self.at(&suffix::recent(article))
    }

    /// See [`suffix::moderated`].
    pub(super) fn moderated(&self) -> String {
        self.at(suffix::MODERATED)
    }

    /// See [`suffix::shelf`].
    pub(super) fn shelf(&self, name: &str) -> String {
        self.at(&suffix::shelf(name))
    }

    /// SET: the ids of comments that a reader, who is hashed, has reported since a moderator last decided.
    pub(super) fn reporter(&self, reporter: &str) -> String {
        self.at(&format!("reporter:{reporter}"))
    }

    /// See [`suffix::shadowed`].
    pub(super) fn shadowed(&self, model: &ModelId, live: Action, shadow: Action) -> String {
        self.at(&suffix::shadowed(model, live, shadow))
    }
}

/// Names of indexes, relative to the partition. A comment remembers the entries it has in them, so
/// that the next step can take them out.
pub(super) mod suffix {
    use super::{Action, ArticleId, ModelId};

    /// ZSET, all scores 0: the ids of comments on which a person's decision stands.
    pub(in super::super) const MODERATED: &str = "moderated";

    /// ZSET, all scores 0: the ids of all comments.
    pub(in super::super) const IDS: &str = "ids";
    /// ZSET, all scores 0: the ids of all articles; written before the article is.
    pub(in super::super) const ARTICLES: &str = "articles";

    /// ZSET: the ids of the comments on one shelf, see [`crate::store::retention`], by when their last step was taken.
    pub(in super::super) fn shelf(name: &str) -> String {
        format!("state:{name}")
    }

    /// ZSET: the ids of the comments that a person decided on or gave an opinion of, by when; the newest only.
    pub(in super::super) fn decided(moderator: &str) -> String {
        format!("decided:{moderator}")
    }

    /// ZSET, all scores 0: the ids of comments decided so, which a shadow would have decided so.
    pub(in super::super) fn shadowed(model: &ModelId, live: Action, shadow: Action) -> String {
        format!("shadowed:{model}:{}:{}", live.name(), shadow.name())
    }

    /// ZSET, all scores 0: the conversations that hold a published comment, see [`super::super::place`].
    pub(in super::super) fn conversations(article: &ArticleId) -> String {
        format!("conversations:{article}")
    }

    /// ZSET, all scores 0: an article's published comments by conversation, time and id.
    pub(in super::super) fn published(article: &ArticleId) -> String {
        format!("published:{article}")
    }

    /// ZSET: an article's published comments by when they were written.
    pub(in super::super) fn recent(article: &ArticleId) -> String {
        format!("recent:{article}")
    }
}

/// FNV-1a, 64 bits: stable over versions of Rust and over machines, unlike the standard library's hashes.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn sha256_hex(value: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(value.as_bytes()).iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_stays_in_its_partition() {
        // Fixed values: a change here would lose every comment that is stored.
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        let (site, article) = (SiteId::parse("daily").unwrap(), ArticleId::parse("a1").unwrap());
        let keys = Keys::new("t:", 16);
        let partition = keys.partition(&site, &article);
        assert_eq!(partition.article(&article), "t:ombud:1:{daily:p07}:article:a1");
    }

    #[test]
    fn an_author_is_not_named() {
        let (site, author) = (SiteId::parse("daily").unwrap(), AuthorId::parse("user-77").unwrap());
        assert!(!Keys::new("", 16).author(&site, &author).published.contains("user-77"));
    }
}
