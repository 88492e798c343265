//! What people said of a site's comments, as evidence for thresholds: decisions on what was held, and audits of the rest.

use super::audits::AUDITED_DAYS;
use super::replay::ReplayScope;
use super::{Ombud, ServiceError};
use crate::comment::{
    Action, Audit, AuditOutcome, Comment, CommentId, DecidedBy, ModelStep, ReaderKeys, SiteId, State, Timestamp,
};
use crate::policy::tuning::{Gap, Known, Label, Labelled, Numbered, Sample};
use crate::policy::{Policy, Reread};
use crate::store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// What came in within the last day is left out: of that, what waits says only that nobody was there yet.
const SETTLED: Duration = Duration::from_hours(24);

/// Two readings of the clock within so long mean the same time.
const MOMENT: Duration = Duration::from_mins(1);

/// The version of a comment that its submission makes, whose number it is counted by.
const SUBMITTED: u64 = 1;

/// An even draw from what came in within some time, with what people said of each.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedComments {
    pub sample: Sample,
    pub from: Timestamp,
    pub until: Timestamp,
    /// How many comments came in.
    pub received: u64,
    /// Of those drawn, how many are left out because their authors took them back or changed them.
    pub by_authors: u64,
    /// What scored all of them.
    pub model_revision: String,
}

impl JudgedComments {
    /// How many comments came in on a day.
    #[must_use]
    pub fn per_day(&self) -> f64 {
        let days = self.until.duration_since(self.from).as_secs_f64() / 86_400.0;
        #[expect(clippy::cast_precision_loss, reason = "comments are counted")]
        let received = self.received as f64;
        received / days.max(1.0)
    }
}

/// Why a site has no evidence of its own.
#[derive(Debug, thiserror::Error)]
pub enum JudgedError {
    #[error(
        "none of the machine's decisions was drawn for an audit, so nothing is known of what was published unseen: set `share` \
         of `[audit]` in the policy"
    )]
    NoAudits,
    #[error("evidence reaches {AUDITED_DAYS} days back and ends a day ago: until then what waits may still be judged")]
    Since,
    #[error("{gap}. What came in after {last} is without such gaps", gap = .0, last = last(.0).strftime("%Y-%m-%d %H:%M UTC"))]
    Gap(#[from] Gap),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for JudgedError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

const fn last(gap: &Gap) -> Timestamp {
    let Gap::Unknown { last, .. } = gap;
    *last
}

/// What is known of a site, for one page of its comments after the other.
struct Knowledge {
    keys: ReaderKeys,
    /// Of decisions on what was submitted.
    audits: HashMap<CommentId, Audit>,
    /// The smallest share that audits were drawn at.
    share: f64,
    policy: Policy,
    from: Timestamp,
    until: Timestamp,
}

/// What a page of comments gives.
#[derive(Default)]
struct Found {
    received: u64,
    first: Option<Timestamp>,
    by_authors: u64,
    numbered: Vec<Numbered>,
}

impl Ombud {
    /// Comments of the site that stand for all that came in, with what people would do with each: audits of what the machine
    /// decided, and moderators' decisions on what it held, all thinned by the audits' own draw. `policy` judges them by
    /// everything but thresholds. Only what the models of now have scored is among them.
    ///
    /// # Errors
    /// As [`JudgedError`] says; nothing is changed in any case.
    pub async fn judged_comments(
        &self,
        site: &SiteId,
        policy: Policy,
        since: Option<Timestamp>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<JudgedComments, JudgedError> {
        let now = self.now();
        let ago = |period| now.saturating_sub(period).unwrap_or(Timestamp::MIN);
        let (earliest, until) = (ago(Duration::from_hours(24 * u64::from(AUDITED_DAYS))), ago(SETTLED));
        let since = since.unwrap_or(earliest);
        // A time that was asked for as so long ago was counted a moment before.
        if since.saturating_add(MOMENT).unwrap_or(Timestamp::MAX) < earliest || since >= until {
            return Err(JudgedError::Since);
        }
        let since = since.max(earliest);
        // Without a secret of its own, nothing of the site was ever drawn.
        let keys = self.store.reader_keys(site).await?.ok_or(JudgedError::NoAudits)?;
        let audits = self.audits_since(site, since).await?;
        let model_revision = self.model_revision(site).await;
        let scored_since = self.scored_since(site, &audits, &model_revision).await;
        let from = scored_since.map_or(since, |at| at.max(since));
        let of_the_time = audits.iter().filter(|audit| audit.at >= from);
        let share = of_the_time.map(|audit| audit.share).min_by(f64::total_cmp).unwrap_or(policy.audit_share());
        if share <= 0.0 {
            return Err(JudgedError::NoAudits);
        }
        let submitted = audits.into_iter().filter(|audit| audit.version == SUBMITTED);
        let audits = submitted.map(|audit| (audit.comment_id.clone(), audit)).collect();
        let knowledge = Arc::new(Knowledge { keys, audits, share, policy, from, until });
        let mut all = Found::default();
        let mut add = |found: Found| {
            all.received += found.received;
            all.by_authors += found.by_authors;
            all.first = all.first.into_iter().chain(found.first).min();
            all.numbered.extend(found.numbered);
        };
        let scope = ReplayScope { since: Some(from), most: u64::MAX };
        let look = move |comments: Vec<Comment>| knowledge.look(&comments);
        self.over_newest(site, scope, progress, look, &mut add).await?;
        let from = all.first.unwrap_or(from);
        let sample = Sample::of(all.numbered, share)?;
        Ok(JudgedComments { sample, from, until, received: all.received, by_authors: all.by_authors, model_revision })
    }

    /// Since when the models of now have scored, as far as that is known to be within these audits' time.
    async fn scored_since(&self, site: &SiteId, audits: &[Audit], revision: &str) -> Option<Timestamp> {
        let standing = self.model_standing(site).await;
        let steps = standing.models.history.iter();
        let changed = steps.filter(|change| matches!(change.step, ModelStep::Promoted | ModelStep::RolledBack));
        let others = audits.iter().filter(|audit| audit.model_revision != revision);
        // The moment itself is still of the others.
        let last = changed.map(|change| change.at).chain(others.map(|audit| audit.at)).max()?;
        last.checked_add(Duration::from_millis(1)).ok()
    }
}

impl Knowledge {
    fn look(&self, comments: &[Comment]) -> Found {
        let mut found = Found::default();
        for comment in comments.iter().filter(|c| (self.from..self.until).contains(&c.received_at)) {
            found.received += 1;
            found.first = found.first.into_iter().chain([comment.received_at]).min();
            let draw = self.keys.draw(&comment.id, SUBMITTED);
            if !Audit::is_drawn(draw, self.share) {
                continue;
            }
            match self.known(comment) {
                Some(known) => {
                    found.numbered.push(Numbered { draw, received_at: comment.received_at, known });
                }
                None => found.by_authors += 1,
            }
        }
        found
    }

    /// What is known of a comment; `None` where what came in is no longer there by its author's doing, whatever was decided.
    fn known(&self, comment: &Comment) -> Option<Known> {
        if comment.state == State::Withdrawn || comment.edited_at.is_some() {
            return None;
        }
        let (by, action) = match self.audits.get(&comment.id).map(|audit| &audit.outcome) {
            Some(Some(AuditOutcome::Judged { action, .. })) => (Labelled::Audit, *action),
            Some(None) => return Some(Known::Waits),
            Some(Some(AuditOutcome::Void { .. })) => return Some(Known::Unknown),
            None => match (comment.state, comment.decision.by) {
                (State::Pending, _) => return Some(Known::Waits),
                (_, DecidedBy::Moderator) => (Labelled::Queue, comment.decision.action),
                (_, DecidedBy::Policy) => return Some(Known::Unknown),
            },
        };
        let label = if action == Action::Publish { Label::Publish } else { Label::Reject };
        Some(Reread::of(comment).map_or(Known::Unknown, |read| Known::Labelled(by, read.row(&self.policy, label))))
    }
}
