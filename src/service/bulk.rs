//! One decision on many pending comments: first what it would be, then as it was seen.

use super::decide::{Verb, actor};
use super::selection::{Asked, Selection};
use super::{Caller, Ombud, ServiceError};
use crate::comment::{Comment, Decision, DecisionTimes, Role, Timestamp, TransitionError};
use crate::store::{ClaimFilter, Conflict, Lease, WaitingComment, WaitingPage, WaitingQuery};
use futures_util::{StreamExt as _, stream};
use std::collections::BTreeMap;

/// How many comments one call decides on, at most.
const MOST: usize = 1_000;
/// How many comments one call looks at, at most.
const LOOKED_AT: usize = 10_000;
/// How many are read at once.
const PAGE: usize = 250;
/// How many steps are under way at once, so that a store can write several together.
const AT_ONCE: usize = 16;
/// How many comments a preview shows.
const SAMPLE: usize = 20;

/// What is to be done with which comments.
#[derive(Debug, Clone)]
pub struct BulkDecision {
    pub filter: ClaimFilter,
    pub verb: Verb,
    /// One of the policy's reasons, or the platform's own word for it.
    pub reason_code: Option<String>,
}

impl BulkDecision {
    fn asked(&self) -> Asked<'_> {
        Asked { filter: &self.filter, action: self.verb.action(), reason_code: self.reason_code.as_deref() }
    }
}

/// Comments that match and are left alone, by why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftAlone {
    /// Somebody holds them.
    pub claimed: u64,
    /// More than one moderator has to agree on them.
    pub opinions: u64,
    /// They were handed on to a role that the filter doesn't name.
    pub role: u64,
    /// They came, or changed, after the preview.
    pub changed: u64,
}

/// What a decision on many would be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BulkPreview {
    /// When they were counted.
    pub at: Timestamp,
    /// How many would be decided on.
    pub count: u64,
    /// Of those, by reason code; a comment with two reasons counts under both.
    pub by_reason: BTreeMap<String, u64>,
    /// Of those, by section, where the article has one.
    pub by_section: BTreeMap<String, u64>,
    /// The first of them.
    pub sample: Vec<Comment>,
    pub left_alone: LeftAlone,
    /// Whether all that match were counted; the first 10,000 are.
    pub complete: bool,
    /// What to send along with the decision.
    pub selection: String,
}

/// What a decision on many led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOutcome {
    pub decided: u64,
    pub left_alone: LeftAlone,
    /// Whether some were not looked at: go on with `selection`.
    pub more: bool,
    /// What to go on with.
    pub selection: String,
}

/// Why a comment is left alone, before anything is tried.
enum Hindrance {
    Claimed,
    Opinions,
    Changed,
}

impl LeftAlone {
    fn count(&mut self, hindrance: &Hindrance) {
        match hindrance {
            Hindrance::Claimed => self.claimed += 1,
            Hindrance::Opinions => self.opinions += 1,
            Hindrance::Changed => self.changed += 1,
        }
    }
}

impl Ombud {
    /// Counts what a decision on many would do now, and shows some of it. Writes nothing.
    ///
    /// # Errors
    /// As [`Ombud::claim`].
    pub async fn preview_decisions(&self, caller: &Caller, bulk: &BulkDecision) -> Result<BulkPreview, ServiceError> {
        self.may_ask_for(caller, &bulk.filter)?;
        let at = self.clock.now();
        let mut preview = BulkPreview { at, complete: true, ..BulkPreview::default() };
        let mut after = None;
        let mut looked_at = 0;
        loop {
            let page = self.page(caller, &bulk.filter, after, PAGE).await?;
            looked_at += page.waiting.len();
            for waiting in page.waiting {
                match self.hindrance(&waiting, at) {
                    Some(hindrance) => preview.left_alone.count(&hindrance),
                    None => preview.add(waiting.comment),
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
            if looked_at >= LOOKED_AT {
                preview.complete = false;
                break;
            }
        }
        if bulk.filter.role.is_none() {
            preview.left_alone.role = self.handed_on(caller, &bulk.filter).await?;
        }
        preview.selection = Selection { at, after: None }.write(&caller.site, &bulk.asked())?;
        Ok(preview)
    }

    /// Decides on up to 1,000 of the comments that were counted, as they were then: each by a step of its own, with its
    /// version checked. What somebody holds is never touched, and what several have to agree on is left to them.
    /// The same call again goes on, and decides on nothing twice.
    ///
    /// # Errors
    /// [`ServiceError::SelectionMismatch`] if the selection is not for this filter and decision; and as [`Ombud::claim`].
    /// What was decided before a failure stands.
    pub async fn decide_many(
        &self,
        caller: &Caller,
        bulk: &BulkDecision,
        selection: &str,
    ) -> Result<BulkOutcome, ServiceError> {
        self.may_ask_for(caller, &bulk.filter)?;
        let Selection { at, mut after } = Selection::read(selection, &caller.site, &bulk.asked())?;
        let decision = self.decision(caller, bulk.verb, bulk.reason_code.as_deref()).await;
        let (mut decided, mut looked_at, mut left_alone) = (0, 0, LeftAlone::default());
        let more = loop {
            let page = self.page(caller, &bulk.filter, after.clone(), PAGE.min(MOST - decided)).await?;
            looked_at += page.waiting.len();
            let steps = page.waiting.into_iter().map(|waiting| self.decide_one(caller, &decision, waiting, at));
            let mut steps = stream::iter(steps).buffer_unordered(AT_ONCE);
            while let Some(outcome) = steps.next().await {
                match outcome? {
                    None => decided += 1,
                    Some(hindrance) => left_alone.count(&hindrance),
                }
            }
            match page.next {
                None => break false,
                next => after = next,
            }
            if decided >= MOST || looked_at >= LOOKED_AT {
                break true;
            }
        };
        let selection = Selection { at, after }.write(&caller.site, &bulk.asked())?;
        Ok(BulkOutcome { decided: decided as u64, left_alone, more, selection })
    }

    /// What to send along with another decision on the comments of a preview, which had the same filter.
    ///
    /// # Errors
    /// Never for a filter that was parsed.
    pub fn selection(&self, caller: &Caller, bulk: &BulkDecision, seen: &BulkPreview) -> Result<String, ServiceError> {
        Selection { at: seen.at, after: None }.write(&caller.site, &bulk.asked())
    }

    async fn page(
        &self,
        caller: &Caller,
        filter: &ClaimFilter,
        after: Option<String>,
        limit: usize,
    ) -> Result<WaitingPage, ServiceError> {
        let (site, filter) = (caller.site.clone(), filter.clone());
        Ok(self.store.waiting(&WaitingQuery { site, filter, after, limit, now: self.clock.now() }).await?)
    }

    fn hindrance(&self, waiting: &WaitingComment, at: Timestamp) -> Option<Hindrance> {
        let comment = &waiting.comment;
        let by_policy = self.policy().opinions(comment.section.as_deref());
        if comment.updated_at > at {
            Some(Hindrance::Changed)
        } else if waiting.claim.is_some() {
            Some(Hindrance::Claimed)
        } else {
            comment.opinions(by_policy).map(|_| Hindrance::Opinions)
        }
    }

    /// How many match that were handed on, of the first 10,000 for each role.
    async fn handed_on(&self, caller: &Caller, filter: &ClaimFilter) -> Result<u64, ServiceError> {
        let mut count = 0;
        let roles: Vec<Role> = self.policy().roles().to_vec();
        for role in roles {
            let filter = ClaimFilter { role: Some(role), ..filter.clone() };
            let (mut after, mut of_role) = (None, 0);
            loop {
                let page = self.page(caller, &filter, after, PAGE).await?;
                of_role += page.waiting.len();
                after = page.next;
                if after.is_none() || of_role >= LOOKED_AT {
                    break;
                }
            }
            count += of_role as u64;
        }
        Ok(count)
    }

    /// Decides on one comment; answers what is in the way, if something is.
    async fn decide_one(
        &self,
        caller: &Caller,
        decision: &Decision,
        waiting: WaitingComment,
        at: Timestamp,
    ) -> Result<Option<Hindrance>, ServiceError> {
        if let Some(hindrance) = self.hindrance(&waiting, at) {
            return Ok(Some(hindrance));
        }
        let (comment, now) = (waiting.comment, self.clock.now());
        let times = DecisionTimes { queued_at: comment.queued_at, claimed_at: None, decided_at: now };
        let change = match comment.decide(Decision { times: Some(times), ..decision.clone() }, actor(caller), now) {
            Ok(change) => self.held_back(change),
            // Somebody decided between the index and the comment.
            Err(TransitionError::Already(_) | TransitionError::Withdrawn) => return Ok(Some(Hindrance::Changed)),
            Err(error) => return Err(error.into()),
        };
        match self.store.advance(&change, &Lease::nobodys(), now).await? {
            Ok(()) => {
                self.measures.decided(decision.action, &times);
                self.held.notify_one();
                Ok(None)
            }
            Err(Conflict::Held(_) | Conflict::Lease(_)) => Ok(Some(Hindrance::Claimed)),
            Err(Conflict::Stale(_) | Conflict::Missing) => Ok(Some(Hindrance::Changed)),
        }
    }
}

impl BulkPreview {
    fn add(&mut self, comment: Comment) {
        self.count += 1;
        for code in comment.queue_entry().into_iter().flat_map(|entry| entry.reasons) {
            *self.by_reason.entry(code).or_default() += 1;
        }
        if let Some(section) = &comment.section {
            *self.by_section.entry(section.clone()).or_default() += 1;
        }
        if self.sample.len() < SAMPLE {
            self.sample.push(comment);
        }
    }
}
