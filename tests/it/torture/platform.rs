//! A platform and its readers: they send, send again, edit, withdraw, report, erase and read threads.

use super::caller::{Caller, Outcome};
use super::ledger::{Deed, Erasure, Shown, now, sha256};
use crate::support::app::{BANNED, CLEAN, SUSPECT, comment};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

pub const ARTICLES: usize = 6;
/// In every text and every author's id, so that a log that holds one can be told.
pub const MARK: &str = "zephyrine";

/// One client of the platform.
pub struct Platform {
    number: usize,
    caller: Caller,
    rng: Xoshiro256PlusPlus,
    sent: usize,
    /// Comments that were acknowledged.
    mine: Vec<Value>,
    /// Comments that may be there.
    doubtful: Vec<Value>,
    erases: bool,
}

const EDITED: [&str; 1] = ["edited"];

impl Platform {
    pub fn new(number: usize, caller: Caller, seed: u64, erases: bool) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        Self { number, caller, rng, sent: 0, mine: Vec::new(), doubtful: Vec::new(), erases }
    }

    /// Sends until it is told to stop; then once more what nobody answered.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.rng.random_range(0..100) {
                0..40 => self.post().await,
                40..48 => self.batch().await,
                48..58 => self.again().await,
                58..70 => self.edit().await,
                70..75 => self.withdraw().await,
                75..80 => self.report().await,
                80..84 => self.appeal().await,
                84..85 if self.erases => self.erase().await,
                _ => self.read().await,
            }
            let wait = self.rng.random_range(0..40);
            super::pause(std::time::Duration::from_millis(wait)).await;
        }
    }

    fn replica(&mut self) -> usize {
        self.rng.random_range(0..self.caller.house.count())
    }

    fn text(&mut self) -> String {
        self.sent += 1;
        let text = match self.rng.random_range(0..10) {
            0..4 => SUSPECT,
            4 => BANNED,
            n => CLEAN[n % CLEAN.len()],
        };
        format!("{text} {MARK} {}", spelled(self.number * 1_000_000 + self.sent))
    }

    fn new_comment(&mut self) -> Value {
        let text = self.text();
        let id = format!("t{}-{}", self.number, self.sent);
        let parent = if self.rng.random_bool(0.3) { self.mine.choose(&mut self.rng).cloned() } else { None };
        let article = match &parent {
            Some(parent) => parent["article_id"].as_str().unwrap_or_default().to_owned(),
            None => format!("article-{}", self.rng.random_range(0..ARTICLES)),
        };
        let parent = parent.as_ref().and_then(|parent| parent["id"].as_str());
        let mut new = comment(&id, &article, parent, &text);
        // Two of each, so that there is something to erase, and no rule about an author's haste or history.
        new["author"]["id"] = json!(format!("{MARK}-{}-{}", self.number, self.sent / 2));
        self.caller.ledger.open(&new);
        new
    }

    async fn post(&mut self) {
        let new = self.new_comment();
        self.send("post", new).await;
    }

    async fn again(&mut self) {
        if let Some(doubtful) = self.doubtful.pop() {
            self.send("post again", doubtful).await;
        } else if let Some(known) = self.mine.choose(&mut self.rng).cloned() {
            self.send("post again", known).await;
        }
    }

    async fn send(&mut self, operation: &'static str, new: Value) {
        let replica = self.replica();
        let to = (Method::POST, "/v1/comments");
        let outcome = self.caller.call(operation, &self.caller.house.keys.platform, replica, to, Some(&new)).await;
        self.admitted(new, &outcome);
    }

    /// Notes what came of sending a comment.
    fn admitted(&mut self, new: Value, outcome: &Outcome) {
        let id = new["id"].as_str().expect("an id").to_owned();
        let admission = deed(&["admitted"], new["text"].as_str());
        match outcome {
            Outcome::Done(status, body) => {
                if let Some(page) = self.caller.ledger.books().pages.get_mut(&id) {
                    page.admitted.get_or_insert_with(now);
                }
                if *status == 201 {
                    self.caller.ledger.note(&id, Deed { version: body["version"].as_u64(), ..admission });
                }
                if !self.mine.iter().any(|known| known["id"] == new["id"]) {
                    self.mine.push(new);
                }
            }
            Outcome::Doubt => {
                self.caller.ledger.note(&id, admission);
                self.doubtful.push(new);
            }
            Outcome::Refused | Outcome::Unsent => self.doubtful.push(new),
        }
    }

    async fn batch(&mut self) {
        let count = self.rng.random_range(2..12);
        let new: Vec<Value> = (0..count).map(|_| self.new_comment()).collect();
        let body = new.iter().fold(String::new(), |body, comment| body + &format!("{comment}\n"));
        let replica = self.replica();
        let base = self.caller.house.base(replica);
        let platform = self.caller.house.keys.platform.client.at(&base);
        let asked = now();
        let request = platform.request(Method::POST, "/v1/comments:batch").body(body);
        let answers = match request.timeout(std::time::Duration::from_secs(10)).send().await {
            Ok(response) => read_lines(response).await,
            Err(_) => Vec::new(),
        };
        for (place, comment) in new.into_iter().enumerate() {
            let outcome = match answers.get(place) {
                None => Outcome::Doubt,
                Some(line) => {
                    let status = u16::try_from(line["status"].as_u64().unwrap_or_default()).unwrap_or_default();
                    let code = line["problem"]["code"].as_str().unwrap_or_default();
                    let told = if status < 300 { line.clone() } else { line["problem"].clone() };
                    // A reply to one that was not taken in is refused.
                    if code == "unknown_parent" {
                        Outcome::Refused
                    } else {
                        self.caller.outcome("batch", asked, status, told, true)
                    }
                }
            };
            self.caller.count("batch", &outcome);
            self.admitted(comment, &outcome);
        }
    }

    fn one_of_mine(&mut self) -> Option<String> {
        let known = self.mine.choose(&mut self.rng)?;
        Some(known["id"].as_str().expect("an id").to_owned())
    }

    async fn edit(&mut self) {
        let Some(id) = self.one_of_mine() else { return };
        let text = self.text();
        if let Some(page) = self.caller.ledger.books().pages.get_mut(&id) {
            page.texts.insert(sha256(&text));
        }
        let (replica, body) = (self.replica(), json!({"text": text}));
        let path = format!("/v1/comments/{id}");
        let keys = &self.caller.house.keys;
        let outcome = self.caller.call("edit", &keys.platform, replica, (Method::PATCH, &path), Some(&body)).await;
        self.caller.settle(&id, deed(&EDITED, Some(&text)), &outcome);
    }

    async fn withdraw(&mut self) {
        let Some(id) = self.one_of_mine() else { return };
        let (replica, path) = (self.replica(), format!("/v1/comments/{id}"));
        let keys = &self.caller.house.keys;
        let outcome = self.caller.call("withdraw", &keys.platform, replica, (Method::DELETE, &path), None).await;
        // Twice is no error, and what is erased is withdrawn: the answer shows the version, whoever made it.
        self.caller.settle(&id, deed(&["withdrawn", "erased"], None), &outcome);
    }

    async fn report(&mut self) {
        let Some(id) = self.one_of_mine() else { return };
        let replica = self.replica();
        let body = json!({"reporter_id": format!("{MARK}-reader-{}", self.rng.random_range(0..4))});
        let path = format!("/v1/comments/{id}/reports");
        let keys = &self.caller.house.keys;
        let outcome = self.caller.call("report", &keys.platform, replica, (Method::POST, &path), Some(&body)).await;
        match outcome {
            Outcome::Done(_, body) if body["queued"] == json!(true) => {
                if let Some(page) = self.caller.ledger.books().pages.get_mut(&id) {
                    page.queued_by_reports += 1;
                }
            }
            Outcome::Doubt => self.caller.ledger.note(&id, deed(&["reported"], None)),
            _ => {}
        }
    }

    async fn appeal(&mut self) {
        let Some(id) = self.one_of_mine() else { return };
        self.sent += 1;
        // Never the same words twice: the same appeal again would be answered as the one before.
        let words = format!("Not fair, {MARK} {}.", spelled(self.number * 1_000_000 + self.sent));
        let (replica, path) = (self.replica(), format!("/v1/comments/{id}/appeals"));
        let keys = &self.caller.house.keys;
        let to = (Method::POST, path.as_str());
        let outcome = self.caller.call("appeal", &keys.platform, replica, to, Some(&json!({"text": words}))).await;
        self.caller.settle(&id, deed(&["appealed"], None), &outcome);
    }

    async fn erase(&mut self) {
        let Some(author) = self.mine.choose(&mut self.rng).and_then(|known| known["author"]["id"].as_str()) else {
            return;
        };
        let (author, asked) = (author.to_owned(), now());
        let (replica, path) = (self.replica(), format!("/v1/authors/{author}"));
        let keys = &self.caller.house.keys;
        let outcome = self.caller.call("erase", &keys.admin, replica, (Method::DELETE, &path), None).await;
        if matches!(outcome, Outcome::Done(..) | Outcome::Doubt) {
            let acknowledged = matches!(outcome, Outcome::Done(..));
            self.caller.ledger.books().erasures.push(Erasure { author, asked, acknowledged });
        }
    }

    /// Reads a thread as readers do, and notes what it shows.
    async fn read(&mut self) {
        let article = format!("article-{}", self.rng.random_range(0..ARTICLES));
        let replica = self.replica();
        let mut after = String::new();
        for _ in 0..self.rng.random_range(1..6) {
            let path = format!("/v1/articles/{article}/comments?limit=40{after}");
            let asked = now();
            let keys = &self.caller.house.keys;
            let outcome = self.caller.call("read thread", &keys.platform, replica, (Method::GET, &path), None).await;
            let (Outcome::Done(_, page), answered) = (outcome, now()) else { return };
            let mut shown = Vec::new();
            collect(&page["comments"], &mut shown);
            let seen = shown.into_iter().map(|(comment, text)| Shown { comment, text: sha256(&text), asked, answered });
            self.caller.ledger.books().shown.extend(seen);
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return,
            }
        }
    }
}

fn deed(steps: &'static [&'static str], text: Option<&str>) -> Deed {
    Deed { steps, moderator: None, action: None, text: text.map(sha256), version: None }
}

/// The comments that a page of a thread shows, with their texts.
pub fn collect(entries: &Value, shown: &mut Vec<(String, String)>) {
    for entry in entries.as_array().into_iter().flatten() {
        if entry["removed"] == json!(false) {
            let member = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            shown.push((member("id"), member("text")));
        }
        collect(&entry["replies"], shown);
    }
}

/// The lines that came, even if the answer breaks off.
async fn read_lines(mut response: reqwest::Response) -> Vec<Value> {
    let mut text = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        text.extend_from_slice(&chunk);
    }
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let text = String::from_utf8_lossy(&text[..whole]).into_owned();
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// A number in words of its own, so that two texts are never nearly the same.
fn spelled(number: usize) -> String {
    const WORDS: [&str; 10] =
        ["lake", "ferry", "apple", "mayor", "school", "winter", "bridge", "market", "quay", "harvest"];
    number.to_string().bytes().map(|digit| WORDS[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" and ")
}
