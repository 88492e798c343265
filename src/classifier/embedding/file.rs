//! The embedding as a file.

use super::meaning::DIMENSIONS;
use super::table::Embedding;
use super::wordpiece::Vocabulary;
use crate::classifier::file::ModelFile;
use crate::classifier::{Card, ModelBytes, ModelError, ModelKind};
use safetensors::tensor::Dtype;
use std::sync::Arc;

/// Version of the layout below, which `models/embedding.py` writes.
pub const FORMAT: u32 = 1;

impl Embedding {
    /// The embedding in the binary.
    ///
    /// # Panics
    /// Never in a build that passed its tests: they read it.
    #[must_use]
    pub fn embedded() -> Arc<Self> {
        Arc::new(Self::from_bytes(ModelBytes::EMBEDDED.embedding).expect("the tests read the embedding").0)
    }

    /// Reads an embedding file.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Card), ModelError> {
        let model = ModelKind::Embedding;
        let file = ModelFile::open(bytes, model, FORMAT)?;
        let words = file.bytes_of_any_length("vocabulary", Dtype::U8)?;
        let vocabulary =
            Vocabulary::parse(words).map_err(|e| ModelError::Vocabulary { model, cause: e.to_string() })?;
        let size = vocabulary.len();
        let (rows, _) = file.bytes("vectors", Dtype::I8, &[size, DIMENSIONS])?.as_chunks::<DIMENSIONS>();
        let mean = file.floats("mean", &[DIMENSIONS])?;
        let embedding = Self {
            vectors: rows.iter().map(|row| row.map(u8::cast_signed)).collect(),
            scale: file.floats("scale", &[size])?,
            mean: std::array::from_fn(|k| mean[k]),
            vocabulary,
        };
        Ok((embedding, file.card))
    }
}
