//! `ombud moderator`: who may sign in to the console.

use super::{open, runtime, site_id};
use crate::comment::{Actor, Moderator, ModeratorName, ModeratorRole, SiteId};
use crate::config::Overrides;
use crate::service::{Ombud, Password};
use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

/// Add, list and shut the accounts of moderators
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: ModeratorCommand,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Args)]
struct Who {
    /// What she signs in with and what colleagues see: 2 to 40 letters, digits, spaces and . - _ '
    name: ModeratorName,
    #[arg(long, value_parser = site_id)]
    site: SiteId,
}

#[derive(clap::Args)]
struct NewPassword {
    /// Make a password and print it, once
    #[arg(long)]
    generate: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Subcommand)]
enum ModeratorCommand {
    /// Add an account. The password is asked for, or read from standard input
    Add {
        #[command(flatten)]
        who: Who,
        /// What she may do: moderator, senior, editor or admin
        #[arg(long)]
        role: ModeratorRole,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Give somebody another role, from the next request on
    Role {
        #[command(flatten)]
        who: Who,
        /// moderator, senior, editor or admin
        role: ModeratorRole,
    },
    /// Give somebody a new password, and sign her out everywhere. It is asked for, or read from standard input
    Password {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Shut an account, and sign its owner out everywhere; what she decided is kept under her name
    Revoke {
        #[command(flatten)]
        who: Who,
    },
    /// Let the owner of a shut account in again
    Restore {
        #[command(flatten)]
        who: Who,
    },
    /// List a site's accounts
    List {
        #[arg(long, value_parser = site_id)]
        site: SiteId,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        match args.command {
            ModeratorCommand::Add { who: Who { name, site }, role, password } => {
                if ombud.site(&site).await?.is_none() {
                    bail!("there is no site {site}; add it with `ombud site add {site}`");
                }
                let chosen = password.choose(&name)?;
                let added = ombud.add_moderator(&site, &name, role, &chosen, Actor::Operator).await?;
                password.tell(&added, &chosen);
            }
            ModeratorCommand::Role { who: Who { name, site }, role } => {
                let changed = ombud.give_role(&site, &name, role, Actor::Operator).await?;
                println!("{} is {} now", changed.name, changed.role);
            }
            ModeratorCommand::Password { who: Who { name, site }, password } => {
                known(&ombud, &site, &name).await?;
                let chosen = password.choose(&name)?;
                let changed = ombud.give_password(&site, &name, &chosen, Actor::Operator).await?;
                password.tell(&changed, &chosen);
            }
            ModeratorCommand::Revoke { who: Who { name, site } } => {
                let shut = ombud.revoke_moderator(&site, &name, Actor::Operator).await?;
                println!("the account of {} is shut", shut.name);
            }
            ModeratorCommand::Restore { who: Who { name, site } } => {
                let restored = ombud.restore_moderator(&site, &name, Actor::Operator).await?;
                println!("{} may sign in again, with the password there was", restored.name);
            }
            ModeratorCommand::List { site, json } => list(&ombud, &site, json).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Says that there is nobody of this name before a password is asked for.
async fn known(ombud: &Ombud, site: &SiteId, name: &ModeratorName) -> anyhow::Result<()> {
    let found = ombud.moderators(site).await?.iter().any(|moderator| moderator.name.key() == name.key());
    ensure!(found, "there is nobody called {name} on this site");
    Ok(())
}

async fn list(ombud: &Ombud, site: &SiteId, json: bool) -> anyhow::Result<()> {
    for moderator in ombud.moderators(site).await? {
        let Moderator { name, role, revoked_at, steps, password_given, .. } = &moderator;
        if json {
            let added_at = steps.first().map(|entry| entry.at);
            let shown = json!({"name": name, "site": site, "role": role, "added_at": added_at,
                "revoked_at": revoked_at, "has_to_choose_password": password_given});
            println!("{shown}");
        } else {
            let shut = if revoked_at.is_some() { "  shut" } else { "" };
            println!("{name}  {role}{shut}");
        }
    }
    Ok(())
}

impl NewPassword {
    /// The password: made, typed twice, or one line of standard input. Never an argument, which other users of the
    /// machine can see.
    fn choose(&self, name: &ModeratorName) -> anyhow::Result<Password> {
        if self.generate {
            return Ok(Password::generate()?);
        }
        let typed = if std::io::stdin().is_terminal() {
            let typed = rpassword::prompt_password(format!("New password for {name}: "))?;
            let again = rpassword::prompt_password("The same once more: ")?;
            ensure!(typed == again, "these were two different passwords; nothing was changed");
            typed
        } else {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).context("standard input")?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        };
        Ok(Password::parse(&typed, name)?)
    }

    fn tell(&self, moderator: &Moderator, password: &Password) {
        let Moderator { name, site, role, .. } = moderator;
        if self.json {
            let mut shown = json!({"name": name, "site": site, "role": role});
            if self.generate {
                shown["password"] = json!(password.reveal());
            }
            println!("{shown}");
            return;
        }
        println!("name      {name}\nrole      {role}");
        if self.generate {
            println!("password  {}", password.reveal());
            println!("The password is shown this once; ombud keeps only its hash.");
        }
        println!("It has to be changed at the first sign-in, at /console/{site}.");
    }
}
