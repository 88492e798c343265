//! Every metric, by its name: the one list that the code, the scrape and `docs/metrics.md` share.
//!
//! Base units (seconds, bytes, ratios), as Prometheus asks for. A label has few values, all known beforehand or made
//! by the operator: never an article, an author, a comment, a key, or a word that a platform made up.

use metrics::{Counter, Gauge, Histogram};

/// What a metric is to Prometheus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only grows, from 0 at each start.
    Counter,
    Gauge,
    /// With the upper bounds of its buckets, ascending.
    Histogram(&'static [f64]),
}

impl Kind {
    /// The word for it in the exposition format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    /// In the order in which they are written.
    pub labels: &'static [&'static str],
    /// One sentence, for HELP and for the documentation.
    pub meaning: &'static str,
}

/// A label and its value.
pub type Label = (&'static str, &'static str);

impl Metric {
    /// The unit, which the name ends with; `None` for counts, shares and times of the clock.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        let name = self.name.strip_suffix("_total").unwrap_or(self.name);
        ["seconds", "bytes"].into_iter().find(|unit| name.ends_with(&format!("_{unit}")))
    }

    /// The counter with these labels, kept by whoever counts: to look it up takes longer than to count.
    pub fn counter(&self, labels: &[Label]) -> Counter {
        metrics::counter!(self.name, labels)
    }

    /// The gauge with these labels.
    pub fn gauge(&self, labels: &[Label]) -> Gauge {
        metrics::gauge!(self.name, labels)
    }

    /// The histogram with these labels.
    pub fn histogram(&self, labels: &[Label]) -> Histogram {
        metrics::histogram!(self.name, labels)
    }
}

/// From 5 µs to 0.1 s: what is computed.
const COMPUTED: &[f64] = &[5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.02, 0.1];
/// From 0.1 ms to 5 s: what waits for a disk or a network.
const WAITED: &[f64] = &[1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// From 10 ms to a minute: what waits for a server elsewhere.
const ELSEWHERE: &[f64] = &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// From 5 s to a week: what waits for a person.
const PEOPLE: &[f64] = &[
    5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 86_400.0, 259_200.0,
    604_800.0,
];
/// Every twentieth.
const SHARES: &[f64] =
    &[0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];
/// How many writes share a commit.
const GROUPS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

macro_rules! metrics {
    ($($name:ident = $written:literal, $kind:expr, [$($label:literal),*], $meaning:literal;)*) => {
        $(#[doc = $meaning]
        pub const $name: Metric =
            Metric { name: $written, kind: $kind, labels: &[$($label),*], meaning: $meaning };)*

        /// All of them, in the order of the documentation.
        pub const ALL: &[Metric] = &[$($name,)*];
    };
}

metrics! {
    BUILD_INFO = "ombud_build_info", Kind::Gauge, ["version"], "Always 1; which ombud this is.";
    POLICY_INFO = "ombud_policy_info", Kind::Gauge, ["revision"], "Always 1; the policy in force.";
    POLICY_ALERT = "ombud_policy_alert", Kind::Gauge, ["code"],
        "1 if there is this to look at about the policy, as /readyz says, else 0: its files are wrong, or another policy.";
    MODEL_INFO = "ombud_model_info", Kind::Gauge, ["revision"], "Always 1; the models that ombud was started with.";
    READY = "ombud_ready", Kind::Gauge, [], "1 if the store takes writes, else 0; as /readyz.";
    HTTP_DURATION = "ombud_http_request_duration_seconds", Kind::Histogram(WAITED), ["route", "method", "status"],
        "From a request's head to its answer's head, by the route's pattern and the class of the status, such as 2xx.";
    PROBLEMS = "ombud_problems_total", Kind::Counter, ["code"],
        "Refusals by the code of the problem, lines of batches included; not those of other interfaces than version 1.";
    SUBMISSIONS = "ombud_submissions_total", Kind::Counter, ["action"],
        "New comments taken in, by what the policy decided: publish, review or reject.";
    EDITS = "ombud_edits_total", Kind::Counter, ["action"],
        "Comments that got another text, by what was decided about it: publish, review or reject.";
    MODERATOR_DECISIONS = "ombud_moderator_decisions_total", Kind::Counter, ["action"],
        "Decisions of moderators: publish, reject, or undo for one taken back.";
    APPEALS = "ombud_appeals_total", Kind::Counter, ["step"],
        "Authors' appeals: made, upheld, or declined by a moderator's decision.";
    AUDITS_DRAWN = "ombud_audits_drawn_total", Kind::Counter, [],
        "Decisions of the machine's that were drawn for a person to judge.";
    AUDITS_JUDGED = "ombud_audits_judged_total", Kind::Counter, ["machine", "verdict"],
        "Those that a person judged: what the machine had done, publish or reject, and what she would have.";
    AUDITS_WAITING = "ombud_audits_waiting", Kind::Gauge, ["site"],
        "Decisions of the last 28 days that were drawn and wait to be judged, as they stood up to a minute ago.";
    AUDIT_ERROR_RATIO = "ombud_audit_error_ratio", Kind::Gauge, ["site", "machine", "bound"],
        "How much of what the machine published, or rejected, within 28 days people would have decided otherwise, 0 to 1: estimate, and low and high of a 95 % interval; no estimate before anything was judged.";
    SIGN_INS = "ombud_sign_ins_total", Kind::Counter, ["outcome"],
        "Attempts to sign in to the console: succeeded, refused, or locked where it was too early for the next one.";
    SCORE = "ombud_score", Kind::Histogram(SHARES), ["attribute"],
        "Scores given, 0 to 1, by attribute; where there was too little to tell, none.";
    SCORING_DURATION = "ombud_scoring_duration_seconds", Kind::Histogram(COMPUTED), [],
        "How long the models take for one comment.";
    QUEUE_DEPTH = "ombud_queue_depth", Kind::Gauge, ["site"], "Comments that wait for a moderator.";
    QUEUE_CLAIMED = "ombud_queue_claimed", Kind::Gauge, ["site"], "Of these, how many somebody holds.";
    QUEUE_OLDEST_AGE = "ombud_queue_oldest_age_seconds", Kind::Gauge, ["site"],
        "How long the oldest of them has waited; 0 if none waits.";
    QUEUE_UNREAD_SITES = "ombud_queue_unread_sites", Kind::Gauge, [],
        "Sites whose queue is not shown: the store was too slow, or there are more than 100.";
    QUEUE_WAITING = "ombud_queue_waiting_seconds", Kind::Histogram(PEOPLE), [],
        "From when a comment was queued to when a moderator claimed it, or decided on it without a claim.";
    QUEUE_HANDLING = "ombud_queue_handling_seconds", Kind::Histogram(PEOPLE), [],
        "From when a moderator claimed a comment to her decision.";
    LEASES_EXPIRED = "ombud_leases_expired_total", Kind::Counter, [],
        "Leases that ran out undecided, counted when the comment is claimed again.";
    STORE_DURATION = "ombud_store_duration_seconds", Kind::Histogram(WAITED), ["operation", "outcome"],
        "How long the store takes, by operation; outcome is ok, unavailable, failed, or abandoned where nobody waited for the end.";
    EVENTS = "ombud_events_total", Kind::Counter, ["step"], "Events written, by the step of the comment.";
    EVENT_LISTENERS = "ombud_event_listeners", Kind::Gauge, [], "Open event streams.";
    ARTICLE_FETCHES = "ombud_article_fetches_total", Kind::Counter, ["outcome"],
        "Articles read where they are published: stored, known if there was one by then, or failed.";
    WEBHOOK_DELIVERIES = "ombud_webhook_deliveries_total", Kind::Counter, ["endpoint", "outcome"],
        "Attempts to deliver to an endpoint, by how they ended.";
    WEBHOOK_DELIVERY = "ombud_webhook_delivery_seconds", Kind::Histogram(ELSEWHERE), ["endpoint"],
        "How long an attempt takes.";
    WEBHOOK_WAITING = "ombud_webhook_waiting", Kind::Gauge, ["endpoint"], "Events that wait for their delivery.";
    WEBHOOK_LAG = "ombud_webhook_lag_seconds", Kind::Gauge, ["endpoint"],
        "How long the oldest of them has waited; 0 if none waits.";
    WEBHOOK_PAUSED = "ombud_webhook_paused", Kind::Gauge, ["endpoint"], "1 if nothing is sent to the endpoint, else 0.";
    SQLITE_COMMIT_WRITES = "ombud_sqlite_commit_writes", Kind::Histogram(GROUPS), [],
        "Writes that shared a commit, on SQLite.";
    SQLITE_COMMIT_DURATION = "ombud_sqlite_commit_duration_seconds", Kind::Histogram(WAITED), [],
        "How long such a group takes, its commit to the disk included.";
    SQLITE_FILE = "ombud_sqlite_file_bytes", Kind::Gauge, ["file"],
        "How long the files are: database, and wal for the log beside it.";
    PROCESS_START = "process_start_time_seconds", Kind::Gauge, [],
        "When the process began, in seconds since 1970; the process's own metrics are there on Linux alone.";
    PROCESS_CPU = "process_cpu_seconds_total", Kind::Counter, [], "Time on processors, of the user and of the system.";
    PROCESS_RESIDENT = "process_resident_memory_bytes", Kind::Gauge, [], "Memory that the process has in RAM.";
    PROCESS_OPEN_FDS = "process_open_fds", Kind::Gauge, [], "Open files and connections.";
    PROCESS_MAX_FDS = "process_max_fds", Kind::Gauge, [], "How many it may open.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_follow_the_conventions() {
        let names: BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), ALL.len(), "a name stands twice");
        for metric in ALL {
            let plain = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(plain(metric.name) && metric.labels.iter().all(|label| plain(label)), "{}", metric.name);
            assert!(metric.name.starts_with("ombud_") || metric.name.starts_with("process_"), "{}", metric.name);
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
            assert!(metric.meaning.ends_with('.') && !metric.meaning.contains(['|', '\n']), "{}", metric.name);
            if let Kind::Histogram(bounds) = metric.kind {
                assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]), "{}", metric.name);
            }
        }
        assert_eq!((HTTP_DURATION.unit(), PROCESS_CPU.unit(), READY.unit()), (Some("seconds"), Some("seconds"), None));
    }
}
