//! `ombud policy history` and `ombud policy show`.

use super::open;
use crate::config::Overrides;
use crate::policy::PublishedPolicy;
use crate::service::Ombud;
use anyhow::Context as _;

/// How many policies are looked through for one by its revision.
const LOOKED_THROUGH: usize = 10_000;

pub(super) async fn list(settings: &Overrides, limit: usize, json: bool) -> anyhow::Result<()> {
    let ombud = open(settings).await?;
    let published = ombud.published_policies(None, limit).await?;
    if published.is_empty() {
        eprintln!("No policy was ever in force in this store: no ombud has served from it yet.");
    }
    for policy in published {
        if json {
            println!("{}", serde_json::to_string(&policy)?);
        } else {
            let note = policy.note.as_ref().map_or_else(String::new, |note| format!("  {note}"));
            let approved = policy.approved_by.as_ref().map_or_else(String::new, |by| format!(", approved by {by}"));
            println!("{:>4}  {}  {}  {}{approved}{note}", policy.number, policy.revision, policy.at, policy.by);
        }
    }
    Ok(())
}

pub(super) async fn show(settings: &Overrides, which: Option<&str>, diff: bool, words: bool) -> anyhow::Result<()> {
    let ombud = open(settings).await?;
    let policy = find(&ombud, which).await?;
    if diff {
        let difference = ombud.policy_difference(&policy).await?;
        match difference.as_str() {
            "" => println!("It is the first of this store's, or says what the one before said."),
            lines => print!("{lines}"),
        }
        return Ok(());
    }
    let files = ombud.policy_files(&policy.revision).await?.context("the store has no files of it")?;
    print!("{}", if words { files.words } else { files.policy });
    Ok(())
}

/// The policy with this revision or number; the one in force if nothing is named.
async fn find(ombud: &Ombud, which: Option<&str>) -> anyhow::Result<PublishedPolicy> {
    let published = ombud.published_policies(None, LOOKED_THROUGH).await?;
    let named = |policy: &PublishedPolicy| {
        which.is_none_or(|which| policy.revision == which || policy.number.to_string() == which)
    };
    published.into_iter().find(named).with_context(|| match which {
        Some(which) => format!("no policy of this store has the revision or number {which}"),
        None => "no policy was ever in force in this store".to_owned(),
    })
}
