//! A real HTTP server that receives webhooks, and answers as a test tells it to.

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use ombud::comment::{EndpointId, SiteId};
use ombud::delivery::outward::Reach;
use ombud::delivery::webhook::{Beginning, Endpoint, SecretFile};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// An endpoint at a receiver, which begins with the first event and is patient. Its secret lies in the folder.
pub fn endpoint(receiver: &Receiver, folder: &Path, id: &str, site: SiteId) -> Endpoint {
    let loopback = "127.0.0.1".parse().expect("a network");
    Endpoint {
        id: EndpointId::parse(id).expect("an endpoint id"),
        site,
        url: format!("{}/{id}", receiver.base).parse().expect("an address"),
        events: None,
        secrets: SecretFile::open(&folder.join("secret")).expect("a secret"),
        timeout: Duration::from_mins(1),
        concurrency: 8,
        reach: Reach { internet: false, private_networks: vec![loopback] },
        authorities: None,
        beginning: Beginning::FirstEvent,
    }
}

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Message {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// How it was answered; 0 if not yet.
    pub status: u16,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    /// The id of the event that it tells; of a message that tells none, its type.
    pub fn event(&self) -> String {
        let json = self.json();
        json["data"]["id"].as_str().or(json["type"].as_str()).expect("an event").to_owned()
    }

    pub fn comment(&self) -> String {
        self.event().split('@').next().expect("a comment").to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// As a script of `tests/clients` takes it.
    pub fn told(&self) -> Value {
        json!({"headers": self.headers, "body": self.body})
    }
}

/// How a message is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    Status(u16),
    /// With a header.
    With(u16, &'static str, String),
    /// 200, once [`Receiver::release`] is called.
    Hold,
    /// This, once [`Receiver::release`] is called.
    HoldThen(u16),
    /// Never.
    Hang,
    /// 200, and so many bytes.
    Long(usize),
    /// 200, and a body that never ends.
    Endless,
}

type Answering = Box<dyn Fn(&Message) -> Reply + Send + Sync>;

struct Inner {
    messages: Mutex<Vec<Message>>,
    answering: Mutex<Answering>,
    released: watch::Sender<bool>,
}

/// Receives until it is dropped.
pub struct Receiver {
    pub base: String,
    inner: Arc<Inner>,
    server: ServerHandle,
}

impl Receiver {
    /// Answers 204 unless told otherwise.
    pub fn open() -> Self {
        let inner = Arc::new(Inner {
            messages: Mutex::default(),
            answering: Mutex::new(Box::new(|_| Reply::Status(204))),
            released: watch::Sender::new(false),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::clone(&inner);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(Arc::clone(&shared))).default_service(web::to(receive))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("it listens").run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base, inner, server: handle }
    }

    /// How messages are answered from now on.
    pub fn answer(&self, with: impl Fn(&Message) -> Reply + Send + Sync + 'static) {
        *self.inner.answering.lock().expect("nobody panicked") = Box::new(with);
    }

    /// Answers what it held back, and holds nothing back any more.
    pub fn release(&self) {
        self.inner.released.send_replace(true);
    }

    /// All that came in, in order.
    pub fn messages(&self) -> Vec<Message> {
        self.inner.messages.lock().expect("nobody panicked").clone()
    }

    /// The events that came in, in order, doubles included.
    pub fn events(&self) -> Vec<String> {
        self.messages().iter().map(Message::event).collect()
    }

    /// The events that it answered with 2xx, in the order in which they came.
    pub fn taken(&self) -> Vec<String> {
        self.messages().iter().filter(|m| (200..300).contains(&m.status)).map(Message::event).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn receive(request: HttpRequest, body: String, inner: web::Data<Inner>) -> HttpResponse {
    let header = |(name, value): (&actix_web::http::header::HeaderName, &actix_web::http::header::HeaderValue)| {
        (name.to_string(), value.to_str().expect("ASCII").to_owned())
    };
    let headers = request.headers().iter().map(header).collect();
    let message = Message { path: request.path().to_owned(), headers, body, status: 0 };
    let (number, reply) = {
        let mut messages = inner.messages.lock().expect("nobody panicked");
        messages.push(message.clone());
        (messages.len() - 1, inner.answering.lock().expect("nobody panicked")(&message))
    };
    if matches!(reply, Reply::Hold | Reply::HoldThen(_)) {
        // It can't be gone: this has it.
        let _ = inner.released.subscribe().wait_for(|released| *released).await;
    }
    if matches!(reply, Reply::Hang) {
        std::future::pending::<()>().await;
    }
    let status = match &reply {
        Reply::Status(status) | Reply::HoldThen(status) | Reply::With(status, ..) => *status,
        Reply::Hold | Reply::Hang | Reply::Long(_) | Reply::Endless => 200,
    };
    inner.messages.lock().expect("nobody panicked")[number].status = status;
    let mut response = HttpResponse::build(StatusCode::from_u16(status).expect("a status"));
    match reply {
        Reply::With(_, name, value) => response.insert_header((name, value)).finish(),
        Reply::Long(bytes) => response.body(vec![b'x'; bytes]),
        Reply::Endless => {
            let first = futures_util::stream::iter([Ok::<_, std::io::Error>(web::Bytes::from_static(b"x"))]);
            response.streaming(futures_util::StreamExt::chain(first, futures_util::stream::pending()))
        }
        Reply::Status(_) | Reply::Hold | Reply::HoldThen(_) | Reply::Hang => response.finish(),
    }
}
