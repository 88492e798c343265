//! Where a comment stands.

use serde::{Deserialize, Serialize};

/// The state of a comment. Only [`State::Published`] is ever shown to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Published,
    /// In the queue, waiting for a moderator.
    Pending,
    Rejected,
    /// Taken back by its author or erased.
    Withdrawn,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Published, Self::Pending, Self::Rejected, Self::Withdrawn];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
