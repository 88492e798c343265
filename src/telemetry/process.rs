//! The process as its operating system sees it: `/proc` on Linux, and nothing elsewhere.

use super::exposition::Exposition;
use super::metric::{PROCESS_CPU, PROCESS_MAX_FDS, PROCESS_OPEN_FDS, PROCESS_RESIDENT, PROCESS_START};

/// Ticks a second in `/proc`: `USER_HZ`, which is 100 wherever ombud is built for.
const TICKS: f64 = 100.0;

/// Writes what can be read now; what can't is left out.
pub fn describe(into: &mut Exposition) {
    let read = |name: &str| std::fs::read_to_string(name).unwrap_or_default();
    let usage = Usage::parse(&read("/proc/self/stat"), &read("/proc/stat"));
    let mut write = |metric, value: Option<f64>| value.into_iter().for_each(|value| into.single(metric, value));
    write(&PROCESS_START, usage.started);
    write(&PROCESS_CPU, usage.cpu);
    write(&PROCESS_RESIDENT, number(&read("/proc/self/status"), "VmRSS:").map(|kib| kib * 1024.0));
    // The folder is open itself while it is read.
    let open = std::fs::read_dir("/proc/self/fd").map(|entries| entries.count().saturating_sub(1)).ok();
    write(&PROCESS_OPEN_FDS, open.and_then(|n| u32::try_from(n).ok()).map(f64::from));
    write(&PROCESS_MAX_FDS, number(&read("/proc/self/limits"), "Max open files"));
}

/// Times of the process, in seconds.
#[derive(Debug, PartialEq)]
struct Usage {
    /// Since 1970.
    started: Option<f64>,
    cpu: Option<f64>,
}

impl Usage {
    /// proc(5): of `/proc/PID/stat`, the fields after the name, which stands in parentheses and may hold any.
    fn parse(stat: &str, system: &str) -> Self {
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // Field 3 is the first here: 14 and 15 are utime and stime, 22 is starttime.
        let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok().map(|ticks| ticks / TICKS);
        let booted = number(system, "btime");
        Self {
            started: booted.zip(ticks(22)).map(|(booted, after)| booted + after),
            cpu: ticks(14).zip(ticks(15)).map(|(user, system)| user + system),
        }
    }
}

/// The first number on the line that begins with a name.
fn number(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_counted_from_the_names_end() {
        let stat =
            "17 (a (b) c) S 1 17 17 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 9 0 12300 1000 200 18446744073709551615";
        let usage = Usage::parse(stat, "cpu 1 2 3\nbtime 1700000000\n");
        assert_eq!(usage, Usage { started: Some(1_700_000_123.0), cpu: Some(3.0) });
        assert_eq!(Usage::parse("", ""), Usage { started: None, cpu: None });
        assert_eq!(
            number("Max open files            1024                 4096                 files\n", "Max open files"),
            Some(1024.0)
        );
        assert_eq!(number("Max open files            unlimited   4096\n", "Max open files"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_described() {
        let mut whole = Exposition::default();
        describe(&mut whole);
        let text = whole.text();
        for metric in [PROCESS_START, PROCESS_CPU, PROCESS_RESIDENT, PROCESS_OPEN_FDS] {
            assert!(text.contains(&format!("\n{} ", metric.name)), "{text}");
        }
    }
}
