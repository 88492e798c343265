//! What was sent, what was acknowledged and what is in doubt, kept outside of ombud.

use ombud::comment::Timestamp;
use ombud::service::Clock;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

/// Now, by the clock that ombud reads too.
pub fn now() -> Timestamp {
    Clock::System.now()
}

/// SHA-256 in hex, as the audit trail has it.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A step that somebody asked for, which happened or may have.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The names that the audit trail may have for it.
    pub steps: &'static [&'static str],
    /// The moderator's key, if one took it.
    pub moderator: Option<String>,
    /// `publish` or `reject`, of a decision.
    pub action: Option<&'static str>,
    /// The hash of the text that came with it.
    pub text: Option<String>,
    /// The version that it made; `None` if it is in doubt.
    pub version: Option<u64>,
}

/// A claim that somebody was handed.
#[derive(Debug, Clone)]
pub struct Handed {
    pub version: u64,
    /// When the answer came: from then on at the latest it is held.
    pub answered: Timestamp,
    pub until: Timestamp,
    /// When its holder asked for something that ends it.
    pub ended: Option<Timestamp>,
}

/// All that is known of one comment.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub article: String,
    pub parent: Option<String>,
    pub author: String,
    /// The hashes of all texts that were sent for it.
    pub texts: BTreeSet<String>,
    pub deeds: Vec<Deed>,
    /// When a version was first answered to anybody.
    pub seen: BTreeMap<u64, Timestamp>,
    pub claims: BTreeMap<String, Handed>,
    /// When the first answer to its admission came; `None` while that is in doubt.
    pub admitted: Option<Timestamp>,
    /// How many reports were answered with "queued".
    pub queued_by_reports: usize,
}

/// A comment that a thread showed.
#[derive(Debug, Clone)]
pub struct Shown {
    pub comment: String,
    pub text: String,
    /// Between these moments the thread was asked for and answered.
    pub asked: Timestamp,
    pub answered: Timestamp,
}

/// How calls ended, by kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub sent: u64,
    pub acknowledged: u64,
    pub refused: u64,
    pub in_doubt: u64,
    /// Nobody listened.
    pub unsent: u64,
}

/// An author that was to be erased.
#[derive(Debug, Clone)]
pub struct Erasure {
    pub author: String,
    pub asked: Timestamp,
    pub acknowledged: bool,
}

/// The books, while they are open.
#[derive(Debug, Default)]
pub struct Books {
    pub pages: BTreeMap<String, Page>,
    pub shown: Vec<Shown>,
    pub tallies: BTreeMap<&'static str, Tally>,
    pub faults: BTreeMap<&'static str, u64>,
    /// When something was broken: from, and until when; open at the end while it is.
    pub trouble: Vec<(Timestamp, Option<Timestamp>)>,
    /// Comments decided on by bulk decisions that were answered, and bulk decisions that were not.
    pub bulk: (u64, u64),
    pub erasures: Vec<Erasure>,
    pub violations: Vec<Violation>,
}

/// A promise that was broken.
#[derive(Debug, Clone)]
pub struct Violation {
    pub kind: &'static str,
    pub detail: String,
}

/// The ledger, shared by everybody who drives.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Books>);

impl Ledger {
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().expect("nobody panicked")
    }

    pub fn violation(&self, kind: &'static str, detail: String) {
        self.books().violations.push(Violation { kind, detail });
    }

    /// A comment is about to be sent.
    pub fn open(&self, comment: &Value) {
        let text = |member: &str| comment[member].as_str().unwrap_or_default().to_owned();
        let mut books = self.books();
        let page = books.pages.entry(text("id")).or_default();
        page.article = text("article_id");
        page.parent = comment["parent_id"].as_str().map(str::to_owned);
        comment["author"]["id"].as_str().unwrap_or_default().clone_into(&mut page.author);
        page.texts.insert(sha256(comment["text"].as_str().unwrap_or_default()));
    }

    /// Somebody took a step, or may have.
    pub fn note(&self, comment: &str, deed: Deed) {
        self.books().pages.entry(comment.to_owned()).or_default().deeds.push(deed);
    }

    /// An answer showed a comment at a version.
    pub fn saw(&self, comment: &Value) {
        if let (Some(id), Some(version)) = (comment["id"].as_str(), comment["version"].as_u64())
            && let Some(page) = self.books().pages.get_mut(id)
        {
            page.seen.entry(version).or_insert_with(now);
        }
    }

    /// The holder of a claim is about to ask for what ends it.
    pub fn ends(&self, comment: &str, claim: &str) {
        if let Some(claim) = self.books().pages.get_mut(comment).and_then(|page| page.claims.get_mut(claim)) {
            claim.ended.get_or_insert_with(now);
        }
    }

    /// Something breaks from now on; answers its number.
    pub fn trouble_begins(&self, fault: &'static str) -> usize {
        let mut books = self.books();
        *books.faults.entry(fault).or_default() += 1;
        books.trouble.push((now(), None));
        books.trouble.len() - 1
    }

    /// It is whole again.
    pub fn trouble_ends(&self, number: usize) {
        self.books().trouble[number].1 = Some(now());
    }
}
