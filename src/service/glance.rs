//! A site at a glance: what came in of late, who decided, how they agree, and how the scores lie.
//!
//! A site may have millions of comments, so a bounded number is looked at, the newest steps first. Where that is too few
//! for the time asked for, the figures are of a shorter one, and whole for it: a comment that came in, was decided or
//! appealed in some time has its last step in that time or later.

mod agreement;
mod figures;
mod histogram;

pub use agreement::{Among, BesideMachine, Outcome};
pub use figures::{Appeals, Figures, PolicyUse, Standing};
pub use histogram::{Histogram, Histograms};

use super::{Ombud, ServiceError};
use crate::comment::{AuditEntry, Comment, CommentId, DecidedBy, SiteId, Timestamp};
use crate::store::{SearchQuery, StoreError};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How far back is looked: as long for every newsroom, wherever its midnight is.
const SPAN: Duration = Duration::from_hours(24);

/// For how long the same figures are shown again.
const STEP_SECONDS: i64 = 30;

/// How long figures are kept beyond that, for nobody: the clock may stand still, memory must not fill.
pub(super) const KEPT: Duration = Duration::from_mins(2);

/// Most comments that are looked at.
const MOST: usize = 5_000;

/// Comments read from the store at once.
const PAGE: usize = 500;

/// Most audit trails that are read, of the comments that people decided last.
const TRAILS: usize = 500;

/// Audit trails that are read at the same time.
const AT_ONCE: usize = 16;

/// Which site, and which half minute.
pub(super) type Key = (SiteId, i64);

/// A site at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// What happened from then on counts.
    pub since: Timestamp,
    /// When it was read.
    pub at: Timestamp,
    /// How many comments were looked at.
    pub comments: usize,
    /// Whether there were more, so that `since` is later than a day ago.
    pub cut: bool,
    /// Of how many comments it was looked at what the policy and colleagues had said; those that people decided last.
    pub trails: usize,
    /// The whole paper, beside the paper's thresholds.
    pub paper: Figures,
    /// By the section's name in lower case: its name, and its figures beside its own thresholds.
    pub sections: BTreeMap<String, (String, Figures)>,
    /// Which policies judged, the latest first.
    pub policies: Vec<PolicyUse>,
}

impl Ombud {
    /// How the site did within the last day, as read within the last half minute.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn glance(&self, site: &SiteId) -> Result<Arc<Glance>, ServiceError> {
        let now = self.clock.now();
        let key = (site.clone(), now.as_second().div_euclid(STEP_SECONDS));
        let read = async { self.read_glance(site, now).await.map(Arc::new) };
        self.glances.try_get_with(key, read).await.map_err(|error| (*error).clone().into())
    }

    async fn read_glance(&self, site: &SiteId, now: Timestamp) -> Result<Glance, StoreError> {
        let day_ago = now.saturating_sub(SPAN).unwrap_or(Timestamp::MIN);
        let (comments, cut) = self.newest(site, day_ago).await?;
        let since = comments.last().filter(|_| cut).map_or(day_ago, |oldest| right_after(oldest.updated_at));
        let trails = self.trails(site, &comments, since).await?;
        let policy = self.policy();
        let trail = |comment: &Comment| trails.get(&comment.id).map(Vec::as_slice).unwrap_or_default();
        let mut by_section: BTreeMap<String, Vec<&Comment>> = BTreeMap::new();
        for comment in &comments {
            if let Some(section) = &comment.section {
                by_section.entry(section.to_lowercase()).or_default().push(comment);
            }
        }
        let figures = |comments: &[&Comment], section: Option<&str>| {
            let read = comments.iter().map(|comment| (*comment, trail(comment)));
            figures::figures(read, since, policy.thresholds(section))
        };
        let section = |(key, comments): (String, Vec<&Comment>)| {
            let name = comments.iter().find_map(|comment| comment.section.clone()).unwrap_or_default();
            let figures = figures(&comments, Some(&key));
            (key, (name, figures))
        };
        Ok(Glance {
            since,
            at: now,
            comments: comments.len(),
            cut,
            trails: trails.len(),
            paper: figures(&comments.iter().collect::<Vec<_>>(), None),
            sections: by_section.into_iter().map(section).collect(),
            policies: figures::policies(&comments, since),
        })
    }

    /// The comments with a step from then on, latest first, and whether there are more than are looked at.
    async fn newest(&self, site: &SiteId, from: Timestamp) -> Result<(Vec<Comment>, bool), StoreError> {
        let mut comments = Vec::new();
        let mut after = None;
        loop {
            let limit = PAGE.min(MOST - comments.len());
            let query = SearchQuery { from: Some(from), after, ..SearchQuery::of(site.clone(), limit) };
            let page = self.store.newest(&query).await?;
            comments.extend(page.comments);
            after = page.next;
            if after.is_none() || comments.len() >= MOST {
                return Ok((comments, after.is_some()));
            }
        }
    }

    /// The audit trails of the comments that people decided last.
    async fn trails(
        &self,
        site: &SiteId,
        comments: &[Comment],
        since: Timestamp,
    ) -> Result<HashMap<CommentId, Vec<AuditEntry>>, StoreError> {
        let by_people = |comment: &&Comment| {
            figures::decision(comment).is_some_and(|(by, _, at)| by == DecidedBy::Moderator && at >= since)
        };
        let wanted = comments.iter().filter(by_people).take(TRAILS);
        let read = wanted.map(|comment| async { Ok((comment.id.clone(), self.store.audit(site, &comment.id).await?)) });
        stream::iter(read).buffer_unordered(AT_ONCE).try_collect().await
    }
}

/// The next millisecond, by which stores order: of the one before there may be more than was read.
fn right_after(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond() + 1).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_millisecond_with_the_last_one_read_is_left_out() {
        let at = |time: &str| format!("2026-11-03T20:00:00.{time}Z").parse::<Timestamp>().unwrap();
        assert_eq!(right_after(at("001")), at("002"));
        assert_eq!(right_after(at("0019999")), at("002"));
    }
}
