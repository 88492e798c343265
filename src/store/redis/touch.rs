//! Keys that are written for the writing's sake.

use super::{key::VERSION, slot};

/// STRINGs, one for each hash slot, that hold nothing and expire: written to find out whether a server takes
/// writes, and to be waited for (`confirm.rs`).
#[derive(Debug, Clone)]
pub(super) struct Touch {
    base: String,
}

impl Touch {
    pub(super) fn new(prefix: &str) -> Self {
        Self { base: format!("{prefix}ombud:{VERSION}:touch:") }
    }

    pub(super) fn key(&self, slot: u16) -> String {
        format!("{}{{{}}}", self.base, slot::tag_of(slot))
    }
}
