//! How alike two scores order the same rows: Spearman's rank correlation (Spearman 1904), on the rows or on a resample.

/// Rows in the order of one score, with where each run of equal scores ends.
struct Order {
    rows: Vec<usize>,
    ends: Vec<usize>,
}

impl Order {
    fn of(scores: &[f64]) -> Self {
        let mut rows: Vec<usize> = (0..scores.len()).collect();
        rows.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        let mut end = 0;
        let runs = rows.chunk_by(|a, b| scores[*a].total_cmp(&scores[*b]).is_eq());
        let ends = runs.map(|run| {
            end += run.len();
            end
        });
        Self { ends: ends.collect(), rows }
    }

    /// The mean rank of each row among those drawn; equal scores share theirs.
    fn ranks(&self, counts: &[u32]) -> Vec<f64> {
        let mut ranks = vec![0.0; self.rows.len()];
        let (mut start, mut below) = (0, 0.0);
        for end in &self.ends {
            let run = &self.rows[start..*end];
            let drawn: f64 = run.iter().map(|row| f64::from(counts[*row])).sum();
            for row in run {
                ranks[*row] = below + f64::midpoint(drawn, 1.0);
            }
            (start, below) = (*end, below + drawn);
        }
        ranks
    }
}

/// Two scores of the same rows.
pub struct Pairs(Order, Order);

impl Pairs {
    /// Sorts both; `a[i]` and `b[i]` are of the same row.
    #[must_use]
    pub fn new(a: &[f64], b: &[f64]) -> Self {
        Self(Order::of(a), Order::of(b))
    }

    /// The rank correlation, -1 to 1, if row `i` is drawn `counts[i]` times. `None` where one score is the same for all.
    #[must_use]
    pub fn rank_correlation(&self, counts: &[u32]) -> Option<f64> {
        let (a, b) = (self.0.ranks(counts), self.1.ranks(counts));
        let drawn: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let middle = f64::midpoint(drawn, 1.0);
        let sum = |of: &dyn Fn(usize) -> f64| (0..a.len()).map(|row| f64::from(counts[row]) * of(row)).sum::<f64>();
        let both = sum(&|row| (a[row] - middle) * (b[row] - middle));
        let squares = sum(&|row| (a[row] - middle).powi(2)) * sum(&|row| (b[row] - middle).powi(2));
        (squares > 0.0).then(|| both / squares.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: &[f64], b: &[f64], counts: &[u32], expected: f64) {
        let value = Pairs::new(a, b).rank_correlation(counts).unwrap();
        assert!((value - expected).abs() < 1e-12, "{value} {expected}");
    }

    #[test]
    fn correlations_by_hand() {
        let a = [0.1, 0.2, 0.3, 0.9, 1.0];
        near(&a, &[1.0, 2.0, 3.0, 4.0, 50.0], &[1; 5], 1.0);
        near(&a, &[5.0, 4.0, 3.0, 2.0, 1.0], &[1; 5], -1.0);
        // 1 - 6 Σd² / (n (n² - 1)), with d = 1, 1, 0, 1, 1.
        near(&a, &[2.0, 1.0, 3.0, 5.0, 4.0], &[1; 5], 0.8);
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
        near(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0], &[1; 4], 4.5 / (4.5f64 * 5.0).sqrt());
        assert_eq!(Pairs::new(&[1.0, 1.0], &[1.0, 2.0]).rank_correlation(&[1; 2]), None);
        assert_eq!(Pairs::new(&[], &[]).rank_correlation(&[]), None);
    }

    #[test]
    fn a_resample_counts_like_repeated_rows() {
        let (a, b) = ([0.4, 0.1, 0.4, 0.8], [0.3, 0.2, 0.9, 0.5]);
        let repeated = Pairs::new(&[0.4, 0.4, 0.4, 0.8], &[0.3, 0.3, 0.9, 0.5]).rank_correlation(&[1; 4]).unwrap();
        near(&a, &b, &[2, 0, 1, 1], repeated);
    }
}
