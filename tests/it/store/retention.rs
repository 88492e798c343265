//! How long what is personal is kept, and erasing an author.

use super::{Handle, admitted, ids, taken};
use crate::support::sample::{
    article_id, at, author_id, comment_id, decided, dropped, edited, erased, print, reported, sample, site, withdrawn,
};
use ombud::comment::{Action, Comment, State, Timestamp};
use ombud::policy::Nearness;
use ombud::store::{Admission, FactsQuery, Report, StateCount};
use std::collections::BTreeSet;
use std::sync::Arc;

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
