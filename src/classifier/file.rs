//! Model files: safetensors, with the card as one JSON string of metadata.

use super::{Card, ModelError, ModelKind};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// The one metadata key; with more, the header's order would differ from run to run.
const CARD_KEY: &str = "ombud";

/// The card of any model file, whatever its kind, format and features.
///
/// # Errors
/// [`ModelError`] if it is no model file.
pub fn card(bytes: &[u8]) -> Result<Card, ModelError> {
    // Errors name a kind, which nobody knows yet; the abuse model is the one that sites replace.
    read(bytes, ModelKind::Abuse).map(|(_, card)| card)
}

/// The tensors and the card of a file that should hold a model of this kind.
fn read(bytes: &[u8], model: ModelKind) -> Result<(SafeTensors<'_>, Card), ModelError> {
    let damaged = |e: safetensors::SafeTensorError| ModelError::Damaged { model, cause: e.to_string() };
    let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let json = header.metadata().as_ref().and_then(|entries| entries.get(CARD_KEY));
    let bad_card = |cause: String| ModelError::Card { model, cause };
    let json = json.ok_or_else(|| bad_card(format!("no entry \"{CARD_KEY}\"")))?;
    let card = serde_json::from_str(json).map_err(|e| bad_card(e.to_string()))?;
    Ok((tensors, card))
}

/// An opened model file whose card has been checked.
pub(crate) struct ModelFile<'a> {
    model: ModelKind,
    pub card: Card,
    tensors: SafeTensors<'a>,
}

impl<'a> ModelFile<'a> {
    /// Opens a file and checks kind and format.
    pub fn open(bytes: &'a [u8], model: ModelKind, format: u32) -> Result<Self, ModelError> {
        let (tensors, card) = read(bytes, model)?;
        if card.kind != model {
            return Err(ModelError::Kind { expected: model, found: card.kind });
        }
        if card.format != format {
            return Err(ModelError::Format { model, expected: format, found: card.format });
        }
        Ok(Self { model, card, tensors })
    }

    /// Checks that the model was trained on the features that this ombud computes.
    pub fn expect_features(&self, expected: String) -> Result<(), ModelError> {
        let found = &self.card.features;
        if *found == expected {
            return Ok(());
        }
        Err(ModelError::Features { model: self.model, expected, found: found.clone() })
    }

    /// The bytes of a one-dimensional tensor of whatever length.
    pub fn bytes_of_any_length(&self, name: &'static str, dtype: Dtype) -> Result<&'a [u8], ModelError> {
        let length = self.length(name)?;
        self.bytes(name, dtype, &[length])
    }

    /// The first dimension of a tensor.
    pub fn length(&self, name: &'static str) -> Result<usize, ModelError> {
        let missing = ModelError::Missing { model: self.model, tensor: name };
        let view = self.tensors.tensor(name).map_err(|_| missing)?;
        Ok(view.shape().first().copied().unwrap_or(0))
    }

    /// The bytes of a tensor of the given type and shape.
    pub fn bytes(&self, name: &'static str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], ModelError> {
        let model = self.model;
        let view = self.tensors.tensor(name).map_err(|_| ModelError::Missing { model, tensor: name })?;
        if view.dtype() != dtype || view.shape() != shape {
            let expected = format!("{dtype:?} {shape:?}");
            let found = format!("{:?} {:?}", view.dtype(), view.shape());
            return Err(ModelError::Shape { model, tensor: name, expected, found });
        }
        Ok(view.data())
    }

    /// A tensor of 32-bit floats, all finite.
    pub fn floats(&self, name: &'static str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let (chunks, _) = self.bytes(name, Dtype::F32, shape)?.as_chunks::<4>();
        let values: Vec<f32> = chunks.iter().map(|c| f32::from_le_bytes(*c)).collect();
        if values.iter().all(|v| v.is_finite()) {
            Ok(values)
        } else {
            Err(ModelError::NotFinite { model: self.model, tensor: name })
        }
    }
}

/// One tensor to write: name, type, shape, little-endian bytes.
pub(crate) struct Tensor {
    pub name: &'static str,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

impl Tensor {
    pub fn floats(name: &'static str, shape: &[usize], values: &[f32]) -> Self {
        let data = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self { name, dtype: Dtype::F32, shape: shape.to_vec(), data }
    }
}

/// Writes a model file; the same card and tensors give the same bytes.
pub(crate) fn write(card: &Card, tensors: &[Tensor]) -> Result<Vec<u8>, safetensors::SafeTensorError> {
    let json = serde_json::to_string(card).unwrap_or_default();
    let views = tensors
        .iter()
        .map(|t| Ok((t.name, TensorView::new(t.dtype, t.shape.clone(), &t.data)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    safetensors::serialize(views, Some(HashMap::from([(CARD_KEY.to_owned(), json)])))
}
