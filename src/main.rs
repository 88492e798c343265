//! The command line's front door.

use clap::{Parser, Subcommand};
use ombud::cli::{evaluate, score, train};
use std::process::ExitCode;

/// Comment moderation for publishers.
#[derive(Parser)]
#[command(name = "ombud", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Score(score::Args),
    Train(train::Args),
    Evaluate(evaluate::Args),
}

fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Score(args) => score::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
    }
}
