//! How much waits and since when, as it changes: server-sent events for the page that is open.

use super::headline;
use crate::comment::SiteId;
use crate::delivery::audience::{Audience, Seat};
use crate::http::console::authority::{SignedIn, Watching};
use crate::http::console::refusal::Refusal;
use crate::http::console::words::{self, When};
use crate::http::problem::Problem;
use crate::service::Ombud;
use actix_web::http::header::ContentEncoding;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::Stream;
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// However much happens, the queue is not counted more often.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// However little happens, it is counted again: ages grow.
const AT_LEAST_EVERY: Duration = Duration::from_secs(15);
/// After so long the browser has to ask anew, and whether she is still signed in is looked at.
const ENDS_AFTER: Duration = Duration::from_mins(10);

struct Watch {
    ombud: web::Data<Ombud>,
    site: SiteId,
    news: watch::Receiver<u64>,
    end: CancellationToken,
    ends_at: Instant,
    /// When it was counted last.
    told: Option<Instant>,
    _seat: Seat,
}

/// `GET /console/{site}/queue/live`
pub async fn get(
    signed_in: SignedIn<Watching>,
    ombud: web::Data<Ombud>,
    shutdown: web::Data<CancellationToken>,
    audience: web::Data<Audience>,
) -> Result<HttpResponse, Refusal> {
    let site = signed_in.site.id.clone();
    let seat = audience.into_inner().seat(&format!("{site} {}", signed_in.moderator().name)).map_err(Problem::from)?;
    let (news, end) = (ombud.news(), (**shutdown).clone());
    let watch = Watch { ombud, site, news, end, ends_at: Instant::now() + ENDS_AFTER, told: None, _seat: seat };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        // An event must leave when it happens, not when a block is full.
        .insert_header(ContentEncoding::Identity)
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(frames(watch))))
}

fn frames(watch: Watch) -> impl Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::unfold(watch, |mut watch| async move {
        if watch.told.is_some() && !watch.wait().await {
            return None;
        }
        watch.told = Some(Instant::now());
        // Marked as seen before counting: what happens meanwhile is counted again.
        watch.news.borrow_and_update();
        let (queue, now) = watch.ombud.queue(&watch.site).await.ok()?;
        let oldest = queue.oldest_queued_at.map(|at| When::of(at, now).span);
        let data = json!({
            "waiting": queue.depth,
            "depth": words::number(queue.depth),
            "headline": headline(&queue),
            "oldest": oldest,
        });
        Some((Ok(Bytes::from(format!("data: {data}\n\n"))), watch))
    })
}

impl Watch {
    /// Waits until it is time to count again; answers whether to go on at all.
    async fn wait(&mut self) -> bool {
        let told = self.told.unwrap_or_else(Instant::now);
        let over = async {
            tokio::time::sleep_until(told + AT_MOST_EVERY).await;
            let _ = tokio::time::timeout_at(told + AT_LEAST_EVERY, self.news.changed()).await;
        };
        tokio::select! {
            () = self.end.cancelled() => false,
            () = tokio::time::sleep_until(self.ends_at) => false,
            () = over => true,
        }
    }
}
