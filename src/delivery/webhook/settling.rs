//! What an answer makes of a delivery, and of the endpoint's standing: a pure function of both.

use super::endpoint::Rules;
use super::message::message_id;
use super::schedule::delay;
use super::sender::{Answer, Outcome};
use crate::comment::{SiteId, Timestamp};
use crate::store::{DeadLetter, Delivery, OutboxStanding, OutboxStatus, Settlement};
use jiff::SignedDuration;

/// How soon the first probe goes out, so that a receiver that merely restarts is found again soon.
const FIRST_PROBE: SignedDuration = SignedDuration::from_secs(15);
/// How long after a probe that failed the next one goes out, at most.
const LAST_PROBE: SignedDuration = SignedDuration::from_mins(5);

/// A settlement that is being written, with the standing that it leads to.
pub(super) struct Settling<'a> {
    site: &'a SiteId,
    rules: Rules,
    now: Timestamp,
    before: &'a OutboxStanding,
    standing: OutboxStanding,
    settlement: Settlement,
}

impl<'a> Settling<'a> {
    pub(super) fn new(site: &'a SiteId, rules: Rules, before: &'a OutboxStanding, now: Timestamp) -> Self {
        let kept = SignedDuration::try_from(rules.keep_dead_for).unwrap_or(SignedDuration::MAX);
        let since = now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        let settlement = Settlement { keep_dead: (rules.keep_dead, since), ..Settlement::default() };
        Self { site, rules, now, before, standing: before.clone(), settlement }
    }

    /// Takes an answer into account. Returns its name for the metrics.
    pub(super) fn account(&mut self, delivery: Delivery, answer: &Answer) -> &'static str {
        let tried = Delivery {
            attempts: delivery.attempts.saturating_add(1),
            first_tried_at: delivery.first_tried_at.or(Some(self.now)),
            last_outcome: Some(answer.said.clone()),
            ..delivery
        };
        match answer.outcome {
            Outcome::Delivered => self.delivered(tried),
            Outcome::Gone => self.gone(tried),
            Outcome::Failed => self.failed(tried, answer),
        }
    }

    /// What is to be written. The standing is left out where it did not change.
    pub(super) fn finish(self) -> (Settlement, OutboxStanding) {
        let Self { before, mut standing, mut settlement, .. } = self;
        if standing != *before {
            standing.revision = before.revision + 1;
            settlement.standing = Some(standing.clone());
        }
        (settlement, standing)
    }

    fn delivered(&mut self, delivery: Delivery) -> &'static str {
        self.standing.failures = 0;
        self.standing.delivered_at = Some(self.now);
        if matches!(self.standing.status, OutboxStatus::Paused { .. }) {
            self.standing.status = OutboxStatus::Active;
        }
        self.settlement.delivered.push(delivery);
        "delivered"
    }

    /// The delivery waits until somebody says that the endpoint is there again.
    fn gone(&mut self, delivery: Delivery) -> &'static str {
        if !matches!(self.standing.status, OutboxStatus::Disabled { .. }) {
            self.standing.status = OutboxStatus::Disabled { since: self.now };
        }
        self.settlement.waiting.push(Delivery { due_at: self.now, ..delivery });
        "gone"
    }

    fn failed(&mut self, delivery: Delivery, answer: &Answer) -> &'static str {
        let now = self.now;
        self.standing.failures = self.standing.failures.saturating_add(1);
        if let Some(rest) = answer.rest {
            self.standing.rest_until = self.standing.rest_until.max(Some(later(now, rest)));
        }
        if let OutboxStatus::Paused { since, probe_at, .. } = &mut self.standing.status {
            // The endpoint is down, not the delivery: a probe uses up no place of its schedule.
            *probe_at = next_probe(*since, now);
            self.settlement.waiting.push(Delivery { due_at: *probe_at, ..delivery });
            return "failed";
        }
        if self.standing.status == OutboxStatus::Active && self.standing.failures >= self.rules.pause_after {
            let (why, probe_at) = (answer.said.clone(), next_probe(now, now));
            self.standing.status = OutboxStatus::Paused { since: now, why, probe_at };
        }
        let step = delivery.step.saturating_add(1);
        let delivery = Delivery { step, ..delivery };
        if let Some(delay) = delay(step, &message_id(self.site, &delivery.event_id)) {
            let due_at = later(now, delay.max(answer.rest.unwrap_or_default()));
            self.settlement.waiting.push(Delivery { due_at, ..delivery });
            "failed"
        } else {
            self.settlement.dead.push(DeadLetter { delivery, died_at: now });
            "dead"
        }
    }
}

/// Half as long from now as it has been paused, within bounds.
fn next_probe(since: Timestamp, now: Timestamp) -> Timestamp {
    later(now, (now.duration_since(since) / 2).clamp(FIRST_PROBE, LAST_PROBE))
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).map_or(Timestamp::MAX, |t| Timestamp::from_millisecond(t.as_millisecond()).unwrap_or(t))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::CommentId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + seconds).unwrap()
    }

    fn delivery() -> Delivery {
        Delivery {
            event_id: "a@1".to_owned(),
            comment: CommentId::parse("a").unwrap(),
            version: 1,
            body: "{}".to_owned(),
            happened_at: at(0),
            due_at: at(0),
            attempts: 0,
            step: 0,
            first_tried_at: None,
            last_outcome: None,
        }
    }

    fn answer(outcome: Outcome, said: &str) -> Answer {
        Answer { outcome, said: said.to_owned(), rest: None, body: Vec::new() }
    }

    /// What an answer makes of a delivery and a standing at a time.
    fn settled(
        standing: &OutboxStanding,
        d: Delivery,
        answer: &Answer,
        now: Timestamp,
    ) -> (Settlement, OutboxStanding) {
        let site = SiteId::parse("daily").unwrap();
        let rules = Rules { pause_after: 3, ..Rules::default() };
        let mut settling = Settling::new(&site, rules, standing, now);
        settling.account(d, answer);
        settling.finish()
    }

    #[test]
    fn a_delivery_that_keeps_failing_dies_at_the_end_of_its_schedule() {
        let failed = answer(Outcome::Failed, "500");
        let (mut waiting, mut now, mut attempts) = (delivery(), at(0), 0);
        let dead = loop {
            // Others get through in between.
            let (mut settlement, _) = settled(&OutboxStanding::default(), waiting, &failed, now);
            attempts += 1;
            match settlement.waiting.pop() {
                Some(again) => {
                    assert!(again.due_at > now);
                    (waiting, now) = (again.clone(), again.due_at);
                }
                None => break settlement.dead.pop().unwrap(),
            }
        };
        assert_eq!((attempts, dead.delivery.attempts, dead.died_at), (14, 14, now));
        assert_eq!(dead.delivery.first_tried_at, Some(at(0)));
        assert_eq!(dead.delivery.last_outcome.as_deref(), Some("500"));
        let hours = now.duration_since(at(0)).as_hours();
        assert!((19..24).contains(&hours), "{hours}");
    }

    #[test]
    fn failures_in_a_row_pause_and_one_success_resumes() {
        let failed = answer(Outcome::Failed, "timeout");
        let mut standing = OutboxStanding::default();
        for revision in 1..=2 {
            standing = settled(&standing, delivery(), &failed, at(0)).1;
            assert_eq!((&standing.status, standing.revision), (&OutboxStatus::Active, revision));
        }
        let standing = settled(&standing, delivery(), &failed, at(9)).1;
        let paused = |probe_at| OutboxStatus::Paused { since: at(9), why: "timeout".to_owned(), probe_at };
        assert_eq!(standing.status, paused(at(24)));
        // A probe costs the delivery nothing, however many there are.
        let (settlement, standing) = settled(&standing, delivery(), &failed, at(109));
        let probed = &settlement.waiting[0];
        assert_eq!((probed.step, probed.attempts, probed.due_at), (0, 1, at(159)));
        assert_eq!(standing.status, paused(at(159)));
        let (_, later) = settled(&standing, delivery(), &failed, at(9_009));
        assert_eq!(later.status, paused(at(9_309)), "every five minutes at least");
        let (settlement, standing) = settled(&standing, delivery(), &answer(Outcome::Delivered, "204"), at(700));
        assert_eq!(settlement.delivered.len(), 1);
        assert_eq!(
            (standing.status, standing.failures, standing.delivered_at),
            (OutboxStatus::Active, 0, Some(at(700)))
        );
    }

    #[test]
    fn gone_disables_and_keeps_the_delivery() {
        let (settlement, standing) =
            settled(&OutboxStanding::default(), delivery(), &answer(Outcome::Gone, "410"), at(1));
        assert_eq!(standing.status, OutboxStatus::Disabled { since: at(1) });
        assert_eq!((settlement.waiting.len(), settlement.waiting[0].step), (1, 0));
        // What was under way then does not enable it.
        let after = settled(&standing, delivery(), &answer(Outcome::Delivered, "200"), at(2)).1;
        assert_eq!(after.status, OutboxStatus::Disabled { since: at(1) });
    }

    #[test]
    fn a_rest_asked_for_is_kept() {
        let busy = Answer { rest: Some(SignedDuration::from_secs(600)), ..answer(Outcome::Failed, "503") };
        let (settlement, standing) = settled(&OutboxStanding::default(), delivery(), &busy, at(0));
        assert_eq!((settlement.waiting[0].due_at, standing.rest_until), (at(600), Some(at(600))));
        let shorter = Answer { rest: Some(SignedDuration::from_secs(60)), ..busy };
        assert_eq!(settled(&standing, delivery(), &shorter, at(0)).1.rest_until, Some(at(600)));
    }
}
