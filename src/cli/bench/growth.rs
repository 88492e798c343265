//! What becomes slower as a store fills, and by how much.

use super::keeping::Kept;
use super::replaying::Replayed;
use super::row::{Figures, Filled, OneSet, OverHttp, Subject, rounded};
use serde::Serialize;

/// Every store at every size.
#[derive(Default, Serialize)]
pub struct Growth {
    pub filled: Vec<Filled>,
    pub one_set: Vec<OneSet>,
    pub submitting: Vec<OverHttp>,
    pub claiming: Vec<OverHttp>,
    pub reading: Vec<OverHttp>,
    pub replaying: Vec<Replayed>,
    pub factors: Vec<Factor>,
}

/// How many times as long an operation takes at the largest size as at the smallest.
#[derive(Debug, Serialize)]
pub struct Factor {
    pub operation: &'static str,
    pub store: &'static str,
    pub from_stored: usize,
    pub to_stored: usize,
    pub p50: f64,
    pub p99: f64,
}

impl Growth {
    pub fn of(kept: Kept) -> Self {
        let Kept { submitting, claiming, reading, replaying, filled, sets, .. } = kept;
        let operations = [("submitting", &submitting), ("claiming", &claiming), ("reading", &reading)];
        let factors = operations.into_iter().flat_map(|(name, rows)| factors(name, rows)).collect();
        Self { filled, one_set: sets, submitting, claiming, reading, replaying, factors }
    }

    pub fn is_empty(&self) -> bool {
        [&self.submitting, &self.claiming, &self.reading].iter().all(|rows| rows.is_empty())
            && self.replaying.is_empty()
    }
}

/// One for each store that was measured at two sizes; its rows stand together, from the smallest on.
fn factors(operation: &'static str, rows: &[OverHttp]) -> Vec<Factor> {
    let measured: Vec<_> = rows.iter().filter_map(|row| Some((row.subject?, row.figures.as_ref()?))).collect();
    let stores = measured.chunk_by(|(one, _), (other, _)| one.store == other.store);
    let factor = |sizes: &[(Subject, &Figures)]| match sizes {
        [(small, at_small), .., (large, at_large)] => Some(Factor {
            operation,
            store: large.store,
            from_stored: small.stored,
            to_stored: large.stored,
            p50: rounded(at_large.p50_ms / at_small.p50_ms, 2),
            p99: rounded(at_large.p99_ms / at_small.p99_ms, 2),
        }),
        _ => None,
    };
    stores.filter_map(factor).collect()
}

#[cfg(test)]
mod tests {
    use super::super::load::Measured;
    use super::super::place::Kind;
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_largest_is_compared_with_the_smallest_of_the_same_store() {
        let row = |kind, stored, micros| {
            let measured = Measured { elapsed: Duration::from_secs(1), micros: vec![micros; 9], answer: String::new() };
            OverHttp::on(Subject::of(kind, 1, stored), measured)
        };
        let rows = vec![
            row(Kind::Sqlite, 10, 1_000),
            row(Kind::Sqlite, 100, 9_000),
            row(Kind::Sqlite, 1_000, 1_500),
            row(Kind::Redis, 10, 1_000),
            OverHttp::missing(Subject::of(Kind::Redis, 1, 100), "no room".to_owned()),
        ];
        let factors = factors("reading", &rows);
        let [factor] = &factors[..] else { panic!("{factors:?}") };
        assert_eq!((factor.store, factor.from_stored, factor.to_stored), ("SQLite", 10, 1_000));
        assert_eq!((factor.p50, factor.p99), (1.5, 1.5));
    }
}
