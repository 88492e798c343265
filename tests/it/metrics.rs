//! What Prometheus reads: every metric that is documented, in its format, and nothing about anybody.

use crate::support::app::{BANNED, CLEAN, Setup, TestApp, comment};
use crate::support::client::Client;
use crate::support::desk::Desk;
use crate::support::foreign::client;
use crate::support::model::until;
use crate::support::program::Program;
use crate::support::receiver::{Receiver, endpoint};
use crate::support::redis::{Persistence, RedisServer};
use ombud::comment::SiteId;
use ombud::delivery::webhook::{Rules, Webhooks, new_secret};
use ombud::startup::MetricsSettings;
use ombud::store::StoreUrl;
use ombud::telemetry::metric::{ALL, Kind, Metric};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

const DOCUMENTATION: &str = include_str!("../../docs/metrics.md");
const DASHBOARD: &str = include_str!("../../docs/grafana/ombud.json");
const ALERTS: &str = include_str!("../../docs/grafana/alerts.yaml");

/// What a scrape says, read by a parser of others.
struct Scraped(Value);

impl Scraped {
    async fn of(base: &str) -> Self {
        Self(client("prometheus_scrape.py", json!({ "url": format!("{base}/metrics") })).await)
    }

    fn samples(&self, metric: &str) -> Vec<(String, BTreeMap<String, String>, f64)> {
        let samples = self.0[metric]["samples"].as_array().cloned().unwrap_or_default();
        let read = |sample: Value| {
            let (name, labels, value): (String, _, String) = serde_json::from_value(sample).expect("a sample");
            (name, labels, value.parse().expect("a number"))
        };
        samples.into_iter().map(read).collect()
    }

    /// The sum of a metric's samples of this name that have these labels; of a histogram, `METRIC_count`.
    fn sum(&self, metric: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
        let samples = self.samples(metric).into_iter().filter(|(sample, of, _)| {
            sample == name && labels.iter().all(|(label, value)| of.get(*label).is_some_and(|v| v == value))
        });
        samples.map(|(_, _, value)| value).sum()
    }

    fn counter(&self, metric: &str, labels: &[(&str, &str)]) -> f64 {
        self.sum(metric, metric, labels)
    }

    fn count(&self, histogram: &str, labels: &[(&str, &str)]) -> f64 {
        self.sum(histogram, &format!("{histogram}_count"), labels)
    }
}

/// Counts are whole, and exact.
fn is(value: f64, expected: u32) -> bool {
    value.total_cmp(&f64::from(expected)).is_eq()
}

/// Every metric is there after traffic of every kind.
fn is_expected(metric: &Metric) -> bool {
    cfg!(target_os = "linux") || !metric.name.starts_with("process_")
}

#[tokio::test]
async fn a_scrape_after_traffic_has_every_metric_in_prometheus_own_format() {
    let (receiver, folder) = (Receiver::open(), tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("secret"), new_secret().expect("a secret")).expect("written");
    let hears = endpoint(&receiver, folder.path(), "hears", SiteId::parse("post").expect("a site id"));
    let webhooks = Webhooks { endpoints: vec![Arc::new(hears)], rules: Rules::default() };
    let app = TestApp::with(Setup { webhooks, ..Setup::default() }).await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.pending("c2", "a1").await;
    app.pending("c3", "a1").await;
    app.platform.post("/v1/comments", &comment("c4", "nowhere", None, CLEAN[0])).await.expect_status(422);
    app.platform.patch("/v1/comments/c1", &json!({"text": CLEAN[1]})).await.expect_status(200);
    // A lease that runs out, and a decision.
    app.moderator.post("/v1/queue/claims", &json!({"limit": 1})).await.expect_status(201);
    app.clock.advance(Duration::from_hours(1));
    let again = app.second_moderator.post("/v1/queue/claims", &json!({"limit": 1})).await.expect_status(201).body;
    let decision = json!({"action": "publish", "expected_version": 1, "claim_id": again["claims"][0]["claim_id"]});
    let held = again["claims"][0]["comment"]["id"].as_str().expect("a comment").to_owned();
    app.second_moderator.post(&format!("/v1/comments/{held}/decision"), &decision).await.expect_status(200);

    let delivered = async || app.anonymous.get("/metrics").await.text.contains("outcome=\"delivered\"");
    until(delivered).await;
    let scraped = Scraped::of(&app.base).await;
    for metric in ALL.iter().filter(|metric| is_expected(metric)) {
        let family = &scraped.0[metric.name];
        assert_eq!(family["type"], metric.kind.name(), "{}", metric.name);
        assert_eq!(family["help"], metric.meaning, "{}", metric.name);
        let samples = scraped.samples(metric.name);
        assert!(!samples.is_empty(), "{}", metric.name);
        for (name, labels, value) in samples {
            let mut named: BTreeSet<&str> = labels.keys().map(String::as_str).collect();
            assert_eq!(named.remove("le"), name.ends_with("_bucket"), "{name}");
            assert_eq!(named, metric.labels.iter().copied().collect(), "{name}");
            assert!(value >= 0.0, "{name}: {value}");
        }
    }
    let known: BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
    let there: BTreeSet<&str> = scraped.0.as_object().expect("families").keys().map(String::as_str).collect();
    assert_eq!(there.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "only what is documented");

    // Other tests of this process count in the same place, so counters are at least what was done here.
    let route = [("route", "/v1/comments/{id}/decision"), ("method", "POST"), ("status", "2xx")];
    assert!(scraped.count("ombud_http_request_duration_seconds", &route) >= 1.0);
    assert!(scraped.counter("ombud_problems_total", &[("code", "unknown_article")]) >= 1.0);
    assert!(scraped.counter("ombud_edits_total", &[("action", "publish")]) >= 1.0);
    assert!(scraped.counter("ombud_leases_expired_total", &[]) >= 1.0);
    assert!(scraped.sum("ombud_queue_waiting_seconds", "ombud_queue_waiting_seconds_sum", &[]) >= 3_600.0);
    assert!(scraped.count("ombud_store_duration_seconds", &[("operation", "admit"), ("outcome", "ok")]) >= 3.0);
    // The queues are read from the store of this application.
    let queue = |metric| scraped.counter(metric, &[("site", "post")]);
    assert_eq!((queue("ombud_queue_depth"), queue("ombud_queue_oldest_age_seconds")), (1.0, 3_600.0));
    assert_eq!(
        (queue("ombud_queue_claimed"), scraped.counter("ombud_queue_depth", &[("site", "gazette")])),
        (0.0, 0.0)
    );
    assert!(is(scraped.counter("ombud_ready", &[]), 1));
}

#[tokio::test]
async fn each_comment_is_counted_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::serve(folder.path(), &[]).await;
    let platform = program.client("platform_key");
    let article = program.demo()["article_id"].as_str().expect("an id").to_owned();
    let before = Scraped::of(&program.base).await;
    for (id, text) in [("n1", CLEAN[0]), ("n2", CLEAN[1]), ("n3", BANNED)] {
        platform.post("/v1/comments", &comment(id, &article, None, text)).await.expect_status(201);
    }
    // The same again is no news.
    platform.post("/v1/comments", &comment("n1", &article, None, CLEAN[0])).await.expect_status(200);
    let after = Scraped::of(&program.base).await;
    let more = |metric, labels: &[(&str, &str)]| after.counter(metric, labels) - before.counter(metric, labels);
    assert!(is(more("ombud_submissions_total", &[("action", "reject")]), 1));
    assert!(is(more("ombud_submissions_total", &[]), 3));
    assert!(is(more("ombud_events_total", &[("step", "admitted")]), 3));
    let count = |histogram, labels: &[(&str, &str)]| after.count(histogram, labels) - before.count(histogram, labels);
    assert!(is(count("ombud_http_request_duration_seconds", &[("route", "/v1/comments"), ("status", "2xx")]), 4));
    assert!(is(count("ombud_scoring_duration_seconds", &[]), 4));
    assert!(is(count("ombud_score", &[("attribute", "TOXICITY")]), 4));
}

#[tokio::test]
async fn each_attempt_to_sign_in_is_counted_by_how_it_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::serve(folder.path(), &[]).await;
    let (site, person) = (program.demo()["site"].clone(), program.demo()["moderators"][0].clone());
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (page, name) = (format!("/console/{}/sign-in", text(&site)), text(&person["name"]));
    let mut desk = Desk::new(&program.base);
    let mut attempt = async |password: &str| desk.post(&page, &[("name", &name), ("password", password)]).await.status;
    assert_eq!(attempt(&text(&person["password"])).await, 303);
    // Until it is too early for the next one.
    let (mut refused, mut status) = (0, 401);
    while status == 401 && refused < 30 {
        status = attempt("not the password").await;
        refused += u32::from(status == 401);
    }
    assert_eq!(status, 429);
    let scraped = Scraped::of(&program.base).await;
    let counted = |outcome| scraped.counter("ombud_sign_ins_total", &[("outcome", outcome)]);
    assert!(is(counted("succeeded"), 1) && is(counted("refused"), refused) && is(counted("locked"), 1), "{refused}");
    assert!(refused > 1 && !scraped.0["ombud_sign_ins_total"].to_string().contains(&name), "nobody is named");
}

#[tokio::test]
async fn metrics_are_read_where_and_by_whom_they_are_to_be_read() {
    let token = "0123456789abcdef";
    let metrics = MetricsSettings { bind: Some(([127, 0, 0, 1], 0).into()), token: Some(token.to_owned()) };
    let app = TestApp::with(Setup { metrics: Some(metrics), ..Setup::default() }).await;
    app.platform.get("/metrics").await.expect_problem(404, "no_such_address");
    let beside = app.metrics.clone().expect("an address");
    assert_ne!(beside, app.base);
    for wrong in [None, Some("0123456789abcdeg".to_owned()), Some(app.platform.key().to_owned())] {
        Client::new(&beside, wrong).get("/metrics").await.expect_problem(401, "key_invalid");
    }
    let reader = Client::new(&beside, Some(token.to_owned()));
    let answer = reader.get("/metrics").await.expect_status(200);
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert!(answer.text.contains("\nombud_ready 1\n"), "{}", answer.text);
    reader.get("/v1/queue").await.expect_status(404);

    let none = TestApp::with(Setup { metrics: None, ..Setup::default() }).await;
    none.anonymous.get("/metrics").await.expect_problem(404, "no_such_address");
}

#[tokio::test]
async fn a_store_that_does_not_answer_holds_no_scrape_up() {
    let server = RedisServer::start(Persistence::None);
    let store: StoreUrl = server.url().parse().expect("an address");
    let app = TestApp::with(Setup { store: Some(store), ..Setup::default() }).await;
    let redis = redis::Client::open(server.url().replace("redis+unix", "unix")).expect("an address");
    let mut connection = redis.get_multiplexed_async_connection().await.expect("a connection");
    let pause = redis::cmd("CLIENT").arg("PAUSE").arg(600_000).arg("ALL").to_owned();
    pause.query_async::<()>(&mut connection).await.expect("paused");
    // For ten minutes nothing is answered; a scrape is, and the next one does not ask again.
    for _ in 0..3 {
        let text = app.anonymous.get("/metrics").await.expect_status(200).text;
        assert!(text.contains("\nombud_ready 0\n") && !text.contains("ombud_queue_depth{"), "{text}");
    }
}

#[test]
fn the_documentation_has_every_metric_and_no_other() {
    let documented: Vec<&str> = DOCUMENTATION.lines().filter(|line| line.starts_with("| `")).collect();
    let rows: Vec<String> = ALL
        .iter()
        .map(|metric| {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let unit = metric.unit().unwrap_or_default();
            format!(
                "| `{}` | {} | {unit} | {} | {} |",
                metric.name,
                metric.kind.name(),
                labels.join(", "),
                metric.meaning
            )
        })
        .collect();
    assert_eq!(documented, rows, "docs/metrics.md should have these rows:\n{}", rows.join("\n"));
}

/// The metrics that a query names, by how names begin here.
fn queried(query: &str) -> Vec<&str> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("ombud_") || word.starts_with("process_")).collect()
}

/// Whether a query can find samples of this name: a histogram has none of its own.
fn is_sampled(name: &str) -> bool {
    ALL.iter().any(|metric| match metric.kind {
        Kind::Counter | Kind::Gauge => metric.name == name,
        Kind::Histogram(_) => {
            ["_bucket", "_sum", "_count"].iter().any(|part| name.strip_suffix(part) == Some(metric.name))
        }
    })
}

fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                // A data source is named by its kind.
                if let ("expr" | "query", Some(query)) = (name.as_str(), member.as_str().filter(|q| *q != "prometheus"))
                {
                    found.push(query.to_owned());
                }
                queries(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| queries(item, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_metrics_that_there_are() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let mut asked = Vec::new();
    queries(&dashboard, &mut asked);
    assert!(asked.len() > 15, "{}", asked.len());
    let panels = dashboard["panels"].as_array().expect("panels");
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().expect("an id")).collect();
    assert_eq!(ids.len(), panels.len(), "an id stands twice");
    let alerts = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("expr: "));
    asked.extend(alerts.map(str::to_owned));
    for query in &asked {
        let names = queried(query);
        assert!(!names.is_empty() || query.starts_with("up{"), "{query}");
        assert_eq!(names.iter().find(|name| !is_sampled(name)), None, "{query}");
    }
    // Each alert is explained, under its name.
    let named: Vec<&str> = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(named.len() > 5, "{named:?}");
    for alert in named {
        assert!(DOCUMENTATION.contains(&format!("\n* **{alert}**: ")), "{alert} is not explained in docs/metrics.md");
    }
}
