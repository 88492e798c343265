//! The models that are measured, with what is said of their files.

use crate::classifier::{AbuseModel, Card, Embedding, ModelBytes, ModelError, TopicalityModel};
use crate::cli::model::ModelFiles;
use crate::training::evaluation::report::ModelNote;
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// The two models, and a note on each.
pub struct Models {
    pub abuse: AbuseModel,
    pub topicality: TopicalityModel,
    pub notes: Vec<ModelNote>,
}

impl Models {
    /// The models of a folder; one model file beside the embedded rest; or the embedded ones.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let files = ModelFiles::open(path)?;
        let models = Self::read(files.bytes());
        models.with_context(|| path.map_or_else(String::new, |path| format!("loading {}", path.display())))
    }

    fn read(bytes: ModelBytes<'_>) -> Result<Self, ModelError> {
        let (embedding, embedding_card) = Embedding::from_bytes(bytes.embedding)?;
        let embedding = Arc::new(embedding);
        let (abuse, abuse_card) = AbuseModel::from_bytes(bytes.abuse, &embedding)?;
        let (topicality, topicality_card) = TopicalityModel::from_bytes(bytes.topicality, embedding)?;
        let notes = vec![
            note(bytes.embedding, embedding_card),
            note(bytes.abuse, abuse_card),
            note(bytes.topicality, topicality_card),
        ];
        Ok(Self { abuse, topicality, notes })
    }
}

fn note(bytes: &[u8], card: Card) -> ModelNote {
    let sha256 = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    ModelNote { kind: card.kind, bytes: bytes.len() as u64, sha256, card }
}
