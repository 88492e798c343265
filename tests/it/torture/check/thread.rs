//! Readers were shown what was published, and nothing else.

use super::{Found, Violations, broken};
use crate::torture::caller::Caller;
use crate::torture::ledger::{Books, Page, Shown, sha256};
use crate::torture::platform::{ARTICLES, collect};
use ombud::comment::Timestamp;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that threads showed meanwhile was published, with that text, at some moment between question and answer.
pub fn check_shown(found: &Found, books: &Books) -> Violations {
    let mut violations = Violations::new();
    for shown in &books.shown {
        let (page, trail) = (books.pages.get(&shown.comment), found.trails.get(&shown.comment));
        let (Some(page), Some(trail)) = (page, trail) else {
            violations.push(broken("shown", format!("{} was shown, and is not there", shown.comment)));
            continue;
        };
        if !trail.iter().any(|entry| was_public(entry, page, shown)) {
            let trail: Vec<String> =
                trail.iter().map(|e| format!("{}: {} {} {}", e["version"], e["step"], e["to"], e["at"])).collect();
            violations.push(broken("shown", format!("{shown:?}, and its trail is {trail:?}; seen: {:?}", page.seen)));
        }
    }
    violations
}

/// Whether a step published the comment with the text that was shown, and may still have held when the thread was read.
fn was_public(entry: &Value, page: &Page, shown: &Shown) -> bool {
    let at: Option<Timestamp> = entry["at"].as_str().and_then(|at| at.parse().ok());
    let version = entry["version"].as_u64().unwrap_or_default();
    // Before a later version was answered to anybody, it may not have been there.
    let over = page.seen.range(version + 1..).map(|(_, seen)| *seen).min();
    entry["to"] == "published"
        && entry["text_sha256"] == shown.text
        && at.is_some_and(|at| at <= shown.answered)
        && over.is_none_or(|over| shown.asked <= over)
}

/// In the end each thread shows what is published, once, with its text.
pub async fn check_last(caller: &Caller, found: &Found) -> Violations {
    let mut violations = Violations::new();
    let mut shown = Vec::new();
    for article in 0..ARTICLES {
        let mut after = String::new();
        loop {
            let path = format!("/v1/articles/article-{article}/comments?limit=100{after}");
            let (_, page) = caller.insist(&caller.house.keys.platform, &Method::GET, &path, None).await;
            collect(&page["comments"], &mut shown);
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
    }
    let once: BTreeSet<&str> = shown.iter().map(|(id, _)| id.as_str()).collect();
    if once.len() != shown.len() {
        violations.push(broken("thread", format!("{} comments are shown, {} different ones", shown.len(), once.len())));
    }
    for (id, comment) in &found.comments {
        if once.contains(id.as_str()) != (comment["state"] == "published") {
            violations
                .push(broken("thread", format!("{id} is {}; shown: {}", comment["state"], once.contains(id.as_str()))));
        }
    }
    for (id, text) in &shown {
        let last = found.trails.get(id).and_then(|trail| trail.last());
        if last.is_none_or(|last| last["text_sha256"] != sha256(text)) {
            violations.push(broken("thread", format!("{id} is shown with another text")));
        }
    }
    violations
}
