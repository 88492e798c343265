//! A collector of spans, which keeps what it is sent as it came.

use actix_web::dev::ServerHandle;
use actix_web::web::Bytes;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

type Received = Arc<Mutex<Vec<u8>>>;

/// Takes OTLP over HTTP on a free port.
pub struct Collector {
    base: String,
    received: Received,
    server: ServerHandle,
}

impl Collector {
    pub fn open() -> Self {
        let received = Received::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let kept = Arc::clone(&received);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::new(Arc::clone(&kept))).default_service(web::to(take))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("it listens").run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base, received, server: handle }
    }

    /// Writes a configuration that sends all spans here, into a folder.
    pub fn configure(&self, folder: &Path) {
        let written = format!("[traces]\notlp_endpoint = \"{}\"\n", self.base);
        std::fs::write(folder.join("ombud.toml"), written).expect("written");
    }

    /// All bodies so far: protobuf, in which strings stand as they are and ids as their bytes.
    pub fn received(&self) -> Vec<u8> {
        self.received.lock().expect("nobody panicked").clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn take(request: HttpRequest, body: Bytes, received: web::Data<Received>) -> HttpResponse {
    if request.path() != "/v1/traces" {
        return HttpResponse::NotFound().finish();
    }
    received.lock().expect("nobody panicked").extend_from_slice(&body);
    HttpResponse::Ok().content_type("application/x-protobuf").finish()
}
