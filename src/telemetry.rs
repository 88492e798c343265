//! Log lines. They name ids, states and codes, and never a text, an author or a secret.

use crate::config::LogFormat;
use anyhow::Context as _;
use std::io::IsTerminal as _;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::set_global_default;
use tracing_log::{AsLog as _, LogTracer};
use tracing_subscriber::EnvFilter;

/// Crates that log what they read, which is what people wrote. They are not heard at any level.
const TELL_TALES: [&str; 1] = ["html5ever"];

/// Starts logging to standard error. `RUST_LOG`, if set, wins over the level of the settings.
///
/// # Errors
/// Fails on a level that does not parse, or if logging was started before.
pub fn start(format: LogFormat, level: &str) -> anyhow::Result<()> {
    // The server's own start-up lines say nothing that ours don't.
    let filter =
        EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(format!("actix_server=warn,{level}")))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Where nobody reads any more, a line is lost; saying so there would panic, and a stop would go unheard.
    let builder = builder.log_internal_errors(false);
    // Colours are for a terminal; in a file they are noise.
    let builder = builder.with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => set_global_default(builder.with_target(false).finish()),
        LogFormat::Json => set_global_default(builder.json().finish()),
    };
    started.context("logging")?;
    let bridge = LogTracer::builder().with_max_level(LevelFilter::current().as_log()).ignore_all(TELL_TALES);
    bridge.init().context("logging")
}
