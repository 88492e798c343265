//! What has to be so in the end, looked at from outside.

mod claim;
mod event;
mod history;
mod proof;
mod queue;
mod thread;

use super::Plan;
use super::caller::Caller;
use super::endpoint::Endpoint;
use super::ledger::{Books, Violation};
use super::listener::Heard;
use super::platform::MARK;
use super::report::Report;
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long replicas have to find their store, and how long nothing may come of what is still to be told: the lease on an
/// endpoint lasts a minute, and a message's third attempt comes after 36 seconds at most.
const LIMIT: Duration = Duration::from_mins(3);

/// What ombud says.
pub struct Found {
    /// By id.
    pub comments: BTreeMap<String, Value>,
    /// The audit trails, by comment, oldest step first.
    pub trails: BTreeMap<String, Vec<Value>>,
    /// All events, as pages tell them.
    pub events: Vec<Value>,
}

type Violations = Vec<Violation>;

fn broken(kind: &'static str, detail: String) -> Violation {
    Violation { kind, detail }
}

/// Waits until all is at rest, looks at everything, and ends the replicas.
pub async fn run(caller: &Caller, endpoints: &[&Endpoint], heard: &Heard, plan: &Plan) -> Report {
    expect_ready(caller).await;
    let mut found = gather(caller).await;
    endpoints.iter().copied().for_each(Endpoint::heal);
    let healed = Instant::now();
    let mut last = (0, healed);
    // What is missing after that is found below, one by one.
    while !event::all_told(&found, endpoints, heard) && last.1.elapsed() < LIMIT {
        super::pause(Duration::from_millis(200)).await;
        found.events = events(caller).await;
        let told = event::count_told(endpoints, heard);
        if told > last.0 {
            last = (told, Instant::now());
        }
    }
    let rest = healed.elapsed();
    let heard = heard.lock().expect("nobody panicked").clone();
    let queue = queue::check(caller, &found).await;
    let threads = thread::check_last(caller, &found).await;
    caller.house.end().await;
    let books = std::mem::take(&mut *caller.ledger.books());
    let mut violations = books.violations.clone();
    violations.extend(history::check(&found, &books, &caller.house.keys.bulk.id));
    violations.extend(claim::check(&books));
    violations.extend(event::check(&found, endpoints, &heard));
    violations.extend(queue);
    violations.extend(threads);
    violations.extend(thread::check_shown(&found, &books));
    violations.extend(logs(caller));
    report(plan, &found, books, endpoints, rest, violations)
}

fn report(
    plan: &Plan,
    found: &Found,
    books: Books,
    endpoints: &[&Endpoint],
    rest: Duration,
    violations: Violations,
) -> Report {
    Report {
        store: plan.kind.name(),
        seed: plan.seed,
        seconds: plan.time.as_secs(),
        comments: found.comments.len(),
        steps: found.trails.values().map(Vec::len).sum(),
        tallies: books.tallies,
        faults: books.faults,
        deliveries: endpoints.iter().map(|endpoint| endpoint.mail().deliveries).sum(),
        failed_deliveries: endpoints.iter().map(|endpoint| endpoint.mail().failed).sum(),
        shown: books.shown.len(),
        rest_seconds: rest.as_secs(),
        violations,
    }
}

/// Waits until each replica has its store.
async fn expect_ready(caller: &Caller) {
    for replica in 0..caller.house.count() {
        let admin = caller.house.keys.admin.client.at(&caller.house.base(replica));
        let ready = async {
            loop {
                let asked = admin.request(Method::GET, "/readyz").timeout(Duration::from_secs(5)).send().await;
                if asked.is_ok_and(|answer| answer.status() == 200) {
                    return;
                }
                super::pause(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(LIMIT, ready).await.expect("each replica finds its store again");
    }
}

async fn gather(caller: &Caller) -> Found {
    let events = events(caller).await;
    let mut ids: BTreeSet<String> = caller.ledger.books().pages.keys().cloned().collect();
    ids.extend(events.iter().filter_map(|event| event["comment_id"].as_str()).map(str::to_owned));
    let read = |id: String| async move {
        let admin = &caller.house.keys.admin;
        let (status, comment) = caller.insist(admin, &Method::GET, &format!("/v1/comments/{id}"), None).await;
        let (_, trail) = caller.insist(admin, &Method::GET, &format!("/v1/audit?comment_id={id}"), None).await;
        let trail = trail["entries"].as_array().cloned().unwrap_or_default();
        (status == 200).then_some((id, comment, trail))
    };
    let read: Vec<_> = stream::iter(ids).map(read).buffer_unordered(8).filter_map(std::future::ready).collect().await;
    let (mut comments, mut trails) = (BTreeMap::new(), BTreeMap::new());
    for (id, comment, trail) in read {
        trails.insert(id.clone(), trail);
        comments.insert(id, comment);
    }
    Found { comments, trails, events }
}

/// All events, by a reader that begins at the beginning.
async fn events(caller: &Caller) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/events?limit=1000{after}");
        let (status, page) = caller.insist(&caller.house.keys.platform, &Method::GET, &path, None).await;
        assert_eq!(status, 200, "{page}");
        events.extend(page["events"].as_array().cloned().unwrap_or_default());
        if page["more"] == json!(false) {
            return events;
        }
        after = format!("&after={}", page["next"].as_str().expect("a cursor"));
    }
}

/// No replica panicked, and none said what nobody may know.
fn logs(caller: &Caller) -> Violations {
    let keys = &caller.house.keys;
    let secrets = [keys.platform.client.key(), keys.admin.client.key(), MARK, "panicked"];
    let said = caller.house.said();
    let lines = said.iter().flat_map(|said| said.lines());
    let bad = lines.filter(|line| secrets.iter().any(|secret| line.contains(secret)));
    bad.map(|line| broken("log", line.to_owned())).collect()
}
