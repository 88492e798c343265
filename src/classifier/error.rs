//! Why a model file can't be used.

/// Which of the model files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    Embedding,
    Abuse,
    Topicality,
}

impl std::fmt::Display for ModelKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Embedding => "embedding",
            Self::Abuse => "abuse",
            Self::Topicality => "topicality",
        })
    }
}

/// A model file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("the {model} model is no safetensors file, or a damaged one: {cause}")]
    Damaged { model: ModelKind, cause: String },
    #[error("the {model} model has no readable card in its metadata: {cause}")]
    Card { model: ModelKind, cause: String },
    #[error("a {expected} model was expected, and the file holds a {found} model")]
    Kind { expected: ModelKind, found: ModelKind },
    #[error("the {model} model has format {found}, and this ombud reads format {expected}; train it anew")]
    Format { model: ModelKind, expected: u32, found: u32 },
    #[error(
        "the {model} model was trained on features {found}, and this ombud computes features {expected}; train it anew"
    )]
    Features { model: ModelKind, expected: String, found: String },
    #[error("the {model} model lacks the tensor \"{tensor}\"")]
    Missing { model: ModelKind, tensor: &'static str },
    #[error("tensor \"{tensor}\" of the {model} model is {found}, not {expected}")]
    Shape { model: ModelKind, tensor: &'static str, expected: String, found: String },
    #[error("tensor \"{tensor}\" of the {model} model holds a number that is not finite")]
    NotFinite { model: ModelKind, tensor: &'static str },
    #[error("tensor \"{tensor}\" of the {model} model has no rising curve for {attribute}")]
    NoCurve { model: ModelKind, tensor: &'static str, attribute: super::PerspectiveAttribute },
    #[error("the vocabulary of the {model} model: {cause}")]
    Vocabulary { model: ModelKind, cause: String },
    #[error("the {model} model claims to score {attribute}, which is not its business")]
    Attribute { model: ModelKind, attribute: crate::comment::Attribute },
}
