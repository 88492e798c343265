//! Sparse rows for linfa's traits.

use linfa::dataset::Records;
use ndarray::Array2;
use sprs::CsMatI;

/// Rows whose features do not ascend, or lie out of bounds.
#[derive(Debug, thiserror::Error)]
#[error("rows must have ascending features within bounds")]
pub struct MalformedRows;

/// Sparse rows as linfa records. A type of our own, as neither the trait nor the matrix is ours.
#[derive(Debug, Clone)]
pub struct SparseRecords {
    matrix: CsMatI<f32, u32>,
    offsets: Option<Array2<f32>>,
}

impl SparseRecords {
    /// Rows of (feature, value), features ascending and below `features`.
    ///
    /// # Errors
    /// [`MalformedRows`] if they are not.
    pub fn from_rows(rows: &[Vec<(u32, f32)>], features: usize) -> Result<Self, MalformedRows> {
        let mut starts = vec![0u32];
        for row in rows {
            let length = u32::try_from(row.len()).map_err(|_| MalformedRows)?;
            starts.push(starts[starts.len() - 1].checked_add(length).ok_or(MalformedRows)?);
        }
        let indices = rows.iter().flatten().map(|(feature, _)| *feature).collect();
        let values = rows.iter().flatten().map(|(_, value)| *value).collect();
        let matrix = CsMatI::try_new((rows.len(), features), starts, indices, values);
        matrix.map(|matrix| Self { matrix, offsets: None }).map_err(|_| MalformedRows)
    }

    /// Log-odds that each row starts from, one column a label: what is known before anything is learned.
    /// The offset of a generalised linear model (`McCullagh` and Nelder 1989).
    #[must_use]
    pub fn with_offsets(mut self, offsets: Array2<f32>) -> Self {
        self.offsets = Some(offsets);
        self
    }

    /// The matrix: one row a text, one column a feature.
    #[must_use]
    pub const fn matrix(&self) -> &CsMatI<f32, u32> {
        &self.matrix
    }

    /// The offsets, if there are any.
    #[must_use]
    pub const fn offsets(&self) -> Option<&Array2<f32>> {
        self.offsets.as_ref()
    }
}

impl Records for SparseRecords {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.matrix.rows()
    }

    fn nfeatures(&self) -> usize {
        self.matrix.cols()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_rows_are_refused() {
        assert!(SparseRecords::from_rows(&[vec![(0, 1.0), (2, 1.0)], vec![]], 3).is_ok());
        assert!(SparseRecords::from_rows(&[vec![(5, 1.0)]], 3).is_err());
        assert!(SparseRecords::from_rows(&[vec![(2, 1.0), (1, 1.0)]], 3).is_err());
    }
}
