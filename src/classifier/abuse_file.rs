//! The abuse model as a file.

use super::abuse::{AbuseModel, COLUMNS};
use super::calibration::Sigmoid;
use super::embedding::{DIMENSIONS, Embedding};
use super::feature::{BUCKETS, Idf};
use super::file::{ModelFile, Tensor, write};
use super::lexicon::Lexicon;
use super::piece::{DenseWeights, PieceWeights};
use super::row;
use super::{Card, Curve, KNOTS, ModelError, ModelKind, PerspectiveAttribute, PerspectiveScale};
use crate::comment::Attribute;
use safetensors::tensor::Dtype;
use std::sync::Arc;

/// Version of the layout below.
pub const FORMAT: u32 = 3;

/// The tensor of the curves, in the order of the card.
const PERSPECTIVE: &str = "perspective";

impl AbuseModel {
    /// The abuse model that ships with ombud, as a file.
    pub const EMBEDDED: &[u8] = include_bytes!("../../models/abuse.safetensors");

    /// The model embedded in the binary, with the embedding beside it.
    ///
    /// # Panics
    /// Never in a build that passed its tests: they read it.
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_bytes(Self::EMBEDDED, &Embedding::embedded()).expect("the tests read the embedded model").0
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong with it.
    pub fn from_bytes(bytes: &[u8], embedding: &Arc<Embedding>) -> Result<(Self, Card), ModelError> {
        let file = ModelFile::open(bytes, ModelKind::Abuse, FORMAT)?;
        file.expect_features(row::definition(embedding))?;
        if let Some(attribute) = file.card.attributes.iter().copied().find(|a| !Attribute::ABUSE.contains(a)) {
            return Err(ModelError::Attribute { model: ModelKind::Abuse, attribute });
        }
        let (rows, _) = file.bytes("weights", Dtype::I8, &[BUCKETS, COLUMNS])?.as_chunks::<COLUMNS>();
        let per_column = |name| {
            let values = file.floats(name, &[COLUMNS])?;
            Ok::<[f32; COLUMNS], ModelError>(std::array::from_fn(|k| values[k]))
        };
        let dense = file.floats("dense", &[DIMENSIONS, COLUMNS])?;
        let dense: DenseWeights = std::array::from_fn(|d| std::array::from_fn(|k| dense[d * COLUMNS + k]));
        let platt = file.floats("calibration", &[COLUMNS, 2])?;
        let perspective = scale(&file)?;
        let table: Vec<[i8; COLUMNS]> = rows.iter().map(|row| row.map(u8::cast_signed)).collect();
        let idf = Idf(file.bytes("idf", Dtype::U8, &[BUCKETS])?.to_vec());
        let pieces = PieceWeights::fold(embedding, &dense);
        let model = Self {
            lexicon: Lexicon::of(&table, &idf, &pieces),
            table,
            idf,
            pieces,
            scale: per_column("scale")?,
            bias: per_column("bias")?,
            calibration: std::array::from_fn(|k| Sigmoid { slope: platt[2 * k], offset: platt[2 * k + 1] }),
            attributes: file.card.attributes.clone(),
            perspective,
        };
        Ok((model, file.card))
    }

    /// Writes a model file; the same model and card give the same bytes.
    ///
    /// # Errors
    /// If the tensors don't fit the format, which would be a bug.
    pub fn to_bytes(&self, card: &Card) -> Result<Vec<u8>, safetensors::SafeTensorError> {
        let weights = self.table.iter().flatten().map(|w| w.cast_unsigned()).collect();
        let platt: Vec<f32> = self.calibration.iter().flat_map(|s| [s.slope, s.offset]).collect();
        let curves: Vec<&Curve> = self.perspective.attributes().filter_map(|a| self.perspective.curve(a)).collect();
        let knots: Vec<f32> = curves.iter().flat_map(|curve| curve.knots().as_flattened()).copied().collect();
        let tensors = [
            Tensor { name: "weights", dtype: Dtype::I8, shape: vec![BUCKETS, COLUMNS], data: weights },
            Tensor { name: "idf", dtype: Dtype::U8, shape: vec![BUCKETS], data: self.idf.0.clone() },
            Tensor::floats("dense", &[DIMENSIONS, COLUMNS], self.pieces.dense.as_flattened()),
            Tensor::floats("scale", &[COLUMNS], &self.scale),
            Tensor::floats("bias", &[COLUMNS], &self.bias),
            Tensor::floats("calibration", &[COLUMNS, 2], &platt),
            Tensor::floats(PERSPECTIVE, &[curves.len(), KNOTS, 2], &knots),
        ];
        write(card, &tensors)
    }
}

/// The curves that the card names.
fn scale(file: &ModelFile<'_>) -> Result<PerspectiveScale, ModelError> {
    let attributes: &[PerspectiveAttribute] = file.card.perspective.as_ref().map_or(&[], |note| &note.attributes);
    let values = file.floats(PERSPECTIVE, &[attributes.len(), KNOTS, 2])?;
    let mut scale = PerspectiveScale::default();
    for (attribute, values) in attributes.iter().copied().zip(values.chunks_exact(2 * KNOTS)) {
        let knots = std::array::from_fn(|k| [values[2 * k], values[2 * k + 1]]);
        let curve = Curve::through(knots).filter(|_| attribute.is_mapped());
        let missing = ModelError::NoCurve { model: ModelKind::Abuse, tensor: PERSPECTIVE, attribute };
        scale.set(attribute, Some(curve.ok_or(missing)?));
    }
    Ok(scale)
}

#[cfg(test)]
mod tests {
    use super::super::abuse::tests::EMBEDDING;
    use super::*;
    use crate::classifier::ScaleNote;
    use std::collections::BTreeMap;

    fn card() -> Card {
        Card {
            kind: ModelKind::Abuse,
            format: FORMAT,
            features: row::definition(&EMBEDDING),
            attributes: vec![Attribute::Insult],
            seed: 1,
            may_ship: true,
            command: String::new(),
            sources: Vec::new(),
            calibration: String::new(),
            metrics: BTreeMap::new(),
            perspective: None,
            site: None,
        }
    }

    fn model() -> AbuseModel {
        super::super::abuse::tests::model(&[("idiot", 90)])
    }

    fn refusal(model: &AbuseModel, card: &Card) -> ModelError {
        AbuseModel::from_bytes(&model.to_bytes(card).unwrap(), &EMBEDDING).err().unwrap()
    }

    #[test]
    fn a_file_reads_back() {
        let bytes = model().to_bytes(&card()).unwrap();
        assert_eq!(bytes, model().to_bytes(&card()).unwrap());
        let (read, read_card) = AbuseModel::from_bytes(&bytes, &EMBEDDING).unwrap();
        assert_eq!(read_card, card());
        assert_eq!(read.table, model().table);
        assert_eq!(read.calibration, model().calibration);
    }

    /// A model with a curve for two attributes, and its card.
    fn with_curves() -> (AbuseModel, Card) {
        let (mut model, attributes) = (model(), [PerspectiveAttribute::Toxicity, PerspectiveAttribute::Threat]);
        for (attribute, lowest) in attributes.into_iter().zip([-4.5f32, -6.25]) {
            let mut knots = [[lowest; 2]; KNOTS];
            for (knot, place) in knots.iter_mut().zip(0u8..) {
                *knot = [lowest + f32::from(place), lowest + 1.5 * f32::from(place)];
            }
            model.perspective.set(attribute, Curve::through(knots));
        }
        let note = ScaleNote { attributes: attributes.to_vec(), fitted: String::new() };
        (model, Card { perspective: Some(note), ..card() })
    }

    #[test]
    fn curves_read_back() {
        let (model, card) = with_curves();
        let (read, read_card) = AbuseModel::from_bytes(&model.to_bytes(&card).unwrap(), &EMBEDDING).unwrap();
        assert_eq!((read.perspective, read_card), (model.perspective, card));
    }

    #[test]
    fn curves_other_than_the_cards_are_refused() {
        let (model, card) = with_curves();
        let naming = |attributes| Card { perspective: Some(ScaleNote { attributes, fitted: String::new() }), ..card };
        let fewer = naming(vec![PerspectiveAttribute::Toxicity]);
        assert!(matches!(refusal(&model, &fewer), ModelError::Shape { tensor: "perspective", .. }));
        let unmapped = [PerspectiveAttribute::Toxicity, PerspectiveAttribute::Spam].to_vec();
        let unmapped = Card { perspective: Some(ScaleNote { attributes: unmapped, fitted: String::new() }), ..fewer };
        let expected = PerspectiveAttribute::Spam;
        assert!(matches!(refusal(&model, &unmapped), ModelError::NoCurve { attribute, .. } if attribute == expected));
    }

    #[test]
    fn damage_is_refused() {
        let bytes = model().to_bytes(&card()).unwrap();
        for length in [0, 7, 100, bytes.len() - 1] {
            let error = AbuseModel::from_bytes(&bytes[..length], &EMBEDDING).err().unwrap();
            assert!(matches!(error, ModelError::Damaged { .. }), "{length}: {error}");
        }
    }

    #[test]
    fn another_card_is_refused() {
        let kind = Card { kind: ModelKind::Topicality, ..card() };
        assert!(matches!(refusal(&model(), &kind), ModelError::Kind { .. }));
        let format = Card { format: FORMAT + 1, ..card() };
        assert!(matches!(refusal(&model(), &format), ModelError::Format { .. }));
        let features = Card { features: "other".to_owned(), ..card() };
        assert!(matches!(refusal(&model(), &features), ModelError::Features { .. }));
        let attribute = Card { attributes: vec![Attribute::OffTopic], ..card() };
        assert!(matches!(refusal(&model(), &attribute), ModelError::Attribute { .. }));
    }

    #[test]
    fn other_tensors_are_refused() {
        let mut not_a_number = model();
        not_a_number.bias[3] = f32::NAN;
        assert!(matches!(refusal(&not_a_number, &card()), ModelError::NotFinite { tensor: "bias", .. }));
        let bytes = write(&card(), &[]).unwrap();
        assert!(matches!(
            AbuseModel::from_bytes(&bytes, &EMBEDDING),
            Err(ModelError::Missing { tensor: "weights", .. })
        ));
        let short = [Tensor { name: "weights", dtype: Dtype::I8, shape: vec![1, COLUMNS], data: vec![0; COLUMNS] }];
        let bytes = write(&card(), &short).unwrap();
        assert!(matches!(AbuseModel::from_bytes(&bytes, &EMBEDDING), Err(ModelError::Shape { .. })));
        let bytes = safetensors::serialize(Vec::<(&str, safetensors::tensor::TensorView<'_>)>::new(), None).unwrap();
        assert!(matches!(AbuseModel::from_bytes(&bytes, &EMBEDDING), Err(ModelError::Card { .. })));
    }
}
