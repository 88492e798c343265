//! Where the models come from: the binary itself, a folder, or one file beside the embedded rest; and how
//! they are written.

use crate::classifier::{Classifier, ModelBytes, ModelError, ModelKind, card};
use anyhow::Context;
use std::borrow::Cow;
use std::path::Path;

/// The names of the model files in a folder: embedding, abuse, topicality.
pub const FILES: [&str; 3] = ["embedding.safetensors", "abuse.safetensors", "topicality.safetensors"];

/// The bytes of a set of models.
pub struct ModelFiles {
    pub embedding: Cow<'static, [u8]>,
    pub abuse: Cow<'static, [u8]>,
    pub topicality: Cow<'static, [u8]>,
}

impl ModelFiles {
    /// The models of a folder, or one model file beside the embedded rest, or the embedded ones.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let ModelBytes { embedding, abuse, topicality } = ModelBytes::EMBEDDED;
        let [embedding, abuse, topicality] = [embedding, abuse, topicality].map(Cow::Borrowed);
        let embedded = Self { embedding, abuse, topicality };
        let Some(path) = path else { return Ok(embedded) };
        if path.is_dir() {
            let [embedding, abuse, topicality] = FILES.map(|name| read(&path.join(name)));
            return Ok(Self { embedding: embedding?, abuse: abuse?, topicality: topicality? });
        }
        let bytes = read(path)?;
        let kind = card(&bytes).with_context(|| format!("loading {}", path.display()))?.kind;
        Ok(match kind {
            ModelKind::Embedding => Self { embedding: bytes, ..embedded },
            ModelKind::Abuse => Self { abuse: bytes, ..embedded },
            ModelKind::Topicality => Self { topicality: bytes, ..embedded },
        })
    }

    /// The bytes as the classifier takes them.
    pub fn bytes(&self) -> ModelBytes<'_> {
        ModelBytes { embedding: &self.embedding, abuse: &self.abuse, topicality: &self.topicality }
    }

    /// The classifiers of these files.
    pub fn classifier(&self) -> Result<Classifier, ModelError> {
        Classifier::from_bytes(self.bytes())
    }
}

/// Reads the models of a folder, or one model beside the embedded rest, or takes the embedded ones.
pub fn load(path: Option<&Path>) -> anyhow::Result<Classifier> {
    let classifier = ModelFiles::open(path)?.classifier();
    classifier.with_context(|| path.map_or_else(String::new, |path| format!("loading {}", path.display())))
}

fn read(path: &Path) -> anyhow::Result<Cow<'static, [u8]>> {
    std::fs::read(path).map(Cow::Owned).with_context(|| format!("reading {}", path.display()))
}

/// Writes beside the place and renames, so that no reader ever meets half a model.
pub fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let beside = path.with_extension("tmp");
    std::fs::write(&beside, bytes).with_context(|| format!("writing {}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("replacing {}", path.display()))
}
