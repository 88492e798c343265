//! A receiver of webhooks that checks everything, and fails as often as it is told to.

use super::ledger::Ledger;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How an endpoint fails.
#[derive(Debug, Clone, Copy)]
pub struct Mood {
    /// How likely an attempt fails, by its number from 0 on; later ones are taken.
    pub likely: &'static [f64],
    /// It does so among the first so many deliveries.
    pub among: u64,
}

impl Mood {
    pub const STEADY: Self = Self { likely: &[], among: 0 };
}

/// What came in.
#[derive(Debug, Default)]
pub struct Mail {
    /// The body of each message, by its id.
    bodies: HashMap<String, Vec<u8>>,
    attempts: HashMap<String, usize>,
    /// The newest version that came, by comment.
    newest: BTreeMap<String, u64>,
    /// Events that came, whether taken or not.
    pub came: BTreeSet<String>,
    /// Events that were answered with 2xx.
    pub taken: BTreeSet<String>,
    /// It fails no longer.
    healed: bool,
    pub deliveries: u64,
    pub failed: u64,
}

pub struct Endpoint {
    pub id: &'static str,
    pub base: String,
    pub secret: String,
    pub mail: Arc<Mutex<Mail>>,
    _until: DropGuard,
}

#[derive(Clone)]
struct Desk {
    id: &'static str,
    key: Vec<u8>,
    mood: Mood,
    mail: Arc<Mutex<Mail>>,
    ledger: Arc<Ledger>,
    rng: Arc<Mutex<Xoshiro256PlusPlus>>,
}

enum Reply {
    Status(u16),
    Hang,
    Close,
}

impl Endpoint {
    pub async fn open(id: &'static str, mood: Mood, seed: u64, ledger: &Arc<Ledger>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let key: [u8; 32] = rng.random();
        let mail = Arc::<Mutex<Mail>>::default();
        let secret = format!("whsec_{}", STANDARD.encode(key));
        let rng = Arc::new(Mutex::new(rng));
        let desk = Desk { id, key: key.to_vec(), mood, mail: Arc::clone(&mail), ledger: Arc::clone(ledger), rng };
        let end = CancellationToken::new();
        let ended = end.clone();
        tokio::spawn(async move {
            while let Some(Ok((stream, _))) = ended.run_until_cancelled(listener.accept()).await {
                let (desk, ended) = (desk.clone(), ended.clone());
                tokio::spawn(async move { ended.run_until_cancelled(desk.serve(stream)).await });
            }
        });
        Self { id, base, secret, mail, _until: end.drop_guard() }
    }

    /// Lets it fail no longer, so that what waits can go out.
    pub fn heal(&self) {
        self.mail().healed = true;
    }

    pub fn mail(&self) -> std::sync::MutexGuard<'_, Mail> {
        self.mail.lock().expect("nobody panicked")
    }
}

impl Desk {
    /// Answers what comes over one connection, until it ends or this end closes it.
    async fn serve(self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut headers = BTreeMap::new();
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            loop {
                line.clear();
                stream.read_line(&mut line).await?;
                match line.trim_end().split_once(": ") {
                    Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
                    None => break,
                };
            }
            let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await?;
            let (event, reply) = self.receive(&headers, body);
            match reply {
                Reply::Close => return Ok(()),
                Reply::Hang => std::future::pending().await,
                Reply::Status(status) => {
                    let answer = format!("HTTP/1.1 {status} -\r\ncontent-length: 0\r\n\r\n");
                    // Before it is written: what was answered must be found here.
                    self.settle(event, status);
                    stream.write_all(answer.as_bytes()).await?;
                }
            }
        }
    }

    fn settle(&self, event: String, status: u16) {
        let mut mail = self.mail.lock().expect("nobody panicked");
        if status < 300 {
            mail.taken.insert(event);
        } else {
            mail.failed += 1;
        }
    }

    fn receive(&self, headers: &BTreeMap<String, String>, body: Vec<u8>) -> (String, Reply) {
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        let (id, signatures) = (header("webhook-id"), header("webhook-signature"));
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any key");
        mac.update(format!("{id}.{}.", header("webhook-timestamp")).as_bytes());
        mac.update(&body);
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        if !signatures.split(' ').any(|one| one == signature) {
            self.ledger.violation("webhook", format!("{}: {id} has no valid signature", self.id));
        }
        let told: Value = serde_json::from_slice(&body).unwrap_or_default();
        let event = told["data"]["id"].as_str().unwrap_or_default().to_owned();
        let comment = told["data"]["comment_id"].as_str().unwrap_or_default();
        let version = told["data"]["version"].as_u64().unwrap_or_default();
        let mut mail = self.mail.lock().expect("nobody panicked");
        mail.deliveries += 1;
        let attempt = *mail.attempts.entry(id.clone()).and_modify(|attempts| *attempts += 1).or_default();
        if attempt == 0 {
            let newest = mail.newest.entry(comment.to_owned()).or_default();
            if version < *newest {
                self.ledger.violation("webhook", format!("{}: {event} came first after version {newest}", self.id));
            }
            *newest = version.max(*newest);
        } else if mail.bodies[&id] != body {
            self.ledger.violation("webhook", format!("{}: {event} came again with other bytes", self.id));
        }
        mail.bodies.insert(id, body);
        mail.came.insert(event.clone());
        let mut rng = self.rng.lock().expect("nobody panicked");
        let fails = !mail.healed
            && mail.deliveries <= self.mood.among
            && self.mood.likely.get(attempt).is_some_and(|likely| rng.random_bool(*likely));
        let reply = match rng.random_range(0..4) {
            _ if !fails => Reply::Status(204),
            0 => Reply::Status(500),
            1 => Reply::Status(503),
            2 => Reply::Hang,
            _ => Reply::Close,
        };
        (event, reply)
    }
}
