//! What ombud says of its own work: log lines, metrics and traces. They name ids, states and codes, and never a text,
//! an author or a secret.

pub mod exposition;
mod line;
pub mod metric;
#[cfg(feature = "otlp")]
pub mod otlp;
pub mod process;
pub mod recorder;
pub mod request;
mod trace_parent;

pub use request::{Request, carried};
pub use trace_parent::TraceParent;

use crate::config::LogFormat;
use anyhow::Context as _;
use line::WithRequestId;
use std::io::IsTerminal as _;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::set_global_default;
use tracing_log::{AsLog as _, LogTracer};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;

/// Crates that log what they read, which is what people wrote. They are not heard at any level.
const TELL_TALES: [&str; 1] = ["html5ever"];

/// Starts logging to standard error. `RUST_LOG`, if set, wins over the level of the settings.
///
/// # Errors
/// Fails on a level that does not parse, or if logging was started before.
pub fn start(format: LogFormat, level: &str) -> anyhow::Result<()> {
    // Which lines are written never depends on what a span holds: a filter that can't ask costs a request next to nothing.
    let heard = tracing_subscriber::registry().with(asked(level)?);
    set_global_default(heard.with(lines(format))).context("logging")?;
    bridge()
}

/// Starts logging, and hands spans to the exporter.
///
/// # Errors
/// As [`start`].
#[cfg(feature = "otlp")]
pub fn start_traced(format: LogFormat, level: &str, exporter: &otlp::Exporter) -> anyhow::Result<()> {
    let heard = tracing_subscriber::registry().with(exporter.layer());
    set_global_default(heard.with(lines(format).with_filter(asked(level)?))).context("logging")?;
    bridge()
}

fn asked(level: &str) -> anyhow::Result<Targets> {
    // The server's own start-up lines say nothing that ours don't.
    let asked = std::env::var("RUST_LOG").ok().filter(|directives| !directives.trim().is_empty());
    let directives = asked.unwrap_or_else(|| format!("actix_server=warn,{level}"));
    directives.parse().with_context(|| format!("the log level \"{directives}\""))
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Where nobody reads any more, a line is lost; saying so there would panic, and a stop would go unheard.
    let lines = lines.log_internal_errors(false);
    // Colours are for a terminal; in a file they are noise.
    let colours = std::io::stderr().is_terminal();
    match format {
        LogFormat::Text => {
            let text = format::format().with_target(false).with_ansi(colours);
            Box::new(lines.with_ansi(colours).event_format(WithRequestId(text)))
        }
        LogFormat::Json => Box::new(lines.with_ansi(colours).json().map_event_format(WithRequestId)),
    }
}

/// Hears what crates say by `log`.
fn bridge() -> anyhow::Result<()> {
    let bridge = LogTracer::builder().with_max_level(LevelFilter::current().as_log()).ignore_all(TELL_TALES);
    bridge.init().context("logging")
}
