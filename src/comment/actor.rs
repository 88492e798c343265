//! Who did something.

use super::KeyId;
use serde::{Deserialize, Serialize};

/// Who took a step. Readers and authors are not named: their ids are personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// The policy, on its own.
    Policy,
    /// The publishing platform, through an API key.
    Platform {
        #[schema(value_type = String)]
        key: KeyId,
    },
    /// A person who works the queue.
    Moderator {
        /// The API key's id, or the name of the moderator who signed in.
        name: String,
    },
    /// Readers, by their reports.
    Readers,
    /// Whoever wrote the comment, on a page of ombud's own.
    Author,
    /// Whoever runs ombud, on its command line.
    Operator,
    /// Nobody: the time for which the settings keep a text was over.
    Retention,
}

impl Actor {
    /// The name a colleague would see.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Policy => "the policy",
            Self::Platform { .. } => "the platform",
            Self::Moderator { name } => name,
            Self::Readers => "readers",
            Self::Author => "the author",
            Self::Operator => "the operator",
            Self::Retention => "the time of retention",
        }
    }
}
