//! Log lines. They name ids, states and codes, and never a text, an author or a secret.

use crate::config::LogFormat;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

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
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|e| anyhow::anyhow!("logging: {e}"))
}
