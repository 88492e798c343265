//! The thread in a real browser, within the page of another origin.

use super::{THREAD, embedded, with, write};
use crate::support::app::{BANNED, CLEAN, SUSPECT, Setup, TestApp, comment};
use crate::support::browser::{Browser, Theme};
use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ombud::comment::SiteId;
use ombud::http::embed::{EmbedSite, Origin};
use serde_json::json;
use sha2::Sha256;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

/// A publisher's page on an origin of its own, with the script in it.
struct Publisher {
    origin: String,
    server: actix_web::dev::ServerHandle,
}

impl Publisher {
    /// `script`: the attributes of the script.
    fn serve(listener: TcpListener, ombud: &str, attributes: &str) -> Self {
        let port = listener.local_addr().expect("an address").port();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><title>The Post</title></head>\
             <body><main><h1>Talks between Maravel and Sundria stall</h1><p>The ministers met in Lorne.</p>\
             <script src=\"{ombud}/embed.js\" {attributes} async></script></main></body></html>"
        );
        let html = web::Data::new(html);
        let server = HttpServer::new(move || {
            let page = |html: web::Data<String>| async move {
                HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html.as_str().to_owned())
            };
            App::new().app_data(html.clone()).route("/article", web::get().to(page))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("a listener").run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { origin: format!("http://localhost:{port}"), server: handle }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        let server = self.server.clone();
        tokio::spawn(async move { server.stop(false).await });
    }
}

/// An application whose pages a publisher on another origin may frame, and that publisher.
async fn framed(attributes: &str) -> (TestApp, Publisher) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let site = EmbedSite { origins: vec![Origin::parse(&origin).expect("an origin")], ..EmbedSite::default() };
    let app = with(Setup { embed: embedded(site), ..Setup::default() }).await;
    let attributes = format!("data-site=\"post\" data-article=\"a1\" {attributes}");
    let publisher = Publisher::serve(listener, &app.base, &attributes);
    (app, publisher)
}

/// Waits until the frame is as high as what is in it.
async fn fits(browser: &Browser) {
    browser.until("return document.body.getBoundingClientRect().height > 100 && Math.abs(innerHeight - Math.ceil(document.body.getBoundingClientRect().height)) <= 1").await;
}

fn keep(name: &str, picture: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("embed-{name}.png")), picture).expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_posts_replies_reports_and_appeals_in_another_origins_page() {
    let (app, publisher) = framed("data-size=\"18\"").await;
    let mut script =
        comment("m1", "a1", None, "<script>document.body.textContent = 'broken'</script> The talks in Lorne.");
    script["author"]["name"] = json!("<img src=x onerror=\"document.body.textContent='broken'\">");
    app.platform.post("/v1/comments", &script).await.expect_status(201);
    app.moderator.post("/v1/comments/m1/decision", &json!({"action": "publish", "expected_version": 1})).await;
    let browser = Browser::start().await;
    browser.open(&format!("{}/article", publisher.origin)).await;
    browser.until("return document.querySelector('iframe') !== null").await;
    browser.enter("iframe").await;
    fits(&browser).await;
    assert_eq!(browser.run("return getComputedStyle(document.querySelector('.text')).fontSize").await, "18px");
    assert!(browser.text("#c-m1 .text").await.starts_with("<script>"), "what was typed is shown");
    assert_eq!(browser.text("#c-m1 .by b").await, "<img src=x onerror=\"document.body.textContent='broken'\">");

    // She writes, sees at once that it is published, and goes back to the discussion.
    browser.fill("#text", CLEAN[0]).await;
    browser.fill("#name", "Asta").await;
    browser.click("form button").await;
    browser.until("return document.querySelector('#headline')?.textContent === 'Published.'").await;
    browser.click(".more a").await;
    browser.until("return document.querySelectorAll('.comments li').length === 2").await;
    // She answers it, and the box says whom.
    browser.click(".comments li:last-child .doings a").await;
    browser.until("return document.querySelector('#write-title')?.textContent === 'Your answer to Asta'").await;
    browser.fill("#text", CLEAN[1]).await;
    browser.fill("#name", "Bo").await;
    browser.click("form button").await;
    browser.until("return document.querySelector('#headline')?.textContent === 'Published.'").await;
    browser.click(".more a").await;
    browser.until("return document.querySelector('.level-1 .text') !== null").await;
    assert_eq!(browser.text(".level-1 .text").await, CLEAN[1]);
    fits(&browser).await;
    // She reports the first.
    browser.click("#c-m1 .doings a:last-child").await;
    browser.until("return document.querySelector('#reason-abuse') !== null").await;
    browser.click("#reason-abuse").await;
    browser.click("form button").await;
    browser.until("return document.querySelector('h1').textContent.startsWith('Thank you.')").await;
    browser.click(".more a").await;
    // She writes what is rejected, and appeals.
    browser.until("return document.querySelector('#name') !== null").await;
    browser.fill("#text", BANNED).await;
    browser.fill("#name", "Cato").await;
    browser.click("form button").await;
    browser.until("return document.querySelector('#headline')?.textContent === 'Not published.'").await;
    browser.fill("#text", "I quoted what was shouted at me.").await;
    browser.click("section.write button").await;
    browser
        .until("return document.querySelector('#headline')?.textContent === 'Your appeal waits for a moderator.'")
        .await;
    let queue = app.moderator.get("/v1/queue").await.body;
    assert_eq!(queue["by_reason"]["appeal"], 1, "{queue}");
    let reports = app.platform.post("/v1/comments/m1/reports", &json!({"reporter_id": "r"})).await.body;
    assert_eq!(reports["reports"], 2);
    let complaints = browser.complaints().await;
    let ours: Vec<_> = complaints.iter().filter(|line| !line.contains("favicon")).collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_of_the_platforms_writes_under_her_name() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let origins = vec![Origin::parse(&origin).expect("an origin")];
    let site = EmbedSite { origins, guests: false, ..EmbedSite::default() };
    let app = with(Setup { embed: embedded(site), ..Setup::default() }).await;
    let (_, secret) = app.ombud.add_token_secret(&SiteId::parse("post").expect("a site")).await.expect("a secret");
    let exp = app.ombud.now().as_second() + 3600;
    let payload = URL_SAFE_NO_PAD.encode(json!({"id": "u7", "name": "Zoë <b>", "exp": exp}).to_string());
    let signed = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key").chain_update(&payload);
    let token = format!("{payload}.{}", URL_SAFE_NO_PAD.encode(signed.finalize().into_bytes()));
    let attributes = format!("data-site=\"post\" data-article=\"a1\" data-reader=\"{token}\"");
    let publisher = Publisher::serve(listener, &app.base, &attributes);
    let browser = Browser::start().await;
    browser.open(&format!("{}/article", publisher.origin)).await;
    browser.until("return document.querySelector('iframe') !== null").await;
    browser.enter("iframe").await;
    browser.until("return document.querySelector('.signed')?.hidden === false").await;
    assert_eq!(browser.text(".signed").await, "You write as Zoë <b>.");
    assert_eq!(browser.count("#name").await, 0);
    browser.fill("#text", CLEAN[0]).await;
    browser.click("form button").await;
    browser.until("return document.querySelector('#headline')?.textContent === 'Published.'").await;
    let thread = app.platform.get("/v1/articles/a1/comments").await.body;
    assert_eq!(thread["comments"][0]["author"], json!({"id": "u7", "name": "Zoë <b>"}));
    // A page of an origin that is not listed is shown nothing.
    let stranger = TcpListener::bind("127.0.0.1:0").expect("a port");
    let stranger = Publisher::serve(stranger, &app.base, &attributes);
    browser.leave().await;
    browser.open(&format!("{}/article", stranger.origin)).await;
    browser.until("return document.querySelector('iframe') !== null").await;
    browser.enter("iframe").await;
    browser.until("return location.protocol === 'chrome-error:' || document.querySelector('main') === null").await;
    assert_eq!(browser.count(".comments").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_goes_without_scripts() {
    let (app, _publisher) = framed("").await;
    app.published("c1", "a1", None).await;
    let browser = Browser::start().await;
    browser.allow_scripts(false).await;
    browser.open(&format!("{}{THREAD}", app.base)).await;
    browser.fill("#text", SUSPECT).await;
    browser.fill("#name", "Asta").await;
    browser.follow("form button").await;
    assert_eq!(browser.text("#headline").await, "Waiting for a moderator.");
    browser.follow(".more a").await;
    assert!(browser.text("#c-c1 time").await.ends_with("20:00 UTC"));
    browser.follow("#c-c1 .doings a").await;
    assert_eq!(browser.text("#write-title").await, "Your answer to A Reader");
}

/// What readers write in earnest and in mischief, for looking at.
async fn sown(app: &TestApp) {
    let post = async |id: &str, parent: Option<&str>, name: &str, text: &str| {
        app.clock.advance(Duration::from_mins(7));
        let mut body = comment(id, "a1", parent, text);
        body["author"]["name"] = json!(name);
        let answer = app.platform.post("/v1/comments", &body).await;
        if answer.body["state"] != "published" {
            let publish = json!({"action": "publish", "expected_version": 1});
            app.admin.post(&format!("/v1/comments/{id}/decision"), &publish).await.expect_status(200);
        }
    };
    post("t1", None, "Harbour reader", CLEAN[0]).await;
    post("t2", Some("t1"), "Ferry Captain", CLEAN[1]).await;
    post("t3", Some("t2"), "Harbour reader", "Then let them publish it. The proposal about the border is four pages long, and the ministers have had it since Monday.\n\nNobody asked for a treaty.").await;
    post("t4", Some("t3"), "A Lorne teacher", CLEAN[2]).await;
    post("t5", Some("t4"), "Ferry Captain", "The talks go on in Lorne on Friday, as the article says.").await;
    post("t6", None, "\u{202e}ecnuob", &format!("The talks in Lorne: {}", "endless".repeat(120))).await;
    post("t7", None, "قارئ", "أعلن الوزراء أن المحادثات حول الحدود انتهت من دون بيان مشترك، ولم يحدد موعد لجولة أخرى.")
        .await;
    post(
        "t8",
        None,
        "<b>Markup</b>",
        "<script>alert(1)</script> \u{202e}The talks about the border & <b>the ministers</b>.",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_without_barriers_in_either_theme_and_fits_a_telephone() {
    let (app, _publisher) = framed("").await;
    sown(&app).await;
    let waits = write(&app, SUSPECT, &[]).await;
    let rejected = write(&app, BANNED, &[]).await;
    let pages = [
        ("thread", THREAD.to_owned()),
        ("reply", format!("{THREAD}?reply=t3")),
        ("report", "/embed/post/comments/t2/report".to_owned()),
        ("waiting", waits),
        ("rejected", rejected),
        ("faq", "/embed/post/faq".to_owned()),
        ("missing", "/embed/post/articles/a9".to_owned()),
    ];
    let browser = Browser::start().await;
    for theme in Theme::BOTH {
        browser.prefer(theme).await;
        for (name, path) in &pages {
            for width in [1280, 390] {
                browser.resize(width, 844).await;
                browser.open(&format!("{}{path}", app.base)).await;
                let barriers = browser.barriers().await;
                assert!(barriers.is_empty(), "{name} {}: {}", theme.name(), barriers.join("\n"));
                let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
                assert_eq!(wide, 0, "{name} at {width} is wider than the screen");
                keep(&format!("{name}-{width}-{}", theme.name()), &browser.picture().await);
            }
        }
    }
}
