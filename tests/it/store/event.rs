//! Events, news and the audit trail.

use super::{Handle, admitted, taken};
use crate::support::sample::{at, comment_id, decided, edited, sample, site, undone, withdrawn};
use ombud::comment::{Action, Change, Event, SiteId};
use ombud::store::{Lease, StoreError};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// Takes one comment through every kind of step but a report; answers the steps.
async fn journey(store: &Handle, id: &str, article: &str) -> Vec<Change> {
    let admit = sample(id, 0).article(article).pending(&["r"]).admit();
    let comment = admitted(store, admit.clone()).await;
    let reject = decided(&comment, Action::Reject, "anna", at(5));
    let rejected = taken(store, reject.clone()).await;
    let undo = undone(&rejected, at(6));
    let back = taken(store, undo.clone()).await;
    let edit = edited(&back, 5, Action::Publish, &[], at(7));
    let published = taken(store, edit.clone()).await;
    let withdraw = withdrawn(&published, at(8));
    taken(store, withdraw.clone()).await;
    vec![admit, reject, undo, edit, withdraw]
}

/// All events from a cursor on, by pages of `limit`.
async fn pages(store: &Handle, after: Option<String>, limit: usize) -> Vec<(String, Event)> {
    let (mut seen, mut after) = (Vec::new(), after);
    loop {
        let page = store.events(&site(), after.as_deref(), limit).await.unwrap();
        assert!(page.events.len() == limit || !page.more, "a page is full unless it is the last");
        seen.extend(page.events);
        assert_eq!(Some(&page.next), seen.last().map(|(cursor, _)| cursor).or(after.as_ref()));
        after = Some(page.next);
        if !page.more {
            return seen;
        }
    }
}

pub async fn every_step_is_told_once_in_order(store: &Handle) {
    let steps = journey(store, "c1", "a1").await;
    let page = store.events(&site(), None, 100).await.unwrap();
    let events: Vec<_> = page.events.into_iter().map(|(_, event)| event).collect();
    assert_eq!(events, steps.iter().map(|s| s.event.clone()).collect::<Vec<_>>());
    let previous: Vec<_> = events.iter().map(|e| e.previous_state).collect();
    assert_eq!(previous[1..], events[..4].iter().map(|e| Some(e.state)).collect::<Vec<_>>());
    assert!(!page.more);
    // A reader who waits at the end goes on from there.
    let waiting = store.events(&site(), Some(&page.next), 100).await.unwrap();
    assert_eq!((waiting.events, waiting.next.as_str(), waiting.more), (vec![], page.next.as_str(), false));
    let next = journey(store, "c2", "a2").await;
    let page = store.events(&site(), Some(&page.next), 1).await.unwrap();
    assert_eq!((&page.events[0].1, page.more), (&next[0].event, true));
}

pub async fn pages_follow_on_from_each_other(store: &Handle) {
    let mut expected = BTreeMap::new();
    for n in 0..9 {
        let steps = journey(store, &format!("c{n}"), &format!("a{}", n % 4)).await;
        expected.insert(format!("c{n}"), steps.into_iter().map(|s| s.event).collect::<Vec<_>>());
    }
    for limit in [1, 2, 7, 44, 45, 46, 1000] {
        let seen = pages(store, None, limit).await;
        assert_eq!(seen.len(), 45, "{limit} a page");
        let mut by_comment: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for (_, event) in &seen {
            by_comment.entry(event.comment_id.to_string()).or_default().push(event.clone());
        }
        assert_eq!(by_comment, expected, "{limit} a page");
        // Whichever event a reader saw last, its cursor goes on right after it.
        let (cursor, _) = &seen[20];
        let rest: Vec<_> = pages(store, Some(cursor.clone()), limit).await.into_iter().map(|(_, e)| e.id).collect();
        assert_eq!(rest, seen[21..].iter().map(|(_, e)| e.id.clone()).collect::<Vec<_>>(), "{limit} a page");
    }
}

pub async fn nothing_is_missed_while_writers_run(store: &Handle) {
    let writers: Vec<_> = (0..4)
        .map(|w| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for n in 0..25 {
                    let change = sample(&format!("w{w}n{n}"), n).article(&format!("a{}", (w + n) % 9)).pending(&["r"]);
                    let comment = admitted(&store, change.admit()).await;
                    taken(&store, decided(&comment, Action::Publish, "anna", at(n + 5))).await;
                }
            })
        })
        .collect();
    let (mut ids, mut versions) = (HashSet::new(), BTreeMap::new());
    let (mut after, mut news) = (None, store.news());
    while ids.len() < 200 {
        let page = store.events(&site(), after.as_deref(), 7).await.unwrap();
        for (_, event) in page.events {
            assert!(ids.insert(event.id.clone()), "{} came twice", event.id);
            let before = versions.insert(event.comment_id, event.version).unwrap_or(0);
            assert_eq!(event.version, before + 1);
        }
        after = Some(page.next);
        if !page.more && ids.len() < 200 {
            let heard = tokio::time::timeout(Duration::from_secs(20), news.changed()).await;
            assert!(heard.is_ok(), "{} events, and no news of more", ids.len());
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(store.events(&site(), after.as_deref(), 7).await.unwrap().events, []);
}

pub async fn the_latest_cursor_skips_the_past(store: &Handle) {
    let beginning = store.latest_cursor(&site()).await.unwrap();
    journey(store, "c1", "a1").await;
    let latest = store.latest_cursor(&site()).await.unwrap();
    let steps = journey(store, "c2", "a2").await;
    let seen: Vec<_> = pages(store, Some(latest), 2).await.into_iter().map(|(_, e)| e).collect();
    assert_eq!(seen, steps.into_iter().map(|s| s.event).collect::<Vec<_>>());
    assert_eq!(pages(store, Some(beginning), 3).await.len(), 10);
}

pub async fn bad_cursors_are_refused(store: &Handle) {
    journey(store, "c1", "a1").await;
    for bad in ["", "x", "!!!", "AAAAAAAA", "bm90IGEgY3Vyc29y"] {
        let answer = store.events(&site(), Some(bad), 10).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{bad:?}: {answer:?}");
    }
    let other = SiteId::parse("weekly").unwrap();
    assert_eq!(store.events(&other, None, 10).await.unwrap().events, []);
}

pub async fn a_step_is_news(store: &Handle) {
    let mut news = store.news();
    let mut heard = async || {
        let heard = tokio::time::timeout(Duration::from_secs(20), news.changed()).await;
        heard.expect("news in time").expect("a live store");
    };
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    heard().await;
    taken(store, decided(&comment, Action::Publish, "anna", at(5))).await;
    heard().await;
}

pub async fn the_audit_trail_equals_the_steps(store: &Handle) {
    let steps = journey(store, "c1", "a1").await;
    // A step that is not taken leaves no trace.
    let late = decided(&steps[0].comment, Action::Publish, "bea", at(9));
    assert!(store.advance(&late, &Lease::Free, at(9)).await.unwrap().is_err());
    let trail = store.audit(&site(), &comment_id("c1")).await.unwrap();
    assert_eq!(trail, steps.into_iter().map(|s| s.audit).collect::<Vec<_>>());
    assert_eq!(store.audit(&site(), &comment_id("nobody")).await.unwrap(), []);
}
