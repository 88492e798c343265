//! Pages for people: a moderator's queue where very much waits, and a thread under which very many have written.

use super::ground::Ground;
use super::load::{Load, Measured, Traffic, measure};
use super::place::{Kind, Place};
use super::room;
use super::row::{OverHttp, Subject};
use super::server::Serving;
use crate::classifier::Classifier;
use crate::training::Progress;
use std::net::SocketAddr;
use std::sync::Arc;

/// People who look at the queue, each with a comment of her own on her desk.
const MODERATORS: usize = 8;

/// What the pages have in them.
pub struct Crowd {
    /// Comments that wait.
    pub waiting: usize,
    /// Published comments under one article.
    pub thread: usize,
}

impl Crowd {
    /// The rows of one store. What can't be measured has a row that says why.
    pub async fn on_store(
        &self,
        kind: Kind,
        classifier: &Arc<Classifier>,
        load: &Load,
        bar: &mut impl Progress,
    ) -> [OverHttp; 2] {
        let subject = Subject::of(kind, 1, self.waiting + self.thread);
        let named = |name: &str, row: OverHttp| OverHttp { name: format!("{name}, {}", kind.name()), ..row };
        let rows = match self.measured(kind, classifier, load, bar).await {
            Ok(rows) => rows.map(|measured| OverHttp::on(subject, measured)),
            Err(error) => [(); 2].map(|()| OverHttp::missing(subject, format!("{error:#}"))),
        };
        let [queue, thread] = rows;
        [named("queue page", queue), named("thread page", thread)]
    }

    async fn measured(
        &self,
        kind: Kind,
        classifier: &Arc<Classifier>,
        load: &Load,
        bar: &mut impl Progress,
    ) -> anyhow::Result<[Measured; 2]> {
        let place = Place::open(kind, None).await?;
        room::check(&place, self.waiting + self.thread, None)?;
        let serving = Serving::start(&place.url(), classifier, None, 1).await?;
        let measured = async {
            let mut ground = Ground::new(&serving.site, classifier)?;
            ground.crowd(&place.url(), self.waiting, self.thread, bar).await?;
            let cookies = serving.signed_in(MODERATORS).await?;
            let queue = format!("/console/{}/queue", serving.site);
            let queue = Visitors { address: serving.address(), path: queue, cookies, sent: 0 };
            let (queue, _) = measure("the queue's page", &serving.addresses, queue, load, bar).await?;
            let thread = format!("/embed/{}/articles/a0", serving.site);
            let thread = Visitors { address: serving.address(), path: thread, cookies: vec![String::new()], sent: 0 };
            let (thread, _) = measure("a thread's page", &serving.addresses, thread, load, bar).await?;
            anyhow::Ok([queue, thread])
        };
        let measured = measured.await;
        serving.stop().await?;
        measured
    }
}

/// Browsers that ask for a page again and again, each with its cookie.
struct Visitors {
    address: SocketAddr,
    path: String,
    cookies: Vec<String>,
    sent: usize,
}

impl Traffic for Visitors {
    const STATUS: &[u16] = &[200];

    fn next(&mut self) -> Vec<u8> {
        self.sent += 1;
        let (address, path, cookie) = (self.address, &self.path, &self.cookies[self.sent % self.cookies.len()]);
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n").into_bytes()
    }
}
