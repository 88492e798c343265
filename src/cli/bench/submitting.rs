//! Submitting over HTTP: to the real application on a store, and to a server that does nothing.

use super::client::request;
use super::ground::{article_of, articles};
use super::load::Traffic;
use super::synthetic::Synthetic;
use serde_json::json;
use std::net::SocketAddr;

/// Many, as at a paper: the rules about one author's pace and repeats then say nothing.
pub const AUTHORS: usize = 20_000;

/// Sends comments as a platform would; `STATUS` is the answer to one that is new.
pub struct Platform<const STATUS: u16> {
    address: SocketAddr,
    key: String,
    source: Synthetic,
    articles: usize,
    /// What ids begin with: those of two runs on one store differ.
    run: usize,
    pub sent: usize,
}

impl<const STATUS: u16> Platform<STATUS> {
    /// Sends under the first articles of a ground that has `run` comments.
    pub fn on(articles: usize, run: usize, address: SocketAddr, key: &str) -> Self {
        Self { address, key: key.to_owned(), source: Synthetic::seeded(2), articles, run, sent: 0 }
    }
}

impl Platform<200> {
    /// Sends to a server that knows nothing.
    pub fn anywhere(address: SocketAddr) -> Self {
        let (key, source) = ("none".to_owned(), Synthetic::seeded(2));
        Self { address, key, source, articles: articles(0), run: 0, sent: 0 }
    }
}

impl<const STATUS: u16> Traffic for Platform<STATUS> {
    const STATUS: &[u16] = &[STATUS];

    /// The next comment; every third answers the first one under its article.
    fn next(&mut self) -> Vec<u8> {
        let (number, run) = (self.sent, self.run);
        self.sent += 1;
        let (article, author) = (article_of(number, self.articles), number % AUTHORS);
        let parent = number.is_multiple_of(3).then(|| format!("first-{article}"));
        let body = json!({"id": format!("c{run}-{number}"), "article_id": format!("a{article}"), "parent_id": parent,
            "author": {"id": format!("r{author}"), "name": "A Reader"}, "text": self.source.comment()});
        request(self.address, "POST", "/v1/comments", &self.key, &body.to_string())
    }
}
