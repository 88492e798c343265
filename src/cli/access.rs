//! `ombud site` and `ombud key`: who may call.

use super::{open, runtime, site_id};
use crate::comment::{KeyId, Role, Scope, SiteId};
use crate::config::Overrides;
use crate::http::compat::akismet;
use anyhow::bail;
use serde_json::json;
use std::process::ExitCode;

/// Add, list and revoke sites
#[derive(clap::Args)]
pub struct SiteArgs {
    #[command(subcommand)]
    command: SiteCommand,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Subcommand)]
enum SiteCommand {
    /// Add a site, or rename it
    Add {
        /// a-z, 0-9 and '-'
        #[arg(value_parser = site_id)]
        id: SiteId,
        /// What people call it [default: the id]
        #[arg(long)]
        name: Option<String>,
    },
    /// List the sites
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Revoke a site: its keys stop working, its comments are kept
    Revoke {
        #[arg(value_parser = site_id)]
        id: SiteId,
    },
}

/// Add, list and revoke API keys
#[derive(clap::Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Subcommand)]
enum KeyCommand {
    /// Make a key and print its secret, once
    Add {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        /// What the key may do: submit, read, review, admin
        #[arg(long, value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
        /// Roles of the policy, such as senior: the key may also read and decide what is handed on to them
        #[arg(long, value_delimiter = ',')]
        role: Vec<Role>,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
        /// Also print the secret as a part of a host's name, for Akismet clients that put it there
        #[arg(long)]
        host_label: bool,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// List a site's keys, without their secrets
    List {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key: it stops working within two seconds
    Revoke {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        #[arg(value_parser = key_id)]
        id: KeyId,
    },
}

fn key_id(value: &str) -> Result<KeyId, String> {
    KeyId::parse(value).map_err(|e| e.to_string())
}

pub fn run_site(args: SiteArgs) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        match args.command {
            SiteCommand::Add { id, name } => {
                let site = ombud.add_site(&id, name.as_deref().unwrap_or(id.as_str())).await?;
                println!("site {} ({})", site.id, site.name);
            }
            SiteCommand::List { json } => {
                for site in ombud.sites().await? {
                    if json {
                        println!("{}", json!(site));
                    } else {
                        let revoked = if site.revoked_at.is_some() { "  revoked" } else { "" };
                        println!("{}  {}{revoked}", site.id, site.name);
                    }
                }
            }
            SiteCommand::Revoke { id } => {
                if !ombud.revoke_site(&id).await? {
                    bail!("there is no site {id}");
                }
                println!("revoked {id}");
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

pub fn run_key(args: KeyArgs) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        match args.command {
            KeyCommand::Add { site, scope, role, label, host_label, json } => {
                if !ombud.sites().await?.iter().any(|s| s.id == site && s.revoked_at.is_none()) {
                    bail!("there is no site {site}; add it with `ombud site add {site}`");
                }
                let new = ombud.add_key_with_roles(&site, &label, &scope, &role).await?;
                let in_host = host_label.then(|| akismet::host_label(&new.secret)).flatten();
                if json {
                    let mut shown = json!({"id": new.key.id, "site": site, "secret": new.secret});
                    if let Some(host_label) = in_host {
                        shown["host_label"] = json!(host_label);
                    }
                    println!("{shown}");
                } else {
                    println!("id      {}", new.key.id);
                    println!("secret  {}", new.secret);
                    if let Some(host_label) = in_host {
                        println!("host    {host_label}");
                    }
                    println!("The secret is shown this once; ombud keeps only its hash.");
                }
            }
            KeyCommand::List { site, json } => {
                for key in ombud.keys(&site).await? {
                    let scopes: Vec<&str> = key.scopes.iter().map(|s| s.name()).collect();
                    if json {
                        let shown = json!({"id": key.id, "site": key.site, "label": key.label, "scopes": scopes,
                            "roles": key.roles, "created_at": key.created_at, "revoked_at": key.revoked_at});
                        println!("{shown}");
                    } else {
                        let revoked = if key.revoked_at.is_some() { "  revoked" } else { "" };
                        let roles: Vec<&str> = key.roles.iter().map(Role::as_str).collect();
                        let roles = if roles.is_empty() { String::new() } else { format!("  as {}", roles.join(",")) };
                        println!("{}  {}{roles}  {}{revoked}", key.id, scopes.join(","), key.label);
                    }
                }
            }
            KeyCommand::Revoke { site, id } => {
                if !ombud.revoke_key(&site, &id).await? {
                    bail!("site {site} has no key {id}");
                }
                println!("revoked {id}");
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
