//! Scores by the Perspective API, for platforms that decide themselves: the real application with one thread that
//! serves, and a server with one that sends back what it was sent.

use super::client::request;
use super::load::{Load, Traffic, measure};
use super::row::OverHttp;
use super::server::{Bare, Serving};
use super::synthetic::Synthetic;
use crate::classifier::Classifier;
use crate::store::StoreUrl;
use crate::training::Progress;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;

/// The attributes that Perspective itself called fit for production.
const ATTRIBUTES: [&str; 6] = ["TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT"];
/// Different comments that are sent, over and over.
const POOL: usize = 8_192;

/// `comments:analyze` with one thread that serves.
pub async fn on_one_core(
    store: &StoreUrl,
    classifier: &Arc<Classifier>,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<OverHttp> {
    let serving = Serving::start(store, classifier, Some(1), 1).await?;
    let platform = Platform::new(serving.address(), &serving.key);
    let measured = measure("analyzing", &serving.addresses, platform, load, bar).await;
    serving.stop().await?;
    let (measured, _) = measured?;
    Ok(OverHttp::of("comments:analyze", measured))
}

/// The same requests, sent back by a server that does nothing else.
pub async fn echoed(load: &Load, bar: &mut impl Progress) -> anyhow::Result<OverHttp> {
    let bare = Bare::start(None, Some(1))?;
    let platform = Platform::new(bare.address, "none");
    let measured = measure("analyzing, echo", &[bare.address], platform, load, bar).await;
    bare.stop().await?;
    let (measured, _) = measured?;
    Ok(OverHttp::of("echo of the same body", measured))
}

/// Asks for scores as a platform would.
struct Platform {
    requests: Vec<Vec<u8>>,
    sent: usize,
}

impl Platform {
    fn new(address: SocketAddr, key: &str) -> Self {
        let mut source = Synthetic::seeded(3);
        let wanted: serde_json::Map<_, _> = ATTRIBUTES.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        let path = format!("/v1alpha1/comments:analyze?key={key}");
        let ask = |text| json!({"comment": {"text": text}, "requestedAttributes": wanted, "doNotStore": true});
        let requests = (0..POOL).map(|_| request(address, "POST", &path, key, &ask(source.comment()).to_string()));
        Self { requests: requests.collect(), sent: 0 }
    }
}

impl Traffic for Platform {
    const STATUS: &[u16] = &[200];

    fn next(&mut self) -> Vec<u8> {
        self.sent += 1;
        self.requests[self.sent % POOL].clone()
    }
}
