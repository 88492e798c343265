//! How the classifiers learn, on linfa. Pure and seeded: the same rows and settings give the same bytes.
//!
//! Nothing here opens a file; [`dataset`] reads what the command line has opened.

pub mod abuse;
pub mod attack;
pub mod augment;
pub mod dataset;
pub mod evaluation;
pub mod ftrl;
pub mod perspective;
pub mod perspective_scale;
pub mod platt;
pub mod primer;
pub mod site;
pub mod source;
pub mod sparse;
pub mod suite;
pub mod topicality;
mod votes;

/// How to train.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Orders the rows and picks those for calibration.
    pub seed: u64,
    /// The command that was given, for the card.
    pub command: String,
}

/// Hears how far long work has come.
pub trait Progress {
    /// A stage of `total` steps begins.
    fn stage(&mut self, name: &str, total: usize);
    /// So many steps of it are done.
    fn advance(&mut self, steps: usize);
}

/// Nobody listens.
impl Progress for () {
    fn stage(&mut self, _name: &str, _total: usize) {}
    fn advance(&mut self, _steps: usize) {}
}

/// Why a classifier could not be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    #[error("there are no rows to {0}")]
    NoRows(&'static str),
    #[error("sparse rows: {0}")]
    Rows(#[from] sparse::MalformedRows),
    #[error("sparse FTRL: {0}")]
    Ftrl(#[from] ftrl::FtrlError),
    #[error("calibrating {name}: {cause}")]
    Calibration { name: String, cause: platt::PlattFailure },
    #[error("the curve from {attribute} to Perspective's scale: {cause}")]
    Scale { attribute: crate::classifier::PerspectiveAttribute, cause: String },
    #[error("logistic regression: {0}")]
    Logistic(String),
    #[error("writing the model: {0}")]
    Write(#[from] safetensors::SafeTensorError),
}
