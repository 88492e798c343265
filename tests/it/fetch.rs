//! Articles read where they are published: from a real server, and by the way of a comment.

use crate::support::app::{CLEAN, Setup, TestApp};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use ombud::comment::{ArticleId, SiteId};
use ombud::delivery::fetch::{FetchError, FetchSettings, Fetcher, Readable};
use ombud::telemetry::{Request, TraceParent};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PARAGRAPH: &str = "The ministers of Maravel and Sundria met in Lorne. The talks about the border ended without a \
                         joint statement, and no date was set for another round of talks, both delegations said.";

fn page() -> String {
    format!(
        "<html><head><title>Talks stall</title></head><body><nav><p>Menu</p></nav>\
         <article><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article></body></html>"
    )
}

/// Paths that were asked for, each with who asked.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// A newspaper's server, and what it was asked for.
struct Paper {
    base: String,
    asked: Asked,
    server: ServerHandle,
}

impl Paper {
    /// `robots`: the status and text of its robots.txt.
    fn open(robots: (u16, &'static str)) -> Self {
        let asked: Asked = Arc::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (noted, robots) = (Arc::clone(&asked), web::Data::new(robots));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(Arc::clone(&noted)))
                .app_data(robots.clone())
                .default_service(web::to(serve))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("it listens").run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base, asked, server: handle }
    }

    /// The paths that it was asked for, in order.
    fn paths(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").iter().map(|(path, _)| path.clone()).collect()
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn serve(request: HttpRequest, asked: web::Data<Asked>, robots: web::Data<(u16, &'static str)>) -> HttpResponse {
    let agent = request.headers().get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    asked.lock().expect("nobody panicked").push((request.path().to_owned(), agent));
    let html = |body: String| HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body);
    let sent_to = |place: &str| HttpResponse::Found().insert_header(("location", place)).finish();
    match request.path() {
        "/robots.txt" => {
            let status = actix_web::http::StatusCode::from_u16(robots.0).expect("a status");
            HttpResponse::build(status).content_type("text/plain").body(robots.1)
        }
        "/news" | "/private/news" => html(page()),
        "/moved" => sent_to("/news"),
        "/moved/private" => sent_to("/private/news"),
        "/moved/machine" => sent_to("http://127.0.0.2:80/news"),
        "/moved/metadata" => sent_to("http://169.254.169.254/latest/meta-data/"),
        "/moved/file" => sent_to("file:///etc/passwd"),
        "/moved/ring" => sent_to("/moved/ring"),
        "/long" => html(format!("{}{}", page(), " ".repeat(3 << 20))),
        // Nobody says how long it is.
        "/endless" => {
            let chunk = || Ok::<_, std::io::Error>(web::Bytes::from(vec![b' '; 65_536]));
            HttpResponse::Ok().content_type("text/html").streaming(futures_util::stream::repeat_with(chunk))
        }
        "/bomb" => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::best());
            packed.write_all(&vec![b' '; 64 << 20]).expect("written");
            let body = packed.finish().expect("packed");
            HttpResponse::Ok().content_type("text/html").insert_header(("content-encoding", "gzip")).body(body)
        }
        "/image" => HttpResponse::Ok().content_type("image/png").body(page()),
        "/traced" => {
            let trace = request.headers().get("traceparent").and_then(|v| v.to_str().ok()).unwrap_or("none");
            html(page().replace("Talks stall", trace))
        }
        "/untyped" => HttpResponse::Ok().body(page()),
        "/empty" => html("<title>Subscribe</title><p>Sign in to read on.</p>".to_owned()),
        "/slow" => std::future::pending().await,
        _ => HttpResponse::NotFound().finish(),
    }
}

/// As shipped, but that the server of the tests may be asked, and that nothing is in a hurry.
fn settings() -> FetchSettings {
    FetchSettings {
        private_networks: vec!["127.0.0.1".parse().expect("a network")],
        timeout: Duration::from_mins(1),
        ..FetchSettings::default()
    }
}

async fn fetch(settings: FetchSettings, address: &str) -> Result<Readable, FetchError> {
    Fetcher::new(settings).expect("a fetcher").fetch(address).await
}

#[tokio::test]
async fn a_page_is_read_as_its_robots_txt_allows() {
    let rules = "User-agent: *\nDisallow: /\n\nUser-agent: ombud\nDisallow: /private/\n";
    let paper = Paper::open((200, rules));
    let fetcher = Fetcher::new(FetchSettings { contact: "https://paper.example/bots".to_owned(), ..settings() });
    let fetcher = fetcher.expect("a fetcher");
    let read = Readable { title: "Talks stall".to_owned(), body: format!("{PARAGRAPH}\n\n{PARAGRAPH}") };
    for path in ["/news", "/moved"] {
        assert_eq!(fetcher.fetch(&format!("{}{path}", paper.base)).await, Ok(read.clone()), "{path}");
    }
    for path in ["/private/news", "/moved/private"] {
        assert_eq!(fetcher.fetch(&format!("{}{path}", paper.base)).await, Err(FetchError::Robots), "{path}");
    }
    assert_eq!(paper.paths(), ["/robots.txt", "/news", "/moved", "/news", "/moved/private"]);
    let agent = format!("ombud/{} (+https://paper.example/bots)", env!("CARGO_PKG_VERSION"));
    assert!(paper.asked.lock().expect("nobody panicked").iter().all(|(_, said)| *said == agent));
}

#[tokio::test]
async fn without_a_robots_txt_all_is_allowed_and_with_a_broken_one_nothing() {
    for (robots, expected) in [
        ((404, ""), Ok(())),
        ((403, ""), Ok(())),
        ((200, "<!doctype html>not rules at all"), Ok(())),
        ((200, "User-agent: *\nDisallow: /"), Err(FetchError::Robots)),
        ((500, ""), Err(FetchError::Status(500))),
    ] {
        let paper = Paper::open(robots);
        let read = fetch(settings(), &format!("{}/news", paper.base)).await;
        assert_eq!(read.map(|_| ()), expected, "{robots:?}");
    }
}

#[tokio::test]
async fn nothing_leads_into_a_network_of_ones_own() {
    let paper = Paper::open((404, ""));
    let here = paper.base.clone();
    let port = here.rsplit(':').next().expect("a port").to_owned();
    let open = FetchSettings::default;
    let address = FetchError::Address;
    let other_port = || Err(address("it names a port other than 80 and 443"));
    for (settings, url, expected) in [
        // As shipped: neither by number, however it is written, nor by name.
        (open(), format!("{here}/news"), other_port()),
        (open(), "http://127.0.0.1/news".to_owned(), Err(FetchError::Host)),
        (open(), "http://2130706433/".to_owned(), Err(FetchError::Host)),
        (open(), "http://0x7f.1/".to_owned(), Err(FetchError::Host)),
        (open(), "http://[::1]/".to_owned(), Err(FetchError::Host)),
        (open(), "http://[::ffff:127.0.0.1]/".to_owned(), Err(FetchError::Host)),
        (open(), "https://169.254.169.254/latest/meta-data/".to_owned(), Err(FetchError::Host)),
        (open(), "http://localhost/news".to_owned(), Err(FetchError::Host)),
        (open(), "file:///etc/passwd".to_owned(), Err(address("it is neither http nor https"))),
        (open(), "gopher://example.com/".to_owned(), Err(address("it is neither http nor https"))),
        (open(), "http://user@example.com/".to_owned(), Err(address("it names a user"))),
        (open(), "news/1".to_owned(), Err(address("it is none"))),
        // One address of one's own is open, and no other, by redirects neither.
        (settings(), format!("{here}/moved/machine"), Err(FetchError::Host)),
        (settings(), format!("{here}/moved/metadata"), Err(FetchError::Host)),
        (settings(), format!("{here}/moved/file"), Err(address("it is neither http nor https"))),
        (settings(), format!("http://127.0.0.2:{port}/news"), Err(FetchError::Host)),
        (settings(), format!("{here}/moved/ring"), Err(FetchError::Redirects)),
    ] {
        assert_eq!(fetch(settings, &url).await.map(|_| ()), expected, "{url}");
    }
    let listed = |host: &str| FetchSettings { hosts: vec![host.to_owned()], ..settings() };
    let unlisted = Err(address("its host is not among those that may be asked"));
    assert_eq!(fetch(listed("paper.example"), &format!("{here}/news")).await, unlisted);
    assert_eq!(fetch(listed("7.0.0.1"), &format!("{here}/news")).await, unlisted);
    assert!(fetch(listed("127.0.0.1"), &format!("{here}/news")).await.is_ok());
}

#[tokio::test]
async fn what_is_no_article_is_not_read_to_its_end() {
    let paper = Paper::open((404, ""));
    for (path, expected) in [
        ("/long", FetchError::TooLong),
        ("/endless", FetchError::TooLong),
        ("/bomb", FetchError::Encoded),
        ("/image", FetchError::NotHtml),
        ("/untyped", FetchError::NotHtml),
        ("/empty", FetchError::NoText),
        ("/none", FetchError::Status(404)),
    ] {
        assert_eq!(fetch(settings(), &format!("{}{path}", paper.base)).await, Err(expected), "{path}");
    }
    let hurried = FetchSettings { timeout: Duration::from_millis(200), ..settings() };
    assert_eq!(fetch(hurried, &format!("{}/slow", paper.base)).await, Err(FetchError::Timeout));
    let closed = TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a port");
    assert_eq!(fetch(settings(), &format!("http://{closed}/news")).await, Err(FetchError::Connection));
}

async fn app() -> TestApp {
    TestApp::with(Setup { articles: Some(settings()), ..Setup::default() }).await
}

fn named(id: &str) -> (SiteId, ArticleId) {
    (SiteId::parse("post").expect("a site"), ArticleId::parse(id).expect("an id"))
}

#[tokio::test]
async fn an_article_is_fetched_once_and_replaces_none() {
    let paper = Paper::open((404, ""));
    let app = app().await;
    let url = format!("{}/news", paper.base);
    let (site, id) = named("story-1");
    app.ombud.fetch_article(&site, &id, &url).expect("it begins").await.expect("it ends");
    let article = app.platform.get("/v1/articles/story-1").await.expect_status(200).body;
    assert_eq!((&article["title"], &article["url"]), (&json!("Talks stall"), &json!(url)));
    assert!(app.ombud.fetch_article(&site, &id, &url).is_none(), "it was there within the hour");
    // What the platform registered is not even looked for.
    app.article("story-2").await;
    let (site, id) = named("story-2");
    app.ombud.fetch_article(&site, &id, &url).expect("it begins").await.expect("it ends");
    let article = app.platform.get("/v1/articles/story-2").await.body;
    assert!(article["title"].as_str().is_some_and(|title| title.starts_with("Talks between")), "{article}");
    // One that fails is left alone too.
    let (site, id) = named("story-3");
    let nothing = format!("{}/none", paper.base);
    app.ombud.fetch_article(&site, &id, &nothing).expect("it begins").await.expect("it ends");
    assert!(app.ombud.fetch_article(&site, &id, &nothing).is_none());
    assert_eq!(paper.paths(), ["/robots.txt", "/news", "/none"]);
    // Where it is not switched on, nothing is fetched.
    assert!(TestApp::start().await.ombud.fetch_article(&site, &id, &url).is_none());
}

#[tokio::test]
async fn a_trace_goes_on_to_the_page_that_is_read() {
    let (app, paper) = (app().await, Paper::open((404, "")));
    let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let traced = Arc::new(Request::new(None, TraceParent::parse(header, None)));
    let (with, without) = (named("story-1"), named("story-2"));
    let url = format!("{}/traced", paper.base);
    let begun = traced.scope(async { app.ombud.fetch_article(&with.0, &with.1, &url) }).await;
    begun.expect("it begins").await.expect("it ends");
    app.ombud.fetch_article(&without.0, &without.1, &url).expect("it begins").await.expect("it ends");
    for (story, title) in [("story-1", header), ("story-2", "none")] {
        let article = app.platform.get(&format!("/v1/articles/{story}")).await.expect_status(200).body;
        assert_eq!(article["title"], title);
    }
}

#[tokio::test]
async fn the_first_comment_of_coral_brings_the_article_for_the_next() {
    use ombud::http::compat::coral::{CoralSettings, CoralSite, Secrets};
    let paper = Paper::open((404, ""));
    let secret = "a signing secret of the tests";
    let site = CoralSite::new(Secrets::parse(secret).expect("a secret"));
    let sites = [(named("x").0, site)].into();
    let coral = CoralSettings { answer_within: Duration::from_mins(10), sites };
    let app = TestApp::with(Setup { articles: Some(settings()), coral, ..Setup::default() }).await;
    let ask = async |author: &str, text: &str| -> Value {
        let request = json!({"action": "NEW", "comment": {"body": text, "parentID": null}, "author": {"id": author},
            "story": {"id": "story-1", "url": format!("{}/news", paper.base)}});
        let told =
            json!({"url": format!("{}/compat/coral/post", app.base), "secrets": [secret], "requests": [request]});
        crate::support::foreign::client("coral_phase.js", told).await[0]["http"].clone()
    };
    assert_eq!(ask("u1", CLEAN[0]).await, 204);
    let known = async {
        while app.platform.get("/v1/articles/story-1").await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), known).await.expect("the article is fetched");
    assert_eq!(ask("u2", CLEAN[1]).await, 204);
    let events = app.platform.get("/v1/events").await.body;
    let mut scores = Vec::new();
    for event in events["events"].as_array().expect("events") {
        let id = event["comment_id"].as_str().expect("an id");
        scores.push(app.platform.get(&format!("/v1/comments/{id}")).await.body["scores"]["OFF_TOPIC"].clone());
    }
    assert!(scores[0].is_null() && scores[1].is_number(), "{scores:?}");
}
