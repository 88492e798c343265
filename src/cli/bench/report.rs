//! What was measured, as a table or as JSON.

use serde::Serialize;
use std::fmt::{Display, Formatter};
use std::path::PathBuf;
use std::time::Duration;

/// Everything one run measured, and on what.
#[derive(Serialize)]
pub struct Report {
    pub ombud: &'static str,
    /// `release` or `debug`; the figures of a debug build say nothing.
    pub build: &'static str,
    pub model_revision: String,
    pub machine: Machine,
    /// How long each row was measured.
    pub seconds: u64,
    pub connections: usize,
    /// Where the stores of its own lay.
    pub folder: PathBuf,
    pub scoring: Vec<Scoring>,
    pub submitting: Vec<OverHttp>,
    pub analyzing: Vec<OverHttp>,
    pub coral_connections: usize,
    pub coral: Vec<OverHttp>,
}

#[derive(Serialize)]
pub struct Machine {
    /// How many threads can run at a time here.
    pub cores: usize,
    /// As the kernel names it.
    pub cpu: Option<String>,
}

impl Machine {
    pub fn this() -> Self {
        let described = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = described.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            cpu: model.map(|(_, name)| name.trim().to_owned()),
        }
    }
}

/// A row of the scoring table.
#[derive(Serialize)]
pub struct Scoring {
    name: &'static str,
    /// Comments scored.
    n: usize,
    comments_per_second: f64,
    mb_per_second: f64,
    p50_us: f64,
    p99_us: f64,
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
    name: &'static str,
    #[serde(flatten)]
    figures: Option<Figures>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    /// What the store promised about the comments it took in.
    #[serde(skip_serializing_if = "Option::is_none")]
    durability: Option<String>,
}

#[derive(Serialize)]
struct Figures {
    /// Comments answered.
    n: usize,
    comments_per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// How many times as many requests the server answers that does nothing.
    slower_by: Option<f64>,
}

impl OverHttp {
    /// From the time of each request in microseconds.
    pub fn of(name: &'static str, elapsed: Duration, mut micros: Vec<u32>, durability: Option<String>) -> Self {
        micros.sort_unstable();
        let figures = Figures {
            n: micros.len(),
            comments_per_second: rounded(number(micros.len()) / elapsed.as_secs_f64(), 0),
            p50_ms: rounded(percentile(&micros, 50) / 1e3, 2),
            p99_ms: rounded(percentile(&micros, 99) / 1e3, 2),
            slower_by: None,
        };
        Self { name, figures: Some(figures), missing: None, durability }
    }

    pub fn missing(name: &'static str, why: String) -> Self {
        Self { name, figures: None, missing: Some(why), durability: None }
    }

    /// Compares every row with the last, which is of the server that does nothing.
    pub fn compare(rows: &mut [Self]) {
        let fastest = rows.last().and_then(|r| r.figures.as_ref()).map(|f| f.comments_per_second);
        for figures in rows.iter_mut().filter_map(|row| row.figures.as_mut()) {
            figures.slower_by = fastest.map(|fastest| rounded(fastest / figures.comments_per_second, 2));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

/// The smallest value that so many percent of all are no larger than; 0 of none.
fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().map_or(0.0, f64::from)
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "ombud {}, {} build, models {}", self.ombud, self.build, self.model_revision)?;
        let cores = self.machine.cores;
        writeln!(f, "{}, {cores} cores\n", self.machine.cpu.as_deref().unwrap_or("unknown processor"))?;
        scores(f, &self.scoring)?;
        let connections = self.connections;
        over_http(f, &format!("Submitting, HTTP, {connections} connections"), &self.submitting)?;
        over_http(f, &format!("Analyzing, one core, {connections} connections"), &self.analyzing)?;
        over_http(f, &format!("Coral's phase, HTTP, {} connections", self.coral_connections), &self.coral)?;
        writeln!(f, "\n\"Slower by\" compares with the last row: a server that reads the request, and gives a fixed")?;
        writeln!(f, "answer or sends back the same body.")?;
        writeln!(f, "Stores lay in {}. What they promised about these comments:", self.folder.display())?;
        for row in &self.submitting {
            if let Some(promise) = &row.durability {
                writeln!(f, "  {}: {promise}", row.name)?;
            }
        }
        if self.build == "debug" {
            writeln!(f, "\nThis is a debug build: its figures say nothing. Build with --release.")?;
        }
        Ok(())
    }
}

fn scores(f: &mut Formatter<'_>, rows: &[Scoring]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = ["n", "comments/s", "MB/s", "p50 µs", "p99 µs"];
    line(f, "Scoring, one core", &columns.map(str::to_owned))?;
    for row in rows {
        let rate = format!("{:.0}", row.comments_per_second);
        let rest = [format!("{:.1}", row.mb_per_second), format!("{:.2}", row.p50_us), format!("{:.2}", row.p99_us)];
        line(f, row.name, &[&[row.n.to_string(), rate], &rest[..]].concat())?;
    }
    Ok(())
}

fn over_http(f: &mut Formatter<'_>, title: &str, rows: &[OverHttp]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    line(f, title, &["n", "comments/s", "p50 ms", "p99 ms", "slower by"].map(str::to_owned))?;
    for row in rows {
        match (&row.figures, &row.missing) {
            (Some(figures), _) => {
                let ratio = figures.slower_by.map_or_else(String::new, |r| format!("{r:.2}x"));
                let rate = format!("{:.0}", figures.comments_per_second);
                let (p50, p99) = (format!("{:.2}", figures.p50_ms), format!("{:.2}", figures.p99_ms));
                line(f, row.name, &[figures.n.to_string(), rate, p50, p99, ratio])?;
            }
            (None, why) => writeln!(f, "{:36}not measured: {}", row.name, why.as_deref().unwrap_or_default())?,
        }
    }
    Ok(())
}

fn line(f: &mut Formatter<'_>, name: &str, cells: &[String]) -> std::fmt::Result {
    write!(f, "{name:36}")?;
    for cell in cells {
        write!(f, "{cell:>12}")?;
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!((percentile(&values, 50), percentile(&values, 99)), (100.0, 198.0));
        assert_eq!((percentile(&[7], 50), percentile(&[7], 99), percentile(&[], 50)), (7.0, 7.0, 0.0));
    }

    #[test]
    fn rows_are_compared_with_the_last() {
        let second = Duration::from_secs(1);
        let mut rows = vec![
            OverHttp::of("a", second, vec![1_000; 10], None),
            OverHttp::missing("b", "why".to_owned()),
            OverHttp::of("c", second, vec![100; 40], None),
        ];
        OverHttp::compare(&mut rows);
        let shown = serde_json::to_value(&rows).unwrap();
        assert_eq!((shown[0]["slower_by"].as_f64(), shown[2]["slower_by"].as_f64()), (Some(4.0), Some(1.0)));
        assert_eq!(shown[1], serde_json::json!({"name": "b", "missing": "why"}));
    }
}
