//! Submitting over HTTP: the real application on a store, and a server that does nothing.

use super::client::request;
use super::load::{Load, Traffic, measure};
use super::report::OverHttp;
use super::server::{Bare, Serving};
use super::synthetic::Synthetic;
use crate::classifier::Classifier;
use crate::store::StoreUrl;
use crate::training::Progress;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;

const ARTICLES: usize = 50;
/// Many, as at a paper: the rules about one author's pace and repeats then say nothing.
pub const AUTHORS: usize = 20_000;

/// The real application on a store that is filled as it is measured. Also returns the body of an answer.
pub async fn on_store(
    name: &'static str,
    store: &StoreUrl,
    classifier: &Arc<Classifier>,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<(OverHttp, String)> {
    let serving = Serving::start(store, classifier, None).await?;
    let platform = Platform::<201>::new(serving.address, serving.key.clone());
    let measured = measure(&format!("submitting, {name}"), serving.address, platform, load, bar).await;
    let durability = serving.durability.clone();
    serving.stop().await?;
    let measured = measured?;
    Ok((OverHttp::of(name, measured.elapsed, measured.micros, Some(durability)), measured.answer))
}

/// A bare server that reads the body, looks at nothing, and gives the same answer to everything.
pub async fn on_nothing(
    name: &'static str,
    answer: String,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<OverHttp> {
    let bare = Bare::start(Some(answer), None)?;
    let platform = Platform::<200>::new(bare.address, "none".to_owned());
    let measured = measure(&format!("submitting, {name}"), bare.address, platform, load, bar).await;
    bare.stop().await?;
    let measured = measured?;
    Ok(OverHttp::of(name, measured.elapsed, measured.micros, None))
}

/// Sends comments as a platform would.
struct Platform<const STATUS: u16> {
    address: SocketAddr,
    key: String,
    source: Synthetic,
    sent: usize,
}

impl<const STATUS: u16> Platform<STATUS> {
    fn new(address: SocketAddr, key: String) -> Self {
        Self { address, key, source: Synthetic::seeded(2), sent: 0 }
    }
}

impl<const STATUS: u16> Traffic for Platform<STATUS> {
    const STATUS: &[u16] = &[STATUS];

    fn first(&mut self) -> Vec<Vec<u8>> {
        let mut requests = Vec::new();
        for number in 0..ARTICLES {
            let (title, body) = (self.source.comment(), self.source.article());
            let body = json!({"title": title, "section": "world", "body": body}).to_string();
            let path = format!("/v1/articles/a{number}");
            requests.push(request(self.address, "PUT", &path, &self.key, &body));
            let first = json!({"id": format!("first-{number}"), "article_id": format!("a{number}"),
                "author": {"id": "first"}, "text": self.source.comment()});
            requests.push(request(self.address, "POST", "/v1/comments", &self.key, &first.to_string()));
        }
        requests
    }

    /// The next comment; every third answers the first one under its article.
    fn next(&mut self) -> Vec<u8> {
        let number = self.sent;
        self.sent += 1;
        let (article, author) = (number % ARTICLES, number % AUTHORS);
        let parent = number.is_multiple_of(3).then(|| format!("first-{article}"));
        let body = json!({"id": format!("c{number}"), "article_id": format!("a{article}"), "parent_id": parent,
            "author": {"id": format!("r{author}"), "name": "A Reader"}, "text": self.source.comment()});
        request(self.address, "POST", "/v1/comments", &self.key, &body.to_string())
    }
}
