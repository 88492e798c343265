//! Killed in the middle, ombud loses nothing that it acknowledged, and makes nothing up.

mod redis;

use crate::support::app::{BANNED, CLEAN, SUSPECT, comment};
use crate::support::client::Client;
use crate::support::program::Program;
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// After how many acknowledgements the blow falls.
const ACKNOWLEDGEMENTS: usize = 300;
/// How many comments may be sent beyond those answered: as many are under way when the blow falls.
const AHEAD: usize = 200;
/// A crash hits another place each time.
const ROUNDS: usize = 3;

/// How many comments a batch holds: far more than are sent before the blow falls.
const BATCH: usize = 5_000;

#[tokio::test]
async fn sqlite_keeps_what_was_acknowledged_when_ombud_is_killed() {
    survives_kills_of_ombud(&[]).await;
}

/// Kills ombud in the middle of a batch, starts it again on the same data and looks at everything, some
/// times over. `arguments` name the store.
async fn survives_kills_of_ombud(arguments: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = Program::serve(folder.path(), arguments).await;
    let mut witness = Witness::of(&program);
    for _ in 0..ROUNDS {
        let first = witness.sent;
        witness.send_until(|| program.kill()).await;
        assert!(witness.sent > first + ACKNOWLEDGEMENTS, "the blow falls in the middle of the batch");
        program = Program::serve(folder.path(), arguments).await;
        witness.is_at(&program);
        witness.expect_nothing_lost_or_made_up().await;
    }
    witness.expect_the_same_again_to_change_nothing().await;
}

/// Remembers what was sent and what was acknowledged.
struct Witness {
    platform: Client,
    admin: Client,
    article: String,
    /// Comments 0 to here were sent.
    sent: usize,
    /// State and version, by number of the comment.
    acknowledged: BTreeMap<usize, (String, u64)>,
}

impl Witness {
    fn of(program: &Program) -> Self {
        Self {
            platform: program.client("platform_key"),
            admin: program.client("admin_key"),
            article: program.demo()["article_id"].as_str().expect("an id").to_owned(),
            sent: 0,
            acknowledged: BTreeMap::new(),
        }
    }

    /// The same identities, wherever it listens now.
    fn is_at(&mut self, program: &Program) {
        self.platform = self.platform.at(&program.base);
        self.admin = self.admin.at(&program.base);
    }

    /// A comment by its number: published, held or rejected; some answer the one before.
    fn comment(&self, number: usize) -> Value {
        let text = match number % 10 {
            3 => SUSPECT,
            6 => BANNED,
            n => CLEAN[n % CLEAN.len()],
        };
        let parent = (number % 10 == 1).then(|| id(number - 1));
        // No rule about repeated texts may make them all alike.
        let text = format!("{text} {}", spelled(number));
        comment(&id(number), &self.article, parent.as_deref(), &text)
    }

    /// Streams a batch, lets the blow fall once enough is acknowledged, and reads what answers still come.
    async fn send_until(&mut self, blow: impl FnOnce()) {
        let first = self.sent;
        let room = Arc::new(Semaphore::new(AHEAD));
        let sent = Arc::new(AtomicUsize::new(first));
        let lines: Vec<String> = (first..first + BATCH).map(|n| format!("{}\n", self.comment(n))).collect();
        let state = (lines.into_iter(), Arc::clone(&room), Arc::clone(&sent));
        let body = stream::unfold(state, |(mut lines, room, sent)| async move {
            // Closed when the blow has fallen: the batch ends there.
            room.acquire().await.ok()?.forget();
            let line = lines.next()?;
            sent.fetch_add(1, Ordering::SeqCst);
            Some((Ok::<_, std::io::Error>(line), (lines, room, sent)))
        });
        let request = self.platform.request(Method::POST, "/v1/comments:batch").body(reqwest::Body::wrap_stream(body));
        let mut answers = request.send().await.expect("an answer").bytes_stream();
        let (mut blow, mut text) = (Some(blow), Vec::new());
        let (mut number, mut acknowledged) = (first, 0);
        // An error is a connection that broke, as it will.
        while let Some(Ok(chunk)) = answers.next().await {
            text.extend_from_slice(&chunk);
            while let Some(end) = text.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = text.drain(..=end).collect();
                acknowledged += usize::from(self.note(number, &line));
                number += 1;
                room.add_permits(1);
            }
            if acknowledged >= ACKNOWLEDGEMENTS
                && let Some(blow) = blow.take()
            {
                blow();
                room.close();
            }
        }
        assert!(blow.is_none(), "the batch ended by itself after {acknowledged} acknowledgements");
        self.sent = sent.load(Ordering::SeqCst);
    }

    /// Notes an answer; says whether it acknowledges the comment.
    fn note(&mut self, number: usize, answer: &[u8]) -> bool {
        let answer: Value = serde_json::from_slice(answer).expect("a line of JSON");
        if answer["status"] != 201 && answer["status"] != 200 {
            // A store that is gone, or a parent that was refused because of it.
            let code = answer["problem"]["code"].as_str().unwrap_or_default();
            assert!(["unavailable", "unknown_parent"].contains(&code), "{answer}");
            return false;
        }
        assert_eq!(answer["id"], json!(id(number)), "answers come in the order of the lines");
        let state = answer["state"].as_str().expect("a state").to_owned();
        let now = (state, answer["version"].as_u64().expect("a version"));
        let before = self.acknowledged.insert(number, now.clone());
        assert!(before.is_none_or(|before| before == now), "{answer}");
        true
    }

    async fn expect_nothing_lost_or_made_up(&self) {
        let states: BTreeSet<&str> = self.acknowledged.values().map(|(state, _)| state.as_str()).collect();
        assert_eq!(states, BTreeSet::from(["pending", "published", "rejected"]), "the batch is a mixed one");
        let steps = self.steps().await;
        let found: BTreeMap<usize, Value> = stream::iter(0..self.sent)
            .map(|number| async move { Some((number, self.found(number).await?)) })
            .buffer_unordered(16)
            .filter_map(std::future::ready)
            .collect()
            .await;
        for (number, acknowledged) in &self.acknowledged {
            let comment = found.get(number).unwrap_or_else(|| panic!("{} is lost", id(*number)));
            assert_eq!(
                (comment["state"].as_str(), comment["version"].as_u64()),
                (Some(&*acknowledged.0), Some(acknowledged.1))
            );
        }
        for (number, comment) in &found {
            let sent = self.comment(*number);
            for member in ["id", "article_id", "author", "text"] {
                assert_eq!(comment[member], sent[member]);
            }
            let of_comment = steps.get(&id(*number)).unwrap_or_else(|| panic!("{} has no event", id(*number)));
            assert_eq!(of_comment.iter().filter(|e| e["step"] == "admitted").count(), 1, "{of_comment:?}");
            let last = of_comment.last().expect("an event");
            assert_eq!((&last["state"], &last["version"]), (&comment["state"], &comment["version"]));
        }
        self.expect_events_of_comments_that_are_there(&found, &steps).await;
        self.expect_thread_and_queue(&found, &steps).await;
    }

    /// The comment and, with it, its audit trail; `None` if neither is there.
    async fn found(&self, number: usize) -> Option<Value> {
        let comment = self.platform.get(&format!("/v1/comments/{}", id(number))).await;
        let audit = self.admin.get(&format!("/v1/audit?comment_id={}", id(number))).await;
        if comment.status == 404 {
            assert_eq!(audit.status, 404, "{}", audit.text);
            return None;
        }
        assert_eq!(comment.status, 200, "{}", comment.text);
        let entries = audit.body["entries"].as_array().expect("entries");
        let admitted = entries.iter().filter(|e| e["step"] == "admitted").count();
        assert_eq!((admitted, &entries[0]["to"]), (1, &comment.body["state"]), "{}", audit.text);
        Some(comment.body)
    }

    /// All events by comment, oldest first.
    async fn steps(&self) -> BTreeMap<String, Vec<Value>> {
        let (mut steps, mut after): (BTreeMap<String, Vec<Value>>, _) = (BTreeMap::new(), String::new());
        let mut seen = BTreeSet::new();
        loop {
            let page = self.platform.get(&format!("/v1/events?limit=1000{after}")).await.expect_status(200).body;
            for event in page["events"].as_array().expect("events") {
                assert!(seen.insert(event["id"].to_string()), "twice: {event}");
                let comment = event["comment_id"].as_str().expect("an id").to_owned();
                steps.entry(comment).or_default().push(event.clone());
            }
            if page["more"] == json!(false) {
                return steps;
            }
            after = format!("&after={}", page["next"].as_str().expect("a cursor"));
        }
    }

    async fn expect_events_of_comments_that_are_there(
        &self,
        found: &BTreeMap<usize, Value>,
        steps: &BTreeMap<String, Vec<Value>>,
    ) {
        let known: BTreeSet<String> = found.keys().map(|number| id(*number)).collect();
        for other in steps.keys().filter(|comment| !known.contains(*comment)) {
            // The demo's own. One of ours that is not there is found out here.
            self.platform.get(&format!("/v1/comments/{other}")).await.expect_status(200);
        }
    }

    /// Whatever else is derived from the comments says the same as they do.
    async fn expect_thread_and_queue(&self, found: &BTreeMap<usize, Value>, steps: &BTreeMap<String, Vec<Value>>) {
        let (mut shown, mut after) = (Vec::new(), String::new());
        loop {
            let page = format!("/v1/articles/{}/comments?limit=100{after}", self.article);
            let page = self.platform.get(&page).await.expect_status(200).body;
            collect_shown(&page["comments"], &mut shown);
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let once: BTreeSet<&String> = shown.iter().collect();
        assert_eq!(once.len(), shown.len(), "a comment is shown twice");
        for (number, comment) in found {
            assert_eq!(once.contains(&id(*number)), comment["state"] == "published", "{comment}");
        }
        let pending = steps.values().filter(|s| s.last().is_some_and(|e| e["state"] == "pending")).count();
        let queue = self.admin.get("/v1/queue").await.expect_status(200).body;
        assert_eq!(queue["depth"], json!(pending));
    }

    /// A platform that heard no answer sends again: what was there is answered as it stands, what was
    /// not comes in, and nothing is there twice.
    async fn expect_the_same_again_to_change_nothing(&mut self) {
        let lines: Vec<String> = (0..self.sent).map(|n| self.comment(n).to_string()).collect();
        let request = self.platform.request(Method::POST, "/v1/comments:batch").body(lines.join("\n"));
        let answer = self.platform.send(request).await.expect_status(200);
        let before = self.acknowledged.clone();
        for (number, line) in answer.text.lines().enumerate() {
            assert!(self.note(number, line.as_bytes()), "{line}");
            assert!(!before.contains_key(&number) || line.contains("\"status\":200"), "{line}");
        }
        assert_eq!(self.acknowledged.len(), self.sent);
        self.expect_nothing_lost_or_made_up().await;
    }
}

fn id(number: usize) -> String {
    format!("n{number:05}")
}

/// A number in words of its own, so that two texts are never nearly the same.
fn spelled(number: usize) -> String {
    const WORDS: [&str; 10] =
        ["lake", "ferry", "apple", "mayor", "school", "winter", "bridge", "market", "quay", "harvest"];
    number.to_string().bytes().map(|digit| WORDS[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" and ")
}

fn collect_shown(entries: &Value, shown: &mut Vec<String>) {
    for entry in entries.as_array().expect("entries") {
        if entry["removed"] == json!(false) {
            shown.push(entry["id"].as_str().expect("an id").to_owned());
        }
        collect_shown(&entry["replies"], shown);
    }
}
