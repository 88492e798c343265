//! Sends a message to an endpoint, and judges what came back.

use super::endpoint::Endpoint;
use super::message::signatures;
use super::schedule;
use crate::comment::Timestamp;
use crate::delivery::outward::{NoAddress, Resolver, caused_by, client_config};
use crate::delivery::trace;
use jiff::SignedDuration;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// How much of an answer is read, in bytes. Nobody needs it but who tries an endpoint.
const ANSWER_BYTES: usize = 4 * 1024;
/// How long the reading may take once the status is known. Longer answers are dropped, and the connection with them.
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It answered 2xx: the message is its own now.
    Delivered,
    /// It answered 410: it wants no more.
    Gone,
    /// Anything else.
    Failed,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    /// In a few words: the status, or why there is none. Names no address.
    pub said: String,
    /// For how long it asked to be left alone, bounded.
    pub rest: Option<SignedDuration>,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

/// A client for one endpoint, with connections of its own: none waits for another's.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    endpoint: Arc<Endpoint>,
}

impl Sender {
    /// # Errors
    /// Says why there can be no client.
    pub fn new(endpoint: Arc<Endpoint>) -> Result<Self, String> {
        let client = Client::builder()
            .user_agent(concat!("ombud/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(client_config(endpoint.authorities.as_ref()).map_err(|e| e.to_string())?)
            .dns_resolver(Resolver(endpoint.reach.clone()))
            // A redirect could lead inside, and a proxy would resolve names by itself.
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(endpoint.concurrency)
            .timeout(endpoint.timeout)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self { client, endpoint })
    }

    /// Signs a message with the secrets of this moment, and sends it.
    pub async fn send(&self, message_id: &str, body: &str, now: Timestamp) -> Answer {
        // Addresses in numbers are not resolved, so the resolver does not see them.
        if self.endpoint.reach.allows_host(&self.endpoint.url) != Some(true) {
            return Answer::none("no address that may be asked");
        }
        let secrets = self.endpoint.secrets.secrets().await;
        let request = self
            .client
            .post(self.endpoint.url.clone())
            .headers(trace::headers())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", message_id)
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", signatures(&secrets, message_id, now.as_second(), body))
            .body(body.to_owned());
        match request.send().await {
            Ok(response) => Answer::of(response, now).await,
            Err(error) if error.is_timeout() => Answer::none("timeout"),
            Err(error) if caused_by::<NoAddress>(&error) => Answer::none("no address that may be asked"),
            Err(_) => Answer::none("connection failed"),
        }
    }
}

impl Answer {
    fn none(why: &str) -> Self {
        Self { outcome: Outcome::Failed, said: why.to_owned(), rest: None, body: Vec::new() }
    }

    async fn of(response: Response, now: Timestamp) -> Self {
        let status = response.status();
        let outcome = match status {
            status if status.is_success() => Outcome::Delivered,
            StatusCode::GONE => Outcome::Gone,
            _ => Outcome::Failed,
        };
        let busy = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        let asked = response.headers().get(RETRY_AFTER).filter(|_| busy).and_then(|value| value.to_str().ok());
        let rest = asked.and_then(|asked| schedule::rest(asked, now));
        Self { outcome, said: status.as_u16().to_string(), rest, body: beginning(response).await }
    }
}

/// The beginning of a body. The status is known by now, so it does not matter how that ends.
async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    let reading = async {
        while body.len() < ANSWER_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES - body.len())]);
        }
    };
    // Too slow is as good as too long.
    let _ = tokio::time::timeout(ANSWER_TIME, reading).await;
    body
}
