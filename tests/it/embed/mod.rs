//! The readers' side, as browsers and readers meet it.

mod browser;
mod follow;
mod read;
mod token;
mod write;

use crate::support::app::{Setup, TestApp};
use crate::support::client::Answer;
use ombud::comment::SiteId;
use ombud::http::embed::{EmbedSettings, EmbedSite, Origin};
use reqwest::Method;
use url::form_urlencoded::Serializer;

/// The discussion of the tests' article.
const THREAD: &str = "/embed/post/articles/a1";

fn embedded(site: EmbedSite) -> EmbedSettings {
    let id = SiteId::parse("post").expect("a site id");
    EmbedSettings { sites: [(id, site)].into() }
}

fn site() -> EmbedSite {
    let origins = vec![Origin::parse("https://www.post.example").expect("an origin")];
    EmbedSite { origins, ..EmbedSite::default() }
}

async fn start() -> TestApp {
    with(Setup { embed: embedded(site()), ..Setup::default() }).await
}

async fn with(setup: Setup) -> TestApp {
    let app = TestApp::with(setup).await;
    app.article("a1").await;
    app
}

/// The value of a page's hidden field.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let from = page.find(&field).unwrap_or_else(|| panic!("no {name}: {page}")) + field.len();
    page[from..].split('"').next().expect("a value").to_owned()
}

/// Sends a form as a browser does from a page of ombud's, and does not go where it leads.
async fn send(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    send_from(app, path, fields, "same-origin").await
}

async fn send_from(app: &TestApp, path: &str, fields: &[(&str, &str)], from: &str) -> Answer {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = app.anonymous.request(Method::POST, path).body(body).header("sec-fetch-site", from);
    app.anonymous.send(request.header("content-type", "application/x-www-form-urlencoded")).await
}

/// Writes a comment as a guest, and answers where to follow it.
async fn write(app: &TestApp, text: &str, more: &[(&str, &str)]) -> String {
    let page = app.anonymous.get(THREAD).await.expect_status(200).text;
    let form = hidden(&page, "form");
    let fields = [[("form", form.as_str()), ("name", "Asta"), ("text", text)].as_slice(), more].concat();
    let answer = send(app, &format!("{THREAD}/comments"), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.headers["location"].to_str().expect("an address").to_owned()
}
