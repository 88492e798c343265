//! Events, as pages and as a stream.

use super::parse::page_size;
use crate::comment::Event;
use crate::delivery::audience::Audience;
use crate::delivery::stream::Heard;
use crate::http::authority::Reader;
use crate::http::json::Query;
use crate::http::problem::Problem;
use crate::service::Ombud;
use actix_web::http::header::{ACCEPT, ContentEncoding};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

/// From where, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// A cursor; without it a page starts at the beginning, and a stream at now.
    after: Option<String>,
    /// Events on a page, 1 to 1000; default 100.
    limit: Option<usize>,
}

/// An event with the cursor that stands right after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    cursor: String,
    #[serde(flatten)]
    event: Event,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPageView {
    events: Vec<EventView>,
    /// Ask for what comes after with `after`.
    next: String,
    /// Whether more were there to read.
    more: bool,
}

/// What happened: every step of every comment, in order per comment.
///
/// With `Accept: text/event-stream` it is a stream of server-sent events whose ids are cursors:
/// `Last-Event-ID` goes on where a connection broke.
#[utoipa::path(tag = "events", params(EventQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "For streams: the cursor after which to go on")),
    responses((status = 200, description = "A page, or the stream", body = EventPageView),
              (status = 400, description = "`unknown_cursor`"),
              (status = 410, description = "`cursor_expired`: events after it are no longer kept. A stream tells by the event `refresh`"),
              (status = 429, description = "`rate_limited`: the key has too many streams open")))]
#[get("/v1/events")]
pub async fn get(
    caller: Reader,
    request: HttpRequest,
    query: Query<EventQuery>,
    ombud: web::Data<Ombud>,
    shutdown: web::Data<CancellationToken>,
    audience: web::Data<Audience>,
) -> Result<HttpResponse, Problem> {
    if wants_stream(&request) {
        let last_id = request.headers().get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
        let after = last_id.or(query.0.after);
        let seat = audience.into_inner().seat(caller.key.as_str())?;
        let heard = ombud.listen(&caller.site, after, (**shutdown).clone()).await?;
        let feed = heard.map(move |heard| {
            // Taken as long as the stream is there.
            let _taken = &seat;
            Ok::<_, std::convert::Infallible>(frame(&heard))
        });
        return Ok(HttpResponse::Ok()
            .content_type("text/event-stream")
            .insert_header(("cache-control", "no-store"))
            // Not compressed: an event must leave when it happens, not when a block is full.
            .insert_header(ContentEncoding::Identity)
            .insert_header(("x-accel-buffering", "no"))
            .streaming(feed));
    }
    let limit = page_size(query.0.limit, 100, 1_000)?;
    let page = ombud.events(&caller.site, query.0.after.as_deref(), limit).await?;
    let events = page.events.into_iter().map(|(cursor, event)| EventView { cursor, event }).collect();
    Ok(HttpResponse::Ok().json(EventPageView { events, next: page.next, more: page.more }))
}

/// One server-sent event; quiet is a comment line, which clients skip.
fn frame(heard: &Heard) -> Bytes {
    match heard {
        Heard::Quiet => Bytes::from_static(b": quiet\n\n"),
        Heard::Refresh(cursor) => {
            let data = json!({"cursor": cursor});
            Bytes::from(format!("id: {cursor}\nevent: refresh\ndata: {data}\n\n"))
        }
        Heard::Event(cursor, event) => {
            // JSON holds no line ends, so it is one data line.
            let data = json!(event);
            Bytes::from(format!("id: {cursor}\nevent: {}\ndata: {data}\n\n", event.kind))
        }
    }
}

fn wants_stream(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == "text/event-stream")
}
