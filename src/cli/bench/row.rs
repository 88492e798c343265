//! The rows of the tables.

use super::ground::States;
use super::load::Measured;
use super::place::Kind;
use serde::Serialize;
use std::time::Duration;

/// A row of the scoring table.
#[derive(Serialize)]
pub struct Scoring {
    pub name: &'static str,
    /// Comments scored.
    pub n: usize,
    pub comments_per_second: f64,
    pub mb_per_second: f64,
    pub p50_us: f64,
    pub p99_us: f64,
}

impl Scoring {
    /// From the time of each comment in nanoseconds, and how many bytes they were in all.
    pub fn of(name: &'static str, elapsed: Duration, mut nanos: Vec<u32>, bytes: usize) -> Self {
        nanos.sort_unstable();
        Self {
            name,
            n: nanos.len(),
            comments_per_second: rounded(number(nanos.len()) / elapsed.as_secs_f64(), 0),
            mb_per_second: rounded(number(bytes) / 1e6 / elapsed.as_secs_f64(), 1),
            p50_us: rounded(percentile(&nanos, 50) / 1e3, 2),
            p99_us: rounded(percentile(&nanos, 99) / 1e3, 2),
        }
    }
}

/// A row of a table of what was asked over HTTP.
#[derive(Serialize)]
pub struct OverHttp {
    pub name: String,
    #[serde(flatten)]
    pub subject: Option<Subject>,
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What the store promised about the comments it took in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durability: Option<String>,
}

/// Which store was asked, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Subject {
    pub store: &'static str,
    /// Ombuds that serve it.
    pub replicas: usize,
    /// Comments in it before the row was measured.
    pub stored: usize,
}

impl Subject {
    pub fn name(&self) -> String {
        let store = self.store;
        if self.replicas == 1 { store.to_owned() } else { format!("{store}, {} replicas", self.replicas) }
    }

    pub const fn of(kind: Kind, replicas: usize, stored: usize) -> Self {
        Self { store: kind.name(), replicas, stored }
    }
}

#[derive(Serialize)]
pub struct Figures {
    /// Operations that were measured.
    pub n: usize,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// How many times as many requests the server answers that does nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slower_by: Option<f64>,
    /// How many times as many `SET`s its Redis answers over as many connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sets: Option<f64>,
}

impl Figures {
    /// From the time of each operation in microseconds.
    pub fn of(elapsed: Duration, mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        Self {
            n: micros.len(),
            per_second: rounded(number(micros.len()) / elapsed.as_secs_f64(), 0),
            p50_ms: rounded(percentile(&micros, 50) / 1e3, 2),
            p99_ms: rounded(percentile(&micros, 99) / 1e3, 2),
            slower_by: None,
            sets: None,
        }
    }
}

impl OverHttp {
    pub fn of(name: impl Into<String>, measured: Measured) -> Self {
        let figures = Some(Figures::of(measured.elapsed, measured.micros));
        Self { name: name.into(), subject: None, figures, missing: None, durability: None }
    }

    /// What was measured on a store.
    pub fn on(subject: Subject, measured: Measured) -> Self {
        Self { subject: Some(subject), ..Self::of(subject.name(), measured) }
    }

    pub fn missing(subject: Subject, why: String) -> Self {
        let (name, subject) = (subject.name(), Some(subject));
        Self { name, subject, figures: None, missing: Some(why), durability: None }
    }

    /// Compares every row with the last, which is of the server that does nothing.
    pub fn compare(rows: &mut [Self]) {
        let fastest = rows.last().and_then(|r| r.figures.as_ref()).map(|f| f.per_second);
        for figures in rows.iter_mut().filter_map(|row| row.figures.as_mut()) {
            figures.slower_by = fastest.map(|fastest| rounded(fastest / figures.per_second, 2));
        }
    }

    /// Compares the rows of a store on Redis with `SET`s on it.
    pub fn compare_with_sets(rows: &mut [Self], sets: &[OneSet]) {
        for row in rows {
            let set = sets.iter().find(|set| row.subject.is_some_and(|subject| subject.store == set.store));
            if let (Some(figures), Some(set)) = (&mut row.figures, set.and_then(|set| set.figures.as_ref())) {
                figures.sets = Some(rounded(set.per_second / figures.per_second, 2));
            }
        }
    }
}

/// One `SET` at a time over each connection.
#[derive(Serialize)]
pub struct OneSet {
    pub store: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured_by: Option<&'static str>,
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// What a store takes up when it holds so many comments.
#[derive(Debug, Serialize)]
pub struct Filled {
    pub store: &'static str,
    pub stored: usize,
    /// How those stand that were filled in.
    #[serde(flatten)]
    pub states: States,
    pub fill_seconds: f64,
    /// More than the empty store: the files of SQLite, `used_memory` of all servers of Redis.
    pub bytes: Option<u64>,
    pub bytes_per_comment: Option<f64>,
}

impl Filled {
    pub fn of(store: &'static str, stored: usize, states: States, took: Duration, bytes: Option<u64>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let each = bytes.map(|bytes| rounded(bytes as f64 / number(stored), 0));
        Self { store, stored, states, fill_seconds: rounded(took.as_secs_f64(), 1), bytes, bytes_per_comment: each }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub fn number(count: usize) -> f64 {
    count as f64
}

pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

/// The smallest value that so many percent of all are no larger than; 0 of none.
fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(micros: Vec<u32>) -> Measured {
        Measured { elapsed: Duration::from_secs(1), micros, answer: String::new() }
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!((percentile(&values, 50), percentile(&values, 99)), (100.0, 198.0));
        assert_eq!((percentile(&[7], 50), percentile(&[7], 99), percentile(&[], 50)), (7.0, 7.0, 0.0));
    }

    #[test]
    fn rows_are_compared_with_the_last_and_with_the_sets_of_their_store() {
        let subject = |kind| Subject::of(kind, 2, 9);
        let mut rows = vec![
            OverHttp::on(subject(Kind::Redis), measured(vec![1_000; 10])),
            OverHttp::missing(subject(Kind::Cluster), "why".to_owned()),
            OverHttp::of("c", measured(vec![100; 40])),
        ];
        OverHttp::compare(&mut rows);
        let figures = Some(Figures::of(Duration::from_secs(1), vec![100; 25]));
        let set = OneSet { store: "Redis", measured_by: Some("x"), figures, missing: None };
        OverHttp::compare_with_sets(&mut rows, &[set]);
        let shown = serde_json::to_value(&rows).unwrap();
        assert_eq!((shown[0]["slower_by"].as_f64(), shown[2]["slower_by"].as_f64()), (Some(4.0), Some(1.0)));
        assert_eq!((shown[0]["sets"].as_f64(), shown[2]["sets"].as_f64()), (Some(2.5), None));
        let missing = serde_json::json!({"name": "Redis Cluster, 2 replicas", "store": "Redis Cluster", "replicas": 2,
            "stored": 9, "missing": "why"});
        assert_eq!(shown[1], missing);
    }

    #[test]
    fn what_a_comment_takes_up_is_the_mean() {
        let filled = Filled::of("Redis", 1_000, States::default(), Duration::from_millis(1_250), Some(4_000_500));
        let shown = serde_json::to_value(&filled).unwrap();
        assert_eq!((shown["bytes_per_comment"].as_f64(), shown["fill_seconds"].as_f64()), (Some(4_001.0), Some(1.3)));
    }
}
