//! Models from a folder, in place of those that ship.

use crate::classifier::Classifier;
use anyhow::Context as _;
use std::path::Path;

/// Reads `abuse.safetensors` and `topicality.safetensors` from a folder.
pub fn load(folder: &Path) -> anyhow::Result<Classifier> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).with_context(|| path.display().to_string())
    };
    Ok(Classifier::from_bytes(&read("abuse.safetensors")?, &read("topicality.safetensors")?)?)
}
