//! Another policy over the comments that this site has: what would change, before anything does. Nothing is written.

mod summary;

pub use summary::ReplaySummary;

use super::{Ombud, ServiceError};
use crate::comment::{Comment, SiteId, Timestamp};
use crate::policy::{Policy, ReplayCounts};
use crate::store::SearchQuery;
use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// How many comments are read at a time.
const PAGE: usize = 1_000;

/// Of more than so many comments, a page that somebody waits for looks at the newest.
pub(super) const MOST_ON_A_PAGE: u64 = 20_000;

/// Which comments are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayScope {
    /// Only those that came in then or later.
    pub since: Option<Timestamp>,
    /// The newest so many.
    pub most: u64,
}

/// What a policy would have decided.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyReplay {
    pub counts: ReplayCounts,
    /// Of the policy in force, and of the candidate.
    pub live: String,
    pub candidate: String,
    /// Whether there are more comments than were looked at.
    pub cut: bool,
    /// Sections that the candidate has something of its own for, in which none of the comments is.
    pub sections_without_comments: Vec<String>,
    /// Whether the two count texts that are nearly the same in different ways: they are counted as they were then.
    pub counts_near_texts_otherwise: bool,
}

impl Ombud {
    /// Judges the site's comments by the policy in force and by a candidate, on what decisions on them rested on when they came in.
    /// `progress` hears how many were looked at.
    ///
    /// # Errors
    /// The store can't be asked, or [`ServiceError::Replaying`]: one at a time is enough for a process.
    pub async fn replay_policy(
        &self,
        site: &SiteId,
        candidate: Policy,
        scope: ReplayScope,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<PolicyReplay, ServiceError> {
        let _alone = self.replaying.try_acquire().map_err(|_| ServiceError::Replaying)?;
        let (live, candidate) = (self.policy(), Arc::new(candidate));
        let (mut counts, mut sections) = (ReplayCounts::default(), BTreeSet::new());
        let judge = {
            let (live, candidate) = (Arc::clone(&live), Arc::clone(&candidate));
            move |comments: Vec<Comment>| {
                let mut counts = ReplayCounts::default();
                for comment in &comments {
                    counts.add(&live, &candidate, comment);
                }
                (counts, sections_of(&comments))
            }
        };
        let mut add = |(judged, of): (ReplayCounts, BTreeSet<String>)| {
            counts.merge(judged);
            sections.extend(of);
        };
        let cut = self.over_newest(site, scope, progress, judge, &mut add).await?;
        let without = candidate.sections().filter(|section| !sections.contains(*section));
        Ok(PolicyReplay {
            sections_without_comments: without.map(str::to_owned).collect(),
            counts_near_texts_otherwise: live.nearness() != candidate.nearness(),
            live: live.revision().to_owned(),
            candidate: candidate.revision().to_owned(),
            cut,
            counts,
        })
    }

    /// Goes over the site's comments, the newest first: `work` does a page of them, on a thread where it may compute, and `add`
    /// takes what it found, in their order. Answers whether there are more than `scope` lets it look at.
    pub(super) async fn over_newest<T: Send + 'static>(
        &self,
        site: &SiteId,
        scope: ReplayScope,
        progress: &mut (dyn FnMut(u64) + Send),
        work: impl Fn(Vec<Comment>) -> T + Send + Sync + 'static,
        add: &mut (dyn FnMut(T) + Send),
    ) -> Result<bool, ServiceError> {
        let work = Arc::new(work);
        let at_once = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut working = VecDeque::new();
        let mut query = SearchQuery { from: scope.since, ..SearchQuery::of(site.clone(), PAGE) };
        let (mut looked_at, mut more) = (0_u64, true);
        while more && looked_at < scope.most {
            query.limit = PAGE.min(usize::try_from(scope.most - looked_at).unwrap_or(PAGE));
            let page = self.store.newest(&query).await?;
            looked_at += page.comments.len() as u64;
            (more, query.after) = (page.next.is_some(), page.next);
            // By their last step, so some came in before.
            let comments = page.comments.into_iter().filter(|c| scope.since.is_none_or(|since| c.received_at >= since));
            let (comments, work): (Vec<_>, _) = (comments.collect(), Arc::clone(&work));
            working.push_back(tokio::task::spawn_blocking(move || work(comments)));
            // A page is worked on while the next is read, and never more are in memory than can be worked on at once.
            while working.len() > at_once {
                add(first(&mut working).await?);
            }
            progress(looked_at);
        }
        while !working.is_empty() {
            add(first(&mut working).await?);
        }
        Ok(more)
    }
}

fn sections_of(comments: &[Comment]) -> BTreeSet<String> {
    comments.iter().filter_map(|comment| Some(comment.section.as_ref()?.to_lowercase())).collect()
}

/// What came of the page that was begun first.
async fn first<T>(working: &mut VecDeque<tokio::task::JoinHandle<T>>) -> Result<T, ServiceError> {
    let page = working.pop_front().ok_or_else(|| ServiceError::Internal("no page is worked on".to_owned()))?;
    page.await.map_err(|e| ServiceError::Internal(e.to_string()))
}
