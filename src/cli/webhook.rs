//! `ombud webhook`: how webhooks go, and what to do about it.

use super::{open, runtime};
use crate::comment::{EndpointId, Timestamp};
use crate::config::{self, Overrides};
use crate::delivery::webhook::{Outcome, new_secret};
use crate::service::{DeadLetter, Ombud, OutboxStatus, Replay, WebhookReport};
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;

/// How many dead letters are read at a time.
const PAGE: usize = 500;

/// Show how webhooks go, send again what was given up, and try an endpoint
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the endpoints: how each stands, how far behind it is, what waits and what was given up
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// List what was given up, oldest first
    Dead {
        #[command(flatten)]
        which: One,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Send again what was given up
    Replay {
        #[command(flatten)]
        which: One,
        /// The event's id, as `ombud webhook dead` lists it
        #[arg(long, required_unless_present = "all", conflicts_with = "all")]
        id: Option<String>,
        /// All of it
        #[arg(long)]
        all: bool,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Take up an endpoint again that is paused, or was disabled by a 410
    Enable {
        #[command(flatten)]
        which: One,
    },
    /// Send an endpoint a message that tells nothing (`ombud.test`), and print what came back
    Test {
        #[command(flatten)]
        which: One,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Read webhooks.toml and the files of secrets as the server would, and say where they are wrong
    Check,
    /// Print a new secret
    Secret,
}

#[derive(clap::Args)]
struct One {
    /// The endpoint's id in webhooks.toml
    #[arg(long, value_name = "ID", value_parser = endpoint_id)]
    endpoint: EndpointId,
}

fn endpoint_id(value: &str) -> Result<EndpointId, String> {
    EndpointId::parse(value).map_err(|e| e.to_string())
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Secret => println!("{}", new_secret().map_err(|e| anyhow::anyhow!("no randomness: {e}"))?),
        Command::Check => check(&args.settings)?,
        command => runtime()?.block_on(async {
            let ombud = open(&args.settings).await?;
            on_store(&ombud, command).await
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

fn check(settings: &Overrides) -> anyhow::Result<()> {
    let webhooks = config::load_webhooks(config::folder(settings.config.as_deref())?.as_deref())?;
    println!("The webhooks are well formed. Endpoints: {}.", webhooks.endpoints.len());
    for endpoint in &webhooks.endpoints {
        println!("{}  {}  {}", endpoint.id, endpoint.site, endpoint.url);
    }
    Ok(())
}

async fn on_store(ombud: &Ombud, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::List { json } => list(&ombud.webhooks().await?, *json),
        Command::Dead { which, json } => dead(ombud, &which.endpoint, *json).await?,
        Command::Replay { which, id, json, .. } => {
            let replay = id.clone().map_or(Replay::All, Replay::One);
            let count = ombud.replay(&which.endpoint, &replay).await?;
            match id {
                Some(id) if count == 0 => bail!("nothing of the id \"{id}\" was given up"),
                _ if *json => println!("{}", json!({"replayed": count})),
                _ => println!("{count} go out again"),
            }
        }
        Command::Enable { which } => {
            ombud.enable_webhook(&which.endpoint).await?;
            println!("{} is sent to again", which.endpoint);
        }
        Command::Test { which, json } => test(ombud, &which.endpoint, *json).await?,
        Command::Check | Command::Secret => {}
    }
    Ok(())
}

/// A status in a word, since when, and why.
fn status(status: &OutboxStatus) -> (&'static str, Option<Timestamp>, Option<&str>) {
    match status {
        OutboxStatus::Active => ("active", None, None),
        OutboxStatus::Paused { since, why, .. } => ("paused", Some(*since), Some(why)),
        OutboxStatus::Disabled { since } => ("disabled", Some(*since), Some("410")),
    }
}

fn list(reports: &[WebhookReport], json: bool) {
    if !json {
        println!(
            "{:<16} {:<16} {:<9} {:>9} {:>8} {:>8}  last taken",
            "endpoint", "site", "status", "behind", "waiting", "dead"
        );
    }
    for WebhookReport { endpoint, state, lag } in reports {
        let (name, since, why) = status(&state.standing.status);
        let lag_seconds = lag.map_or(0, |lag| lag.as_secs());
        let delivered_at = state.standing.delivered_at;
        if json {
            let shown = json!({
                "endpoint": endpoint.id, "site": endpoint.site, "status": name, "since": since, "why": why,
                "failures": state.standing.failures, "lag_seconds": lag_seconds, "waiting": state.waiting,
                "dead": state.dead, "delivered_at": delivered_at, "begun": state.cursor.is_some(),
                "leased_until": state.leased_until,
            });
            println!("{shown}");
        } else {
            let behind = format!("{:#}", jiff::SignedDuration::from_secs(lag_seconds));
            let last = delivered_at.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
            let since =
                since.map(|since| format!("  since {since:.0}: {}", why.unwrap_or_default())).unwrap_or_default();
            println!(
                "{:<16} {:<16} {name:<9} {behind:>9} {:>8} {:>8}  {last}{since}",
                endpoint.id.as_str(),
                endpoint.site.as_str(),
                state.waiting,
                state.dead
            );
        }
    }
}

async fn dead(ombud: &Ombud, endpoint: &EndpointId, json: bool) -> anyhow::Result<()> {
    let mut after = None::<String>;
    loop {
        let page = ombud.dead_letters(endpoint, after.as_deref(), PAGE).await?;
        for DeadLetter { delivery, died_at } in &page.dead {
            if json {
                let message: Value = serde_json::from_str(&delivery.body).context("a body that is no JSON")?;
                let shown = json!({
                    "id": delivery.event_id, "type": message["type"], "happened_at": delivery.happened_at,
                    "first_tried_at": delivery.first_tried_at, "died_at": died_at, "attempts": delivery.attempts,
                    "last_outcome": delivery.last_outcome,
                });
                println!("{shown}");
            } else {
                let last = delivery.last_outcome.as_deref().unwrap_or_default();
                println!("{died_at:.0}  {}  {} attempts, the last: {last}", delivery.event_id, delivery.attempts);
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

async fn test(ombud: &Ombud, endpoint: &EndpointId, json: bool) -> anyhow::Result<()> {
    let began = tokio::time::Instant::now();
    let answer = ombud.test_webhook(endpoint).await?;
    let took = began.elapsed();
    let delivered = answer.outcome == Outcome::Delivered;
    let body = String::from_utf8_lossy(&answer.body);
    if json {
        println!("{}", json!({"delivered": delivered, "answer": answer.said, "ms": millis(took), "body": body}));
    } else {
        println!("{} after {} ms", answer.said, millis(took));
        // What a stranger sent is shown without what would steer the terminal.
        let shown: String = body.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        println!("{}", shown.trim_end());
    }
    if !delivered {
        bail!("{endpoint} did not take it");
    }
    Ok(())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
