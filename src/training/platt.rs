//! Calibration: Platt scaling by linfa's Newton method (Lin, Lin and Weng 2007).

use crate::classifier::Sigmoid;
use linfa::ParamGuard;
use linfa::composing::platt_scaling::{Platt, PlattError, platt_newton_method};
use ndarray::Array1;

/// Why scores could not be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum PlattFailure {
    #[error("there are {positives} positives and {negatives} negatives; both must occur")]
    OneClass { positives: usize, negatives: usize },
    #[error("a higher raw score does not go with the label")]
    Reversed,
    #[error(transparent)]
    Linfa(#[from] PlattError),
}

/// Fits the curve from raw scores to the probability of the label. The slope is positive: a higher raw
/// score never makes a lower probability.
///
/// # Errors
/// [`PlattFailure`] says why there is none.
pub fn calibrate(raw: &[f32], labels: &[bool]) -> Result<Sigmoid, PlattFailure> {
    let positives = labels.iter().filter(|label| **label).count();
    let negatives = labels.len() - positives;
    if positives == 0 || negatives == 0 {
        return Err(PlattFailure::OneClass { positives, negatives });
    }
    let raw: Array1<f64> = raw.iter().map(|r| f64::from(*r)).collect();
    let labels = Array1::from_vec(labels.to_vec());
    let params = Platt::<f64, ()>::params().check()?;
    let (a, b) = platt_newton_method(raw.view(), labels.view(), &params)?;
    // linfa's curve is 1 / (1 + exp(a·x + b)).
    #[expect(clippy::cast_possible_truncation, reason = "kept as f32 in the model file")]
    let sigmoid = Sigmoid { slope: -a as f32, offset: -b as f32 };
    if sigmoid.slope > 0.0 { Ok(sigmoid) } else { Err(PlattFailure::Reversed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::calibration::probability;

    #[test]
    fn higher_raw_scores_are_likelier() {
        let raw: Vec<f32> = (0..200u8).map(|i| f32::from(i) / 20.0 - 5.0).collect();
        let labels: Vec<bool> = (0..200).map(|i| i > 120 || (i > 80 && i % 3 == 0)).collect();
        let sigmoid = calibrate(&raw, &labels).unwrap();
        let p = |x: f32| probability(sigmoid.log_odds(x));
        assert!(p(4.5) > 0.9 && p(-4.5) < 0.1, "{} {}", p(4.5), p(-4.5));
        let expected = raw.iter().map(|r| p(*r)).sum::<f64>();
        let counted = labels.iter().filter(|l| **l).count();
        assert!((expected - f64::from(u32::try_from(counted).unwrap())).abs() < 2.0, "calibrated in the large");
    }

    #[test]
    fn what_cant_be_calibrated_is_refused() {
        assert!(matches!(calibrate(&[1.0], &[true]), Err(PlattFailure::OneClass { positives: 1, negatives: 0 })));
        let reversed = calibrate(&[1.0, 0.9, 0.0, -0.1, 0.5, 0.4], &[false, false, true, true, true, false]);
        assert!(matches!(reversed, Err(PlattFailure::Reversed)));
    }
}
