//! Where the models come from: the binary itself, or a folder.

use crate::classifier::Classifier;
use anyhow::Context;
use std::path::Path;

/// The names of the two model files in a folder: abuse, topicality.
pub const FILES: [&str; 2] = ["abuse.safetensors", "topicality.safetensors"];

/// Reads the models of a folder, or takes the embedded ones.
pub fn load(folder: Option<&Path>) -> anyhow::Result<Classifier> {
    let Some(folder) = folder else { return Ok(Classifier::embedded()) };
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).with_context(|| format!("reading {}", path.display()))
    };
    let classifier = Classifier::from_bytes(&read(FILES[0])?, &read(FILES[1])?);
    classifier.with_context(|| format!("loading the models in {}", folder.display()))
}
