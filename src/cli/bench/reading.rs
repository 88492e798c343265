//! Readers' requests over HTTP: the first page of an article's thread.

use super::client::request;
use super::ground::{article_of, articles};
use super::load::Traffic;
use std::net::SocketAddr;

/// Reads threads, those with many comments as often as comments come in under them.
pub struct Reader {
    address: SocketAddr,
    key: String,
    articles: usize,
    sent: usize,
}

impl Reader {
    /// Reads under the first articles of a ground.
    pub fn on(articles: usize, address: SocketAddr, key: &str) -> Self {
        Self { address, key: key.to_owned(), articles, sent: 0 }
    }

    /// Asks a server that knows nothing.
    pub fn anywhere(address: SocketAddr) -> Self {
        Self { address, key: "none".to_owned(), articles: articles(0), sent: 0 }
    }
}

impl Traffic for Reader {
    const STATUS: &[u16] = &[200];

    fn next(&mut self) -> Vec<u8> {
        self.sent += 1;
        let article = article_of(self.sent, self.articles);
        request(self.address, "GET", &format!("/v1/articles/a{article}/comments"), &self.key, "")
    }
}
