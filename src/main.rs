//! The `ombud` program.

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    ombud::cli::run(ombud::cli::Cli::parse())
}
