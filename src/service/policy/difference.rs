//! What one policy changed in another.

use crate::comment::SiteId;
use crate::policy::{PolicyFiles, PublishedPolicy};
use crate::service::{Ombud, ServiceError};
use similar::TextDiff;
use std::collections::BTreeSet;

/// How many articles are read at a time.
const PAGE: usize = 500;

/// The lines that differ between two policies, each file with three lines around them, in the unified format; empty where
/// they say the same.
#[must_use]
pub fn difference(before: &PolicyFiles, after: &PolicyFiles) -> String {
    let of = |name: &str, before: &str, after: &str| {
        TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(name, name).to_string()
    };
    of("policy.toml", &before.policy, &after.policy) + &of("words.toml", &before.words, &after.words)
}

impl Ombud {
    /// What a published policy changed in the one before it; empty for the first.
    ///
    /// # Errors
    /// The store can't be asked, or has no files of either.
    pub async fn policy_difference(&self, policy: &PublishedPolicy) -> Result<String, ServiceError> {
        let Some(before) = self.store.published_policies(Some(policy.number), 1).await?.pop() else {
            return Ok(String::new());
        };
        let files = async |revision: &str| {
            let lost = || ServiceError::Internal(format!("the store has no files of the policy {revision}"));
            self.store.policy_files(revision).await?.ok_or_else(lost)
        };
        Ok(difference(&files(&before.revision).await?, &files(&policy.revision).await?))
    }

    /// The sections that a site's articles are in, in lower case.
    ///
    /// # Errors
    /// The store can't be asked.
    pub async fn sections(&self, site: &SiteId) -> Result<BTreeSet<String>, ServiceError> {
        let (mut sections, mut after) = (BTreeSet::new(), None);
        loop {
            let articles = self.store.articles(site, after.as_ref(), PAGE).await?;
            sections.extend(articles.iter().filter_map(|article| Some(article.section.as_ref()?.to_lowercase())));
            match articles.last() {
                Some(last) if articles.len() == PAGE => after = Some(last.id.clone()),
                _ => return Ok(sections),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_file_and_the_lines() {
        let before =
            PolicyFiles { policy: "[thresholds]\nTOXICITY = { review = 0.3 }\n".to_owned(), words: "a\n".to_owned() };
        let after = PolicyFiles { policy: before.policy.replace("0.3", "0.4"), ..before.clone() };
        insta::assert_snapshot!(difference(&before, &after), @r"
        --- policy.toml
        +++ policy.toml
        @@ -1,2 +1,2 @@
         [thresholds]
        -TOXICITY = { review = 0.3 }
        +TOXICITY = { review = 0.4 }
        ");
        assert_eq!(difference(&before, &before), "");
    }
}
