//! Steps of a comment that is there: by a moderator, by the platform, by readers' reports.

use super::RedisStore;
use super::comment::comment;
use super::held;
use super::key::suffix;
use super::place::Place;
use super::record;
use super::script::{ADVANCE, Call, REPORT, Script};
use crate::comment::{Change, Claim, ClaimId, Comment, Step, Timestamp};
use crate::store::{Conflict, Lease, LeaseError, Report, ReportOutcome, StoreError};
use std::sync::LazyLock;

/// A call of one of the scripts that begin with `step.lua`: its keys and first sixteen arguments.
pub(super) fn step(
    store: &RedisStore,
    script: &'static LazyLock<Script>,
    change: &Change,
    fence: Option<String>,
) -> Result<Call, StoreError> {
    let after = &change.comment;
    let partition = store.keys.partition(&after.site, &after.article_id);
    let mut keys = vec![
        partition.comment(&after.id),
        partition.audit(&after.id),
        partition.events(),
        partition.leases(),
        partition.reports(&after.id),
    ];
    keys.extend(fence);
    keys.push(partition.guard());
    // Reports count from a moderator's last decision on.
    let clears_reports = change.event.step == Step::Decided || change.forgets.is_some();
    let (decided, decided_at) = change.decided_by().unzip();
    Ok(Call::script(script, &keys)
        .arg(partition.base())
        .arg(after.id.as_str())
        .arg(serde_json::to_string(after)?)
        .arg(after.version)
        .arg(after.state.name())
        .arg(after.fingerprint.exact)
        .arg(serde_json::to_string(&Place::of(after))?)
        .arg(serde_json::to_string(&change.audit)?)
        .arg(serde_json::to_string(&change.event)?)
        .arg(after.site.as_str())
        .arg(store.keys.news())
        .arg(u8::from(clears_reports))
        .arg(change.event_due.map(|due| due.as_millisecond().to_string()).unwrap_or_default())
        .arg(u8::from(change.takes_back()))
        .arg(decided.map(suffix::decided).unwrap_or_default())
        .arg(decided_at.flatten().map(|at| at.as_millisecond().to_string()).unwrap_or_default()))
}

pub(super) async fn advance(
    store: &RedisStore,
    change: &Change,
    lease: &Lease,
    now: Timestamp,
) -> Result<Result<(), Conflict>, StoreError> {
    let call = step(store, &ADVANCE, change, None)?.arg(change.expected_version).arg(now.as_millisecond());
    let call = match lease {
        Lease::Free => call.arg("free").arg("").arg(""),
        Lease::Held { holder, claim } => {
            call.arg("held").arg(holder).arg(claim.as_ref().map(ToString::to_string).unwrap_or_default())
        }
    };
    let (reply, repeated): (Vec<String>, bool) = store.connection.told(call).await?;
    Ok(Err(match reply.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["taken", exact_before, reported] => {
            let after = &change.comment;
            if let Some(due) = change.event_due {
                held::note(store, &after.site, &store.keys.partition(&after.site, &after.article_id), due);
            }
            record::note(store, after, exact_before.parse().ok(), !reported.is_empty()).await;
            if let Some(author) = &change.forgets {
                record::forget(store, author, after).await;
            }
            return Ok(Ok(()));
        }
        ["missing"] => Conflict::Missing,
        ["stale", _] if repeated && was_taken(store, change).await? => {
            record::note(store, &change.comment, None, false).await;
            return Ok(Ok(()));
        }
        ["stale", doc] => Conflict::Stale(Box::new(comment(doc)?)),
        ["unknown"] => Conflict::Lease(LeaseError::Unknown),
        ["expired"] => Conflict::Lease(LeaseError::Expired),
        ["held", id, holder, claimed_at, expires_at] => Conflict::Held(claim(id, holder, claimed_at, expires_at)?),
        _ => return Err(StoreError::Corrupt("a step was answered by something else".to_owned())),
    }))
}

/// Whether a step was taken whose reply was lost: the audit trail has one entry for each version, and the step's is
/// there. What the text was before an edit is not known then; its count is one too high until it expires.
pub(super) async fn was_taken(store: &RedisStore, change: &Change) -> Result<bool, StoreError> {
    let Comment { site, article_id, id, version, .. } = &change.comment;
    let audit = store.keys.partition(site, article_id).audit(id);
    let entry: Option<String> =
        store.connection.one(Call::command("LINDEX").arg(audit).arg(version.saturating_sub(1))).await?;
    Ok(entry == Some(serde_json::to_string(&change.audit)?))
}

pub(super) async fn report(
    store: &RedisStore,
    report: &Report,
    limit: u32,
    escalation: &Change,
) -> Result<Result<ReportOutcome, Conflict>, StoreError> {
    let details = serde_json::json!({ "at": report.at, "reason": report.reason });
    let call = step(store, &REPORT, escalation, None)?
        .arg(escalation.expected_version)
        .arg(&report.reporter)
        .arg(details.to_string())
        .arg(limit);
    let (reply, repeated): (Vec<String>, bool) = store.connection.told(call).await?;
    let unreadable = || StoreError::Corrupt("a report was answered by something else".to_owned());
    let distinct = |count: &str| count.parse().map_err(|_| unreadable());
    Ok(match reply.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["recorded", count] => {
            record::reported(store, &escalation.comment).await;
            Ok(ReportOutcome { distinct: distinct(count)?, escalated: false })
        }
        ["escalated", count, exact_before, _] => {
            record::note(store, &escalation.comment, exact_before.parse().ok(), true).await;
            Ok(ReportOutcome { distinct: distinct(count)?, escalated: true })
        }
        ["missing"] => Err(Conflict::Missing),
        ["stale", _] if repeated && was_taken(store, escalation).await? => {
            record::note(store, &escalation.comment, None, true).await;
            Ok(ReportOutcome { distinct: limit, escalated: true })
        }
        ["stale", doc] => Err(Conflict::Stale(Box::new(comment(doc)?))),
        _ => return Err(unreadable()),
    })
}

/// A claim as the comment's HASH holds it; times in milliseconds.
pub(super) fn claim(id: &str, holder: &str, claimed_at: &str, expires_at: &str) -> Result<Claim, StoreError> {
    let unreadable = || StoreError::Corrupt("a claim does not parse".to_owned());
    let time = |ms: &str| ms.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).ok_or_else(unreadable);
    Ok(Claim {
        id: ClaimId::parse(id).map_err(|_| unreadable())?,
        holder: holder.to_owned(),
        claimed_at: time(claimed_at)?,
        expires_at: time(expires_at)?,
    })
}
