//! The topicality model as a file.

use super::drift;
use super::feature::{self, COUNT};
use super::term::IDF_BUCKETS;
use super::{Reader, Regression, TopicalityModel};
use crate::classifier::calibration::Sigmoid;
use crate::classifier::embedding::{DIMENSIONS, Embedding, Meaning};
use crate::classifier::feature::Idf;
use crate::classifier::file::{ModelFile, Tensor, write};
use crate::classifier::{Card, ModelError, ModelKind};
use safetensors::tensor::Dtype;
use std::sync::Arc;

/// Version of the layout below.
pub const FORMAT: u32 = 4;

impl TopicalityModel {
    /// Reads a model file that was trained with this embedding.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong with it.
    pub fn from_bytes(bytes: &[u8], embedding: Arc<Embedding>) -> Result<(Self, Card), ModelError> {
        let file = ModelFile::open(bytes, ModelKind::Topicality, FORMAT)?;
        file.expect_features(feature::definition(&embedding))?;
        let weights = file.floats("weights", &[2, COUNT])?;
        let bias = file.floats("bias", &[2])?;
        let platt = file.floats("calibration", &[2, 2])?;
        let of_drift = file.floats("drift", &[drift::COUNT + 3])?;
        let others = file.floats("others", &[file.length("others")?, DIMENSIONS])?;
        let idf = Idf(file.bytes("idf", Dtype::U8, &[IDF_BUCKETS])?.to_vec());
        let piece_idf = Idf(file.bytes("piece_idf", Dtype::U8, &[embedding.len()])?.to_vec());
        let others = others.as_chunks::<DIMENSIONS>().0.iter().filter_map(|row| Meaning::toward(*row)).collect();
        let regression = |row: usize| Regression {
            weights: std::array::from_fn(|k| weights[row * COUNT + k]),
            bias: bias[row],
            calibration: Sigmoid { slope: platt[2 * row], offset: platt[2 * row + 1] },
        };
        let [bias, slope, offset] = std::array::from_fn(|k| of_drift[drift::COUNT + k]);
        let weights = std::array::from_fn(|k| of_drift[k]);
        let drift = Regression { weights, bias, calibration: Sigmoid { slope, offset } };
        let reader = Reader { idf, piece_idf, embedding, others };
        let model = Self { reader, in_context: regression(0), alone: regression(1), drift };
        Ok((model, file.card))
    }

    /// Writes a model file; the same model and card give the same bytes.
    ///
    /// # Errors
    /// If the tensors don't fit the format, which would be a bug.
    pub fn to_bytes(&self, card: &Card) -> Result<Vec<u8>, safetensors::SafeTensorError> {
        let regressions = [&self.in_context, &self.alone];
        let calibration = regressions.map(|r| [r.calibration.slope, r.calibration.offset]);
        let others: Vec<f32> = self.reader.others.iter().flat_map(|m| *m.as_array()).collect();
        let idf = self.reader.idf.0.clone();
        let piece_idf = self.reader.piece_idf.0.clone();
        let Regression { weights, bias, calibration: Sigmoid { slope, offset } } = &self.drift;
        let of_drift = [&weights[..], &[*bias, *slope, *offset]].concat();
        let tensors = [
            Tensor { name: "idf", dtype: Dtype::U8, shape: vec![IDF_BUCKETS], data: idf },
            Tensor { name: "piece_idf", dtype: Dtype::U8, shape: vec![piece_idf.len()], data: piece_idf },
            Tensor::floats("others", &[self.reader.others.len(), DIMENSIONS], &others),
            Tensor::floats("weights", &[2, COUNT], regressions.map(|r| r.weights).as_flattened()),
            Tensor::floats("bias", &[2], &regressions.map(|r| r.bias)),
            Tensor::floats("calibration", &[2, 2], calibration.as_flattened()),
            // Weights, bias, slope and offset of the calibration.
            Tensor::floats("drift", &[of_drift.len()], &of_drift),
        ];
        write(card, &tensors)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::model;
    use super::*;
    use crate::classifier::ModelBytes;

    #[test]
    fn a_model_survives_its_file() {
        let (_, mut card) =
            TopicalityModel::from_bytes(ModelBytes::EMBEDDED.topicality, Embedding::embedded()).unwrap();
        let mut model = model();
        model.alone.calibration = Sigmoid { slope: 0.5, offset: -0.25 };
        let bytes = model.to_bytes(&card).unwrap();
        let (again, read) = TopicalityModel::from_bytes(&bytes, Embedding::embedded()).unwrap();
        assert_eq!(read, card);
        assert_eq!(again.in_context, model.in_context);
        assert_eq!(again.alone, model.alone);
        assert_eq!(again.drift, model.drift);
        assert_eq!(again.reader.others.len(), model.reader.others.len());
        card.features = "other".to_owned();
        let bytes = model.to_bytes(&card).unwrap();
        assert!(TopicalityModel::from_bytes(&bytes, Embedding::embedded()).is_err(), "other features");
    }
}
