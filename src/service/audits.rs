//! Decisions of the machine's that people judge afterwards, without knowing what was decided.
//!
//! What is drawn is written after the decision it is about, so one may be lost in a crash: that hangs on the clock and not
//! on the comment, and biases nothing.

use super::decide::Verb;
use super::edit::{ATTEMPTS, busy};
use super::{Caller, ModeratorDecision, Ombud, ServiceError};
use crate::comment::{Article, Audit, AuditId, AuditOutcome, Comment, SiteId, Timestamp};
use crate::policy::{AuditFigures, Policy};
use crate::store::{AUDITS_KEPT, AuditClaim, AuditSettled, AuditTerm};
use std::sync::Arc;
use std::time::Duration;

/// How old a decision is when it is handed out: most that is taken back or changed is so by then, and she who saw it a
/// moment ago has forgotten it.
const AFTER: Duration = Duration::from_hours(1);
/// How long she has for it.
const LEASE: Duration = Duration::from_mins(30);
/// After so long nobody judges any longer what still waits.
const LAPSES: Duration = Duration::from_hours(28 * 24);
/// How long those that were judged are kept.
const KEPT: Duration = Duration::from_hours(400 * 24);
/// How many void ones are passed over before it is left for the next time.
const LOOKS: usize = 20;
/// How many are read, or dropped, at once.
const PAGE: usize = 1_000;
/// Most batches that are dropped in one pass: the next goes on.
const BATCHES: usize = 50;
/// How many days the figures are of.
pub const AUDITED_DAYS: u32 = 28;
/// How long figures are shown again.
pub(super) const TRUST: Duration = Duration::from_mins(1);

/// A decision of the machine's, for a person to judge. Whoever shows it must not show what was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct ToJudge {
    pub id: AuditId,
    pub comment: Comment,
    pub article: Option<Article>,
}

/// What became of a person's judgement.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// It counts. The comment stands as it did.
    Noted,
    /// It counts, and as the machine had decided otherwise, it is a decision on the comment.
    Decided(Box<Comment>),
    /// Somebody had judged it before.
    Before { by: String, at: Timestamp },
    /// There is nothing left to judge: it was taken back, changed or dropped, or waited for too long.
    Void,
}

impl Ombud {
    /// Draws whether the decision that stands is to be judged by a person, if the machine made it alone. What goes wrong
    /// here leaves the decision as it is, and undrawn.
    pub(super) async fn draw(&self, comment: &Comment, policy: &Policy) {
        let share = policy.audit_share();
        if share <= 0.0 || Audit::of(comment, 0, share).is_none() {
            return;
        }
        let site = &comment.site;
        let written = async {
            let draw = self.reader_keys(site).await?.draw(&comment.id, comment.version);
            let Some(audit) = Audit::of(comment, draw, share).filter(|audit| Audit::is_drawn(audit.draw, share)) else {
                return Ok(());
            };
            self.store.put_audit(site, &audit).await?;
            self.measures.audit_drawn();
            Ok::<_, ServiceError>(())
        };
        if let Err(error) = written.await {
            tracing::warn!(%site, %error, "a decision was not drawn for an audit");
        }
    }

    /// How many decisions wait to be judged.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn audits_waiting(&self, site: &SiteId) -> Result<u64, ServiceError> {
        Ok(self.store.audits_waiting(site).await?)
    }

    /// Hands out a decision to judge, the one with the lowest number first; the same again to whoever holds it. What is
    /// void is settled on the way.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn next_audit(&self, caller: &Caller) -> Result<Option<ToJudge>, ServiceError> {
        let (site, now) = (&caller.site, self.clock.now());
        let claim = AuditClaim {
            site: site.clone(),
            holder: caller.name().to_owned(),
            until: now.saturating_sub(AFTER).unwrap_or(Timestamp::MIN),
            now,
            expires_at: now.saturating_add(LEASE).unwrap_or(Timestamp::MAX),
        };
        for _ in 0..LOOKS {
            let Some(audit) = self.store.claim_audit(&claim).await? else { return Ok(None) };
            let comment = self.store.comment(site, &audit.comment_id).await?;
            if let Some(comment) = comment.filter(|comment| audit.can_be_judged(comment)) {
                let article = self.store.article(site, &comment.article_id).await?;
                return Ok(Some(ToJudge { id: audit.id(), comment, article }));
            }
            self.settle(site, &audit.id(), &AuditOutcome::Void { at: now }).await?;
        }
        Ok(None)
    }

    /// A person says what should have become of a comment. Where the machine decided otherwise and nothing has happened to
    /// the comment since, that is her decision on it, as any other.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] if the store can't keep it now; the same judgement may be sent again.
    pub async fn judge_audit(
        &self,
        caller: &Caller,
        id: &AuditId,
        verb: Verb,
        reason_code: Option<&str>,
    ) -> Result<Judgement, ServiceError> {
        let site = &caller.site;
        for _ in 0..ATTEMPTS {
            let Some(audit) = self.store.audit_named(site, id).await? else { return Ok(Judgement::Void) };
            if let Some(outcome) = audit.outcome {
                return Ok(before(outcome));
            }
            let now = self.clock.now();
            let found = self.store.comment(site, &id.comment).await?;
            let Some(comment) = found.filter(|comment| audit.can_be_judged(comment)) else {
                let void = AuditOutcome::Void { at: now };
                let settled = self.settle(site, id, &void).await?;
                return Ok(if let AuditSettled::Before(outcome) = settled { before(outcome) } else { Judgement::Void });
            };
            // The decision first: should it all end in between, somebody judges again, and nothing is left half done.
            let mut judgement = Judgement::Noted;
            if audit.action != verb.action() && comment.version == audit.version {
                let decision = ModeratorDecision {
                    verb,
                    reason_code: reason_code.map(str::to_owned),
                    note: None,
                    to_author: None,
                    expected_version: audit.version,
                    claim_id: None,
                };
                match self.decide(caller, &id.comment, decision).await {
                    Ok(decided) => judgement = Judgement::Decided(Box::new(decided.comment)),
                    // Something happened to it just now: look again.
                    Err(ServiceError::Stale(_) | ServiceError::Transition(_)) => continue,
                    Err(error) => return Err(error),
                }
            }
            let rejects = Some(reason_code).filter(|_| verb == Verb::Reject).flatten();
            let outcome = AuditOutcome::Judged {
                by: caller.name().to_owned(),
                at: now,
                action: verb.action(),
                reason: rejects.map(str::to_owned),
                attribute: rejects.and_then(|code| self.policy().attribute_of(code)),
            };
            return Ok(match self.settle(site, id, &outcome).await? {
                AuditSettled::Done => {
                    self.measures.audit_judged(audit.action, verb.action());
                    judgement
                }
                AuditSettled::Before(outcome) => before(outcome),
                AuditSettled::Unknown => Judgement::Void,
            });
        }
        Err(busy())
    }

    /// Gives a decision back to be judged by others; it is not handed to her again for as long as a skipped comment.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn skip_audit(&self, caller: &Caller, id: &AuditId) -> Result<(), ServiceError> {
        let (now, minutes) = (self.clock.now(), self.policy().skip_minutes());
        let until = now.saturating_add(Duration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX);
        Ok(self.store.pass_audit(&caller.site, id, caller.name(), until, now).await?)
    }

    /// How often the machine was wrong within the last 28 days, as it was known up to a minute ago.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn audit_figures(&self, site: &SiteId) -> Result<Arc<AuditFigures>, ServiceError> {
        if let Some(figures) = self.audit_figures.get(site).await {
            return Ok(figures);
        }
        let period = Duration::from_hours(24 * u64::from(AUDITED_DAYS));
        let from = self.clock.now().saturating_sub(period).unwrap_or(Timestamp::MIN);
        let figures = Arc::new(AuditFigures::of(&self.audits_since(site, from).await?));
        self.audit_figures.insert(site.clone(), Arc::clone(&figures)).await;
        Ok(figures)
    }

    /// Says what became of an audit; figures that this replica shows from now on have it.
    async fn settle(&self, site: &SiteId, id: &AuditId, outcome: &AuditOutcome) -> Result<AuditSettled, ServiceError> {
        let settled = self.store.settle_audit(site, id, outcome).await?;
        self.audit_figures.invalidate(site).await;
        Ok(settled)
    }

    /// All that was drawn from a time on.
    pub(super) async fn audits_since(&self, site: &SiteId, from: Timestamp) -> Result<Vec<Audit>, ServiceError> {
        let (mut audits, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.audits(site, from, after.as_deref(), PAGE).await?;
            audits.extend(page.audits);
            after = page.next;
            if after.is_none() || audits.len() >= AUDITS_KEPT {
                return Ok(audits);
            }
        }
    }

    /// Drops audits that were kept long enough.
    pub(super) async fn trim_audits(&self, site: &SiteId) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let ago = |period| now.saturating_sub(period).unwrap_or(Timestamp::MIN);
        let term = AuditTerm { before: ago(KEPT), waiting_before: ago(LAPSES), keep: AUDITS_KEPT };
        for _ in 0..BATCHES {
            if self.store.trim_audits(site, &term, PAGE).await? < PAGE as u64 {
                break;
            }
        }
        Ok(())
    }
}

fn before(outcome: AuditOutcome) -> Judgement {
    match outcome {
        AuditOutcome::Judged { by, at, .. } => Judgement::Before { by, at },
        AuditOutcome::Void { .. } => Judgement::Void,
    }
}
