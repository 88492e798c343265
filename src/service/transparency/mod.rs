//! A transparency report: what was decided on a site's comments in a period, and why, how, by what and how fast.
//!
//! Nothing is kept for it. Every comment of the site is read with its audit trail, in the order of ids, as an export reads them:
//! whatever takes a step meanwhile, each comment is read once, as of one moment. A comment's audit trail outlives its text and its
//! author, so that retention and erasures take nothing out of a report.

mod count;
mod durations;
#[cfg(test)]
mod history;
mod model;
mod period;
pub mod statement;
mod trail;
mod words;

pub use durations::Took;
pub use model::{
    AppealFigures, AuditSamples, Became, MachineDecisions, ModelRow, Overturned, PeopleDecisions, PolicyRow,
    Proportion, REPORT_FORMAT, REPORT_VERSION, ReaderReports, ReasonRow, ReportedPeriod, ReportedSite, SMALL_SECTION,
    SectionFigures, SectionKind, SectionRow, Submitted as SubmittedFigures, TransparencyReport, Withdrawals,
};
pub use period::{InvalidPeriod, Period};
pub use words::Words;

use super::{Ombud, ServiceError};
use crate::comment::{Site, SiteId, Timestamp};
use crate::policy::{AuditFigures, PublishedPolicy};
use crate::store::{ArchivedComment, StoreError};
use count::Count;

/// Comments read from the store at once.
const PAGE: usize = 200;

/// Policies read from the store at once.
const POLICIES: usize = 100;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("there is no site {0}")]
    UnknownSite(SiteId),
    #[error("what was found can't be written: {0}")]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ReportError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Ombud {
    /// What was decided on a site's comments in a period. `read` hears of each comment.
    ///
    /// # Errors
    /// There is no such site, or the store can't be asked.
    pub async fn transparency_report(
        &self,
        site: &SiteId,
        period: Period,
        read: &mut (dyn FnMut(usize) + Send),
    ) -> Result<TransparencyReport, ReportError> {
        let Site { id, name, .. } = self.site_to_report(site).await?;
        let policies = self.policies_of(period).await?;
        let words = self.words_of(&policies).await?;
        let made_at = self.clock.now();
        let mut count = Count::new(period, &words);
        self.each_archived(site, &mut |comment| {
            count.add(comment);
            read(1);
            Ok(())
        })
        .await?;
        Ok(TransparencyReport {
            format: REPORT_FORMAT,
            version: REPORT_VERSION,
            site: ReportedSite { id: id.to_string(), name },
            period: ReportedPeriod {
                from: period.from(),
                to: period.to(),
                over: made_at >= period.end(),
                made_at,
                made_by: concat!("ombud ", env!("CARGO_PKG_VERSION")),
                complete_from: count.first_received,
            },
            submitted: count.submitted,
            machine: count.machine,
            people: count.people,
            restrictions: count.restrictions,
            withdrawn: count.withdrawn,
            reasons: count.reasons(),
            overturned: count.overturned(),
            audit_samples: self.audit_samples(site, period).await?,
            waiting: count.waiting.took(),
            handling: count.handling.took(),
            appeals: count.appeals(),
            reader_reports: count.reader_reports,
            sections: count.sections(),
            policies: policy_rows(&policies, &count),
            models: count.models(),
        })
    }

    /// How often the machine was wrong, by the audits of what it decided in the period; `None` where none of them counts.
    async fn audit_samples(&self, site: &SiteId, period: Period) -> Result<Option<AuditSamples>, ServiceError> {
        let mut audits = self.audits_since(site, period.start()).await?;
        audits.retain(|audit| period.contains(audit.at));
        let figures = AuditFigures::of(&audits);
        let AuditFigures { paper: rates, counted, .. } = figures;
        Ok((counted > 0).then(|| AuditSamples {
            wrongly_published: Proportion::of_tally(rates.published),
            wrongly_rejected: Proportion::of_tally(rates.rejected),
        }))
    }

    async fn site_to_report(&self, site: &SiteId) -> Result<Site, ReportError> {
        self.store.site(site).await?.ok_or_else(|| ReportError::UnknownSite(site.clone()))
    }

    /// Reads every comment of a site with what is kept with it, page by page, each once.
    async fn each_archived(
        &self,
        site: &SiteId,
        each: &mut (dyn FnMut(&ArchivedComment) -> Result<(), ReportError> + Send),
    ) -> Result<(), ReportError> {
        let mut after = None;
        loop {
            let page = self.store.archived(site, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.comment.id.clone());
            page.iter().try_for_each(&mut *each)?;
        }
    }

    /// The policies that were in force in the period, the first first, each with until when it was.
    async fn policies_of(&self, period: Period) -> Result<Vec<InForce>, ReportError> {
        let (mut found, mut before, mut until) = (Vec::new(), None, None);
        loop {
            let page = self.store.published_policies(before, POLICIES).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            for policy in page {
                let ended = until.replace(policy.at);
                if policy.at < period.end() && ended.is_none_or(|ended| ended > period.start()) {
                    found.push(InForce { policy, until: ended });
                }
            }
            if until.is_some_and(|began| began <= period.start()) {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }

    /// The words for reasons that these policies have, the last one's first, and those of the one in force here.
    async fn words_of(&self, policies: &[InForce]) -> Result<Words, ReportError> {
        let mut words = Words::default();
        for InForce { policy, .. } in policies.iter().rev() {
            // One that a later release wrote may be no policy to this one.
            if let Some(Ok(policy)) = self.store.policy_files(&policy.revision).await?.map(|files| files.parse()) {
                words.add(&policy);
            }
        }
        words.add(&self.policy());
        Ok(words)
    }
}

/// A policy that was in force, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct InForce {
    policy: PublishedPolicy,
    until: Option<Timestamp>,
}

/// Those in force; then those that decided and that the store has not kept, as where a site was imported.
fn policy_rows(policies: &[InForce], count: &Count<'_>) -> Vec<PolicyRow> {
    let mut decisions = count.policies();
    let mut rows: Vec<PolicyRow> = Vec::new();
    // A revision may have been in force twice: its decisions are said once, with the last time.
    for InForce { policy, until } in policies.iter().rev() {
        rows.push(PolicyRow {
            number: Some(policy.number),
            revision: policy.revision.clone(),
            from: Some(policy.at),
            until: *until,
            decisions: decisions.remove(policy.revision.as_str()).unwrap_or(0),
        });
    }
    rows.reverse();
    let others = decisions.into_iter().map(|(revision, decisions)| PolicyRow {
        number: None,
        revision: revision.to_owned(),
        from: None,
        until: None,
        decisions,
    });
    rows.extend(others);
    rows
}
