//! A browser without a window or scripts: keeps cookies, fills in forms, and follows nothing by itself.

use super::app::TestApp;
use reqwest::{Method, RequestBuilder};
use std::time::Duration;

/// Somebody at the console of the site `post`.
pub struct Desk {
    http: reqwest::Client,
    base: String,
    cookies: Vec<(String, String)>,
    /// What the forms of the last page with one carry.
    pub form_token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub html: String,
}

impl Seen {
    #[track_caller]
    pub fn expect(self, status: u16, text: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.html);
        assert!(self.html.contains(text), "no `{text}` in {}", self.html);
        self
    }

    /// Where the browser is sent.
    #[track_caller]
    pub fn expect_see(&self, address: &str) {
        assert_eq!((self.status, self.header("location")), (303, address), "{}", self.html);
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The value of the first hidden field of this name.
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.html.split_once(&format!("name=\"{name}\" value=\""))?;
        let value = rest.split('"').next()?;
        let named = [("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&amp;", "&"), ("&#38;", "&")];
        Some(named.into_iter().fold(value.to_owned(), |value, (written, meant)| value.replace(written, meant)))
    }
}

impl Desk {
    pub fn at(app: &TestApp) -> Self {
        Self::new(&app.base)
    }

    /// Somebody at the console that is served here.
    pub fn new(base: &str) -> Self {
        let tls = ombud::delivery::outward::client_config(None).expect("TLS");
        let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy();
        let builder = builder.redirect(reqwest::redirect::Policy::none()).pool_idle_timeout(Duration::from_secs(2));
        let http = builder.build().expect("a client");
        Self { http, base: base.to_owned(), cookies: Vec::new(), form_token: String::new() }
    }

    /// Somebody who signed in.
    pub async fn signed_in(app: &TestApp, name: &str, password: &str) -> Self {
        let mut desk = Self::at(app);
        desk.sign_in(name, password).await.expect_see("/console/post");
        desk.get("/console/post").await.expect(200, name);
        desk
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) -> Seen {
        self.post("/console/post/sign-in", &[("name", name), ("password", password)]).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method, format!("{}{path}", self.base));
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    pub async fn send(&mut self, request: RequestBuilder) -> Seen {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        for set in headers.get_all("set-cookie") {
            let pair = set.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.retain(|(found, _)| found != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let seen = Seen { status, headers, html: answer.text().await.expect("a page") };
        if let Some(token) = seen.field("form_token") {
            self.form_token = token;
        }
        seen
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends a form from one of our own pages, with what its forms carry.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.form_token.clone();
        let fields = [fields, &[("form_token", token.as_str())]].concat();
        let request = form(self.request(Method::POST, path), &fields).header("origin", self.base.clone());
        self.send(request).await
    }

    /// Takes the cookies away, as when the browser was closed; what is open stays open.
    pub fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    pub fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }
}

/// A request with these fields, as browsers encode them.
pub fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(fields);
    request.header("content-type", "application/x-www-form-urlencoded").body(encoded.finish())
}
