//! `ombud policy`: what editors ask before they save.

use crate::config;
use std::path::PathBuf;
use std::process::ExitCode;

/// Check a policy
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Read policy.toml and words.toml as the server would, and say where they are wrong
    Check {
        /// Folder with the files [default: ./config if it is there, else the policy as shipped]
        #[arg(long, value_name = "DIR")]
        config: Option<PathBuf>,
    },
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Command::Check { config } = &args.command;
    let folder = config::folder(config.as_deref())?;
    let policy = config::load_policy(folder.as_deref())?;
    println!("The policy is well formed. Its revision is {}.", policy.revision());
    Ok(ExitCode::SUCCESS)
}
