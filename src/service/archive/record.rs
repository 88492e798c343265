//! The lines of an export.

use super::ArchiveError;
use crate::comment::{ApiKey, Article, Comment, Correction, Event, ModelId, Site, SiteId, SiteModels};
use crate::store::{ArchivedComment, ModelVersion};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::Read as _;

/// What the header's `format` is.
pub const FORMAT: &str = "ombud-export";
/// Version of the format; raised when an older ombud would misread a file.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) site: SiteId,
}

/// One line between header and end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Record {
    Site { site: Site },
    Key { key: ApiKey },
    Article { article: Article },
    Comment { comment: Box<ArchivedComment> },
    Event { event: Box<Event> },
    Correction { correction: Correction },
    Model { model: Box<ModelVersion>, file: Option<ModelFile> },
    Models { models: SiteModels },
    End { counts: Counts, sha256: String },
}

/// How many records there are of each kind.
pub type Counts = BTreeMap<String, u64>;

impl Record {
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Site { .. } => "site",
            Self::Key { .. } => "key",
            Self::Article { .. } => "article",
            Self::Comment { .. } => "comment",
            Self::Event { .. } => "event",
            Self::Correction { .. } => "correction",
            Self::Model { .. } => "model",
            Self::Models { .. } => "models",
            Self::End { .. } => "end",
        }
    }

    /// The site that it says it is of, where it says one.
    pub(super) fn site(&self) -> Option<&SiteId> {
        match self {
            Self::Site { site } => Some(&site.id),
            Self::Key { key } => Some(&key.site),
            Self::Article { article } => Some(&article.site),
            Self::Comment { comment } => Some(&comment.comment.site),
            Self::Event { event } => Some(&event.site),
            Self::Correction { .. } | Self::Model { .. } | Self::Models { .. } | Self::End { .. } => None,
        }
    }

    /// The same for another site. Nothing of a comment's content hash or a reporter's hash changes.
    pub(super) fn moved_to(self, to: &SiteId) -> Self {
        let site = to.clone();
        match self {
            Self::Site { site: found } => Self::Site { site: Site { id: site, ..found } },
            Self::Key { key } => Self::Key { key: ApiKey { site, ..key } },
            Self::Article { article } => Self::Article { article: Article { site, ..article } },
            Self::Comment { mut comment } => {
                comment.comment = Comment { site, ..comment.comment };
                if let Some(held) = &mut comment.held {
                    held.event.site = to.clone();
                }
                Self::Comment { comment }
            }
            Self::Event { event } => Self::Event { event: Box::new(Event { site, ..*event }) },
            Self::Correction { correction: Correction { text, labels, by, at, article, .. } } => {
                Self::Correction { correction: Correction::new(to, by, text, labels, article, at) }
            }
            other => other,
        }
    }
}

/// A model's file, gzip'd, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ModelFile(String);

impl ModelFile {
    pub(super) fn of(file: &[u8]) -> Result<Self, ArchiveError> {
        let mut packed = Vec::new();
        GzEncoder::new(file, Compression::default()).read_to_end(&mut packed)?;
        Ok(Self(STANDARD.encode(packed)))
    }

    pub(super) fn unpacked(&self) -> Result<Vec<u8>, ArchiveError> {
        let packed = STANDARD.decode(&self.0).map_err(std::io::Error::other)?;
        let mut file = Vec::new();
        GzDecoder::new(&packed[..]).read_to_end(&mut file)?;
        Ok(file)
    }

    /// Whether it is the file of this model.
    pub(super) fn is_of(&self, id: &ModelId) -> Result<bool, ArchiveError> {
        Ok(ModelId::of(&self.unpacked()?) == *id)
    }
}

/// What has been written or read so far: for the end line.
#[derive(Default)]
pub(super) struct Sum {
    hasher: Sha256,
    pub(super) counts: Counts,
}

impl Sum {
    /// Takes in a line, without its line end, and what kind it is of.
    pub(super) fn add(&mut self, line: &[u8], kind: Option<&str>) {
        self.hasher.update(line);
        self.hasher.update(b"\n");
        if let Some(kind) = kind {
            *self.counts.entry(kind.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn sha256(&self) -> String {
        use std::fmt::Write as _;
        self.hasher.clone().finalize().iter().fold(String::with_capacity(64), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
    }
}
