//! `ombud reader`: the secrets with which a platform says who its readers are.

use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::Overrides;
use anyhow::bail;
use serde_json::json;
use std::process::ExitCode;

/// Make, list and revoke the secrets with which a platform signs who its readers are
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a secret and print it, once. The one before goes on being taken until it is revoked
    AddSecret {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// List a site's secrets: their ids and when they were made
    ListSecrets {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Revoke a secret: within two seconds, no token that was signed with it is taken
    RevokeSecret {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        /// The secret's id, as `ombud reader list-secrets` lists it
        id: String,
    },
}

impl Command {
    const fn site(&self) -> &SiteId {
        match self {
            Self::AddSecret { site, .. } | Self::ListSecrets { site, .. } | Self::RevokeSecret { site, .. } => site,
        }
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        let site = args.command.site();
        if !ombud.serves(site).await? {
            bail!("there is no site {site}; add it with `ombud site add {site}`");
        }
        match &args.command {
            Command::AddSecret { json, .. } => {
                let (made, secret) = ombud.add_token_secret(site).await?;
                if *json {
                    println!("{}", json!({"id": made.id, "site": site, "secret": secret}));
                } else {
                    println!("id      {}", made.id);
                    println!("secret  {secret}");
                    println!(
                        "The secret is shown this once. ombud keeps it as it is: without it, it could check no token."
                    );
                }
            }
            Command::ListSecrets { json, .. } => {
                for secret in ombud.token_secrets(site).await? {
                    if *json {
                        println!("{}", json!({"id": secret.id, "site": site, "made_at": secret.made_at}));
                    } else {
                        println!("{}  made {}", secret.id, secret.made_at);
                    }
                }
            }
            Command::RevokeSecret { id, .. } => {
                ombud.revoke_token_secret(site, id).await?;
                println!("revoked {id}");
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
