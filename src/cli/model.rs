//! Where the models come from: the binary itself, a folder, or one abuse model; and how they are written.

use crate::classifier::Classifier;
use anyhow::Context;
use std::path::Path;

/// The names of the two model files in a folder: abuse, topicality.
pub const FILES: [&str; 2] = ["abuse.safetensors", "topicality.safetensors"];

/// Reads the models of a folder, or one abuse model beside the embedded rest, or takes the embedded ones.
pub fn load(path: Option<&Path>) -> anyhow::Result<Classifier> {
    let Some(folder) = path else { return Ok(Classifier::embedded()) };
    if folder.is_file() {
        let bytes = std::fs::read(folder).with_context(|| format!("reading {}", folder.display()))?;
        return Classifier::with_abuse(&bytes).with_context(|| format!("loading {}", folder.display()));
    }
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).with_context(|| format!("reading {}", path.display()))
    };
    let classifier = Classifier::from_bytes(&read(FILES[0])?, &read(FILES[1])?);
    classifier.with_context(|| format!("loading the models in {}", folder.display()))
}

/// Writes beside the place and renames, so that no reader ever meets half a model.
pub fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let beside = path.with_extension("tmp");
    std::fs::write(&beside, bytes).with_context(|| format!("writing {}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("replacing {}", path.display()))
}
