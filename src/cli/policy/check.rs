//! `ombud policy check`.

use super::open;
use crate::comment::SiteId;
use crate::config::{Overrides, Settings};
use crate::policy::Policy;

pub(super) fn well_formed(policy: &Policy) {
    println!("The policy is well formed. Its revision is {}.", policy.revision());
}

/// Checks, and looks which of the policy's sections a site has no article of. Such a section is no mistake: its first article
/// may be written tomorrow. It is more often a name that was typed wrongly.
pub(super) async fn against(settings: &Overrides, site: &SiteId) -> anyhow::Result<()> {
    let policy = Settings::load(settings, None)?.policy.parse()?;
    well_formed(&policy);
    let ombud = open(settings).await?;
    let known = ombud.sections(site).await?;
    for section in policy.sections().filter(|section| !known.contains(*section)) {
        println!(
            "No article of {site} is in the section \"{section}\": what the policy says of it judges nothing yet."
        );
    }
    Ok(())
}
