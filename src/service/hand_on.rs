//! A moderator hands a comment on: to those who have a role, to more of her colleagues, or to anybody but herself.

use super::decide::{Decided, actor};
use super::{Caller, Ombud, ServiceError};
use crate::comment::{ClaimId, CommentId, Escalation, Role};
use std::time::Duration;

/// Whom a comment is handed on to.
#[derive(Debug, Clone)]
pub struct HandOn {
    pub to: Receiver,
    /// The version she read: if the comment has moved on since, nothing happens.
    pub expected_version: u64,
    pub claim_id: Option<ClaimId>,
}

/// Who is to decide in her place.
#[derive(Debug, Clone)]
pub enum Receiver {
    /// Those who have a role.
    Role { role: Role, note: Option<String> },
    /// So many moderators who agree; 2 to 5.
    Moderators(u8),
}

impl Ombud {
    /// Hands a pending comment on.
    ///
    /// # Errors
    /// [`ServiceError::UnknownRole`] for a role that the policy doesn't name; [`ServiceError::Transition`] if the comment
    /// doesn't wait, or waits so already; and as [`Ombud::decide`].
    pub async fn hand_on(&self, caller: &Caller, id: &CommentId, hand_on: HandOn) -> Result<Decided, ServiceError> {
        if let Receiver::Role { role, .. } = &hand_on.to {
            self.knows_role(role)?;
        }
        let comment = self.readable(caller, id, hand_on.expected_version, hand_on.claim_id.as_ref()).await?;
        let now = self.clock.now();
        let by_policy = self.policy().opinions(comment.section.as_deref());
        let change = match hand_on.to {
            Receiver::Role { role, note } => {
                let escalation = Escalation { role, by: caller.name().to_owned(), at: now, note };
                comment.escalate(escalation, actor(caller), now)?
            }
            Receiver::Moderators(needed) => comment.ask_opinions(needed, by_policy, actor(caller), now)?,
        };
        let comment = self.step(caller, change, hand_on.claim_id).await?;
        Ok(Decided { opinions: comment.opinions(by_policy), comment })
    }

    /// Gives a claimed comment back and does not hand it to the same moderator again for the policy's
    /// `skip_minutes`; others get it at once.
    ///
    /// # Errors
    /// [`ServiceError::Lease`] if the claim is over.
    pub async fn skip(&self, caller: &Caller, claim: &ClaimId) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let skipped = Duration::from_secs(60 * u64::from(self.policy().skip_minutes()));
        let until = now.saturating_add(skipped).unwrap_or(now);
        Ok(self.store.skip(&caller.site, claim, until, now).await??)
    }

    /// Whether the policy names a role.
    pub(super) fn knows_role(&self, role: &Role) -> Result<(), ServiceError> {
        let policy = self.policy();
        if policy.roles().contains(role) {
            return Ok(());
        }
        let known = policy.roles().iter().map(Role::as_str).collect::<Vec<_>>().join(", ");
        Err(ServiceError::UnknownRole { role: role.clone(), known })
    }
}
