//! The queue is what waits: its counts, and what it hands out.

use super::{Found, Violations, broken};
use crate::torture::caller::Caller;
use ombud::comment::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Longer than any lease.
const LIMIT: Duration = Duration::from_secs(30);

pub async fn check(caller: &Caller, found: &Found) -> Violations {
    let mut violations = Violations::new();
    let mut say = |detail| violations.push(broken("queue", detail));
    let pending: BTreeMap<&str, &Value> = found
        .comments
        .iter()
        .filter(|(_, comment)| comment["state"] == "pending")
        .map(|(id, comment)| (id.as_str(), comment))
        .collect();
    let overview = at_rest(caller).await;
    if overview["depth"] != pending.len() as u64 {
        say(format!("its depth is {}, and {} wait", overview["depth"], pending.len()));
    }
    let recounted = |of: &dyn Fn(&Value) -> BTreeSet<String>| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        pending.values().flat_map(|comment| of(comment)).for_each(|name| *counts.entry(name).or_default() += 1);
        json!(counts)
    };
    let reasons = recounted(&|comment| {
        let reasons = comment["decision"]["reasons"].as_array().into_iter().flatten();
        // What speaks for publishing, as a moderator's word that readers' reports put in question, is no reason to wait.
        let asks = reasons.filter(|reason| reason["action"] != "publish");
        asks.filter_map(|reason| reason["code"].as_str()).map(str::to_owned).collect()
    });
    let languages = recounted(&|comment| comment["language"].as_str().map(str::to_owned).into_iter().collect());
    let roles = recounted(&|comment| comment["escalation"]["role"].as_str().map(str::to_owned).into_iter().collect());
    for (name, recounted) in [("by_reason", reasons), ("by_language", languages), ("by_role", roles)] {
        if overview[name] != recounted {
            say(format!("{name} is {}, and a recount says {recounted}", overview[name]));
        }
    }
    let mut handed: BTreeMap<String, Timestamp> = BTreeMap::new();
    for wanted in [json!({"limit": 100}), json!({"limit": 100, "role": "senior"})] {
        claim_all(caller, &wanted, &mut handed, &mut say).await;
    }
    for id in pending.keys().filter(|id| !handed.contains_key(**id)) {
        say(format!("{id} waits, and nobody is handed it"));
    }
    for id in handed.keys().filter(|id| !pending.contains_key(id.as_str())) {
        say(format!("{id} was handed out, and does not wait"));
    }
    violations
}

/// The overview, once nobody holds anything.
async fn at_rest(caller: &Caller) -> Value {
    let asking = async {
        loop {
            let (_, overview) = caller.insist(&caller.house.keys.last, &Method::GET, "/v1/queue", None).await;
            if overview["claimed"] == 0 {
                return overview;
            }
            super::super::pause(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(LIMIT, asking).await.expect("all leases end")
}

/// Claims until there is nothing new, and notes until when.
async fn claim_all(
    caller: &Caller,
    wanted: &Value,
    handed: &mut BTreeMap<String, Timestamp>,
    say: &mut impl FnMut(String),
) {
    loop {
        let (_, body) = caller.insist(&caller.house.keys.last, &Method::POST, "/v1/queue/claims", Some(wanted)).await;
        let claims = body["claims"].as_array().cloned().unwrap_or_default();
        let mut fresh = false;
        for claim in claims {
            let time =
                |name: &str| claim[name].as_str().and_then(|time| time.parse::<Timestamp>().ok()).expect("a time");
            let id = claim["comment"]["id"].as_str().expect("an id").to_owned();
            match handed.insert(id.clone(), time("expires_at")) {
                Some(until) if until > time("claimed_at") => say(format!("{id} was handed out twice")),
                Some(_) => {}
                None => fresh = true,
            }
        }
        if !fresh {
            return;
        }
    }
}
