//! What was measured, as tables or as JSON.

use super::growth::Growth;
use super::replaying::Replayed;
use super::row::{Figures, OneSet, OverHttp, Scoring};
use serde::Serialize;
use std::fmt::{Display, Formatter};
use std::path::PathBuf;

/// Everything one run measured, and on what.
#[derive(Serialize)]
pub struct Report {
    pub ombud: &'static str,
    /// `release` or `debug`; the figures of a debug build say nothing.
    pub build: &'static str,
    pub model_revision: String,
    pub machine: Machine,
    /// How long each row was measured.
    pub seconds: f64,
    pub connections: usize,
    /// Under how many articles was submitted and read at most, if not under all of them.
    pub articles: Option<u32>,
    /// Where the stores of its own lay.
    pub folder: PathBuf,
    pub scoring: Vec<Scoring>,
    pub submitting: Vec<OverHttp>,
    pub claiming: Vec<OverHttp>,
    pub reading: Vec<OverHttp>,
    /// A policy over every comment of a store.
    pub replaying: Vec<Replayed>,
    /// How many comments waited when the pages were measured, and how many the thread had.
    pub waiting: usize,
    pub thread: usize,
    pub pages: Vec<OverHttp>,
    pub one_set: Vec<OneSet>,
    pub growth: Growth,
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

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "ombud {}, {} build, models {}", self.ombud, self.build, self.model_revision)?;
        let cores = self.machine.cores;
        writeln!(f, "{}, {cores} cores\n", self.machine.cpu.as_deref().unwrap_or("unknown processor"))?;
        scores(f, &self.scoring)?;
        let connections = self.connections;
        let over = format!("HTTP, {connections} connections");
        over_http(f, &format!("Submitting, {over}"), "comments/s", &self.submitting)?;
        over_http(f, &format!("Claiming and deciding, {over}"), "comments/s", &self.claiming)?;
        over_http(f, &format!("Reading a thread, {over}"), "threads/s", &self.reading)?;
        replays(f, "Replaying a policy", &self.replaying)?;
        let crowd = format!("{} waiting, a thread of {}", self.waiting, self.thread);
        over_http(f, &format!("Pages, {crowd}"), "pages/s", &self.pages)?;
        sets(f, &format!("One SET, {connections} connections"), &self.one_set)?;
        growth(f, &over, &self.growth)?;
        over_http(f, &format!("Analyzing, one core, {connections} connections"), "comments/s", &self.analyzing)?;
        let coral = format!("Coral's phase, HTTP, {} connections", self.coral_connections);
        over_http(f, &coral, "comments/s", &self.coral)?;
        self.explained(f)
    }
}

impl Report {
    fn explained(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "\n\"Slower by\" compares with the last row: a server that reads the request, and gives a fixed")?;
        writeln!(f, "answer or sends back the same body. \"In SETs\" compares with as many SETs a second on the same")?;
        writeln!(
            f,
            "Redis over as many connections. Replicas are of this process, with a thread that serves for each"
        )?;
        writeln!(f, "core, and share its cores.")?;
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
    line(f, "Scoring, one core", ["n", "comments/s", "MB/s", "p50 µs", "p99 µs"].map(str::to_owned))?;
    for row in rows {
        let rate = format!("{:.0}", row.comments_per_second);
        let rest = [row.p50_us, row.p99_us].map(|us| format!("{us:.2}"));
        line(f, row.name, [row.n.to_string(), rate, format!("{:.1}", row.mb_per_second)].into_iter().chain(rest))?;
    }
    Ok(())
}

fn over_http(f: &mut Formatter<'_>, title: &str, rate: &str, rows: &[OverHttp]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    line(f, title, ["n", rate, "p50 ms", "p99 ms", "slower by", "in SETs"].map(str::to_owned))?;
    for row in rows {
        figures(f, &row.name, row)?;
    }
    Ok(())
}

fn figures(f: &mut Formatter<'_>, name: &str, row: &OverHttp) -> std::fmt::Result {
    let Some(Figures { n, per_second, p50_ms, p99_ms, slower_by, sets }) = &row.figures else {
        return writeln!(f, "{name:40}not measured: {}", row.missing.as_deref().unwrap_or_default());
    };
    let ratio = |ratio: &Option<f64>| ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}x"));
    let (p50, p99) = (format!("{p50_ms:.2}"), format!("{p99_ms:.2}"));
    line(f, name, [n.to_string(), format!("{per_second:.0}"), p50, p99, ratio(slower_by), ratio(sets)])
}

fn sets(f: &mut Formatter<'_>, title: &str, rows: &[OneSet]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    line(f, title, ["n", "SETs/s", "p50 ms", "p99 ms"].map(str::to_owned))?;
    for OneSet { store, measured_by, figures, missing } in rows {
        let Some(Figures { n, per_second, p50_ms, p99_ms, .. }) = figures else {
            writeln!(f, "{store:40}not measured: {}", missing.as_deref().unwrap_or_default())?;
            continue;
        };
        let (p50, p99) = (format!("{p50_ms:.2}"), format!("{p99_ms:.2}"));
        let name = format!("{store} ({})", measured_by.unwrap_or_default());
        line(f, &name, [n.to_string(), format!("{per_second:.0}"), p50, p99])?;
    }
    Ok(())
}

fn growth(f: &mut Formatter<'_>, over: &str, growth: &Growth) -> std::fmt::Result {
    if growth.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    line(f, "Filled", ["comments", "seconds", "MiB", "bytes each"].map(str::to_owned))?;
    for filled in &growth.filled {
        let mib = filled.bytes.map_or_else(String::new, |bytes| (bytes / (1 << 20)).to_string());
        let each = filled.bytes_per_comment.map_or_else(String::new, |bytes| format!("{bytes:.0}"));
        line(f, filled.store, [filled.stored.to_string(), format!("{:.1}", filled.fill_seconds), mib, each])?;
    }
    let tables = [
        ("Submitting", "comments/s", &growth.submitting),
        ("Claiming and deciding", "comments/s", &growth.claiming),
        ("Reading a thread", "threads/s", &growth.reading),
    ];
    for (title, rate, rows) in tables.into_iter().filter(|(_, _, rows)| !rows.is_empty()) {
        writeln!(f)?;
        line(f, &format!("{title}, {over}"), ["n", rate, "p50 ms", "p99 ms"].map(str::to_owned))?;
        for row in rows {
            let stored = row.subject.map_or(0, |subject| subject.stored);
            figures(f, &format!("{} of {stored}", row.name), row)?;
        }
    }
    replays(f, "Replaying a policy", &growth.replaying)?;
    if !growth.factors.is_empty() {
        writeln!(f)?;
        line(f, "As many times as long as at the smallest", ["from", "to", "p50", "p99"].map(str::to_owned))?;
    }
    for factor in &growth.factors {
        let sizes = [factor.from_stored, factor.to_stored].map(|size| size.to_string());
        let times = [factor.p50, factor.p99].map(|times| format!("{times:.2}x"));
        line(f, &format!("{}, {}", factor.operation, factor.store), sizes.into_iter().chain(times))?;
    }
    Ok(())
}

fn replays(f: &mut Formatter<'_>, title: &str, rows: &[Replayed]) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    line(f, title, ["n", "comments/s", "MiB more"].map(str::to_owned))?;
    for Replayed { subject, n, comments_per_second, memory_mib } in rows {
        let memory = memory_mib.map_or_else(String::new, |mib| mib.to_string());
        let name = format!("{} of {}", subject.name(), subject.stored);
        line(f, &name, [n.to_string(), format!("{comments_per_second:.0}"), memory])?;
    }
    Ok(())
}

fn line(f: &mut Formatter<'_>, name: &str, cells: impl IntoIterator<Item = String>) -> std::fmt::Result {
    write!(f, "{name:40}")?;
    for cell in cells {
        write!(f, "{cell:>12}")?;
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::super::load::Measured;
    use super::super::place::Kind;
    use super::super::row::Subject;
    use super::*;
    use std::time::Duration;

    struct Table<'a>(&'a [OverHttp]);

    impl Display for Table<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
            over_http(f, "Reading", "threads/s", self.0)
        }
    }

    #[test]
    fn a_table_has_a_line_for_every_row_also_for_what_is_missing() {
        let measured = Measured { elapsed: Duration::from_secs(2), micros: vec![1_500; 20], answer: String::new() };
        let rows = [
            OverHttp::on(Subject::of(Kind::Sqlite, 2, 100), measured),
            OverHttp::missing(Subject::of(Kind::Cluster, 1, 100), "there is no redis-server".to_owned()),
        ];
        let table = Table(&rows).to_string();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<_> = table.lines().skip(1).map(words).collect();
        assert_eq!(
            lines,
            [
                "Reading n threads/s p50 ms p99 ms slower by in SETs",
                "SQLite, 2 replicas 20 10 1.50 1.50",
                "Redis Cluster not measured: there is no redis-server"
            ]
        );
        assert_eq!(Table(&[]).to_string(), "");
    }
}
