//! Another policy over every comment that a store has.

use super::row::{Subject, rounded};
use super::server::Serving;
use crate::policy::{Policy, PolicyFiles};
use crate::service::ReplayScope;
use crate::training::Progress;
use serde::Serialize;
use std::time::Instant;

/// A replay that was measured.
#[derive(Debug, Serialize)]
pub struct Replayed {
    #[serde(flatten)]
    pub subject: Subject,
    /// Comments that both policies judged.
    pub n: u64,
    pub comments_per_second: f64,
    /// How much more memory the process had at the most than when it began, in MiB; `None` where that can't be read.
    pub memory_mib: Option<u64>,
}

/// Replays a policy with other thresholds over everything that is there.
pub async fn measure(
    serving: &Serving,
    subject: Subject,
    bar: &mut (impl Progress + Send),
) -> anyhow::Result<Replayed> {
    bar.stage("replaying a policy", subject.stored);
    let (before, begun) = (resident_kib(), Instant::now());
    let (mut most, mut done) = (before, 0);
    let mut progress = |looked_at: u64| {
        most = most.max(resident_kib());
        bar.advance(usize::try_from(looked_at - done).unwrap_or(0));
        done = looked_at;
    };
    let scope = ReplayScope { since: None, most: u64::MAX };
    let replay = serving.ombud().replay_policy(&serving.site, candidate()?, scope, &mut progress).await?;
    let n = replay.counts.judged;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let per_second = n as f64 / begun.elapsed().as_secs_f64();
    Ok(Replayed {
        subject,
        n,
        comments_per_second: rounded(per_second, 0),
        memory_mib: most.zip(before).map(|(most, before)| most.saturating_sub(before) / 1024),
    })
}

/// The shipped policy with a threshold moved and a rule switched on.
fn candidate() -> anyhow::Result<Policy> {
    let shipped = PolicyFiles::shipped();
    let policy = shipped.policy.replace("{ review = 0.25, reject = 0.80 }", "{ review = 0.35, reject = 0.70 }");
    let policy = policy.replace("review_below = 0 ", "review_below = 1 ");
    Ok(PolicyFiles { policy, ..shipped }.parse()?)
}

/// How much of the process is in memory.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
