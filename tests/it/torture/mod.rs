//! Tries to break what ombud promises: real replicas under traffic of every kind, while everything around them is killed,
//! stopped and cut, and a ledger outside that knows what was acknowledged.
//!
//! What happens is drawn from a seed; when it happens is not, as processes and networks have a will of their own. So a
//! seed gives the same attack, and not the same run.
//!
//! ```sh
//! OMBUD_TORTURE_STORE=cluster OMBUD_TORTURE_MINUTES=10 cargo test --release --test it torture -- --ignored --nocapture
//! ```

mod caller;
mod check;
mod endpoint;
mod fault;
mod house;
mod ledger;
mod listener;
mod moderator;
mod platform;
mod report;
mod store;

use caller::Caller;
use endpoint::{Endpoint, Mood};
use fault::{Breaker, Fault};
use house::House;
use ledger::Ledger;
use listener::Listener;
use moderator::Moderator;
use platform::Platform;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use report::Report;
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::{Backing, Blow, Kind};
use tokio_util::sync::CancellationToken;

/// What is done to a store, and how much of it.
#[derive(Debug, Clone)]
struct Plan {
    kind: Kind,
    seed: u64,
    time: Duration,
    platforms: usize,
    moderators: usize,
    mood: Mood,
    /// What goes wrong; none: whatever is drawn, as long as it lasts.
    faults: Option<Vec<Fault>>,
}

const MOODY: Mood = Mood { likely: &[0.12, 0.1], among: u64::MAX };
/// What fails is tried again after five seconds and more: early is soon enough.
const FIRST_ONLY: Mood = Mood { likely: &[0.3], among: 10 };

/// Lets some time pass.
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: docs/operations.md says how to run it"]
async fn torture() {
    let variable = |name: &str| std::env::var(format!("OMBUD_TORTURE_{name}")).ok();
    let stores = variable("STORE").filter(|store| !store.is_empty());
    let kinds: Vec<Kind> =
        Kind::ALL.into_iter().filter(|kind| stores.as_ref().is_none_or(|named| named == kind.name())).collect();
    assert!(!kinds.is_empty(), "OMBUD_TORTURE_STORE is sqlite, redis, sentinel or cluster");
    let minutes: f64 = variable("MINUTES").map_or(1.0, |minutes| minutes.parse().expect("a number of minutes"));
    let seed: u64 = variable("SEED").map_or_else(rand::random, |seed| seed.parse().expect("a seed"));
    let mut broken = 0;
    for kind in kinds {
        println!("{}: {minutes} min with OMBUD_TORTURE_SEED={seed}", kind.name());
        let time = Duration::from_secs_f64(minutes * 60.0);
        let plan = Plan { kind, seed, time, platforms: 6, moderators: 6, mood: MOODY, faults: None };
        let report = run(plan).await;
        println!("{report}");
        broken += report.violations.len();
    }
    assert_eq!(broken, 0, "promises were broken: OMBUD_TORTURE_SEED={seed}");
}

/// A short one, so that the driver itself keeps working.
async fn rehearse(kind: Kind, faults: Vec<Fault>) {
    let time = Duration::from_secs(3);
    let plan = Plan { kind, seed: 7, time, platforms: 2, moderators: 2, mood: FIRST_ONLY, faults: Some(faults) };
    let report = run(plan).await;
    assert!(report.violations.is_empty(), "{report}");
    for operation in ["post", "decide", "read thread"] {
        assert!(report.tallies[operation].acknowledged > 0, "{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_attack_breaks_no_promise_on_sqlite() {
    rehearse(Kind::Sqlite, vec![Fault::Restart, Fault::Pause(Duration::from_millis(300))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_attack_breaks_no_promise_on_redis() {
    let blows = [Blow::Flush, Blow::Cut, Blow::Pause(Duration::from_millis(300))];
    rehearse(Kind::Redis, blows.map(Fault::Store).to_vec()).await;
}

async fn run(plan: Plan) -> Report {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(plan.seed);
    let ledger = Arc::<Ledger>::default();
    let backing = Backing::start(plan.kind);
    let steady = Endpoint::open("steady", Mood::STEADY, rng.random(), &ledger).await;
    let moody = Endpoint::open("moody", plan.mood, rng.random(), &ledger).await;
    let house = Arc::new(House::build(plan.kind, backing.url(), &[&steady, &moody]).await);
    let caller = Caller { house: Arc::clone(&house), ledger: Arc::clone(&ledger) };
    for article in 0..platform::ARTICLES {
        let body = json!({
            "title": "Talks between Maravel and Sundria stall over the border", "section": "world",
            "body": "The ministers of Maravel and Sundria met in Lorne. The talks about the border ended without a \
                     joint statement, and no date was set for another round of talks.",
        });
        let path = format!("/v1/articles/article-{article}");
        let (status, said) = caller.insist(&house.keys.platform, &Method::PUT, &path, Some(&body)).await;
        assert!(status < 300, "{said}");
    }
    let (_, description) = caller.insist(&house.keys.platform, &Method::GET, "/openapi.json", None).await;
    let erases = description["paths"]["/v1/authors/{id}"]["delete"].is_object();

    let (stop, silence) = (CancellationToken::new(), CancellationToken::new());
    let listener = Listener::new(caller.clone(), rng.random()).await;
    let heard = listener.heard();
    let listening = tokio::spawn(listener.run(silence.clone()));
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..plan.platforms {
        clients.spawn(Platform::new(number, caller.clone(), rng.random(), erases).run(stop.clone()));
    }
    for number in 0..plan.moderators {
        clients.spawn(Moderator::new(number, caller.clone(), rng.random(), stop.clone()).run());
    }
    clients.spawn(moderator::decide_many(caller.clone(), rng.random(), stop.clone()));
    let fault_rng = Xoshiro256PlusPlus::seed_from_u64(rng.random());
    let mut breaker = Breaker { house: &house, ledger: &ledger, backing, rng: fault_rng };
    let attack = async {
        match &plan.faults {
            Some(list) => breaker.run_list(list).await,
            None => breaker.run(plan.kind, &stop).await,
        }
    };
    let clock = async {
        pause(plan.time).await;
        if plan.faults.is_none() {
            stop.cancel();
        }
    };
    tokio::join!(attack, clock);
    stop.cancel();
    while let Some(ended) = clients.join_next().await {
        ended.expect("a client does not panic");
    }
    let report = check::run(&caller, &[&steady, &moody], &heard, &plan).await;
    silence.cancel();
    listening.await.expect("the listener does not panic");
    report
}
