//! How long what is personal is kept, and erasing an author.

use super::{Handle, admitted, ids, taken};
use crate::support::sample::{
    article_id, at, author_id, comment_id, decided, dropped, edited, erased, print, reported, sample, site, withdrawn,
};
use futures_util::StreamExt as _;
use ombud::comment::{Action, Comment, State, Timestamp};
use ombud::delivery::stream::{self, Heard};
use ombud::policy::Nearness;
use ombud::store::{Admission, FactsQuery, Report, StateCount, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How many comments with and without a body are in each state that has any.
async fn counts(store: &Handle) -> Vec<(State, u64, u64)> {
    let counts = store.state_counts(&site()).await.unwrap();
    let any = counts.into_iter().filter(|c| c.kept + c.dropped > 0);
    any.map(|StateCount { state, kept, dropped }| (state, kept, dropped)).collect()
}

pub async fn what_stands_long_enough_is_found(store: &Handle) {
    for n in 0..5 {
        admitted(store, sample(&format!("p{n}"), n * 10).article(&format!("a{n}")).admit()).await;
    }
    let rejected = admitted(store, sample("r", 0).rejected().admit()).await;
    admitted(store, sample("w", 0).pending(&["r"]).admit()).await;
    let found = |state, before: i64, limit| async move {
        let found = store.aged(&site(), state, at(before), limit).await.unwrap();
        ids(&found).into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    // Each came in a second after it was written.
    assert_eq!(found(State::Published, 21, 10).await, set(&["p0", "p1"]));
    assert_eq!(found(State::Published, 22, 10).await, set(&["p0", "p1", "p2"]));
    assert_eq!(found(State::Published, 100, 2).await.len(), 2);
    assert_eq!(found(State::Rejected, 1, 10).await, set(&[]));
    assert_eq!(found(State::Rejected, 2, 10).await, set(&["r"]));
    // A step starts the time anew.
    let published = taken(store, decided(&rejected, Action::Publish, "anna", at(50))).await;
    assert_eq!(found(State::Rejected, 100, 10).await, set(&[]));
    assert_eq!(found(State::Published, 50, 10).await.len(), 5);
    taken(store, dropped(&published, at(60))).await;
    assert_eq!(found(State::Published, 100, 10).await.len(), 5);
    assert_eq!(counts(store).await, [(State::Published, 5, 1), (State::Pending, 1, 0)]);
}

pub async fn a_dropped_body_leaves_every_index(store: &Handle) {
    let parent = admitted(store, sample("c1", 0).exact(77).admit()).await;
    let reply = admitted(store, sample("c2", 5).author("u2").under(&parent).admit()).await;
    let decided_on = taken(store, decided(&parent, Action::Reject, "anna", at(9))).await;
    let published = taken(store, decided(&decided_on, Action::Publish, "anna", at(10))).await;
    let change = dropped(&published, at(100));
    let after = taken(store, change.clone()).await;
    let read = store.comment(&site(), &comment_id("c1")).await.unwrap().unwrap();
    assert_eq!(read, after);
    assert_eq!((read.state, read.text(), read.author(), read.undo.is_some()), (State::Published, None, None, false));
    assert_eq!((read.dropped_at(), read.content_hash == parent.content_hash), (Some(at(100)), true));
    assert_eq!(read.text_sha256(), parent.text_sha256());
    // Only the reply is left of the thread, and nobody learns from what nobody can read.
    let page = store.thread(&site(), &article_id("a1"), None, 10).await.unwrap();
    assert_eq!(ids(&page.comments), ["c2"]);
    assert!(store.moderated(&site(), None, 10).await.unwrap().comments.is_empty());
    let query = FactsQuery {
        site: site(),
        comment: comment_id("new"),
        article: article_id("a1"),
        parent: Some(comment_id("c1")),
        author: author_id("u1"),
        fingerprint: print(77),
        created_at: at(200),
        near: Some(Nearness { bits: 3, min_words: 2 }),
    };
    let facts = store.facts(&query).await.unwrap();
    let thread: Vec<&str> = facts.thread.iter().map(|entry| entry.comment_id.as_str()).collect();
    assert_eq!((thread, facts.parent), (vec!["c2"], Some(after.clone())));
    assert_eq!((facts.author.published, facts.author.submissions.len()), (0, 0));
    assert_eq!((facts.same_text, facts.near_text), (0, 0));
    let blank = FactsQuery { fingerprint: print(0), ..query };
    assert_eq!(store.facts(&blank).await.unwrap().same_text, 0);
    let trail = store.audit(&site(), &comment_id("c1")).await.unwrap();
    assert_eq!(trail.last(), Some(&change.audit));
    let events = store.events(&site(), None, 100).await.unwrap().events;
    assert_eq!(events.last().map(|(_, event)| event), Some(&change.event));
    // The same again is the same comment; taking it back is all that can be done with it.
    let again = store.admit(&sample("c1", 0).exact(77).admit()).await.unwrap();
    assert_eq!(again, Admission::Exists(Box::new(after.clone())));
    taken(store, withdrawn(&after, at(101))).await;
    assert_eq!(counts(store).await, [(State::Published, 1, 0), (State::Withdrawn, 0, 1)]);
    assert_eq!(store.comment(&site(), &reply.id).await.unwrap(), Some(reply));
}

/// Erases as the service does.
async fn erase(store: &Handle, author: &str, now: Timestamp) -> Vec<Comment> {
    let until = store.begin_erasure(&site(), &author_id(author), now).await.unwrap();
    let mut gone = Vec::new();
    loop {
        let found = store.authored(&site(), &author_id(author), until, 2).await.unwrap();
        if found.is_empty() {
            return gone;
        }
        for comment in found {
            gone.push(taken(store, erased(&comment, now)).await);
        }
    }
}

pub async fn an_erased_author_is_found_once_and_gone(store: &Handle) {
    for n in 0..5 {
        let mine = sample(&format!("m{n}"), n).author("mallory").article(&format!("a{n}"));
        let mine = if n % 2 == 0 { mine.pending(&["r"]) } else { mine };
        admitted(store, mine.admit()).await;
    }
    let before = admitted(store, sample("m9", 9).author("mallory").admit()).await;
    taken(store, edited(&before, 3, Action::Reject, &["r"], at(20))).await;
    let other = admitted(store, sample("o", 0).author("olivia").admit()).await;
    let gone = erase(store, "mallory", at(100)).await;
    assert_eq!(ids(&gone).into_iter().collect::<BTreeSet<_>>().len(), 6);
    assert!(gone.iter().all(|c| c.state == State::Withdrawn && c.text().is_none()));
    assert_eq!(erase(store, "mallory", at(101)).await, []);
    assert_eq!(counts(store).await, [(State::Published, 1, 0), (State::Withdrawn, 0, 6)]);
    assert_eq!(store.queue(&site(), at(102)).await.unwrap().depth, 0);
    assert_eq!(store.comment(&site(), &comment_id("o")).await.unwrap(), Some(other));
    assert_eq!(erase(store, "nobody", at(103)).await, []);
    // Who comes back is somebody new.
    admitted(store, sample("new", 200).author("mallory").admit()).await;
    assert_eq!(ids(&erase(store, "mallory", at(300)).await), ["new"]);
}

pub async fn an_erasure_that_was_broken_off_goes_on(store: &Handle) {
    for n in 0..5 {
        admitted(store, sample(&format!("m{n}"), n).author("mallory").article(&format!("a{n}")).admit()).await;
    }
    let until = store.begin_erasure(&site(), &author_id("mallory"), at(100)).await.unwrap();
    let found = store.authored(&site(), &author_id("mallory"), until, 3).await.unwrap();
    assert_eq!(found.len(), 3);
    taken(store, erased(&found[1], at(100))).await;
    // It ends here, and somebody else begins anew.
    let rest = erase(store, "mallory", at(200)).await;
    assert_eq!(rest.len(), 4);
    assert_eq!(counts(store).await, [(State::Withdrawn, 0, 5)]);
}

pub async fn what_was_received_before_an_erasure_is_not_taken_in(store: &Handle) {
    store.begin_erasure(&site(), &author_id("mallory"), at(100)).await.unwrap();
    let late = sample("late", 50).author("mallory").admit();
    assert_eq!(store.admit(&late).await.unwrap(), Admission::Erased);
    assert_eq!(store.comment(&site(), &comment_id("late")).await.unwrap(), None);
    admitted(store, sample("other", 50).author("olivia").admit()).await;
    admitted(store, sample("late", 150).author("mallory").admit()).await;
}

pub async fn racing_admissions_do_not_survive_an_erasure(store: &Handle) {
    for round in 0..8 {
        let author = format!("racer{round}");
        let admissions: Vec<_> = (0..8)
            .map(|n| {
                let (store, sent) = (Arc::clone(store), sample(&format!("r{round}n{n}"), n).author(&author).admit());
                tokio::spawn(async move { (sent.comment.id.clone(), store.admit(&sent).await.unwrap()) })
            })
            .collect();
        let gone = erase(store, &author, at(100)).await;
        let gone: BTreeSet<&str> = ids(&gone).into_iter().collect();
        for admission in admissions {
            let (id, outcome) = admission.await.unwrap();
            let standing = store.comment(&site(), &id).await.unwrap();
            match outcome {
                Admission::New => {
                    assert!(gone.contains(id.as_str()), "{id} was taken in and not erased");
                    assert_eq!(standing.and_then(|c| c.text().cloned()), None);
                }
                Admission::Erased => assert_eq!(standing, None),
                Admission::Exists(_) => panic!("{id} was sent once"),
            }
        }
        assert_eq!(erase(store, &author, at(101)).await, []);
    }
}

pub async fn a_readers_reports_are_taken_back(store: &Handle) {
    let mut comments = Vec::new();
    for n in 0..3 {
        comments.push(admitted(store, sample(&format!("c{n}"), n).article(&format!("a{n}")).admit()).await);
    }
    let report = |comment: &Comment, reporter: &str| Report {
        site: site(),
        comment: comment.id.clone(),
        reporter: reporter.to_owned(),
        reason: Some("rude".to_owned()),
        at: at(10),
    };
    let by = async |reporter: &str, comment: &Comment| {
        let outcome = store.report(&report(comment, reporter), 9, &reported(comment, at(10))).await.unwrap();
        outcome.expect("a published comment").distinct
    };
    for comment in &comments {
        assert_eq!(by("mallory", comment).await, 1);
    }
    assert_eq!(by("olivia", &comments[0]).await, 2);
    // A decision clears its comment's reports.
    taken(store, decided(&comments[2], Action::Reject, "anna", at(20))).await;
    assert_eq!(store.forget_reporter(&site(), "mallory").await.unwrap(), 2);
    assert_eq!(store.forget_reporter(&site(), "mallory").await.unwrap(), 0);
    assert_eq!(by("olivia", &comments[0]).await, 1);
    assert_eq!(by("olivia", &comments[1]).await, 1);
}

/// All events from a cursor on.
async fn told(store: &Handle, after: Option<&str>) -> Vec<String> {
    let page = store.events(&site(), after, 1_000).await.unwrap();
    assert!(!page.more);
    page.events.into_iter().map(|(_, event)| event.id).collect()
}

pub async fn a_trimmed_log_tells_where_it_begins(store: &Handle) {
    let beginning = store.latest_cursor(&site()).await.unwrap();
    let mut after_four = String::new();
    for n in 0..12 {
        if n == 4 {
            after_four = store.latest_cursor(&site()).await.unwrap();
        }
        admitted(store, sample(&format!("c{n:02}"), n * 10).article(&format!("a{}", n % 5)).admit()).await;
    }
    let page = store.events(&site(), None, 4).await.unwrap();
    let early = page.events[2].0.clone();
    // Each event is a second younger than its comment.
    assert_eq!(store.trim_events(&site(), at(41), &[], 100).await.unwrap(), 4);
    assert_eq!(store.trim_events(&site(), at(41), &[], 100).await.unwrap(), 0);
    for expired in [&beginning, &early] {
        let answer = store.events(&site(), Some(expired), 10).await;
        assert!(matches!(answer, Err(StoreError::CursorExpired)), "{answer:?}");
    }
    assert_eq!(told(store, Some(&after_four)).await.len(), 8);
    // From the beginning is from what is left, page by page.
    let (mut after, mut seen) = (None::<String>, Vec::new());
    loop {
        let page = store.events(&site(), after.as_deref(), 3).await.unwrap();
        seen.extend(page.events.into_iter().map(|(_, event)| event.comment_id.to_string()));
        after = Some(page.next);
        if !page.more {
            break;
        }
    }
    let left: Vec<String> = (4..12).map(|n| format!("c{n:02}")).collect();
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), left.into_iter().collect());
    // All of it may go: then the latest cursor still is one.
    while store.trim_events(&site(), at(1_000), &[], 3).await.unwrap() > 0 {}
    let latest = store.latest_cursor(&site()).await.unwrap();
    assert_eq!(told(store, Some(&latest)).await, [""; 0]);
    assert_eq!(told(store, after.as_deref()).await, [""; 0]);
    assert_eq!(store.events(&site(), None, 3).await.unwrap().events, []);
    admitted(store, sample("new", 500).admit()).await;
    assert_eq!(told(store, Some(&latest)).await, ["new@1"]);
}

pub async fn a_trim_stops_at_what_somebody_has_not_had(store: &Handle) {
    for n in 0..6 {
        admitted(store, sample(&format!("c{n}"), n).article(&format!("a{}", n % 3)).admit()).await;
    }
    let page = store.events(&site(), None, 2).await.unwrap();
    assert_eq!(store.trim_events(&site(), at(100), std::slice::from_ref(&page.next), 100).await.unwrap(), 2);
    assert_eq!(told(store, Some(&page.next)).await.len(), 4);
}

pub async fn a_reader_who_reconnects_misses_nothing_while_the_log_is_trimmed(store: &Handle) {
    const EACH: i64 = 30;
    let writers: Vec<_> = (0..3)
        .map(|w| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for n in 0..EACH {
                    let change = sample(&format!("w{w}n{n}"), n).article(&format!("a{}", (w + n) % 7)).pending(&["r"]);
                    let comment = admitted(&store, change.admit()).await;
                    taken(&store, decided(&comment, Action::Publish, "anna", at(n + 5))).await;
                }
            })
        })
        .collect();
    let (mut seen, mut after, mut news) = (BTreeSet::new(), None::<String>, store.news());
    let mut turn = 0_usize;
    while seen.len() < 6 * usize::try_from(EACH).unwrap() {
        // Seeded: how much is read, and how much of that is lost when the connection breaks.
        turn += 1;
        let (limit, kept) = (1 + turn * 7 % 11, turn * 5 % 4);
        let page = store.events(&site(), after.as_deref(), limit).await.unwrap();
        let (more, count) = (page.more, page.events.len());
        for (cursor, event) in page.events.into_iter().take(count.saturating_sub(kept).max(1)) {
            assert!(seen.insert(event.id.clone()), "{} came twice", event.id);
            after = Some(cursor);
        }
        // What was read may go.
        store.trim_events(&site(), at(10_000), &[after.clone().unwrap_or_else(|| page.next.clone())], 5).await.unwrap();
        if !more && count <= 1 {
            let heard = tokio::time::timeout(Duration::from_secs(20), news.changed()).await;
            assert!(heard.is_ok() || seen.len() == 6 * usize::try_from(EACH).unwrap(), "{} events", seen.len());
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

pub async fn a_listener_that_takes_too_long_is_cut_off(store: &Handle) {
    let beginning = Some(store.latest_cursor(&site()).await.unwrap());
    for n in 0..3 {
        admitted(store, sample(&format!("c{n}"), n).admit()).await;
    }
    let latest = store.latest_cursor(&site()).await.unwrap();
    let open =
        |patience| stream::open(Arc::clone(store), site(), beginning.clone(), CancellationToken::new(), patience);
    // Whatever it takes is too long.
    let heard: Vec<Heard> = open(Duration::ZERO).await.unwrap().collect().await;
    assert!(matches!(&heard[..], [Heard::Event(..), Heard::Refresh(cursor)] if *cursor == latest), "{heard:?}");
    let heard: Vec<Heard> = open(stream::PATIENCE).await.unwrap().take(3).collect().await;
    assert!(heard.iter().all(|heard| matches!(heard, Heard::Event(..))), "{heard:?}");
}
