//! The models that are measured, with what is said of their files.

use crate::classifier::{AbuseModel, Card, Classifier, ModelError, ModelKind, TopicalityModel};
use crate::cli::model::FILES;
use crate::training::evaluation::report::ModelNote;
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// The two models, and a note on each.
pub struct Models {
    pub abuse: AbuseModel,
    pub topicality: TopicalityModel,
    pub notes: Vec<ModelNote>,
}

impl Models {
    /// Both models of a folder; one model file beside the other one embedded; or the embedded ones.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let [abuse, topicality] = Classifier::embedded_files();
        let Some(path) = path else {
            return Ok(Self::read(abuse, topicality).expect("the tests read the embedded models"));
        };
        let failed = || format!("loading {}", path.display());
        if path.is_dir() {
            let [abuse, topicality] = FILES.map(|name| read(&path.join(name)));
            return Self::read(&abuse?, &topicality?).with_context(failed);
        }
        let bytes = read(path)?;
        match AbuseModel::from_bytes(&bytes) {
            Err(ModelError::Kind { found: ModelKind::Topicality, .. }) => Self::read(abuse, &bytes),
            _ => Self::read(&bytes, topicality),
        }
        .with_context(failed)
    }

    fn read(abuse: &[u8], topicality: &[u8]) -> Result<Self, ModelError> {
        let (abuse_model, abuse_card) = AbuseModel::from_bytes(abuse)?;
        let (topicality_model, topicality_card) = TopicalityModel::from_bytes(topicality)?;
        let notes = vec![note(abuse, abuse_card), note(topicality, topicality_card)];
        Ok(Self { abuse: abuse_model, topicality: topicality_model, notes })
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn note(bytes: &[u8], card: Card) -> ModelNote {
    let sha256 = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    ModelNote { kind: card.kind, bytes: bytes.len() as u64, sha256, card }
}
