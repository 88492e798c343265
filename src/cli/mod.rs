//! The command line: one file a subcommand.

mod access;
mod bench;
mod compare;
mod erase;
mod evaluate;
mod explain;
mod export;
mod health;
mod import;
mod learn;
mod learn_report;
mod model;
mod moderator;
mod openapi;
mod output;
mod policy;
mod progress;
mod reader;
mod report;
mod score;
mod serve;
mod site_model;
mod statements;
mod train;
mod training_data;
mod webhook;

use crate::classifier::Classifier;
use crate::comment::SiteId;
use crate::config::{Overrides, Settings};
use crate::service::{Clock, Ombud};
use crate::startup::open_store;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use std::sync::Arc;

/// Comment moderation for publishers.
#[derive(Parser)]
#[command(name = "ombud", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API
    Serve(serve::Args),
    /// Add, list and revoke sites
    Site(access::SiteArgs),
    /// Add, list and revoke API keys
    Key(access::KeyArgs),
    Moderator(moderator::Args),
    Score(score::Args),
    Train(train::Args),
    Learn(learn::Args),
    Model(site_model::Args),
    Evaluate(evaluate::Args),
    Compare(compare::Args),
    /// Check a policy
    Policy(policy::Args),
    Explain(explain::Args),
    Webhook(webhook::Args),
    Reader(reader::Args),
    Report(report::Args),
    Statements(statements::Args),
    Export(export::Args),
    Import(import::Args),
    Erase(erase::Args),
    Bench(bench::Args),
    /// Ask a running ombud whether it is ready
    Health(health::Args),
    /// Print the OpenAPI document
    Openapi,
}

/// Runs what the command line asks for.
///
/// Exit codes: 0 done; 1 it could not be done, and why was said; 2 the command line is wrong.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Site(args) => access::run_site(args),
        Command::Key(args) => access::run_key(args),
        Command::Moderator(args) => moderator::run(args),
        Command::Score(args) => score::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Model(args) => site_model::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Webhook(args) => webhook::run(&args),
        Command::Reader(args) => reader::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Statements(args) => statements::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Erase(args) => erase::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Health(args) => health::run(&args),
        Command::Openapi => Ok(openapi::run()),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ombud: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A runtime for commands that talk to a store.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn site_id(value: &str) -> Result<SiteId, String> {
    SiteId::parse(value).map_err(|e| e.to_string())
}

/// The service over the configured store, for work that may never ask for a model.
async fn open(overrides: &Overrides) -> anyhow::Result<Ombud> {
    let read = || Arc::new(Classifier::embedded());
    open_reading(overrides, read).await
}

/// The service over the configured store, with these models.
async fn open_with(overrides: &Overrides, classifier: Arc<Classifier>) -> anyhow::Result<Ombud> {
    open_reading(overrides, move || classifier).await
}

async fn open_reading(
    overrides: &Overrides,
    read: impl FnOnce() -> Arc<Classifier> + Send + 'static,
) -> anyhow::Result<Ombud> {
    let settings = Settings::load(overrides, None)?;
    let store = open_store(&settings.store, &settings.redis).await?;
    let policy = settings.policy.parse()?;
    Ok(Ombud::reading_models(store, read, policy, Clock::System).announcing(settings.webhooks))
}
