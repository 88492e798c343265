//! Scored rows in order, so that every figure is one pass over them, on the rows or on a resample.

/// A score that is no number can't be ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the score of row {row} is not a number")]
pub struct NotANumber {
    /// From 0, in the order given.
    pub row: usize,
}

/// A score beside the truth, as a row of a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// What is drawn together in a resample: the row's place in the data set.
    pub unit: usize,
    /// Higher means more likely positive; a probability where calibration is measured.
    pub score: f64,
    /// The share of people who said yes, 0 to 1.
    pub label: f64,
    /// Whether that share counts as a yes.
    pub positive: bool,
}

/// All rows of one score, counted together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Run {
    pub score: f64,
    pub rows: u64,
    pub positives: u64,
    /// Sum of the labels.
    pub labels: f64,
}

/// Rows sorted once, by ascending score.
pub struct Ranking {
    rows: Vec<Scored>,
    /// Where each run of equal scores ends.
    ends: Vec<usize>,
}

impl Ranking {
    /// Sorts the rows.
    ///
    /// # Errors
    /// [`NotANumber`] if a score is NaN.
    pub fn new(rows: impl IntoIterator<Item = Scored>) -> Result<Self, NotANumber> {
        let mut rows: Vec<Scored> = rows.into_iter().collect();
        if let Some(row) = rows.iter().position(|r| r.score.is_nan()) {
            return Err(NotANumber { row });
        }
        rows.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.unit.cmp(&b.unit)));
        let equal = |a: &Scored, b: &Scored| a.score.partial_cmp(&b.score).is_some_and(std::cmp::Ordering::is_eq);
        let mut end = 0;
        let ends = rows.chunk_by(equal).map(|run| {
            end += run.len();
            end
        });
        let ends = ends.collect();
        Ok(Self { rows, ends })
    }

    /// The rows, by ascending score.
    #[must_use]
    pub fn rows(&self) -> &[Scored] {
        &self.rows
    }

    /// The runs of equal scores, ascending.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        self.tally(|_| 1)
    }

    /// The same on a resample in which each unit is drawn `counts[unit]` times. Runs that nobody drew are
    /// left out.
    #[must_use]
    pub fn resampled(&self, counts: &[u32]) -> Vec<Run> {
        self.tally(|unit| u64::from(counts[unit]))
    }

    fn tally(&self, count: impl Fn(usize) -> u64) -> Vec<Run> {
        let mut runs = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for end in &self.ends {
            let mut run = Run { score: self.rows[start].score, ..Run::default() };
            for row in &self.rows[start..*end] {
                let times = count(row.unit);
                run.rows += times;
                run.positives += if row.positive { times } else { 0 };
                run.labels += row.label * float(times);
            }
            start = *end;
            if run.rows > 0 {
                runs.push(run);
            }
        }
        runs
    }
}

/// A count as a float: exact, as no data set here has 2^53 rows.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
pub(in super::super) const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Rows with hard labels, each a unit of its own.
    pub(in super::super) fn ranking(rows: &[(f64, bool)]) -> Ranking {
        let scored = |(unit, (score, positive)): (usize, &(f64, bool))| {
            let label = f64::from(u8::from(*positive));
            Scored { unit, score: *score, label, positive: *positive }
        };
        Ranking::new(rows.iter().enumerate().map(scored)).unwrap()
    }

    #[test]
    fn equal_scores_are_one_run() {
        let ranking = ranking(&[(0.5, true), (0.1, false), (0.5, false), (0.0, false), (-0.0, true)]);
        let runs = ranking.runs();
        assert_eq!(runs.iter().map(|r| (r.rows, r.positives)).collect::<Vec<_>>(), [(2, 1), (1, 0), (2, 1)]);
        let drawn = ranking.resampled(&[3, 0, 1, 1, 0]);
        assert_eq!(drawn.iter().map(|r| (r.rows, r.positives)).collect::<Vec<_>>(), [(1, 0), (4, 3)]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let row = |score| Scored { unit: 0, score, label: 0.0, positive: false };
        assert_eq!(Ranking::new([row(0.1), row(f64::NAN)]).err(), Some(NotANumber { row: 1 }));
        assert!(Ranking::new([]).unwrap().runs().is_empty());
    }
}
