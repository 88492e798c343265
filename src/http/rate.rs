//! How much one key, one author, and one network address may send.
//!
//! The generic cell rate algorithm, as `governor` has it: a bucket that fills evenly. Each replica counts for itself.
//! What is left is told in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).

use super::limit::Limits;
use super::problem::{Code, Problem};
use crate::comment::{AuthorId, KeyId, SiteId};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// After so many requests, those who have sent nothing for long are forgotten.
const FORGET_EVERY: u32 = 4096;

/// Keys are counted by a hash: whoever an author is, nothing of it stays.
type Limiter = RateLimiter<u64, DashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// Counts what each key, each author and each address sends.
pub struct Rate {
    key: Option<Counter>,
    author: Option<Counter>,
    address: Option<Counter>,
    hash: RandomState,
}

struct Counter {
    name: &'static str,
    /// What is told to whoever sends too fast.
    who: &'static str,
    window_seconds: u64,
    limiter: Limiter,
    counted: AtomicU32,
    clock: DefaultClock,
}

/// What is left to whoever sent a request, as the headers say it; kept with the request until it is answered.
#[derive(Default, Clone)]
struct Left {
    policy: String,
    left: String,
}

impl Rate {
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let counter = |name, who, quota: Option<Quota>, window_seconds| {
            let limiter = RateLimiter::dashmap(quota?).with_middleware();
            Some(Counter {
                name,
                who,
                window_seconds,
                limiter,
                counted: AtomicU32::new(0),
                clock: DefaultClock::default(),
            })
        };
        Self {
            key: counter("key", "this key sends", limits.requests_per_second.map(Quota::per_second), 1),
            author: counter("author", "this author writes", limits.comments_per_minute.map(Quota::per_minute), 60),
            address: counter(
                "address",
                "too much comes from your address, or it comes",
                limits.reader_posts_per_minute.map(Quota::per_minute),
                60,
            ),
            hash: RandomState::new(),
        }
    }

    /// Whether anything is limited.
    #[must_use]
    pub fn limits_anything(&self) -> bool {
        self.key.is_some() || self.author.is_some() || self.address.is_some()
    }

    /// Counts a request of this key.
    pub(super) fn check_key(&self, request: &HttpRequest, key: &KeyId) -> Result<(), Problem> {
        self.key.as_ref().map_or(Ok(()), |counter| counter.check(request, self.hash.hash_one(key)))
    }

    /// Counts a comment of this author.
    pub(super) fn check_author(&self, request: &HttpRequest, site: &SiteId, author: &AuthorId) -> Result<(), Problem> {
        self.author
            .as_ref()
            .map_or(Ok(()), |counter| counter.check(request, self.hash.hash_one((site, author.as_str()))))
    }

    /// Counts a form that was sent from this network address.
    pub(super) fn check_address(&self, request: &HttpRequest, site: &SiteId, address: &str) -> Result<(), Problem> {
        self.address.as_ref().map_or(Ok(()), |counter| counter.check(request, self.hash.hash_one((site, address))))
    }
}

impl Counter {
    fn check(&self, request: &HttpRequest, who: u64) -> Result<(), Problem> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&who) {
            Ok(state) => {
                let (remaining, seconds) = self.left(&state);
                self.tell(request, state.quota().burst_size(), remaining, seconds);
                Ok(())
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now()).as_secs() + 1;
                self.tell(request, not_until.quota().burst_size(), 0, wait);
                let detail = format!("{} too fast; try again in {wait} s", self.who);
                Err(Problem::new(Code::RateLimited, detail).retry_after(wait))
            }
        }
    }

    /// How many more may come at once, and in how many seconds as many as ever may.
    fn left(&self, state: &StateSnapshot) -> (u32, u64) {
        let quota = state.quota();
        let remaining = state.remaining_burst_capacity();
        let used = quota.burst_size().get().saturating_sub(remaining);
        let seconds = quota.replenish_interval().saturating_mul(used).as_secs_f64().ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most the window, in whole seconds"
        )]
        let seconds = (seconds as u64).min(self.window_seconds);
        (remaining, seconds)
    }

    fn tell(&self, request: &HttpRequest, quota: NonZeroU32, remaining: u32, seconds: u64) {
        let mut extensions = request.extensions_mut();
        let mut told = extensions.remove::<Left>().unwrap_or_default();
        let comma = if told.left.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(told.policy, "{comma}\"{}\";q={quota};w={}", self.name, self.window_seconds);
        let _ = write!(told.left, "{comma}\"{}\";r={remaining};t={seconds}", self.name);
        extensions.insert(told);
    }
}

/// Writes what is left into the answer's headers, whatever the answer is.
///
/// # Errors
/// Those of whoever answers.
pub async fn headers<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let told = response.request().extensions_mut().remove::<Left>();
    if let Some(Left { policy, left }) = told {
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
    }
    Ok(response)
}

/// Counts a comment of an author, where an application counts anything.
pub(super) fn check_author(request: &HttpRequest, site: &SiteId, author: &AuthorId) -> Result<(), Problem> {
    let rate = request.app_data::<web::Data<Rate>>();
    rate.map_or(Ok(()), |rate| rate.check_author(request, site, author))
}
