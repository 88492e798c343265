//! The topicality model as a file.

use super::TopicalityModel;
use super::feature::{self, COUNT};
use super::term::IDF_BUCKETS;
use crate::classifier::calibration::Sigmoid;
use crate::classifier::feature::Idf;
use crate::classifier::file::{ModelFile, Tensor, write};
use crate::classifier::{Card, ModelError, ModelKind};
use safetensors::tensor::Dtype;

/// Version of the layout below.
pub const FORMAT: u32 = 1;

impl TopicalityModel {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Card), ModelError> {
        let file = ModelFile::open(bytes, ModelKind::Topicality, FORMAT, &feature::definition())?;
        let weights = file.floats("weights", &[COUNT])?;
        let platt = file.floats("calibration", &[2])?;
        let model = Self {
            idf: Idf(file.bytes("idf", Dtype::U8, &[IDF_BUCKETS])?.to_vec()),
            weights: std::array::from_fn(|k| weights[k]),
            bias: file.floats("bias", &[1])?[0],
            calibration: Sigmoid { slope: platt[0], offset: platt[1] },
        };
        Ok((model, file.card))
    }

    /// Writes a model file; the same model and card give the same bytes.
    ///
    /// # Errors
    /// If the tensors don't fit the format, which would be a bug.
    pub fn to_bytes(&self, card: &Card) -> Result<Vec<u8>, safetensors::SafeTensorError> {
        let calibration = [self.calibration.slope, self.calibration.offset];
        let tensors = [
            Tensor { name: "idf", dtype: Dtype::U8, shape: vec![IDF_BUCKETS], data: self.idf.0.clone() },
            Tensor::floats("weights", &[COUNT], &self.weights),
            Tensor::floats("bias", &[1], &[self.bias]),
            Tensor::floats("calibration", &[2], &calibration),
        ];
        write(card, &tensors)
    }
}
