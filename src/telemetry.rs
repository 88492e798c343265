//! Log lines. They name ids, states and codes, and never a text, an author or a secret.

use crate::config::LogFormat;
use anyhow::Context as _;
use std::io::IsTerminal as _;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::set_global_default;
use tracing_log::{AsLog as _, LogTracer};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

/// Crates that log what they read, which is what people wrote. They are not heard at any level.
const TELL_TALES: [&str; 1] = ["html5ever"];

/// Starts logging to standard error. `RUST_LOG`, if set, wins over the level of the settings.
///
/// # Errors
/// Fails on a level that does not parse, or if logging was started before.
pub fn start(format: LogFormat, level: &str) -> anyhow::Result<()> {
    // The server's own start-up lines say nothing that ours don't.
    let asked = std::env::var("RUST_LOG").ok().filter(|directives| !directives.trim().is_empty());
    let directives = asked.unwrap_or_else(|| format!("actix_server=warn,{level}"));
    // Which lines are written never depends on what a span holds: a filter that can't ask costs a request next to nothing.
    let filter: Targets = directives.parse().with_context(|| format!("the log level \"{directives}\""))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Where nobody reads any more, a line is lost; saying so there would panic, and a stop would go unheard.
    let lines = lines.log_internal_errors(false);
    // Colours are for a terminal; in a file they are noise.
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    let heard = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => set_global_default(heard.with(lines.with_target(false))),
        LogFormat::Json => set_global_default(heard.with(lines.json())),
    };
    started.context("logging")?;
    let bridge = LogTracer::builder().with_max_level(LevelFilter::current().as_log()).ignore_all(TELL_TALES);
    bridge.init().context("logging")
}
