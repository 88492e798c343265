//! Whether there is memory for what a Redis is to be filled with.

use super::place::Place;
use super::row::number;
use anyhow::ensure;

/// What a comment takes up in Redis, in bytes, where it was not measured yet: more than it does.
const EXPECTED: f64 = 10_000.0;
/// The share of the memory that may be taken: what is measured needs some too.
const SHARE: f64 = 0.8;

/// Fails if the machine has no memory for so many more comments in servers of the bench's own. `each`: what one takes
/// up, in bytes, if it was measured.
pub fn check(place: &Place, more: usize, each: Option<f64>) -> anyhow::Result<()> {
    let available = std::fs::read_to_string("/proc/meminfo").ok().and_then(|told| available_bytes(&told));
    match (place, available) {
        (Place::Redis(_), Some(available)) => fits(more, each.unwrap_or(EXPECTED), available),
        // Where the system does not tell, it is tried.
        (Place::Sqlite(_) | Place::Named(_), _) | (Place::Redis(_), None) => Ok(()),
    }
}

fn fits(more: usize, each: f64, available: f64) -> anyhow::Result<()> {
    const GIB: f64 = 1_073_741_824.0;
    let needed = number(more) * each;
    let (needs, has) = (needed / GIB, available / GIB);
    ensure!(
        needed <= SHARE * available,
        "{more} comments more need some {needs:.1} GiB of memory, and {has:.1} are free"
    );
    Ok(())
}

fn available_bytes(meminfo: &str) -> Option<f64> {
    let kib = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(kib.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_comments_need_gigabytes() {
        let free = available_bytes("MemTotal: 9 kB\nMemAvailable:   8388608 kB\n").unwrap();
        assert!(fits(1_000_000, 5_000.0, free).is_ok());
        let refused = fits(1_000_000, EXPECTED, free).unwrap_err().to_string();
        assert_eq!(refused, "1000000 comments more need some 9.3 GiB of memory, and 8.0 are free");
    }
}
