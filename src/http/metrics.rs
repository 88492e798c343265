//! What HTTP counts and times, and `/metrics`, where Prometheus reads everything.

use super::authority::bearer;
use super::problem::{Code, Problem};
use crate::comment::KeyHash;
use crate::policy::interval;
use crate::service::{Backlog, Ombud, PolicyAlert};
use crate::telemetry::exposition::{CONTENT_TYPE, Exposition};
use crate::telemetry::metric::{
    AUDIT_ERROR_RATIO, AUDITS_WAITING, BUILD_INFO, HTTP_DURATION, MODEL_INFO, POLICY_ALERT, POLICY_INFO, PROBLEMS,
    QUEUE_CLAIMED, QUEUE_DEPTH, QUEUE_OLDEST_AGE, QUEUE_UNREAD_SITES, READY, SQLITE_FILE,
};
use crate::telemetry::process;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::PrometheusHandle;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

/// The methods that are told apart; whoever calls may make up others.
const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"];

const CLASSES: [&str; 6] = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// The histograms of a route, by method and class, each made when it is needed first.
type OfRoute = [[Option<Histogram>; CLASSES.len()]; METHODS.len()];

thread_local! {
    static DURATIONS: RefCell<HashMap<String, OfRoute>> = RefCell::default();
}

/// A request was answered. `route`: the pattern that its address matched, if any.
pub(super) fn answered(route: Option<&str>, method: &Method, status: StatusCode, took: Duration) {
    let route = route.unwrap_or("none");
    let method = METHODS.iter().position(|m| *m == method.as_str()).unwrap_or(METHODS.len() - 1);
    let class = Some(usize::from(status.as_u16() / 100)).filter(|class| *class < CLASSES.len()).unwrap_or(0);
    DURATIONS.with_borrow_mut(|known| {
        if !known.contains_key(route) {
            known.insert(route.to_owned(), OfRoute::default());
        }
        let Some(of_route) = known.get_mut(route) else { return };
        let duration = of_route[method][class].get_or_insert_with(|| {
            let labels =
                [("route", route.to_owned()), ("method", METHODS[method].into()), ("status", CLASSES[class].into())];
            metrics::histogram!(HTTP_DURATION.name, &labels)
        });
        duration.record(took);
    });
}

/// A caller was told of a problem.
pub(super) fn refused(code: Code) {
    static COUNTERS: LazyLock<Vec<Counter>> =
        LazyLock::new(|| Code::ALL.iter().map(|code| PROBLEMS.counter(&[("code", code.name())])).collect());
    if let Some(counter) = COUNTERS.get(code as usize) {
        counter.increment(1);
    }
}

/// What `/metrics` is served from.
pub struct Scrape {
    recorder: PrometheusHandle,
    /// Of the token that a scrape must bring; `None`: none.
    token: Option<KeyHash>,
    /// The SQLite file, where the store is one.
    database: Option<PathBuf>,
}

impl Scrape {
    #[must_use]
    pub fn new(recorder: PrometheusHandle, token: Option<&str>, database: Option<PathBuf>) -> Self {
        Self { recorder, token: token.map(KeyHash::of), database }
    }

    fn admits(&self, request: &HttpRequest) -> bool {
        // Hashes are compared, so the time it takes says nothing of the token.
        self.token.as_ref().is_none_or(|token| bearer(request).is_some_and(|sent| KeyHash::of(&sent) == *token))
    }
}

/// Serves the metrics to whoever may read them.
pub async fn scrape(request: HttpRequest, ombud: web::Data<Ombud>, scrape: web::Data<Scrape>) -> HttpResponse {
    if !scrape.admits(&request) {
        return Problem::new(Code::KeyInvalid, "send `Authorization: Bearer TOKEN`").error_response();
    }
    let backlog = ombud.backlog().await;
    let mut whole = Exposition::after(scrape.recorder.render());
    whole.family(&BUILD_INFO, [(&[env!("CARGO_PKG_VERSION")] as &[&str], 1.0)]);
    whole.family(&POLICY_INFO, [(&[ombud.policy().revision()] as &[&str], 1.0)]);
    let alerts = ombud.policy_alerts();
    let codes = PolicyAlert::CODES.map(|code| ([code], alerts.iter().any(|alert| alert.code == code)));
    whole.family(&POLICY_ALERT, codes.iter().map(|(code, said)| (code.as_slice(), f64::from(u8::from(*said)))));
    whole.family(&MODEL_INFO, [(&[ombud.base_model_revision()] as &[&str], 1.0)]);
    queues(&backlog, &mut whole);
    audits(&backlog, &mut whole);
    if let Some(database) = &scrape.database {
        files(database, &mut whole);
    }
    process::describe(&mut whole);
    HttpResponse::Ok().insert_header(("cache-control", "no-store")).content_type(CONTENT_TYPE).body(whole.text())
}

fn queues(backlog: &Backlog, into: &mut Exposition) {
    into.single(&READY, if backlog.ready { 1.0 } else { 0.0 });
    into.single(&QUEUE_UNREAD_SITES, count(backlog.unread as u64));
    let sites: Vec<[&str; 1]> = backlog.queues.iter().map(|queue| [queue.site.as_str()]).collect();
    let mut write = |metric, value: fn(&crate::service::SiteQueue) -> f64| {
        into.family(metric, sites.iter().map(<[&str; 1]>::as_slice).zip(backlog.queues.iter().map(value)));
    };
    write(&QUEUE_DEPTH, |queue| count(queue.depth));
    write(&QUEUE_CLAIMED, |queue| count(queue.claimed));
    write(&QUEUE_OLDEST_AGE, |queue| queue.oldest_age.as_secs_f64());
}

fn audits(backlog: &Backlog, into: &mut Exposition) {
    let waiting = backlog.audits.iter().map(|(site, figures)| ([site.as_str()], count(figures.waiting)));
    let waiting: Vec<([&str; 1], f64)> = waiting.collect();
    into.family(&AUDITS_WAITING, waiting.iter().map(|(labels, value)| (labels.as_slice(), *value)));
    let mut rates: Vec<([&str; 3], f64)> = Vec::new();
    for (site, figures) in &backlog.audits {
        for (machine, tally) in [("publish", figures.paper.published), ("reject", figures.paper.rejected)] {
            let (low, high) = interval(tally);
            let estimate = Some(tally.share()).filter(|_| tally.of > 0);
            let bounds = [("low", Some(low)), ("estimate", estimate), ("high", Some(high))];
            let known = bounds.into_iter().filter_map(|(bound, value)| Some((bound, value?)));
            rates.extend(known.map(|(bound, value)| ([site.as_str(), machine, bound], value)));
        }
    }
    into.family(&AUDIT_ERROR_RATIO, rates.iter().map(|(labels, value)| (labels.as_slice(), *value)));
}

fn files(database: &Path, into: &mut Exposition) {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let bytes = |path: &Path| std::fs::metadata(path).ok().map(|file| count(file.len()));
    let files = [("database", bytes(database)), ("wal", bytes(log.as_ref()))];
    let there: Vec<([&str; 1], f64)> = files.iter().filter_map(|(name, size)| Some(([*name], (*size)?))).collect();
    into.family(&SQLITE_FILE, there.iter().map(|(labels, size)| (labels.as_slice(), *size)));
}

#[expect(clippy::cast_precision_loss, reason = "the format has no other numbers, and these are below 2^53")]
const fn count(n: u64) -> f64 {
    n as f64
}
