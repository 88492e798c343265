//! Policies over time: the texts of the files, and when whose took force.

use super::{Policy, PolicyError};
use crate::comment::Timestamp;
use serde::{Deserialize, Serialize};

/// The texts of `policy.toml` and `words.toml`, which are one policy together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFiles {
    pub policy: String,
    pub words: String,
}

impl PolicyFiles {
    /// The files as they ship.
    #[must_use]
    pub fn shipped() -> Self {
        let (policy, words) = Policy::default_files();
        Self { policy: policy.to_owned(), words: words.to_owned() }
    }

    /// Names the policy, well formed or not; see [`Policy::revision`].
    #[must_use]
    pub fn revision(&self) -> String {
        super::checked::revision(&self.policy, &self.words)
    }

    /// The policy that they are.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn parse(&self) -> Result<Policy, PolicyError> {
        Policy::parse(&self.policy, &self.words)
    }
}

/// How a policy came to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An ombud started with these files.
    Start,
    /// The files of a running ombud were changed, or it was told to read them.
    Files,
    /// `ombud policy publish`.
    Command,
    /// The console.
    Console,
}

/// A policy that is, or was, in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedPolicy {
    /// Counts those published in a store, from 1. The highest is in force.
    pub number: u64,
    pub revision: String,
    /// When it was published. Every replica judges by it some seconds later at the latest.
    pub at: Timestamp,
    /// Who published it: a person by her name in the console, or the ombud or the account it was done from.
    pub by: String,
    /// Who approved it, where it took somebody else's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    pub origin: Origin,
    /// What it is for, in the words of whoever published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What one replica judges by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaPolicy {
    /// Names the replica: drawn when it starts.
    pub replica: String,
    /// Of the policy it judges by.
    pub revision: String,
    /// Of the files it was started with or has beside it, if they are another policy; `None` where they are the same, or
    /// it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    /// When it said so.
    pub at: Timestamp,
}
