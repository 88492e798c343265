//! Learning by itself, at a quiet hour.

use super::{LearningError, Ombud, ServiceError, Then};
use crate::comment::{Site, SiteId, SiteModels, SiteModelsError, Timestamp};
use crate::training::site::LearnError;

/// Milliseconds of a day and of an hour.
const DAY_MS: i64 = 24 * HOUR_MS;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Who changed a site's models, where nobody did.
const SCHEDULE: &str = "schedule";

/// When a site's models are learned anew, and what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// Every so many days; 0 is never.
    pub every_days: u16,
    /// At which hour of the day, UTC; 0 to 23.
    pub hour: u8,
    pub promotion: Promotion,
}

/// How a model that ran in shadow comes into force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Promotion {
    /// Somebody puts it in force.
    ByHand,
    /// By itself, when the next one is learned, if it judged enough comments and would have decided few otherwise.
    AfterShadow {
        /// At most this share of the comments, 0 to 1.
        max_changed: f64,
        /// At least so many comments.
        min_comments: u64,
    },
}

impl Default for Schedule {
    /// Never.
    fn default() -> Self {
        Self { every_days: 0, hour: 3, promotion: Promotion::ByHand }
    }
}

impl Schedule {
    /// Whether the hour has come. `began`: when learning last began, or when the site came to be.
    fn due(&self, began: Timestamp, now: Timestamp) -> bool {
        let hour = i64::from(self.hour) * HOUR_MS;
        // The last time that it was this hour.
        let slot = now.as_millisecond() - (now.as_millisecond() - hour).rem_euclid(DAY_MS);
        let days = i64::from(self.every_days);
        days > 0 && began.as_millisecond() < slot - (days - 1) * DAY_MS
    }
}

impl Ombud {
    /// Does for every site what the schedule asks for now. What goes wrong on one is logged, and the next one follows.
    ///
    /// # Errors
    /// Fails if the store can't list the sites.
    pub async fn learn_if_due(&self, schedule: &Schedule) -> Result<(), ServiceError> {
        if schedule.every_days == 0 {
            return Ok(());
        }
        let sites = self.store.sites().await?;
        for Site { id, created_at, .. } in sites.into_iter().filter(|site| site.revoked_at.is_none()) {
            let now = self.clock.now();
            let due = |models: &SiteModels| schedule.due(models.learning_began.unwrap_or(created_at), now);
            if due(&self.store.site_models(&id).await?) {
                self.promote_shadow(&id, schedule.promotion).await;
                self.learn_by_schedule(&id, due).await;
            }
        }
        Ok(())
    }

    async fn learn_by_schedule(&self, site: &SiteId, due: impl Fn(&SiteModels) -> bool + Send + Sync) {
        let learnt = self.learn_unless_begun(site, due, Then::Shadow, SCHEDULE, Box::new(())).await;
        if learnt.as_ref().is_ok_and(|learnt| learnt.report.people.iter().any(|person| person.contradicts)) {
            tracing::warn!(%site, "some moderators decide against the others: `ombud learn --site` names them");
        }
        match learnt {
            Ok(learnt) if learnt.known => tracing::info!(%site, "nothing new was learned"),
            Ok(learnt) if learnt.report.promoted => {
                tracing::info!(%site, model = learnt.model.short(), "a model was learned and runs in shadow");
            }
            Ok(learnt) => {
                let failed: Vec<&str> =
                    learnt.report.checks.iter().filter(|c| !c.passed).map(|c| c.name.as_str()).collect();
                tracing::warn!(%site, model = learnt.model.short(), ?failed, "the model learned failed its checks");
            }
            Err(LearningError::Learn(LearnError::NoDecisions | LearnError::OneClass | LearnError::TooFew(_))) => {
                tracing::info!(%site, "there are too few decisions to learn from");
            }
            Err(LearningError::Standing(SiteModelsError::Learning)) => tracing::info!(%site, "another replica learns"),
            Err(error) => tracing::error!(%site, %error, "could not learn"),
        }
    }

    async fn promote_shadow(&self, site: &SiteId, promotion: Promotion) {
        let Promotion::AfterShadow { max_changed, min_comments } = promotion else { return };
        let report = match self.shadow_report(site).await {
            Ok(report) => report,
            Err(LearningError::Standing(_)) => return,
            Err(error) => return tracing::error!(%site, %error, "can't look at the model in shadow"),
        };
        let (comments, changed) = (report.comments(), report.changed());
        #[expect(clippy::cast_precision_loss, reason = "counts of comments")]
        let share = changed as f64 / comments.max(1) as f64;
        let model = report.model.short();
        if comments < min_comments || share > max_changed {
            return tracing::warn!(%site, model, comments, changed, "the model in shadow stays there: promote it by hand");
        }
        match self.promote(site, &report.model, SCHEDULE).await {
            Ok(()) => tracing::info!(%site, model, comments, changed, "the model in shadow came into force"),
            Err(error) => tracing::error!(%site, model, %error, "could not promote the model in shadow"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learning_is_due_once_at_its_hour() {
        let at = |time: &str| -> Timestamp { time.parse().unwrap() };
        let daily = Schedule { every_days: 1, hour: 3, ..Schedule::default() };
        let due = |schedule: Schedule, began, now| schedule.due(at(began), at(now));
        assert!(!due(daily, "2026-03-01T12:00:00Z", "2026-03-02T02:59:59Z"));
        assert!(due(daily, "2026-03-01T12:00:00Z", "2026-03-02T03:00:00Z"));
        assert!(due(daily, "2026-03-01T12:00:00Z", "2026-03-02T23:00:00Z"), "late is better than never");
        assert!(!due(daily, "2026-03-02T03:00:01Z", "2026-03-02T23:00:00Z"));
        let weekly = Schedule { every_days: 7, ..daily };
        assert!(!due(weekly, "2026-03-02T03:00:01Z", "2026-03-08T23:00:00Z"));
        assert!(due(weekly, "2026-03-02T03:00:01Z", "2026-03-09T03:00:00Z"));
        let never = Schedule { every_days: 0, ..daily };
        assert!(!due(never, "2020-03-02T03:00:01Z", "2026-03-09T03:00:00Z"));
    }
}
