//! What a scrape is told that nobody counts as it happens: written when it is asked for, in Prometheus's text format.
//!
//! The format: <https://prometheus.io/docs/instrumenting/exposition_formats/>, version 0.0.4.

use super::metric::Metric;
use std::fmt::Write as _;

/// The media type of the format.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A text in the making.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// Goes on after what another wrote.
    #[must_use]
    pub fn after(written: String) -> Self {
        Self(written)
    }

    /// A metric with all its samples: the values of its labels, in their order, and the value. Without a sample
    /// nothing is written.
    pub fn family<'a>(&mut self, metric: &Metric, samples: impl IntoIterator<Item = (&'a [&'a str], f64)>) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_none() {
            return;
        }
        let Metric { name, meaning, .. } = metric;
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "# HELP {name} {meaning}\n# TYPE {name} {}", metric.kind.name());
        for (values, value) in samples {
            self.0.push_str(name);
            for (n, (label, text)) in metric.labels.iter().zip(values).enumerate() {
                let _ = write!(self.0, "{}{label}=\"{}\"", if n == 0 { '{' } else { ',' }, escaped(text));
            }
            self.0.push_str(if metric.labels.is_empty() { "" } else { "}" });
            let _ = writeln!(self.0, " {value}");
        }
    }

    /// A metric without labels.
    pub fn single(&mut self, metric: &Metric, value: f64) {
        self.family(metric, [(&[] as &[&str], value)]);
    }

    /// The whole text.
    #[must_use]
    pub fn text(self) -> String {
        self.0
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::metric::{QUEUE_DEPTH, QUEUE_UNREAD_SITES};

    #[test]
    fn families_are_written_as_the_format_asks() {
        let mut whole = Exposition::after("before 1\n".to_owned());
        whole.family(&QUEUE_DEPTH, [(&["post"] as &[&str], 3.0), (&["a\"b\\c\nd"], 0.5)]);
        whole.single(&QUEUE_UNREAD_SITES, 0.0);
        whole.family(&QUEUE_DEPTH, []);
        let text = whole.text();
        let expected = "before 1\n# HELP ombud_queue_depth Comments that wait for a moderator.\n\
                        # TYPE ombud_queue_depth gauge\nombud_queue_depth{site=\"post\"} 3\n\
                        ombud_queue_depth{site=\"a\\\"b\\\\c\\nd\"} 0.5\n# HELP ombud_queue_unread_sites ";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.ends_with("\nombud_queue_unread_sites 0\n"), "{text}");
    }
}
