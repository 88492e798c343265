//! The names of the keys of a store's policies: all in one slot.

use super::Keys;

/// A store's policies.
pub(in super::super) struct PolicyKeys {
    base: String,
}

impl Keys {
    pub(in super::super) fn policies(&self) -> PolicyKeys {
        PolicyKeys { base: self.name(format_args!("{{policy}}:")) }
    }
}

impl PolicyKeys {
    /// HASH: number, from 1 without a gap → policy published (JSON).
    pub(in super::super) fn published(&self) -> String {
        format!("{}published", self.base)
    }

    /// HASH: revision → its files (gzip'd JSON).
    pub(in super::super) fn files(&self) -> String {
        format!("{}files", self.base)
    }

    /// HASH: replica → what it judges by, and until when that is kept (JSON).
    pub(in super::super) fn replicas(&self) -> String {
        format!("{}replicas", self.base)
    }

    /// Candidates: HASH: id → what it is (JSON); HASH: id → its files (gzip'd JSON); ZSET: id by its place, which counts them as
    /// they are written.
    pub(in super::super) fn candidates(&self) -> [String; 3] {
        ["candidates", "candidate-files", "candidate-order"].map(|name| format!("{}{name}", self.base))
    }
}
