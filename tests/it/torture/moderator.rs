//! A moderator: claims, reads, decides, hands on, takes back; sometimes late, sometimes at the same time as another.

use super::caller::{Caller, Outcome};
use super::house::Identity;
use super::ledger::{Deed, Handed, now};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longer than a lease and than the time for taking back.
const TOO_LATE: Duration = Duration::from_millis(10_500);
const WINDOW: Duration = Duration::from_millis(2_200);

pub struct Moderator {
    who: Identity,
    /// Who decides on the same comment at the same time.
    rival: Identity,
    senior: bool,
    caller: Caller,
    rng: Xoshiro256PlusPlus,
    stop: CancellationToken,
}

/// A claimed comment, as the answer showed it.
struct Claimed {
    comment: String,
    version: u64,
    claim: String,
}

impl Moderator {
    pub fn new(number: usize, caller: Caller, seed: u64, stop: CancellationToken) -> Self {
        let moderators = &caller.house.keys.moderators;
        let number = number % moderators.len();
        let (who, rival) = (moderators[number].clone(), moderators[(number + 1) % moderators.len()].clone());
        let senior = number + 1 == moderators.len();
        Self { who, rival, senior, caller, rng: Xoshiro256PlusPlus::seed_from_u64(seed), stop }
    }

    pub async fn run(mut self) {
        while !self.stop.is_cancelled() {
            for claimed in self.claim().await {
                self.work(&claimed).await;
            }
            if self.rng.random_bool(0.15) {
                self.overrule().await;
            }
            let wait = self.rng.random_range(0..80);
            super::pause(Duration::from_millis(wait)).await;
        }
    }

    async fn call(&mut self, operation: &'static str, to: (Method, &str), body: Option<&Value>) -> Outcome {
        let replica = self.rng.random_range(0..self.caller.house.count());
        self.caller.call(operation, &self.who, replica, to, body).await
    }

    async fn claim(&mut self) -> Vec<Claimed> {
        let order = ["oldest", "uncertain", "harmful"][self.rng.random_range(0..3)];
        let mut wanted = json!({"limit": self.rng.random_range(1..4), "order": order});
        if self.senior && self.rng.random_bool(0.5) {
            wanted["role"] = json!("senior");
        } else if self.rng.random_bool(0.2) {
            wanted["article"] = json!(format!("article-{}", self.rng.random_range(0..super::platform::ARTICLES)));
        }
        let outcome = self.call("claim", (Method::POST, "/v1/queue/claims"), Some(&wanted)).await;
        let Outcome::Done(_, body) = outcome else { return Vec::new() };
        body["claims"].as_array().into_iter().flatten().map(|claim| self.handed(claim)).collect()
    }

    fn handed(&self, claim: &Value) -> Claimed {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let time = |name: &str| claim[name].as_str().and_then(|time| time.parse().ok()).expect("a time");
        let (comment, version) =
            (text(&claim["comment"]["id"]), claim["comment"]["version"].as_u64().unwrap_or_default());
        self.caller.ledger.saw(&claim["comment"]);
        let claim_id = text(&claim["claim_id"]);
        let handed = Handed { version, answered: now(), until: time("expires_at"), ended: None };
        if let Some(page) = self.caller.ledger.books().pages.get_mut(&comment) {
            page.claims.insert(claim_id.clone(), handed);
        }
        Claimed { comment, version, claim: claim_id }
    }

    async fn work(&mut self, claimed: &Claimed) {
        let path = format!("/v1/queue/claims/{}", claimed.claim);
        match self.rng.random_range(0..100) {
            0..6 => {
                self.caller.ledger.ends(&claimed.comment, &claimed.claim);
                self.call("release", (Method::DELETE, &path), None).await;
            }
            6..10 => {
                self.caller.ledger.ends(&claimed.comment, &claimed.claim);
                self.call("skip", (Method::POST, &format!("{path}/skip")), None).await;
            }
            10..17 => self.escalate(claimed).await,
            17..24 => self.second_opinion(claimed).await,
            24..34 => self.at_once(claimed).await,
            34..37 => {
                // Only as long as the run lasts: what is left claimed is claimed by others in the end.
                if self.stop.run_until_cancelled(super::pause(TOO_LATE)).await.is_some() {
                    self.decide(claimed, true).await;
                }
            }
            37..47 => {
                self.call("heartbeat", (Method::PUT, &path), None).await;
                self.decide(claimed, true).await;
            }
            _ => self.decide(claimed, true).await,
        }
    }

    fn decision(&mut self, claimed: &Claimed, with_claim: bool) -> (Value, &'static str) {
        let action = if self.rng.random_bool(0.6) { "publish" } else { "reject" };
        let mut body = json!({"action": action, "reason_code": "other", "expected_version": claimed.version});
        if with_claim {
            body["claim_id"] = json!(claimed.claim);
        }
        (body, action)
    }

    async fn decide(&mut self, claimed: &Claimed, with_claim: bool) {
        let (body, action) = self.decision(claimed, with_claim);
        self.caller.ledger.ends(&claimed.comment, &claimed.claim);
        let path = format!("/v1/comments/{}/decision", claimed.comment);
        let outcome = self.call("decide", (Method::POST, &path), Some(&body)).await;
        self.caller.settle(&claimed.comment, deed(&["decided", "opinion"], &self.who, Some(action)), &outcome);
        let Outcome::Done(_, answer) = outcome else { return };
        if self.rng.random_bool(0.25) {
            if self.rng.random_bool(0.3) {
                super::pause(WINDOW).await;
            }
            self.undo(&claimed.comment, answer["version"].as_u64().unwrap_or_default()).await;
        }
    }

    async fn undo(&mut self, comment: &str, version: u64) {
        let body = json!({"expected_version": version});
        let outcome = self.call("undo", (Method::POST, &format!("/v1/comments/{comment}/undo")), Some(&body)).await;
        self.caller.settle(comment, deed(&["undone"], &self.who, None), &outcome);
    }

    /// Gives the comment back, and decides on it at the very moment when another does.
    async fn at_once(&mut self, claimed: &Claimed) {
        self.caller.ledger.ends(&claimed.comment, &claimed.claim);
        let path = format!("/v1/queue/claims/{}", claimed.claim);
        self.call("release", (Method::DELETE, &path), None).await;
        let path = format!("/v1/comments/{}/decision", claimed.comment);
        let (one, one_does) = self.decision(claimed, false);
        let (other, other_does) = self.decision(claimed, false);
        let replica = self.rng.random_range(0..2);
        let caller = self.caller.clone();
        let call = |who, body, replica| caller.call("decide at once", who, replica, (Method::POST, &path), body);
        let (first, second) =
            tokio::join!(call(&self.who, Some(&one), replica), call(&self.rival, Some(&other), replica + 1));
        let steps = &["decided", "opinion"];
        self.caller.settle(&claimed.comment, deed(steps, &self.who, Some(one_does)), &first);
        self.caller.settle(&claimed.comment, deed(steps, &self.rival, Some(other_does)), &second);
    }

    async fn escalate(&mut self, claimed: &Claimed) {
        let body = json!({"role": "senior", "expected_version": claimed.version, "claim_id": claimed.claim});
        self.caller.ledger.ends(&claimed.comment, &claimed.claim);
        let path = format!("/v1/comments/{}/escalate", claimed.comment);
        let outcome = self.call("escalate", (Method::POST, &path), Some(&body)).await;
        self.caller.settle(&claimed.comment, deed(&["escalated"], &self.who, None), &outcome);
    }

    async fn second_opinion(&mut self, claimed: &Claimed) {
        let body = json!({"expected_version": claimed.version, "claim_id": claimed.claim});
        self.caller.ledger.ends(&claimed.comment, &claimed.claim);
        let path = format!("/v1/comments/{}/second-opinion", claimed.comment);
        let outcome = self.call("second opinion", (Method::POST, &path), Some(&body)).await;
        self.caller.settle(&claimed.comment, deed(&["second_opinion"], &self.who, None), &outcome);
    }

    /// Decides on any comment, whatever it is now and whoever may hold it.
    async fn overrule(&mut self) {
        let any = {
            let books = self.caller.ledger.books();
            let known: Vec<_> = books.pages.iter().filter(|(_, page)| page.admitted.is_some()).collect();
            known.choose(&mut self.rng).map(|(id, page)| {
                let version = page.seen.last_key_value().map_or(1, |(version, _)| *version);
                Claimed { comment: (*id).clone(), version, claim: String::new() }
            })
        };
        if let Some(any) = any {
            self.decide(&any, false).await;
        }
    }
}

fn deed(steps: &'static [&'static str], who: &Identity, action: Option<&'static str>) -> Deed {
    Deed { steps, moderator: Some(who.id.clone()), action, text: None, version: None }
}

/// Decides on many at a time, now and then.
pub async fn decide_many(caller: Caller, seed: u64, stop: CancellationToken) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    while stop.run_until_cancelled(super::pause(Duration::from_millis(rng.random_range(500..3_000)))).await.is_some() {
        let article = format!("article-{}", rng.random_range(0..super::platform::ARTICLES));
        let action = if rng.random_bool(0.5) { "publish" } else { "reject" };
        let mut body = json!({"filter": {"article": article}, "action": action, "reason_code": "other"});
        let who = caller.house.keys.bulk.clone();
        let replica = rng.random_range(0..2);
        let to = (Method::POST, "/v1/queue/decisions:preview");
        let Outcome::Done(_, previewed) = caller.call("preview", &who, replica, to, Some(&body)).await else {
            continue;
        };
        body["selection"] = previewed["selection"].clone();
        let to = (Method::POST, "/v1/queue/decisions");
        match caller.call("decide on many", &who, rng.random_range(0..2), to, Some(&body)).await {
            Outcome::Done(_, done) => caller.ledger.books().bulk.0 += done["decided"].as_u64().unwrap_or_default(),
            Outcome::Doubt => caller.ledger.books().bulk.1 += 1,
            Outcome::Refused | Outcome::Unsent => {}
        }
    }
}
