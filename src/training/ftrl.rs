//! `SparseFtrl`: logistic regression on sparse rows, many labels at once, by follow-the-regularised-leader.
//!
//! linfa's own estimators take dense matrices only; this one stands on linfa's traits. The update is
//! that of `McMahan` et al., "Ad Click Prediction: a View from the Trenches" (KDD 2013), algorithm 1,
//! starting from z = 0 and with a bias of its own.

use super::sparse::SparseRecords;
use linfa::dataset::{DatasetBase, Pr, Records};
use linfa::traits::{Fit, FitWith, PredictInplace};
use linfa::{Float as _, ParamGuard};
use ndarray::Array2;

/// Why nothing could be learned.
#[derive(Debug, thiserror::Error)]
pub enum FtrlError {
    #[error("alpha, beta and the weights of positives must be positive, l1 and l2 not negative, and all finite")]
    Params,
    #[error("{targets} rows of targets for {rows} rows of features")]
    Targets { rows: usize, targets: usize },
    #[error("offsets of shape {offsets:?} for targets of shape {targets:?}")]
    Offsets { offsets: (usize, usize), targets: (usize, usize) },
    #[error("the model has {model} features and labels, the data {data}")]
    Model { model: String, data: String },
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Unchecked parameters of [`SparseFtrl`].
#[derive(Debug, Clone, PartialEq)]
pub struct SparseFtrlParams(SparseFtrl);

/// The estimator, with checked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseFtrl {
    alpha: f32,
    beta: f32,
    l1: f32,
    l2: f32,
    positive_weights: Vec<f32>,
    /// How many of the features each label sees; all beyond the end.
    sees: Vec<usize>,
}

impl SparseFtrl {
    /// Parameters that suit rows of length 1: alpha 2, beta 1, l1 0.2, l2 0, positives of weight 1.
    #[must_use]
    pub const fn params() -> SparseFtrlParams {
        SparseFtrlParams(Self {
            alpha: 2.0,
            beta: 1.0,
            l1: 0.2,
            l2: 0.0,
            positive_weights: Vec::new(),
            sees: Vec::new(),
        })
    }
}

impl SparseFtrlParams {
    /// The learning rate of a feature never seen.
    #[must_use]
    pub fn alpha(mut self, alpha: f32) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// How slowly the rate falls at first.
    #[must_use]
    pub fn beta(mut self, beta: f32) -> Self {
        self.0.beta = beta;
        self
    }

    /// Gradient that a feature must gather before it counts: keeps the model sparse.
    #[must_use]
    pub fn l1(mut self, l1: f32) -> Self {
        self.0.l1 = l1;
        self
    }

    /// Pull towards zero.
    #[must_use]
    pub fn l2(mut self, l2: f32) -> Self {
        self.0.l2 = l2;
        self
    }

    /// How much a positive counts beside a negative, by label; 1 beyond the end. More than 1 helps rare
    /// labels, and shifts their bias, which calibration takes back.
    #[must_use]
    pub fn positive_weights(mut self, weights: &[f32]) -> Self {
        self.0.positive_weights = weights.to_vec();
        self
    }

    /// How many of the features, from the first, each label learns from; all of them beyond the end.
    #[must_use]
    pub fn sees(mut self, features: &[usize]) -> Self {
        self.0.sees = features.to_vec();
        self
    }
}

impl ParamGuard for SparseFtrlParams {
    type Checked = SparseFtrl;
    type Error = FtrlError;

    fn check_ref(&self) -> Result<&SparseFtrl, FtrlError> {
        let SparseFtrl { alpha, beta, l1, l2, positive_weights, sees: _ } = &self.0;
        let positive = [alpha, beta].into_iter().chain(positive_weights).all(|p| p.is_finite() && *p > 0.0);
        let not_negative = [l1, l2].iter().all(|p| p.is_finite() && **p >= 0.0);
        if positive && not_negative { Ok(&self.0) } else { Err(FtrlError::Params) }
    }

    fn check(self) -> Result<SparseFtrl, FtrlError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// What has been learned so far; can learn on.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedFtrl {
    params: SparseFtrl,
    /// One row a feature and a last one for the bias; one column a label.
    z: Array2<f32>,
    n: Array2<f32>,
}

impl FittedFtrl {
    fn new(params: &SparseFtrl, features: usize, labels: usize) -> Self {
        let zeros = Array2::zeros((features + 1, labels));
        Self { params: params.clone(), z: zeros.clone(), n: zeros }
    }

    /// The weight of a feature for a label, in log-odds per unit.
    #[must_use]
    pub fn weight(&self, feature: usize, label: usize) -> f32 {
        self.params.weight(self.z[[feature, label]], self.n[[feature, label]], self.params.l1)
    }

    /// The log-odds of a label where no feature speaks.
    #[must_use]
    pub fn bias(&self, label: usize) -> f32 {
        let row = self.z.nrows() - 1;
        self.params.weight(self.z[[row, label]], self.n[[row, label]], 0.0)
    }

    fn log_odds(&self, row: &[(usize, f32)], label: usize) -> f32 {
        self.bias(label) + row.iter().map(|(feature, value)| self.weight(*feature, label) * value).sum::<f32>()
    }

    /// Learns from one row of targets and the log-odds they start from; a NaN target teaches nothing.
    fn learn(&mut self, row: &[(usize, f32)], targets: impl Iterator<Item = (f32, f32)>, importance: f32) {
        let bias = self.z.nrows() - 1;
        for (label, (target, offset)) in targets.enumerate() {
            if target.is_nan() {
                continue;
            }
            let seen = self.params.sees.get(label).map_or(row.len(), |sees| row.partition_point(|(f, _)| f < sees));
            let row = &row[..seen];
            let positive_weight = self.params.positive_weights.get(label).copied().unwrap_or(1.0);
            // A soft target is part positive, part negative.
            let importance = importance * (positive_weight - 1.0).mul_add(target, 1.0);
            let gradient = (logistic(offset + self.log_odds(row, label)) - target) * importance;
            for (feature, value) in row {
                let weight = self.weight(*feature, label);
                self.step(*feature, label, gradient * value, weight);
            }
            self.step(bias, label, gradient, self.bias(label));
        }
    }

    fn step(&mut self, feature: usize, label: usize, gradient: f32, weight: f32) {
        let n = &mut self.n[[feature, label]];
        let sum = gradient.mul_add(gradient, *n);
        let sigma = (sum.sqrt() - n.sqrt()) / self.params.alpha;
        *n = sum;
        self.z[[feature, label]] += gradient - sigma * weight;
    }
}

impl SparseFtrl {
    fn weight(&self, z: f32, n: f32, l1: f32) -> f32 {
        if z.abs() <= l1 { 0.0 } else { -(z - z.signum() * l1) / ((self.beta + n.sqrt()) / self.alpha + self.l2) }
    }
}

fn logistic(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Fit<SparseRecords, Array2<f32>, FtrlError> for SparseFtrl {
    type Object = FittedFtrl;

    /// One pass over the rows, in their order.
    fn fit(&self, dataset: &DatasetBase<SparseRecords, Array2<f32>>) -> Result<FittedFtrl, FtrlError> {
        self.fit_with(None, dataset)
    }
}

impl<'a> FitWith<'a, SparseRecords, Array2<f32>, FtrlError> for SparseFtrl {
    type ObjectIn = Option<FittedFtrl>;
    type ObjectOut = FittedFtrl;

    /// Learns on: two halves one after the other teach what the whole teaches.
    ///
    /// Targets are probabilities, one column a label; NaN is unknown. The dataset's weights, if set, say
    /// how much each row counts; the records' offsets, if set, what is added to the log-odds.
    fn fit_with(
        &self,
        model: Option<FittedFtrl>,
        dataset: &'a DatasetBase<SparseRecords, Array2<f32>>,
    ) -> Result<FittedFtrl, FtrlError> {
        let (rows, features) = (dataset.records.nsamples(), dataset.records.nfeatures());
        let (targets, labels) = dataset.targets.dim();
        if targets != rows || dataset.weights().is_some_and(|w| w.len() != rows) {
            return Err(FtrlError::Targets { rows, targets });
        }
        let offsets = dataset.records.offsets();
        if let Some(offsets) = offsets.map(Array2::dim).filter(|shape| *shape != (targets, labels)) {
            return Err(FtrlError::Offsets { offsets, targets: (targets, labels) });
        }
        let mut model = model.unwrap_or_else(|| FittedFtrl::new(self, features, labels));
        if model.z.dim() != (features + 1, labels) {
            let (model, data) = (format!("{:?}", model.z.dim()), format!("{:?}", (features + 1, labels)));
            return Err(FtrlError::Model { model, data });
        }
        for (index, row) in dataset.records.matrix().outer_iterator().enumerate() {
            let row: Vec<(usize, f32)> = row.iter().map(|(feature, value)| (feature, *value)).collect();
            let importance = dataset.weights().map_or(1.0, |w| w[index]);
            let offset = |label| offsets.map_or(0.0, |offsets| offsets[[index, label]]);
            let targets = dataset.targets.row(index).into_iter().enumerate();
            model.learn(&row, targets.map(|(label, target)| (*target, offset(label))), importance);
        }
        Ok(model)
    }
}

impl PredictInplace<SparseRecords, Array2<Pr>> for FittedFtrl {
    fn predict_inplace(&self, records: &SparseRecords, probabilities: &mut Array2<Pr>) {
        for (index, row) in records.matrix().outer_iterator().enumerate() {
            let row: Vec<(usize, f32)> = row.iter().map(|(feature, value)| (feature, *value)).collect();
            for label in 0..self.z.ncols() {
                let offset = records.offsets().map_or(0.0, |offsets| offsets[[index, label]]);
                let probability = logistic(offset + self.log_odds(&row, label));
                probabilities[[index, label]] = Pr::new_unchecked(f32::cast(probability));
            }
        }
    }

    fn default_target(&self, records: &SparseRecords) -> Array2<Pr> {
        Array2::from_elem((records.nsamples(), self.z.ncols()), Pr::even())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::traits::Predict;
    use ndarray::{Array1, array, s};

    /// Feature 0 makes label 0, feature 1 makes label 1, feature 2 is in every row.
    fn dataset() -> DatasetBase<SparseRecords, Array2<f32>> {
        let rows: Vec<Vec<(u32, f32)>> = (0..400).map(|i| vec![(i % 2, 0.7), (2, 0.7)]).collect();
        let targets = Array2::from_shape_fn((400, 2), |(i, k)| if i % 2 == k { 1.0 } else { 0.0 });
        DatasetBase::new(SparseRecords::from_rows(&rows, 3).unwrap(), targets)
    }

    #[test]
    fn it_learns_and_predicts() {
        let data = dataset();
        let model = SparseFtrl::params().fit(&data).unwrap();
        let predicted: Array2<Pr> = model.predict(&data);
        assert!(*predicted[[0, 0]] > 0.9 && *predicted[[1, 0]] < 0.1 && *predicted[[1, 1]] > 0.9);
        assert_eq!(model, SparseFtrl::params().fit(&data).unwrap());
    }

    #[test]
    fn unknown_targets_teach_nothing() {
        let mut data = dataset();
        data.targets.column_mut(1).fill(f32::NAN);
        let model = SparseFtrl::params().fit(&data).unwrap();
        assert_eq!((0..3).map(|f| model.weight(f, 1)).collect::<Vec<_>>(), [0.0; 3]);
        assert!(model.bias(1).abs() < f32::EPSILON);
        assert!((model.weight(0, 0) - SparseFtrl::params().fit(&dataset()).unwrap().weight(0, 0)).abs() < 1e-6);
    }

    #[test]
    fn halves_teach_what_the_whole_teaches() {
        let whole = dataset();
        let half = |range: std::ops::Range<usize>| {
            let rows: Vec<Vec<(u32, f32)>> =
                range.clone().map(|i| vec![(u32::from(i % 2 == 1), 0.7), (2, 0.7)]).collect();
            let targets = whole.targets.slice(s![range, ..]).to_owned();
            DatasetBase::new(SparseRecords::from_rows(&rows, 3).unwrap(), targets)
        };
        let (first, second) = (half(0..200), half(200..400));
        let model = SparseFtrl::params().fit_with(None, &first).unwrap();
        let model = SparseFtrl::params().fit_with(Some(model), &second).unwrap();
        assert_eq!(model, SparseFtrl::params().fit(&whole).unwrap());
    }

    #[test]
    fn what_the_offsets_know_is_not_learned_again() {
        let mut data = dataset();
        let known = data.targets.mapv(|target| if target > 0.5 { 4.0 } else { -4.0 });
        data.records = data.records.with_offsets(known);
        let model = SparseFtrl::params().fit(&data).unwrap();
        let unaware = SparseFtrl::params().fit(&dataset()).unwrap();
        assert!(model.weight(0, 0).abs() < unaware.weight(0, 0) / 2.0);
        let predicted: Array2<Pr> = model.predict(&data);
        assert!(*predicted[[0, 0]] > 0.9, "offsets count when predicting too");
        data.records = data.records.with_offsets(Array2::zeros((400, 3)));
        assert!(matches!(SparseFtrl::params().fit(&data), Err(FtrlError::Offsets { .. })));
    }

    #[test]
    fn weightless_rows_teach_nothing() {
        let data = dataset().with_weights(Array1::zeros(400));
        let model = SparseFtrl::params().fit(&data).unwrap();
        assert!(model.weight(0, 0).abs() < f32::EPSILON);
    }

    #[test]
    fn weighted_positives_raise_the_odds() {
        let mut data = dataset();
        data.targets.fill(0.3);
        let odds = |weights: &[f32]| SparseFtrl::params().positive_weights(weights).fit(&data).unwrap().bias(0);
        assert!(odds(&[4.0]) > odds(&[1.0]));
        assert!((odds(&[]) - odds(&[1.0])).abs() < f32::EPSILON);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(matches!(SparseFtrl::params().beta(0.0).fit(&dataset()), Err(FtrlError::Params)));
        assert!(SparseFtrl::params().alpha(f32::NAN).fit(&dataset()).is_err());
        let few = DatasetBase::new(SparseRecords::from_rows(&[vec![(0, 1.0)]], 3).unwrap(), array![[1.0], [0.0]]);
        assert!(matches!(SparseFtrl::params().fit(&few), Err(FtrlError::Targets { rows: 1, targets: 2 })));
    }
}
